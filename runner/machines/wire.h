/* SPDX-License-Identifier: GPL-2.0-only */
/*
 * A connection between two machines of a run: objects of JSON, one a line, in both directions.
 * Nothing here waits: what the other side does not read yet is kept in a queue.
 */
#ifndef RUNNER_MACHINES_WIRE_H
#define RUNNER_MACHINES_WIRE_H

#include <stdbool.h>
#include <stddef.h>

struct json_object;

/* The limit for one line. The longest ones have the log of a test, at most 512 KiB, escaped. */
#define WIRE_LINE_MAX_BYTES  (16 << 20)
/* The limit for what the other side has not read. */
#define WIRE_QUEUE_MAX_BYTES (64 << 20)

struct wire {
	int fd;         /* the descriptor; -1: closed */
	int epoll_fd;   /* the event loop that watches it; -1: none */
	void *tag;      /* data of its epoll events */
	bool is_full;   /* the event loop waits until more can be written */
	bool has_ended; /* no more can be read */
	int error;      /* why it does not work any more: a negative errno, or 0 */
	char *in;
	size_t in_bytes, in_used_bytes, in_room; /* of @in, that much was read and taken */
	char *out;
	size_t out_bytes, out_room;
};

/**
 * wire__open() - begin to use a descriptor, which wire__close() closes
 * @epoll_fd: watches the descriptor, with @tag as data of its events; -1: nobody does
 *
 * Return: 0 or a negative errno.
 */
int wire__open(struct wire *wire, int fd, int epoll_fd, void *tag);

/** wire__send() - queue an object and free it; writes as much as possible */
void wire__send(struct wire *wire, struct json_object *object);

/** wire__serve() - read and write as much as possible, after an event of the descriptor */
void wire__serve(struct wire *wire);

/**
 * wire__next() - take the next line that was read
 * @object: set to the object, owned by the caller
 *
 * Return: 1; 0 if there is no whole line; -EBADMSG if the line is not an object of JSON.
 */
int wire__next(struct wire *wire, struct json_object **object);

/** wire__has_sent_all() - whether the other side has everything, or will never read it */
bool wire__has_sent_all(const struct wire *wire);

/** wire__close() - close the descriptor and free the buffers */
void wire__close(struct wire *wire);

#endif
