// SPDX-License-Identifier: GPL-2.0-only
/* Loads the modules of the channel: a virtio-serial port behind a PCI device. */
#include <errno.h>
#include <fcntl.h>
#include <stddef.h>
#include <sys/syscall.h>
#include <sys/utsname.h>
#include <unistd.h>

#include "runner/text/cleanup.h"
#include "runner/text/error.h"
#include "vm/guest/guest_log.h"
#include "vm/guest/guest_modules.h"
#include "vm/host/text.h"

#define MODULE_INIT_COMPRESSED_FILE 4

const char *const guest_modules[] = {
	"drivers/virtio/virtio_ring",
	"drivers/virtio/virtio",
	"drivers/virtio/virtio_pci_legacy_dev",
	"drivers/virtio/virtio_pci_modern_dev",
	"drivers/virtio/virtio_pci",
	"drivers/char/virtio_console",
	NULL,
};

const struct guest_module_ending guest_module_endings[] = {
	{ ".ko", 0 },
	{ ".ko.xz", MODULE_INIT_COMPRESSED_FILE },
	{ ".ko.zst", MODULE_INIT_COMPRESSED_FILE },
	{ ".ko.gz", MODULE_INIT_COMPRESSED_FILE },
	{ NULL, 0 },
};

static void load(const char *release, const char *name)
{
	for (const struct guest_module_ending *ending = guest_module_endings; ending->suffix;
	     ending++) {
		autofree char *path =
			text__format("/lib/modules/%s/kernel/%s%s", release, name, ending->suffix);
		int fd = open(path, O_RDONLY | O_CLOEXEC);

		if (fd < 0)
			continue; /* the module is built in, or compressed in another way */
		if (syscall(SYS_finit_module, fd, "", ending->flags) && errno != EEXIST)
			guest_log__say("cannot load %s: " ERRNO_FMT, path, ERRNO_ARG(errno));
		close(fd);
		return;
	}
}

void guest_modules__load(void)
{
	struct utsname name;

	uname(&name);
	for (size_t i = 0; guest_modules[i]; i++)
		load(name.release, guest_modules[i]);
}
