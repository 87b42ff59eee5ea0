// SPDX-License-Identifier: GPL-2.0-only
/* Hashes by XXH3, which takes 10 ms for a saved guest of 80 MB. */
#include <errno.h>
#include <fcntl.h>
#include <sys/mman.h>
#include <sys/stat.h>
#include <xxhash.h>

#include "runner/text/cleanup.h"
#include "vm/host/hash.h"

uint64_t hash__bytes(const void *bytes, size_t len_bytes)
{
	return XXH3_64bits(bytes, len_bytes);
}

int hash__file(const char *path, uint64_t *hash)
{
	autoclose int fd = open(path, O_RDONLY | O_CLOEXEC);
	struct stat st;
	void *bytes;

	if (fd < 0 || fstat(fd, &st))
		return -errno;
	if (!st.st_size) {
		*hash = hash__bytes(NULL, 0);
		return 0;
	}
	bytes = mmap(NULL, st.st_size, PROT_READ, MAP_PRIVATE | MAP_POPULATE, fd, 0);
	if (bytes == MAP_FAILED)
		return -errno;
	*hash = hash__bytes(bytes, st.st_size);
	munmap(bytes, st.st_size);
	return 0;
}
