// SPDX-License-Identifier: GPL-2.0-only
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
 *
 * C has no loop that fills an array. At the end is some text, because the private file has only
 * this section, and must not end at the end of a page.
 */
asm("	.set page_align_bytes, 65536\n"
    "	.set padding_bytes, 2 * 1024 * 1024\n"
    "	.set window_words, 256 * 1024 / 8\n"
    "	.set word_factor, 0x9e3779b97f4a7c15\n"
    "\n"
    "	.pushsection .rodata.file_reader, \"a\", %progbits\n"
    "	.balign page_align_bytes\n"
    "	.globl file_reader_padding, file_reader_window\n"
    "	.globl file_reader_window_end, file_reader_padding_end\n"
    "	.hidden file_reader_padding, file_reader_window\n"
    "	.hidden file_reader_window_end, file_reader_padding_end\n"
    "\n"
    "file_reader_padding:\n"
    "	.fill padding_bytes, 1, 0\n"
    "file_reader_window:\n"
    "	.set index, 1\n"
    "	.rept window_words\n"
    "	.quad index * word_factor\n"
    "	.set index, index + 1\n"
    "	.endr\n"
    "file_reader_window_end:\n"
    "	.fill padding_bytes, 1, 0\n"
    "file_reader_padding_end:\n"
    "	.ascii \"the end\"\n"
    "	.popsection\n");
