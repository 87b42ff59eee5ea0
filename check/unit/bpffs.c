// SPDX-License-Identifier: GPL-2.0-only
/* The next test gets the same bpffs only if the last one has not changed it. Needs root. */
#include <fcntl.h>
#include <sched.h>
#include <sys/mount.h>
#include <sys/stat.h>
#include <sys/wait.h>
#include <unistd.h>

#include "check/unit/unit_test.h"
#include "runner/process/unit_bpffs.h"
#include "runner/system/filesystem.h"
#include "test_progs.h"

const struct test_entry test_entries[] = { { "one", NULL, NULL } };
const int test_entries_cnt = 1;
const unsigned int test_default_isolation;

static const struct run_options options;
static struct units units = { .options = &options };
static struct unit unit = { .units = &units, .isolation = ISOLATE_ALL };

/* Return: the device of the bpffs that the next test gets. */
static dev_t next_bpffs(void)
{
	struct stat root;

	unit__prepare_bpffs(&unit);
	if (!unit.bpffs.is_open)
		skip();
	assert_int_equal(fstat(unit.bpffs.fd, &root), 0);
	assert_int_equal(root.st_mode, S_IFDIR | S_ISVTX | 0777);
	return root.st_dev;
}

static void an_unchanged_bpffs_is_used_again(void **state)
{
	dev_t first = next_bpffs();

	assert_int_equal(next_bpffs(), first);
	assert_int_equal(next_bpffs(), first);
}

static void an_entry_is_left(int fd)
{
	assert_int_equal(mkdirat(fd, "left", 0755), 0);
}

static void an_entry_was_there(int fd)
{
	assert_int_equal(mkdirat(fd, "gone", 0755), 0);
	assert_int_equal(unlinkat(fd, "gone", AT_REMOVEDIR), 0);
}

static void the_mode_changes(int fd)
{
	char path[32];

	snprintf(path, sizeof(path), "/proc/self/fd/%d", fd);
	assert_int_equal(chmod(path, 0700), 0);
}

static void the_owner_changes(int fd)
{
	assert_int_equal(fchownat(fd, "", 1, 1, AT_EMPTY_PATH), 0);
}

/* Copy the mount, and make the whole file system read-only there, as a test can. */
static void it_becomes_read_only(int fd)
{
	int status;
	pid_t pid = fork();

	if (!pid) {
		if (unshare(CLONE_NEWNS) || mount(NULL, "/", NULL, MS_REC | MS_PRIVATE, NULL) ||
		    filesystem__mount_again(fd, "/tmp"))
			_exit(1);
		_exit(mount(NULL, "/tmp", NULL, MS_REMOUNT | MS_RDONLY, NULL) ? 2 : 0);
	}
	assert_int_equal(waitpid(pid, &status, 0), pid);
	if (WEXITSTATUS(status) == 1)
		skip();
	assert_int_equal(status, 0);
}

static void a_changed_bpffs_is_replaced(void **state)
{
	void (*const change)(int fd) = *state;
	dev_t first = next_bpffs(), second;
	/* Keep the first one, so that the next one does not get its number. */
	int first_fd = fcntl(unit.bpffs.fd, F_DUPFD_CLOEXEC, 0);

	change(first_fd);
	second = next_bpffs();
	assert_int_not_equal(second, first);
	assert_int_equal(next_bpffs(), second);
	assert_int_equal(mkdirat(unit.bpffs.fd, "writable", 0755), 0);
	close(first_fd);
}

#define CHANGE(change_) { #change_, a_changed_bpffs_is_replaced, NULL, NULL, change_ }

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(an_unchanged_bpffs_is_used_again),
		CHANGE(an_entry_is_left),
		CHANGE(an_entry_was_there),
		CHANGE(the_mode_changes),
		CHANGE(the_owner_changes),
		CHANGE(it_becomes_read_only),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
