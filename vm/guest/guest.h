/* SPDX-License-Identifier: GPL-2.0-only */
/* The main function of PID 1 in the guest. */
#ifndef VM_GUEST_GUEST_H
#define VM_GUEST_GUEST_H

/** guest__main() - set up the guest, run the command, report, power off */
void guest__main(void) __attribute__((noreturn));

#endif
