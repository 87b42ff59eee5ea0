/* SPDX-License-Identifier: GPL-2.0-only */
/* The device nodes whose modules the kernel loads when a program opens them, such as /dev/net/tun. */
#ifndef VM_GUEST_GUEST_DEVICES_H
#define VM_GUEST_GUEST_DEVICES_H

/** guest_devices__make() - make the nodes that the kernel's modules.devname lists; it may be absent */
void guest_devices__make(void);

#endif
