// SPDX-License-Identifier: GPL-2.0-only
/*
 * Brings commands, and the shared libraries that programs need, from the host into the guest.
 *
 * Commands that the host does not have are left out. Only the commands of --with must exist.
 */
#include <dirent.h>
#include <errno.h>
#include <fcntl.h>
#include <glob.h>
#include <stdbool.h>
#include <stddef.h>
#include <stdio.h>
#include <string.h>
#include <sys/stat.h>
#include <unistd.h>

#include "runner/text/cleanup.h"
#include "vm/disk/libraries.h"
#include "vm/disk/staging.h"
#include "vm/disk/userland.h"
#include "vm/host/exit_status.h"
#include "vm/host/message.h"
#include "vm/host/path.h"
#include "vm/host/program.h"
#include "vm/host/text.h"
#include "vm/host/vmtest.h"
#include "vm/host/words.h"

static const char *const commands[] = {
	/* shells, and the usual tools in scripts */
	"sh",
	"bash",
	"dash",
	"env",
	"awk",
	"gawk",
	"basename",
	"bzip2",
	"cat",
	"chmod",
	"chown",
	"cmp",
	"cp",
	"cut",
	"date",
	"dd",
	"diff",
	"dirname",
	"du",
	"echo",
	"expr",
	"false",
	"file",
	"find",
	"fold",
	"grep",
	"gzip",
	"head",
	"id",
	"install",
	"ln",
	"logger",
	"ls",
	"md5sum",
	"mkdir",
	"mkfifo",
	"mknod",
	"mktemp",
	"mv",
	"nl",
	"od",
	"paste",
	"printf",
	"pwd",
	"readlink",
	"realpath",
	"rev",
	"rm",
	"rmdir",
	"sed",
	"seq",
	"sha256sum",
	"shuf",
	"sleep",
	"sort",
	"split",
	"stat",
	"stty",
	"sync",
	"tac",
	"tail",
	"tar",
	"tee",
	"test",
	"[",
	"timeout",
	"touch",
	"tr",
	"true",
	"truncate",
	"tty",
	"uniq",
	"wc",
	"which",
	"xargs",
	"xxd",
	"xz",
	"yes",
	"zstd",
	/* processes and privileges */
	"chrt",
	"flock",
	"free",
	"ionice",
	"kill",
	"nice",
	"nohup",
	"nproc",
	"nsenter",
	"pgrep",
	"pkill",
	"prlimit",
	"ps",
	"pstree",
	"renice",
	"setpriv",
	"setsid",
	"su",
	"taskset",
	"top",
	"unshare",
	"uptime",
	"vmstat",
	"watch",
	"capsh",
	"getcap",
	"setcap",
	/* disks, file systems, modules and the kernel */
	"blockdev",
	"chroot",
	"df",
	"dmesg",
	"e2fsck",
	"findmnt",
	"fsverity",
	"hostname",
	"ldd",
	"losetup",
	"lsblk",
	"lscpu",
	"mke2fs",
	"mkfs.ext4",
	"mount",
	"mountpoint",
	"reboot",
	"setfattr",
	"getfattr",
	"sysctl",
	"umount",
	"uname",
	"lsmod",
	"modprobe",
	"modinfo",
	"insmod",
	"rmmod",
	"depmod",
	/* network */
	"arping",
	"ethtool",
	"ip",
	"ip6tables",
	"iptables",
	"iptables-legacy",
	"keyctl",
	"nc",
	"nft",
	"openssl",
	"ping",
	"ping6",
	"ss",
	"tc",
	"tcpdump",
	/* debugging and tracing */
	"bpftool",
	"gdb",
	"less",
	"ltrace",
	"nm",
	"objdump",
	"perf",
	"readelf",
	"strace",
	"trace-cmd",
	"vi",
};

/* Files that programs open by name at run time, so that no ELF header names them. */
static const char *const files[] = {
	"/etc/ld.so.cache",
	"/etc/protocols",
	"/etc/services",
	"/etc/ssl/openssl.cnf",
	"/usr/lib/ssl/openssl.cnf",
	"/lib/x86_64-linux-gnu/libgcc_s.so.1",
	"/lib/x86_64-linux-gnu/libnss_files.so.2",
	/* files of gdb, for threads and for text of the traced program */
	"/lib/x86_64-linux-gnu/libthread_db.so.1",
	"/usr/lib/x86_64-linux-gnu/gconv/UTF-32.so",
	"/usr/lib/x86_64-linux-gnu/gconv/gconv-modules.cache",
	"/usr/share/terminfo/x/xterm",
	"/lib/terminfo/d/dumb",
	"/lib/terminfo/l/linux",
	"/lib/terminfo/s/screen",
	"/lib/terminfo/t/tmux",
	"/lib/terminfo/v/vt100",
	"/lib/terminfo/x/xterm",
	"/lib/terminfo/x/xterm-256color",
};

#define IPTABLES_EXTENSIONS "/usr/lib/x86_64-linux-gnu/xtables"

/* Folders of the tree with programs to run. The guest gets the libraries of these programs. */
static const char *const program_folders[] = { "", "/build" };

static int add_program(struct vmtest *vm, struct staging *staging, const char *path,
		       struct words *programs)
{
	int ret = staging__add(vm, staging, path);

	if (!ret && path__is_program(path))
		words__add_once(programs, path);
	return ret;
}

static int add_commands(struct vmtest *vm, struct staging *staging, struct words *programs)
{
	autofree char *iptables = program__path("iptables");
	int ret = 0;

	for (size_t i = 0; !ret && i < ARRAY_SIZE(commands); i++) {
		autofree char *path = program__path(commands[i]);

		if (path)
			ret = add_program(vm, staging, path, programs);
	}
	for (size_t i = 0; !ret && i < ARRAY_SIZE(files); i++)
		if (path__exists(files[i]))
			ret = staging__add(vm, staging, files[i]);
	/* iptables loads the code of each of its matches and targets by name. */
	if (!ret && iptables && path__exists(IPTABLES_EXTENSIONS))
		ret = staging__add_tree(vm, staging, IPTABLES_EXTENSIONS, IPTABLES_EXTENSIONS,
					NULL);
	return ret;
}

/* Keep the part of Python's library that gdb needs to start: all modules, and these packages. */
static bool skip_in_python(const char *name, bool is_folder)
{
	static const char *const packages[] = { "collections", "encodings", "importlib", "re" };
	size_t len = strlen(name);

	for (size_t i = 0; is_folder && i < ARRAY_SIZE(packages); i++) {
		if (!strcmp(name, packages[i]))
			return false;
	}
	return is_folder || len < 3 || strcmp(name + len - 3, ".py") != 0;
}

static int add_scripts_of_gdb(struct vmtest *vm, struct staging *staging)
{
	static const char scripts[] = "/usr/share/gdb/python";
	autofree char *gdb = program__path("gdb");
	glob_t found = {};
	int ret = 0;

	if (!gdb || !path__exists(scripts))
		return 0;
	ret = staging__add_tree(vm, staging, scripts, scripts, NULL);
	glob("/usr/lib/python3.[0-9]*", GLOB_ONLYDIR, NULL, &found);
	for (size_t i = 0; !ret && i < found.gl_pathc; i++) {
		autofree char *compiled = text__format("%s/lib-dynload", found.gl_pathv[i]);

		ret = staging__add_tree(vm, staging, found.gl_pathv[i], found.gl_pathv[i],
					skip_in_python);
		/* Add this folder, which may be empty, because Python warns if it is missing. */
		if (!ret && path__exists(compiled))
			ret = staging__add(vm, staging, compiled);
	}
	globfree(&found);
	return ret;
}

static int add_asked_for(struct vmtest *vm, struct staging *staging, const char *command,
			 struct words *programs)
{
	autofree char *found = program__path(command);
	int ret = 0;

	/* A command with a slash is in the tree, or is given with --with. */
	if (found && !strchr(command, '/'))
		ret = add_program(vm, staging, found, programs);
	for (size_t i = 0; !ret && i < vm->opt.with.count; i++) {
		autofree char *path = program__path(vm->opt.with.v[i]);

		if (!path && path__exists(vm->opt.with.v[i]))
			path = text__copy(vm->opt.with.v[i]);
		if (!path)
			return message__fail(EXIT_HOST_SETUP,
					     "cannot bring %s into the guest: not found "
					     "on this machine",
					     vm->opt.with.v[i]);
		ret = add_program(vm, staging, path, programs);
	}
	return ret;
}

static void add_tree_programs(const char *tree, struct words *programs)
{
	for (size_t i = 0; i < ARRAY_SIZE(program_folders); i++) {
		autofree char *folder = text__format("%s%s", tree, program_folders[i]);
		DIR *dir = opendir(folder);
		struct dirent *entry;

		while (dir && (entry = readdir(dir))) {
			autofree char *path = text__format("%s/%s", folder, entry->d_name);

			if (path__is_program(path))
				words__add_once(programs, path);
		}
		if (dir)
			closedir(dir);
	}
}

static int add_libraries(struct vmtest *vm, struct staging *staging, const struct words *programs)
{
	autowords struct words libraries = {};
	int ret = libraries__find(vm, programs, &libraries);

	for (size_t i = 0; !ret && i < libraries.count; i++)
		ret = staging__add(vm, staging, libraries.v[i]);
	return ret;
}

int userland__add(struct vmtest *vm, struct staging *staging, const char *command)
{
	autowords struct words programs = {};
	int ret = add_commands(vm, staging, &programs);

	ret = ret ? ret : add_scripts_of_gdb(vm, staging);
	ret = ret ? ret : add_asked_for(vm, staging, command, &programs);
	if (ret)
		return ret;
	add_tree_programs(vm->opt.tree, &programs);
	/* Add the libraries of vmtest too, which has some in a build with sanitizers. */
	words__add(&programs, "/proc/%d/exe", getpid());
	return add_libraries(vm, staging, &programs);
}
