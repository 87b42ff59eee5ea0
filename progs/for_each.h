/* SPDX-License-Identifier: GPL-2.0-only */
#ifndef FOR_EACH_H
#define FOR_EACH_H

#define FOR_EACH_ENTRIES 8

#endif
