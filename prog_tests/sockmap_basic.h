/* SPDX-License-Identifier: GPL-2.0-only */
/*
 * Helpers that the files of the test sockmap_basic share, and the subtests of each file.
 *
 * These functions assert. A function that returns bool returns true if all its assertions held.
 */
#ifndef SOCKMAP_BASIC_H
#define SOCKMAP_BASIC_H

#include <stdbool.h>
#include <stddef.h>

#include <bpf/bpf.h>
#include <linux/types.h>

/* Two ends of a connection; -1 is a closed end. */
struct socket_pair {
	int from, to;
};

#define NO_SOCKET_PAIR ((struct socket_pair){ .from = -1, .to = -1 })

/* A pair that is closed when it goes out of scope. Initialise it with NO_SOCKET_PAIR. */
#define auto_pair __attribute__((cleanup(sockmap_close_pair)))

/* Connects a pair of sockets. The caller closes the pair, also if the return value is false. */
bool sockmap_open_pair(int family, int type, struct socket_pair *pair);
void sockmap_close_pair(struct socket_pair *pair);

/* Returns the number of bytes that FIONREAD reports for a socket, or a negative errno. */
int sockmap_queued_bytes(int fd);

/* Returns the number of bytes that recv() would return now, or a negative errno. Takes no bytes. */
int sockmap_peeked_bytes(int fd);

/* Waits until count() returns @expected. Polls: bytes that move between queues wake nobody. */
bool sockmap_wait_for_count(int (*count)(int fd), int fd, int expected, const char *name);

/* Waits until a counter of a BPF program has a value. */
bool sockmap_wait_for_counter(__u64 *counter, __u64 expected, const char *name);

bool sockmap_send(int fd, const void *data, size_t len_bytes, const char *name);

/* Receives exactly these bytes, in any number of pieces. */
bool sockmap_receive(int fd, const void *expected, size_t len_bytes, const char *name);

/* Puts a socket into a sockmap or a sockhash. Returns 0 or a negative errno. */
int sockmap_put(int map, __u32 key, int fd, __u64 flags);

/* Asserts that an entry has the socket with this cookie; cookie 0: that there is no entry. */
bool sockmap_check_entry(int map, __u32 key, __u64 cookie, const char *name);

/* Asserts that only the program with this id is attached to a map; id 0: no program. */
bool sockmap_check_attached(int map, enum bpf_attach_type type, __u32 id, const char *name);

/* sockmap_basic_maps.c: entries of maps */
void sockmap_create_update_free(enum bpf_map_type type);
void sockmap_update(enum bpf_map_type target_type);
void sockmap_update_in_unsafe_context(void);
void sockmap_copy(enum bpf_map_type target_type);
void sockmap_unconnected_unix(void);
void sockmap_one_socket_to_many_entries(void);
void sockmap_one_socket_to_many_maps(void);
void sockmap_same_socket_replace(void);
void sockmap_delete_on_close(void);

/* sockmap_basic_sockops.c: entries that a program adds when a connection is established */
void sockmap_insert_sockops_and_destroy(void);

/* sockmap_basic_attach.c: programs attached to maps */
void sockmap_attach_excludes(enum bpf_attach_type first, enum bpf_attach_type second);
void sockmap_attach_with_link(void);
void sockmap_query(enum bpf_attach_type type);

/* sockmap_basic_msg.c: programs that see sent messages */
void sockmap_msg_helpers(enum bpf_map_type type);
void sockmap_msg_helpers_with_link(enum bpf_map_type type);
void sockmap_pop_data_overflow(void);

/* sockmap_basic_verdict.c: programs that see received data */
void sockmap_shutdown(void);
void sockmap_fionread(void);
void sockmap_fionread_on_drop(void);
void sockmap_fionread_without_verdict(void);
void sockmap_fionread_pre_insert(void);
void sockmap_change_tail(void);
void sockmap_peek(void);
void sockmap_peek_with_link(void);
void sockmap_zerocopy(void);
void sockmap_recover(bool parser);
void sockmap_recover_undelivered(void);

/* sockmap_basic_vsock.c: vsock sockets */
void sockmap_vsock_delete_on_close(void);
void sockmap_vsock_poll(void);
void sockmap_vsock_unconnected(void);

#endif
