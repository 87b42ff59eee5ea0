// SPDX-License-Identifier: GPL-2.0-only
/*
 * Makes QEMU's command line from a table of devices, each with arguments for QEMU and parameters
 * for the kernel. Starts and ends QEMU, but does not read the guest's output.
 *
 * A guest starts without disks, and gets them when PID 1 is ready for them, because QEMU cannot
 * save a guest with an NVMe disk, and because PID 1 knows which drivers its kernel has. Only disks
 * of AHCI are there from the start: QEMU cannot plug them. Plugging needs the machine "pc" with its one PCI bus: on "q35",
 * only a root port takes a new device.
 */
#include <errno.h>
#include <fcntl.h>
#include <json-c/json.h>
#include <stdbool.h>
#include <stddef.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/socket.h>
#include <sys/syscall.h>
#include <sys/types.h>
#include <sys/wait.h>
#include <unistd.h>

#include "runner/system/clock.h"
#include "runner/text/cleanup.h"
#include "runner/text/error.h"
#include "runner/text/text_file.h"
#include "vm/guest/channel.h"
#include "vm/guest/order.h"
#include "vm/host/exit_status.h"
#include "vm/host/message.h"
#include "vm/host/program.h"
#include "vm/host/text.h"
#include "vm/host/vmtest.h"
#include "vm/host/words.h"
#include "vm/machine/qemu.h"

/*
 * The longest command line of a kernel: COMMAND_LINE_SIZE of x86, without the NUL. The kernel cuts
 * off the rest without a warning.
 */
#define COMMAND_LINE_MAX_BYTES 2047

/* The wait for the shell that writes the state of a guest to a file. */
#define SHELL_MS      30000
#define SHELL_POLL_US 2000

/* Descriptors in QEMU: the same ones in each run, so that its arguments are the same. */
enum { CHANNEL_FD = 10, MONITOR_FD, FREE_FD };

/*
 * Each text is split into words. After that, {name} is replaced by a value of the machine, in which
 * commas are doubled, as QEMU requires.
 */
struct device {
	bool (*wanted)(const struct machine *machine);
	const char *arguments;
	const char *parameters;
};

static bool with_kvm(const struct machine *machine)
{
	return machine->accel == ACCEL_KVM;
}

static bool with_tcg(const struct machine *machine)
{
	return machine->accel == ACCEL_TCG;
}

static bool with_initramfs(const struct machine *machine)
{
	return machine->initramfs;
}

static bool with_system(const struct machine *machine)
{
	return machine->system;
}

static bool with_tree(const struct machine *machine)
{
	return machine->tree;
}

static bool with_results(const struct machine *machine)
{
	return machine->results;
}

static bool with_channel(const struct machine *machine)
{
	return machine->channel_fd >= 0;
}

static bool with_gdb(const struct machine *machine)
{
	return machine->gdb_socket;
}

static bool with_wait(const struct machine *machine)
{
	return machine->waits_for_gdb;
}

static const struct device devices[] = {
	/* A panic resets the machine at once (panic=-1), and a reset ends QEMU (-no-reboot). */
	{ NULL,
	  "-M pc -bios qboot.rom -nodefaults -no-user-config -display none -no-reboot "
	  "-smp {cpus} -m {mem_mib}M -kernel {kernel}",
	  "panic=-1 oops=panic softlockup_panic=1 nmi_watchdog=panic sysctl.kernel.hung_task_panic=1 "
	  "printk.devkmsg=on kasan_multi_shot cryptomgr.notests" },
	{ with_kvm, "-accel kvm -cpu host", "" },
	/*
	 * thread=multi runs stale code after the kernel patched its text, which gives an "Oops:
	 * int3" within seconds. The guest is slow, so the kernel's own watchdogs get more time.
	 * no_timer_check is needed because on a busy host QEMU's timer is late when the kernel
	 * counts ticks at boot, and the kernel panics with "IO-APIC + timer doesn't work!" (2 of 5
	 * boots beside 14 busy loops on 2 CPUs). Under KVM the kernel sets it by itself
	 * (kvm_guest_init()).
	 */
	{ with_tcg, "-accel tcg,thread=single -cpu max",
	  "rcupdate.rcu_cpu_stall_timeout=120 watchdog_thresh=60 unknown_nmi_panic no_timer_check "
	  "sysctl.kernel.hung_task_timeout_secs=300 workqueue.watchdog_thresh=120" },
	{ NULL, "-chardev socket,id=monitor,fd={monitor_fd} -mon chardev=monitor,mode=control",
	  "" },
	{ NULL, "-chardev stdio,id=console,signal=off -serial chardev:console", "console=ttyS0" },
	/*
	 * Print all but debugging messages, so that the console tells why a guest does not come up.
	 * PID 1 lowers the level before the command.
	 */
	{ NULL, "", "loglevel=7" },
	{ with_initramfs, "-initrd {initramfs}", "" },
	/*
	 * The kernel runs at the addresses that are in its vmlinux. Its watchdogs would take a stop in
	 * gdb for a hang.
	 */
	{ with_gdb, "-chardev socket,id=gdb,path={gdb_socket},server=on,wait=off -gdb chardev:gdb",
	  "nokaslr nowatchdog sysctl.kernel.hung_task_timeout_secs=0" },
	{ with_wait, "-S", "" },
	{ with_channel,
	  "-device virtio-serial-pci -chardev socket,id=channel,fd={channel_fd} "
	  "-device virtserialport,chardev=channel,name=" CHANNEL_PORT_NAME,
	  "" },
};

/* The disks. Their options are arguments of a run, not of the machine that may be saved. */
static const struct disk {
	bool (*wanted)(const struct machine *machine);
	const char *id;
	const char *serial;
	const char *arguments;
} disks[QEMU_DISKS_MAX] = {
	{ with_system, "system", GUEST_SYSTEM_SERIAL,
	  "-drive file={system},if=none,id=system,format=raw,cache=unsafe,snapshot=on" },
	{ with_tree, "tree", GUEST_TREE_SERIAL,
	  "-drive file={tree},if=none,id=tree,format=raw,cache=unsafe,snapshot=on" },
	{ with_results, "results", GUEST_RESULTS_SERIAL,
	  "-drive file={results},if=none,id=results,format=raw,cache=unsafe" },
};

/*
 * How QEMU gets a disk: a controller that it needs first, or NULL; and the driver of the disk. The
 * id of a controller is the name of the bus below it without the number.
 */
static const struct attachment {
	const char *controller;
	const char *bus;
	const char *driver;
} attachments[DISK_WAYS] = {
	[DISKS_NVME] = { NULL, NULL, "nvme" },
	[DISKS_VIRTIO_BLK] = { NULL, NULL, "virtio-blk-pci" },
	[DISKS_VIRTIO_SCSI] = { "virtio-scsi-pci", "disks.0", "scsi-hd" },
};

static char *value_of(const struct machine *machine, const char *name, size_t len)
{
	const struct {
		const char *name;
		char *value;
	} values[] = {
		{ "cpus", text__format("%u", machine->cpus) },
		{ "mem_mib", text__format("%u", machine->mem_mib) },
		{ "kernel", text__copy(machine->kernel) },
		{ "initramfs", text__copy(machine->initramfs ? machine->initramfs : "") },
		{ "system", text__copy(machine->system ? machine->system : "") },
		{ "tree", text__copy(machine->tree ? machine->tree : "") },
		{ "results", text__copy(machine->results ? machine->results : "") },
		{ "gdb_socket", text__copy(machine->gdb_socket ? machine->gdb_socket : "") },
		{ "channel_fd", text__format("%d", CHANNEL_FD) },
		{ "monitor_fd", text__format("%d", MONITOR_FD) },
	};
	char *found = NULL;

	for (size_t i = 0; i < ARRAY_SIZE(values); i++) {
		if (strlen(values[i].name) == len && !strncmp(values[i].name, name, len))
			found = values[i].value;
		else
			free(values[i].value);
	}
	return found;
}

/* Double commas: a single comma would end a value. -kernel takes a plain file name. */
static char *double_commas(const char *value)
{
	char *doubled = malloc(2 * strlen(value) + 1);
	char *to = doubled;

	if (!doubled)
		abort();
	for (; *value; value++) {
		if (*value == ',')
			*to++ = ',';
		*to++ = *value;
	}
	*to = '\0';
	return doubled;
}

static char *fill_in(const struct machine *machine, const char *word)
{
	const char *open = strchr(word, '{');
	const char *close = open ? strchr(open, '}') : NULL;
	autofree char *value = close ? value_of(machine, open + 1, close - open - 1) : NULL;
	autofree char *doubled = NULL;

	if (!value)
		return text__copy(word);
	doubled = open == word ? text__copy(value) : double_commas(value);
	return text__format("%.*s%s%s", (int)(open - word), word, doubled, close + 1);
}

static void add_words(const struct machine *machine, const char *arguments, struct words *argv)
{
	autowords struct words words = {};

	words__split(&words, arguments, " ");
	for (size_t i = 0; i < words.count; i++) {
		autofree char *word = fill_in(machine, words.v[i]);

		words__add(argv, "%s", word);
	}
}

/* Return: the length of the kernel's command line in bytes. */
static size_t build_words(const struct machine *machine, struct words *argv)
{
	autowords struct words parameters = {};
	char *line = text__copy("");
	size_t len;

	words__add(argv, QEMU_PROGRAM);
	for (size_t i = 0; i < ARRAY_SIZE(devices); i++) {
		if (devices[i].wanted && !devices[i].wanted(machine))
			continue;
		add_words(machine, devices[i].arguments, argv);
		words__split(&parameters, devices[i].parameters, " ");
	}
	/* --append comes last: if an option is given twice, the kernel usually takes the second. */
	for (size_t i = 0; machine->append && i < machine->append->count; i++)
		words__add(&parameters, "%s", machine->append->v[i]);
	for (size_t i = 0; i < parameters.count; i++) {
		char *longer = text__format("%s%s%s", line, i ? " " : "", parameters.v[i]);

		free(line);
		line = longer;
	}
	for (size_t i = 0; machine->arguments && i < machine->arguments->count; i++)
		words__add(argv, "%s", machine->arguments->v[i]);
	words__add(argv, "-append");
	words__add(argv, "%s", line);
	len = strlen(line);
	free(line);
	return len;
}

static void give_descriptor(int fd, int number)
{
	/* dup2() makes a descriptor that exec keeps open. */
	if (fd >= 0)
		dup2(fd, number);
}

static void exec_qemu(const char *path, char *const *argv, const struct machine *machine,
		      int console_fd, int errors_fd, pid_t parent)
{
	int input_fd = open("/dev/null", O_RDONLY | O_CLOEXEC);
	/* Get copies above the final numbers, which any of these descriptors may have now. */
	int channel_fd = fcntl(machine->channel_fd, F_DUPFD_CLOEXEC, FREE_FD);
	int monitor_fd = fcntl(machine->monitor_fd, F_DUPFD_CLOEXEC, FREE_FD);

	console_fd = fcntl(console_fd, F_DUPFD_CLOEXEC, FREE_FD);
	errors_fd = fcntl(errors_fd, F_DUPFD_CLOEXEC, FREE_FD);
	program__set_up_child(parent);
	if (input_fd < 0 || dup2(input_fd, STDIN_FILENO) < 0 ||
	    dup2(console_fd, STDOUT_FILENO) < 0 || dup2(errors_fd, STDERR_FILENO) < 0)
		_exit(EXIT_CANNOT_EXECUTE);
	give_descriptor(channel_fd, CHANNEL_FD);
	give_descriptor(monitor_fd, MONITOR_FD);
	/* The folder for the files that QEMU makes for snapshot=on. */
	if (machine->overlays)
		setenv("TMPDIR", machine->overlays, 1);
	execv(path, argv);
	dprintf(STDERR_FILENO, "cannot execute %s: " ERRNO_FMT "\n", path, ERRNO_ARG(errno));
	_exit(EXIT_CANNOT_EXECUTE);
}

static void log_words(const struct vmtest *vm, const struct words *argv)
{
	autofree char *line = text__copy("");

	for (size_t i = 0; vm->opt.verbose && i < argv->count; i++) {
		char *longer = text__format(strchr(argv->v[i], ' ') ? "%s '%s'" : "%s %s", line,
					    argv->v[i]);

		free(line);
		line = longer;
	}
	message__detail(vm, "starting%s", line);
}

/* The disks of AHCI, each at a port of its own. */
static void add_cold_disks(const struct qemu *qemu, struct words *argv)
{
	words__add(argv, "-device");
	words__add(argv, "ahci,id=disks");
	for (size_t i = 0; i < ARRAY_SIZE(disks); i++) {
		if (!qemu->disks[i])
			continue;
		words__add(argv, "-device");
		words__add(argv, "ide-hd,bus=disks.%zu,drive=%s,serial=%s", i, disks[i].id,
			   disks[i].serial);
	}
}

static int start(struct vmtest *vm, const struct machine *machine, const char *path,
		 struct qemu *qemu)
{
	autowords struct words argv = {};
	int console[2], errors[2];
	pid_t parent = getpid();
	size_t len;

	len = build_words(machine, &argv);
	for (size_t i = 0; i < ARRAY_SIZE(disks); i++) {
		qemu->disks[i] = disks[i].wanted(machine);
		if (qemu->disks[i])
			add_words(machine, disks[i].arguments, &argv);
	}
	if (machine->cold_disks == DISKS_AHCI)
		add_cold_disks(qemu, &argv);
	if (machine->restores)
		words__split(&argv, "-incoming defer", " ");
	if (len > COMMAND_LINE_MAX_BYTES)
		return message__fail(
			EXIT_USAGE_ERROR,
			"cannot give the kernel a command line of %zu bytes: it reads no more "
			"than %d; shorten --append",
			len, COMMAND_LINE_MAX_BYTES);
	log_words(vm, &argv);
	if (pipe2(console, O_CLOEXEC))
		return message__fail(EXIT_HOST_SETUP,
				     "cannot make a pipe for the console: " ERRNO_FMT,
				     ERRNO_ARG(errno));
	qemu->console_fd = console[0];
	if (pipe2(errors, O_CLOEXEC)) {
		close(console[1]);
		return message__fail(EXIT_HOST_SETUP,
				     "cannot make a pipe for QEMU's errors: " ERRNO_FMT,
				     ERRNO_ARG(errno));
	}
	qemu->errors_fd = errors[0];
	fcntl(console[0], F_SETFL, O_NONBLOCK);
	fcntl(errors[0], F_SETFL, O_NONBLOCK);
	qemu->pid = fork();
	if (qemu->pid == 0)
		exec_qemu(path, argv.v, machine, console[1], errors[1], parent);
	close(console[1]);
	close(errors[1]);
	if (qemu->pid < 0) {
		qemu->pid = 0;
		return message__fail(EXIT_HOST_SETUP, "cannot start %s: " ERRNO_FMT, path,
				     ERRNO_ARG(errno));
	}
	qemu->pidfd = syscall(SYS_pidfd_open, qemu->pid, 0);
	if (qemu->pidfd < 0)
		return message__fail(EXIT_HOST_SETUP, "cannot watch %s: " ERRNO_FMT, path,
				     ERRNO_ARG(errno));
	return 0;
}

int qemu__start(struct vmtest *vm, const struct machine *wanted, struct qemu *qemu)
{
	autofree char *path = program__path(QEMU_PROGRAM);
	struct machine machine = *wanted;
	int monitor[2];
	int ret;

	*qemu = QEMU_NONE;
	if (!path)
		return program__missing(QEMU_PROGRAM);
	if (socketpair(AF_UNIX, SOCK_STREAM | SOCK_CLOEXEC, 0, monitor))
		return message__fail(EXIT_HOST_SETUP,
				     "cannot make a socket for QEMU's monitor: " ERRNO_FMT,
				     ERRNO_ARG(errno));
	qemu->monitor.fd = monitor[0];
	qemu->cold_disks = wanted->cold_disks;
	machine.monitor_fd = monitor[1];
	ret = start(vm, &machine, path, qemu);
	close(monitor[1]);
	return ret;
}

char *qemu__describe(const struct machine *machine)
{
	struct machine named = *machine;
	autowords struct words argv = {};
	char *description = text__copy("");

	/* The initramfs is new in each run, in another folder; its content is described elsewhere. */
	named.initramfs = machine->initramfs ? "initramfs" : NULL;
	build_words(&named, &argv);
	for (size_t i = 0; i < argv.count; i++)
		text__append(&description, "%s\n", argv.v[i]);
	return description;
}

/* Return: 0 or -errno. */
static int add_device(struct qemu *qemu, const char *const properties[], size_t count, char **error)
{
	struct json_object *arguments = json_object_new_object();

	for (size_t i = 0; i + 1 < count; i += 2)
		if (properties[i + 1])
			json_object_object_add(arguments, properties[i],
					       json_object_new_string(properties[i + 1]));
	return monitor__call(&qemu->monitor, "device_add", arguments, error);
}

int qemu__plug_disks(struct qemu *qemu, enum disk_way way, char **error)
{
	const struct attachment *attachment = &attachments[way];
	int err = 0;

	if (qemu->cold_disks)
		return 0;
	if (attachment->controller) {
		const char *const controller[] = { "driver", attachment->controller, "id",
						   "disks" };

		err = add_device(qemu, controller, ARRAY_SIZE(controller), error);
	}
	for (size_t i = 0; !err && i < ARRAY_SIZE(disks); i++) {
		const char *const disk[] = {
			"driver", attachment->driver, "drive", disks[i].id,
			"serial", disks[i].serial,    "bus",   attachment->bus
		};

		if (qemu->disks[i])
			err = add_device(qemu, disk, ARRAY_SIZE(disk), error);
	}
	return err;
}

/* Ask for the events that tell how saving and restoring end. */
static int ask_for_events(struct qemu *qemu, char **error)
{
	struct json_object *arguments = json_tokener_parse(
		"{ \"capabilities\": [ { \"capability\": \"events\", \"state\": true } ] }");

	return monitor__call(&qemu->monitor, "migrate-set-capabilities", arguments, error);
}

static char *quote_for_shell(const char *text)
{
	char *quoted = text__copy("'");

	for (; *text; text++)
		text__append(&quoted, *text == '\'' ? "'\\''" : "%c", *text);
	text__append(&quoted, "'");
	return quoted;
}

/* Return: arguments with a command for the shell, which QEMU writes to or reads from. */
static struct json_object *shell_command(const char *command)
{
	struct json_object *arguments = json_object_new_object();
	autofree char *uri = text__format("exec:%s", command);

	json_object_object_add(arguments, "uri", json_object_new_string(uri));
	return arguments;
}

/*
 * Wait for the shell that writes the state: when QEMU is done, the shell may still have some of it.
 *
 * Return: 0 or -errno.
 */
static int await_shell(const char *status_path, char **error)
{
	int64_t deadline_ms = clock__now_ms() + SHELL_MS;
	autofree char *status = NULL;

	while (!(status = text_file__read(status_path)) || !strchr(status, '\n')) {
		if (clock__now_ms() > deadline_ms) {
			*error = text__copy("the state is not written in time");
			return -ETIMEDOUT;
		}
		free(status);
		status = NULL;
		usleep(SHELL_POLL_US);
	}
	unlink(status_path);
	if (!strcmp(status, "0\n"))
		return 0;
	*error = text__copy("the state cannot be written; a full disk?");
	return -EIO;
}

int qemu__save(struct qemu *qemu, const char *path, char **error)
{
	autofree char *status_path = text__format("%s.status", path);
	autofree char *quoted = quote_for_shell(path);
	autofree char *quoted_status = quote_for_shell(status_path);
	autofree char *command = text__format("cat > %s; echo $? > %s", quoted, quoted_status);
	int err = monitor__call(&qemu->monitor, "stop", NULL, error);

	err = err ? err : ask_for_events(qemu, error);
	err = err ? err : monitor__call(&qemu->monitor, "migrate", shell_command(command), error);
	err = err ? err : monitor__wait_migrated(&qemu->monitor, error);
	return err ? err : await_shell(status_path, error);
}

int qemu__restore(struct qemu *qemu, const char *path, char **error)
{
	autofree char *quoted = quote_for_shell(path);
	autofree char *command = text__format("cat < %s", quoted);
	int err = ask_for_events(qemu, error);

	err = err ? err :
		    monitor__call(&qemu->monitor, "migrate-incoming", shell_command(command),
				  error);
	return err ? err : monitor__wait_migrated(&qemu->monitor, error);
}

int qemu__go_on(struct qemu *qemu, char **error)
{
	return monitor__call(&qemu->monitor, "cont", NULL, error);
}

void qemu__inject_nmi(struct qemu *qemu)
{
	monitor__tell(&qemu->monitor, "inject-nmi");
}

void qemu__end(struct qemu *qemu)
{
	if (qemu->pid)
		program__kill(qemu->pid);
	if (qemu->pidfd >= 0)
		close(qemu->pidfd);
	if (qemu->console_fd >= 0)
		close(qemu->console_fd);
	if (qemu->errors_fd >= 0)
		close(qemu->errors_fd);
	monitor__close(&qemu->monitor);
	*qemu = QEMU_NONE;
}
