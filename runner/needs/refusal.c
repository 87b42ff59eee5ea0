// SPDX-License-Identifier: GPL-2.0-only
/*
 * A missing capability and a user namespace are certain causes. If there is none of them, the
 * kernel does not say who refused: all that can refuse is named.
 */
#include <bpf/bpf.h>
#include <errno.h>
#include <fcntl.h>
#include <stdio.h>
#include <string.h>
#include <unistd.h>

#include "runner/needs/refusal.h"
#include "runner/system/privileges.h"
#include "runner/text/error.h"
#include "runner/text/text_file.h"

static const struct {
	int number;
	const char *name;
} capability_names[] = {
	{ CAP_BPF, "CAP_BPF" },
	{ CAP_PERFMON, "CAP_PERFMON" },
	{ CAP_NET_ADMIN, "CAP_NET_ADMIN" },
	{ CAP_SYS_MODULE, "CAP_SYS_MODULE" },
	{ CAP_SYS_ADMIN, "CAP_SYS_ADMIN" },
};

bool refusal__is(int err)
{
	err = err < 0 ? -err : err;
	return err == EPERM || err == EACCES || err == EKEYREJECTED;
}

/* bpf_token_capable() in the kernel takes CAP_SYS_ADMIN for any of these. */
static uint64_t missing_capabilities(uint64_t effective, uint64_t required)
{
	uint64_t missing = required & ~effective;

	if (!(required & CAPABILITY(CAP_BPF)))
		return missing;
	if (effective & CAPABILITY(CAP_SYS_ADMIN))
		return 0;
	return missing ? missing | CAPABILITY(CAP_SYS_ADMIN) : 0;
}

static void print_capabilities(uint64_t capabilities, FILE *out)
{
	const char *separator = "";
	size_t i;

	for (i = 0; i < sizeof(capability_names) / sizeof(capability_names[0]); i++) {
		if (!(capabilities & CAPABILITY(capability_names[i].number)))
			continue;
		capabilities &= ~CAPABILITY(capability_names[i].number);
		fprintf(out, "%s%s", separator, capability_names[i].name);
		separator = capabilities & (capabilities - 1) ? ", " : " and ";
	}
}

/* Return: true if programs of the LSM bpf are loaded, or if that cannot be found out. */
static bool has_lsm_programs(void)
{
	struct bpf_prog_info info;
	__u32 id = 0, len;
	int fd;

	while (!bpf_prog_get_next_id(id, &id)) {
		fd = bpf_prog_get_fd_by_id(id);
		if (fd < 0)
			continue;
		memset(&info, 0, sizeof(info));
		len = sizeof(info);
		if (!bpf_prog_get_info_by_fd(fd, &info, &len) && info.type == BPF_PROG_TYPE_LSM) {
			close(fd);
			return true;
		}
		close(fd);
	}
	return errno != ENOENT;
}

/* This is also how the boot option nomodule works. */
static bool modules_are_disabled(void)
{
	char value[8] = "";

	return !text_file__read_at(AT_FDCWD, "/proc/sys/kernel/modules_disabled", value,
				   sizeof(value)) &&
	       *value == '1';
}

/* Return: true if something was printed. */
static bool print_suspects(const struct run_info *info, const struct privileges *privileges,
			   uint64_t capabilities, FILE *out)
{
	const char *separator = ", refused by ";
	bool found = false;

	if (capabilities & CAPABILITY(CAP_SYS_MODULE) && modules_are_disabled()) {
		fprintf(out, "%sthe sysctl kernel.modules_disabled", separator);
		separator = " or ";
		found = true;
	}
	if (info->lockdown && strcmp(info->lockdown, "none") != 0) {
		fprintf(out, "%slockdown (%s)", separator, info->lockdown);
		separator = " or ";
		found = true;
	}
	if (privileges->has_seccomp_filter) {
		fprintf(out, "%sa seccomp filter", separator);
		separator = " or ";
		found = true;
	}
	if (*privileges->confinement || has_lsm_programs()) {
		fprintf(out, "%san LSM (%s%s%s)", separator, info->lsms ?: "not known",
			*privileges->confinement ? "; the runner is " : "",
			privileges->confinement);
		found = true;
	}
	return found;
}

bool refusal__explain(const struct run_info *info, int err, uint64_t capabilities, char *text,
		      size_t size_bytes)
{
	struct privileges privileges;
	uint64_t missing;
	bool found = true;
	FILE *out;

	*text = '\0';
	if (privileges__read(&privileges))
		privileges = (struct privileges){ .capabilities = ~0ULL };
	out = fmemopen(text, size_bytes, "w");
	if (!out)
		return false;
	fputs(error__text(err), out);
	missing = missing_capabilities(privileges.capabilities, capabilities);
	if (missing) {
		fputs(", the runner lacks ", out);
		print_capabilities(missing, out);
	} else if (privileges.is_in_user_namespace) {
		fputs(", the runner is in a user namespace, and its capabilities count only there",
		      out);
	} else {
		found = print_suspects(info, &privileges, capabilities, out);
	}
	fclose(out);
	text[size_bytes - 1] = '\0';
	return found;
}
