/* SPDX-License-Identifier: GPL-2.0-only */
#ifndef RUNNER_EVENT_REPORTS_REPORT_MAIN_H
#define RUNNER_EVENT_REPORTS_REPORT_MAIN_H

/**
 * report_main() - the command `test_progs report`
 *
 * Return: the exit status.
 */
int report_main(int argc, char **argv);

#endif
