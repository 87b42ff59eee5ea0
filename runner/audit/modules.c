// SPDX-License-Identifier: GPL-2.0-only
/*
 * Loaded modules, except those that a requirement has loaded (modules.h) and those that the kernel
 * loads on demand, for a socket or a device of their kind. Both sorts are meant to stay.
 */
#include <errno.h>
#include <fcntl.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/syscall.h>
#include <sys/utsname.h>
#include <unistd.h>

#include "runner/audit/kind.h"
#include "runner/needs/modules.h"
#include "runner/text/text_file.h"

/* The prefixes of the names that the kernel itself passes to request_module() (7.3). */
static const char *const on_demand[] = {
	"algif_",      "algo-",   "arptable_",    "ebtable_",   "ip6table_",   "iptable_",
	"asymmetric-", "binfmt-", "block-major-", "can-proto-", "char-major-", "crypto-",
	"fs-",         "ip6t_",   "ipt_",         "net-act-",   "net-cls-",    "net-ematch-",
	"net-kind-",   "net-pf-", "net-sch-",     "nf-",        "nf_",         "nfnetlink-",
	"nft-",        "nls_",    "rtnl-",        "tcp-ulp-",   "tcp_",        "xfrm-",
	"xt_",
};

static bool is_asked_for(const char *name)
{
	size_t i;

	for (i = 0; i < sizeof(on_demand) / sizeof(on_demand[0]); i++) {
		if (!strncmp(name, on_demand[i], strlen(on_demand[i])))
			return true;
	}
	return false;
}

/* A line of modules.alias is "alias PATTERN MODULE". */
static bool alias_is_asked_for(char *line, const char *module)
{
	char *pattern, *name, *saved = NULL;

	if (strcmp(strtok_r(line, " ", &saved) ?: "", "alias"))
		return false;
	pattern = strtok_r(NULL, " ", &saved);
	name = strtok_r(NULL, " ", &saved);
	return pattern && name && !strcmp(name, module) && is_asked_for(pattern);
}

static bool any_line(const char *file, bool (*matches)(char *line, const char *module),
		     const char *module)
{
	char path[512], *text, *line, *rest;
	struct utsname names;
	bool found = false;

	uname(&names);
	snprintf(path, sizeof(path), "/lib/modules/%s/%s", names.release, file);
	text = rest = text_file__read(path);
	while (!found && (line = strsep(&rest, "\n")))
		found = matches(line, module);
	free(text);
	return found;
}

static bool comes_on_demand(const char *module)
{
	/* The kernel may ask by the module's own name, which no alias tells. */
	return is_asked_for(module) || any_line("modules.alias", alias_is_asked_for, module);
}

/* A line of modules.softdep is "softdep MODULE pre: MODULE... post: MODULE...". */
static bool comes_with_another(char *line, const char *module)
{
	char *other, *word, *saved = NULL;

	if (strcmp(strtok_r(line, " ", &saved) ?: "", "softdep"))
		return false;
	other = strtok_r(NULL, " ", &saved);
	while ((word = strtok_r(NULL, " ", &saved))) {
		if (!strcmp(word, module))
			return comes_on_demand(other);
	}
	return false;
}

/*
 * A line of /proc/modules is "NAME SIZE USES HOLDER,HOLDER, STATE ADDRESS". Without holders there
 * is a '-'.
 */
static int scan(struct audit_set *set)
{
	FILE *file = fopen("/proc/modules", "re");
	char *line = NULL, *name;
	size_t room = 0;
	int err = 0;

	if (!file)
		return -errno;
	while (!err && getline(&line, &room, file) > 0) {
		if (sscanf(line, "%ms", &name) != 1)
			continue;
		err = audit_set__add(set, name, NULL) ? 0 : -ENOMEM;
		free(name);
	}
	free(line);
	fclose(file);
	return err;
}

static char *holders_of(const char *module)
{
	char *text = text_file__read("/proc/modules"), *line, *rest = text, *holders = NULL;
	char name[128], found[512];

	while (!holders && (line = strsep(&rest, "\n"))) {
		if (sscanf(line, "%127s %*s %*s %511s", name, found) == 2 && !strcmp(name, module))
			holders = strdup(found);
	}
	free(text);
	return holders;
}

/* Return: true if a module, or a module that holds it, is meant to stay. */
static bool is_by_design(const char *module, int depth)
{
	char *holders, *name, *saved = NULL;
	bool found;

	if (modules__is_used(module) || comes_on_demand(module) ||
	    any_line("modules.softdep", comes_with_another, module))
		return true;
	holders = depth ? holders_of(module) : NULL;
	name = holders ? strtok_r(holders, ",", &saved) : NULL;
	for (found = false; name && !found; name = strtok_r(NULL, ",", &saved))
		found = *name != '-' && is_by_design(name, depth - 1);
	free(holders);
	return found;
}

static bool is_of_others(const struct audit_object *object)
{
	return is_by_design(object->key, 8);
}

static int undo(const struct audit_object *object, const char *before)
{
	if (!syscall(SYS_delete_module, object->key, O_NONBLOCK) || errno == ENOENT)
		return 0;
	return -errno;
}

const struct audit_kind audit_modules = {
	.name = "kernel module",
	.has_name = true,
	.scan = scan,
	.is_of_others = is_of_others,
	.undo = undo,
};
