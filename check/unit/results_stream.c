// SPDX-License-Identifier: GPL-2.0-only
/* Tests what the host does with pieces of files from a guest, which cannot be trusted. */
#include <errno.h>
#include <fcntl.h>
#include <sys/stat.h>
#include <unistd.h>

#include "check/unit/unit_test.h"
#include "runner/text/cleanup.h"
#include "runner/text/text_file.h"
#include "vm/disk/result_files.h"
#include "vm/disk/results.h"
#include "vm/disk/results_stream.h"
#include "vm/guest/channel.h"
#include "vm/host/file.h"
#include "vm/host/folder.h"
#include "vm/host/text.h"
#include "vm/host/vmtest.h"

static char folder[] = "/tmp/results_stream.XXXXXX";
static struct vmtest vm = { .signal_fd = -1, .opt = { .results_mib = 1 } };
static struct results results;

static char *path_of(const char *name)
{
	return text__format("%s/%s", folder, name);
}

static int set_up(void **state)
{
	autofree char *path = NULL, *outside = NULL;

	if (!mkdtemp(folder))
		return -1;
	path = path_of("results");
	outside = path_of("outside");
	return folder__make(outside) ?: results__open(&vm, path, &results);
}

static int tear_down(void **state)
{
	results__close(&results);
	return folder__remove(folder);
}

static int take_at(const char *path, uint64_t offset, const char *bytes)
{
	struct file_chunk chunk = { .offset = offset, .path_bytes = strlen(path) };
	char payload[CHANNEL_PAYLOAD_BYTES];

	memcpy(payload, &chunk, sizeof(chunk));
	snprintf(payload + sizeof(chunk), sizeof(payload) - sizeof(chunk), "%s%s", path, bytes);
	return results_stream__take(&vm, &results, payload,
				    sizeof(chunk) + strlen(path) + strlen(bytes));
}

static void assert_content(const char *name, const char *expected)
{
	autofree char *path = path_of(name), *text = text_file__read(path);

	struct stat st;

	if (!expected) {
		assert_int_equal(access(path, F_OK), -1);
		return;
	}
	assert_string_equal(text ?: "", expected);
	assert_int_equal(stat(path, &st), 0);
	assert_int_equal(st.st_size, strlen(expected));
}

static void pieces_make_a_file(void **state)
{
	assert_int_equal(take_at("logs/a", 0, "one "), 0);
	assert_int_equal(take_at("logs/a", 4, "two"), 0);
	assert_content("results/logs/a", "one two");
	/* The file was replaced. */
	assert_int_equal(take_at("logs/a", 0, "new"), 0);
	assert_content("results/logs/a", "new");
}

static void a_piece_behind_a_lost_one_is_dropped(void **state)
{
	assert_int_equal(take_at("gap", 0, "one"), 0);
	assert_int_equal(take_at("gap", 10, "three"), 0);
	assert_content("results/gap", "one");
}

static void a_removed_file_goes(void **state)
{
	struct file_chunk chunk = { .path_bytes = 4, .is_gone = true };
	char payload[sizeof(chunk) + sizeof("gone")];

	assert_int_equal(take_at("gone", 0, "x"), 0);
	memcpy(payload, &chunk, sizeof(chunk));
	memcpy(payload + sizeof(chunk), "gone", sizeof("gone"));
	assert_int_equal(results_stream__take(&vm, &results, payload, sizeof(chunk) + 4), 0);
	assert_content("results/gone", NULL);
}

static void no_path_leads_out(void **state)
{
	static const char *const paths[] = {
		"../outside/x", "/tmp/x", "a//b", "a/../../outside/x", "", ".", "./x", "a/", "..",
	};

	for (size_t i = 0; i < ARRAY_SIZE(paths); i++)
		assert_int_equal(take_at(paths[i], 0, "evil"), -EPROTO);
	assert_content("outside/x", NULL);
}

static void names_of_the_launcher_are_refused(void **state)
{
	assert_int_equal(take_at("console.log", 0, "evil"), -EPROTO);
	assert_int_equal(take_at(".vmtest-extract/x", 0, "evil"), -EPROTO);
	assert_int_equal(take_at("folder/console.log", 0, "fine"), 0);
	assert_content("results/folder/console.log", "fine");
}

static void no_link_is_followed(void **state)
{
	autofree char *to_folder = path_of("results/planted"), *to_file = path_of("results/file");
	autofree char *outside = path_of("outside"), *secret = path_of("outside/secret");

	assert_int_equal(file__write_text(secret, "secret"), 0);
	assert_int_equal(symlink(outside, to_folder), 0);
	assert_int_equal(symlink(secret, to_file), 0);
	assert_int_equal(take_at("planted/secret", 0, "evil"), 0);
	assert_int_equal(take_at("file", 0, "evil"), 0);
	assert_content("outside/secret", "secret");
}

static void a_fifo_does_not_block(void **state)
{
	autofree char *path = path_of("results/fifo");

	assert_int_equal(mkfifo(path, 0600), 0);
	assert_int_equal(take_at("fifo", 0, "x"), 0);
}

static void nonsense_is_refused(void **state)
{
	struct file_chunk chunk = { .path_bytes = 100 };

	assert_int_equal(results_stream__take(&vm, &results, "x", 1), -EPROTO);
	assert_int_equal(results_stream__take(&vm, &results, &chunk, sizeof(chunk)), -EPROTO);
	chunk.path_bytes = UINT32_MAX;
	assert_int_equal(results_stream__take(&vm, &results, &chunk, sizeof(chunk)), -EPROTO);
	/* Behind the end of the guest's disk, which has 1 MiB. */
	assert_int_equal(take_at("far", 2 << 20, "x"), -EPROTO);
}

/* Let the guest's disk have this text for the file "log", or no such file, and reconcile. */
static void reconcile(const char *on_disk, bool is_complete)
{
	autofree char *disk = path_of("disk"), *path = path_of("disk/log");
	autoclose int fd = -1;

	assert_int_equal(folder__make(disk), 0);
	unlink(path);
	if (on_disk)
		assert_int_equal(file__write_text(path, on_disk), 0);
	fd = open(disk, O_RDONLY | O_DIRECTORY | O_CLOEXEC);
	assert_int_equal(take_at("log", 0, "sent"), 0);
	result_files__reconcile(&results.sent, results.fd, fd, is_complete);
}

static void a_disk_that_was_not_unmounted_may_be_older(void **state)
{
	reconcile("", false);
	assert_content("results/log", "sent");
	assert_content("disk/log", NULL);
	reconcile("sent and more", false);
	assert_content("disk/log", "sent and more");
	reconcile(NULL, false);
	assert_content("results/log", "sent");
}

static void an_unmounted_disk_is_right(void **state)
{
	reconcile("s", true);
	assert_content("disk/log", "s");
	/* The guest has removed the file, and could not say so any more. */
	reconcile(NULL, true);
	assert_content("results/log", NULL);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(pieces_make_a_file),
		cmocka_unit_test(a_piece_behind_a_lost_one_is_dropped),
		cmocka_unit_test(a_removed_file_goes),
		cmocka_unit_test(no_path_leads_out),
		cmocka_unit_test(names_of_the_launcher_are_refused),
		cmocka_unit_test(no_link_is_followed),
		cmocka_unit_test(a_fifo_does_not_block),
		cmocka_unit_test(nonsense_is_refused),
		cmocka_unit_test(a_disk_that_was_not_unmounted_may_be_older),
		cmocka_unit_test(an_unmounted_disk_is_right),
	};

	return cmocka_run_group_tests(tests, set_up, tear_down);
}
