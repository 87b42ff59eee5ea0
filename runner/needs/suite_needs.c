// SPDX-License-Identifier: GPL-2.0-only
/* A table of what every test needs. Namespaces are tried in a child, so that the runner keeps its own. */
#include <bpf/bpf.h>
#include <errno.h>
#include <sched.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/wait.h>
#include <unistd.h>

#include "runner/needs/refusal.h"
#include "runner/needs/suite_needs.h"
#include "runner/system/loopback.h"
#include "runner/text/error.h"
#include "test_progs.h"

static int load_program(void)
{
	static const struct bpf_insn return_0[] = {
		{ .code = BPF_ALU64 | BPF_MOV | BPF_K },
		{ .code = BPF_JMP | BPF_EXIT },
	};
	int fd = bpf_prog_load(BPF_PROG_TYPE_SOCKET_FILTER, NULL, "GPL", return_0, 2, NULL);

	if (fd < 0)
		return -errno;
	close(fd);
	return 0;
}

/* Return: what @enter returns in a child, 0 or a negative errno. */
static int try_in_child(int (*enter)(void))
{
	pid_t child = fork();
	int status;

	if (!child)
		_exit(-enter());
	if (child < 0 || waitpid(child, &status, 0) != child || !WIFEXITED(status))
		return 0;
	return -WEXITSTATUS(status);
}

static int enter_namespaces(void)
{
	return unshare(CLONE_NEWNS | CLONE_NEWNET) ? -errno : 0;
}

static int bring_lo_up(void)
{
	return enter_namespaces() ? 0 : loopback__bring_up();
}

static int try_namespaces(void)
{
	return try_in_child(enter_namespaces);
}

static int try_lo(void)
{
	return try_in_child(bring_lo_up);
}

static const struct {
	unsigned int parts; /* the parts of isolation of which the test has one */
	const char *what;
	uint64_t capabilities;
	int (*try)(void);
} suite_needs[SUITE_NEEDS_CNT] = {
	{ ISOLATE_ALL, "bpf(2)", CAPABILITY(CAP_BPF), load_program },
	{ ISOLATE_MOUNTNS | ISOLATE_NETNS, "namespaces of the test's own",
	  CAPABILITY(CAP_SYS_ADMIN), try_namespaces },
	{ ISOLATE_NETNS, "bringing `lo` up in the test's own namespace", CAPABILITY(CAP_NET_ADMIN),
	  try_lo },
};

static char *explain(const struct run_info *info, int i, int err)
{
	char why[256], *text = NULL;

	if (err == -ENOSYS)
		snprintf(why, sizeof(why), "%s, the kernel is built without it", error__text(err));
	else if (!refusal__is(err) ||
		 !refusal__explain(info, err, suite_needs[i].capabilities, why, sizeof(why)))
		return NULL;
	return asprintf(&text, "%s: %s", suite_needs[i].what, why) < 0 ? NULL : text;
}

void suite_needs__look(struct suite_needs *suite, const struct run_info *info, unsigned int parts)
{
	int i, err;

	for (i = 0; i < SUITE_NEEDS_CNT; i++) {
		err = suite_needs[i].parts & parts ? suite_needs[i].try() : 0;
		suite->missing[i] = err ? explain(info, i, err) : NULL;
	}
}

bool suite_needs__check(const struct suite_needs *suite, unsigned int parts, char *text,
			size_t size_bytes)
{
	size_t len;
	int i;

	*text = '\0';
	for (i = 0; i < SUITE_NEEDS_CNT; i++) {
		if (!suite->missing[i] || !(suite_needs[i].parts & parts))
			continue;
		len = strlen(text);
		snprintf(text + len, size_bytes - len, "%s%s",
			 len ? "; " : "not permitted here: ", suite->missing[i]);
	}
	return !*text;
}

void suite_needs__end(struct suite_needs *suite)
{
	int i;

	for (i = 0; i < SUITE_NEEDS_CNT; i++)
		free(suite->missing[i]);
	*suite = (struct suite_needs){};
}
