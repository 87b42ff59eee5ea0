// SPDX-License-Identifier: GPL-2.0-only
/*
 * The launcher's event loop while the guest runs.
 *
 * It owns all state of a session. One poll() waits for QEMU's pidfd, the channel, the console,
 * stdin, stdout, stderr, signals and the deadline of the phase. This file decides when a session is
 * over; verdict.c decides the exit status and the message. The loop prints only the command's
 * output.
 */
#include <errno.h>
#include <fcntl.h>
#include <poll.h>
#include <signal.h>
#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>
#include <stdlib.h>
#include <string.h>
#include <sys/random.h>
#include <sys/signalfd.h>
#include <sys/socket.h>
#include <sys/types.h>
#include <sys/wait.h>
#include <time.h>
#include <unistd.h>

#include "runner/system/clock.h"
#include "runner/text/cleanup.h"
#include "vm/disk/results_stream.h"
#include "vm/guest/channel.h"
#include "vm/host/exit_status.h"
#include "vm/host/message.h"
#include "vm/host/signals.h"
#include "vm/host/text.h"
#include "vm/machine/console.h"
#include "vm/machine/qemu.h"
#include "vm/machine/session.h"
#include "vm/machine/snapshot.h"
#include "vm/machine/terminal.h"

/*
 * After POLLOUT a pipe has room for this much, so a write to a blocking descriptor does not block.
 */
#define WRITE_BYTES      4096
/* Time limits for the guest's last steps. Each is multiplied by the time scale. */
#define FINISH_MS        30000
#define STOP_MS          5000
/* Time limits after a signal that ends vmtest, not multiplied: the user waits. */
#define ASKED_MS         6000
#define ASKED_STOP_MS    3000
#define ASKED_REST_MS    1000
#define PANIC_SILENCE_MS 10000
#define NMI_MS           2000
/* If poll(2) is late by this much, vmtest and QEMU were stopped, for example by Ctrl-Z. */
#define STOPPED_MS       2000
#define NEVER            INT64_MAX
/* The character by which the user leaves a guest that hangs: Ctrl-], as in telnet. */
#define ESCAPE_CHARACTER '\x1d'

enum {
	WAIT_QEMU,
	WAIT_CHANNEL,
	WAIT_CONSOLE,
	WAIT_ERRORS,
	WAIT_SIGNAL,
	WAIT_INPUTS,
	WAIT_OUTPUTS = WAIT_INPUTS + STREAMS,
	WAITS = WAIT_OUTPUTS + STREAMS,
};

static void set_deadline(struct session *s, int64_t duration_ms)
{
	s->deadline_ms = duration_ms ? clock__now_ms() + duration_ms : NEVER;
}

static void end(struct session *s, enum session_end how)
{
	if (s->end == SESSION_RUNS)
		s->end = how;
}

static void send_window(struct session *s)
{
	struct frame_window window;

	terminal__size(&window);
	if (window.rows)
		channel__send(&s->channel, FRAME_WINDOW, 0, &window, sizeof(window));
}

/* Return: the descriptor with input for a stream, or -1. */
static int input_fd(const struct session *s, int stream)
{
	if (stream == STREAM_STDIN)
		return STDIN_FILENO;
	return stream >= STREAM_PEERS && stream < STREAM_PEERS + (int)s->peer_count ?
		       s->peer_fds[stream - STREAM_PEERS] :
		       -1;
}

/* Return: the descriptor for the output of a stream, or -1. */
static int output_fd(const struct session *s, int stream)
{
	if (stream == STREAM_STDOUT)
		return s->is_peer ? STDERR_FILENO : STDOUT_FILENO;
	return stream == STREAM_STDERR ? STDERR_FILENO : input_fd(s, stream);
}

/* Pass on that the command has closed its socket to a peer, when the peer has got all before it. */
static void end_output(struct session *s, int stream)
{
	if (s->output_ends[stream] && !queue__length(&s->output[stream]))
		shutdown(output_fd(s, stream), SHUT_WR);
}

static void on_hello(struct session *s)
{
	s->up = true;
	s->up_ms = clock__now_ms();
	set_deadline(s, s->vm->opt.timeout_s * 1000LL);
	message__say(s->vm, "guest is up");
	if (s->vm->opt.shell) {
		terminal__make_raw(&s->terminal);
		send_window(s);
	}
}

static int on_data(struct session *s, const struct frame_header *header, const void *payload)
{
	int err;

	if (header->stream == STREAM_FILES && s->results) {
		err = results_stream__take(s->vm, s->results, payload, header->len_bytes);
		return err ? err : channel__grant(&s->channel, STREAM_FILES, header->len_bytes);
	}
	/* Nobody would ever take these bytes, and vmtest would wait for that at its end. */
	if (header->stream == STREAM_STDIN || output_fd(s, header->stream) < 0)
		return -EPROTO;
	if (s->output_closed[header->stream])
		return channel__grant(&s->channel, header->stream, header->len_bytes);
	queue__add(&s->output[header->stream], payload, header->len_bytes);
	return 0;
}

static void send_fresh(struct session *s)
{
	struct frame_fresh fresh = {};
	struct timespec now;

	clock_gettime(CLOCK_REALTIME, &now);
	fresh.time_ns = now.tv_sec * 1000000000LL + now.tv_nsec;
	getrandom(fresh.random, sizeof(fresh.random), 0);
	channel__send(&s->channel, FRAME_FRESH, 0, &fresh, sizeof(fresh));
}

static void send_order(struct session *s)
{
	for (size_t at = 0, len; at < s->order_bytes; at += len) {
		len = s->order_bytes - at;
		len = len < CHANNEL_PAYLOAD_BYTES ? len : CHANNEL_PAYLOAD_BYTES;
		channel__send(&s->channel, FRAME_ORDER, 0, s->order + at, len);
	}
	channel__send(&s->channel, FRAME_ORDER, 0, NULL, 0);
}

static void fail_session(struct session *s, const char *what, const char *why)
{
	free(s->reason);
	s->reason = text__format("%s: %s", what, why);
	end(s, SESSION_STUCK);
}

/* The guest waits for its order. It runs, unless it was just restored or saved. */
static void on_ready(struct session *s)
{
	autofree char *error = NULL;

	if (s->snapshot && !s->is_restored)
		snapshot__save(s->vm, s->snapshot, &s->qemu);
	if (qemu__go_on(&s->qemu, &error))
		fail_session(s, "it cannot be continued", error);
	else
		send_fresh(s);
}

/* Return: the way, or DISKS_NONE for a frame that does not name one. */
static enum disk_way way_of_frame(const struct frame_header *header, const void *payload)
{
	struct frame_disks disks = {};

	if (header->len_bytes == sizeof(disks))
		memcpy(&disks, payload, sizeof(disks));
	return disks.way < DISK_WAYS ? disks.way : DISKS_NONE;
}

/* Return: true if the guest needs disks that cannot be plugged: its session is over. */
static bool is_too_late_for(struct session *s, enum disk_way way)
{
	if (!disk_ways[way].cold || s->qemu.cold_disks)
		return false;
	s->cold_disks = way;
	end(s, SESSION_NEEDS_COLD_DISKS);
	return true;
}

static void plug_disks(struct session *s, enum disk_way way)
{
	autofree char *error = NULL;

	message__detail(s->vm, "the guest takes its disks by %s", disk_ways[way].name);
	if (qemu__plug_disks(&s->qemu, way, &error))
		fail_session(s, "its disks cannot be plugged", error);
	else
		send_order(s);
}

/* Return: 0, -EPROTO for a path that leads elsewhere, or -errno. */
static int on_file(struct session *s, const struct frame_header *header, const void *payload)
{
	autofree char *name = text__format("%.*s", (int)header->len_bytes, (const char *)payload);

	if (*name != '/' || strstr(name, "/../") || text__ends_with(name, "/.."))
		return -EPROTO;
	if (s->received_file)
		fclose(s->received_file);
	words__add(&s->received, "%s/received-%d-%zu", s->vm->scratch, getpid(), s->received.count);
	words__add(&s->received_names, "%s", name);
	s->received_file = fopen(s->received.v[s->received.count - 1], "we");
	return s->received_file ? 0 : -errno;
}

static int handle_frame(void *data, const struct frame_header *header, const void *payload)
{
	struct session *s = data;
	struct frame_exit exit_frame;
	enum disk_way way;

	s->last_sign_ms = clock__now_ms();
	/* Forget an earlier NMI: PID 1 was only late, for example after a suspend of the host. */
	s->was_poked = false;
	switch (header->type) {
	case FRAME_READY:
		way = way_of_frame(header, payload);
		if (way == DISKS_NONE)
			return -EPROTO;
		if (!is_too_late_for(s, way))
			on_ready(s);
		break;
	case FRAME_DISKS:
		way = way_of_frame(header, payload);
		if (way == DISKS_NONE)
			return -EPROTO;
		if (!is_too_late_for(s, way))
			plug_disks(s, way);
		break;
	case FRAME_HELLO:
		on_hello(s);
		break;
	case FRAME_DATA:
		return on_data(s, header, payload);
	case FRAME_END:
		/* The command has closed its socket to another guest. */
		s->output_ends[header->stream] = true;
		end_output(s, header->stream);
		break;
	case FRAME_EXIT:
		if (header->len_bytes != sizeof(exit_frame))
			return -EPROTO;
		memcpy(&exit_frame, payload, sizeof(exit_frame));
		s->exited = true;
		s->exit_status = exit_frame.status;
		s->has_journal = exit_frame.has_journal;
		if (s->asked)
			set_deadline(s, ASKED_STOP_MS);
		else if (!s->stopping)
			set_deadline(s, (int64_t)FINISH_MS * s->time_scale);
		break;
	case FRAME_DONE:
		if (header->len_bytes != sizeof(s->done))
			return -EPROTO;
		memcpy(&s->done, payload, sizeof(s->done));
		if (s->received_file)
			fclose(s->received_file);
		s->received_file = NULL;
		end(s, s->asked ? SESSION_SIGNAL : s->stopping ? SESSION_TIMEOUT : SESSION_DONE);
		break;
	case FRAME_FILE:
		return on_file(s, header, payload);
	case FRAME_BYTES:
		if (!s->received_file)
			return -EPROTO;
		fwrite(payload, 1, header->len_bytes, s->received_file);
		break;
	case FRAME_ERROR:
		free(s->reason);
		s->reason = text__format("%.*s", (int)header->len_bytes, (const char *)payload);
		end(s, SESSION_STUCK);
		break;
	}
	return 0;
}

/* Return: true if the channel is still open. */
static bool receive(struct session *s)
{
	int err = channel__receive(&s->channel, handle_frame, s);

	/* If QEMU has ended, the event of its pidfd handles that. */
	if (err == -EPROTO)
		end(s, SESSION_CHANNEL_BROKE);
	return !err;
}

/* Return: true if there may be more to read. */
static bool read_console(struct session *s)
{
	char buffer[16384];
	ssize_t n = read(s->qemu.console_fd, buffer, sizeof(buffer));

	if (n <= 0)
		return false;
	console__add(&s->console, buffer, n);
	/*
	 * Console output is a sign of life only during boot, after an NMI and in a panic: otherwise
	 * a kernel that hangs may still log.
	 */
	if (!s->up || s->was_poked || s->console.marks[MARK_PANIC])
		s->last_sign_ms = clock__now_ms();
	return true;
}

static void read_errors(struct session *s)
{
	size_t len = strlen(s->qemu_errors);
	char rest[512];
	ssize_t n;

	while ((n = read(s->qemu.errors_fd, rest, sizeof(rest))) > 0) {
		size_t room = sizeof(s->qemu_errors) - 1 - len;
		size_t kept = (size_t)n < room ? (size_t)n : room;

		memcpy(s->qemu_errors + len, rest, kept);
		len += kept;
		s->qemu_errors[len] = '\0';
	}
}

/* Return: true if stdin may be read. A background job that reads the terminal is stopped. */
static bool may_read(const struct session *s, int stream)
{
	pid_t foreground;

	if (stream == STREAM_STDIN && s->is_peer)
		return false;
	if (!s->up || s->exited || s->input_ended[stream] || !channel__room(&s->channel, stream))
		return false;
	if (stream != STREAM_STDIN)
		return true;
	foreground = isatty(STDIN_FILENO) ? tcgetpgrp(STDIN_FILENO) : -1;
	return foreground < 0 || foreground == getpgrp();
}

static void read_input(struct session *s, int stream)
{
	char buffer[CHANNEL_PAYLOAD_BYTES];
	ssize_t n = read(input_fd(s, stream), buffer, channel__room(&s->channel, stream));

	if (n < 0 && (errno == EAGAIN || errno == EINTR))
		return;
	if (n <= 0) {
		s->input_ended[stream] = true;
		channel__send(&s->channel, FRAME_END, stream, NULL, 0);
		return;
	}
	if (stream == STREAM_STDIN && s->terminal.raw && memchr(buffer, ESCAPE_CHARACTER, n))
		end(s, SESSION_ESCAPE);
	channel__send(&s->channel, FRAME_DATA, stream, buffer, n);
}

static void write_output(struct session *s, int stream)
{
	long n = queue__write(&s->output[stream], output_fd(s, stream), WRITE_BYTES);

	if (n < 0) {
		if (stream == STREAM_STDOUT)
			s->vm->stdout_error = -n;
		/*
		 * Nobody reads this output. The next write of the command must fail too, as it
		 * would without a guest.
		 */
		n = queue__length(&s->output[stream]);
		queue__free(&s->output[stream]);
		s->output_closed[stream] = true;
		channel__send(&s->channel, FRAME_CLOSED, stream, NULL, 0);
	}
	if (n > 0)
		channel__grant(&s->channel, stream, n);
	end_output(s, stream);
}

static void send_signal(struct session *s, int number)
{
	struct frame_signal frame = { .number = number };

	if (s->up)
		channel__send(&s->channel, FRAME_SIGNAL, 0, &frame, sizeof(frame));
}

/*
 * The first signal ends the command, which may still print its summary and write its results. The
 * second one ends the guest. A peer's guest ends at once, because the head has its results.
 */
static void on_ending_signal(struct session *s, int number)
{
	if (!s->up || s->is_peer || s->asked) {
		s->vm->ending_signal = number;
		end(s, SESSION_SIGNAL);
		return;
	}
	s->asked = true;
	s->vm->asked_signal = number;
	message__say(s->vm, "%s: ending the command; again: end the guest at once",
		     strsignal(number));
	send_signal(s, number);
	if (!s->stopping)
		set_deadline(s, s->exited ? ASKED_STOP_MS : ASKED_MS);
}

static void read_signals(struct session *s)
{
	struct signalfd_siginfo info;

	while (read(s->vm->signal_fd, &info, sizeof(info)) == sizeof(info)) {
		switch (info.ssi_signo) {
		case SIGINT:
		case SIGTERM:
		case SIGHUP:
			on_ending_signal(s, info.ssi_signo);
			break;
		case SIGWINCH:
			if (s->vm->opt.shell && s->up)
				send_window(s);
			break;
		default:
			send_signal(s, info.ssi_signo);
		}
	}
}

static bool outputs_wait(const struct session *s)
{
	for (int i = 0; i < STREAMS; i++)
		if (queue__length(&s->output[i]))
			return true;
	return false;
}

static struct pollfd wait_for_output(const struct session *s, int stream)
{
	return (struct pollfd){
		.fd = queue__length(&s->output[stream]) ? output_fd(s, stream) : -1,
		.events = POLLOUT,
	};
}

static void on_deadline(struct session *s)
{
	if (!s->up) {
		end(s, SESSION_BOOT_TIMEOUT);
	} else if (s->asked && (s->stopping || s->exited)) {
		end(s, SESSION_SIGNAL);
	} else if (s->stopping) {
		end(s, SESSION_TIMEOUT);
	} else if (s->exited) {
		end(s, SESSION_STUCK);
	} else {
		/* Tell the guest to dump its tasks and to save the results, if it still can. */
		s->stopping = true;
		channel__send(&s->channel, FRAME_STOP, 0, NULL, 0);
		set_deadline(s, s->asked ? ASKED_STOP_MS : (int64_t)STOP_MS * s->time_scale);
	}
}

/*
 * Return: how long the guest may be silent now. With panic=-1, a panic resets the machine at once;
 * a kernel that hangs in its panic is killed after some silence. While the command runs, PID 1
 * sends a sign of life once a second.
 */
static int64_t silence_ms(const struct session *s)
{
	/* gdb may have stopped the guest. */
	if (s->vm->opt.gdb_kernel)
		return NEVER;
	if (s->console.marks[MARK_PANIC])
		return (int64_t)PANIC_SILENCE_MS * s->time_scale;
	if (s->was_poked)
		return (int64_t)NMI_MS * s->time_scale;
	if (s->up && !s->exited && !s->stopping && s->hang_timeout_s)
		return s->hang_timeout_s * 1000LL;
	return NEVER;
}

static int64_t next_deadline(const struct session *s)
{
	int64_t silence = silence_ms(s);

	if (silence != NEVER && s->last_sign_ms + silence < s->deadline_ms)
		return s->last_sign_ms + silence;
	return s->deadline_ms;
}

/*
 * Send an NMI, which reaches a CPU even with interrupts disabled. The kernel logs where the CPU
 * hangs, and panics.
 */
static void on_silence(struct session *s)
{
	if (s->console.marks[MARK_PANIC]) {
		end(s, SESSION_STUCK);
	} else if (s->was_poked) {
		end(s, SESSION_HANGS);
	} else {
		s->was_poked = true;
		s->last_sign_ms = clock__now_ms();
		qemu__inject_nmi(&s->qemu);
	}
}

static void check_deadline(struct session *s)
{
	int64_t now = clock__now_ms();

	if (now >= s->deadline_ms)
		on_deadline(s);
	else if (now >= next_deadline(s))
		on_silence(s);
}

static int poll_timeout_ms(const struct session *s)
{
	int64_t deadline_ms = next_deadline(s);
	int64_t left_ms = deadline_ms - clock__now_ms();

	if (deadline_ms == NEVER)
		return -1;
	if (left_ms <= 0)
		return 0;
	return left_ms > 1000000 ? 1000000 : left_ms + 1;
}

/* QEMU has ended: read the rest of its output from the pipes. */
static void on_qemu_end(struct session *s)
{
	siginfo_t info = {};

	while (receive(s) && s->end == SESSION_RUNS)
		;
	while (read_console(s))
		;
	read_errors(s);
	if (!waitid(P_PID, s->qemu.pid, &info, WEXITED | WNOWAIT | WNOHANG))
		s->qemu_status = info.si_code == CLD_EXITED ? info.si_status :
							      EXIT_SIGNAL_BASE + info.si_status;
	end(s, SESSION_QEMU_ENDED);
}

static void step(struct session *s)
{
	struct pollfd pfds[WAITS] = {
		[WAIT_QEMU] = { s->qemu.pidfd, POLLIN, 0 },
		[WAIT_CHANNEL] = { s->channel.fd, POLLIN, 0 },
		[WAIT_CONSOLE] = { s->qemu.console_fd, POLLIN, 0 },
		[WAIT_ERRORS] = { s->qemu.errors_fd, POLLIN, 0 },
		[WAIT_SIGNAL] = { s->vm->signal_fd, POLLIN, 0 },
	};
	int timeout_ms = poll_timeout_ms(s);
	int64_t start_ms = clock__now_ms(), woken_ms;

	for (int i = 0; i < STREAMS; i++) {
		pfds[WAIT_INPUTS + i] =
			(struct pollfd){ may_read(s, i) ? input_fd(s, i) : -1, POLLIN, 0 };
		pfds[WAIT_OUTPUTS + i] = wait_for_output(s, i);
	}
	if (queue__length(&s->channel.out))
		pfds[WAIT_CHANNEL].events |= POLLOUT;
	if (poll(pfds, WAITS, timeout_ms) < 0)
		return;
	woken_ms = clock__now_ms();
	if (timeout_ms >= 0 && woken_ms > start_ms + timeout_ms + STOPPED_MS)
		s->last_sign_ms = woken_ms;
	if (pfds[WAIT_SIGNAL].revents)
		read_signals(s);
	if (pfds[WAIT_CHANNEL].revents & POLLOUT)
		channel__flush(&s->channel);
	if (pfds[WAIT_CHANNEL].revents & POLLIN)
		receive(s);
	if (pfds[WAIT_CONSOLE].revents)
		read_console(s);
	if (pfds[WAIT_ERRORS].revents)
		read_errors(s);
	for (int i = 0; i < STREAMS; i++) {
		if (pfds[WAIT_INPUTS + i].revents)
			read_input(s, i);
		if (pfds[WAIT_OUTPUTS + i].revents)
			write_output(s, i);
	}
	if (pfds[WAIT_QEMU].revents)
		on_qemu_end(s);
	/*
	 * If a write blocked on a paused terminal, vmtest could not read the guest's signs of life.
	 */
	if (clock__now_ms() > woken_ms + STOPPED_MS)
		s->last_sign_ms = clock__now_ms();
	check_deadline(s);
}

/*
 * After the end of the guest: wait until a slow reader has got all output. After a signal it gets
 * what it takes in a second.
 */
static void write_rest(struct session *s)
{
	int64_t end_ms = clock__now_ms() + ASKED_REST_MS;

	while (outputs_wait(s) && !s->vm->ending_signal &&
	       !(s->asked && clock__now_ms() >= end_ms)) {
		struct pollfd pfds[STREAMS + 1];

		for (int i = 0; i < STREAMS; i++)
			pfds[i] = wait_for_output(s, i);
		pfds[STREAMS] = (struct pollfd){ s->vm->signal_fd, POLLIN, 0 };
		if (poll(pfds, ARRAY_SIZE(pfds), s->asked ? ASKED_REST_MS : -1) < 0)
			continue;
		for (int i = 0; i < STREAMS; i++)
			if (pfds[i].revents)
				write_output(s, i);
		if (signals__interrupted(s->vm))
			s->end = SESSION_SIGNAL;
	}
}

void session__run(struct session *s)
{
	fcntl(s->channel.fd, F_SETFL, O_NONBLOCK);
	s->console.echo = s->vm->opt.verbose;
	s->last_sign_ms = clock__now_ms();
	if (s->is_restored) {
		/* Restoring takes a quarter of the time of a boot, or less. */
		set_deadline(s, s->vm->opt.boot_timeout_s * 1000LL / 4);
		on_ready(s);
	} else {
		set_deadline(s, s->vm->opt.gdb_kernel ? 0 : s->vm->opt.boot_timeout_s * 1000LL);
	}
	while (s->end == SESSION_RUNS)
		step(s);
	while (s->end != SESSION_QEMU_ENDED && read_console(s))
		;
	qemu__end(&s->qemu);
	write_rest(s);
	terminal__restore(&s->terminal);
}

void session__free(struct session *s)
{
	terminal__restore(&s->terminal);
	qemu__end(&s->qemu);
	channel__free(&s->channel);
	console__close(&s->console);
	for (int i = 0; i < STREAMS; i++)
		queue__free(&s->output[i]);
	if (s->received_file)
		fclose(s->received_file);
	s->received_file = NULL;
	words__free(&s->received);
	words__free(&s->received_names);
	free(s->reason);
	s->reason = NULL;
	free(s->order);
	s->order = NULL;
}
