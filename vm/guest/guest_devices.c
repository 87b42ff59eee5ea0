// SPDX-License-Identifier: GPL-2.0-only
/*
 * Makes device nodes before their drivers are loaded. devtmpfs has only the nodes of loaded drivers;
 * on other machines kmod and systemd make the rest.
 */
#include <errno.h>
#include <stdio.h>
#include <sys/stat.h>
#include <sys/sysmacros.h>
#include <sys/utsname.h>

#include "runner/text/cleanup.h"
#include "runner/text/error.h"
#include "vm/guest/guest_devices.h"
#include "vm/guest/guest_log.h"
#include "vm/host/folder.h"
#include "vm/host/text.h"

static void make_node(const char *name, char type, unsigned int major_number,
		      unsigned int minor_number)
{
	autofree char *path = text__format("/dev/%s", name);
	int err = folder__make_parent(path);

	if (!err && mknod(path, 0600 | (type == 'b' ? S_IFBLK : S_IFCHR),
			  makedev(major_number, minor_number)))
		err = -errno;
	if (err && err != -EEXIST)
		guest_log__say("cannot make %s: " ERRNO_FMT, path, ERRNO_ARG(-err));
}

/* A line is a module, a path below /dev, and a type with two numbers: `tun net/tun c10:200`. */
void guest_devices__make(void)
{
	unsigned int major_number, minor_number;
	autofree char *path = NULL;
	autofclose FILE *list = NULL;
	struct utsname kernel;
	char line[512], name[256], type;

	uname(&kernel);
	path = text__format("/lib/modules/%s/modules.devname", kernel.release);
	list = fopen(path, "re");
	while (list && fgets(line, sizeof(line), list))
		if (sscanf(line, "%*s %255s %c%u:%u", name, &type, &major_number, &minor_number) ==
			    4 &&
		    *line != '#')
			make_node(name, type, major_number, minor_number);
}
