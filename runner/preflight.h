/* SPDX-License-Identifier: GPL-2.0-only */
#ifndef RUNNER_PREFLIGHT_H
#define RUNNER_PREFLIGHT_H

#include "runner/run.h"

/**
 * machine__check() - whether the selected tests can run here, and the cgroup that theirs go into
 *
 * Return: 0, or a negative errno with a message on stderr.
 */
int machine__check(struct runner *runner);

/** machine__note_strangers() - remember the children that are there before the first test */
int machine__note_strangers(struct runner *runner);

/**
 * machine__add_stranger() - a child of the runner is nobody's leftover
 *
 * Return: 0, or a negative errno.
 */
int machine__add_stranger(struct runner *runner, pid_t pid);

/** machine__outlive_tests() - be the last that the kernel ends when it is out of memory */
void machine__outlive_tests(void);

/** machine__raise_open_files() - take all descriptors that the runner may have */
void machine__raise_open_files(struct runner *runner);

#endif
