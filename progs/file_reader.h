/* SPDX-License-Identifier: GPL-2.0-only */
/*
 * The request from prog_tests/file_reader.c to progs/file_reader.c, and its outcome: one read of
 * one file, done when the test opens a file.
 */
#ifndef FILE_READER_H
#define FILE_READER_H

#define FILE_READ_MAX_BYTES (1024 * 1024)
/* Odd, so that it never fits a page; constant, because the size of a slice must be constant. */
#define FILE_SLICE_BYTES    61

/* No kernel function returns this: they return zero or a negative number. */
#define FILE_READ_NOT_RUN 0x7ead

struct file_read_request {
	unsigned int tgid;        /* only files opened by this process count */
	unsigned long long inode; /* inode of the file that it opens */
	unsigned long long offset;
	unsigned int len_bytes;
	unsigned int adjust; /* whether to adjust the dynptr to [start, end) first */
	unsigned long long start;
	unsigned long long end;
};

/* The results of the functions, in the order of the calls. */
struct file_read_outcome {
	int opened;                    /* how often the program ran for this request */
	int scheduled;                 /* bpf_task_work_schedule_signal() */
	int from_file;                 /* bpf_dynptr_from_file() */
	int adjusted;                  /* bpf_dynptr_adjust() */
	unsigned long long size_bytes; /* bpf_dynptr_size() */
	int read;                      /* bpf_dynptr_read() */
	int sliced;                    /* 0, or -ENODATA if bpf_dynptr_slice() returned NULL */
	int written;                   /* bpf_dynptr_write() */
	int done;                      /* how often it has reached the end */
};

#endif
