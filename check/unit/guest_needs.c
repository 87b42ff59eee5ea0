// SPDX-License-Identifier: GPL-2.0-only
/* Tests what is concluded from a kernel's configuration and modules before a guest starts. */
#include <sys/stat.h>
#include <unistd.h>

#include "check/unit/unit_test.h"
#include "vm/disk/guest_needs.h"
#include "vm/host/exit_status.h"
#include "vm/host/file.h"
#include "vm/host/words.h"
#include "vm/kernel/kernel.h"
#include "vm/kernel/module_files.h"

/* The options that a guest needs besides a driver for its disks. */
#define BASE                                                                           \
	"CONFIG_BLK_DEV_INITRD=y\nCONFIG_DEVTMPFS=y\nCONFIG_PCI=y\nCONFIG_EXT4_FS=y\n" \
	"CONFIG_VIRTIO_PCI=y\nCONFIG_VIRTIO_CONSOLE=y\n"

static char folder[] = "/tmp/guest_needs-XXXXXX";
static char config[64], index_path[64];

static int make_folder(void **state)
{
	if (!mkdtemp(folder))
		return -1;
	snprintf(config, sizeof(config), "%s/config", folder);
	snprintf(index_path, sizeof(index_path), "%s/modules.dep", folder);
	return 0;
}

static int remove_folder(void **state)
{
	unlink(config);
	unlink(index_path);
	return rmdir(folder);
}

static void way_is(const char *text, char *modules, int expected_ret, enum disk_way expected)
{
	struct kernel kernel = { .image = "vmlinux", .config = config, .modules = modules };
	enum disk_way cold = DISKS_NVME;

	assert_int_equal(file__write_text(config, text), 0);
	assert_int_equal(guest_needs__check(&kernel, &cold), expected_ret);
	if (!expected_ret)
		assert_int_equal(cold, expected);
}

static void each_way_is_enough(void **state)
{
	way_is(BASE "CONFIG_BLK_DEV_NVME=y\n", NULL, 0, DISKS_NONE);
	way_is(BASE "# CONFIG_BLK_DEV_NVME is not set\nCONFIG_VIRTIO_BLK=y\n", NULL, 0, DISKS_NONE);
	way_is(BASE "CONFIG_SCSI_VIRTIO=y\nCONFIG_BLK_DEV_SD=y\n", NULL, 0, DISKS_NONE);
	way_is(BASE "CONFIG_SATA_AHCI=y\nCONFIG_BLK_DEV_SD=y\n", NULL, 0, DISKS_AHCI);
	/* A disk that can be plugged is better. */
	way_is(BASE "CONFIG_SATA_AHCI=y\nCONFIG_BLK_DEV_SD=y\nCONFIG_VIRTIO_BLK=y\n", NULL, 0,
	       DISKS_NONE);
}

static void without_a_way_all_files_are_in_memory(void **state)
{
	way_is(BASE, NULL, 0, DISKS_MEMORY);
	way_is(BASE "CONFIG_BLK_DEV_NVME=n\n", NULL, 0, DISKS_MEMORY);
	way_is(BASE "CONFIG_SCSI_VIRTIO=y\n", NULL, 0, DISKS_MEMORY);
	/* The name of an option may be the end of another one. */
	way_is(BASE "CONFIG_X=\"CONFIG_BLK_DEV_NVME=y\"\n", NULL, 0, DISKS_MEMORY);
}

static void what_pid_1_needs_is_required(void **state)
{
	static const char *const lines[] = { "CONFIG_BLK_DEV_INITRD=y\n", "CONFIG_DEVTMPFS=y\n",
					     "CONFIG_PCI=y\n", "CONFIG_VIRTIO_PCI=y\n",
					     "CONFIG_VIRTIO_CONSOLE=y\n" };
	size_t i;

	for (i = 0; i < sizeof(lines) / sizeof(lines[0]); i++) {
		char text[] = BASE "CONFIG_BLK_DEV_NVME=y\n";

		*strstr(text, lines[i]) = '#';
		way_is(text, NULL, EXIT_NO_KERNEL, DISKS_NONE);
	}
}

static void a_module_needs_its_file(void **state)
{
	way_is(BASE "CONFIG_VIRTIO_BLK=m\n", NULL, 0, DISKS_MEMORY);
	assert_int_equal(file__write_text(index_path, "kernel/a/virtio_blk.ko.xz:\n"), 0);
	way_is(BASE "CONFIG_VIRTIO_BLK=m\n", folder, 0, DISKS_NONE);
	way_is(BASE "CONFIG_BLK_DEV_NVME=m\n", folder, 0, DISKS_MEMORY);
}

static void an_unknown_configuration_passes(void **state)
{
	struct kernel kernel = { .image = "vmlinux" };
	enum disk_way cold = DISKS_NVME;

	assert_int_equal(guest_needs__check(&kernel, &cold), 0);
	assert_int_equal(cold, DISKS_NONE);
}

static void needed_modules_come_first(void **state)
{
	struct kernel kernel = { .modules = folder };
	autowords struct words files = {};

	assert_int_equal(file__write_text(index_path, "kernel/my-sd_mod.ko:\n"
						      "kernel/sd_mod.ko: kernel/b.ko kernel/a.ko\n"
						      "kernel/virtio-scsi.ko.zst: kernel/a.ko\n"),
			 0);
	assert_true(module_files__add(&kernel, "sd-mod", &files));
	assert_true(module_files__add(&kernel, "virtio_scsi", &files));
	assert_false(module_files__add(&kernel, "virtio", &files));
	assert_int_equal(files.count, 4);
	assert_non_null(strstr(files.v[0], "/a.ko"));
	assert_non_null(strstr(files.v[1], "/b.ko"));
	assert_non_null(strstr(files.v[2], "/sd_mod.ko"));
	assert_non_null(strstr(files.v[3], "/virtio-scsi.ko.zst"));
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(each_way_is_enough),
		cmocka_unit_test(without_a_way_all_files_are_in_memory),
		cmocka_unit_test(what_pid_1_needs_is_required),
		cmocka_unit_test(a_module_needs_its_file),
		cmocka_unit_test(an_unknown_configuration_passes),
		cmocka_unit_test(needed_modules_come_first),
	};

	return cmocka_run_group_tests_name("guest_needs", tests, make_folder, remove_folder);
}
