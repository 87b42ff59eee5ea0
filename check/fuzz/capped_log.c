// SPDX-License-Identifier: GPL-2.0-only
/* Pieces of any length into a log: what is kept is its beginning and its end, and no more. */
#include "check/fuzz/fuzz.h"
#include "runner/text/capped_log.h"

#define KEPT_BYTES      (LOG_HEAD_MAX_BYTES + LOG_TAIL_MAX_BYTES)
#define NOTE_MAX_BYTES  96
#define TOTAL_MAX_BYTES (3 << 20)

/* What is written: an endless text that does not repeat itself at round distances. */
static char endless[TOTAL_MAX_BYTES];

static void fill_endless(void)
{
	size_t i;

	for (i = 0; !endless[0] && i < sizeof(endless); i++)
		endless[sizeof(endless) - 1 - i] = 'a' + (i * 7 + i / 4099) % 26;
}

static void check_text(const struct capped_log *log, size_t total)
{
	size_t dropped = total > KEPT_BYTES ? total - KEPT_BYTES : 0;
	size_t head = dropped ? LOG_HEAD_MAX_BYTES : total, len;
	char note[NOTE_MAX_BYTES];
	char *text;

	INVARIANT(log->total_bytes == total && capped_log__dropped_bytes(log) == dropped);
	INVARIANT(log->head_room <= LOG_HEAD_MAX_BYTES && log->tail_bytes <= LOG_TAIL_MAX_BYTES);
	INVARIANT(!total || log->last == endless[total - 1]);
	text = capped_log__text(log, &len);
	INVARIANT(text && len < KEPT_BYTES + NOTE_MAX_BYTES && !text[len]);
	INVARIANT(!memcmp(text, endless, head));
	if (dropped) {
		snprintf(note, sizeof(note), "\n[... %zu bytes of output left out here ...]\n",
			 dropped);
		INVARIANT(len == KEPT_BYTES + strlen(note));
		INVARIANT(!memcmp(text + head, note, strlen(note)));
		INVARIANT(!memcmp(text + head + strlen(note), endless + total - LOG_TAIL_MAX_BYTES,
				  LOG_TAIL_MAX_BYTES));
	} else {
		INVARIANT(len == total);
	}
	free(text);
}

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
	struct input input = { data, size };
	struct capped_log log = {};
	size_t total = 0, len;

	fill_endless();
	while (input.size) {
		/* Two bytes of mantissa, four bits of exponent: up to 1 MiB, to the byte. */
		len = input__byte(&input);
		len = (len | (input__byte(&input) & 0xf) << 8) << (input__byte(&input) & 0xf);
		len += input__byte(&input) & 7;
		if (len > 1 << 20 || total + len > TOTAL_MAX_BYTES)
			break;
		capped_log__add(&log, endless + total, len);
		total += len;
		INVARIANT(log.total_bytes == total);
	}
	check_text(&log, total);
	capped_log__free(&log);
	return 0;
}
