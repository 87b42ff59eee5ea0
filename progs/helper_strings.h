/* SPDX-License-Identifier: GPL-2.0-only */
/* What the programs print and compare. */
#ifndef HELPER_STRINGS_H
#define HELPER_STRINGS_H

#define STRINGS_TEXT_BYTES 64
#define STRINGS_COMPARED   "needle"

#endif
