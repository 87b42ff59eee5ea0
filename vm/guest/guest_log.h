/* SPDX-License-Identifier: GPL-2.0-only */
/* Messages of PID 1 on the guest's console. */
#ifndef VM_GUEST_GUEST_LOG_H
#define VM_GUEST_GUEST_LOG_H

/** guest_log__say() - write a line to the guest's console; @fmt has no newline */
void guest_log__say(const char *fmt, ...) __attribute__((format(printf, 1, 2)));

#endif
