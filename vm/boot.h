/* SPDX-License-Identifier: GPL-2.0-only */
/* One guest of a run: its order, its QEMU, its session; and again after a panic. */
#ifndef VM_BOOT_H
#define VM_BOOT_H

#include <stdbool.h>
#include <stdint.h>

#include "vm/guest/guest_disks.h"
#include "vm/kernel/kernel.h"
#include "vm/machine/session.h"
#include "vm/machine/snapshot.h"
#include "vm/verdict.h"

/**
 * struct boot - a guest of a run
 * @kernel: the kernel
 * @kernel_word: the kernel, quoted for a shell as -k takes it; NULL: the pinned one
 * @accel: how QEMU runs the guest
 * @system: image of the system's disk
 * @tree: image of the tree's disk
 * @initramfs: path of the initramfs
 * @initramfs_hash: hash of its content
 * @results_image: the results disk, which later boots have too
 * @memory_initramfs: the initramfs with all files, for DISKS_MEMORY; made when it is needed
 * @wants_report: test_progs must write a report to $RESULTS
 * @peer: number of this guest; 0: the head, which alone has the terminal and the output
 * @guests: number of guests of the run
 * @snapshot: the saved guest
 * @cold_disks: the way of disks that the guest needs from the start; DISKS_NONE: they are plugged
 * @session: the session of the latest boot
 * @panics: number of boots after the first
 * @gdb_socket: path of the socket for gdb, or NULL
 * @last_panic: text of the last panic, or NULL
 * @last_signal: signal that ended the command during its run, or 0
 */
struct boot {
	const struct kernel *kernel;
	const char *kernel_word;
	enum acceleration accel;
	const char *system;
	const char *tree;
	const char *initramfs;
	uint64_t initramfs_hash;
	const char *results_image;
	char *memory_initramfs;
	bool wants_report;
	unsigned int peer;
	unsigned int guests;
	struct snapshot snapshot;
	enum disk_way cold_disks;
	struct session session;
	unsigned int panics;
	char *gdb_socket;
	char *last_panic;
	int last_signal;
};

/** boot__command() - the words of the command, with a NULL at the end */
char *const *boot__command(const struct vmtest *vm);

/**
 * boot__test_program() - whether the command is test_progs or a flavour of it
 *
 * Return: name of the program without folders; NULL if the command is another program.
 */
const char *boot__test_program(const struct vmtest *vm);

/** boot__prepare() - set the session's initial values, before boot__run() */
void boot__prepare(struct vmtest *vm, struct boot *boot);

/**
 * boot__run() - start the guest and watch it to its end
 *
 * A saved guest is restored if there is one. If that fails, the guest boots.
 *
 * Return: 0, or an exit status if the guest could not be started.
 */
int boot__run(struct vmtest *vm, struct boot *boot);

/**
 * boot__is_to_go_on() - whether to start the guest again, because the kernel crashed or hangs, or
 *	the command was killed or asks for a new boot; a command that is only slow is not a reason
 */
bool boot__is_to_go_on(const struct vmtest *vm, const struct boot *boot,
		       const struct verdict *verdict);

/** boot__note_end() - record why a session ended, for the environment of the command after it */
void boot__note_end(struct boot *boot, const struct verdict *verdict);

/** boot__renew() - begin a new session with the same results disk, which continues the console's log */
void boot__renew(struct vmtest *vm, struct boot *boot);

/** boot__free() - end QEMU and free everything that this file made */
void boot__free(struct boot *boot);

#endif
