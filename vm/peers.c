// SPDX-License-Identifier: GPL-2.0-only
/*
 * Starts and ends the processes of the peers, and decides what happens when the guest of a peer
 * dies: the head is told why, and the guest starts again.
 */
#include <errno.h>
#include <fcntl.h>
#include <json-c/json.h>
#include <poll.h>
#include <sched.h>
#include <signal.h>
#include <stdbool.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/prctl.h>
#include <sys/socket.h>
#include <sys/wait.h>
#include <unistd.h>

#include "runner/system/clock.h"
#include "runner/text/cleanup.h"
#include "runner/text/error.h"
#include "runner/text/text_file.h"
#include "vm/boot.h"
#include "vm/disk/results.h"
#include "vm/host/exit_status.h"
#include "vm/host/message.h"
#include "vm/host/signals.h"
#include "vm/host/text.h"
#include "vm/machine/acceleration.h"
#include "vm/machine/console.h"
#include "vm/peers.h"

/* Memory of a QEMU besides that of its guest. */
#define QEMU_MIB      256
/* The wait for peers when the head has ended, times the time scale. They have little left to do. */
#define END_MS        5000
#define SIGNAL_END_MS 1000
#define POLL_MS       20

unsigned int peers__fitting(const struct vmtest *vm, uint64_t *each_mib, uint64_t *available_mib)
{
	autofree char *text = text_file__read("/proc/meminfo");
	const char *line = text ? strstr(text, "MemAvailable:") : NULL;

	*each_mib = vm->opt.mem_mib + QEMU_MIB;
	*available_mib = line ? strtoull(line + strlen("MemAvailable:"), NULL, 10) / 1024 : 0;
	return *available_mib / *each_mib;
}

/* Return: the number of CPUs that vmtest may use. */
static unsigned int count_cpus(void)
{
	cpu_set_t set;

	return sched_getaffinity(0, sizeof(set), &set) ? 1 : CPU_COUNT(&set);
}

unsigned int peers__guests(struct vmtest *vm, enum acceleration accel)
{
	uint64_t each_mib, available_mib;
	unsigned int fitting = peers__fitting(vm, &each_mib, &available_mib);
	unsigned int guests = vm->opt.vms;

	if (!boot__test_program(vm))
		return 1;
	/* Each of several guests would wait for a gdb of its own. */
	if (!guests && vm->opt.gdb_kernel)
		guests = 1;
	if (!guests)
		guests = accel == ACCEL_TCG && vm->opt.parallel <= 1 ? count_cpus() : 1;
	if (guests > PEERS_MAX + 1)
		guests = PEERS_MAX + 1;
	if (guests <= 1 || fitting >= guests)
		return guests;
	fitting = fitting ? fitting : 1;
	message__say(vm,
		     "%u VMs: each takes %llu MiB (--mem and QEMU), and %llu MiB of memory are "
		     "available",
		     fitting, each_mib + 0ULL, available_mib + 0ULL);
	return fitting;
}

/*
 * Tell the head that the peer is gone, as docs/machines.md says: the first newline ends what the
 * peer had begun to say.
 */
static void tell_gone(int fd, const char *reason)
{
	struct json_object *object = json_object_new_object();
	autofree char *line = NULL;
	size_t at = 0;

	json_object_object_add(object, "event", json_object_new_string("gone"));
	json_object_object_add(object, "reason", reason ? json_object_new_string(reason) : NULL);
	line = text__format("\n%s\n",
			    json_object_to_json_string_ext(object, JSON_C_TO_STRING_PLAIN));
	json_object_put(object);
	while (at < strlen(line)) {
		ssize_t n = send(fd, line + at, strlen(line) - at, MSG_NOSIGNAL);

		if (n < 0 && errno == EAGAIN)
			poll(&(struct pollfd){ .fd = fd, .events = POLLOUT }, 1, -1);
		else if (n < 0 && errno != EINTR)
			return;
		at += n > 0 ? n : 0;
	}
}

static void open_log(struct vmtest *vm, struct boot *boot, const struct results *results)
{
	autofree char *name = text__format("console-%u.log", boot->peer);
	autofree char *path = text__format("%s/%s", vm->scratch, name);

	/* Without a log the peer is as useful. */
	if (results->path)
		results__create(results, name, &boot->session.console.log);
	else
		boot->session.console.log = fopen(path, "we");
}

/* Run the guest of a peer until it has ended as the head told it, or until the head is gone. */
static int serve(struct vmtest *vm, struct boot *boot)
{
	int head_fd = boot->session.peer_fds[0];

	for (;;) {
		struct verdict verdict;
		int ret = boot__run(vm, boot);

		if (ret || vm->ending_signal)
			return ret;
		verdict = verdict__of(&boot->session);
		if (boot->session.exited && !verdict.status)
			return 0;
		if (verdict.is_failure) {
			fputs("vmtest: the console's last lines:\n", stderr);
			console__print_tail(&boot->session.console);
		}
		/* If the head is gone, nobody needs this guest any more. */
		if (boot->session.input_ended[STREAM_PEERS] ||
		    !boot__is_to_go_on(vm, boot, &verdict))
			return verdict.status;
		boot__note_end(boot, &verdict);
		tell_gone(head_fd, boot->last_panic);
		boot->panics++;
		message__say(vm, "starting the guest again (%u of at most %u)", boot->panics,
			     vm->opt.max_panics);
		boot__renew(vm, boot);
	}
}

/* The process of a peer. */
static void run_peer(struct vmtest *vm, const struct boot *head, unsigned int number,
		     const struct results *results, const char *results_image, int fd, pid_t parent)
	__attribute__((noreturn));
static void run_peer(struct vmtest *vm, const struct boot *head, unsigned int number,
		     const struct results *results, const char *results_image, int fd, pid_t parent)
{
	struct boot boot = {
		.kernel = head->kernel,
		.accel = head->accel,
		.system = head->system,
		.tree = head->tree,
		.cold_disks = head->cold_disks,
		.initramfs = head->initramfs,
		.initramfs_hash = head->initramfs_hash,
		.results_image = results_image,
		.peer = number,
		.guests = head->guests,
		.snapshot = SNAPSHOT_NONE,
	};
	int ret;

	/* A signal of the terminal is for the head, which ends its peers (peers__end()). */
	setpgid(0, 0);
	prctl(PR_SET_PDEATHSIG, SIGKILL);
	if (getppid() != parent)
		_exit(EXIT_HOST_SETUP);
	message__set_name("VM %u: ", number + 1);
	/* The sockets of the other peers and the head's QEMU belong to others. */
	for (unsigned int i = 0; i < head->session.peer_count; i++)
		close(head->session.peer_fds[i]);
	boot__prepare(vm, &boot);
	boot.session.peer_fds[0] = fd;
	boot.session.peer_count = 1;
	open_log(vm, &boot, results);
	ret = serve(vm, &boot);
	boot__free(&boot);
	_exit(ret);
}

int peers__start(struct vmtest *vm, struct boot *head, const struct results *results,
		 char *const *results_images, struct peers *peers)
{
	struct session *session = &head->session;
	pid_t parent = getpid();

	peers->count = 0;
	session->peer_count = 0;
	for (unsigned int i = 0; i + 1 < head->guests; i++) {
		int ends[2];

		if (socketpair(AF_UNIX, SOCK_STREAM | SOCK_CLOEXEC, 0, ends))
			return message__fail(EXIT_HOST_SETUP,
					     "cannot make a socket between two guests: " ERRNO_FMT,
					     ERRNO_ARG(errno));
		fcntl(ends[0], F_SETFL, O_NONBLOCK);
		fcntl(ends[1], F_SETFL, O_NONBLOCK);
		session->peer_fds[session->peer_count++] = ends[0];
		fflush(NULL);
		peers->pids[i] = fork();
		if (peers->pids[i] == 0)
			run_peer(vm, head, i + 1, results, results_images[i + 1], ends[1], parent);
		close(ends[1]);
		if (peers->pids[i] < 0) {
			peers->pids[i] = 0;
			return message__fail(EXIT_HOST_SETUP,
					     "cannot start a process for a guest: " ERRNO_FMT,
					     ERRNO_ARG(errno));
		}
		peers->count++;
	}
	return 0;
}

/* Return: true if all have ended. */
static bool reap(struct peers *peers)
{
	bool all = true;

	for (unsigned int i = 0; i < peers->count; i++) {
		if (peers->pids[i] && waitpid(peers->pids[i], NULL, WNOHANG) == peers->pids[i])
			peers->pids[i] = 0;
		all = all && !peers->pids[i];
	}
	return all;
}

static void signal_all(const struct peers *peers, int number)
{
	for (unsigned int i = 0; i < peers->count; i++)
		if (peers->pids[i])
			kill(peers->pids[i], number);
}

void peers__end(struct vmtest *vm, struct boot *head, struct peers *peers)
{
	/* After a signal to vmtest the user waits. */
	int64_t limit_ms = head->session.end == SESSION_SIGNAL ?
				   SIGNAL_END_MS :
				   (int64_t)END_MS * head->session.time_scale;
	int64_t end_ms = clock__now_ms() + limit_ms;

	for (unsigned int i = 0; i < head->session.peer_count; i++)
		close(head->session.peer_fds[i]);
	head->session.peer_count = 0;
	while (!reap(peers) && !signals__pause(vm, POLL_MS) && clock__now_ms() < end_ms)
		;
	/* SIGTERM lets a peer end its QEMU; SIGKILL takes QEMU with it, too. */
	signal_all(peers, SIGTERM);
	end_ms = clock__now_ms() + limit_ms;
	while (!reap(peers)) {
		if (clock__now_ms() >= end_ms)
			signal_all(peers, SIGKILL);
		usleep(POLL_MS * 1000);
	}
	peers->count = 0;
}
