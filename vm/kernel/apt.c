// SPDX-License-Identifier: GPL-2.0-only
/*
 * Runs apt with a private state: sources, indexes and cache under <cache>/apt, and an empty dpkg
 * status. Nothing is written outside the cache folder, and no package is installed.
 *
 * The mirrors come from the machine's apt configuration, the suites from a table in this file. Each
 * suite is updated alone. If the mirror is just changing the index of one suite, the update of the
 * other suites still succeeds.
 */
#include <errno.h>
#include <stdbool.h>
#include <stddef.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#include "runner/text/cleanup.h"
#include "runner/text/error.h"
#include "vm/host/exit_status.h"
#include "vm/host/file.h"
#include "vm/host/folder.h"
#include "vm/host/message.h"
#include "vm/host/program.h"
#include "vm/host/signals.h"
#include "vm/host/text.h"
#include "vm/host/vmtest.h"
#include "vm/host/words.h"
#include "vm/kernel/apt.h"
#include "vm/kernel/cache.h"
#include "vm/kernel/mirrors.h"

#define UPDATE_ATTEMPTS      3
#define UPDATE_RETRY_MS      2000
#define DOWNLOAD_DEADLINE_MS (30 * 60 * 1000)

static const struct {
	const char *name;
	enum mirror_kind mirror;
	bool has_kernels;
} suites[] = {
	{ "bookworm", MIRROR_ARCHIVE, true },
	{ "bookworm-security", MIRROR_SECURITY, true },
	{ "bookworm-backports", MIRROR_ARCHIVE, true },
	{ "trixie", MIRROR_ARCHIVE, false },
	{ "trixie-backports", MIRROR_ARCHIVE, true },
	{ "sid", MIRROR_ARCHIVE, true },
};

/* Messages of apt if the mirror cannot be reached. It is then useless to try another suite. */
static const char *const unreachable[] = {
	"resolving",
	"resolve",
	"Could not connect",
	"Cannot initiate the connection",
	"Network is unreachable",
	"Connection failed",
	"Connection timed out",
};

void apt__kernel_suites(struct words *words)
{
	for (size_t i = 0; i < ARRAY_SIZE(suites); i++)
		if (suites[i].has_kernels)
			words__add(words, "%s", suites[i].name);
}

static enum mirror_kind mirror_of(const char *suite)
{
	for (size_t i = 0; i < ARRAY_SIZE(suites); i++)
		if (!strcmp(suites[i].name, suite))
			return suites[i].mirror;
	return text__ends_with(suite, "-security") ? MIRROR_SECURITY : MIRROR_ARCHIVE;
}

static char *stanza(const struct mirror *mirror, const char *suite, bool sources)
{
	return text__format("Types: deb%s\nURIs: %s\nSuites: %s\nComponents: main\n"
			    "Architectures: amd64\n%s%s\n\n",
			    sources ? " deb-src" : "", mirror->uri, suite,
			    mirror->signed_by ? "Signed-By: " : "",
			    mirror->signed_by ? mirror->signed_by : "");
}

/* Write the sources file for the next call of apt, with a stanza for each suite. */
static int write_sources(const struct vmtest *vm, const struct mirror *mirrors,
			 const struct words *names, bool sources)
{
	autofree char *path = text__format("%s/apt/vmtest.sources", vm->cache);
	char *text = text__copy("");
	int err;

	for (size_t i = 0; i < names->count; i++) {
		autofree char *one = stanza(&mirrors[mirror_of(names->v[i])], names->v[i], sources);
		char *longer = text__format("%s%s", text, one);

		free(text);
		text = longer;
	}
	err = file__write_text(path, text);
	free(text);
	return err ? message__fail(EXIT_HOST_SETUP, "cannot write %s: " ERRNO_FMT, path,
				   ERRNO_ARG(-err)) :
		     0;
}

static int write_config(const struct vmtest *vm, struct apt *apt)
{
	autofree char *folder = text__format("%s/apt", vm->cache);
	autofree char *lists = text__format("%s/lists/partial", folder);
	autofree char *archives = text__format("%s/cache/archives/partial", folder);
	autofree char *status = text__format("%s/status", folder);
	/* Keep apt from changing to the user _apt, who cannot write into a private folder. */
	autofree char *text = text__format("Dir::Etc::sourcelist \"%s/vmtest.sources\";\n"
					   "Dir::Etc::sourceparts \"/nonexistent\";\n"
					   "Dir::State \"%s\";\n"
					   "Dir::State::lists \"%s/lists\";\n"
					   "Dir::State::status \"%s\";\n"
					   "Dir::Cache \"%s/cache\";\n"
					   "APT::Architecture \"amd64\";\n"
					   "APT::Architectures { \"amd64\"; };\n"
					   "APT::Sandbox::User \"root\";\n"
					   "APT::Get::List-Cleanup \"0\";\n"
					   "APT::Update::Error-Mode \"any\";\n"
					   "Acquire::Languages \"none\";\n"
					   "Acquire::Retries \"0\";\n"
					   "Acquire::http::Timeout \"20\";\n"
					   "Acquire::https::Timeout \"20\";\n",
					   folder, folder, folder, status, folder);
	int err;

	apt->config = text__format("%s/apt.conf", folder);
	err = folder__make(lists);
	err = err ? err : folder__make(archives);
	err = err ? err : file__write_text(status, "");
	err = err ? err : file__write_text(apt->config, text);
	return err ? message__fail(EXIT_HOST_SETUP, "cannot set up a private apt in %s: " ERRNO_FMT,
				   folder, ERRNO_ARG(-err)) :
		     0;
}

static int run_apt(struct vmtest *vm, const struct apt *apt, char *const *argv, const char *folder,
		   struct outcome *outcome)
{
	autofree char *setting = text__format("APT_CONFIG=%s", apt->config);
	struct program program = {
		.argv = argv,
		.folder = folder,
		.environment = (char *const[]){ setting, NULL },
		.deadline_ms = DOWNLOAD_DEADLINE_MS,
	};

	return program__run(vm, &program, outcome);
}

/* Return: the first error line, for a message. */
static const char *error_line(struct outcome *outcome)
{
	char *line = strstr(outcome->errors, "E: ");

	line = line ? line : strstr(outcome->errors, "W: ");
	line = line ? line : outcome->errors;
	line[strcspn(line, "\n")] = '\0';
	return line;
}

static bool is_unreachable(const char *errors)
{
	for (size_t i = 0; i < ARRAY_SIZE(unreachable); i++)
		if (strstr(errors, unreachable[i]))
			return true;
	return false;
}

/* Return: 0 if updated; 1 after a warning, if only this suite failed; otherwise an exit status. */
static int update_suite(struct vmtest *vm, struct apt *apt, const struct mirror *mirrors,
			const char *suite, bool sources)
{
	autowords struct words one = {};
	int ret;

	if (!mirrors[mirror_of(suite)].uri) {
		message__warn(
			"suite %s left out: the machine's apt configuration names no mirror for it",
			suite);
		return 1;
	}
	words__add(&one, "%s", suite);
	ret = write_sources(vm, mirrors, &one, sources);
	for (int attempt = 1; !ret; attempt++) {
		autooutcome struct outcome outcome = {};

		ret = run_apt(vm, apt, ARGV("apt-get", "-qq", "update"), NULL, &outcome);
		if (ret || !outcome.status)
			break;
		if (is_unreachable(outcome.errors))
			return message__fail(EXIT_NO_KERNEL,
					     "cannot fetch packages: no way to the mirror: "
					     "%s; check the network, or give a kernel by path "
					     "with -k",
					     error_line(&outcome));
		if (attempt == UPDATE_ATTEMPTS) {
			message__warn("suite %s left out: apt-get update failed %d times: %s",
				      suite, attempt, error_line(&outcome));
			return 1;
		}
		ret = signals__pause(vm, UPDATE_RETRY_MS * attempt);
	}
	return ret;
}

int apt__open(struct vmtest *vm, struct apt *apt, const struct words *wanted, bool sources)
{
	struct mirror mirrors[MIRROR_KINDS];
	int ret;

	*apt = (struct apt){ .lock_fd = -1 };
	if (vm->opt.offline)
		return message__fail(EXIT_NO_KERNEL,
				     "cannot fetch packages: --offline was given and the "
				     "cache %s does not have them",
				     vm->cache);
	mirrors__find(mirrors);
	if (!mirrors[MIRROR_ARCHIVE].uri) {
		mirrors__free(mirrors);
		return message__fail(EXIT_NO_KERNEL,
				     "cannot fetch packages: the machine's apt configuration "
				     "names no Debian mirror; give a kernel by path with -k");
	}
	ret = cache__lock(vm, "apt", &apt->lock_fd);
	ret = ret ? ret : write_config(vm, apt);
	for (size_t i = 0; !ret && i < wanted->count; i++) {
		ret = update_suite(vm, apt, mirrors, wanted->v[i], sources);
		if (!ret)
			words__add(&apt->suites, "%s", wanted->v[i]);
		else if (ret == 1)
			ret = 0;
	}
	if (!ret && !apt->suites.count)
		ret = message__fail(
			EXIT_NO_KERNEL,
			"cannot fetch packages: no suite could be read from %s; check the "
			"network, or give a kernel by path with -k",
			mirrors[MIRROR_ARCHIVE].uri);
	ret = ret ? ret : write_sources(vm, mirrors, &apt->suites, sources);
	mirrors__free(mirrors);
	return ret;
}

void apt__close(struct apt *apt)
{
	if (apt->lock_fd >= 0)
		close(apt->lock_fd);
	free(apt->config);
	words__free(&apt->suites);
	*apt = (struct apt){ .lock_fd = -1 };
}

int apt__names(struct vmtest *vm, const struct apt *apt, const char *prefix, struct words *names)
{
	autooutcome struct outcome outcome = {};
	int ret = run_apt(vm, apt, ARGV("apt-cache", "pkgnames", (char *)prefix), NULL, &outcome);

	if (ret)
		return ret;
	if (outcome.status)
		return message__fail(EXIT_NO_KERNEL, "cannot list packages: %s",
				     error_line(&outcome));
	words__split(names, outcome.output, "\n");
	return 0;
}

static struct apt_package *find_package(const struct words *names, struct apt_package *packages,
					const char *name)
{
	for (size_t i = 0; i < names->count; i++)
		if (!strcmp(names->v[i], name))
			return &packages[i];
	return NULL;
}

/* Read versions and sizes from paragraphs of "Field: value". */
static void read_paragraphs(const char *text, const struct words *names,
			    struct apt_package *packages)
{
	autowords struct words lines = {};
	struct apt_package *package = NULL;

	words__split(&lines, text, "\n");
	for (size_t i = 0; i < lines.count; i++) {
		const char *line = lines.v[i];

		if (text__starts_with(line, "Package: "))
			package = find_package(names, packages, line + strlen("Package: "));
		else if (package && !package->version && text__starts_with(line, "Version: "))
			package->version = text__copy(line + strlen("Version: "));
		else if (package && text__starts_with(line, "Size: "))
			package->size_bytes = strtoull(line + strlen("Size: "), NULL, 10);
	}
}

/*
 * Read the suites from lines "NAME | VERSION | URI SUITE/main amd64 Packages". The first line of a
 * package has the version that apt takes.
 */
static void read_suites(const char *text, const struct words *names, struct apt_package *packages)
{
	autowords struct words lines = {};

	words__split(&lines, text, "\n");
	for (size_t i = 0; i < lines.count; i++) {
		autowords struct words words = {};
		struct apt_package *package;

		words__split(&words, lines.v[i], " |");
		package = words.count > 3 ? find_package(names, packages, words.v[0]) : NULL;
		if (package && !package->suite)
			package->suite =
				text__format("%.*s", (int)strcspn(words.v[3], "/"), words.v[3]);
	}
}

int apt__describe(struct vmtest *vm, const struct apt *apt, const struct words *names,
		  struct apt_package *packages)
{
	static const struct {
		const char *words;
		void (*read)(const char *text, const struct words *names,
			     struct apt_package *packages);
	} queries[] = {
		{ "apt-cache show --no-all-versions", read_paragraphs },
		{ "apt-cache madison", read_suites },
	};
	int ret = 0;

	for (size_t i = 0; !ret && i < ARRAY_SIZE(queries); i++) {
		autooutcome struct outcome outcome = {};
		autowords struct words argv = {};

		words__split(&argv, queries[i].words, " ");
		for (size_t j = 0; j < names->count; j++)
			words__add(&argv, "%s", names->v[j]);
		ret = run_apt(vm, apt, argv.v, NULL, &outcome);
		if (!ret && outcome.status)
			ret = message__fail(EXIT_NO_KERNEL, "cannot look packages up: %s",
					    error_line(&outcome));
		if (!ret)
			queries[i].read(outcome.output, names, packages);
	}
	return ret;
}

static int download(struct vmtest *vm, const struct apt *apt, struct words *argv,
		    const struct words *packages, const char *folder)
{
	autooutcome struct outcome outcome = {};
	int ret;

	words__add_all(argv, packages);
	ret = run_apt(vm, apt, argv->v, folder, &outcome);
	if (ret)
		return ret;
	if (outcome.status)
		return message__fail(EXIT_NO_KERNEL, "cannot download %s: %s", packages->v[0],
				     error_line(&outcome));
	return 0;
}

int apt__download(struct vmtest *vm, const struct apt *apt, const struct words *packages,
		  const char *folder)
{
	autowords struct words argv = {};

	words__split(&argv, "apt-get -q download", " ");
	return download(vm, apt, &argv, packages, folder);
}

int apt__download_all(struct vmtest *vm, const struct apt *apt, const struct words *packages,
		      const char *folder)
{
	autowords struct words argv = {};

	/* The private state has a lock of its own. The locks of apt would ask for root. */
	words__split(&argv,
		     "apt-get -q -y install --download-only --no-install-recommends "
		     "-o Debug::NoLocking=true",
		     " ");
	words__add(&argv, "-oDir::Cache::archives=%s", folder);
	return download(vm, apt, &argv, packages, folder);
}

int apt__download_source(struct vmtest *vm, const struct apt *apt, const char *name,
			 const char *folder)
{
	autooutcome struct outcome outcome = {};
	int ret = run_apt(vm, apt,
			  ARGV("apt-get", "-q", "source", "--download-only", "--only-source",
			       (char *)name),
			  folder, &outcome);

	if (ret)
		return ret;
	if (outcome.status)
		return message__fail(EXIT_NO_KERNEL, "cannot download the source package %s: %s",
				     name, error_line(&outcome));
	return 0;
}
