// SPDX-License-Identifier: GPL-2.0-only
/* Loads modules from the initramfs. PID 1 has no modprobe: the launcher has found their order. */
#include <errno.h>
#include <fcntl.h>
#include <stddef.h>
#include <stdio.h>
#include <string.h>
#include <sys/syscall.h>
#include <unistd.h>

#include "runner/text/cleanup.h"
#include "runner/text/error.h"
#include "runner/text/text_file.h"
#include "vm/guest/guest_log.h"
#include "vm/guest/guest_modules.h"
#include "vm/host/text.h"
#include "vm/host/words.h"

#define MODULE_INIT_COMPRESSED_FILE 4

static void load_file(const char *name)
{
	autofree char *path = text__format(GUEST_MODULES_FOLDER "/%s", name);
	int flags = text__ends_with(name, ".ko") ? 0 : MODULE_INIT_COMPRESSED_FILE;
	autoclose int fd = open(path, O_RDONLY | O_CLOEXEC);

	if (fd < 0 || (syscall(SYS_finit_module, fd, "", flags) && errno != EEXIST))
		guest_log__say("cannot load %s: " ERRNO_FMT, path, ERRNO_ARG(errno));
}

/* Load the files of a line of the list, if it is the line of a wanted module. */
static void load_line(const char *line, const struct words *wanted)
{
	autowords struct words words = {};

	words__split(&words, line, " ");
	if (!words.count || !words__contain(wanted, words.v[0]))
		return;
	for (size_t i = 1; i < words.count; i++)
		load_file(words.v[i]);
}

void guest_modules__load(const char *names)
{
	autofree char *list = text_file__read(GUEST_MODULES_LIST);
	autowords struct words wanted = {}, lines = {};

	words__split(&wanted, names, " ");
	words__split(&lines, list ? list : "", "\n");
	for (size_t i = 0; i < lines.count; i++)
		load_line(lines.v[i], &wanted);
}
