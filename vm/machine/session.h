/* SPDX-License-Identifier: GPL-2.0-only */
/* A run of the guest, from the start of QEMU to its end, in one event loop. */
#ifndef VM_MACHINE_SESSION_H
#define VM_MACHINE_SESSION_H

#include <stdbool.h>
#include <stdint.h>
#include <stdio.h>

#include "vm/guest/channel.h"
#include "vm/guest/guest_disks.h"
#include "vm/host/words.h"
#include "vm/machine/console.h"
#include "vm/machine/qemu.h"
#include "vm/machine/terminal.h"

struct results;
struct snapshot;
struct vmtest;

enum session_end {
	SESSION_RUNS,
	SESSION_DONE,       /* the guest has reported everything */
	SESSION_QEMU_ENDED, /* QEMU ended before the guest had reported everything */
	SESSION_BOOT_TIMEOUT,
	SESSION_TIMEOUT,
	SESSION_HANGS, /* the guest gave no sign of life while the command ran */
	SESSION_STUCK, /* the command ended, or the kernel panicked, but the guest did not finish */
	SESSION_CHANNEL_BROKE,
	SESSION_SIGNAL,           /* a signal ends vmtest */
	SESSION_ESCAPE,           /* the user typed the escape character */
	SESSION_NEEDS_COLD_DISKS, /* the guest needs disks from the start of QEMU: cold_disks */
};

/**
 * struct session - a run of the guest
 * @vm: context
 * @time_scale: factor for deadlines that the user did not set
 * @qemu: the running QEMU
 * @channel: the channel to PID 1 of the guest
 * @snapshot: where to save the guest when it has booted, or NULL
 * @is_restored: the guest was restored, so that it waits for its order from the start
 * @order: the order for PID 1, as order__write() writes it; freed by session__free()
 * @order_bytes: length of @order
 * @results: the folder for files that the guest sends; NULL: it sends none
 * @console: the guest's console
 * @terminal: the launcher's terminal
 * @is_peer: the guest is not the only one, and not the one that has the terminal and the output
 * @peer_fds: sockets to the launchers of other guests, for the streams from STREAM_PEERS on
 * @peer_count: number of @peer_fds
 * @output: output of the command that is not yet written to vmtest's stdout and stderr
 * @output_closed: nobody reads this output any more
 * @output_ends: for each socket to a peer, whether the command has closed it
 * @input_ended: for each stream, whether there is no more input for the command
 * @up: PID 1 has sent FRAME_HELLO
 * @exited: the command has ended
 * @asked: a signal to vmtest was passed on to the command, so that it ends its run
 * @stopping: the command has had its time (--timeout, or @asked), and the guest was told to finish
 * @hang_timeout_s: longest silence while the command runs; 0: no limit
 * @was_poked: the guest was silent for too long and got an NMI
 * @received: files in the temporary folder with the results of a guest without disks
 * @received_names: the path of each of @received below the results folder, from a slash on
 * @received_file: the last one of @received, as long as more of it may come; or NULL
 * @cold_disks: the way of disks that the guest needs, if SESSION_NEEDS_COLD_DISKS
 * @exit_status: exit status of the command, if @exited
 * @has_journal: the command has left a journal, because its run is not complete, if @exited
 * @done: size and free space of the results disk at the end
 * @reason: why PID 1 could not go on, or NULL
 * @up_ms: time when PID 1 sent FRAME_HELLO
 * @deadline_ms: latest time for the end of the current phase
 * @last_sign_ms: time of the last sign of life from the guest
 * @end: how the session ended
 * @qemu_status: exit status of QEMU, if it ended by itself
 * @qemu_errors: stderr of QEMU
 */
struct session {
	struct vmtest *vm;
	unsigned int time_scale;
	struct qemu qemu;
	struct channel channel;
	struct snapshot *snapshot;
	bool is_restored;
	char *order;
	size_t order_bytes;
	struct results *results;
	struct console console;
	struct terminal terminal;
	bool is_peer;
	int peer_fds[PEERS_MAX];
	unsigned int peer_count;
	struct queue output[STREAMS];
	bool output_closed[STREAMS];
	bool output_ends[STREAMS];
	bool input_ended[STREAMS];
	bool up;
	bool exited;
	bool asked;
	bool stopping;
	unsigned int hang_timeout_s;
	bool was_poked;
	struct words received, received_names;
	FILE *received_file;
	enum disk_way cold_disks;
	int exit_status;
	bool has_journal;
	struct frame_done done;
	char *reason;
	int64_t up_ms;
	int64_t deadline_ms;
	int64_t last_sign_ms;
	enum session_end end;
	int qemu_status;
	char qemu_errors[1024];
};

/**
 * session__run() - Run the event loop until QEMU has ended.
 * @session: has vm, time_scale, qemu, channel.fd and console set
 */
void session__run(struct session *session);

/**
 * session__free() - End QEMU, restore the terminal, and free everything of a session.
 * @session: the session
 */
void session__free(struct session *session);

#endif
