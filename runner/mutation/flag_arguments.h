/* SPDX-License-Identifier: GPL-2.0-only */
#ifndef RUNNER_MUTATION_FLAG_ARGUMENTS_H
#define RUNNER_MUTATION_FLAG_ARGUMENTS_H

/** flag_arguments__register() - the register that has the flags of a helper, 1 to 5, or 0 */
int flag_arguments__register(int helper);

#endif
