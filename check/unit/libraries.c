// SPDX-License-Identifier: GPL-2.0-only
/* The shared libraries that programs need, compared with those that ldd finds. */
#include <elf.h>
#include <fcntl.h>
#include <sys/stat.h>
#include <unistd.h>

#include "check/unit/unit_test.h"
#include "runner/text/cleanup.h"
#include "vm/disk/libraries.h"
#include "vm/host/path.h"
#include "vm/host/text.h"
#include "vm/host/vmtest.h"
#include "vm/host/words.h"

static void find(const char *program, struct words *found)
{
	struct vmtest vm = { .signal_fd = -1 };
	autowords struct words programs = {};

	words__add(&programs, "%s", program);
	assert_int_equal(libraries__find(&vm, &programs, found), 0);
}

/* Lines that name a file: "libc.so.6 => /lib/... (0x...)" and "/lib64/ld-... (0x...)". */
static void find_by_ldd(const char *program, struct words *found)
{
	autofree char *command = text__format("ldd %s", program);
	FILE *out = popen(command, "re");
	char line[1024];

	assert_non_null(out);
	while (fgets(line, sizeof(line), out)) {
		char *path = strchr(line, '/');
		char *end = path ? strstr(path, " (0x") : NULL;

		if (end) {
			*end = '\0';
			words__add_once(found, path);
		}
	}
	pclose(out);
}

static void finds_what_ldd_finds(void **state)
{
	/* The last one needs the most libraries. */
	static const char *const programs[] = { "/bin/bash", "/usr/bin/env", "/usr/bin/gdb" };

	for (size_t i = 0; i < ARRAY_SIZE(programs); i++) {
		autowords struct words found = {}, expected = {};

		if (!path__exists(programs[i]))
			continue;
		find(programs[i], &found);
		find_by_ldd(programs[i], &expected);
		assert_true(expected.count >= 2);
		for (size_t j = 0; j < expected.count; j++) {
			if (!words__contain(&found, expected.v[j]))
				print_error("%s: no %s\n", programs[i], expected.v[j]);
			assert_true(words__contain(&found, expected.v[j]));
		}
		assert_int_equal(found.count, expected.count);
	}
}

/* A dynamically linked file with two strings, "libx.so" and what @run_path says. */
struct program_file {
	Elf64_Ehdr file;
	Elf64_Phdr headers[2];
	Elf64_Dyn dynamic[5];
	char strings[64];
};

#define NEEDED_AT   1
#define RUN_PATH_AT 16

static struct program_file make_program(const char *run_path, Elf64_Sxword tag)
{
	struct program_file program = {
		.file = { .e_ident = { ELFMAG0, ELFMAG1, ELFMAG2, ELFMAG3, ELFCLASS64, ELFDATA2LSB,
				       EV_CURRENT },
			  .e_type = ET_DYN,
			  .e_machine = EM_X86_64,
			  .e_version = EV_CURRENT,
			  .e_ehsize = sizeof(Elf64_Ehdr),
			  .e_phoff = offsetof(struct program_file, headers),
			  .e_phentsize = sizeof(Elf64_Phdr),
			  .e_phnum = 2 },
		.headers = { { .p_type = PT_LOAD, .p_vaddr = 0x1000, .p_filesz = sizeof(program) },
			     { .p_type = PT_DYNAMIC,
			       .p_offset = offsetof(struct program_file, dynamic),
			       .p_filesz = sizeof(program.dynamic) } },
		.dynamic = { { DT_NEEDED, { NEEDED_AT } },
			     { tag, { RUN_PATH_AT } },
			     { DT_STRTAB, { 0x1000 + offsetof(struct program_file, strings) } } },
	};

	strcpy(program.strings + NEEDED_AT, "libx.so");
	snprintf(program.strings + RUN_PATH_AT, sizeof(program.strings) - RUN_PATH_AT, "%s",
		 run_path);
	return program;
}

static void write_program(const char *path, const struct program_file *program, size_t len_bytes)
{
	autoclose int fd = open(path, O_WRONLY | O_CREAT | O_TRUNC | O_CLOEXEC, 0755);

	assert_int_equal(write(fd, program, len_bytes), len_bytes);
}

static char folder[] = "/tmp/libraries.XXXXXX";

static int make_folder(void **state)
{
	return mkdtemp(folder) ? 0 : -1;
}

static int remove_folder(void **state)
{
	autofree char *command = text__format("rm -rf %s", folder);

	return system(command);
}

static void run_path_is_searched(void **state)
{
	static const struct {
		const char *run_path;
		Elf64_Sxword tag;
		const char *library;
	} cases[] = {
		{ "/nowhere:$ORIGIN/lib", DT_RUNPATH, "lib/libx.so" },
		{ "${ORIGIN}/lib", DT_RPATH, "lib/libx.so" },
		{ "$ORIGIN/../nowhere", DT_RUNPATH, NULL },
		{ "$ORIGIN", DT_SONAME, NULL },
	};
	const struct program_file library = make_program("", DT_NULL);
	autofree char *program_path = text__format("%s/program", folder);
	autofree char *lib = text__format("%s/lib", folder);
	autofree char *library_path = text__format("%s/libx.so", lib);

	mkdir(lib, 0755);
	write_program(library_path, &library, sizeof(library));
	for (size_t i = 0; i < ARRAY_SIZE(cases); i++) {
		const struct program_file program = make_program(cases[i].run_path, cases[i].tag);
		autowords struct words found = {};

		write_program(program_path, &program, sizeof(program));
		find(program_path, &found);
		assert_int_equal(found.count, cases[i].library ? 1 : 0);
		if (cases[i].library)
			assert_string_equal(found.v[0], library_path);
	}
}

static void another_architecture_is_not_taken(void **state)
{
	const struct program_file program = make_program("$ORIGIN/other", DT_RUNPATH);
	struct program_file library = make_program("", DT_NULL);
	autofree char *program_path = text__format("%s/program", folder);
	autofree char *other = text__format("%s/other", folder);
	autofree char *library_path = text__format("%s/libx.so", other);
	autowords struct words found = {};

	library.file.e_machine = EM_386;
	mkdir(other, 0755);
	write_program(library_path, &library, sizeof(library));
	write_program(program_path, &program, sizeof(program));
	find(program_path, &found);
	assert_int_equal(found.count, 0);
}

static void damaged_files_need_nothing(void **state)
{
	autofree char *path = text__format("%s/damaged", folder);
	struct program_file program = make_program("$ORIGIN", DT_RUNPATH);
	autowords struct words found = {};

	for (size_t len_bytes = 0; len_bytes < offsetof(struct program_file, strings);
	     len_bytes += 7) {
		write_program(path, &program, len_bytes);
		find(path, &found);
	}
	program.headers[1].p_offset = UINT64_MAX - 8;
	write_program(path, &program, sizeof(program));
	find(path, &found);
	program = make_program("$ORIGIN", DT_RUNPATH);
	program.dynamic[0].d_un.d_val = UINT64_MAX - 8;
	write_program(path, &program, sizeof(program));
	find(path, &found);
	memset(program.strings, 'x', sizeof(program.strings));
	write_program(path, &program, sizeof(program));
	find(path, &found);
	find("/dev/null", &found);
	find("/nowhere", &found);
	assert_int_equal(found.count, 0);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(finds_what_ldd_finds),
		cmocka_unit_test(run_path_is_searched),
		cmocka_unit_test(another_architecture_is_not_taken),
		cmocka_unit_test(damaged_files_need_nothing),
	};

	return cmocka_run_group_tests_name("libraries", tests, make_folder, remove_folder);
}
