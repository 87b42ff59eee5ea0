/* SPDX-License-Identifier: GPL-2.0-only */
/* The virtual machine: turns a description into a QEMU command line and a running QEMU. */
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
 * @cpus: virtual CPUs
 * @mem_mib: memory
 * @kernel: vmlinux or bzImage
 * @root: image of the root disk, NULL: none
 * @tree: image of the disk with the tree, NULL: none
 * @overlays: folder for what the guest writes to the root and the tree, which stay as they are
 * @results: image of the results disk, NULL: none
 * @channel_fd: QEMU's end of the channel, -1: none
 * @monitor_fd: QEMU's end of its monitor; qemu__start() sets it
 * @verbose: let the kernel print more
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
 * @pid: its process, 0: none
 * @pidfd: becomes readable when it ends
 * @console_fd: output of the guest's serial console
 * @errors_fd: stderr of QEMU itself
 * @monitor_fd: takes commands for QEMU's monitor
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
 * @qemu: the QEMU
 */
void qemu__inject_nmi(const struct qemu *qemu);

/**
 * qemu__end() - Kill QEMU if it runs, reap it, close its descriptors.
 * @qemu: the QEMU
 */
void qemu__end(struct qemu *qemu);

#endif
