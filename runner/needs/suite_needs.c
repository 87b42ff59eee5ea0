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

static int enter_mount_namespace(void)
{
	return unshare(CLONE_NEWNS) ? -errno : 0;
}

static int enter_network_namespace(void)
{
	return unshare(CLONE_NEWNET) ? -errno : 0;
}

static int bring_lo_up(void)
{
	return enter_network_namespace() ? 0 : loopback__bring_up();
}

static int try_mount_namespace(void)
{
	return try_in_child(enter_mount_namespace);
}

static int try_network_namespace(void)
{
	return try_in_child(enter_network_namespace);
}

static int try_lo(void)
{
	return try_in_child(bring_lo_up);
}

static const struct suite_need {
	unsigned int parts; /* the parts of isolation of which the test has one */
	const char *what;
	uint64_t capabilities;
	int (*try)(void);
	const char *option; /* the option of the kernel without which there is none; or NULL */
	const char *limit;  /* the sysctl that limits how many there are; or NULL */
} suite_needs[SUITE_NEEDS_CNT] = {
	{ ISOLATE_ALL, "bpf(2)", CAPABILITY(CAP_BPF), load_program, NULL, NULL },
	{ ISOLATE_MOUNTNS, "mount namespace of the test's own", CAPABILITY(CAP_SYS_ADMIN),
	  try_mount_namespace, NULL, "user.max_mnt_namespaces" },
	{ ISOLATE_NETNS, "network namespace of the test's own", CAPABILITY(CAP_SYS_ADMIN),
	  try_network_namespace, "NET_NS", "user.max_net_namespaces" },
	{ ISOLATE_NETNS, "`lo` that is up in the test's own namespace", CAPABILITY(CAP_NET_ADMIN),
	  try_lo, NULL, NULL },
};

static bool is_unset(const struct run_info *info, const char *option)
{
	char value[16];

	if (!option || !info->config.path)
		return false;
	kernel_config__value(&info->config, option, value, sizeof(value));
	return !strcmp(value, "n");
}

/* The rule is that of test_needs.h: no skip without a reason that can be seen. */
static void explain(struct suite_need_found *found, const struct suite_need *need,
		    const struct run_info *info, int err)
{
	const char *error = error__text(err);
	char refused[256];
	int ret;

	found->state = NEED_MISSING;
	found->is_refused = false;
	if (is_unset(info, need->option)) {
		ret = asprintf(&found->why, "CONFIG_%s is not set (tried: %s)", need->option,
			       error__name(err));
	} else if (err == -ENOSYS) {
		ret = asprintf(&found->why, "%s, the kernel is built without it", error);
	} else if (err == -ENOSPC && need->limit) {
		ret = asprintf(&found->why,
			       "%s, the limit of the sysctl %s is reached; to have it: "
			       "raise that limit",
			       error, need->limit);
	} else if (refusal__is(err) &&
		   refusal__explain(info, err, need->capabilities, refused, sizeof(refused))) {
		found->is_refused = true;
		ret = asprintf(&found->why, "%s", refused);
	} else {
		found->state = NEED_LOST;
		ret = asprintf(&found->why, "%s, and this kernel (%s) should have it%s%s%s", error,
			       info->release, need->option ? ", with CONFIG_" : "",
			       need->option ?: "",
			       need->option && !info->config.path ?
				       "; its configuration is not known: name it with --kconfig" :
				       "");
	}
	if (ret < 0)
		found->why = NULL;
}

void suite_needs__look(struct suite_needs *suite, const struct run_info *info, unsigned int parts)
{
	int i, err;

	*suite = (struct suite_needs){};
	for (i = 0; i < SUITE_NEEDS_CNT; i++) {
		err = suite_needs[i].parts & parts ? suite_needs[i].try() : 0;
		if (err)
			explain(&suite->found[i], &suite_needs[i], info, err);
	}
}

/* Return: the index of the next row behind @i that is in this state, or SUITE_NEEDS_CNT. */
static int next(const struct suite_needs *suite, unsigned int parts, enum need_state state, int i)
{
	for (i++; i < SUITE_NEEDS_CNT; i++)
		if (suite->found[i].state == state && suite_needs[i].parts & parts)
			break;
	return i;
}

static bool is_alike(const struct suite_need_found *one, const struct suite_need_found *other)
{
	return one->is_refused == other->is_refused && !strcmp(one->why ?: "", other->why ?: "");
}

/* A reason that several have is said once, behind the last of them. */
bool suite_needs__describe(const struct suite_needs *suite, unsigned int parts,
			   enum need_state state, char *text, size_t size_bytes)
{
	const struct suite_need_found *found, *last = NULL;
	int i = next(suite, parts, state, -1), following;
	FILE *out;

	*text = '\0';
	if (i == SUITE_NEEDS_CNT)
		return false;
	out = fmemopen(text, size_bytes, "w");
	for (; out && i < SUITE_NEEDS_CNT; i = following, last = found) {
		found = &suite->found[i];
		following = next(suite, parts, state, i);
		if (!last)
			fputs(found->is_refused ? "not permitted here: " : "no ", out);
		else if (is_alike(last, found))
			fputs(", ", out);
		else
			fprintf(out, "; %s",
				!found->is_refused ? "no " :
				last->is_refused   ? "" :
						     "not permitted here: ");
		fputs(suite_needs[i].what, out);
		if (following == SUITE_NEEDS_CNT || !is_alike(found, &suite->found[following]))
			fprintf(out, ": %s", found->why ?: "out of memory");
	}
	if (out)
		fclose(out);
	text[size_bytes - 1] = '\0';
	return true;
}

enum need_state suite_needs__check(const struct suite_needs *suite, unsigned int parts, char *text,
				   size_t size_bytes)
{
	if (suite_needs__describe(suite, parts, NEED_LOST, text, size_bytes))
		return NEED_LOST;
	return suite_needs__describe(suite, parts, NEED_MISSING, text, size_bytes) ? NEED_MISSING :
										     NEED_HOLDS;
}

void suite_needs__end(struct suite_needs *suite)
{
	int i;

	for (i = 0; i < SUITE_NEEDS_CNT; i++)
		free(suite->found[i].why);
	*suite = (struct suite_needs){};
}
