/* SPDX-License-Identifier: GPL-2.0-only */
/* Numbers of the programs, shared by progs/cgroup_link.c and prog_tests/cgroup_link.c. */
#ifndef CGROUP_LINK_H
#define CGROUP_LINK_H

#define CGROUP_ORDER_MAX 32

enum cgroup_program {
	PARENT_FIRST,
	PARENT_SECOND,
	CHILD_FIRST,
	CHILD_SECOND,
	CGROUP_PROGRAMS,
};

#endif
