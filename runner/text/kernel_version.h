/* SPDX-License-Identifier: GPL-2.0-only */
/* The version numbers at the beginning of a kernel release. Used by the runner and by vmtest. */
#ifndef RUNNER_TEXT_KERNEL_VERSION_H
#define RUNNER_TEXT_KERNEL_VERSION_H

struct kernel_version {
	int major, minor, patch;
	const char *rest; /* text after the numbers, in the parsed text */
};

/**
 * kernel_version__parse() - read the numbers at the beginning of a release
 * @text: such as "6.19", "7.3.4+deb13-cloud-amd64"; "7.4.0-rc2" counts as 7.4.0
 * @version: missing numbers are 0
 *
 * Return: 0, or -EINVAL if the text does not begin with two numbers.
 */
int kernel_version__parse(const char *text, struct kernel_version *version);

/** kernel_version__compare() - compare the numbers; returns a value below, equal to or above 0 */
int kernel_version__compare(const struct kernel_version *a, const struct kernel_version *b);

#endif
