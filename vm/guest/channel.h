/* SPDX-License-Identifier: GPL-2.0-only */
/*
 * The channel between the launcher and PID 1 of the guest: one virtio-serial port.
 *
 * A frame is a header and up to CHANNEL_PAYLOAD_BYTES of payload. Both sides always read the port,
 * because a guest hangs if it writes to a port that the host does not read. To slow a sender down,
 * each stream therefore has a window: a sender may have at most CHANNEL_WINDOW_BYTES in flight.
 * When the receiver has passed bytes on, it grants the sender the same number again with
 * FRAME_CREDIT.
 */
#ifndef VM_GUEST_CHANNEL_H
#define VM_GUEST_CHANNEL_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#define CHANNEL_PORT_NAME     "vmtest"
#define CHANNEL_PAYLOAD_BYTES (16 * 1024)
#define CHANNEL_WINDOW_BYTES  (512 * 1024)

enum frame_type {
	FRAME_HELLO = 1, /* guest: PID 1 is up and starts the command; payload: uname -r */
	FRAME_DATA,      /* both sides: bytes of a stream */
	FRAME_END,       /* both sides: no more bytes in a stream */
	FRAME_CREDIT,    /* both sides: struct frame_credit */
	FRAME_CLOSED,    /* launcher: nobody reads this stream any more */
	FRAME_EXIT,      /* guest: the command ended; struct frame_exit */
	FRAME_DONE,      /* guest: the results disk is unmounted; struct frame_done */
	FRAME_ERROR,     /* guest: PID 1 cannot continue; payload: the reason */
	FRAME_ALIVE,     /* guest: a sign of life from PID 1 */
	FRAME_WINDOW,    /* launcher: struct frame_window */
	FRAME_SIGNAL,    /* launcher: struct frame_signal */
	FRAME_STOP,      /* launcher: time is up: dump the tasks, end the command, finish */
	FRAME_READY,     /* guest: PID 1 waits for its order; now the guest may be saved */
	FRAME_FRESH,     /* launcher: struct frame_fresh, before the order */
	FRAME_FILE,      /* guest without disks: a file of its results begins; payload: its path */
	FRAME_BYTES,     /* guest without disks: bytes of that file */
	FRAME_DISKS,     /* guest: struct frame_disks, after FRAME_FRESH */
	FRAME_ORDER, /* launcher: bytes of the order (order.h); 0 bytes: the order is complete */
};

/* The largest number of other guests that a guest may talk to. */
#define PEERS_MAX 15

/*
 * The streams of the command, each with one direction, and from STREAM_PEERS on one for each other
 * guest, with both directions. The last one has the files that the command writes for the host.
 */
enum stream {
	STREAM_STDIN,
	STREAM_STDOUT,
	STREAM_STDERR,
	STREAM_PEERS,
	STREAM_FILES = STREAM_PEERS + PEERS_MAX, /* guest: struct file_chunk, path, bytes */
	STREAMS,
};

struct frame_header {
	uint32_t len_bytes;
	uint8_t type;
	uint8_t stream;
	uint16_t zero;
};

struct frame_credit {
	uint32_t bytes;
};

struct frame_exit {
	uint32_t status;
	uint32_t has_journal; /* the command left a journal, because its run is not complete */
};

/**
 * struct frame_fresh - what a restored guest cannot know
 * @time_ns: time of the launcher, by CLOCK_REALTIME
 * @random: random bytes
 */
struct frame_fresh {
	int64_t time_ns;
	uint8_t random[64];
};

/**
 * struct frame_disks - how the launcher is to plug the disks
 * @way: enum disk_way (guest_disks.h)
 */
struct frame_disks {
	uint32_t way;
};

struct frame_done {
	uint64_t has_results; /* the results folder has a file */
	uint64_t free_bytes;
	uint64_t free_files;
	uint64_t size_bytes;
};

/**
 * struct file_chunk - the beginning of a frame in STREAM_FILES
 * @offset: place of the bytes in the file; 0: the file is made, or emptied
 * @path_bytes: length of the path, which follows, relative to the results folder
 * @is_gone: the file was removed
 */
struct file_chunk {
	uint64_t offset;
	uint32_t path_bytes;
	uint32_t is_gone;
};

struct frame_window {
	uint16_t rows;
	uint16_t columns;
};

struct frame_signal {
	uint32_t number;
};

/**
 * struct queue - a buffer of bytes that wait to be written
 * @bytes: the memory
 * @start: offset of the first waiting byte
 * @end: offset after the last waiting byte
 * @size: size of the memory, in bytes
 */
struct queue {
	char *bytes;
	size_t start, end, size;
};

/**
 * queue__length() - The number of waiting bytes.
 * @queue: the queue
 *
 * Return: bytes.
 */
static inline size_t queue__length(const struct queue *queue)
{
	return queue->end - queue->start;
}

/**
 * queue__add() - Append bytes.
 * @queue: the queue
 * @data: the bytes
 * @len_bytes: number of bytes
 */
void queue__add(struct queue *queue, const void *data, size_t len_bytes);

/**
 * queue__write() - Write waiting bytes with one write().
 * @queue: the queue
 * @fd: the descriptor
 * @limit_bytes: maximum number of bytes
 *
 * Return: bytes written, 0 if the descriptor is not ready, or -errno.
 */
long queue__write(struct queue *queue, int fd, size_t limit_bytes);

/**
 * queue__free() - Drop waiting bytes and free the memory.
 * @queue: the queue
 */
void queue__free(struct queue *queue);

/**
 * struct channel - one end of the channel
 * @fd: non-blocking descriptor of the port or socket
 * @out: frames that wait to be sent
 * @in: received bytes that are not yet a whole frame
 * @under_way_bytes: for each stream, number of bytes that were sent and not yet granted back
 */
struct channel {
	int fd;
	struct queue out;
	struct queue in;
	size_t under_way_bytes[STREAMS];
};

/**
 * channel__send() - Queue a frame and send as much as possible.
 * @channel: the channel
 * @type: enum frame_type
 * @stream: the stream that the frame is about, or 0
 * @data: the payload
 * @len_bytes: length of the payload, at most CHANNEL_PAYLOAD_BYTES
 *
 * Return: 0 or -errno.
 */
int channel__send(struct channel *channel, enum frame_type type, enum stream stream,
		  const void *data, size_t len_bytes);

/**
 * channel__flush() - Send as many waiting bytes as possible.
 * @channel: the channel
 *
 * Return: 0 or -errno.
 */
int channel__flush(struct channel *channel);

/**
 * channel__room() - Tell how many bytes of a stream may be sent now.
 * @channel: the channel
 * @stream: the stream
 *
 * Return: bytes, at most CHANNEL_PAYLOAD_BYTES.
 */
size_t channel__room(const struct channel *channel, enum stream stream);

/**
 * channel__grant() - Tell the sender of a stream that bytes were passed on.
 * @channel: the channel
 * @stream: the stream
 * @len_bytes: number of bytes
 *
 * Return: 0 or -errno.
 */
int channel__grant(struct channel *channel, enum stream stream, size_t len_bytes);

/**
 * channel__receive() - Read available bytes and handle whole frames.
 * @channel: the channel
 * @handle: called for each frame except FRAME_CREDIT; a return value other than 0 ends the call
 * @data: passed to @handle
 *
 * Return: 0, -ENOTCONN at the end of file, -errno, or the value of @handle that ended the call.
 */
int channel__receive(struct channel *channel,
		     int (*handle)(void *data, const struct frame_header *header,
				   const void *payload),
		     void *data);

/**
 * channel__free() - Close the descriptor and free the memory.
 * @channel: the channel
 */
void channel__free(struct channel *channel);

#endif
