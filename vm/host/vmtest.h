/* SPDX-License-Identifier: GPL-2.0-only */
/*
 * The launcher's state: the options of the command line, and the state of the whole run.
 *
 * A function that takes it and fails prints the reason to stderr and returns the exit status of
 * vmtest (enum exit_status, or 128 + N if signal N ends vmtest). On success it returns 0.
 */
#ifndef VM_HOST_VMTEST_H
#define VM_HOST_VMTEST_H

#include <stdbool.h>
#include <stdint.h>

#include "vm/host/words.h"

enum acceleration { ACCEL_AUTO, ACCEL_KVM, ACCEL_TCG };

/*
 * Whether to restore a saved guest instead of a boot; auto: under TCG, where a boot takes
 * long, but not with --verbose, which shows the boot.
 */
enum snapshot_use { SNAPSHOT_AUTO, SNAPSHOT_ALWAYS, SNAPSHOT_NEVER };

/* Whether gdb can debug the kernel of the guest, which waits for it or runs. */
enum kernel_debugging { GDB_NONE, GDB_WAIT, GDB_RUN };

struct options {
	/* Options of the guest */
	struct words kernels; /* the kernels of -k; empty: the pinned kernel */
	unsigned int cpus;
	unsigned int mem_mib;
	enum acceleration accel;
	enum snapshot_use snapshot;
	char *tree;             /* host folder that the guest sees at the same path, absolute */
	struct words env;       /* NAME=VALUE for the guest's command */
	struct words append;    /* more options for the kernel's command line */
	struct words with;      /* more commands to bring into the guest */
	struct words qemu_args; /* more arguments for QEMU */
	enum kernel_debugging gdb_kernel;
	/* Options of the run */
	unsigned int timeout_s;      /* longest time for the command; 0: no limit */
	unsigned int boot_timeout_s; /* longest time until the guest is up */
	unsigned int
		hang_timeout_s;   /* longest silence of a guest; 0: no limit, UINT_MAX: not given */
	bool pass_stdin;          /* give the command stdin, also if it is not a terminal */
	bool shell;               /* run the command, or a shell, on a terminal */
	const char *results;      /* host folder for the files in the guest's /results, or NULL */
	unsigned int results_mib; /* size of the guest's results disk */
	unsigned int vms;         /* number of VMs for one run; 0: as many as are useful */
	unsigned int parallel;    /* number of kernels to test at once, memory permitting */
	unsigned int max_panics;  /* number of times to boot the guest again after a panic */
	bool bisect;              /* end with a status for git bisect */
	bool verbose;             /* show the console and QEMU's command line */
	bool is_explicit;         /* the command has "--" in front of it */
	char *repeat; /* the command line in front of the command, without kernels and results, for a shell */
	char **command; /* words of the command and a NULL; or NULL: the default command */
	/* Options that are not on the command line, and for each the place that it is from. */
	struct words defaults, default_places;
	/* Instead of a run */
	bool offline;              /* never ask the network */
	bool fetch_only;           /* fetch the kernel into the cache, and run nothing */
	const char *fetch_package; /* name of a binary package to fetch, or NULL */
	const char *fetch_source;  /* name of a source package to fetch, or NULL */
	const char *fetch_root;    /* names of packages to fetch into one folder, or NULL */
	const char *suite;         /* Debian suites of these packages, separated by commas */
	bool list_kernels;
};

struct vmtest {
	struct options opt;
	int64_t start_ms;  /* time when vmtest was started, by clock__now_ms() */
	int signal_fd;     /* the signalfd of signals.h */
	int ending_signal; /* the signal that ends vmtest at once; 0: no such signal has come */
	int asked_signal;  /* the signal after which the results are still brought in; or 0 */
	int stdout_error;  /* the errno of output of the command that could not be written, or 0 */
	bool was_up;       /* a guest came up, so that the command began */
	char *cache;       /* the cache folder */
	char *scratch;     /* the temporary folder of this run, or NULL */
	int scratch_fd;    /* locked descriptor of @scratch, or -1 */
};

#endif
