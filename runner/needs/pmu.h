/* SPDX-License-Identifier: GPL-2.0-only */
#ifndef RUNNER_NEEDS_PMU_H
#define RUNNER_NEEDS_PMU_H

/**
 * pmu__delivers_samples() - whether a hardware PMU counts cycles and samples them
 *
 * Takes up to half a second. A virtual machine may have a PMU that counts but never interrupts.
 *
 * Return: 0; -ETIME if cycles were counted and no sample came; another negative errno if there is
 * no such PMU, or access to it is refused.
 */
int pmu__delivers_samples(void);

#endif
