/* SPDX-License-Identifier: GPL-2.0-only */
/* The first message of a peer, by which the head sees whether both would run the same tests. */
#ifndef RUNNER_MACHINES_HELLO_H
#define RUNNER_MACHINES_HELLO_H

#include "runner/needs/run_info.h"
#include "runner/result/tests.h"

#define MACHINES_VERSION 1
#define HELLO_ID_BYTES   64

struct json_object;

/**
 * hello__id() - name this process as no other one of the run
 *
 * An order that was on its way to a peer whose machine died may reach the peer after it. The head
 * repeats the id in its welcome, so that a peer knows where the orders for it begin.
 */
void hello__id(const struct run_info *info, char *id, size_t size_bytes);

/** hello__object() - the message of this machine, owned by the caller; @places: its -j */
struct json_object *hello__object(const struct run_info *info, const struct tests *tests,
				  int places);

/**
 * hello__check() - compare a peer's message with this machine
 * @error: receives the reason why the peer cannot be used, without newline
 *
 * Return: 0 or -EINVAL.
 */
int hello__check(struct json_object *hello, const struct run_info *info, const struct tests *tests,
		 char *error, size_t size_bytes);

#endif
