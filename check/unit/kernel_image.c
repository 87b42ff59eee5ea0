// SPDX-License-Identifier: GPL-2.0-only
/* Tests what is read from a kernel image file. */
#include <elf.h>
#include <sys/mman.h>
#include <unistd.h>

#include "check/unit/unit_test.h"
#include "vm/kernel/kernel_image.h"

static char image[4096];
static char path[32];
static int fd;

/* The image is one whole page, so a read beyond its end hits memory that is not mapped. */
static void write_image(void)
{
	fd = memfd_create("image", MFD_CLOEXEC);
	assert_int_equal(write(fd, image, sizeof(image)), sizeof(image));
	snprintf(path, sizeof(path), "/proc/self/fd/%d", fd);
}

static void release_is(const char *expected)
{
	char *release;

	write_image();
	release = kernel_image__release(path);
	if (expected)
		assert_string_equal(release, expected);
	else
		assert_null(release);
	free(release);
	close(fd);
}

static void banner_at(size_t at, const char *banner)
{
	memset(image, 'x', sizeof(image));
	while (*banner)
		image[at++] = *banner++;
}

static void release_ends_where_the_file_ends(void **state)
{
	static const char banner[] = "Linux version 7.3.4";

	banner_at(sizeof(image) - strlen(banner), banner);
	release_is("7.3.4");
	banner_at(sizeof(image) - strlen("Linux version "), "Linux version ");
	release_is(NULL);
	banner_at(sizeof(image) - strlen("Linux version %"), "Linux version %");
	release_is(NULL);
}

static void release_is_in_the_banner(void **state)
{
	banner_at(100, "Linux version %s (%s)\nLinux version  Linux version 6.12-rc1 (x)");
	release_is("6.12-rc1");
	banner_at(0, "no kernel");
	release_is(NULL);
}

static void program_headers_behind_the_end(void **state)
{
	static const Elf64_Off places[] = { sizeof(image), sizeof(image) - 55, UINT64_MAX,
					    UINT64_MAX - 20, UINT64_MAX - 60 };
	Elf64_Ehdr header = { .e_ident = { ELFMAG0, 'E', 'L', 'F', ELFCLASS64 }, .e_phnum = 3 };
	size_t i;

	for (i = 0; i < sizeof(places) / sizeof(places[0]); i++) {
		header.e_phoff = places[i];
		memcpy(image, &header, sizeof(header));
		write_image();
		assert_false(kernel_image__has_pvh(path));
		close(fd);
	}
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(release_ends_where_the_file_ends),
		cmocka_unit_test(release_is_in_the_banner),
		cmocka_unit_test(program_headers_behind_the_end),
	};

	return cmocka_run_group_tests_name("kernel_image", tests, NULL, NULL);
}
