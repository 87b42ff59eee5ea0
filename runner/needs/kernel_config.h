/* SPDX-License-Identifier: GPL-2.0-only */
/* The configuration of the running kernel, from any of the places where it may be. */
#ifndef RUNNER_NEEDS_KERNEL_CONFIG_H
#define RUNNER_NEEDS_KERNEL_CONFIG_H

#include <stddef.h>
#include <stdint.h>

struct kernel_config {
	char *path; /* the file that was read; NULL: no file was found */
	char *text; /* the whole file, uncompressed */
	size_t len_bytes;
	uint32_t crc; /* CRC-32 of @text, to compare configurations */
};

/**
 * kernel_config__load() - find the configuration and read it
 * @config: filled in; empty if there is none
 * @path: the file to read, plain or compressed with gzip; NULL: the places where kernels and
 *	distributions put it (/proc/config.gz, /boot, /lib/modules)
 *
 * Return: 0; -ENOENT if there is none; another negative errno if @path cannot be read, or is not a
 * configuration (-EINVAL).
 */
int kernel_config__load(struct kernel_config *config, const char *path);

/**
 * kernel_config__value() - the value of an option
 * @option: with or without `CONFIG_`
 * @value: set to `y`, `m`, a number, or a text without its quotes, cut to fit; `n` if the option is
 *	not set or not mentioned
 */
void kernel_config__value(const struct kernel_config *config, const char *option, char *value,
			  size_t size_bytes);

/** kernel_config__free() - free path and text of a configuration */
void kernel_config__free(struct kernel_config *config);

#endif
