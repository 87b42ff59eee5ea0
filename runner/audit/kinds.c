// SPDX-License-Identifier: GPL-2.0-only
/* The table of the audit's kinds. A new kind needs a file of its own and an entry here. */
#include "runner/audit/kind.h"

const struct audit_kind *const audit_kinds[AUDIT_KINDS] = {
	&audit_pins,   &audit_network, &audit_links,   &audit_programs, &audit_maps,
	&audit_probes, &audit_sysctls, &audit_modules, &audit_cgroups,
};
