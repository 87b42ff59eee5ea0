/* SPDX-License-Identifier: GPL-2.0-only */
#ifndef ITERS_H
#define ITERS_H

#define ITERS_KEPT 16 /* as many of the things that an iterator has met are kept */

#endif
