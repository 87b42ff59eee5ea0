// SPDX-License-Identifier: GPL-2.0-only
/* Tests when a disk image of an earlier run is taken, and when it is made again. */
#include <fcntl.h>
#include <sys/stat.h>
#include <sys/wait.h>
#include <time.h>
#include <unistd.h>

#include "check/unit/unit_test.h"
#include "runner/text/cleanup.h"
#include "vm/disk/image_cache.h"
#include "vm/disk/staging.h"
#include "vm/host/file.h"
#include "vm/host/folder.h"
#include "vm/host/text.h"
#include "vm/host/vmtest.h"

static char folder[] = "/tmp/image-cache.XXXXXX";
static struct vmtest vm = { .signal_fd = -1 };
static unsigned int made;

static int make_folder(void **state)
{
	if (!mkdtemp(folder))
		return -1;
	vm.cache = text__format("%s/cache", folder);
	vm.scratch = text__format("%s/scratch", folder);
	return folder__make(vm.cache) ?: folder__make(vm.scratch);
}

static int remove_folder(void **state)
{
	free(vm.cache);
	free(vm.scratch);
	return folder__remove(folder);
}

/* The files below $folder/tree, which a test changes. */
static char *tree_path(const char *name)
{
	return text__format("%s/tree/%s", folder, name);
}

static void write_tree_file(const char *name, const char *text)
{
	autofree char *path = tree_path(name);

	folder__make_parent(path);
	assert_int_equal(file__write_text(path, text), 0);
}

static char *describe_tree(void)
{
	autofree char *tree = text__format("%s/tree", folder);
	struct staging staging = {};
	char *description;

	assert_int_equal(staging__add_tree(&vm, &staging, tree, "", NULL), 0);
	description = staging__describe(&staging);
	staging__free(&staging);
	return description;
}

static void change_text_but_not_times(void)
{
	autofree char *path = tree_path("file");
	struct stat st;

	stat(path, &st);
	write_tree_file("file", "TEXT");
	utimensat(AT_FDCWD, path, (struct timespec[]){ st.st_atim, st.st_mtim }, 0);
}

static void replace_file(void)
{
	autofree char *path = tree_path("file"), *other = tree_path("other");

	write_tree_file("other", "TEXT");
	rename(other, path);
}

static void change_mode(void)
{
	autofree char *path = tree_path("file");

	chmod(path, 0755);
}

static void change_mode_of_folder(void)
{
	autofree char *path = tree_path("folder");

	chmod(path, 0700);
}

static void add_file(void)
{
	write_tree_file("folder/new", "");
}

static void remove_file(void)
{
	autofree char *path = tree_path("folder/new");

	unlink(path);
}

static void move_link(void)
{
	autofree char *path = tree_path("link");

	unlink(path);
	assert_int_equal(symlink("elsewhere", path), 0);
}

static void each_change_is_in_the_description(void **state)
{
	void (*const changes[])(void) = {
		change_text_but_not_times,
		replace_file,
		change_mode,
		change_mode_of_folder,
		add_file,
		remove_file,
		move_link,
	};
	autofree char *link = tree_path("link");

	write_tree_file("file", "text");
	write_tree_file("folder/file", "text");
	assert_int_equal(symlink("file", link), 0);
	for (size_t i = 0; i < ARRAY_SIZE(changes); i++) {
		autofree char *before = describe_tree(), *same = describe_tree(), *after = NULL;

		assert_string_equal(before, same);
		/* Longer than a tick of the clock that files get their times from. */
		usleep(20000);
		changes[i]();
		after = describe_tree();
		if (!strcmp(before, after))
			print_error("change %zu is not seen\n", i);
		assert_string_not_equal(before, after);
	}
}

static int make(struct vmtest *launcher, const char *path, void *data)
{
	made++;
	return file__write_text(path, data) ? 1 : 0;
}

static void get(const char *description, bool may_keep, struct image *image)
{
	assert_int_equal(image_cache__get(&vm, description, may_keep, make, "an image", image), 0);
}

static void expect(const char *description, bool may_keep, bool is_made)
{
	unsigned int before = made;
	struct image image;
	struct stat st;

	get(description, may_keep, &image);
	assert_int_equal(made - before, is_made);
	assert_int_equal(image.is_new, is_made);
	assert_int_equal(stat(image.path, &st), 0);
	assert_int_equal(st.st_size, strlen("an image"));
	image_cache__release(&image);
}

static void the_same_description_has_the_same_image(void **state)
{
	expect("a", true, true);
	expect("a", true, false);
	expect("b", true, true);
	expect("a", true, false);
	expect("b", true, false);
}

static void what_may_not_be_kept_is_made_each_time(void **state)
{
	expect("not kept", false, true);
	expect("not kept", false, true);
	expect("not kept", true, true);
	expect("not kept", true, false);
}

static void write_into(const char *path)
{
	int fd;

	chmod(path, 0644);
	fd = open(path, O_WRONLY | O_CLOEXEC);
	assert_int_equal(write(fd, "x", 1), 1);
	close(fd);
}

static void cut(const char *path)
{
	chmod(path, 0644);
	assert_int_equal(truncate(path, 3), 0);
}

static void damage_description(const char *path)
{
	autofree char *description =
		text__format("%.*sdescription", (int)(strrchr(path, '/') + 1 - path), path);

	assert_int_equal(file__write_text(description, "damagec"), 0);
}

static void remove_image(const char *path)
{
	unlink(path);
}

static void a_damaged_image_is_made_again(void **state)
{
	void (*const damages[])(const char *path) = { write_into, cut, damage_description,
						      remove_image };

	expect("damaged", true, true);
	for (size_t i = 0; i < ARRAY_SIZE(damages); i++) {
		struct image image;

		get("damaged", true, &image);
		damages[i](image.path);
		image_cache__release(&image);
		expect("damaged", true, true);
		expect("damaged", true, false);
	}
}

/* As if it was used last two months ago. */
static void grow_old(const struct image *image)
{
	const struct timespec old = { .tv_sec = time(NULL) - 60 * 24 * 60 * 60 };

	assert_int_equal(futimens(image->lock_fd, (struct timespec[]){ old, old }), 0);
}

static void an_old_image_is_removed_unless_it_is_used(void **state)
{
	struct image used, unused;

	expect("a third one", true, true);
	get("used", true, &used);
	get("unused", true, &unused);
	grow_old(&used);
	grow_old(&unused);
	image_cache__release(&unused);
	/* A run looks at all images, also if it finds its own. */
	expect("a third one", true, false);
	assert_int_equal(access(used.path, F_OK), 0);
	expect("unused", true, true);
	image_cache__release(&used);
}

static void what_a_dead_launcher_was_making_is_removed(void **state)
{
	autofree char *left = text__format("%s/images/making.dead00", vm.cache);
	autofree char *path = text__format("%s/image", left);

	assert_int_equal(folder__make(left), 0);
	assert_int_equal(file__write_text(path, "half"), 0);
	expect("after a dead one", true, true);
	assert_int_not_equal(access(left, F_OK), 0);
}

static void a_cache_that_cannot_be_written_is_done_without(void **state)
{
	autofree char *cache = vm.cache, *images = NULL;

	vm.cache = text__format("%s/file", folder);
	assert_int_equal(file__write_text(vm.cache, ""), 0);
	expect("no cache", true, true);
	expect("no cache", true, true);
	free(vm.cache);

	/* A folder in which nobody can make another one, as on a read-only disk. */
	vm.cache = text__format("%s/read-only", folder);
	images = text__format("%s/images", vm.cache);
	assert_int_equal(folder__make(vm.cache), 0);
	assert_int_equal(symlink("/proc", images), 0);
	expect("read-only cache", true, true);
	expect("read-only cache", true, true);
	free(vm.cache);
	vm.cache = text__copy(cache);
}

static void many_launchers_at_once_have_whole_images(void **state)
{
	enum { LAUNCHERS = 8, ROUNDS = 50 };
	int status;

	for (int i = 0; i < LAUNCHERS; i++) {
		if (fork())
			continue;
		for (int round = 0; round < ROUNDS; round++) {
			autofree char *description = text__format("%d", round);
			struct image image;
			struct stat st;

			if (image_cache__get(&vm, description, true, make, "an image", &image) ||
			    stat(image.path, &st) || st.st_size != strlen("an image"))
				_exit(1);
			image_cache__release(&image);
		}
		_exit(0);
	}
	for (int i = 0; i < LAUNCHERS; i++) {
		assert_true(wait(&status) > 0);
		assert_int_equal(status, 0);
	}
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(each_change_is_in_the_description),
		cmocka_unit_test(the_same_description_has_the_same_image),
		cmocka_unit_test(what_may_not_be_kept_is_made_each_time),
		cmocka_unit_test(a_damaged_image_is_made_again),
		cmocka_unit_test(an_old_image_is_removed_unless_it_is_used),
		cmocka_unit_test(what_a_dead_launcher_was_making_is_removed),
		cmocka_unit_test(a_cache_that_cannot_be_written_is_done_without),
		cmocka_unit_test(many_launchers_at_once_have_whole_images),
	};

	return cmocka_run_group_tests_name("image_cache", tests, make_folder, remove_folder);
}
