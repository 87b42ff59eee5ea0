// SPDX-License-Identifier: GPL-2.0-only
/* How the head takes the events of a peer, and what a peer says first. */
#include <errno.h>
#include <json-c/json.h>
#include <sys/socket.h>
#include <unistd.h>

#include "check/unit/unit_test.h"
#include "runner/machines/hello.h"
#include "runner/machines/retell.h"
#include "runner/machines/wire.h"
#include "runner/text/json_field.h"

#define TESTS 2

/* Machine 1 runs test a, and has run test b, which passed. */
struct peer_of_test {
	struct test_outcome all[TESTS];
	struct tests tests;
	struct schedule schedule;
	struct selection selection;
	struct event_sink sink;
	struct undecided undecided;
	struct retelling retelling;
	char told[512]; /* the kinds of the events that were told, a letter each */
};

static void on_event(void *context, const struct event *event)
{
	static const char letters[] = {
		[EVENT_TEST_BEGIN] = 'B',    [EVENT_TEST_END] = 'E', [EVENT_RERUN_CLEARED] = 'C',
		[EVENT_SUBTEST_BEGIN] = 'b', [EVENT_SPLAT] = 's',    [EVENT_LEFT_BEHIND] = 'l',
		[EVENT_SUBTEST_END] = 'e',   [EVENT_OUTPUT] = 'o',   [EVENT_ASSERTION_FAILED] = 'a',
	};
	char *told = context;

	assert_int_equal(event->machine, 1);
	told[strlen(told)] = letters[event->kind];
}

static int begin(void **state)
{
	struct peer_of_test *peer = calloc(1, sizeof(*peer));
	int i;

	*state = peer;
	peer->tests = (struct tests){ peer->all, TESTS };
	assert_int_equal(schedule__begin(&peer->schedule, TESTS, 2, 0), 0);
	assert_int_equal(schedule__add_machine(&peer->schedule), 0);
	schedule__set_machine(&peer->schedule, 1, 4, 0);
	for (i = 0; i < TESTS; i++) {
		peer->all[i].outcome.name = strdup(i ? "b" : "a");
		assert_int_equal(schedule__next(&peer->schedule), i);
		assert_int_equal(peer->schedule.entries[i].machine, 1);
	}
	schedule__end(&peer->schedule, 1);
	peer->retelling = (struct retelling){
		.machine = 1,
		.tests = &peer->tests,
		.schedule = &peer->schedule,
		.sink = &peer->sink,
		.selection = &peer->selection,
		.undecided = &peer->undecided,
	};
	peer->all[1].outcome.result = RESULT_PASS;
	peer->all[1].attempts = 1;
	event_sink__add(&peer->sink, on_event, peer->told);
	assert_int_equal(retelling__begin(&peer->retelling), 0);
	return 0;
}

static int end(void **state)
{
	struct peer_of_test *peer = *state;
	int i;

	retelling__end(&peer->retelling);
	for (i = 0; i < TESTS; i++)
		test_outcome__free(&peer->all[i]);
	undecided__free(&peer->undecided);
	schedule__free(&peer->schedule);
	free(peer);
	return 0;
}

static int take(struct peer_of_test *peer, const char *text)
{
	struct json_object *event = json_tokener_parse(text);
	int err = retell__event(&peer->retelling, event);

	json_object_put(event);
	return err;
}

#define TAKE(text)   assert_int_equal(take(*state, text), 0)
#define REFUSE(text) assert_int_equal(take(*state, text), -EBADMSG)

static void a_test_is_told_as_it_ran(void **state)
{
	struct peer_of_test *peer = *state;
	const struct outcome *outcome = &peer->all[0].outcome;

	TAKE("{'event':'test_begin','test':'a','pid':5}");
	TAKE("{'event':'subtest_begin','test':'a','subtest':'one','subtest_number':1}");
	TAKE("{'event':'output','test':'a','text':'loud'}");
	TAKE("{'event':'assertion_failed','test':'a','subtest':'one','subtest_number':1,"
	     "'file':'f.c','line':3,'function':'f','name':'n','text':'t'}");
	TAKE("{'event':'subtest_end','test':'a','subtest':'one','subtest_number':1,"
	     "'result':'FAIL','failed_assertions':1,'duration_us':7,'log':'loud\\nand more\\n'}");
	TAKE("{'event':'test_end','test':'a','result':'FAIL','subtests_seen':3,'force_log':true}");
	assert_string_equal(peer->told, "BboaeE");
	assert_int_equal(outcome->result, RESULT_FAIL);
	assert_true(outcome->force_log);
	assert_int_equal(peer->all[0].subtests_seen, 3);
	assert_int_equal(peer->all[0].attempts, 1);
	/* Otherwise the audit of this machine would suspect it. */
	assert_int_equal(outcome->begin_ns, 0);
	assert_false(peer->all[0].is_running);
	outcome = &peer->all[0].subtests[0]->outcome;
	assert_int_equal(outcome->end_ns, 7000);
	assert_string_equal(outcome->first_failure.text, "n: t");
	assert_memory_equal(outcome->log.head, "loud\nand more\n", 14);
	assert_int_equal(peer->schedule.running, 0);
}

static void events_that_cannot_come_are_refused(void **state)
{
	struct peer_of_test *peer = *state;

	REFUSE("{}");
	REFUSE("{'event':'nosuch','test':'a'}");
	REFUSE("{'event':'test_end'}");
	REFUSE("{'event':'test_end','test':'nosuch','result':'PASS'}");
	REFUSE("{'event':'test_end','test':'a','result':'WHAT'}");
	REFUSE("{'event':'subtest_begin','test':'a','subtest':'one','subtest_number':1}");
	REFUSE("{'event':'test_begin','test':'a','again':true}");
	REFUSE("{'event':'test_begin','test':'b'}");
	REFUSE("{'event':'rerun_cleared','test':'b'}");
	TAKE("{'event':'test_begin','test':'a'}");
	REFUSE("{'event':'test_begin','test':'a'}");
	REFUSE("{'event':'subtest_begin','test':'a'}");
	peer->schedule.entries[0].machine = 0;
	REFUSE("{'event':'test_end','test':'a','result':'PASS'}");
	peer->schedule.entries[0].machine = 1;
	assert_string_equal(peer->told, "B");
}

static void a_rerun_that_splats_has_the_result(void **state)
{
	struct peer_of_test *peer = *state;

	TAKE("{'event':'test_begin','test':'a'}");
	TAKE("{'event':'splat','title':'t','expected':false}");
	assert_int_equal(peer->retelling.open.cnt, 1);
	assert_int_equal(peer->retelling.open.list[0].suspects_cnt, 1);
	TAKE("{'event':'test_end','test':'a','result':'PASS'}");
	TAKE("{'event':'test_begin','test':'a','again':true}");
	TAKE("{'event':'test_end','test':'a','result':'SPLAT','reason':'splat: t'}");
	assert_int_equal(peer->all[0].outcome.result, RESULT_SPLAT);
	assert_int_equal(peer->all[0].attempts, 2);
	assert_int_equal(peer->retelling.open.cnt, 0);
}

static void a_clean_rerun_leaves_the_first_result(void **state)
{
	struct peer_of_test *peer = *state;

	TAKE("{'event':'test_begin','test':'b','again':true}");
	TAKE("{'event':'subtest_begin','test':'b','subtest':'one','subtest_number':1}");
	TAKE("{'event':'rerun_cleared','test':'b'}");
	assert_string_equal(peer->told, "BbC");
	assert_int_equal(peer->all[1].outcome.result, RESULT_PASS);
	assert_int_equal(peer->all[1].subtests_cnt, 0);
	assert_int_equal(peer->all[1].attempts, 2);
}

static void a_rerun_that_leaves_something_fails_the_first_result(void **state)
{
	struct peer_of_test *peer = *state;

	peer->all[1].outcome.force_log = true;
	TAKE("{'event':'test_begin','test':'b','again':true}");
	TAKE("{'event':'left_behind','test':'b','what':'map 1','removed':true}");
	TAKE("{'event':'test_end','test':'b','result':'FAIL','reason':'left behind: map 1',"
	     "'first':true}");
	assert_string_equal(peer->told, "BlE");
	assert_int_equal(peer->all[1].outcome.result, RESULT_FAIL);
	assert_int_equal(peer->all[1].left_cnt, 1);
	assert_true(peer->all[1].outcome.force_log);
}

static void a_rerun_that_is_cut_short_leaves_the_first_result(void **state)
{
	struct peer_of_test *peer = *state;

	TAKE("{'event':'test_begin','test':'b','again':true}");
	assert_int_equal(peer->all[1].outcome.result, RESULT_NOTRUN);
	retell__end_rerun(&peer->retelling);
	assert_int_equal(peer->all[1].outcome.result, RESULT_PASS);
}

static void lines_come_in_pieces(void **state)
{
	const char *const pieces[] = { "{\"a\":1}\n\n{\"a\"", ":\"x\\u0000\xff\"}", "\n[]\nno\n{" };
	struct json_object *object = NULL;
	struct wire wire;
	int ends[2];

	assert_int_equal(socketpair(AF_UNIX, SOCK_STREAM, 0, ends), 0);
	assert_int_equal(wire__open(&wire, ends[0], -1, NULL), 0);
	assert_true(write(ends[1], pieces[0], strlen(pieces[0])) > 0);
	wire__serve(&wire);
	assert_int_equal(wire__next(&wire, &object), 1);
	assert_int_equal(json_field__number(object, "a", 9), 1);
	json_object_put(object);
	assert_int_equal(wire__next(&wire, &object), 0);
	assert_true(write(ends[1], pieces[1], strlen(pieces[1])) > 0);
	wire__serve(&wire);
	assert_int_equal(wire__next(&wire, &object), 0);
	assert_true(write(ends[1], pieces[2], strlen(pieces[2])) > 0);
	wire__serve(&wire);
	assert_int_equal(wire__next(&wire, &object), 1);
	/* Bytes stay as they are, whatever they are. */
	assert_memory_equal(json_field__text(object, "a"), "x\0\xff", 4);
	json_object_put(object);
	assert_int_equal(wire__next(&wire, &object), -EBADMSG);
	assert_int_equal(wire__next(&wire, &object), -EBADMSG);
	assert_int_equal(wire__next(&wire, &object), 0);
	assert_false(wire.has_ended);
	close(ends[1]);
	wire__serve(&wire);
	assert_true(wire.has_ended);
	wire__close(&wire);
}

static void a_queue_outlives_a_full_socket(void **state)
{
	static char text[1 << 20], piece[1 << 16];
	struct json_object *object;
	struct wire wire;
	size_t got = 0;
	int ends[2];

	memset(text, 'x', sizeof(text) - 1);
	assert_int_equal(socketpair(AF_UNIX, SOCK_STREAM, 0, ends), 0);
	assert_int_equal(wire__open(&wire, ends[0], -1, NULL), 0);
	object = json_object_new_object();
	json_object_object_add(object, "text", json_object_new_string(text));
	wire__send(&wire, object);
	assert_false(wire__has_sent_all(&wire));
	while (!wire__has_sent_all(&wire)) {
		got += read(ends[1], piece, sizeof(piece));
		wire__serve(&wire);
	}
	while (got < sizeof(text) + strlen("{\"text\":\"\"}"))
		got += read(ends[1], piece, sizeof(piece));
	assert_int_equal(got, sizeof(text) + strlen("{\"text\":\"\"}"));
	close(ends[1]);
	wire__close(&wire);
}

static void only_the_same_run_is_welcome(void **state)
{
	struct peer_of_test *peer = *state;
	struct run_info info = { .release = "7.3.4", .mem_mib = 1 }, other = { .release = "6.1" };
	struct json_object *hello = hello__object(&info, &peer->tests, 2);
	struct tests fewer = { peer->all, 1 };
	char error[512];

	assert_int_equal(hello__check(hello, &info, &peer->tests, error, sizeof(error)), 0);
	assert_int_equal(hello__check(hello, &other, &peer->tests, error, sizeof(error)), -EINVAL);
	assert_non_null(strstr(error, "its kernel is 7.3.4, and not 6.1"));
	assert_int_equal(hello__check(hello, &info, &fewer, error, sizeof(error)), -EINVAL);
	assert_non_null(strstr(error, "2 tests"));
	json_object_put(hello);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test_setup_teardown(a_test_is_told_as_it_ran, begin, end),
		cmocka_unit_test_setup_teardown(events_that_cannot_come_are_refused, begin, end),
		cmocka_unit_test_setup_teardown(a_rerun_that_splats_has_the_result, begin, end),
		cmocka_unit_test_setup_teardown(a_clean_rerun_leaves_the_first_result, begin, end),
		cmocka_unit_test_setup_teardown(
			a_rerun_that_leaves_something_fails_the_first_result, begin, end),
		cmocka_unit_test_setup_teardown(a_rerun_that_is_cut_short_leaves_the_first_result,
						begin, end),
		cmocka_unit_test(lines_come_in_pieces),
		cmocka_unit_test(a_queue_outlives_a_full_socket),
		cmocka_unit_test_setup_teardown(only_the_same_run_is_welcome, begin, end),
	};

	return cmocka_run_group_tests_name("machines", tests, NULL, NULL);
}

/* Required for linking: an empty list of tests. */
const struct test_entry test_entries[1];
const int test_entries_cnt;
const unsigned int test_default_isolation;
