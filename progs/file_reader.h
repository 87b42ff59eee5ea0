/* SPDX-License-Identifier: GPL-2.0-only */
/*
 * The request from prog_tests/file_reader.c to progs/file_reader.c, and its outcome: one read of
 * one file, done when the test opens a file.
 */
#ifndef FILE_READER_H
#define FILE_READER_H

#define FILE_READ_MAX_BYTES (1024 * 1024)
/* The size of a slice. It must be constant, and is odd, so that slices do not fit into pages. */
#define FILE_SLICE_BYTES    61

/* The initial value of results: kernel functions return only zero or a negative number. */
#define FILE_READ_NOT_RUN 0x7ead

/* What bpf_dynptr_size() returns for a whole file (measured on 7.3). */
#define FILE_NO_SIZE (~0ULL)

struct file_read_request {
	unsigned int tgid;        /* process id of the test: only files that it opens count */
	unsigned long long inode; /* inode of the file that the test opens */
	unsigned long long offset;
	unsigned int len_bytes;
	unsigned int adjust; /* whether to adjust the dynptr to [start, end) first */
	unsigned long long start;
	unsigned long long end;
};

/* The results of the functions, in the order of the calls. */
struct file_read_outcome {
	int opened;                    /* number of runs of the program for all requests */
	int scheduled;                 /* result of bpf_task_work_schedule_signal() */
	int from_file;                 /* result of bpf_dynptr_from_file() */
	int adjusted;                  /* result of bpf_dynptr_adjust() */
	unsigned long long size_bytes; /* result of bpf_dynptr_size() */
	int read;                      /* result of bpf_dynptr_read() */
	int sliced;  /* result of the slice: 0, or -ENODATA if bpf_dynptr_slice() returned NULL */
	int written; /* result of bpf_dynptr_write() */
	int done;    /* number of times that the reading has reached its end */
};

#endif
