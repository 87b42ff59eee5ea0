/* SPDX-License-Identifier: GPL-2.0-only */
/* The packets of a running test (-m). */
#ifndef RUNNER_PROCESS_UNIT_PACKETS_H
#define RUNNER_PROCESS_UNIT_PACKETS_H

#include "runner/process/unit.h"

/** unit__is_captured() - whether -m names the test or something in it */
bool unit__is_captured(const struct unit *unit);

/**
 * unit__start_capture() - make the process that will capture the test's packets, if they are wanted
 *
 * Return: 0 or a negative errno.
 */
int unit__start_capture(struct unit *unit);

/** unit__receive_captures() - take what has been captured into log and outcome */
void unit__receive_captures(struct unit *unit);

/**
 * unit__pass_to_capture() - pass on what the test asks for
 * @answer_fd: what the test waits for, or -1
 *
 * Return: false if nobody will answer; @answer_fd then still is the caller's.
 */
bool unit__pass_to_capture(struct unit *unit, const struct record *record, int answer_fd);

/**
 * unit__capture_has_ended() - have what was captured written; all processes of the test are dead
 *
 * Return: true if it is, or will not be.
 */
bool unit__capture_has_ended(struct unit *unit);

/** unit__kill_capture() - end it with what is written by now */
void unit__kill_capture(struct unit *unit);

/** unit__note_no_packets() - say so in the log, if some were wanted */
void unit__note_no_packets(struct unit *unit);

#endif
