// SPDX-License-Identifier: GPL-2.0-only
/* Tests the parsers of the kernel's texts: its configuration and its log. */
#include <errno.h>
#include <unistd.h>
#include <zlib.h>

#include "check/unit/unit_test.h"
#include "runner/needs/kernel_config.h"
#include "runner/kernel_log/kernel_log.h"

static const char config_text[] = "#\n# Automatically generated file; DO NOT EDIT.\n#\n"
				  "CONFIG_BPF=y\n"
				  "CONFIG_BPF_JIT=m\n"
				  "# CONFIG_TEST_BPF is not set\n"
				  "CONFIG_HZ=250\n"
				  "CONFIG_LSM=\"lockdown,bpf\"\n"
				  "CONFIG_EMPTY=\"\"\n"
				  "CONFIG_LAST=0x10";

static void has(const struct kernel_config *config, const char *option, const char *expected)
{
	char value[64];

	kernel_config__value(config, option, value, sizeof(value));
	assert_string_equal(value, expected);
}

static void check_config(const char *path)
{
	struct kernel_config config;
	char cut[4];

	assert_int_equal(kernel_config__load(&config, path), 0);
	assert_string_equal(config.path, path);
	assert_int_equal(config.crc, crc32(0, (const Bytef *)config_text, strlen(config_text)));
	has(&config, "CONFIG_BPF", "y");
	has(&config, "BPF", "y");
	has(&config, "BPF_JIT", "m");
	has(&config, "TEST_BPF", "n");
	has(&config, "HZ", "250");
	has(&config, "LSM", "lockdown,bpf");
	has(&config, "EMPTY", "");
	has(&config, "LAST", "0x10");
	/* The end or the beginning of an option's name is not a match. */
	has(&config, "PF", "n");
	has(&config, "BPF_JI", "n");
	has(&config, "", "n");
	kernel_config__value(&config, "LSM", cut, sizeof(cut));
	assert_string_equal(cut, "loc");
	kernel_config__free(&config);
}

static void write_config(char *path, const char *text, bool is_packed)
{
	int fd = mkstemp(path);
	gzFile file = gzdopen(fd, is_packed ? "w" : "wT");

	assert_true(fd >= 0 && file);
	assert_int_equal(gzwrite(file, text, strlen(text)), strlen(text));
	assert_int_equal(gzclose(file), Z_OK);
}

static void config_files(void **state)
{
	char plain[] = "/tmp/config-XXXXXX", packed[] = "/tmp/config.gz-XXXXXX";
	char other[] = "/tmp/no-config-XXXXXX";
	struct kernel_config config;

	write_config(plain, config_text, false);
	write_config(packed, config_text, true);
	write_config(other, "hello\n", false);
	check_config(plain);
	check_config(packed);
	assert_int_equal(kernel_config__load(&config, other), -EINVAL);
	assert_null(config.text);
	assert_int_equal(kernel_config__load(&config, "/no/such/file"), -ENOENT);
	has(&config, "BPF", "n");
	unlink(plain);
	unlink(packed);
	unlink(other);
}

static void log_message(const char *text, int level, uint64_t number, uint64_t time_us,
			const char *expected)
{
	char message[256];
	struct kernel_log_line line;

	snprintf(message, sizeof(message), "%s", text);
	assert_int_equal(kernel_log__parse(message, &line), 0);
	assert_int_equal(line.level, level);
	assert_int_equal(line.number, number);
	assert_int_equal(line.time_us, time_us);
	assert_string_equal(line.text, expected);
}

static void log_caller(const char *text, const char *expected)
{
	struct kernel_log_line line;
	char *message = strdup(text);

	assert_int_equal(kernel_log__parse(message, &line), 0);
	assert_string_equal(line.caller, expected);
	free(message);
}

static void log_callers(void **state)
{
	log_caller("4,1,2,-,caller=T17;text", "T17");
	log_caller("4,1,2,-,new=field,caller=C1,another=1;text", "C1");
	log_caller("4,1,2,-;text,caller=T17;", "");
	log_caller("4,1,2,-,caller=;text", "");
	log_caller("4,1,2,-,caller=longer than any can be;text", "");
}

static void log_messages(void **state)
{
	static const char *const wrong[] = {
		"",
		"6",
		"6,1",
		"6,1,2",
		"6,1,2,-",
		"a,1,2,-;x",
		"6,,2,-;x",
		"6,1,,-;x",
		"-6,1,2,-;x",
		" 6,1,2,-;x",
		"6,99999999999999999999,2,-;x",
	};
	struct kernel_log_line line;
	char message[64];
	size_t i;

	log_message("6,339,5140900,-;text\n", 6, 339, 5140900, "text");
	/* The facility is in the bits above the lowest three. */
	log_message("30,1,2,-;from user space\n", 6, 1, 2, "from user space");
	log_message("4,1,2,-,caller=T1;a; b\n SUBSYSTEM=acpi\n DEVICE=+acpi:1\n", 4, 1, 2, "a; b");
	log_message("4,1,2,c;no end", 4, 1, 2, "no end");
	log_message("4,1,2,-;", 4, 1, 2, "");
	for (i = 0; i < sizeof(wrong) / sizeof(wrong[0]); i++) {
		snprintf(message, sizeof(message), "%s", wrong[i]);
		assert_int_equal(kernel_log__parse(message, &line), -EINVAL);
	}
}

int main(void)
{
	const struct CMUnitTest unit_tests[] = {
		cmocka_unit_test(config_files),
		cmocka_unit_test(log_messages),
		cmocka_unit_test(log_callers),
	};

	return cmocka_run_group_tests(unit_tests, NULL, NULL);
}
