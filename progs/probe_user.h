/* SPDX-License-Identifier: GPL-2.0-only */
#ifndef PROBE_USER_H
#define PROBE_USER_H

#define PROBE_USER_BYTES   16
#define PROBE_USER_WRITTEN 5

#endif
