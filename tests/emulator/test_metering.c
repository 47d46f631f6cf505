/* What campaigns rely on: the dearest tokenizer there can be, the journal, the peak.
 *
 * SPDX-License-Identifier: MIT
 */
#include "client.h"

#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

static json_int_t tokens(const char *body, const char *kind)
{
    json_t *answer = expect_json(converse(RAW, body), 200);
    json_int_t n = integer_at(answer, "usage", kind);

    json_decref(answer);
    return n;
}

#define ONE(string, more)                                                                          \
    "{\"messages\":[{\"role\":\"user\",\"content\":[{\"text\":\"" string "\"}]}]" more "}"

/* A byte a token once it is normalised, 60 a message, 1,000 a tool. */
START_TEST(test_adversarial_input)
{
    emulator_start((const char *[]){"--adversarial", NULL});
    ck_assert_int_eq(tokens(ONE("12345678", ""), "inputTokens"), 8 + 60);
    ck_assert_int_eq(tokens(ONE("\\ufdfa", ""), "inputTokens"), 33 + 60);
    ck_assert_int_eq(tokens(ONE("\\ufdfa\\ufdfa \\u3316\\u247d\\ufb03", ""), "inputTokens"),
                     33 + 33 + 1 + 18 + 4 + 3 + 60);
    ck_assert_int_eq(tokens(ONE("1", ",\"toolConfig\":{\"tools\":[{\"toolSpec\":{\"name\":\"t\","
                                     "\"inputSchema\":{\"json\":{}}}}]}"),
                            "inputTokens"),
                     1 + 60 + 1000);
    emulator_stop();
}
END_TEST

START_TEST(test_adversarial_output)
{
    emulator_start((const char *[]){"--adversarial", NULL});
    ck_assert_int_eq(
        tokens(ONE("short", ",\"inferenceConfig\":{\"maxTokens\":3999}"), "outputTokens"), 3999);
    ck_assert_int_eq(tokens(ONE("other", ",\"inferenceConfig\":{\"maxTokens\":1}"), "outputTokens"),
                     1);
    emulator_stop();
}
END_TEST

static json_t *read_line(FILE *file)
{
    char line[1024];

    ck_assert_ptr_nonnull(fgets(line, sizeof(line), file));
    json_t *json = json_loads(line, 0, NULL);
    ck_assert_ptr_nonnull(json);
    return json;
}

/* Each answer that is billed, in order, also one whose client reads nothing of it. */
START_TEST(test_journal)
{
    char path[] = "/tmp/emulator-journal.XXXXXX";
    FILE *file = fdopen(mkstemp(path), "r");

    emulator_start((const char *[]){"--journal", path, NULL});
    add_fault("{\"cut\":-1}");
    ck_assert_int_eq(converse(RAW, HELLO).status, 0);
    add_fault("{\"status\":500}");
    response_free(&(struct response[]){converse(RAW, HELLO)}[0]);
    json_t *answer = expect_json(converse(RAW, HELLO), 200);
    for (int i = 0; i < 2; i++) {
        json_t *line = read_line(file);
        ck_assert_str_eq(json_string_value(json_object_get(line, "profile")),
                         "us.amazon.nova-lite-v1:0");
        ck_assert(json_is_null(json_object_get(line, "call")));
        ck_assert_int_eq(json_integer_value(json_object_get(line, "inputTokens")), 3);
        ck_assert_int_eq(json_integer_value(json_object_get(line, "outputTokens")),
                         integer_at(answer, "usage", "outputTokens"));
        json_decref(line);
    }
    struct signer signer = SIGNER;
    signer.unsigned_headers =
        "amz-sdk-invocation-id: 1b9d6bcd\r\namz-sdk-request: attempt=2; max=3\r\n";
    json_decref(expect_json(call_as(&signer, "POST", RAW_TARGET, HELLO), 200));
    clearerr(file);
    json_t *named = read_line(file);
    ck_assert_str_eq(json_string_value(json_object_get(named, "call")), "1b9d6bcd");
    ck_assert_int_eq(json_integer_value(json_object_get(named, "attempt")), 2);
    json_decref(named);
    ck_assert_int_eq(fgetc(file), EOF);
    json_decref(answer);
    fclose(file);
    unlink(path);
    emulator_stop();
}
END_TEST

START_TEST(test_peak)
{
    enum {
        AT_ONCE = 7
    };
    int fds[AT_ONCE];

    emulator_start((const char *[]){"--service-time", "100", NULL});
    for (int i = 0; i < AT_ONCE; i++)
        fds[i] = start_converse();
    for (int i = 0; i < AT_ONCE; i++) {
        struct response response = read_response(fds[i]);
        ck_assert_int_eq(response.status, 200);
        response_free(&response);
        close(fds[i]);
    }
    json_decref(expect_json(converse(RAW, HELLO), 200));
    json_t *bill = get_bill();
    ck_assert_int_eq(integer_at(bill, "requests", "peakInFlight"), AT_ONCE);
    json_decref(bill);
    emulator_stop();
}
END_TEST

int main(int argc, char **argv)
{
    Suite *suite = suite_create("metering");
    TCase *tcase = tcase_create("metering");

    tcase_add_test(tcase, test_adversarial_input);
    tcase_add_test(tcase, test_adversarial_output);
    tcase_add_test(tcase, test_journal);
    tcase_add_test(tcase, test_peak);
    suite_add_tcase(suite, tcase);
    return run_suite(suite, argc, argv);
}
