/* SPDX-License-Identifier: GPL-2.0-only */
/*
 * The launcher's context, and how it speaks to the person who started it.
 *
 * Host functions that can fail return 0 or, after having said why on stderr, the exit status
 * that vmtest ends with (enum exit_status, or 128 + the signal that ends vmtest).
 */
#ifndef VM_HOST_VMTEST_H
#define VM_HOST_VMTEST_H

#include <stdbool.h>
#include <stdint.h>

#include "vm/host/exit_status.h"
#include "vm/host/text.h"

enum acceleration { ACCEL_AUTO, ACCEL_KVM, ACCEL_TCG };

/**
 * struct options - what the command line asks for
 * @kernels: the kernels to boot, as given with -k; empty: the pinned one
 * @cpus: number of virtual CPUs
 * @mem_mib: guest memory
 * @parallel: how many kernels are tested at once, memory permitting
 * @timeout_s: longest time for the command; 0: none
 * @boot_timeout_s: longest time until the guest reports
 * @hang_timeout_s: longest time without a sign of life, 0: any, UINT_MAX: not said
 * @max_panics: how often the guest is booted again after a panic
 * @results_mib: size of the guest's results disk
 * @results: host folder for what the guest leaves in /results, or NULL
 * @tree: host folder that the guest sees at the same path, never NULL once parsed
 * @with: more commands to bring into the guest
 * @append: more options for the kernel's command line
 * @accel: how QEMU runs the guest
 * @shell: run the command (or a shell) on a terminal
 * @offline: never ask the network
 * @verbose: show the console and every program that is started
 * @fetch_only: only bring the kernel into the cache
 * @fetch_package: name of a binary package to fetch, or NULL
 * @fetch_source: name of a source package to fetch, or NULL
 * @suite: suite for @fetch_package and @fetch_source
 * @list_kernels: print what kernels there are, and end
 * @command: the command and its arguments, ended by NULL; NULL itself: the default
 */
struct options {
	struct words kernels;
	unsigned int cpus;
	unsigned int mem_mib;
	unsigned int parallel;
	unsigned int timeout_s;
	unsigned int boot_timeout_s;
	unsigned int hang_timeout_s;
	unsigned int max_panics;
	unsigned int results_mib;
	const char *results;
	char *tree;
	struct words with;
	struct words append;
	enum acceleration accel;
	bool shell;
	bool offline;
	bool verbose;
	bool fetch_only;
	const char *fetch_package;
	const char *fetch_source;
	const char *suite;
	bool list_kernels;
	char **command;
};

/**
 * struct vmtest - the one context of the launcher
 * @opt: the command line
 * @start_ms: when vmtest was started, CLOCK_MONOTONIC
 * @signal_fd: signalfd for SIGINT, SIGTERM, SIGHUP, SIGWINCH and those passed to the command
 * @ending_signal: the signal that ends vmtest, 0 as long as there was none
 * @cache: the cache folder
 * @scratch: the temporary folder of this run, or NULL
 * @scratch_fd: the open, locked temporary folder, or -1
 */
struct vmtest {
	struct options opt;
	int64_t start_ms;
	int signal_fd;
	int ending_signal;
	char *cache;
	char *scratch;
	int scratch_fd;
};

/**
 * now_ms() - The monotonic clock.
 *
 * Return: milliseconds.
 */
int64_t now_ms(void);

/**
 * say() - Tell what is being done, with the time since the start.
 * @vm: context
 * @fmt: as for printf, without a newline
 */
void say(const struct vmtest *vm, const char *fmt, ...) __attribute__((format(printf, 2, 3)));

/**
 * detail() - As say(), but only with -v.
 * @vm: context
 * @fmt: as for printf, without a newline
 */
void detail(const struct vmtest *vm, const char *fmt, ...) __attribute__((format(printf, 2, 3)));

/**
 * warn() - Tell of something that went wrong and does not end the run.
 * @fmt: as for printf, without a newline
 */
void warn(const char *fmt, ...) __attribute__((format(printf, 1, 2)));

/**
 * fail() - Tell why the run ends.
 * @status: the exit status
 * @fmt: as for printf, without a newline
 *
 * Return: @status, so that a caller can say `return fail(...)`.
 */
int fail(int status, const char *fmt, ...) __attribute__((format(printf, 2, 3)));

/**
 * interrupted() - Whether a signal asked vmtest to end; never blocks.
 * @vm: context
 *
 * Only signals that end vmtest are looked at; the others are dropped here.
 *
 * Return: 0 or the exit status for that signal.
 */
int interrupted(struct vmtest *vm);

/**
 * pause_ms() - Wait, unless a signal ends vmtest.
 * @vm: context
 * @duration_ms: how long
 *
 * Return: 0 or the exit status for that signal.
 */
int pause_ms(struct vmtest *vm, int duration_ms);

/**
 * signals_block() - From here on signals arrive through vm->signal_fd only.
 * @vm: context
 *
 * Return: 0 or an exit status.
 */
int signals_block(struct vmtest *vm);

#endif
