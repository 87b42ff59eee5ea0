// SPDX-License-Identifier: GPL-2.0-only
/*
 * What stays on the interfaces of the runner's network namespace: qdiscs that somebody has added,
 * filters of BPF programs, XDP and tcx programs; the interfaces themselves; the flow dissector.
 */
#include <arpa/inet.h>
#include <bpf/bpf.h>
#include <bpf/libbpf.h>
#include <errno.h>
#include <libmnl/libmnl.h>
#include <linux/if_ether.h>
#include <linux/if_link.h>
#include <linux/pkt_cls.h>
#include <linux/pkt_sched.h>
#include <linux/rtnetlink.h>
#include <net/if.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#include "runner/audit/kind.h"
#include "test_progs.h"

#define PROGRAMS_MAX 64
#define TRIES_MAX    5

/* numbers[0] of an object: what it is. The interface is in numbers[1]. */
enum network_object {
	NETWORK_INTERFACE,
	NETWORK_XDP,    /* numbers[2]: XDP_FLAGS_* of the mode */
	NETWORK_QDISC,  /* numbers[2]: handle; [3]: parent */
	NETWORK_FILTER, /* numbers[2]: priority << 16 | SPECIAL | attach point; [3]: handle */
	NETWORK_TCX,    /* numbers[2]: attach type; [3]: whether others come after it */
	NETWORK_FLOW_DISSECTOR,
};

/* libbpf would make another one of it: not direct-action, with a class, an action, a chain, ... */
#define SPECIAL 0x100

struct scan_state {
	struct mnl_socket *socket;
	struct audit_set *set;
	int err;
	int attach_point; /* of the filters that are asked for */
	int specials;     /* of these, how many cannot be made again */
	unsigned int sequence;
};

/* @program: id of the one that is attached, or 0 */
static void add(struct scan_state *state, const char *key, unsigned int program,
		const int numbers[AUDIT_NUMBERS])
{
	struct audit_object *object;
	char value[32];

	snprintf(value, sizeof(value), "program %u", program);
	object = audit_set__add(state->set, key, program ? value : NULL);
	if (!object) {
		state->err = -ENOMEM;
		return;
	}
	memcpy(object->numbers, numbers, sizeof(object->numbers));
	object->holds_kind = program ? &audit_programs : NULL;
	object->holds_id = program;
}

/* Ask for a list, and call @on_message for each answer. */
static int dump(struct scan_state *state, int type, const void *header, size_t header_bytes,
		mnl_cb_t on_message)
{
	char buffer[32 << 10];
	struct nlmsghdr *request = mnl_nlmsg_put_header(buffer);
	unsigned int port = mnl_socket_get_portid(state->socket);
	ssize_t n;
	int ret;

	request->nlmsg_type = type;
	request->nlmsg_flags =
		NLM_F_REQUEST |
		(type == RTM_DELLINK || type == RTM_DELQDISC ? NLM_F_ACK : NLM_F_DUMP);
	request->nlmsg_seq = ++state->sequence;
	memcpy(mnl_nlmsg_put_extra_header(request, header_bytes), header, header_bytes);
	if (mnl_socket_sendto(state->socket, request, request->nlmsg_len) < 0)
		return -errno;
	do {
		n = mnl_socket_recvfrom(state->socket, buffer, sizeof(buffer));
		if (n < 0)
			return -errno;
		ret = mnl_cb_run(buffer, n, request->nlmsg_seq, port, on_message, state);
	} while (ret == MNL_CB_OK);
	return ret < 0 ? -errno : 0;
}

static void add_xdp(struct scan_state *state, int interface, const char *name,
		    const struct nlattr *xdp)
{
	static const struct {
		int attribute, flags;
		const char *mode;
	} modes[] = {
		{ IFLA_XDP_SKB_PROG_ID, XDP_FLAGS_SKB_MODE, "generic" },
		{ IFLA_XDP_DRV_PROG_ID, XDP_FLAGS_DRV_MODE, "driver" },
		{ IFLA_XDP_HW_PROG_ID, XDP_FLAGS_HW_MODE, "hardware" },
	};
	const struct nlattr *attribute;
	char key[128];
	size_t i;

	mnl_attr_for_each_nested(attribute, xdp)
	{
		for (i = 0; i < sizeof(modes) / sizeof(modes[0]); i++) {
			int id;

			if (mnl_attr_get_type(attribute) != modes[i].attribute)
				continue;
			id = mnl_attr_get_u32(attribute);
			snprintf(key, sizeof(key), "XDP program on %s (%s)", name, modes[i].mode);
			add(state, key, id, (int[]){ NETWORK_XDP, interface, modes[i].flags, 0 });
		}
	}
}

static int on_link(const struct nlmsghdr *message, void *context)
{
	const struct ifinfomsg *link = mnl_nlmsg_get_payload(message);
	const struct nlattr *attribute, *xdp = NULL;
	struct scan_state *state = context;
	const char *name = "?";
	char key[128];

	mnl_attr_for_each(attribute, message, sizeof(*link))
	{
		if (mnl_attr_get_type(attribute) == IFLA_IFNAME)
			name = mnl_attr_get_str(attribute);
		if (mnl_attr_get_type(attribute) == IFLA_XDP)
			xdp = attribute;
	}
	snprintf(key, sizeof(key), "interface %s", name);
	add(state, key, 0, (int[]){ NETWORK_INTERFACE, link->ifi_index, 0, 0 });
	if (xdp)
		add_xdp(state, link->ifi_index, name, xdp);
	return state->err ? MNL_CB_ERROR : MNL_CB_OK;
}

static const char *interface_name(int index, char *name)
{
	return if_indextoname(index, name) ?: "an interface that is gone";
}

/* The kernel gives a handle only to what somebody has asked for. */
static int on_qdisc(const struct nlmsghdr *message, void *context)
{
	const struct tcmsg *qdisc = mnl_nlmsg_get_payload(message);
	char key[160], name[IF_NAMESIZE];
	const struct nlattr *attribute;
	struct scan_state *state = context;
	const char *kind = "?";

	if (!qdisc->tcm_handle)
		return MNL_CB_OK;
	mnl_attr_for_each(attribute, message, sizeof(*qdisc))
	{
		if (mnl_attr_get_type(attribute) == TCA_KIND)
			kind = mnl_attr_get_str(attribute);
	}
	snprintf(key, sizeof(key), "qdisc %s %x: on %s", kind, qdisc->tcm_handle >> 16,
		 interface_name(qdisc->tcm_ifindex, name));
	add(state, key, 0,
	    (int[]){ NETWORK_QDISC, qdisc->tcm_ifindex, qdisc->tcm_handle, qdisc->tcm_parent });
	return state->err ? MNL_CB_ERROR : MNL_CB_OK;
}

static int program_of_filter(const struct nlattr *options)
{
	const struct nlattr *attribute;
	int id = 0;

	mnl_attr_for_each_nested(attribute, options)
	{
		if (mnl_attr_get_type(attribute) == TCA_BPF_ID)
			id = mnl_attr_get_u32(attribute);
	}
	return id;
}

static bool is_special_option(const struct nlattr *attribute)
{
	switch (mnl_attr_get_type(attribute)) {
	case TCA_BPF_FLAGS:
		return mnl_attr_get_u32(attribute) != TCA_BPF_FLAG_ACT_DIRECT;
	case TCA_BPF_FLAGS_GEN:
		return mnl_attr_get_u32(attribute) &
		       (TCA_CLS_FLAGS_SKIP_HW | TCA_CLS_FLAGS_SKIP_SW);
	case TCA_BPF_ACT:
	case TCA_BPF_CLASSID:
	case TCA_BPF_POLICE:
		return true;
	}
	return false;
}

static bool is_special_filter(const struct nlmsghdr *message)
{
	const struct tcmsg *filter = mnl_nlmsg_get_payload(message);
	const struct nlattr *attribute, *option;
	bool is_special = (filter->tcm_info & 0xffff) != htons(ETH_P_ALL), has_flags = false;

	mnl_attr_for_each(attribute, message, sizeof(*filter))
	{
		if (mnl_attr_get_type(attribute) == TCA_CHAIN)
			is_special |= mnl_attr_get_u32(attribute) != 0;
		if (mnl_attr_get_type(attribute) == TCA_KIND)
			is_special |= strcmp(mnl_attr_get_str(attribute), "bpf") != 0;
		if (mnl_attr_get_type(attribute) != TCA_OPTIONS)
			continue;
		mnl_attr_for_each_nested(option, attribute)
		{
			is_special |= is_special_option(option);
			has_flags |= mnl_attr_get_type(option) == TCA_BPF_FLAGS;
		}
	}
	return is_special || !has_flags;
}

static int count_special_filter(const struct nlmsghdr *message, void *context)
{
	const struct tcmsg *filter = mnl_nlmsg_get_payload(message);
	struct scan_state *state = context;

	state->specials += filter->tcm_handle && is_special_filter(message);
	return MNL_CB_OK;
}

static int on_filter(const struct nlmsghdr *message, void *context)
{
	const struct tcmsg *filter = mnl_nlmsg_get_payload(message);
	struct scan_state *state = context;
	const struct nlattr *attribute, *options = NULL;
	char key[160], name[IF_NAMESIZE];
	int priority = filter->tcm_info >> 16;
	const char *kind = "?";

	mnl_attr_for_each(attribute, message, sizeof(*filter))
	{
		if (mnl_attr_get_type(attribute) == TCA_KIND)
			kind = mnl_attr_get_str(attribute);
		if (mnl_attr_get_type(attribute) == TCA_OPTIONS)
			options = attribute;
	}
	/* A line without a handle is the head of its list. */
	if (!filter->tcm_handle || strcmp(kind, "bpf") || !options)
		return MNL_CB_OK;
	snprintf(key, sizeof(key), "tc filter on %s (%s, priority %d, handle %u)",
		 interface_name(filter->tcm_ifindex, name),
		 state->attach_point == BPF_TC_INGRESS ? "ingress" : "egress", priority,
		 filter->tcm_handle);
	add(state, key, program_of_filter(options),
	    (int[]){ NETWORK_FILTER, filter->tcm_ifindex,
		     priority << 16 | (is_special_filter(message) ? SPECIAL : 0) |
			     state->attach_point,
		     filter->tcm_handle });
	return state->err ? MNL_CB_ERROR : MNL_CB_OK;
}

static int for_filters(struct scan_state *state, int interface, mnl_cb_t on_message)
{
	struct tcmsg filter = { .tcm_family = AF_UNSPEC, .tcm_ifindex = interface };
	int err;

	state->attach_point = BPF_TC_INGRESS;
	filter.tcm_parent = TC_H_MAKE(TC_H_CLSACT, TC_H_MIN_INGRESS);
	err = dump(state, RTM_GETTFILTER, &filter, sizeof(filter), on_message);
	if (err)
		return err;
	state->attach_point = BPF_TC_EGRESS;
	filter.tcm_parent = TC_H_MAKE(TC_H_CLSACT, TC_H_MIN_EGRESS);
	err = dump(state, RTM_GETTFILTER, &filter, sizeof(filter), on_message);
	return err == -EINVAL ? 0 : err; /* of an ingress qdisc */
}

/* Kernel 6.6 and later; before, the query fails. */
static void add_tcx(struct scan_state *state, int interface)
{
	static const struct {
		enum bpf_attach_type type;
		const char *point;
	} points[] = { { BPF_TCX_INGRESS, "ingress" }, { BPF_TCX_EGRESS, "egress" } };
	char key[160], name[IF_NAMESIZE];
	__u32 ids[PROGRAMS_MAX], k;
	size_t i;

	for (i = 0; i < sizeof(points) / sizeof(points[0]); i++) {
		LIBBPF_OPTS(bpf_prog_query_opts, query, .count = PROGRAMS_MAX, .prog_ids = ids);

		if (bpf_prog_query_opts(interface, points[i].type, &query))
			continue;
		for (k = 0; k < query.count; k++) {
			snprintf(key, sizeof(key), "tcx %u on %s (%s)", ids[k],
				 interface_name(interface, name), points[i].point);
			add(state, key, ids[k],
			    (int[]){ NETWORK_TCX, interface, points[i].type, k + 1 < query.count });
		}
	}
}

static void add_flow_dissector(struct scan_state *state)
{
	__u32 id = 0, cnt = 1, flags;

	/* The namespace is that of the caller, whatever the descriptor. */
	if (bpf_prog_query(0, BPF_FLOW_DISSECTOR, 0, &flags, &id, &cnt) || !cnt)
		return;
	add(state, "flow dissector", id, (int[]){ NETWORK_FLOW_DISSECTOR, 0, 0, 0 });
}

static int open_socket(struct scan_state *state)
{
	state->socket = mnl_socket_open2(NETLINK_ROUTE, SOCK_CLOEXEC);
	if (!state->socket)
		return -errno;
	return mnl_socket_bind(state->socket, 0, MNL_SOCKET_AUTOPID) < 0 ? -errno : 0;
}

static int scan_with(struct scan_state *state)
{
	const struct ifinfomsg link = { .ifi_family = AF_UNSPEC };
	const struct tcmsg qdisc = { .tcm_family = AF_UNSPEC };
	int i, cnt, err;

	err = dump(state, RTM_GETLINK, &link, sizeof(link), on_link);
	cnt = state->set->cnt;
	for (i = 0; i < cnt && !err; i++) {
		if (state->set->objects[i].numbers[0] == NETWORK_INTERFACE)
			add_tcx(state, state->set->objects[i].numbers[1]);
	}
	cnt = state->set->cnt;
	if (!err)
		err = dump(state, RTM_GETQDISC, &qdisc, sizeof(qdisc), on_qdisc);
	/* Programs filter below these two only. */
	for (i = cnt, cnt = state->set->cnt; i < cnt && !err; i++) {
		const struct audit_object *object = &state->set->objects[i];

		if ((unsigned int)object->numbers[3] == TC_H_CLSACT)
			err = for_filters(state, object->numbers[1], on_filter);
	}
	add_flow_dissector(state);
	return err ?: state->err;
}

static int try_to_scan(struct audit_set *set)
{
	struct scan_state state = { .set = set };
	int err = open_socket(&state);

	if (!err)
		err = scan_with(&state);
	if (state.socket)
		mnl_socket_close(state.socket);
	return err;
}

/* A list that changes while it is read comes with -EINTR. */
static int scan(struct audit_set *set)
{
	int err, tries;

	for (tries = 0; tries < TRIES_MAX; tries++) {
		err = try_to_scan(set);
		if (err != -EINTR)
			break;
		audit_set__free(set);
	}
	return err;
}

/* The id in the key is another one each time that a test makes it. */
static void look(struct audit_object *object)
{
	struct bpf_prog_info info = {};
	__u32 len_bytes = sizeof(info);
	int fd;

	if (object->numbers[0] != NETWORK_TCX)
		return;
	fd = bpf_prog_get_fd_by_id(object->holds_id);
	if (fd >= 0 && !bpf_prog_get_info_by_fd(fd, &info, &len_bytes))
		audit_object__set_text(object, "%s", info.name);
	if (fd >= 0)
		close(fd);
}

/* With it go all filters that it has, also those that are no finding. */
static bool has_special_filters(int interface)
{
	struct scan_state state = {};
	int err = open_socket(&state);

	if (!err)
		err = for_filters(&state, interface, count_special_filter);
	if (state.socket)
		mnl_socket_close(state.socket);
	return err || state.specials;
}

/* Interfaces and other qdiscs cannot be made again as they were. */
static bool can_be_restored(const struct audit_object *object)
{
	switch ((enum network_object)object->numbers[0]) {
	case NETWORK_INTERFACE:
		return false;
	case NETWORK_QDISC:
		return !strncmp(object->key, "qdisc clsact ", strlen("qdisc clsact ")) &&
		       !has_special_filters(object->numbers[1]);
	case NETWORK_FILTER:
		return !(object->numbers[2] & SPECIAL);
	case NETWORK_TCX:
		return !object->numbers[3]; /* it comes back as the last one */
	default:
		return true;
	}
}

static int remove_by_message(int type, const void *header, size_t header_bytes)
{
	struct scan_state state = {};
	int err = open_socket(&state);

	if (!err)
		err = dump(&state, type, header, header_bytes, NULL);
	if (state.socket)
		mnl_socket_close(state.socket);
	return err == -ENODEV || err == -ENOENT || err == -EINVAL ? 0 : err;
}

static int keep(struct audit_object *object)
{
	if (object->fd < 0 && object->holds_id)
		object->fd = bpf_prog_get_fd_by_id(object->holds_id);
	return !object->holds_id || object->fd >= 0 ? 0 : -ENOENT;
}

static int handle_filter(struct audit_object *object, bool attach)
{
	LIBBPF_OPTS(bpf_tc_hook, hook, .ifindex = object->numbers[1],
		    .attach_point = object->numbers[2] & (BPF_TC_INGRESS | BPF_TC_EGRESS));
	LIBBPF_OPTS(bpf_tc_opts, filter, .handle = object->numbers[3],
		    .priority = object->numbers[2] >> 16);

	if (!attach)
		return bpf_tc_detach(&hook, &filter);
	filter.prog_fd = object->fd;
	bpf_tc_hook_create(&hook);
	return bpf_tc_attach(&hook, &filter);
}

static int undo(struct audit_object *object, const char *before)
{
	const struct ifinfomsg link = { .ifi_index = object->numbers[1] };
	const struct tcmsg qdisc = {
		.tcm_ifindex = object->numbers[1],
		.tcm_handle = object->numbers[2],
		.tcm_parent = object->numbers[3],
	};
	LIBBPF_OPTS(bpf_prog_detach_opts, tcx);

	keep(object);
	switch ((enum network_object)object->numbers[0]) {
	case NETWORK_INTERFACE:
		return remove_by_message(RTM_DELLINK, &link, sizeof(link));
	case NETWORK_QDISC:
		return remove_by_message(RTM_DELQDISC, &qdisc, sizeof(qdisc));
	case NETWORK_XDP:
		return bpf_xdp_detach(object->numbers[1], object->numbers[2], NULL);
	case NETWORK_FILTER:
		return handle_filter(object, false);
	case NETWORK_TCX:
		return bpf_prog_detach_opts(object->fd, object->numbers[1], object->numbers[2],
					    &tcx);
	case NETWORK_FLOW_DISSECTOR:
		return bpf_prog_detach2(object->fd, 0, BPF_FLOW_DISSECTOR);
	}
	return -EINVAL;
}

static int redo(struct audit_object *object)
{
	LIBBPF_OPTS(bpf_tc_hook, hook, .ifindex = object->numbers[1],
		    .attach_point = BPF_TC_INGRESS | BPF_TC_EGRESS);
	LIBBPF_OPTS(bpf_prog_attach_opts, tcx);
	int err;

	switch ((enum network_object)object->numbers[0]) {
	case NETWORK_QDISC:
		err = bpf_tc_hook_create(&hook);
		return err == -EEXIST ? 0 : err; /* with one of its filters */
	case NETWORK_XDP:
		return bpf_xdp_attach(object->numbers[1], object->fd, object->numbers[2], NULL);
	case NETWORK_FILTER:
		return handle_filter(object, true);
	case NETWORK_TCX:
		return bpf_prog_attach_opts(object->fd, object->numbers[1], object->numbers[2],
					    &tcx);
	case NETWORK_FLOW_DISSECTOR:
		return bpf_prog_attach(object->fd, 0, BPF_FLOW_DISSECTOR, 0);
	case NETWORK_INTERFACE:
		break;
	}
	return -EINVAL;
}

const struct audit_kind audit_network = {
	.name = "network",
	.has_full_keys = true,
	.has_name = true,
	.isolation = ISOLATE_NETNS,
	.scan = scan,
	.look = look,
	.can_be_restored = can_be_restored,
	.keep = keep,
	.undo = undo,
	.redo = redo,
};
