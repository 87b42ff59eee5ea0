// SPDX-License-Identifier: GPL-2.0-only
/* Reads /proc, /sys and uname(2). Changes nothing. */
#include <bpf/libbpf.h>
#include <ctype.h>
#include <errno.h>
#include <fcntl.h>
#include <inttypes.h>
#include <json-c/json.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/sysinfo.h>
#include <sys/utsname.h>
#include <unistd.h>

#include "runner/coverage/features.h"
#include "runner/needs/build_info.h"
#include "runner/needs/run_info.h"
#include "runner/system/filesystem.h"
#include "runner/text/printable.h"

/* Return: the text of a small file without white space at its end, to be freed; or NULL. */
static char *read_text_at(int dir_fd, const char *path)
{
	int fd = openat(dir_fd, path, O_RDONLY | O_CLOEXEC);
	FILE *file = fd < 0 ? NULL : fdopen(fd, "r");
	char *text = NULL, *shown;
	size_t room = 0;
	ssize_t len;

	if (!file)
		return NULL;
	len = getdelim(&text, &room, '\0', file);
	fclose(file);
	while (len > 0 && isspace((unsigned char)text[len - 1]))
		len--;
	shown = len >= 0 ? printable_line(text, len) : NULL;
	free(text);
	return shown;
}

static char *read_text(const char *path)
{
	return read_text_at(AT_FDCWD, path);
}

/* Return: the word in brackets, as in "none [integrity] confidentiality", to be freed. */
static char *read_choice(int dir_fd, const char *path)
{
	char *text = read_text_at(dir_fd, path), *begin, *end, *choice = NULL;

	begin = text ? strchr(text, '[') : NULL;
	end = begin ? strchr(begin, ']') : NULL;
	if (end)
		choice = strndup(begin + 1, end - begin - 1);
	free(text);
	return choice;
}

/* A kernel without securityfs has neither LSMs nor lockdown. */
static void read_security(struct run_info *info)
{
	int root = filesystem__open("securityfs");

	if (root == -ENODEV) {
		info->lsms = strdup("none");
		info->lockdown = strdup("none");
	}
	if (root < 0)
		return;
	info->lsms = read_text_at(root, "lsm");
	info->lockdown = read_choice(root, "lockdown");
	if (!info->lockdown && errno == ENOENT)
		info->lockdown = strdup("none");
	close(root);
}

static char *read_jit(void)
{
	char *enable = read_text("/proc/sys/net/core/bpf_jit_enable");
	char *harden = read_text("/proc/sys/net/core/bpf_jit_harden");
	char *jit = NULL;

	if (enable && asprintf(&jit, "%s%s", strcmp(enable, "0") ? "on" : "off",
			       harden && strcmp(harden, "0") ? ", hardened" : "") < 0)
		jit = NULL;
	free(enable);
	free(harden);
	return jit;
}

/* Return: the words of the command line with blanks in between. Blanks in a word are not quoted. */
static char *read_command(void)
{
	FILE *file = fopen("/proc/self/cmdline", "re");
	char words[4096], *shown;
	size_t len, i;

	if (!file)
		return NULL;
	len = fread(words, 1, sizeof(words), file);
	fclose(file);
	for (i = 0; i < len; i++) {
		if (!words[i])
			words[i] = ' ';
	}
	while (len && words[len - 1] == ' ')
		len--;
	shown = printable_line(words, len);
	return shown;
}

int run_info__read(struct run_info *info, const char *config_path)
{
	const char *vmtest = getenv("VMTEST");
	struct utsname name;
	struct sysinfo system;
	int err;

	memset(info, 0, sizeof(*info));
	uname(&name);
	info->release = strdup(name.release);
	info->version = strdup(name.version);
	info->machine = strdup(name.machine);
	info->boot_options = read_text("/proc/cmdline");
	info->boot_id = read_text("/proc/sys/kernel/random/boot_id");
	info->cpus = sysconf(_SC_NPROCESSORS_ONLN);
	if (!sysinfo(&system))
		info->mem_mib = ((unsigned long long)system.totalram * system.mem_unit) >> 20;
	info->jit = read_jit();
	read_security(info);
	info->taint = read_text("/proc/sys/kernel/tainted");
	info->command = read_command();
	info->program = program_invocation_short_name;
	/* In a guest, $VMTEST is "1". On other machines it may be the path of vmtest. */
	info->is_guest = vmtest && !strcmp(vmtest, "1");
	err = kernel_config__load(&info->config, config_path);
	return config_path ? err : 0;
}

static void print_all(const struct run_info *info)
{
	printf("Kernel: %s %s, %s\n", info->release, info->machine, info->version);
	if (info->config.path)
		printf("Config: %s, CRC %08x\n", info->config.path, info->config.crc);
	else
		puts("Config: not found: name it with --kconfig");
	printf("Booted: %s\n", info->boot_options ?: "not known");
	printf("Machine: %d CPU%s, %ld MiB, JIT %s, LSMs %s, lockdown %s, tainted %s\n", info->cpus,
	       info->cpus == 1 ? "" : "s", info->mem_mib, info->jit ?: "not known",
	       info->lsms ?: "not known", info->lockdown ?: "not known",
	       info->taint ?: "not known");
	printf("Suite: %s, clang %s, bpftool %s, libbpf %s\n", build_info.suite, build_info.clang,
	       build_info.bpftool, libbpf_version_string() + (*libbpf_version_string() == 'v'));
	printf("Command: %s\n", info->command ?: "not known");
	if (info->is_shuffled)
		printf("Order: shuffled, --shuffle=%" PRIu32 " repeats it\n", info->seed);
	if (info->peers)
		printf("Machines: %d\n", 1 + info->peers);
	if (info->shards)
		printf("Shard: %d of %d, has %d of %d tests\n", info->shard, info->shards,
		       info->tests, info->tests_of_all_shards);
}

/* One line, with only what distinguishes this run from others. */
static void print_short(const struct run_info *info, int tests_cnt, int jobs)
{
	printf("Kernel %s %s, %d CPU%s, %ld MiB; suite %s; %d test%s", info->release, info->machine,
	       info->cpus, info->cpus == 1 ? "" : "s", info->mem_mib, build_info.suite, tests_cnt,
	       tests_cnt == 1 ? "" : "s");
	if (jobs > 1)
		printf(", %d at once", jobs);
	if (info->is_shuffled)
		printf(", --shuffle=%" PRIu32, info->seed);
	if (info->peers)
		printf(", %d machines", 1 + info->peers);
	if (info->shards)
		printf(", shard %d of %d", info->shard, info->shards);
	putchar('\n');
}

void run_info__print(const struct run_info *info, int tests_cnt, int jobs, bool is_verbose)
{
	if (is_verbose)
		print_all(info);
	else
		print_short(info, tests_cnt, jobs);
	fflush(stdout);
}

static void add_text(struct json_object *object, const char *key, const char *text)
{
	json_object_object_add(object, key, text ? json_object_new_string(text) : NULL);
}

static bool has_text(struct json_object *array, const char *text)
{
	size_t i;

	for (i = 0; i < json_object_array_length(array); i++) {
		if (!strcmp(json_object_get_string(json_object_array_get_idx(array, i)), text))
			return true;
	}
	return false;
}

/* The options that features of BPF need and this kernel was built without. */
static struct json_object *options_off(const struct kernel_config *config)
{
	struct json_object *array = json_object_new_array();
	int i, cnt = 0;
	const struct feature *features = features__all(&cnt);

	for (i = 0; i < cnt; i++) {
		const char *at = features[i].needs;

		while ((at = strstr(at, "CONFIG_"))) {
			char option[64], value[16];
			int len = strspn(at, "ABCDEFGHIJKLMNOPQRSTUVWXYZ_0123456789");

			snprintf(option, sizeof(option), "%.*s", len, at);
			kernel_config__value(config, option, value, sizeof(value));
			if (!strcmp(value, "n") && !has_text(array, option))
				json_object_array_add(array, json_object_new_string(option));
			at += len;
		}
	}
	return array;
}

struct json_object *run_info__object(const struct run_info *info)
{
	struct json_object *object = json_object_new_object();
	char crc[16];

	add_text(object, "release", info->release);
	add_text(object, "version", info->version);
	add_text(object, "machine", info->machine);
	add_text(object, "boot_options", info->boot_options);
	add_text(object, "config_path", info->config.path);
	snprintf(crc, sizeof(crc), "%08x", info->config.crc);
	add_text(object, "config_crc", info->config.path ? crc : NULL);
	json_object_object_add(object, "cpus", json_object_new_int(info->cpus));
	json_object_object_add(object, "mem_mib", json_object_new_int64(info->mem_mib));
	add_text(object, "jit", info->jit);
	add_text(object, "lsms", info->lsms);
	add_text(object, "lockdown", info->lockdown);
	add_text(object, "taint", info->taint);
	add_text(object, "suite", build_info.suite);
	add_text(object, "clang", build_info.clang);
	add_text(object, "bpftool", build_info.bpftool);
	add_text(object, "libbpf", libbpf_version_string());
	add_text(object, "command", info->command);
	add_text(object, "program", info->program);
	add_text(object, "vmtest", getenv("VMTEST_COMMAND"));
	if (info->is_covered && info->config.path)
		json_object_object_add(object, "options_off", options_off(&info->config));
	json_object_object_add(object, "guest", json_object_new_boolean(info->is_guest));
	if (info->is_shuffled)
		json_object_object_add(object, "shuffle_seed", json_object_new_int64(info->seed));
	if (info->peers)
		json_object_object_add(object, "machines", json_object_new_int(1 + info->peers));
	if (info->shards) {
		json_object_object_add(object, "shard", json_object_new_int(info->shard));
		json_object_object_add(object, "shards", json_object_new_int(info->shards));
	}
	return object;
}

void run_info__free(struct run_info *info)
{
	free(info->release);
	free(info->version);
	free(info->machine);
	free(info->boot_options);
	free(info->boot_id);
	free(info->jit);
	free(info->lsms);
	free(info->lockdown);
	free(info->taint);
	free(info->command);
	kernel_config__free(&info->config);
	memset(info, 0, sizeof(*info));
}
