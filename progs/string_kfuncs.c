// SPDX-License-Identifier: GPL-2.0-only
/* Calls all kfuncs for strings with the same arguments. */
#include "vmlinux.h"
#include <bpf/bpf_helpers.h>

#include "string_kfuncs.h"

char left[STRING_BYTES], right[STRING_BYTES];
char character;
__u64 len;

/* An address that is no string's: the verifier lets any number through. */
__u64 address;

/* More characters than any string may have, and no end. */
char endless[(1 << 16) + 8];

enum string_choice choice;
struct string_results results;

SEC("syscall")
int call_all(void *ctx)
{
	const char *a = left, *b = right;

	if (choice == THE_ADDRESS) {
		a = (const char *)address;
	} else if (choice == ENDLESS) {
		a = endless;
		b = endless;
	}
	results.cmp = bpf_strcmp(a, b);
	results.casecmp = bpf_strcasecmp(a, b);
	results.ncasecmp = bpf_strncasecmp(a, b, len);
	results.len = bpf_strlen(a);
	results.nlen = bpf_strnlen(a, len);
	results.chr = bpf_strchr(a, character);
	results.nchr = bpf_strnchr(a, len, character);
	results.chrnul = bpf_strchrnul(a, character);
	/* It takes an int and compares it as it is; the kernel's char has no sign. */
	results.rchr = bpf_strrchr(a, (__u8)character);
	results.spn = bpf_strspn(a, b);
	results.cspn = bpf_strcspn(a, b);
	results.str = bpf_strstr(a, b);
	results.nstr = bpf_strnstr(a, b, len);
	results.casestr = bpf_strcasestr(a, b);
	results.ncasestr = bpf_strncasestr(a, b, len);
	return 0;
}

char _license[] SEC("license") = "GPL";
