// SPDX-License-Identifier: GPL-2.0-only
#include "check/unit/unit_test.h"
#include "runner/packets/packet_file.h"

static char block[PCAPNG_BLOCK_BYTES];
static char name[NAME_MAX + 1];

static uint32_t number_at(size_t offset)
{
	uint32_t number;

	memcpy(&number, block + offset, sizeof(number));
	return number;
}

/* Checks the parts that every block has: type, its length at both ends, whole words. */
static void assert_block(size_t len, uint32_t type)
{
	assert_int_equal(number_at(0), type);
	assert_int_equal(number_at(4), len);
	assert_int_equal(number_at(len - 4), len);
	assert_int_equal(len % 4, 0);
}

static void section_begins_a_file(void **state)
{
	assert_block(pcapng__section(block, "test x"), 0x0A0D0D0A);
	assert_int_equal(number_at(8), 0x1A2B3C4D);
	assert_memory_equal(block + 28, "test x\0\0", 8);
}

static void interface_has_its_name(void **state)
{
	assert_block(pcapng__interface(block, "veth0"), 1);
	assert_int_equal(number_at(8), 276);
	assert_memory_equal(block + 20, "veth0\0\0\0", 8);
}

static void losses_are_counted(void **state)
{
	assert_block(pcapng__losses(block, 1, 77), 5);
	assert_int_equal(number_at(24), 77);
}

static void packet_has_time_lengths_and_header(void **state)
{
	const struct packet packet = {
		.time_ns = 0x1122334455667788,
		.ifindex = 3,
		.hardware_type = 772,
		.protocol = 0x0800,
		.type = 4,
		.address_bytes = 6,
		.address = { 1, 2, 3, 4, 5, 6 },
		.data = "hello",
		.kept_bytes = 5,
		.total_bytes = 9,
	};
	static const char header[] = { 8, 0, 0, 0, 0, 0, 0, 3, 3, 4, 4, 6, 1, 2, 3, 4, 5, 6, 0, 0 };

	assert_block(pcapng__packet(block, 2, &packet), 6);
	assert_int_equal(number_at(8), 2);
	assert_int_equal(number_at(12), 0x11223344);
	assert_int_equal(number_at(16), 0x55667788);
	assert_int_equal(number_at(20), 25);
	assert_int_equal(number_at(24), 29);
	assert_memory_equal(block + 28, header, sizeof(header));
	assert_memory_equal(block + 48, "hello\0\0\0", 8);
	/* Option 2, flags: the packet was outgoing. */
	assert_int_equal(number_at(60), 2);
}

static void tag_stands_in_front(void **state)
{
	const struct packet packet = {
		.protocol = 0x0800,
		.vlan_tpid = 0x8100,
		.vlan_tci = 0x0123,
		.data = "hello",
		.kept_bytes = 5,
		.total_bytes = 5,
	};

	assert_block(pcapng__packet(block, 0, &packet), 6);
	assert_int_equal(number_at(20), 29);
	assert_memory_equal(block + 28, "\x81\x00", 2);
	assert_memory_equal(block + 48, "\x01\x23\x08\x00hello", 9);
}

static void packet_is_cut_to_fit(void **state)
{
	static char data[2 * PCAPNG_SNAP_BYTES];
	const struct packet packet = {
		.vlan_tpid = 0x8100,
		.data = data,
		.kept_bytes = sizeof(data),
		.total_bytes = sizeof(data),
	};
	size_t len = pcapng__packet(block, 0, &packet);

	assert_block(len, 6);
	assert_true(len <= sizeof(block));
	assert_int_equal(number_at(20), PCAPNG_SNAP_BYTES);
}

static void names_say_what_it_is(void **state)
{
	struct packet_place place = { .test = "sockmap_basic", .netns = "own" };

	packet_file__name(name, &place, 1);
	assert_string_equal(name, "sockmap_basic.own.pcapng");
	packet_file__name(name, &place, 3);
	assert_string_equal(name, "sockmap_basic.own.3.pcapng");
	place.subtest = "sockmap udp/../\n\"multi\"";
	place.subtest_number = 12;
	packet_file__name(name, &place, 1);
	assert_string_equal(name, "sockmap_basic.12-sockmap_udp______multi_.own.pcapng");
}

static void longest_name_fits(void **state)
{
	char text[1000];
	const struct packet_place place = {
		.test = text, .subtest = text, .subtest_number = INT_MAX, .netns = text
	};

	memset(text, 'x', sizeof(text) - 1);
	text[sizeof(text) - 1] = '\0';
	packet_file__name(name, &place, 9999);
	assert_true(strlen(name) <= NAME_MAX);
	assert_true(packet_file__is_of(name, text));
}

static void only_own_files_are_of_a_test(void **state)
{
	assert_true(packet_file__is_of("packets.own.pcapng", "packets"));
	assert_true(packet_file__is_of("packets.1-x.own.2.pcapng", "packets"));
	assert_false(packet_file__is_of("packets_by_part.own.pcapng", "packets"));
	assert_false(packet_file__is_of("packets.own.txt", "packets"));
	assert_false(packet_file__is_of("packets.pcapng", "packets.own"));
	assert_false(packet_file__is_of("packets", "packets"));
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(section_begins_a_file),
		cmocka_unit_test(interface_has_its_name),
		cmocka_unit_test(losses_are_counted),
		cmocka_unit_test(packet_has_time_lengths_and_header),
		cmocka_unit_test(tag_stands_in_front),
		cmocka_unit_test(packet_is_cut_to_fit),
		cmocka_unit_test(names_say_what_it_is),
		cmocka_unit_test(longest_name_fits),
		cmocka_unit_test(only_own_files_are_of_a_test),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
