/* SPDX-License-Identifier: GPL-2.0-only */
/*
 * The other guests of a run. An emulated guest uses one CPU of the host, so that test_progs deals
 * its tests out to several guests (docs/machines.md). The first one is the head; the others are its
 * peers. Each peer has a process of vmtest of its own, which passes on what both sides say, and
 * starts its guest again after a panic.
 */
#ifndef VM_PEERS_H
#define VM_PEERS_H

#include <stdint.h>
#include <sys/types.h>

#include "vm/guest/channel.h"
#include "vm/host/vmtest.h"

struct boot;
struct results;

/**
 * struct peers - the processes of the peers
 * @count: number of them
 * @pids: their processes; 0: ended
 */
struct peers {
	unsigned int count;
	pid_t pids[PEERS_MAX];
};

/**
 * peers__fitting() - tell how many guests fit into the memory
 * @each_mib: set to the memory that a guest takes with its QEMU
 * @available_mib: set to the memory that is available
 */
unsigned int peers__fitting(const struct vmtest *vm, uint64_t *each_mib, uint64_t *available_mib);

/** peers__guests() - choose the number of guests for a run: 1 to PEERS_MAX + 1 */
unsigned int peers__guests(struct vmtest *vm, enum acceleration accel);

/**
 * peers__start() - start a process for each guest but the head
 * @head: the head, which gets a socket to each of them; its peers are like it
 * @results: the results folder, for the logs of their consoles
 * @results_images: the results disks, the head's first
 * @peers: filled in; end them with peers__end()
 *
 * Return: 0 or an exit status.
 */
int peers__start(struct vmtest *vm, struct boot *head, const struct results *results,
		 char *const *results_images, struct peers *peers);

/** peers__end() - close the head's sockets, and wait until the peers have ended */
void peers__end(struct vmtest *vm, struct boot *head, struct peers *peers);

#endif
