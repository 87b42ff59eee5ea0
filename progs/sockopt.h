/* SPDX-License-Identifier: GPL-2.0-only */
/* The values of IP_TOS and the option that the programs treat in a special way. */
#ifndef SOCKOPT_H
#define SOCKOPT_H

#define SOCKOPT_REFUSED      0x40
#define SOCKOPT_OTHER_ERROR  0x44
#define SOCKOPT_HIDDEN       0x64 /* as the kernel has it */
#define SOCKOPT_CUSTOM_VALUE 0x77
#define SOL_CUSTOM           0xdeed /* a level that the kernel does not know */

#endif
