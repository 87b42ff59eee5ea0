// SPDX-License-Identifier: GPL-2.0-only
/*
 * A table with a function for each kind of requirement. The functions look at the running kernel,
 * never at its version. File systems that are not mounted are opened without mounting them
 * anywhere.
 */
#include <bpf/bpf.h>
#include <bpf/btf.h>
#include <bpf/libbpf.h>
#ifdef __x86_64__
#include <cpuid.h>
#endif
#include <errno.h>
#include <fcntl.h>
#include <inttypes.h>
#include <limits.h>
#include <netinet/in.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/socket.h>
#include <sys/syscall.h>
#include <unistd.h>

#include "runner/needs/pmu.h"
#include "runner/needs/probes.h"
#include "runner/needs/refusal.h"
#include "runner/needs/try_bpf.h"
#include "runner/system/cgroup.h"
#include "runner/system/filesystem.h"
#include "runner/system/privileges.h"
#include "runner/system/process.h"
#include "runner/system/program_path.h"
#include "runner/text/cleanup.h"
#include "runner/text/error.h"
#include "runner/text/text_file.h"

/* Read the first line of a file, without its newline. */
static int read_line(int dir_fd, const char *path, char *line, size_t size_bytes)
{
	int err = text_file__read_at(dir_fd, path, line, size_bytes);

	if (!err)
		line[strcspn(line, "\n")] = '\0';
	return err;
}

/* Return: true if a list of words with this separator has the word. */
static bool has_word(const char *list, const char *word, char separator)
{
	size_t len = strlen(word);
	const char *at;

	for (at = list; at && *at; at = strchr(at, separator) ? strchr(at, separator) + 1 : NULL) {
		if (!strncmp(at, word, len) && (!at[len] || at[len] == separator))
			return true;
	}
	return false;
}

static int look_nothing(struct kernel_facts *facts, const struct test_need *need,
			struct need_found *found)
{
	return 1;
}

/* Return: true if the BTF of the kernel, or of the module that brings the thing, has it. */
static bool is_in_types(struct btf *btf, const struct test_need *need,
			bool (*has)(const struct btf *btf, const struct test_need *need))
{
	bool is_there = has(btf, need);
	struct btf *module;

	if (!is_there && need->module) {
		module = btf__load_module_btf(need->module, btf);
		is_there = module && has(module, need);
		btf__free(module);
	}
	return is_there;
}

static int look_in_types(struct kernel_facts *facts, const struct test_need *need,
			 struct need_found *found,
			 bool (*has)(const struct btf *btf, const struct test_need *need),
			 const char *what)
{
	struct btf *btf = kernel_facts__btf(facts);

	if (!btf)
		return need_found__no_btf(found, facts);
	return is_in_types(btf, need, has) ||
	       need_found__absent(found, "no such %s in the kernel's types", what);
}

static bool types_have_function(const struct btf *btf, const struct test_need *need)
{
	return btf__find_by_name_kind(btf, need->name, BTF_KIND_FUNC) > 0;
}

static int look_kfunc(struct kernel_facts *facts, const struct test_need *need,
		      struct need_found *found)
{
	return look_in_types(facts, need, found, types_have_function, "function");
}

static bool enum_has(const struct btf *btf, const struct btf_type *type, const char *name)
{
	int i, name_off;

	for (i = 0; i < btf_vlen(type); i++) {
		name_off = btf_is_enum64(type) ? btf_enum64(type)[i].name_off :
						 btf_enum(type)[i].name_off;
		if (!strcmp(btf__name_by_offset(btf, name_off), name))
			return true;
	}
	return false;
}

static bool types_have_constant(const struct btf *btf, const struct test_need *need)
{
	int id, end = btf__type_cnt(btf);

	for (id = 1; id < end; id++) {
		const struct btf_type *type = btf__type_by_id(btf, id);

		if (btf_is_any_enum(type) && enum_has(btf, type, need->name))
			return true;
	}
	return false;
}

static int look_constant(struct kernel_facts *facts, const struct test_need *need,
			 struct need_found *found)
{
	return look_in_types(facts, need, found, types_have_constant, "constant");
}

static int look_helper(struct kernel_facts *facts, const struct test_need *need,
		       struct need_found *found)
{
	struct test_need constant = { .name = NULL };
	char name[128];
	int ret = try_bpf__helper(facts, need, found);

	if (ret != -EOPNOTSUPP)
		return ret;
	/* It cannot be tried with this program type: check if the kernel has it at all. */
	snprintf(name, sizeof(name), "BPF_FUNC_%s", need->name + strlen("bpf_"));
	constant.name = name;
	return look_constant(facts, &constant, found);
}

static bool types_have_type(const struct btf *btf, const struct test_need *need)
{
	return btf__find_by_name(btf, need->name) > 0;
}

static int look_btf_type(struct kernel_facts *facts, const struct test_need *need,
			 struct need_found *found)
{
	return look_in_types(facts, need, found, types_have_type, "type");
}

/* Members of a nested struct without a name count as members of the outer struct. */
static bool type_has_member(const struct btf *btf, const struct btf_type *type, const char *name)
{
	const struct btf_member *member = btf_members(type);
	const struct btf_type *inner;
	const char *member_name;
	int i;

	for (i = 0; i < btf_vlen(type); i++, member++) {
		member_name = btf__name_by_offset(btf, member->name_off);
		if (!strcmp(member_name, name))
			return true;
		inner = btf__type_by_id(btf, btf__resolve_type(btf, member->type));
		if (!*member_name && inner && btf_is_composite(inner) &&
		    type_has_member(btf, inner, name))
			return true;
	}
	return false;
}

static bool types_have_member(const struct btf *btf, const struct test_need *need)
{
	static const int kinds[] = { BTF_KIND_STRUCT, BTF_KIND_UNION };
	size_t i;
	int id;

	for (i = 0; i < sizeof(kinds) / sizeof(kinds[0]); i++) {
		id = btf__find_by_name_kind(btf, need->of, kinds[i]);
		if (id > 0 && type_has_member(btf, btf__type_by_id(btf, id), need->name))
			return true;
	}
	return false;
}

static int look_btf_member(struct kernel_facts *facts, const struct test_need *need,
			   struct need_found *found)
{
	return look_in_types(facts, need, found, types_have_member, "member");
}

static int look_kernel_func(struct kernel_facts *facts, const struct test_need *need,
			    struct need_found *found)
{
	struct btf *btf = kernel_facts__btf(facts);

	/* Most functions are in BTF. Reading all symbols takes 0.3 s on an emulated machine. */
	if (btf && is_in_types(btf, need, types_have_function))
		return 1;
	return kernel_facts__has_symbol(facts, need->name) ||
	       need_found__absent(found, "no such function in the kernel's symbols");
}

static int look_tracepoint(struct kernel_facts *facts, const struct test_need *need,
			   struct need_found *found)
{
	struct btf *btf = kernel_facts__btf(facts);
	char name[256];
	int root, ret;

	/* Events of system calls have no tracepoint of their own, so they are not in BTF. */
	snprintf(name, sizeof(name), "btf_trace_%s", need->name);
	if (btf && btf__find_by_name_kind(btf, name, BTF_KIND_TYPEDEF) > 0)
		return 1;
	root = filesystem__open("tracefs");
	if (root == -ENODEV)
		need_found__cure(found, "build the kernel with CONFIG_FTRACE=y");
	if (root < 0)
		return root == -ENODEV ? need_found__absent(found, "the kernel has no tracefs") :
					 root;
	/* LOCKDOWN_TRACEFS in the kernel: the folder of events is not even made. */
	if (!kernel_facts__is_locked_below(facts, "confidentiality")) {
		close(root);
		found->is_excused = true;
		need_found__cure(found, "%s", WITHOUT_LOCKDOWN);
		return need_found__absent(found, "lockdown (%s) does not permit the use of tracefs",
					  facts->info->lockdown);
	}
	snprintf(name, sizeof(name), "events/%s/%s", need->of, need->name);
	ret = !faccessat(root, name, F_OK, 0);
	close(root);
	return ret ?: need_found__absent(found, "no such event in tracefs");
}

static int look_config(struct kernel_facts *facts, const struct test_need *need,
		       struct need_found *found)
{
	char value[16] = "";

	/* This file is better evidence than a configuration, which may be of another kernel. */
	if (need->effect && !access(need->effect, F_OK))
		return 1;
	if (!facts->info->config.path)
		return need_found__absent(
			found,
			"%s%sthe kernel's configuration is not known: name it with --kconfig",
			need->effect ?: "", need->effect ? " does not exist, and " : "");
	kernel_config__value(&facts->info->config, need->name, value, sizeof(value));
	if (!strcmp(value, "n")) {
		found->is_excused = true;
		return need_found__absent(found, "it is not set");
	}
	if (!strcmp(value, "m"))
		need_found__cure(found, "load its module, or set CONFIG_%s=y", need->name);
	return !need->effect ||
	       need_found__absent(found, "it is %s, and %s does not exist", value, need->effect);
}

static int look_config_max(struct kernel_facts *facts, const struct test_need *need,
			   struct need_found *found)
{
	char value[24] = "";

	if (!facts->info->config.path)
		return -ENOENT;
	kernel_config__value(&facts->info->config, need->name, value, sizeof(value));
	if (strtol(value, NULL, 0) <= need->number)
		return 1;
	found->is_excused = true;
	need_found__cure(found, "build the kernel with CONFIG_%s=%ld", need->name, need->number);
	return need_found__absent(found, "it is %s", value);
}

/* Return: true if all of the options are known to be built in. */
static bool is_built_in(const struct kernel_facts *facts, const char *options)
{
	char option[128], value[16];
	size_t len;

	if (!options || !facts->info->config.path)
		return false;
	for (; *options; options += len + (options[len] == ',')) {
		len = strcspn(options, ",");
		snprintf(option, sizeof(option), "%.*s", (int)len, options);
		kernel_config__value(&facts->info->config, option, value, sizeof(value));
		if (strcmp(value, "y") != 0)
			return false;
	}
	return true;
}

/* Get the LSMs that the kernel was booted with, or else configured with; false if unknown. */
static bool chosen_lsms(const struct kernel_facts *facts, char *list, size_t size_bytes)
{
	const char *at = facts->info->boot_options;
	bool is_known = false;

	/* If there are several lsm=, the last one counts. */
	for (; at; at = strchr(at, ' ') ? strchr(at, ' ') + 1 : NULL) {
		if (strncmp(at, "lsm=", 4))
			continue;
		snprintf(list, size_bytes, "%.*s", (int)strcspn(at + 4, " "), at + 4);
		is_known = true;
	}
	if (!is_known && facts->info->config.path) {
		kernel_config__value(&facts->info->config, "LSM", list, size_bytes);
		is_known = true;
	}
	return is_known;
}

static int look_lsm(struct kernel_facts *facts, const struct test_need *need,
		    struct need_found *found)
{
	int root = filesystem__open("securityfs"), err;
	char active[512], chosen[512];

	if (root == -ENODEV)
		need_found__cure(found, "build the kernel with CONFIG_SECURITYFS=y");
	if (root < 0)
		return root == -ENODEV ? need_found__absent(found, "the kernel has no securityfs") :
					 root;
	err = read_line(root, "lsm", active, sizeof(active));
	close(root);
	if (err == -ENOENT)
		need_found__cure(found, "build the kernel with CONFIG_SECURITY=y");
	if (err)
		return err == -ENOENT ? need_found__absent(found, "the kernel has no LSM") : err;
	if (has_word(active, need->name, ','))
		return 1;
	if (need->config && facts->info->config.path && !is_built_in(facts, need->config))
		need_found__cure(found, "build the kernel with CONFIG_%s=y", need->config);
	else
		need_found__cure(found, "boot with lsm=%s,%s", active, need->name);
	found->is_excused = chosen_lsms(facts, chosen, sizeof(chosen)) &&
			    !has_word(chosen, need->name, ',');
	return need_found__absent(found, "active are %s", active);
}

/* Return: 1 if the module is there now. A built-in module without parameters may be invisible. */
static int have_module(struct kernel_facts *facts, const struct test_need *need, const char *name,
		       struct need_found *found)
{
	int err;

	if (is_built_in(facts, need->config))
		return 1;
	err = kernel_facts__use_module(facts, name);
	if (!err)
		return 1;
	if (err == -ENOTDIR) {
		found->is_excused = true;
		need_found__cure(found, "install them in /lib/modules/%s", facts->info->release);
		return need_found__absent(
			found, "this machine has no modules of this kernel (/lib/modules)");
	}
	if (err == -ENOENT) {
		need_found__cure(found,
				 "install the package that has it, or build it with the kernel%s%s",
				 need->config ? ": CONFIG_" : "", need->config ?: "");
		return need_found__absent(found, "module %s is not among the kernel's", name);
	}
	if (refusal__is(err))
		return need_found__refused(found, err, CAPABILITY(CAP_SYS_MODULE));
	return need_found__absent(found, "loading module %s: %s", name, error__text(err));
}

static int look_module(struct kernel_facts *facts, const struct test_need *need,
		       struct need_found *found)
{
	return have_module(facts, need, need->name, found);
}

static int look_module_file(struct kernel_facts *facts, const struct test_need *need,
			    struct need_found *found)
{
	int err = kernel_facts__use_module_file(facts, need->name);

	if (!err)
		return 1;
	found->is_excused = err == -ENOENT || err == -ENOEXEC;
	if (err == -ENOENT)
		return need_found__absent(found, "the build did not make it, and has said why");
	if (err == -ENOEXEC)
		return need_found__absent(found, "it is built for another kernel");
	if (refusal__is(err))
		return need_found__refused(found, err, CAPABILITY(CAP_SYS_MODULE));
	return need_found__absent(found, "loading it: %s", error__text(err));
}

static int look_command(struct kernel_facts *facts, const struct test_need *need,
			struct need_found *found)
{
	autofree char *path = program_path__find(need->name, NULL);

	need_found__cure(found, "install it");
	return path ? 1 : need_found__absent(found, "not in PATH");
}

static int look_cpus(struct kernel_facts *facts, const struct test_need *need,
		     struct need_found *found)
{
	need_found__cure(found, "vmtest --cpus=%ld", need->number);
	return facts->info->cpus >= need->number ||
	       need_found__absent(found, "this machine has %d", facts->info->cpus);
}

static int look_memory(struct kernel_facts *facts, const struct test_need *need,
		       struct need_found *found)
{
	/* The kernel keeps a part for itself. */
	need_found__cure(found, "vmtest --mem=%ldM", need->number + need->number / 8 + 64);
	return facts->info->mem_mib >= need->number ||
	       need_found__absent(found, "this machine has %ld MiB", facts->info->mem_mib);
}

static int look_capability(struct kernel_facts *facts, const struct test_need *need,
			   struct need_found *found)
{
	struct privileges privileges;
	int err = privileges__read(&privileges);

	if (err)
		return err;
	return (privileges.capabilities & CAPABILITY(need->number)) ||
	       need_found__absent(found, "the runner does not have it");
}

static int look_sysctl(struct kernel_facts *facts, const struct test_need *need,
		       struct need_found *found)
{
	char path[PATH_MAX] = "/proc/sys/", value[256], *c;
	int err;

	strncat(path, need->name, sizeof(path) - strlen(path) - 1);
	for (c = path + strlen("/proc/sys/"); *c; c++)
		*c = *c == '.' ? '/' : *c;
	err = read_line(AT_FDCWD, path, value, sizeof(value));
	if (err)
		return need_found__absent(found, "%s: %s", path, error__text(err));
	need_found__cure(found, "sysctl -w %s=%s", need->name, need->of);
	return !strcmp(value, need->of) || need_found__absent(found, "it is %s", value);
}

static int look_arch(struct kernel_facts *facts, const struct test_need *need,
		     struct need_found *found)
{
	return has_word(need->name, facts->info->machine, ',') ||
	       need_found__absent(found, "this machine is %s", facts->info->machine);
}

static int look_jit(struct kernel_facts *facts, const struct test_need *need,
		    struct need_found *found)
{
	/* The file exists only in the initial network namespace. */
	if (!facts->info->jit)
		return try_bpf__jit(found);
	need_found__cure(found, "sysctl -w net.core.bpf_jit_enable=1");
	return strncmp(facts->info->jit, "off", 3) != 0 ||
	       need_found__absent(found, "net.core.bpf_jit_enable is 0");
}

static int look_lockdown(struct kernel_facts *facts, const struct test_need *need,
			 struct need_found *found)
{
	need_found__cure(found, "%s", WITHOUT_LOCKDOWN);
	return kernel_facts__is_locked_below(facts, need->name) ||
	       need_found__absent(found, "the kernel is locked down: %s", facts->info->lockdown);
}

/* Return: a value of /sys or /proc/sys, 0 if there is none. */
static int number_in(const char *path)
{
	char line[32];

	return read_line(AT_FDCWD, path, line, sizeof(line)) ? 0 : atoi(line);
}

/* Why there is no IPv6, or no address of it. */
static int no_ipv6(struct need_found *found, int err)
{
	static const char *const switches[] = {
		"/sys/module/ipv6/parameters/disable",
		"/sys/module/ipv6/parameters/disable_ipv6",
		"/proc/sys/net/ipv6/conf/all/disable_ipv6",
		"/proc/sys/net/ipv6/conf/lo/disable_ipv6",
	};
	size_t i;

	for (i = 0; i < sizeof(switches) / sizeof(switches[0]); i++) {
		if (!number_in(switches[i]))
			continue;
		found->is_excused = true;
		if (!strncmp(switches[i], "/proc/", strlen("/proc/")))
			need_found__cure(found, "write 0 to it");
		else
			need_found__cure(found,
					 "load the module ipv6, or boot, without that option");
		return need_found__absent(found, "%s is 1", switches[i]);
	}
	return need_found__absent(found, "%s", error__text(err));
}

/* An address that a socket of the test can be bound to shows more than a socket. */
static int bind_to_loopback(int fd, int family)
{
	struct sockaddr_in in = { .sin_family = AF_INET,
				  .sin_addr.s_addr = htonl(INADDR_LOOPBACK) };
	struct sockaddr_in6 in6 = { .sin6_family = AF_INET6, .sin6_addr = IN6ADDR_LOOPBACK_INIT };

	if (family == AF_INET)
		return bind(fd, (struct sockaddr *)&in, sizeof(in)) ? -errno : 0;
	if (family == AF_INET6)
		return bind(fd, (struct sockaddr *)&in6, sizeof(in6)) ? -errno : 0;
	return 0;
}

static int look_family(struct kernel_facts *facts, const struct test_need *need,
		       struct need_found *found)
{
	int fd = socket(need->number, SOCK_STREAM | SOCK_CLOEXEC, 0);
	int err = fd < 0 ? -errno : bind_to_loopback(fd, need->number);

	if (fd >= 0)
		close(fd);
	if (!err)
		return 1;
	if (refusal__is(err))
		return err;
	if (need->number == AF_INET6)
		return no_ipv6(found, err);
	return need_found__absent(found, "%s", error__text(err));
}

static int look_cgroup(struct kernel_facts *facts, const struct test_need *need,
		       struct need_found *found)
{
	autofree char *point = cgroup__mount_point();

	if (process__is_in_cgroup(getpid(), CGROUP_BASE_PREFIX))
		return 1;
	if (!point) {
		need_found__cure(found, "mount -t cgroup2 none /sys/fs/cgroup");
		return need_found__absent(found, "no cgroup2 is mounted");
	}
	return need_found__absent(found, "the runner cannot make cgroups in %s", point);
}

static int look_btf(struct kernel_facts *facts, const struct test_need *need,
		    struct need_found *found)
{
	return kernel_facts__btf(facts) ? 1 : need_found__no_btf(found, facts);
}

static int look_pmu(struct kernel_facts *facts, const struct test_need *need,
		    struct need_found *found)
{
	int err = pmu__delivers_samples();

	if (err == -ETIME)
		return need_found__absent(found, "it delivers no samples");
	return !err || need_found__absent(found, "counting cycles: %s", error__text(err));
}

static int look_real_cpu(struct kernel_facts *facts, const struct test_need *need,
			 struct need_found *found)
{
#ifdef __x86_64__
	unsigned int eax, name[3];

	/* The name of the hypervisor (target/i386/cpu.c of QEMU). */
	__cpuid(0x40000000, eax, name[0], name[1], name[2]);
	if (!memcmp(name, "TCGTCGTCGTCG", sizeof(name)))
		return need_found__absent(found, "it is QEMU's TCG");
#endif
	return 1;
}

static int look_probe(struct kernel_facts *facts, const struct test_need *need,
		      struct need_found *found)
{
	int ret;

	errno = 0;
	ret = need->probe();
	if (ret)
		return ret < 0 ? ret : 1;
	found->tried_err = errno;
	return errno ? need_found__absent(found, "tried, the last error was %s",
					  error__text(errno)) :
		       need_found__absent(found, "tried");
}

static const struct {
	const char *description; /* %n, %o and %d stand for name, of and number of the need */
	int (*look)(struct kernel_facts *facts, const struct test_need *need,
		    struct need_found *found);
	bool is_of_machine; /* the kernel is never to blame if the thing is absent */
} kinds[NEED_KINDS_CNT] = {
	/* clang-format off */
	[NEED_KIND_NOTHING] =	  { "nothing", look_nothing, false },
	[NEED_KIND_KFUNC] =	  { "kfunc %n", look_kfunc, false },
	[NEED_KIND_HELPER] =	  { "helper %n for %o", look_helper, false },
	[NEED_KIND_PROG_TYPE] =	  { "program type %n", try_bpf__prog_type, false },
	[NEED_KIND_MAP_TYPE] =	  { "map type %n", try_bpf__map_type, false },
	[NEED_KIND_ITERATOR] =	  { "BPF iterator %n", try_bpf__iterator, false },
	[NEED_KIND_BTF_TRACEPOINT] = { "BTF tracepoint %n", try_bpf__btf_tracepoint, false },
	[NEED_KIND_BTF] =	  { "BTF", look_btf, false },
	[NEED_KIND_FAMILY] =	  { "address family %n", look_family, false },
	[NEED_KIND_CONSTANT] =	  { "%n", look_constant, false },
	[NEED_KIND_BTF_TYPE] =	  { "type %n", look_btf_type, false },
	[NEED_KIND_BTF_MEMBER] =  { "member %n of %o", look_btf_member, false },
	[NEED_KIND_KERNEL_FUNC] = { "kernel function %n", look_kernel_func, false },
	[NEED_KIND_TRACEPOINT] =  { "tracepoint %o:%n", look_tracepoint, false },
	[NEED_KIND_CONFIG] =	  { "CONFIG_%n", look_config, false },
	[NEED_KIND_CONFIG_MAX] =  { "CONFIG_%n of at most %d", look_config_max, false },
	[NEED_KIND_LSM] =	  { "LSM %n", look_lsm, false },
	[NEED_KIND_MODULE] =	  { "module %n", look_module, false },
	[NEED_KIND_MODULE_FILE] = { "module %n.ko beside the program", look_module_file, false },
	[NEED_KIND_COMMAND] =	  { "command %n", look_command, true },
	[NEED_KIND_CPUS] =	  { "%d CPUs", look_cpus, true },
	[NEED_KIND_MEMORY] =	  { "%d MiB of memory", look_memory, true },
	[NEED_KIND_CGROUP] =	  { "%n", look_cgroup, true },
	[NEED_KIND_CAPABILITY] =  { "%n", look_capability, true },
	[NEED_KIND_SYSCTL] =	  { "sysctl %n = %o", look_sysctl, true },
	[NEED_KIND_ARCH] =	  { "architecture %n", look_arch, true },
	[NEED_KIND_JIT] =	  { "JIT", look_jit, true },
	[NEED_KIND_LOCKDOWN] =	  { "lockdown below %n", look_lockdown, true },
	[NEED_KIND_PMU] =	  { "PMU with samples", look_pmu, true },
	[NEED_KIND_REAL_CPU] =	  { "%n", look_real_cpu, true },
	[NEED_KIND_PROBE] =	  { "%n", look_probe, false },
	/* clang-format on */
};

int probe__look(struct kernel_facts *facts, const struct test_need *need, struct need_found *found)
{
	int ret;

	*found = (struct need_found){ .is_excused = kinds[need->kind].is_of_machine };
	ret = kinds[need->kind].look(facts, need, found);
	/*
	 * The thing may be in a module that is not loaded yet. Nothing is loaded if the thing is
	 * there.
	 */
	if (!ret && need->module && have_module(facts, need, need->module, found))
		ret = kinds[need->kind].look(facts, need, found);
	return ret;
}

char *probe__describe(const struct test_need *need, char *text, size_t size_bytes)
{
	const char *at;
	FILE *out = fmemopen(text, size_bytes, "w");

	*text = '\0';
	for (at = kinds[need->kind].description; out && *at; at++) {
		if (*at != '%')
			fputc(*at, out);
		else if (*++at == 'd')
			fprintf(out, "%ld", need->number);
		else
			fputs((*at == 'n' ? need->name : need->of) ?: "", out);
	}
	if (out)
		fclose(out);
	text[size_bytes - 1] = '\0';
	return text;
}
