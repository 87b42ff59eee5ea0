/* SPDX-License-Identifier: GPL-2.0-only */
/*
 * PID 1 of the guest.
 */
#ifndef VM_GUEST_GUEST_H
#define VM_GUEST_GUEST_H

/**
 * guest__main() - What PID 1 does. Never returns.
 */
void guest__main(void) __attribute__((noreturn));

#endif
