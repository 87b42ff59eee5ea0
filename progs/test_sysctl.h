/* SPDX-License-Identifier: GPL-2.0-only */
#ifndef TEST_SYSCTL_H
#define TEST_SYSCTL_H

#define SYSCTL_TEXT_BYTES 64

#endif
