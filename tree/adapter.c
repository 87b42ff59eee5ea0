// SPDX-License-Identifier: GPL-2.0-only
/*
 * Lets the tests of a kernel tree run in this runner. It is compiled with the headers and flags of
 * the tree, so that it fits any tree that has these names.
 *
 * The runner implements most entry points of the tree's runner under the same names. This file has
 * the others, and fills in `env`, which tests and the tree's helpers read.
 */
#ifndef _GNU_SOURCE
#define _GNU_SOURCE
#endif
#include <errno.h>
#include <fcntl.h>
#include <libgen.h>
#include <limits.h>
#include <linux/keyctl.h>
#include <signal.h>
#include <stdarg.h>
#include <stdio.h>
#include <stdlib.h>
#include <sys/mount.h>
#include <sys/stat.h>
#include <sys/syscall.h>
#include <sys/wait.h>
#include <unistd.h>

#include <bpf/libbpf.h>

#include "cgroup_helpers.h"
#include "test_progs.h"
#include "adapter.h"

#define TEXT_MAX_BYTES 4096
/* Documentation/dev-tools/kselftest.rst */
#define STATUS_SKIPPED 4

/* From the runner, whose test_progs.h cannot be included beside that of the tree. */
int test__verbosity(void);
bool test__verifier_stats(void);
bool glob__match(const char *text, const char *pattern);
void test__end_subtest(void);
void test__number_repeated_subtests(void);
void test__skip_reason(const char *fmt, ...) __attribute__((format(printf, 1, 2)));
bool assert__report(const char *file, int line, const char *func, const char *name, bool ok,
		    const char *fmt, ...);

/* Helpers of the tree that are not in its headers. A tree that lacks one does without it. */
extern int libbpf_print_fn(enum libbpf_print_level level, const char *fmt, va_list args)
	__attribute__((weak));
extern int extra_prog_load_log_flags __attribute__((weak));
extern unsigned char test_progs_verification_cert[] __attribute__((weak));
extern unsigned int test_progs_verification_cert_len __attribute__((weak));

/* The size of the tree's struct prog_test_def is not known. This is larger. */
static long running_test[64];
static struct test_state running_state;
static bool has_cgroups;
static bool has_jit;

static char **whole_environment;
static const char *running_test_name;

/*
 * Before main(): the sysctl exists only in the first network namespace, and our runner passes only a
 * few variables of the environment on to tests.
 */
__attribute__((constructor)) static void look_around(void)
{
	FILE *file = fopen("/proc/sys/net/core/bpf_jit_enable", "re");
	size_t cnt = 0;

	while (environ[cnt])
		cnt++;
	whole_environment = calloc(cnt + 1, sizeof(*environ));
	if (whole_environment)
		memcpy(whole_environment, environ, cnt * sizeof(*environ));

	/* A kernel that is built with the JIT always on may have no such file for this user. */
	has_jit = !file || fgetc(file) != '0';
	if (file)
		fclose(file);
}

bool is_jit_enabled(void)
{
	return has_jit;
}

void adapter__skip(void)
{
	const struct adapter_fact *fact;

	for (fact = adapter_skips; fact->tests; fact++) {
		if (!glob__match(running_test_name, fact->tests))
			continue;
		test__skip_reason("%s", fact->text);
		return;
	}
	test__skip();
}

void adapter__fail(const char *file, int line, const char *func, const char *name, const char *fmt,
		   ...)
{
	const char *place = strstr(file, "prog_tests/") ?: basename(strdupa(file));
	char text[TEXT_MAX_BYTES];
	size_t len_bytes;
	va_list args;

	va_start(args, fmt);
	vsnprintf(text, sizeof(text), fmt, args);
	va_end(args);
	len_bytes = strlen(text);
	while (len_bytes && strchr(" \n", text[len_bytes - 1]))
		text[--len_bytes] = '\0';
	assert__report(place, line, func, name, false, "%s", text);
}

/* Helpers of the tree that were not compiled with tree/include/test_progs.h call this. */
#undef test__fail
void test__fail(void)
{
	adapter__fail("", 0, "test", "helper of the tree", "failed, the next line says why");
}

int test__join_cgroup(const char *path)
{
	int fd;

	if (!has_cgroups && setup_cgroup_environment())
		return -1;
	has_cgroups = true;
	fd = create_and_get_cgroup(path);
	if (fd >= 0 && join_cgroup(path)) {
		close(fd);
		return -1;
	}
	return fd;
}

/*
 * The tree's tests open files that lie beside their program, or in the folder of a flavour: those of
 * test_progs-cpuv4 in cpuv4.
 */
static void enter_folder_of_program(void)
{
	char path[PATH_MAX];
	ssize_t len = readlink("/proc/self/exe", path, sizeof(path) - 1);
	const char *flavour;

	path[len > 0 ? len : 0] = '\0';
	flavour = strchr(basename(path), '-');
	if (len <= 0 || chdir(dirname(path)) || (flavour && chdir(flavour + 1)))
		perror("cannot enter the folder of the program");
}

/* The kernel accepts a signed light skeleton if the session keyring has the key. */
static void add_signing_key(void)
{
	if (!test_progs_verification_cert || !&test_progs_verification_cert_len)
		return;
	if (syscall(__NR_add_key, "asymmetric", "libbpf_session_key", test_progs_verification_cert,
		    (size_t)test_progs_verification_cert_len, KEY_SPEC_SESSION_KEYRING) < 0)
		perror("cannot add the key of signed programs to the session keyring");
}

/*
 * /sys shows the interfaces of the network namespace in which it was mounted. Show those of the
 * test's own. The rest of /sys stays, with what is mounted below it.
 */
static void show_own_interfaces(void)
{
	static const char own[] = "/tmp/sys";

	if (mkdir(own, 0700) || mount("sysfs", own, "sysfs", 0, NULL) ||
	    mount("/tmp/sys/class/net", "/sys/class/net", NULL, MS_BIND, NULL) ||
	    mount("/tmp/sys/devices/virtual/net", "/sys/devices/virtual/net", NULL, MS_BIND, NULL))
		perror("cannot show the interfaces of the test's network namespace in /sys");
	umount2(own, MNT_DETACH);
	rmdir(own);
}

#ifdef TREE_HAS_WATCHDOG
static void *wait_for_ever(void *unused)
{
	for (;;)
		pause();
	return unused;
}

/* The tree's runner has a thread that watches the test. Tests count the threads of their process. */
static void start_stand_in_for_watchdog(void)
{
	sigset_t all, saved;
	pthread_t thread;

	/* A signal to the process is for the test. */
	sigfillset(&all);
	pthread_sigmask(SIG_SETMASK, &all, &saved);
	if (pthread_create(&thread, NULL, wait_for_ever, NULL))
		perror("cannot start the stand-in for the thread of the watchdog");
	pthread_sigmask(SIG_SETMASK, &saved, NULL);
}
#endif

static void set_if_absent(const char *assignment)
{
	char *name = strdup(assignment), *value = name ? strchr(name, '=') : NULL;

	if (value) {
		*value = '\0';
		setenv(name, value + 1, false);
	}
	free(name);
}

static void fill_environment(void)
{
	const struct adapter_fact *fact;
	char **variable;

	for (variable = whole_environment; variable && *variable; variable++)
		set_if_absent(*variable);
	for (fact = adapter_env; fact->tests; fact++)
		if (glob__match(running_test_name, fact->tests))
			set_if_absent(fact->text);
}

static void fill_env(void)
{
	int verbosity = test__verbosity();

	env.test = (void *)running_test;
	env.test_state = &running_state;
	env.stdout_saved = stdout;
	env.stderr_saved = stderr;
	env.verbosity = verbosity;
	env.verifier_stats = test__verifier_stats();
	env.jit_enabled = has_jit;
	env.has_testmod = !access("/sys/module/bpf_testmod", F_OK);
	env.nr_cpus = libbpf_num_possible_cpus();
#ifdef TREE_HAS_WATCHDOG
	env.main_thread = pthread_self();
#endif
	env.worker_id = -1;
	if (verbosity > VERBOSE_NONE)
		setenv("SELFTESTS_VERBOSE", "1", true);
	if (verbosity > VERBOSE_NORMAL && &extra_prog_load_log_flags)
		extra_prog_load_log_flags = verbosity - VERBOSE_NORMAL;
}

/* In the folder of the program or of its flavour. */
static void load_again(const char *module)
{
	char path[PATH_MAX];
	int fd;

	snprintf(path, sizeof(path), "/sys/module/%s", module);
	if (!access(path, F_OK))
		return;
	snprintf(path, sizeof(path), "%s.ko", module);
	fd = open(path, O_RDONLY | O_CLOEXEC);
	if (fd < 0 || (syscall(__NR_finit_module, fd, "", 0) && errno != EEXIST))
		perror(path);
	if (fd >= 0)
		close(fd);
}

void adapter__enter(const char *test, const char *module)
{
	running_test_name = test;
	test__number_repeated_subtests();
	fill_environment();
	enter_folder_of_program();
	show_own_interfaces();
	if (module)
		load_again(module);
	fill_env();
	if (libbpf_print_fn)
		libbpf_set_print(libbpf_print_fn);
	add_signing_key();
#ifdef TREE_HAS_WATCHDOG
	start_stand_in_for_watchdog();
#endif
}

void adapter__load_first(const char *file)
{
	struct bpf_object *object = bpf_object__open_file(file, NULL);

	if (!object || bpf_object__load(object))
		perror(file);
	bpf_object__close(object);
}

void adapter__leave(void)
{
	if (has_cgroups)
		cleanup_cgroup_environment();
}

/*
 * Report a result in KTAP as a subtest. Other lines are only in the log. @last is the line before: the
 * reason of a skip that gives none.
 */
static void report_ktap_line(const char *line, const char *last)
{
	bool failed = !strncmp(line, "not ok ", 7);
	const char *name, *directive;
	char subtest[256], *end;

	if (!failed && strncmp(line, "ok ", 3))
		return;
	strtol(line + (failed ? 7 : 3), &end, 10);
	name = end + strspn(end, " -");
	directive = strstr(name, " # ") ?: name + strlen(name);
	snprintf(subtest, sizeof(subtest), "%.*s", (int)(directive - name), name);
	if (!*subtest || !test__start_subtest(subtest))
		return;
	if (!strncasecmp(directive, " # SKIP", 7))
		test__skip_reason("%s", strlen(directive) > 8 ? directive + 8 : last);
	else if (failed)
		assert__report("", 0, "program", subtest, false, "%s", line);
	test__end_subtest();
}

void adapter__run_program(const char *path)
{
	char *line = NULL, *last = NULL;
	size_t size_bytes = 0;
	FILE *output;
	pid_t child;
	int fds[2], status;

	test__number_repeated_subtests();
	enter_folder_of_program();
	show_own_interfaces();
	child = pipe2(fds, O_CLOEXEC) ? -1 : fork();
	if (child < 0) {
		assert__report(path, 0, "program", "start", false, "%s", strerror(errno));
		return;
	}
	if (!child) {
		const char *name = strrchr(path, '/');

		dup2(fds[1], STDOUT_FILENO);
		dup2(fds[1], STDERR_FILENO);
		/* A program of another folder reads its files there. */
		if (name && chdir(dirname(strdup(path))))
			_exit(127);
		name = name ? name + 1 : path;
		execl(name, name, NULL);
		dprintf(STDERR_FILENO, "cannot start %s: %s\n", path, strerror(errno));
		_exit(127);
	}
	close(fds[1]);
	output = fdopen(fds[0], "r");
	while (output && getline(&line, &size_bytes, output) > 0) {
		line[strcspn(line, "\n")] = '\0';
		printf("%s\n", line);
		report_ktap_line(line, last ?: "the program gives no reason");
		if (*line) {
			free(last);
			last = strdup(line);
		}
	}
	if (output)
		fclose(output);
	if (waitpid(child, &status, 0) < 0)
		status = -1;
	if (WIFSIGNALED(status))
		assert__report("", 0, path, "signal", false, "the program ended by signal %d (%s)",
			       WTERMSIG(status), strsignal(WTERMSIG(status)));
	else if (WEXITSTATUS(status) == STATUS_SKIPPED)
		test__skip_reason("%s", last ?: "the program gives no reason");
	else
		assert__report("", 0, path, "exit status", !status, "%d", WEXITSTATUS(status));
	free(last);
	free(line);
}
