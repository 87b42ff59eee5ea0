/* SPDX-License-Identifier: GPL-2.0-only */
/* The packets of a running test (-m). */
#ifndef RUNNER_PROCESS_UNIT_PACKETS_H
#define RUNNER_PROCESS_UNIT_PACKETS_H

#include "runner/process/unit.h"

/** unit__is_captured() - whether -m names the test or one of its subtests */
bool unit__is_captured(const struct unit *unit);

/**
 * unit__start_capture() - start the process that captures the test's packets, if they are wanted
 *
 * Return: 0 or a negative errno.
 */
int unit__start_capture(struct unit *unit);

/** unit__receive_captures() - add the reports of the capturing process to log and outcome */
void unit__receive_captures(struct unit *unit);

/**
 * unit__pass_to_capture() - pass a request of the test on to the capturing process
 * @answer_fd: the test waits until it is answered; -1: it does not wait
 *
 * Return: false if nobody will answer; @answer_fd then still belongs to the caller.
 */
bool unit__pass_to_capture(struct unit *unit, const struct record *record, int answer_fd);

/**
 * unit__capture_has_ended() - end the capture after all processes of the test are dead; never waits
 *
 * Return: true if the packets are written, or cannot be written.
 */
bool unit__capture_has_ended(struct unit *unit);

/** unit__kill_capture() - end the capture; packets that are not yet written are lost */
void unit__kill_capture(struct unit *unit);

/** unit__note_no_packets() - say in the log that there are no packets, if some were wanted */
void unit__note_no_packets(struct unit *unit);

#endif
