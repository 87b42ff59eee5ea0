/* SPDX-License-Identifier: GPL-2.0-only */
/*
 * Files and folders: what the launcher does with them more than once.
 *
 * All functions return 0 or -errno and print nothing.
 */
#ifndef VM_HOST_FILES_H
#define VM_HOST_FILES_H

#include <stdint.h>
#include <sys/stat.h>

#include "vm/host/text.h"

/**
 * file_read_text() - Read a whole text file.
 * @path: the file
 *
 * Return: its contents, freed by the caller, or NULL with errno set.
 */
char *file_read_text(const char *path);

/**
 * file_write_text() - Create or replace a text file.
 * @path: the file
 * @text: its new contents
 *
 * Return: 0 or -errno.
 */
int file_write_text(const char *path, const char *text);

/**
 * file_write() - Create or replace a file.
 * @path: the file
 * @data: its new contents
 * @len_bytes: how much of it
 *
 * Return: 0 or -errno.
 */
int file_write(const char *path, const void *data, size_t len_bytes);

/**
 * file_copy() - Copy a regular file with its mode and times.
 * @from: the file
 * @to: where to; must not exist
 *
 * Return: 0 or -errno.
 */
int file_copy(const char *from, const char *to);

/**
 * file_link_or_copy() - Make a file appear at a second place, cheaply where possible.
 * @from: the file
 * @to: where to; must not exist
 *
 * Return: 0 or -errno.
 */
int file_link_or_copy(const char *from, const char *to);

/**
 * folder_make() - Make a folder and those above it.
 * @path: the folder; may exist
 *
 * Return: 0 or -errno.
 */
int folder_make(const char *path);

/**
 * folder_remove() - Remove a file or a folder with all that is in it.
 * @path: the folder; need not exist
 *
 * Return: 0 or -errno of the first failure.
 */
int folder_remove(const char *path);

/**
 * folder_lock() - Open a folder and take its lock without waiting.
 * @path: the folder
 *
 * Return: a file descriptor that holds the lock, or -errno; -EWOULDBLOCK: locked by another.
 */
int folder_lock(const char *path);

/**
 * path_exists() - Whether there is something at a path.
 * @path: the path; symbolic links are followed
 *
 * Return: true if there is.
 */
bool path_exists(const char *path);

/**
 * path_is_folder() - Whether there is a folder at a path.
 * @path: the path; symbolic links are followed
 *
 * Return: true if there is.
 */
bool path_is_folder(const char *path);

/**
 * path_absolute() - A path from the root, without "." and "..", symbolic links kept.
 * @path: the path
 *
 * Return: a path that the caller frees.
 */
char *path_absolute(const char *path);

#endif
