/* SPDX-License-Identifier: GPL-2.0-only */
/* Starts QEMU for the description of a virtual machine, and ends it. */
#ifndef VM_MACHINE_QEMU_H
#define VM_MACHINE_QEMU_H

#include <stdbool.h>
#include <sys/types.h>

#include "vm/host/vmtest.h"

struct words;

#define QEMU_PROGRAM "qemu-system-x86_64"

/**
 * struct machine - a virtual machine
 * @accel: ACCEL_KVM or ACCEL_TCG
 * @cpus: number of virtual CPUs
 * @mem_mib: size of the memory
 * @kernel: path of a vmlinux or bzImage
 * @root: image of the root disk; NULL: none
 * @tree: image of the disk with the tree; NULL: none
 * @overlays: folder for the guest's changes to @root and @tree; the images stay as they are
 * @results: image of the results disk; NULL: none
 * @channel_fd: QEMU's end of the channel; -1: none
 * @monitor_fd: QEMU's end of its monitor; set by qemu__start()
 * @verbose: let the kernel print more messages
 * @append: more options for the kernel's command line, or NULL
 */
struct machine {
	enum acceleration accel;
	unsigned int cpus;
	unsigned int mem_mib;
	const char *kernel;
	const char *root;
	const char *tree;
	const char *overlays;
	const char *results;
	int channel_fd;
	int monitor_fd;
	bool verbose;
	const struct words *append;
};

/**
 * struct qemu - a running QEMU
 * @pid: process of QEMU; 0: none
 * @pidfd: pidfd of QEMU, which becomes readable when QEMU ends
 * @console_fd: descriptor to read the guest's serial console
 * @errors_fd: descriptor to read the stderr of QEMU itself
 * @monitor_fd: descriptor to write commands to QEMU's monitor
 */
struct qemu {
	pid_t pid;
	int pidfd;
	int console_fd;
	int errors_fd;
	int monitor_fd;
};

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
 * qemu__inject_nmi() - Send an NMI to the guest, which also works with interrupts disabled. Under
 *	TCG the kernel then panics.
 * @qemu: the running QEMU
 */
void qemu__inject_nmi(const struct qemu *qemu);

/**
 * qemu__end() - Kill QEMU if it runs, reap it, close its descriptors.
 * @qemu: the QEMU to end
 */
void qemu__end(struct qemu *qemu);

#endif
