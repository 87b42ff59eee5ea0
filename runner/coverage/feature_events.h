/* SPDX-License-Identifier: GPL-2.0-only */
/* Sets of features in records and in the event stream. */
#ifndef RUNNER_COVERAGE_FEATURE_EVENTS_H
#define RUNNER_COVERAGE_FEATURE_EVENTS_H

#include "runner/coverage/features.h"

struct json_object;

/** feature_events__parse() - add the rows whose numbers stand in a text; others are ignored */
void feature_events__parse(struct feature_set *set, const char *numbers);

/** feature_events__array() - an array of texts such as "helper bpf_loop"; the caller owns it */
struct json_object *feature_events__array(const struct feature_set *set);

/**
 * feature_events__take() - add the rows that the member "features" of an event names
 *
 * Names that the table lacks, of a newer program, are ignored.
 *
 * Return: 0, or -EBADMSG without such a member.
 */
int feature_events__take(struct feature_set *set, struct json_object *event);

#endif
