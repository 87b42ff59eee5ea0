// SPDX-License-Identifier: GPL-2.0-only
/* Reads the kernel's configuration with zlib, which also reads plain files. */
#include <errno.h>
#include <fcntl.h>
#include <limits.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>
#include <sys/utsname.h>
#include <unistd.h>
#include <zlib.h>

#include "runner/needs/kernel_config.h"

/* The size limit of a configuration, which has about 300 KiB today. */
#define CONFIG_MAX_BYTES (8 << 20)

static const char *const places[] = {
	"/boot/config-%s",
	"/lib/modules/%s/config",
	"/usr/lib/modules/%s/config",
	"/usr/lib/ostree-boot/config-%s",
};

static int read_file(struct kernel_config *config, const char *path)
{
	int fd = open(path, O_RDONLY | O_CLOEXEC), n = -1, err = 0;
	struct stat status;
	gzFile file;
	char *text;

	if (fd < 0)
		return -errno;
	if (!fstat(fd, &status) && S_ISDIR(status.st_mode)) {
		close(fd);
		return -EISDIR;
	}
	text = malloc(CONFIG_MAX_BYTES);
	file = text ? gzdopen(fd, "r") : NULL;
	if (file)
		n = gzread(file, text, CONFIG_MAX_BYTES - 1);
	else
		close(fd);
	/* A truncated file lacks options. gzclose() returns an error for it. */
	if ((file && gzclose(file) != Z_OK) || n < 0 || n == CONFIG_MAX_BYTES - 1)
		err = text ? -EINVAL : -ENOMEM;
	else
		text[n] = '\0';
	if (!err && (strlen(text) != (size_t)n || !strstr(text, "\nCONFIG_")))
		err = -EINVAL;
	if (err) {
		free(text);
		return err;
	}
	config->text = realloc(text, n + 1) ?: text;
	config->len_bytes = n;
	config->crc = crc32(0, (const Bytef *)config->text, n);
	config->path = strdup(path);
	return config->path ? 0 : -ENOMEM;
}

int kernel_config__load(struct kernel_config *config, const char *path)
{
	char place[PATH_MAX];
	struct utsname name;
	size_t i;

	memset(config, 0, sizeof(*config));
	if (path)
		return read_file(config, path);
	if (!read_file(config, "/proc/config.gz"))
		return 0;
	uname(&name);
	for (i = 0; i < sizeof(places) / sizeof(places[0]); i++) {
		snprintf(place, sizeof(place), places[i], name.release);
		if (!read_file(config, place))
			return 0;
	}
	return -ENOENT;
}

void kernel_config__value(const struct kernel_config *config, const char *option, char *value,
			  size_t size_bytes)
{
	const char *line = config->text, *end;
	char key[128];
	int len;

	if (!strncmp(option, "CONFIG_", 7))
		option += 7;
	snprintf(value, size_bytes, "n");
	len = snprintf(key, sizeof(key), "\nCONFIG_%s=", option);
	if (!line || len < 0 || len >= (int)sizeof(key))
		return;
	line = strncmp(line, key + 1, len - 1) ? strstr(line, key) : line - 1;
	if (!line)
		return;
	line += len;
	end = line + strcspn(line, "\n");
	if (end - line >= 2 && *line == '"' && end[-1] == '"') {
		line++;
		end--;
	}
	snprintf(value, size_bytes, "%.*s", (int)(end - line), line);
}

void kernel_config__free(struct kernel_config *config)
{
	free(config->path);
	free(config->text);
	memset(config, 0, sizeof(*config));
}
