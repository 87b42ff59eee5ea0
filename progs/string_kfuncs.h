/* SPDX-License-Identifier: GPL-2.0-only */
/* The results of all kfuncs that compare and search strings, for two strings, a character and a length. */
#ifndef STRING_KFUNCS_H
#define STRING_KFUNCS_H

#define STRING_BYTES 32

/* The strings of the next run: two short ones; an address and one of these; one without an end, twice. */
enum string_choice { THE_STRINGS, THE_ADDRESS, ENDLESS };

struct string_results {
	int cmp, casecmp, ncasecmp;
	int len, nlen;
	int chr, nchr, chrnul, rchr;
	int spn, cspn;
	int str, nstr, casestr, ncasestr;
};

#endif
