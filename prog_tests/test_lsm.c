// SPDX-License-Identifier: GPL-2.0-only
/*
 * Programs at LSM hooks that return an error: the caller gets the error, and no other process.
 *
 * Every process of the machine runs the hooks. So a program refuses only one file, in the test's
 * own tmpfs, and only to one process.
 */
#include <sys/stat.h>
#include <sys/sysmacros.h>

#include "test_progs.h"
#include "testing_helpers.h"
#include "test_lsm.skel.h"

#define FILE_PATH  "/tmp/test_lsm.file"
#define OTHER_PATH "/tmp/test_lsm.other"

/* Inside the kernel, a device number has 20 bits for the minor number. */
static __u64 kernel_device(dev_t device)
{
	return (__u64)major(device) << 20 | minor(device);
}

/* Makes an executable file: a script that does nothing. */
static bool make_file(const char *path)
{
	static const char content[] = "#!/bin/true\n";
	auto_fd int fd = open(path, O_WRONLY | O_CREAT | O_EXCL | O_CLOEXEC, 0755);

	return ASSERT_OK_FD(fd, path) &&
	       ASSERT_EQ(write(fd, content, strlen(content)), strlen(content), "write");
}

static struct test_lsm *load_test_lsm(void)
{
	struct test_lsm *skel;
	struct stat status;

	unlink(FILE_PATH);
	unlink(OTHER_PATH);
	if (!make_file(FILE_PATH) || !make_file(OTHER_PATH) ||
	    !ASSERT_OK(stat(FILE_PATH, &status), "stat"))
		return NULL;
	skel = test_lsm__open_and_load();
	if (!ASSERT_OK_PTR(skel, "open and load"))
		return NULL;
	skel->bss->own_tgid = getpid();
	skel->bss->inode_number = status.st_ino;
	skel->bss->device = kernel_device(status.st_dev);
	return skel;
}

/* Returns 0, or the errno of the failed open(). */
static int open_error(void *path)
{
	auto_fd int fd = open(path, O_RDONLY | O_CLOEXEC);

	return fd < 0 ? errno : 0;
}

static void file_open(struct test_lsm *skel)
{
	ASSERT_EQ(open_error(FILE_PATH), 0, "before the program is attached");
	if (!attach(skel->progs.refuse_open, &skel->links.refuse_open))
		return;
	ASSERT_EQ(skel->bss->opens, 0, "opens");
	ASSERT_EQ(open_error(FILE_PATH), EPERM, "the file");
	ASSERT_EQ(skel->bss->opens, 1, "opens");
	ASSERT_EQ(open_error(OTHER_PATH), 0, "another file");
	ASSERT_EQ(in_child(open_error, FILE_PATH), 0, "another process");
	skel->bss->device++;
	ASSERT_EQ(open_error(FILE_PATH), 0, "the inode number of a file on another device");
	skel->bss->device--;
	ASSERT_EQ(skel->bss->opens, 1, "opens");
	ASSERT_EQ(open_error(FILE_PATH), EPERM, "the file again");
	ASSERT_EQ(skel->bss->opens, 2, "opens");

	detach(&skel->links.refuse_open);
	ASSERT_EQ(open_error(FILE_PATH), 0, "after the program is detached");
	ASSERT_EQ(skel->bss->opens, 2, "opens");
}

/* Does not return if the script starts: its interpreter exits with 0. */
static int exec_error(void *path)
{
	execl(path, (char *)path, (char *)NULL);
	return errno;
}

static int exec_error_of_grandchild(void *path)
{
	int status = -1;
	pid_t child = fork();

	if (!child)
		_exit(exec_error(path));
	if (child < 0 || waitpid(child, &status, 0) != child || !WIFEXITED(status))
		return 255;
	return WEXITSTATUS(status);
}

static void bprm_check_security(struct test_lsm *skel)
{
	ASSERT_EQ(in_child(exec_error, FILE_PATH), 0, "before the program is attached");
	if (!attach(skel->progs.refuse_exec, &skel->links.refuse_exec))
		return;
	ASSERT_EQ(in_child(exec_error, FILE_PATH), EACCES, "child executes the file");
	ASSERT_EQ(skel->bss->execs, 1, "execs");
	ASSERT_EQ(in_child(exec_error, OTHER_PATH), 0, "child executes another file");
	ASSERT_EQ(in_child(exec_error_of_grandchild, FILE_PATH), 0, "grandchild executes the file");
	skel->bss->device++;
	ASSERT_EQ(in_child(exec_error, FILE_PATH), 0, "file on another device");
	skel->bss->device--;
	ASSERT_EQ(skel->bss->execs, 1, "execs");
	ASSERT_EQ(in_child(exec_error, FILE_PATH), EACCES, "child executes the file again");
	ASSERT_EQ(skel->bss->execs, 2, "execs");
	detach(&skel->links.refuse_exec);
	ASSERT_EQ(in_child(exec_error, FILE_PATH), 0, "after the program is detached");
	ASSERT_EQ(skel->bss->execs, 2, "execs");
}

TEST_NEEDS(test_lsm, NEED_BTF, NEED_JIT, NEED_LSM("bpf", IF_CONFIG("BPF_LSM")),
	   NEED_PROG_TYPE(LSM, "5.7", IF_CONFIG("BPF_LSM,BPF_JIT")));

/* Shared, because the programs of all tests on this hook act on their own file only. */
TEST_LOCKS(test_lsm, SHARED("trampoline:bpf_lsm_file_open"));

void test_test_lsm(void)
{
	static const struct {
		const char *name;
		void (*run)(struct test_lsm *skel);
	} subtests[] = {
		{ "file_open", file_open },
		{ "bprm_check_security", bprm_check_security },
	};

	for_each_subtest (subtest, subtests) {
		auto_skel struct test_lsm *skel = load_test_lsm();

		if (skel)
			subtest->run(skel);
	}
}
