/* SPDX-License-Identifier: GPL-2.0-only */
/*
 * The part of the executable that file_reader reads. Code only uses its address and does not read
 * it, so that nobody faults it in.
 *
 * It is read-only and has no relocations: fork would copy a writable segment, and the loader would
 * write to a relocated one. Word i holds i + 1 times an odd constant, so that content
 * at any other offset differs.
 *
 * The padding on both sides keeps out readahead for neighbouring pages. It also keeps out large
 * folios with such pages, which cannot be evicted while anybody maps a page of them. The largest
 * folio is 2 MiB on x86. With 1 MiB of padding, one folio had both window and code (measured on
 * 7.3, ext4, after a readahead of 4 MiB).
 *
 * It is aligned to 64 KiB, the largest page size of the architectures that BPF runs on.
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
	/* The private file has only this section: it must not end at the end of a page. */
	.ascii "the end"

	.section .note.GNU-stack, "", %progbits
