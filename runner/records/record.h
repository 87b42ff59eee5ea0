/* SPDX-License-Identifier: GPL-2.0-only */
/*
 * The records that a test process sends to the runner. Each is one message on a SOCK_SEQPACKET
 * socket, which keeps messages whole when several threads or children of the test send at the same
 * time.
 *
 * A record is a fixed header followed by NUL-terminated texts. Both ends are the same program, so
 * the header is sent in the machine's own layout. The reader still checks every length, because a
 * test may overwrite its memory before it sends.
 */
#ifndef RUNNER_RECORDS_RECORD_H
#define RUNNER_RECORDS_RECORD_H

#include <stddef.h>
#include <stdint.h>

#define RECORD_MAGIC     0x74707231 /* the characters "tpr1" */
#define RECORD_TEXTS_MAX 4
#define RECORD_MAX_BYTES (16 << 10)

enum record_type {
	RECORD_BEGIN = 1,        /* the test is isolated and starts; wants an answer */
	RECORD_SUBTEST_BEGIN,    /* number; texts: name, description; wants an answer */
	RECORD_SUBTEST_LEFT_OUT, /* number; texts: name, description */
	RECORD_SUBTEST_END,      /* the subtest has ended; wants an answer */
	RECORD_FAILED,           /* line; texts: file, func, name, text; wants an answer */
	RECORD_SKIP,             /* the test or subtest skips; texts: reason, or none */
	RECORD_FORCE_LOG,
	RECORD_CRASH, /* number: signal; code; address; pc; answer comes after the backtrace */
	RECORD_CHILD_RETURNED,   /* a forked child returned from the test; wants an answer */
	RECORD_ISOLATION_FAILED, /* texts: an error message */
	RECORD_EXPECT_SPLAT,     /* texts: a regular expression; wants an answer */
	RECORD_CAPTURE, /* code: an enum capture_request_kind; the packet monitor answers it */
	/*
	 * In a survey: number: instruction; code: operator; address: key of the program; pc: an enum
	 * mutant_reach; texts: name of the program, file, source line, detail of the change
	 */
	RECORD_MUTANT,
	RECORD_MUTANTS_LEFT_OUT, /* a program is not changed outside of a guest; texts: its name */
	RECORD_MUTANT_LOADED,    /* code: 0, or the negative errno of a mutant that was rejected */
	RECORD_SITE,             /* an assertion was reached: line; texts: func, file, name */
	RECORD_FEATURES,         /* the features of BPF that were used; texts: numbers of rows */
	RECORD_END,              /* the test function returned; wants an answer */
	RECORD_TYPE_MAX,
};

/* What a survey tells about a mutant. */
enum mutant_reach {
	MUTANT_NOT_REACHED, /* the instruction did not run */
	MUTANT_IDLE,        /* it ran, but nothing that happened would have been different */
	MUTANT_REACHED,
};

enum record_flag {
	/*
	 * The sender waits for one byte on the socket. A sender that is not alone on the socket
	 * passes a descriptor along instead, and waits until the receiver closes it.
	 */
	RECORD_WANTS_ANSWER = 1 << 0,
};

struct record_header {
	uint32_t magic;
	uint16_t type;
	uint16_t flags;
	int32_t pid, tid;
	int32_t line;
	int32_t number;
	int32_t code;
	int32_t texts_cnt;
	uint64_t address, pc;
};

struct record {
	struct record_header header;
	const char *texts[RECORD_TEXTS_MAX]; /* a missing text is "" after decoding */
};

/**
 * record__encode() - lay out a record as a message
 * @record: texts may be NULL; a text that does not fit is cut
 * @buffer: room for RECORD_MAX_BYTES
 *
 * Safe in signal handlers.
 *
 * Return: the message's length in bytes.
 */
size_t record__encode(const struct record *record, char *buffer);

/**
 * record__decode() - read a message
 * @record: its texts point into @message
 * @message: may hold anything
 *
 * Return: 0, or -EBADMSG if @message is not a whole, well-formed record.
 */
int record__decode(struct record *record, const char *message, size_t len_bytes);

#endif
