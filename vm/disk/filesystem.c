// SPDX-License-Identifier: GPL-2.0-only
/*
 * Writes the files of a list into a file system in an image, with libext2fs.
 *
 * The files are read where they are on the host, and no other file is made there. Links in a path
 * are followed inside of the image: /lib/modules is in /usr/lib/modules if /lib is a link to it.
 */
#include <errno.h>
#include <ext2fs/ext2fs.h>
#include <fcntl.h>
#include <stddef.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>
#include <unistd.h>

#include "runner/text/cleanup.h"
#include "runner/text/error.h"
#include "vm/disk/filesystem.h"
#include "vm/disk/staging.h"
#include "vm/host/exit_status.h"
#include "vm/host/message.h"
#include "vm/host/signals.h"
#include "vm/host/text.h"
#include "vm/host/vmtest.h"

#define CHUNK_BYTES (256 * 1024)

/**
 * struct filling - a file system that is being filled
 * @folder: path of the folder of the last entry, because the next one is mostly in it too
 * @folder_ino: inode of @folder
 * @chunk: room for CHUNK_BYTES of a file
 */
struct filling {
	struct vmtest *vm;
	ext2_filsys fs;
	char *folder;
	ext2_ino_t folder_ino;
	char *chunk;
};

/* Copy @len_bytes of the file, or fewer if it has become shorter. */
static errcode_t copy_range(struct filling *filling, int from, ext2_file_t to, off_t start,
			    off_t len_bytes)
{
	errcode_t err = ext2fs_file_llseek(to, start, EXT2_SEEK_SET, NULL);

	while (!err && len_bytes > 0) {
		ssize_t n = pread(from, filling->chunk,
				  len_bytes < CHUNK_BYTES ? len_bytes : CHUNK_BYTES, start);

		if (n <= 0)
			return n ? errno : 0;
		if (signals__interrupted(filling->vm))
			return EINTR;
		err = ext2fs_file_write(to, filling->chunk, n, NULL);
		start += n;
		len_bytes -= n;
	}
	return err;
}

/* Copy what is not a hole. The file may change while it is copied; its size stays @size_bytes. */
static errcode_t copy_contents(struct filling *filling, int from, ext2_file_t to, off_t size_bytes)
{
	errcode_t err = ext2fs_file_set_size2(to, size_bytes);
	off_t data = 0, hole;

	while (!err && data < size_bytes) {
		data = lseek(from, data, SEEK_DATA);
		if (data < 0)
			return errno == ENXIO ? 0 : errno;
		hole = lseek(from, data, SEEK_HOLE);
		if (hole < 0 || hole > size_bytes)
			hole = size_bytes;
		err = data < hole ? copy_range(filling, from, to, data, hole - data) : 0;
		data = hole;
	}
	return err;
}

/* Make an empty file with this status, and open it. */
static errcode_t create(struct filling *filling, const char *name, const struct stat *status,
			ext2_file_t *file)
{
	struct ext2_inode inode = { .i_mode = S_IFREG | (status->st_mode & 07777),
				    .i_links_count = 1,
				    .i_atime = status->st_atime,
				    .i_mtime = status->st_mtime };
	ext2_extent_handle_t extents;
	ext2_filsys fs = filling->fs;
	ext2_ino_t ino;
	errcode_t err = ext2fs_new_inode(fs, filling->folder_ino, inode.i_mode, NULL, &ino);

	err = err ?: ext2fs_link(fs, filling->folder_ino, name, ino, EXT2_FT_REG_FILE);
	if (err)
		return err;
	ext2fs_inode_alloc_stats2(fs, ino, 1, 0);
	err = ext2fs_write_new_inode(fs, ino, &inode);
	err = err ?: ext2fs_extent_open2(fs, ino, &inode, &extents);
	if (err)
		return err;
	ext2fs_extent_free(extents);
	err = ext2fs_write_inode(fs, ino, &inode);
	return err ?: ext2fs_file_open2(fs, ino, &inode, EXT2_FILE_WRITE, file);
}

static errcode_t make_file(struct filling *filling, const char *name, const char *from)
{
	autoclose int fd = open(from, O_RDONLY | O_CLOEXEC);
	errcode_t err, close_err;
	struct stat status;
	ext2_file_t file;

	if (fd < 0)
		return errno == ENOENT ? 0 : errno;
	if (fstat(fd, &status))
		return errno;
	err = create(filling, name, &status, &file);
	if (err)
		return err;
	err = copy_contents(filling, fd, file, status.st_size);
	close_err = ext2fs_file_close(file);
	return err ?: close_err;
}

static errcode_t make_text(struct filling *filling, const char *name, const char *text)
{
	const struct stat status = { .st_mode = 0644 };
	errcode_t err, close_err;
	ext2_file_t file;

	err = create(filling, name, &status, &file);
	if (err)
		return err;
	err = ext2fs_file_write(file, text, strlen(text), NULL);
	close_err = ext2fs_file_close(file);
	return err ?: close_err;
}

static errcode_t make_folder(struct filling *filling, const char *name, const struct stat *status)
{
	ext2_filsys fs = filling->fs;
	struct ext2_inode inode;
	ext2_ino_t ino;
	errcode_t err =
		ext2fs_new_inode(fs, filling->folder_ino, S_IFDIR | status->st_mode, NULL, &ino);

	err = err ?: ext2fs_mkdir(fs, filling->folder_ino, ino, name);
	err = err ?: ext2fs_read_inode(fs, ino, &inode);
	if (err)
		return err;
	inode.i_mode = S_IFDIR | (status->st_mode & 07777);
	if (status->st_mtime) {
		inode.i_atime = status->st_atime;
		inode.i_mtime = status->st_mtime;
	}
	return ext2fs_write_inode(fs, ino, &inode);
}

/* Return: 0, EXT2_ET_DIR_NO_SPACE if the folder has no room for the name, or another error. */
static errcode_t make(struct filling *filling, const struct staged *staged)
{
	const char *name = text__last_part(staged->to);

	switch (staged->kind) {
	case STAGED_FOLDER:
		return make_folder(filling, name, &staged->status);
	case STAGED_LINK:
		return ext2fs_symlink(filling->fs, filling->folder_ino, 0, name, staged->from);
	case STAGED_TEXT:
		return make_text(filling, name, staged->from);
	case STAGED_FILE:
		return make_file(filling, name, staged->from);
	}
	return 0;
}

/* Set the folder of the filling to the one that gets an entry with this path. */
static errcode_t find_folder(struct filling *filling, const char *path)
{
	size_t len = strrchr(path, '/') - path;
	errcode_t err;

	if (filling->folder && strlen(filling->folder) == len &&
	    !strncmp(filling->folder, path, len))
		return 0;
	free(filling->folder);
	filling->folder = text__format("%.*s", (int)len, path);
	filling->folder_ino = EXT2_ROOT_INO;
	err = len ? ext2fs_namei_follow(filling->fs, EXT2_ROOT_INO, EXT2_ROOT_INO, filling->folder,
					&filling->folder_ino) :
		    0;
	return err;
}

static errcode_t add(struct filling *filling, const struct staged *staged)
{
	const char *name = text__last_part(staged->to);
	errcode_t err = find_folder(filling, staged->to);
	ext2_ino_t ino;

	err = err   ?:
		      ext2fs_lookup(filling->fs, filling->folder_ino, name, strlen(name), NULL,
				    &ino);
	/* By links, two paths may be the same. */
	if (err != EXT2_ET_FILE_NOT_FOUND)
		return err;
	err = make(filling, staged);
	if (err != EXT2_ET_DIR_NO_SPACE)
		return err;
	err = ext2fs_expand_dir(filling->fs, filling->folder_ino);
	return err ?: make(filling, staged);
}

/* Say that an entry, or NULL for the whole disk, could not be written. */
static int cannot_write(struct vmtest *vm, const struct staged *staged, errcode_t err)
{
	const char *what = !staged                     ? "files" :
			   staged->kind == STAGED_FILE ? staged->from :
							 staged->to;
	bool is_full = err == ENOSPC || err == EDQUOT || err == EFBIG;
	int ret = signals__interrupted(vm);

	if (ret)
		return ret;
	return message__fail(EXIT_HOST_SETUP, "cannot copy %s to a disk of the guest: %s%s", what,
			     err < EXT2_ET_BASE ? error__text(err) : error_message(err),
			     is_full ? "; name a roomier place with VMTEST_CACHE and TMPDIR" : "");
}

int filesystem__fill(struct vmtest *vm, const struct staging *staging, const char *image)
{
	struct filling filling = { .vm = vm, .chunk = malloc(CHUNK_BYTES) };
	const struct staged *staged = NULL;
	errcode_t err;

	if (!filling.chunk)
		abort();
	initialize_ext2_error_table();
	err = ext2fs_open(image, EXT2_FLAG_RW | EXT2_FLAG_64BITS, 0, 0, unix_io_manager,
			  &filling.fs);
	err = err ?: ext2fs_read_bitmaps(filling.fs);
	for (size_t i = 0; !err && i < staging->count; i++) {
		staged = &staging->v[i];
		err = signals__interrupted(vm) ? EINTR : add(&filling, staged);
	}
	if (!err) {
		staged = NULL;
		err = ext2fs_close_free(&filling.fs);
	} else if (filling.fs) {
		ext2fs_free(filling.fs);
	}
	free(filling.folder);
	free(filling.chunk);
	return err ? cannot_write(vm, staged, err) : 0;
}
