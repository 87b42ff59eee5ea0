// SPDX-License-Identifier: GPL-2.0-only
/*
 * Reads and writes the launcher's order to PID 1, which goes over the channel.
 *
 * An order consists of strings that end with a NUL. The first character of each is its kind, the
 * rest is its value:
 *
 *   Rpath   folder of the tree   Tlines,columns  on a terminal of this size
 *   Fpath   working folder
 *   Ename=value  environment     Aword           next word of the command
 *   Pnumber of sockets to other guests         Llevel of the console
 *   S  send files of the results folder
 */
#include <errno.h>
#include <stdbool.h>
#include <stddef.h>
#include <stdio.h>
#include <stdlib.h>

#include "vm/guest/channel.h"
#include "vm/guest/order.h"
#include "vm/host/text.h"
#include "vm/host/words.h"

void order__write(FILE *out, const struct order *order)
{
	fprintf(out, "R%s%c", order->tree, '\0');
	fprintf(out, "F%s%c", order->folder, '\0');
	if (order->terminal)
		fprintf(out, "T%u,%u%c", order->rows, order->columns, '\0');
	if (order->peers)
		fprintf(out, "P%u%c", order->peers, '\0');
	if (order->sends_results)
		fprintf(out, "S%c", '\0');
	if (order->console_level)
		fprintf(out, "L%u%c", order->console_level, '\0');
	for (size_t i = 0; i < order->environment.count; i++)
		fprintf(out, "E%s%c", order->environment.v[i], '\0');
	for (size_t i = 0; i < order->argv.count; i++)
		fprintf(out, "A%s%c", order->argv.v[i], '\0');
}

int order__read(FILE *in, struct order *order)
{
	char *field = NULL;
	size_t size = 0;

	*order = (struct order){};
	while (getdelim(&field, &size, '\0', in) > 0) {
		switch (*field) {
		case 'R':
			free(order->tree);
			order->tree = text__copy(field + 1);
			break;
		case 'F':
			free(order->folder);
			order->folder = text__copy(field + 1);
			break;
		case 'T':
			order->terminal = true;
			sscanf(field + 1, "%u,%u", &order->rows, &order->columns);
			break;
		case 'P':
			sscanf(field + 1, "%u", &order->peers);
			if (order->peers > PEERS_MAX)
				order->peers = PEERS_MAX;
			break;
		case 'S':
			order->sends_results = true;
			break;
		case 'L':
			sscanf(field + 1, "%u", &order->console_level);
			break;
		case 'E':
			words__add(&order->environment, "%s", field + 1);
			break;
		case 'A':
			words__add(&order->argv, "%s", field + 1);
			break;
		}
	}
	free(field);
	return order->tree && order->folder && order->argv.count ? 0 : -EINVAL;
}

void order__free(struct order *order)
{
	free(order->tree);
	free(order->folder);
	words__free(&order->environment);
	words__free(&order->argv);
}
