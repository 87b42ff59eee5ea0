// SPDX-License-Identifier: GPL-2.0-only
/*
 * The main function of PID 1 in the guest: sets up the guest, finds the channel, runs the command,
 * reports, and powers off.
 *
 * It is the same binary as the launcher, and communicates only with the launcher. It reports errors
 * on the console and, once the channel is open, on the channel.
 */
#include <dirent.h>
#include <errno.h>
#include <fcntl.h>
#include <poll.h>
#include <stdarg.h>
#include <stdbool.h>
#include <stdint.h>
#include <stdio.h>
#include <string.h>
#include <sys/mount.h>
#include <sys/reboot.h>
#include <sys/stat.h>
#include <sys/statvfs.h>
#include <sys/utsname.h>
#include <time.h>
#include <unistd.h>

#include "runner/text/cleanup.h"
#include "runner/text/error.h"
#include "runner/text/text_file.h"
#include "vm/guest/channel.h"
#include "vm/guest/guest.h"
#include "vm/guest/guest_command.h"
#include "vm/guest/guest_devices.h"
#include "vm/guest/guest_disks.h"
#include "vm/guest/guest_log.h"
#include "vm/guest/guest_modules.h"
#include "vm/guest/guest_all_results.h"
#include "vm/guest/guest_setup.h"
#include "vm/guest/order.h"
#include "vm/host/text.h"

/* Time limit for the channel, below --boot-timeout, so that PID 1 can still report the reason. */
#define PORT_WAIT_MS   30000
/* The launcher ends QEMU when it has read the report. If not, PID 1 powers off after this time. */
#define REPORT_WAIT_MS 30000
#define POLL_MS        10
/* The driver of the port in sysfs. */
#define CHANNEL_DRIVER "/sys/bus/virtio/drivers/virtio_console"

static void sleep_ms(int duration_ms)
{
	nanosleep(&(struct timespec){ .tv_sec = duration_ms / 1000,
				      .tv_nsec = duration_ms % 1000 * 1000000L },
		  NULL);
}

static void power_off(void) __attribute__((noreturn));
static void power_off(void)
{
	sync();
	reboot(RB_POWER_OFF);
	for (;;)
		pause();
}

/* Only udev makes /dev/virtio-ports/, so look for the port's name in sysfs. */
static char *find_port(void)
{
	DIR *dir = opendir("/sys/class/virtio-ports");
	struct dirent *entry;
	char *found = NULL;

	while (dir && !found && (entry = readdir(dir))) {
		autofree char *path =
			text__format("/sys/class/virtio-ports/%s/name", entry->d_name);
		autofree char *name = text_file__read(path);

		if (name && !strcmp(text__trim(name), CHANNEL_PORT_NAME))
			found = text__format("/dev/%s", entry->d_name);
	}
	if (dir)
		closedir(dir);
	return found;
}

/* Before the host connects, poll() on the port reports POLLHUP and read() returns end of file. */
static bool is_connected(int fd)
{
	struct pollfd pfd = { .fd = fd, .events = POLLOUT };

	return poll(&pfd, 1, 0) > 0 && pfd.revents & POLLOUT && !(pfd.revents & POLLHUP);
}

static void give_up_without_channel(void) __attribute__((noreturn));
static void give_up_without_channel(void)
{
	guest_log__say(
		"no virtio-serial port named " CHANNEL_PORT_NAME
		"; the kernel needs CONFIG_VIRTIO_PCI and CONFIG_VIRTIO_CONSOLE, built in or "
		"as modules that vmtest has found");
	power_off();
}

static int open_channel(void)
{
	int fd = -1;

	/* Without a driver, waiting is in vain. */
	if (access(CHANNEL_DRIVER, F_OK))
		give_up_without_channel();
	for (int waited_ms = 0; waited_ms < PORT_WAIT_MS; waited_ms += POLL_MS) {
		if (fd < 0) {
			autofree char *port = find_port();

			fd = port ? open(port, O_RDWR | O_NONBLOCK | O_CLOEXEC) : -1;
		}
		if (fd >= 0 && is_connected(fd))
			return fd;
		sleep_ms(POLL_MS);
	}
	give_up_without_channel();
}

static void wait_sent(struct channel *channel)
{
	for (int waited_ms = 0; waited_ms < REPORT_WAIT_MS; waited_ms += POLL_MS) {
		if (channel__flush(channel) || !queue__length(&channel->out))
			break;
		sleep_ms(POLL_MS);
	}
}

static void give_up(struct channel *channel, const char *reason)
{
	guest_log__say("%s", reason);
	channel__send(channel, FRAME_ERROR, 0, reason, strlen(reason));
	wait_sent(channel);
	sleep_ms(REPORT_WAIT_MS);
	power_off();
}

/* The data that has arrived while PID 1 waits for its order. */
struct incoming {
	struct channel *channel;
	struct frame_disks disks;
	struct queue bytes;
	bool complete;
	struct frame_fresh fresh;
};

static int take_order(void *data, const struct frame_header *header, const void *payload)
{
	struct incoming *incoming = data;

	if (header->type == FRAME_FRESH && header->len_bytes == sizeof(incoming->fresh)) {
		memcpy(&incoming->fresh, payload, sizeof(incoming->fresh));
		/* Once more: the launcher of a restored guest has not seen FRAME_READY. */
		return channel__send(incoming->channel, FRAME_DISKS, 0, &incoming->disks,
				     sizeof(incoming->disks));
	}
	if (header->type != FRAME_ORDER)
		return 0;
	queue__add(&incoming->bytes, payload, header->len_bytes);
	incoming->complete = !header->len_bytes;
	return 0;
}

/*
 * The launcher sends only the order before PID 1 has sent FRAME_HELLO, and ends a guest that does
 * not send it in time.
 */
static int receive_order(struct channel *channel, enum disk_way way, struct order *order,
			 struct frame_fresh *fresh)
{
	struct pollfd pfd = { .fd = channel->fd, .events = POLLIN };
	struct incoming incoming = { .channel = channel, .disks = { .way = way } };
	autofclose FILE *in = NULL;
	int err = channel__send(channel, FRAME_READY, 0, &incoming.disks, sizeof(incoming.disks));

	while (!err && !incoming.complete) {
		pfd.events = POLLIN | (queue__length(&channel->out) ? POLLOUT : 0);
		poll(&pfd, 1, -1);
		channel__flush(channel);
		err = channel__receive(channel, take_order, &incoming);
	}
	if (!err)
		in = fmemopen(incoming.bytes.bytes, queue__length(&incoming.bytes), "re");
	if (!err)
		err = in ? order__read(in, order) : -EINVAL;
	*fresh = incoming.fresh;
	queue__free(&incoming.bytes);
	return err;
}

static void give_up_if(struct channel *channel, int err, const char *what)
{
	autofree char *reason = NULL;

	if (!err)
		return;
	reason = text__format("%s: " ERRNO_FMT, what, ERRNO_ARG(-err));
	give_up(channel, reason);
}

/* Return: true if a journal exists. A journal named *.new does not count: no test has started. */
static bool has_journal(void)
{
	DIR *dir = opendir(GUEST_RESULTS_FOLDER);
	struct dirent *entry;
	bool found = false;

	while (dir && !found && (entry = readdir(dir)))
		found = text__starts_with(entry->d_name, GUEST_JOURNAL_NAME ".") &&
			!text__ends_with(entry->d_name, ".new");
	if (dir)
		closedir(dir);
	return found;
}

/* Return: true if the command has left something for the host. Hidden files are not meant for it. */
static bool has_results(void)
{
	DIR *dir = opendir(GUEST_RESULTS_FOLDER);
	struct dirent *entry;
	bool found = false;

	while (dir && !found && (entry = readdir(dir)))
		found = *entry->d_name != '.' && strcmp(entry->d_name, "lost+found");
	if (dir)
		closedir(dir);
	return found;
}

/* Unmount the results disk, so that all results are written to it. */
static void finish_results(struct frame_done *done)
{
	struct statvfs st;

	if (statvfs(GUEST_RESULTS_FOLDER, &st))
		return;
	*done = (struct frame_done){
		.has_results = has_results(),
		.free_bytes = (uint64_t)st.f_bavail * st.f_frsize,
		.free_files = st.f_favail,
		.size_bytes = (uint64_t)st.f_blocks * st.f_frsize,
	};
	if (umount2(GUEST_RESULTS_FOLDER, 0)) {
		guest_log__say("cannot unmount " GUEST_RESULTS_FOLDER ": " ERRNO_FMT,
			       ERRNO_ARG(errno));
		sync();
	}
}

static void report(struct channel *channel, enum disk_way way, int status)
{
	struct frame_exit exit_frame = { .status = status, .has_journal = has_journal() };
	struct frame_done done = {};

	channel__send(channel, FRAME_EXIT, 0, &exit_frame, sizeof(exit_frame));
	wait_sent(channel);
	if (way == DISKS_MEMORY)
		guest_all_results__send(channel);
	wait_sent(channel);
	finish_results(&done);
	channel__send(channel, FRAME_DONE, 0, &done, sizeof(done));
	wait_sent(channel);
	sleep_ms(REPORT_WAIT_MS);
}

/* Find the guest's files: on disks, or all in the initramfs, where only the results' place is made. */
static void find_files(struct channel *channel, enum disk_way way, const struct order *order)
{
	if (way == DISKS_MEMORY) {
		give_up_if(channel, guest_setup__use_memory(order),
			   "cannot use the files in memory");
		guest_devices__make();
		return;
	}
	guest_setup__find_plugged();
	give_up_if(channel, guest_setup__enter_system(), "cannot enter the system's disk");
	guest_devices__make();
	give_up_if(channel, guest_setup__mount_results(), "cannot mount the results disk");
	give_up_if(channel, guest_setup__mount_tree(order), "cannot mount the disk of the tree");
}

void guest__main(void)
{
	struct channel channel = { .fd = -1 };
	enum disk_way way;
	struct utsname name;
	struct order order = {};
	struct frame_fresh fresh;

	umask(022);
	if (guest_setup__mount_all())
		power_off();
	guest_modules__load(GUEST_CHANNEL_MODULES);
	guest_setup__settle();
	channel.fd = open_channel();
	way = guest_disks__choose();
	give_up_if(&channel, receive_order(&channel, way, &order, &fresh),
		   "cannot learn what to run");
	give_up_if(&channel, guest_setup__freshen(&fresh), "cannot set clock and randomness");
	find_files(&channel, way, &order);
	guest_setup__set_console_level(&order);
	uname(&name);
	channel__send(&channel, FRAME_HELLO, 0, name.release, strlen(name.release));
	report(&channel, way, guest_command__run(&channel, &order));
	power_off();
}
