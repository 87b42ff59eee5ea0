// SPDX-License-Identifier: GPL-2.0-only
/*
 * Network objects in the runner's namespace: interfaces, qdiscs that were added, filters that are
 * BPF programs, XDP and tcx programs, and the flow dissector.
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

struct scan_state {
	struct mnl_socket *socket;
	struct audit_set *set;
	int err;
	int attach_point; /* attach point of the filters in the current dump */
	unsigned int sequence;
};

/* @program: id of the attached program, or 0 */
static void add(struct scan_state *state, const char *key, unsigned int program,
		struct audit_network_object what)
{
	struct audit_object *object;
	char value[32];

	snprintf(value, sizeof(value), "program %u", program);
	object = audit_set__add(state->set, key, program ? value : NULL);
	if (!object) {
		state->err = -ENOMEM;
		return;
	}
	object->network = what;
	object->holds_kind = program ? &audit_programs : NULL;
	object->holds_id = program;
}

/* Send a request, and call @on_message for each answer. */
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
			add(state, key, id,
			    (struct audit_network_object){ .type = AUDIT_XDP,
							   .interface = interface,
							   .mode_flags = modes[i].flags });
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
	add(state, key, 0,
	    (struct audit_network_object){ .type = AUDIT_INTERFACE, .interface = link->ifi_index });
	if (xdp)
		add_xdp(state, link->ifi_index, name, xdp);
	return state->err ? MNL_CB_ERROR : MNL_CB_OK;
}

static const char *interface_name(int index, char *name)
{
	return if_indextoname(index, name) ?: "an interface that is gone";
}

/* Add a qdisc, if it has a handle: only qdiscs that were added on request have one. */
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
	    (struct audit_network_object){ .type = AUDIT_QDISC,
					   .interface = qdisc->tcm_ifindex,
					   .handle = qdisc->tcm_handle,
					   .parent = qdisc->tcm_parent });
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

static int on_filter(const struct nlmsghdr *message, void *context)
{
	const struct tcmsg *filter = mnl_nlmsg_get_payload(message);
	struct scan_state *state = context;
	const struct nlattr *attribute, *options = NULL;
	char key[160], name[IF_NAMESIZE];
	unsigned int priority = filter->tcm_info >> 16;
	const char *kind = "?";

	mnl_attr_for_each(attribute, message, sizeof(*filter))
	{
		if (mnl_attr_get_type(attribute) == TCA_KIND)
			kind = mnl_attr_get_str(attribute);
		if (mnl_attr_get_type(attribute) == TCA_OPTIONS)
			options = attribute;
	}
	/* An entry without a handle is the head of a list of filters. */
	if (!filter->tcm_handle || strcmp(kind, "bpf") || !options)
		return MNL_CB_OK;
	snprintf(key, sizeof(key), "tc filter on %s (%s, priority %u, handle %u)",
		 interface_name(filter->tcm_ifindex, name),
		 state->attach_point == BPF_TC_INGRESS ? "ingress" : "egress", priority,
		 filter->tcm_handle);
	add(state, key, program_of_filter(options),
	    (struct audit_network_object){ .type = AUDIT_TC_FILTER,
					   .interface = filter->tcm_ifindex,
					   .handle = filter->tcm_handle,
					   .priority = filter->tcm_info >> 16,
					   .attach_point = state->attach_point });
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
	return err == -EINVAL ? 0 : err; /* an ingress qdisc has no egress filters */
}

/* A kernel before 6.6 has no tcx, and the query fails. */
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
			    (struct audit_network_object){ .type = AUDIT_TCX,
							   .interface = interface,
							   .attach_type = points[i].type });
		}
	}
}

static void add_flow_dissector(struct scan_state *state)
{
	__u32 id = 0, cnt = 1, flags;

	/* The kernel uses the caller's namespace, and ignores the descriptor. */
	if (bpf_prog_query(0, BPF_FLOW_DISSECTOR, 0, &flags, &id, &cnt) || !cnt)
		return;
	add(state, "flow dissector", id,
	    (struct audit_network_object){ .type = AUDIT_FLOW_DISSECTOR });
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
		if (state->set->objects[i].network.type == AUDIT_INTERFACE)
			add_tcx(state, state->set->objects[i].network.interface);
	}
	cnt = state->set->cnt;
	if (!err)
		err = dump(state, RTM_GETQDISC, &qdisc, sizeof(qdisc), on_qdisc);
	/* Look for filters only below qdiscs with this parent: clsact and ingress. */
	for (i = cnt, cnt = state->set->cnt; i < cnt && !err; i++) {
		const struct audit_object *object = &state->set->objects[i];

		if (object->network.parent == TC_H_CLSACT)
			err = for_filters(state, object->network.interface, on_filter);
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

/* The kernel returns -EINTR for a list that changed while it was read. */
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

/* The key of a tcx program has its id, which differs at each attach: look up its name too. */
static void look(struct audit_object *object)
{
	struct bpf_prog_info info = {};
	__u32 len_bytes = sizeof(info);
	int fd;

	if (object->network.type != AUDIT_TCX)
		return;
	fd = bpf_prog_get_fd_by_id(object->holds_id);
	if (fd >= 0 && !bpf_prog_get_info_by_fd(fd, &info, &len_bytes))
		audit_object__set_text(object, "%s", info.name);
	if (fd >= 0)
		close(fd);
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

static int remove_filter(const struct audit_network_object *filter)
{
	LIBBPF_OPTS(bpf_tc_hook, hook, .ifindex = filter->interface,
		    .attach_point = filter->attach_point);
	LIBBPF_OPTS(bpf_tc_opts, opts, .handle = filter->handle, .priority = filter->priority);

	return bpf_tc_detach(&hook, &opts);
}

static int detach_program(const struct audit_object *object)
{
	const struct audit_network_object *network = &object->network;
	LIBBPF_OPTS(bpf_prog_detach_opts, opts);
	int fd = bpf_prog_get_fd_by_id(object->holds_id), err;

	if (fd < 0)
		return fd;
	if (network->type == AUDIT_TCX)
		err = bpf_prog_detach_opts(fd, network->interface, network->attach_type, &opts);
	else
		err = bpf_prog_detach2(fd, 0, BPF_FLOW_DISSECTOR);
	close(fd);
	return err;
}

static int undo(const struct audit_object *object, const char *before)
{
	const struct audit_network_object *network = &object->network;
	const struct ifinfomsg link = { .ifi_index = network->interface };
	const struct tcmsg qdisc = {
		.tcm_ifindex = network->interface,
		.tcm_handle = network->handle,
		.tcm_parent = network->parent,
	};

	switch (network->type) {
	case AUDIT_INTERFACE:
		return remove_by_message(RTM_DELLINK, &link, sizeof(link));
	case AUDIT_QDISC:
		return remove_by_message(RTM_DELQDISC, &qdisc, sizeof(qdisc));
	case AUDIT_XDP:
		return bpf_xdp_detach(network->interface, network->mode_flags, NULL);
	case AUDIT_TC_FILTER:
		return remove_filter(network);
	case AUDIT_TCX:
	case AUDIT_FLOW_DISSECTOR:
		return detach_program(object);
	}
	return -EINVAL;
}

/*
 * Interfaces that their modules make in the first network namespace when they are loaded (dummy,
 * bonding, ifb, ipip, ip_gre, ip_vti, sit, ip6_tunnel, ip6_gre, ip6_vti, sch_teql of 7.3). The kernel
 * loads these modules on demand.
 */
static bool comes_with_module(const struct audit_object *object)
{
	static const char *const names[] = {
		"dummy0",  "bond0",   "ifb0", "ifb1",    "tunl0",   "gre0",     "gretap0",
		"erspan0", "ip_vti0", "sit0", "ip6tnl0", "ip6gre0", "ip6_vti0", "teql0",
	};
	size_t i;

	for (i = 0; i < sizeof(names) / sizeof(names[0]); i++) {
		if (object->network.type == AUDIT_INTERFACE &&
		    !strcmp(object->key + strlen("interface "), names[i]))
			return true;
	}
	return false;
}

const struct audit_kind audit_network = {
	.name = "network",
	.has_full_keys = true,
	.has_name = true,
	.isolation = ISOLATE_NETNS,
	.scan = scan,
	.look = look,
	.is_of_others = comes_with_module,
	.undo = undo,
};
