/* SPDX-License-Identifier: GPL-2.0-only */
#ifndef DYNPTR_H
#define DYNPTR_H

#define DYNPTR_BYTES 32

#endif
