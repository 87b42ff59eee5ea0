// SPDX-License-Identifier: GPL-2.0-only
/*
 * Tests what is in an image: the files of a list, as mke2fs -d would bring them there, which is an
 * independent way to the same file system.
 */
#include <fcntl.h>
#include <signal.h>
#include <sys/resource.h>
#include <sys/stat.h>
#include <sys/wait.h>
#include <unistd.h>

#include "check/unit/unit_test.h"
#include "runner/text/cleanup.h"
#include "runner/text/text_file.h"
#include "vm/disk/filesystem.h"
#include "vm/disk/staging.h"
#include "vm/host/exit_status.h"
#include "vm/host/file.h"
#include "vm/host/folder.h"
#include "vm/host/text.h"
#include "vm/host/vmtest.h"

#define SPARSE_BYTES (256 << 20)

static char folder[] = "/tmp/filesystem.XXXXXX";
static struct vmtest vm = { .signal_fd = -1 };

/* Run a shell command in the folder of the tests, and return its status. */
static int run(const char *command)
{
	autofree char *line =
		text__format("cd %s && PATH=$PATH:/sbin:/usr/sbin && %s", folder, command);

	return system(line);
}

static int make_folder(void **state)
{
	return mkdtemp(folder) ? run("mkdir tree") : -1;
}

static int remove_folder(void **state)
{
	return folder__remove(folder);
}

/* Make an empty file system in the file "image", and fill it with the list. */
static int fill(const struct staging *staging)
{
	autofree char *image = text__format("%s/image", folder);

	assert_int_equal(run("rm -f image && truncate -s 512M image && "
			     "mke2fs -q -F -t ext4 -b 4096 -O ^has_journal "
			     "-E root_owner=0:0 image"),
			 0);
	return filesystem__fill(&vm, staging, image);
}

/* Take everything out of an image, into a new folder beside the tree. */
static void extract(const char *image, const char *to)
{
	autofree char *command = text__format("rm -rf %s && mkdir %s && "
					      "debugfs -R 'rdump / %s' '%s' 2>/dev/null && "
					      "rmdir %s/lost+found",
					      to, to, to, image, to);

	assert_int_equal(run(command), 0);
}

/* Fill the image with the files of the tree, and what @add adds, and extract it to "image.files". */
static void fill_and_extract(void (*add)(struct staging *staging))
{
	autofree char *tree = text__format("%s/tree", folder);
	struct staging staging = {};

	assert_int_equal(staging__add_tree(&vm, &staging, tree, "", NULL), 0);
	if (add)
		add(&staging);
	assert_int_equal(fill(&staging), 0);
	staging__free(&staging);
	assert_int_equal(run("e2fsck -fn image >e2fsck.log 2>&1 || "
			     "{ cat e2fsck.log; false; }"),
			 0);
	extract("image", "image.files");
}

static void expect_text(const char *name, const char *text)
{
	autofree char *path = text__format("%s/image.files/%s", folder, name);
	autofree char *found = text_file__read(path);

	assert_non_null(found);
	assert_string_equal(found, text);
}

static void an_image_has_what_mke2fs_would_copy(void **state)
{
	static const char list[] =
		"list() { (cd $1 && find . -mindepth 1 -type l -printf '%p -> %l\\n' -o "
		"-type d -printf '%p %m %U:%G %T@\\n' -o -printf '%p %y %m %s %U:%G %T@\\n' | "
		"sort) }; ";
	autofree char *compare =
		text__format("%s list image.files >a; list reference.files >b; "
			     "diff a b >&2 && diff -r --no-dereference image.files "
			     "reference.files >&2",
			     list);

	assert_int_equal(
		run("cd tree && echo text >file && : >empty && ln file hard_link && "
		    "head -c 3000001 /dev/urandom >big && head -c 4096 /dev/zero >zeros && "
		    "touch -d '2001-02-03 04:05:06' file && "
		    "echo 1 >'with space' && echo 2 >'\"quotes\"' && echo 3 >\"it's\" && "
		    "echo 4 >\"$(printf 'new\\nline')\" && echo 5 >'back\\slash' && echo 6 >'*' && "
		    "echo 7 >-option && echo 8 >\"$(printf %255s | tr ' ' n)\" && "
		    "echo 9 >set_uid && chmod 4755 set_uid && echo >read_only && chmod 444 read_only && "
		    "mkdir -p a/b/c empty_folder closed && chmod 1777 a && chmod 700 a/b && "
		    "echo deep >a/b/c/file && ln -s a/b/c to_folder && ln -s nowhere to_nothing && "
		    "ln -s /an/absolute/path to_absolute && "
		    "ln -s \"$(printf %200s | tr ' ' l)\" long_link && chmod 500 closed && "
		    "touch -d '2002-03-04 05:06:07' a/b && mkdir many && "
		    "for i in $(seq 100); do echo $i >many/$(printf %0100d $i); "
		    "mkdir many/folder_$(printf %0100d $i); ln -s x many/l$(printf %0100d $i); done"),
		0);
	/* Only root can read this one. */
	if (!geteuid())
		assert_int_equal(run("echo secret >tree/mode_0 && chmod 0 tree/mode_0"), 0);
	fill_and_extract(NULL);
	assert_int_equal(run("truncate -s 512M reference && mke2fs -q -F -t ext4 -b 4096 "
			     "-O ^has_journal -d tree reference 2>/dev/null"),
			 0);
	extract("reference", "reference.files");
	assert_int_equal(run(compare), 0);
	assert_int_equal(run("rm -r tree/many"), 0);
}

static void everything_belongs_to_root(void **state)
{
	if (!geteuid())
		assert_int_equal(run("chown -h 1000:1000 tree/file tree/a tree/long_link"), 0);
	fill_and_extract(NULL);
	for (size_t i = 0; i < 3; i++) {
		static const char *const names[] = { "file", "a", "long_link" };
		autofree char *command = text__format("debugfs -R 'stat %s' image "
						      "2>&1 | grep -q 'User: *0 *Group: *0 '",
						      names[i]);

		assert_int_equal(run(command), 0);
	}
}

static void holes_of_a_file_stay_holes(void **state)
{
	autofree char *path = text__format("%s/image", folder);
	struct stat st;

	assert_int_equal(run("cd tree && truncate -s 100M sparse && echo middle >>sparse && "
			     "truncate -s 256M sparse"),
			 0);
	fill_and_extract(NULL);
	assert_int_equal(run("cmp tree/sparse image.files/sparse"), 0);
	assert_int_equal(stat(path, &st), 0);
	assert_true((uint64_t)st.st_blocks * 512 < SPARSE_BYTES / 4);
	assert_int_equal(run("rm tree/sparse"), 0);
}

static void add_through_links(struct staging *staging)
{
	autofree char *file = text__format("%s/tree/file", folder);

	assert_int_equal(staging__add_file(staging, file, "/to_folder/through_link"), 0);
	staging__add_folder(staging, "/to_folder/d/e", 0755);
	staging__write(staging, "/to_root/a/b/c/d/e/text", "text");
	/* The same file by another way: the first one counts. */
	staging__write(staging, "/to_folder/file", "not this one");
}

static void links_of_a_path_are_followed_in_the_image(void **state)
{
	assert_int_equal(run("ln -s / tree/to_root"), 0);
	fill_and_extract(add_through_links);
	assert_int_equal(run("test -L image.files/to_folder && test -L image.files/to_root"), 0);
	expect_text("a/b/c/through_link", "text\n");
	expect_text("a/b/c/d/e/text", "text");
	expect_text("a/b/c/file", "deep\n");
	assert_int_equal(run("rm tree/to_root"), 0);
}

static void add_text(struct staging *staging)
{
	staging__write(staging, "/a/b/c/file", "mine");
}

static void a_text_wins_over_a_file(void **state)
{
	fill_and_extract(add_text);
	expect_text("a/b/c/file", "mine");
	assert_int_equal(run("grep -q deep tree/a/b/c/file"), 0);
}

static void remove_file(struct staging *staging)
{
	assert_int_equal(run("rm tree/file"), 0);
}

static void a_file_that_is_gone_is_left_out(void **state)
{
	fill_and_extract(remove_file);
	assert_int_equal(run("test ! -e image.files/file && test -e image.files/big"), 0);
}

/* Fill the image in a child process, and expect an error that has this text. */
static void expect_error(const struct staging *staging, rlim_t file_limit_bytes, const char *text)
{
	const struct rlimit limit = { file_limit_bytes, file_limit_bytes };
	autofree char *log = text__format("%s/errors", folder);
	autofree char *errors = NULL;
	int status;

	if (!fork()) {
		autofree char *image = text__format("%s/image", folder);

		if (!freopen(log, "w", stderr))
			_exit(1);
		signal(SIGXFSZ, SIG_IGN);
		setrlimit(RLIMIT_FSIZE, &limit);
		status = filesystem__fill(&vm, staging, image);
		fflush(stderr);
		_exit(status);
	}
	assert_true(wait(&status) > 0);
	assert_int_equal(WEXITSTATUS(status), EXIT_HOST_SETUP);
	errors = text_file__read(log);
	assert_non_null(errors);
	if (!strstr(errors, text))
		print_error("%s", errors);
	assert_non_null(strstr(errors, text));
}

static void an_error_names_the_file_and_what_to_do(void **state)
{
	autofree char *file = text__format("%s/tree/big", folder);
	struct staging staging = {};

	/* A list without the folder of a file. */
	assert_int_equal(fill(&staging), 0);
	assert_int_equal(staging__add_file(&staging, file, "/big"), 0);
	expect_error(&staging, 1 << 20, "EFBIG (File too large); name a roomier place");
	/* A file that became a folder. */
	assert_int_equal(fill(&(struct staging){}), 0);
	assert_int_equal(run("mv tree/big big && mkdir tree/big"), 0);
	expect_error(&staging, RLIM_INFINITY, "tree/big to a disk of the guest: EISDIR");
	staging__free(&staging);
	/* Not a file system. */
	assert_int_equal(run("rm image && truncate -s 1M image"), 0);
	expect_error(&(struct staging){}, RLIM_INFINITY, "magic number");
}

static void a_signal_ends_it(void **state)
{
	struct staging staging = {};

	staging__write(&staging, "/file", "text");
	vm.ending_signal = SIGTERM;
	assert_int_equal(fill(&staging), EXIT_SIGNAL_BASE + SIGTERM);
	vm.ending_signal = 0;
	staging__free(&staging);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(an_image_has_what_mke2fs_would_copy),
		cmocka_unit_test(everything_belongs_to_root),
		cmocka_unit_test(holes_of_a_file_stay_holes),
		cmocka_unit_test(links_of_a_path_are_followed_in_the_image),
		cmocka_unit_test(a_text_wins_over_a_file),
		cmocka_unit_test(a_file_that_is_gone_is_left_out),
		cmocka_unit_test(an_error_names_the_file_and_what_to_do),
		cmocka_unit_test(a_signal_ends_it),
	};

	return cmocka_run_group_tests_name("filesystem", tests, make_folder, remove_folder);
}
