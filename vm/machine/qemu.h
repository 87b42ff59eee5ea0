/* SPDX-License-Identifier: GPL-2.0-only */
/* Starts, saves, restores and ends QEMU for the description of a virtual machine. */
#ifndef VM_MACHINE_QEMU_H
#define VM_MACHINE_QEMU_H

#include <stdbool.h>
#include <sys/types.h>

#include "vm/guest/guest_disks.h"
#include "vm/host/vmtest.h"
#include "vm/machine/monitor.h"

struct words;

#define QEMU_PROGRAM   "qemu-system-x86_64"
#define QEMU_DISKS_MAX 3

/**
 * struct machine - a virtual machine
 * @accel: ACCEL_KVM or ACCEL_TCG
 * @cpus: number of virtual CPUs
 * @mem_mib: size of the memory
 * @kernel: path of a vmlinux or bzImage
 * @initramfs: the initramfs; NULL: none
 * @system: image of the disk with the system; NULL: none
 * @tree: image of the disk with the tree; NULL: none
 * @overlays: folder for the guest's changes to @system and @tree; the images stay as they are
 * @results: image of the results disk; NULL: none
 * @cold_disks: the way of disks that the machine has from the start; DISKS_NONE: they are plugged
 * @channel_fd: QEMU's end of the channel; -1: none
 * @monitor_fd: QEMU's end of its monitor; set by qemu__start()
 * @restores: do not boot, but wait for qemu__restore()
 * @append: more options for the kernel's command line, or NULL
 * @gdb_socket: path of the socket to make for gdb; NULL: none
 * @waits_for_gdb: whether the guest waits until gdb lets it go on
 * @arguments: more arguments for QEMU, or NULL
 */
struct machine {
	enum acceleration accel;
	unsigned int cpus;
	unsigned int mem_mib;
	const char *kernel;
	const char *initramfs;
	const char *system;
	const char *tree;
	const char *overlays;
	const char *results;
	enum disk_way cold_disks;
	int channel_fd;
	int monitor_fd;
	bool restores;
	const struct words *append;
	const char *gdb_socket;
	bool waits_for_gdb;
	const struct words *arguments;
};

/**
 * struct qemu - a running QEMU
 * @pid: process of QEMU; 0: none
 * @pidfd: pidfd of QEMU, which becomes readable when QEMU ends
 * @console_fd: descriptor to read the guest's serial console
 * @errors_fd: descriptor to read the stderr of QEMU itself
 * @monitor: QEMU's monitor
 * @disks: for each disk of qemu.c, whether the machine has it
 * @cold_disks: as in struct machine
 */
struct qemu {
	pid_t pid;
	int pidfd;
	int console_fd;
	int errors_fd;
	struct monitor monitor;
	bool disks[QEMU_DISKS_MAX];
	enum disk_way cold_disks;
};

/* The initial value of a struct qemu. */
#define QEMU_NONE \
	((struct qemu){ .pidfd = -1, .console_fd = -1, .errors_fd = -1, .monitor = { .fd = -1 } })

/**
 * qemu__start() - Start a virtual machine.
 * @vm: context
 * @wanted: description of the machine
 * @qemu: filled in; call qemu__end() on it, also after an error
 *
 * Return: 0 or an exit status.
 */
int qemu__start(struct vmtest *vm, const struct machine *wanted, struct qemu *qemu);

/**
 * qemu__describe() - Describe all of a machine that a saved guest depends on, besides the content
 *	of the files: QEMU's arguments without the disks.
 * @machine: description of the machine
 *
 * Return: a string that the caller frees.
 */
char *qemu__describe(const struct machine *machine);

/**
 * qemu__plug_disks() - Plug the disks into a guest, unless it has them from the start.
 * @qemu: the QEMU; its guest may run or be stopped
 * @way: the way to plug them, one that is not cold
 * @error: on failure set to the reason, which the caller frees
 *
 * Return: 0 or -errno.
 */
int qemu__plug_disks(struct qemu *qemu, enum disk_way way, char **error);

/**
 * qemu__save() - Stop the guest and write its whole state to a file. qemu__go_on() continues it.
 * @qemu: the running QEMU, whose disks are not plugged
 * @path: the file
 * @error: on failure set to the reason, which the caller frees
 *
 * Return: 0 or -errno.
 */
int qemu__save(struct qemu *qemu, const char *path, char **error);

/**
 * qemu__restore() - Read the state of a guest that qemu__save() has written. The guest is stopped.
 * @qemu: a QEMU that was started to be restored
 * @path: the file
 * @error: on failure set to the reason, which the caller frees
 *
 * Return: 0 or -errno.
 */
int qemu__restore(struct qemu *qemu, const char *path, char **error);

/**
 * qemu__go_on() - Let a stopped guest run.
 * @qemu: the QEMU
 * @error: on failure set to the reason, which the caller frees
 *
 * Return: 0 or -errno.
 */
int qemu__go_on(struct qemu *qemu, char **error);

/**
 * qemu__inject_nmi() - Send an NMI to the guest, which also works with interrupts disabled. Under
 *	TCG the kernel then panics.
 * @qemu: the running QEMU
 */
void qemu__inject_nmi(struct qemu *qemu);

/**
 * qemu__end() - Kill QEMU if it runs, reap it, close its descriptors.
 * @qemu: the QEMU to end
 */
void qemu__end(struct qemu *qemu);

#endif
