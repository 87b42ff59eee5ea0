// SPDX-License-Identifier: GPL-2.0-only
/*
 * Runs the command in the guest and carries its streams over the channel.
 *
 * One poll loop waits for the channel, the command's pipes (or its terminal), its sockets to other
 * guests, and a signalfd for SIGCHLD. As PID 1, this process reaps all orphans. When the command ends, all processes that it
 * left behind are killed, so that the pipes reach their end.
 */
#include <errno.h>
#include <fcntl.h>
#include <poll.h>
#include <signal.h>
#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>
#include <stdio.h>
#include <string.h>
#include <sys/ioctl.h>
#include <sys/signalfd.h>
#include <sys/socket.h>
#include <sys/types.h>
#include <sys/wait.h>
#include <termios.h>
#include <unistd.h>

#include "runner/system/clock.h"
#include "runner/text/error.h"
#include "vm/guest/channel.h"
#include "vm/guest/guest_command.h"
#include "vm/guest/guest_log.h"
#include "vm/guest/guest_results.h"
#include "vm/guest/order.h"
#include "vm/host/exit_status.h"
#include "vm/host/text.h"

/* The number of polls before giving up, because a task that cannot be killed keeps pipes open. */
#define DRAIN_POLLS     100
#define DRAIN_POLL_MS   100
/* The interval at which PID 1 tells the launcher that the kernel still runs it. */
#define ALIVE_MS        1000
/* The interval at which ^D is typed after the end of the launcher's input. */
#define END_OF_INPUT_MS 500

/**
 * struct input - what the launcher has sent in a stream
 * @bytes: bytes that the command has not read yet
 * @ungranted_bytes: how many of them are not yet granted back to the launcher
 * @has_ended: the launcher has no more
 */
struct input {
	struct queue bytes;
	size_t ungranted_bytes;
	bool has_ended;
};

/* The state of the command while it runs. */
struct run {
	struct channel *channel; /* the channel to the launcher */
	pid_t pid;               /* process of the command; 0: it has ended */
	pid_t group;             /* its process group */
	int status;
	bool is_ending;   /* a signal of the launcher ends the command */
	bool is_stopped;  /* a signal has stopped the command */
	int signal_fd;    /* the signalfd for SIGCHLD */
	int terminal_fd;  /* master of the command's terminal, or -1 */
	int fds[STREAMS]; /* PID 1's ends of the pipes and sockets, or -1 */
	struct input inputs[STREAMS];
	int64_t next_end_ms;          /* time to type ^D on the terminal again */
	struct guest_results results; /* the files that are sent while the command runs */
	int64_t next_alive_ms;        /* time to send the next sign of life to the launcher */
};

static void close_stream(struct run *run, enum stream stream)
{
	if (run->fds[stream] >= 0)
		close(run->fds[stream]);
	run->fds[stream] = -1;
}

static void exec_command(const struct order *order, const int child_fds[STREAMS])
{
	sigset_t none;
	int err;

	setsid();
	/* The descriptors of the command have the numbers of their streams. */
	for (int i = 0; i < STREAM_PEERS + (int)order->peers; i++)
		dup2(child_fds[i], i);
	if (order->terminal)
		ioctl(STDIN_FILENO, TIOCSCTTY, 0);
	sigemptyset(&none);
	sigprocmask(SIG_SETMASK, &none, NULL);
	signal(SIGPIPE, SIG_DFL);
	clearenv();
	for (size_t i = 0; i < order->environment.count; i++)
		putenv(order->environment.v[i]);
	if (chdir(order->folder))
		dprintf(STDERR_FILENO, "vmtest: cannot enter %s in the guest: " ERRNO_FMT "\n",
			order->folder, ERRNO_ARG(errno));
	execvp(order->argv.v[0], order->argv.v);
	err = errno;
	dprintf(STDERR_FILENO, "vmtest: cannot execute %s in the guest: " ERRNO_FMT "%s\n",
		order->argv.v[0], ERRNO_ARG(err),
		err == ENOENT ? "; bring it into the guest with --with" : "");
	_exit(err == ENOENT ? EXIT_NOT_FOUND : EXIT_CANNOT_EXECUTE);
}

static int open_terminal(struct run *run, const struct order *order, int child_fds[STREAMS])
{
	struct winsize size = { .ws_row = order->rows, .ws_col = order->columns };
	int master = posix_openpt(O_RDWR | O_NOCTTY | O_CLOEXEC);
	int slave = -1;

	if (master >= 0 && !unlockpt(master))
		slave = ioctl(master, TIOCGPTPEER, O_RDWR | O_NOCTTY | O_CLOEXEC);
	if (slave < 0)
		return -errno;
	if (size.ws_row)
		ioctl(master, TIOCSWINSZ, &size);
	fcntl(master, F_SETFL, O_NONBLOCK);
	run->terminal_fd = master;
	run->fds[STREAM_STDIN] = fcntl(master, F_DUPFD_CLOEXEC, 3);
	run->fds[STREAM_STDOUT] = fcntl(master, F_DUPFD_CLOEXEC, 3);
	for (int i = 0; i < STREAM_PEERS; i++)
		child_fds[i] = fcntl(slave, F_DUPFD_CLOEXEC, STREAMS);
	close(slave);
	return 0;
}

static int open_pipes(struct run *run, int child_fds[STREAMS])
{
	for (int i = 0; i < STREAM_PEERS; i++) {
		int ends[2];
		int mine = i == STREAM_STDIN;

		if (pipe2(ends, O_CLOEXEC))
			return -errno;
		run->fds[i] = ends[mine];
		child_fds[i] = ends[!mine];
		fcntl(run->fds[i], F_SETFL, O_NONBLOCK);
	}
	return 0;
}

static int open_peers(struct run *run, const struct order *order, int child_fds[STREAMS])
{
	for (unsigned int i = STREAM_PEERS; i < STREAM_PEERS + order->peers; i++) {
		int ends[2];

		if (socketpair(AF_UNIX, SOCK_STREAM | SOCK_CLOEXEC, 0, ends))
			return -errno;
		run->fds[i] = ends[0];
		child_fds[i] = ends[1];
		fcntl(run->fds[i], F_SETFL, O_NONBLOCK);
	}
	return 0;
}

/* Move a descriptor of the command above all that the command will have. */
static void move_up(int *fd)
{
	int moved = *fd >= 0 && *fd < STREAMS ? fcntl(*fd, F_DUPFD_CLOEXEC, STREAMS) : -1;

	if (moved < 0)
		return;
	close(*fd);
	*fd = moved;
}

static int start(struct run *run, const struct order *order)
{
	int child_fds[STREAMS];
	int err;

	for (int i = 0; i < STREAMS; i++)
		child_fds[i] = -1;
	err = order->terminal ? open_terminal(run, order, child_fds) : open_pipes(run, child_fds);
	err = err ? err : open_peers(run, order, child_fds);
	if (err)
		return err;
	for (int i = 0; i < STREAMS; i++)
		move_up(&child_fds[i]);
	run->pid = fork();
	if (run->pid == 0)
		exec_command(order, child_fds);
	err = run->pid < 0 ? -errno : 0;
	run->group = run->pid;
	for (int i = 0; i < STREAMS; i++)
		if (child_fds[i] >= 0)
			close(child_fds[i]);
	return err;
}

static void reap(struct run *run)
{
	struct signalfd_siginfo info;
	int status;
	pid_t pid;

	while (read(run->signal_fd, &info, sizeof(info)) > 0)
		;
	while ((pid = waitpid(-1, &status, WNOHANG | WUNTRACED)) > 0) {
		if (pid != run->pid)
			continue;
		if (WIFSTOPPED(status)) {
			run->is_stopped = true;
			continue;
		}
		run->pid = 0;
		run->status = WIFSIGNALED(status) ? EXIT_SIGNAL_BASE + WTERMSIG(status) :
						    WEXITSTATUS(status);
	}
}

static void dump_tasks(void)
{
	int fd = open("/proc/sysrq-trigger", O_WRONLY | O_CLOEXEC);

	/* Let the kernel print the blocked tasks and the backtraces of all CPUs on the console. */
	if (fd < 0 || write(fd, "w", 1) != 1 || write(fd, "l", 1) != 1)
		guest_log__say("cannot dump tasks: " ERRNO_FMT, ERRNO_ARG(errno));
	if (fd >= 0)
		close(fd);
}

/*
 * A signal that ends the command is for its whole process group, as from a terminal: a shell does not
 * pass it on.
 */
static void send_signal(struct run *run, int number)
{
	bool ends = number == SIGINT || number == SIGTERM || number == SIGHUP;

	run->is_ending = run->is_ending || ends;
	if (run->pid)
		kill(ends ? -run->group : run->pid, number);
}

static int handle_frame(void *data, const struct frame_header *header, const void *payload)
{
	struct run *run = data;
	struct input *input = &run->inputs[header->stream];
	struct frame_window window;
	struct frame_signal signal;

	switch (header->type) {
	case FRAME_DATA:
		if (run->fds[header->stream] < 0)
			return channel__grant(run->channel, header->stream, header->len_bytes);
		queue__add(&input->bytes, payload, header->len_bytes);
		input->ungranted_bytes += header->len_bytes;
		break;
	case FRAME_END:
		input->has_ended = true;
		break;
	case FRAME_CLOSED:
		close_stream(run, header->stream);
		break;
	case FRAME_WINDOW:
		memcpy(&window, payload, sizeof(window));
		if (run->terminal_fd >= 0)
			ioctl(run->terminal_fd, TIOCSWINSZ,
			      &(struct winsize){ .ws_row = window.rows, .ws_col = window.columns });
		break;
	case FRAME_SIGNAL:
		memcpy(&signal, payload, sizeof(signal));
		send_signal(run, signal.number);
		break;
	case FRAME_STOP:
		dump_tasks();
		kill(-1, SIGKILL);
		break;
	}
	return 0;
}

static int pass_input(struct run *run, enum stream stream)
{
	struct input *input = &run->inputs[stream];
	long n = queue__write(&input->bytes, run->fds[stream], CHANNEL_PAYLOAD_BYTES);

	if (n < 0) {
		/*
		 * The command has closed its input. Do not tell the launcher: as with a pipe on a
		 * host, the writer need not know. Later input is dropped.
		 */
		queue__free(&input->bytes);
		close_stream(run, stream);
		return 0;
	}
	/* A ^D is from PID 1 itself, so it is not granted back to the launcher. */
	if ((size_t)n > input->ungranted_bytes)
		n = input->ungranted_bytes;
	input->ungranted_bytes -= n;
	return n > 0 ? channel__grant(run->channel, stream, n) : 0;
}

/* Return: 0, or -errno of the channel. */
static int pass_output(struct run *run, enum stream stream)
{
	char buffer[CHANNEL_PAYLOAD_BYTES];
	size_t room;

	while (run->fds[stream] >= 0 && (room = channel__room(run->channel, stream))) {
		ssize_t n = read(run->fds[stream], buffer, room);
		int err;

		if (n < 0 && (errno == EAGAIN || errno == EINTR))
			return 0;
		/* read() of a terminal fails with EIO when its last user has closed it. */
		if (n <= 0) {
			close_stream(run, stream);
			return stream < STREAM_PEERS ?
				       0 :
				       channel__send(run->channel, FRAME_END, stream, NULL, 0);
		}
		err = channel__send(run->channel, FRAME_DATA, stream, buffer, n);
		if (err)
			return err;
	}
	return 0;
}

/* Return: what to wait for in a stream. */
static struct pollfd wanted_of(const struct run *run, enum stream stream)
{
	bool writes = (stream == STREAM_STDIN || stream >= STREAM_PEERS) &&
		      queue__length(&run->inputs[stream].bytes);
	bool reads = stream != STREAM_STDIN && channel__room(run->channel, stream);
	short events = (writes ? POLLOUT : 0) | (reads ? POLLIN : 0);

	return (struct pollfd){ .fd = events ? run->fds[stream] : -1, .events = events };
}

/* Pass on what is possible in a stream. Return: 0, or -errno of the channel. */
static int pass(struct run *run, enum stream stream, short revents)
{
	struct input *input = &run->inputs[stream];
	int err = 0;

	if (revents && run->fds[stream] >= 0 && queue__length(&input->bytes))
		err = pass_input(run, stream);
	if (!err && revents && stream != STREAM_STDIN)
		err = pass_output(run, stream);
	if (!input->has_ended || queue__length(&input->bytes) || run->fds[stream] < 0)
		return err;
	/* The launcher has no more: the command reads an end of file. */
	if (stream >= STREAM_PEERS)
		shutdown(run->fds[stream], SHUT_WR);
	else if (run->terminal_fd < 0)
		close_stream(run, stream);
	return err;
}

static int step(struct run *run, int timeout_ms)
{
	struct channel *channel = run->channel;
	struct pollfd pfds[STREAMS + 3];
	struct pollfd *channel_pfd = &pfds[STREAMS], *signal_pfd = &pfds[STREAMS + 1];
	struct pollfd *results_pfd = &pfds[STREAMS + 2];
	int err = 0;

	for (int i = 0; i < STREAMS; i++)
		pfds[i] = wanted_of(run, i);
	*channel_pfd = (struct pollfd){
		.fd = channel->fd,
		.events = POLLIN | (queue__length(&channel->out) ? POLLOUT : 0),
	};
	*signal_pfd = (struct pollfd){ .fd = run->signal_fd, .events = POLLIN };
	*results_pfd = (struct pollfd){ .fd = run->results.inotify_fd, .events = POLLIN };
	timeout_ms = guest_results__wait_ms(&run->results, timeout_ms);
	if (poll(pfds, ARRAY_SIZE(pfds), timeout_ms) < 0)
		return errno == EINTR ? 0 : -errno;
	if (signal_pfd->revents)
		reap(run);
	if (channel_pfd->revents & (POLLIN | POLLERR | POLLHUP))
		err = channel__receive(channel, handle_frame, run);
	if (!err && channel_pfd->revents & POLLOUT)
		err = channel__flush(channel);
	for (int i = 0; !err && i < STREAMS; i++)
		err = pass(run, i, pfds[i].revents);
	if (results_pfd->revents)
		guest_results__note(&run->results);
	return err ? err : guest_results__send(&run->results, channel);
}

/*
 * Continue all processes. A test that stops the command with kill(-1, SIGSTOP) also stops all other
 * processes. This waits for the next sign of life, because some may not have got their SIGSTOP yet.
 * It may happen any number of times: each time costs a second at most, and --timeout ends the
 * command. On a terminal, the user continues the command.
 */
static void continue_all(struct run *run)
{
	static const char text[] = "vmtest: the command was stopped by a signal; it goes on\n";

	if (!run->is_stopped || !run->pid || run->terminal_fd >= 0)
		return;
	run->is_stopped = false;
	guest_log__say("the command was stopped by a signal; it goes on");
	if (channel__room(run->channel, STREAM_STDERR) >= strlen(text))
		channel__send(run->channel, FRAME_DATA, STREAM_STDERR, text, strlen(text));
	kill(-1, SIGCONT);
}

static int say_alive(struct run *run)
{
	if (clock__now_ms() < run->next_alive_ms)
		return 0;
	run->next_alive_ms = clock__now_ms() + ALIVE_MS;
	continue_all(run);
	return channel__send(run->channel, FRAME_ALIVE, 0, NULL, 0);
}

static int drain(struct run *run)
{
	int err = 0;

	kill(-1, SIGKILL);
	for (int i = 0; !err && i < DRAIN_POLLS; i++) {
		if (run->fds[STREAM_STDOUT] < 0 && run->fds[STREAM_STDERR] < 0 &&
		    !queue__length(&run->channel->out))
			break;
		err = step(run, DRAIN_POLL_MS) ?: say_alive(run);
		/* Do not give up before the launcher has taken all output. */
		if (run->channel->under_way_bytes[STREAM_STDOUT] ||
		    run->channel->under_way_bytes[STREAM_STDERR])
			i = -1;
	}
	return err;
}

/*
 * A terminal has no end of file, so type ^D at the end of the input. Repeat it, because the kernel
 * drops a ^D that comes while the terminal changes between line and character mode.
 */
static int step_and_type_end(struct run *run)
{
	struct input *input = &run->inputs[STREAM_STDIN];

	if (!input->has_ended || run->terminal_fd < 0)
		return step(run, ALIVE_MS / 2);
	if (!queue__length(&input->bytes) && clock__now_ms() >= run->next_end_ms) {
		queue__add(&input->bytes, "\4", 1);
		run->next_end_ms = clock__now_ms() + END_OF_INPUT_MS;
	}
	return step(run, END_OF_INPUT_MS);
}

int guest_command__run(struct channel *channel, const struct order *order)
{
	struct run run = {
		.channel = channel,
		.terminal_fd = -1,
		.results = { .inotify_fd = -1 },
	};
	sigset_t set;
	int err;

	for (int i = 0; i < STREAMS; i++)
		run.fds[i] = -1;
	signal(SIGPIPE, SIG_IGN);
	sigemptyset(&set);
	sigaddset(&set, SIGCHLD);
	sigprocmask(SIG_BLOCK, &set, NULL);
	run.signal_fd = signalfd(-1, &set, SFD_NONBLOCK | SFD_CLOEXEC);
	if (order->sends_results)
		guest_results__start(&run.results);
	err = start(&run, order);
	if (err) {
		guest_log__say("cannot start the command: " ERRNO_FMT, ERRNO_ARG(-err));
		return EXIT_CANNOT_EXECUTE;
	}
	/* A shell dies of the signal before the program that it runs has ended its run. */
	while (!err && (run.pid || (run.is_ending && !kill(-run.group, 0))))
		err = step_and_type_end(&run) ?: say_alive(&run);
	err = err ? err : drain(&run);
	if (err)
		guest_log__say("the channel to the launcher broke: " ERRNO_FMT, ERRNO_ARG(-err));
	for (int i = 0; i < STREAMS; i++) {
		close_stream(&run, i);
		queue__free(&run.inputs[i].bytes);
	}
	guest_results__end(&run.results);
	close(run.signal_fd);
	if (run.terminal_fd >= 0)
		close(run.terminal_fd);
	return run.status;
}
