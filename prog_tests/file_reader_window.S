/* SPDX-License-Identifier: GPL-2.0-only */
/*
 * The part of the executable that file_reader reads: nothing refers to it but by address, so no
 * one faults it in.
 *
 * Read-only and without relocations: a writable segment, or one that the loader relocates, would
 * be copied by fork or written at start. Word i holds i + 1 times an odd constant, so that content
 * at any other offset differs.
 *
 * Padding on both sides keeps neighbours away: readahead for them, and large folios that hold
 * pages of them, which stay as long as anybody maps one page. The largest folio is 2 MiB on x86.
 * With 1 MiB of padding such a folio kept window and code together (measured on 7.3, ext4, after
 * a readahead of 4 MiB).
 *
 * Aligned to 64 KiB, the largest page size of the architectures that BPF runs on.
 */
#define PAGE_ALIGN_BYTES	65536
#define PADDING_BYTES		(2 * 1024 * 1024)
#define WINDOW_WORDS		(256 * 1024 / 8)
#define WORD_FACTOR		0x9e3779b97f4a7c15

	.section .rodata.file_reader, "a", %progbits
	.balign PAGE_ALIGN_BYTES
	.globl file_reader_padding, file_reader_window
	.globl file_reader_window_end, file_reader_padding_end
	.hidden file_reader_padding, file_reader_window
	.hidden file_reader_window_end, file_reader_padding_end

file_reader_padding:
	.fill PADDING_BYTES, 1, 0
file_reader_window:
	.set index, 1
	.rept WINDOW_WORDS
	.quad index * WORD_FACTOR
	.set index, index + 1
	.endr
file_reader_window_end:
	.fill PADDING_BYTES, 1, 0
file_reader_padding_end:
	/* The private file is this section alone: its end must not lie on the end of a page. */
	.ascii "the end"

	.section .note.GNU-stack, "", %progbits
