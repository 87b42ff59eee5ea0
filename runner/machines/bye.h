/* SPDX-License-Identifier: GPL-2.0-only */
/*
 * The last message of a peer: the splats, the taint and the leftovers that it could not charge to a
 * test.
 */
#ifndef RUNNER_MACHINES_BYE_H
#define RUNNER_MACHINES_BYE_H

#include "runner/audit/watch.h"
#include "runner/blame/splats.h"
#include "runner/blame/undecided.h"

struct json_object;

/** bye__object() - the message of this machine, owned by the caller */
struct json_object *bye__object(const struct splats *splats, const struct audit *audit,
				const struct undecided *undecided);

/** bye__take() - add what the peer @machine has sent to what this machine reports */
void bye__take(struct json_object *bye, int machine, struct splats *splats, struct audit *audit);

#endif
