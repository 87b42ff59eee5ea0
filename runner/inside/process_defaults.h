/* SPDX-License-Identifier: GPL-2.0-only */
#ifndef RUNNER_INSIDE_PROCESS_DEFAULTS_H
#define RUNNER_INSIDE_PROCESS_DEFAULTS_H

#include <sys/resource.h>

/**
 * process_defaults__apply() - give the calling process the state that every test begins with
 * @open_files: the RLIMIT_NOFILE that the runner was started with
 * @environment: NAME=VALUE of --env, ended by NULL, or NULL; they replace variables of the same name
 *
 * A result must not depend on the shell, service or CI job that started the runner. This covers
 * signal actions and mask, umask, environment, limits and scheduling policy. CPU affinity and
 * niceness stay, because they are a way to reproduce a failure on one CPU or under load.
 */
void process_defaults__apply(const struct rlimit *open_files, const char *const *environment);

#endif
