/* The transport by itself: several exchanges at once, broken off ones, and how far each came.
 * SPDX-License-Identifier: MIT */
#include "run.h"
#include "server.h"
#include "transport.h"

#include <stdio.h>
#include <string.h>

static struct server *server;
static struct brc__transport *transport;
static struct brc__error error;
static char url[128];

static void start(void)
{
    server = server_start();
    ck_assert_int_eq(brc__transport_new(&transport), 0);
    snprintf(url, sizeof url, "%s/path", server_url(server));
}

static void stop(void)
{
    brc__transport_free(transport);
    server_stop(server);
}

static void script(const char *bytes, enum server_then then)
{
    server_script(server, &(struct server_reply){.bytes = bytes, .then = then}, 1);
}

static int submit(const char *body, char *headers, void *owner, struct brc__exchange **ret_exchange)
{
    struct brc__http_request post = {
        .method = "POST",
        .url = url,
        .direct = true,
        .headers = headers,
        .headers_length = strlen(headers),
        .body = body,
        .body_length = strlen(body),
    };

    return brc__transport_submit(transport, &post, owner, ret_exchange, &error);
}

static struct brc__exchange *next_ended(void)
{
    struct brc__exchange *ended;

    while ((ended = brc__transport_ended(transport)) == NULL)
        brc__transport_turn(transport, 1000);
    return ended;
}

START_TEST(headers_and_body_go_as_given)
{
    char headers[] = "A: 1\nB: two words\nExpect:\n";
    struct brc__exchange *exchange;

    script("HTTP/1.1 200 OK\r\nX: y\r\nContent-Length: 2\r\n\r\nhi", SERVER_KEEP);
    ck_assert_int_eq(submit("body", headers, &exchange, &exchange), 0);
    ck_assert_ptr_eq(next_ended(), exchange);
    ck_assert_ptr_eq(brc__exchange_owner(exchange), &exchange);
    struct brc__ending ending = brc__exchange_ending(exchange);
    ck_assert_int_eq(ending.reach, BRC__COMPLETE);
    ck_assert_int_eq(ending.code, 0);
    ck_assert_int_eq(ending.status, 200);
    ck_assert_str_eq(ending.body->data, "hi");
    ck_assert_str_eq(ending.head, "HTTP/1.1 200 OK\r\nX: y\r\nContent-Length: 2\r\n\r\n");
    brc__exchange_free(exchange);

    char *request = server_last_request(server);
    ck_assert_int_eq(strncmp(request, "POST /path HTTP/1.1\r\n", 21), 0);
    ck_assert_ptr_nonnull(strstr(request, "\r\nA: 1\r\nB: two words\r\n"));
    ck_assert_str_eq(strstr(request, "\r\n\r\n") + 4, "body");
    free(request);
}
END_TEST

/* ---- methods */

static void exchange_once(const char *method, const char *body)
{
    char headers[] = "A: 1\nContent-Type:\n"; /* libcurl's own type for what it posts */
    struct brc__exchange *exchange;
    struct brc__http_request request = {
        .method = method,
        .url = url,
        .direct = true,
        .headers = headers,
        .headers_length = strlen(headers),
        .body = body,
        .body_length = body == NULL ? 0 : strlen(body),
    };

    ck_assert_int_eq(brc__transport_submit(transport, &request, NULL, &exchange, &error), 0);
    ck_assert_int_eq(brc__exchange_ending(next_ended()).code, 0);
    brc__exchange_free(exchange);
}

/* The last request has this method and this body; without one, no length but 0 either. */
static void check_sent(const char *method, const char *body)
{
    char line[64];
    char *request = server_last_request(server);
    const char *length = strcasestr(request, "\r\nContent-Length: ");

    snprintf(line, sizeof line, "%s /path HTTP/1.1\r\n", method);
    ck_assert_msg(strncmp(request, line, strlen(line)) == 0, "not %s: %s", method, request);
    ck_assert_ptr_null(strcasestr(request, "\r\nTransfer-Encoding:"));
    ck_assert_str_eq(strstr(request, "\r\n\r\n") + 4, body == NULL ? "" : body);
    if (body == NULL)
        ck_assert_ptr_null(length);
    else
        ck_assert_int_eq(atoi(length + strlen("\r\nContent-Length: ")), (int)strlen(body));
    free(request);
}

static const struct {
    const char *method, *body;
} sent[] = {
    {"GET", NULL},     {"DELETE", NULL}, {"PUT", NULL},      {"PUT", "put"},
    {"POST", "post"},  {"POST", NULL},   {"PATCH", "patch"}, {"PUT", ""},
    {"DELETE", "why"}, {"POST", ""},     {"GET", "asking"},
};
enum {
    SENT = sizeof sent / sizeof *sent
};

START_TEST(method_and_body_are_what_was_asked_for)
{
    script("HTTP/1.1 200 OK\r\nContent-Length: 0\r\n\r\n", SERVER_KEEP);
    exchange_once(sent[_i].method, sent[_i].body);
    check_sent(sent[_i].method, sent[_i].body);
}
END_TEST

/* The handle of an exchange serves the next one, and so does its connection. */
START_TEST(nothing_stays_of_the_method_before)
{
    script("HTTP/1.1 200 OK\r\nContent-Length: 0\r\n\r\n", SERVER_KEEP);
    for (int before = 0; before < SENT; before++) {
        exchange_once(sent[before].method, sent[before].body);
        exchange_once(sent[_i].method, sent[_i].body);
        check_sent(sent[_i].method, sent[_i].body);
    }
    ck_assert_uint_eq(server_connections(server), 1);
}
END_TEST

START_TEST(interim_answers_are_passed_over)
{
    char headers[] = "A: 1\n";
    struct brc__exchange *exchange;

    script("HTTP/1.1 103 Early Hints\r\nX: early\r\n\r\n"
           "HTTP/1.1 200 OK\r\nX: late\r\nTransfer-Encoding: chunked\r\n\r\n"
           "2\r\nhi\r\n0\r\nX: trailer\r\n\r\n",
           SERVER_KEEP);
    ck_assert_int_eq(submit("", headers, NULL, &exchange), 0);
    struct brc__ending ending = brc__exchange_ending(next_ended());
    ck_assert_int_eq(ending.code, 0);
    ck_assert_int_eq(ending.status, 200);
    ck_assert_ptr_null(strstr(ending.head, "early"));
    ck_assert_ptr_null(strstr(ending.head, "trailer"));
    ck_assert_ptr_nonnull(strstr(ending.head, "X: late"));
    ck_assert_str_eq(ending.body->data, "hi");
    brc__exchange_free(exchange);
}
END_TEST

START_TEST(many_at_once_each_ends_once)
{
    enum {
        MANY = 20
    };
    char headers[MANY][8];
    struct brc__exchange *exchanges[MANY];
    int ended[MANY] = {0};

    script("HTTP/1.1 200 OK\r\nContent-Length: 0\r\n\r\n", SERVER_KEEP);
    for (int i = 0; i < MANY; i++) {
        strcpy(headers[i], "A: 1\n");
        ck_assert_int_eq(submit("x", headers[i], &ended[i], &exchanges[i]), 0);
    }
    for (int i = 0; i < MANY; i++) {
        struct brc__exchange *exchange = next_ended();
        int *owner = brc__exchange_owner(exchange);
        ck_assert_int_eq(brc__exchange_ending(exchange).status, 200);
        (*owner)++;
        brc__exchange_free(exchange);
    }
    for (int i = 0; i < MANY; i++)
        ck_assert_int_eq(ended[i], 1);
    ck_assert_ptr_null(brc__transport_ended(transport));
    ck_assert_uint_eq(server_requests(server), MANY);
}
END_TEST

START_TEST(breaking_off_leaves_the_others_alone)
{
    char a[] = "A: 1\n", b[] = "B: 1\n";
    struct brc__exchange *stuck, *other;

    server_script(server,
                  (struct server_reply[]){
                      {.then = SERVER_HANG},
                      {.bytes = "HTTP/1.1 200 OK\r\nContent-Length: 0\r\n\r\n"},
                  },
                  2);
    ck_assert_int_eq(submit("stuck", a, NULL, &stuck), 0);
    while (server_requests(server) < 1)
        brc__transport_turn(transport, 5);
    ck_assert_int_eq(submit("other", b, NULL, &other), 0);
    ck_assert_ptr_eq(next_ended(), other);
    ck_assert_int_eq(brc__exchange_ending(other).code, 0);
    ck_assert_ptr_null(brc__exchange_free(stuck));
    ck_assert_ptr_null(brc__exchange_free(other));
    ck_assert_ptr_null(brc__exchange_free(NULL));
}
END_TEST

START_TEST(freeing_with_exchanges_under_way)
{
    char headers[] = "A: 1\n";
    struct brc__exchange *exchange;

    script(NULL, SERVER_HANG);
    ck_assert_int_eq(submit("x", headers, NULL, &exchange), 0);
    brc__transport_turn(transport, 20);
    transport = brc__transport_free(transport);
    ck_assert_ptr_null(transport);
}
END_TEST

START_TEST(how_far_it_came)
{
    static const struct {
        const char *bytes;
        enum brc__reach reach;
        int code;
    } rows[] = {
        {NULL, BRC__SENT, BRC_E_CONNECT},
        {"HTTP/1.1 200 OK\r\nContent-Le", BRC__CUT, BRC_E_PROTOCOL},
        {"HTTP/1.1 500 No\r\nContent-Length: 5\r\n\r\nab", BRC__CUT, BRC_E_PROTOCOL},
        {"HTTP/1.1 200 OK\r\nContent-Length: 2\r\n\r\nab", BRC__COMPLETE, 0},
    };
    char headers[] = "A: 1\n";
    struct brc__exchange *exchange;

    script(rows[_i].bytes, SERVER_CLOSE);
    ck_assert_int_eq(submit("x", headers, NULL, &exchange), 0);
    struct brc__ending ending = brc__exchange_ending(next_ended());
    ck_assert_int_eq(ending.reach, rows[_i].reach);
    ck_assert_int_eq(ending.code, rows[_i].code);
    brc__exchange_free(exchange);
}
END_TEST

START_TEST(unreachable_is_unsent)
{
    char headers[] = "A: 1\n";
    struct brc__exchange *exchange;

    strcpy(url, "http://127.0.0.1:1/");
    ck_assert_int_eq(submit("x", headers, NULL, &exchange), 0);
    struct brc__ending ending = brc__exchange_ending(next_ended());
    ck_assert_int_eq(ending.reach, BRC__UNSENT);
    ck_assert_int_eq(ending.code, BRC_E_CONNECT);
    ck_assert_str_ne(ending.message, "");
    brc__exchange_free(exchange);
}
END_TEST

START_TEST(head_above_its_ceiling)
{
    static char bytes[BRC__CEILING_HEAD + 1024];
    char headers[] = "A: 1\n";
    struct brc__exchange *exchange;
    size_t n = (size_t)sprintf(bytes, "HTTP/1.1 200 OK\r\n");

    while (n < BRC__CEILING_HEAD + 100)
        n += (size_t)sprintf(bytes + n, "X-%zu: %0200d\r\n", n, 0);
    sprintf(bytes + n, "\r\n");
    script(bytes, SERVER_CLOSE);
    ck_assert_int_eq(submit("x", headers, NULL, &exchange), 0);
    struct brc__ending ending = brc__exchange_ending(next_ended());
    ck_assert_int_eq(ending.reach, BRC__CUT);
    ck_assert_int_eq(ending.code, BRC_E_TOO_LARGE);
    brc__exchange_free(exchange);
}
END_TEST

START_TEST(headers_that_are_no_lines)
{
    char unended[] = "A: 1", many[33 * 5 + 1] = "";
    struct brc__exchange *exchange = (struct brc__exchange *)&error;

    for (int i = 0; i < 33; i++)
        strcat(many, "A: 1\n");
    ck_assert_int_eq(submit("x", _i == 0 ? unended : many, NULL, &exchange), BRC_E_INVALID);
    ck_assert_ptr_null(exchange);
    ck_assert_uint_eq(server_connections(server), 0);
}
END_TEST

int main(void)
{
    Suite *suite = suite_create("transport");
    TCase *tests = tcase_create("transport");

    tcase_add_checked_fixture(tests, start, stop);
    tcase_add_test(tests, headers_and_body_go_as_given);
    tcase_add_loop_test(tests, method_and_body_are_what_was_asked_for, 0, SENT);
    tcase_add_loop_test(tests, nothing_stays_of_the_method_before, 0, SENT);
    tcase_add_test(tests, interim_answers_are_passed_over);
    tcase_add_test(tests, many_at_once_each_ends_once);
    tcase_add_test(tests, breaking_off_leaves_the_others_alone);
    tcase_add_test(tests, freeing_with_exchanges_under_way);
    tcase_add_loop_test(tests, how_far_it_came, 0, 4);
    tcase_add_test(tests, unreachable_is_unsent);
    tcase_add_test(tests, head_above_its_ceiling);
    tcase_add_loop_test(tests, headers_that_are_no_lines, 0, 2);
    suite_add_tcase(suite, tests);
    return run(suite);
}
