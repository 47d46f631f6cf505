/* A token of SSO renewed, and written back to where it is kept; or not.
 * SPDX-License-Identifier: MIT */
#include "run.h"
#include "sso_steps.h"

#include <clock.h>
#include <signal.h>
#include <sys/resource.h>

#define RENEWED "{\"accessToken\":\"renewed-token\",\"expiresIn\":28800,\"refreshToken\":\"next\"}"

static size_t files_in_cache(void)
{
    char command[320];
    int count = 0;

    snprintf(command, sizeof command, "ls -A '%s' | wc -l", path_of(".aws/sso/cache"));
    FILE *out = popen(command, "r");
    ck_assert_int_eq(fscanf(out, "%d", &count), 1);
    pclose(out);
    return (size_t)count;
}

/* What the file says is what was written, with a token that ends in eight hours. */
static void check_written(const char *others, const char *refresh_token)
{
    char *text = read_file(cache_file), beginning[1024];
    int64_t end = 0;

    snprintf(beginning, sizeof beginning,
             "{\"startUrl\": \"https://corp.example/start\", %s, \"accessToken\": "
             "\"renewed-token\"%s, \"expiresAt\": \"",
             others, refresh_token);
    size_t n = strlen(beginning);
    ck_assert_msg(strncmp(text, beginning, n) == 0, "%s", text);
    ck_assert_int_eq(brc__iso_date(text + n, 20, &end), 0);
    ck_assert_str_eq(text + n + 20, "\"}");
    ck_assert_int_le(end, brc__clock_utc_ms() / 1000 + 8 * 60 * 60);
    ck_assert_int_gt(end, brc__clock_utc_ms() / 1000 + 8 * 60 * 60 - 60);
    free(text);
}

static void check_renewal(size_t i)
{
    check_request(i, "POST /token", LINES("Content-Type: application/json"));
    ck_assert(!request_has(i, "Authorization:"));
    ck_assert(request_has(i, "\r\n\r\n{\"grantType\":\"refresh_token\",\"clientId\":\"client\","
                             "\"clientSecret\":\"client-\\u0073ecret\","
                             "\"refreshToken\":\"refresh\"}"));
}

START_TEST(token_is_renewed_and_written_back)
{
    struct stat status;

    write_token(_i == 0 ? SOON_S : -DAY_S,
                RENEWABLE ", \"region\": \"eu-west-1\", \"registrationExpiresAt\": "
                          "\"2999-01-02T03:04:05Z\"");
    ck_assert_int_eq(chmod(path_of(cache_file), 0644), 0);
    will_answer("200 OK", RENEWED);
    will_answer("200 OK", KEYS);
    look_for(NULL);
    ck_assert_int_eq(fixture_ask(&f, NULL), 0);
    check_renewal(0);
    check_portal(1, "renewed-token");
    check_signed(2);
    check_written("\"clientId\": \"client\", \"clientSecret\": \"client-\\u0073ecret\", "
                  "\"region\": \"eu-west-1\", \"registrationExpiresAt\": "
                  "\"2999-01-02T03:04:05Z\"",
                  ", \"refreshToken\": \"next\"");
    ck_assert_int_eq(stat(path_of(cache_file), &status), 0);
    ck_assert_int_eq(status.st_mode & 0777, 0600);
    ck_assert_uint_eq(files_in_cache(), 1);
    ck_assert_ptr_null(strstr(logged, "written back"));
}
END_TEST

START_TEST(old_refresh_token_stays)
{
    write_token(SOON_S, RENEWABLE);
    will_answer("200 OK", "{\"accessToken\":\"renewed-token\",\"expiresIn\":28800,"
                          "\"refreshToken\":null}");
    will_answer("200 OK", KEYS);
    look_for(NULL);
    ck_assert_int_eq(fixture_ask(&f, NULL), 0);
    check_written(RENEWABLE, "");
}
END_TEST

START_TEST(link_stays_one)
{
    struct stat status;
    char target[300];

    write_token(SOON_S, RENEWABLE);
    snprintf(target, sizeof target, "%s", path_of("elsewhere.json"));
    ck_assert_int_eq(rename(path_of(cache_file), target), 0);
    ck_assert_int_eq(symlink(target, path_of(cache_file)), 0);
    will_answer("200 OK", RENEWED);
    will_answer("200 OK", KEYS);
    look_for(NULL);
    ck_assert_int_eq(fixture_ask(&f, NULL), 0);
    ck_assert_int_eq(lstat(path_of(cache_file), &status), 0);
    ck_assert(S_ISLNK(status.st_mode));
    check_written("\"clientId\": \"client\", \"clientSecret\": \"client-\\u0073ecret\"",
                  ", \"refreshToken\": \"next\"");
}
END_TEST

/* The members that keep a token from being renewed, or the lack of them. */
static const char *const not_renewable[] = {
    "",
    "\"clientId\": \"client\", \"refreshToken\": \"refresh\"",
    "\"clientId\": \"client\", \"clientSecret\": \"\", \"refreshToken\": \"refresh\"",
    "\"clientId\": \"client\", \"clientSecret\": \"secret\", \"refreshToken\": 7",
    RENEWABLE ", \"registrationExpiresAt\": \"2001-01-02T03:04:05Z\"",
    RENEWABLE ", \"registrationExpiresAt\": 7",
};

START_TEST(token_that_cannot_be_renewed_is_used)
{
    write_token(SOON_S, not_renewable[_i]);
    will_answer("200 OK", KEYS);
    look_for(NULL);
    ck_assert_int_eq(fixture_ask(&f, NULL), 0);
    check_portal(0, "kept-token");
}
END_TEST

static const struct {
    struct server_reply reply; /* in place of `status` and `body` */
    const char *status, *body, *why;
} refusals[] = {
    {{0}, "400 Bad Request", "{\"error\":\"invalid_grant\",\"message\":\"told so\"}", "told so"},
    {{0}, "401 Unauthorized", "", "HTTP 401"},
    {{0}, "500 Internal", "", "HTTP 500"},
    {{0}, "200 OK", "", "there is no token in the answer"},
    {{0}, "200 OK", "nonsense", "the answer is not one whole JSON object"},
    {{0}, "200 OK", "{\"accessToken\":7}", "there is no token in the answer"},
    {{0}, "200 OK", "{\"accessToken\":\"\"}", "there is no token in the answer"},
    {{.then = SERVER_RESET}, NULL, NULL, "server not reached, or connection lost"},
    {{.then = SERVER_HANG}, NULL, NULL, "longer than its time limit"},
};

static void will_refuse(int i)
{
    if (refusals[i].status != NULL)
        will_answer(refusals[i].status, refusals[i].body);
    else
        will_reply(refusals[i].reply);
}

START_TEST(token_that_was_not_renewed_is_used_to_its_end)
{
    write_token(SOON_S, RENEWABLE);
    char *before = read_file(cache_file);
    will_refuse(_i);
    will_answer("200 OK", KEYS);
    look_for(NULL);
    ck_assert_int_eq(ask_past(refusals[_i].reply.then), 0);
    check_renewal(0);
    check_portal(1, "kept-token");
    check_signed(2);
    char *after = read_file(cache_file);
    ck_assert_str_eq(after, before);
    ck_assert_ptr_nonnull(strstr(logged, ": not renewed, but it has not ended yet: "));
    ck_assert_ptr_nonnull(strstr(logged, refusals[_i].why));
    free(before);
    free(after);
}
END_TEST

START_TEST(token_that_has_ended_and_was_not_renewed)
{
    write_token(-60, RENEWABLE);
    will_refuse(_i);
    look_for("sso,container,imds");
    ck_assert_int_eq(ask_past(refusals[_i].reply.then), BRC_E_CREDENTIALS);
    const char *why = brc_client_error(f.client);
    ck_assert_ptr_nonnull(strstr(why, " has ended and could not be renewed ("));
    ck_assert_ptr_nonnull(strstr(why, refusals[_i].why));
    ck_assert_ptr_nonnull(strstr(why, "log in with `aws sso login`"));
    ck_assert_uint_eq(server_requests(f.server), 1);
    ck_assert_ptr_null(strstr(logged, "client-secret"));
}
END_TEST

/* Another program is quicker: its token is in the file, and ours is refused for it. */
static void on_line(int level, const char *text, void *user_data)
{
    (void)level, (void)user_data;
    if (strstr(text, "/token") != NULL)
        write_file(cache_file,
                   "{\"accessToken\": \"others-token\", \"expiresAt\": \"2999-01-02T03:04:05Z\"}",
                   0600);
}

START_TEST(token_was_renewed_by_another_program)
{
    write_token(-60, RENEWABLE);
    will_answer("400 Bad Request", "{\"error\":\"invalid_grant\"}");
    will_answer("200 OK", KEYS);
    look_for(NULL);
    ck_assert_int_eq(brc_client_set_log(f.client, BRC_LOG_INFO, on_line, NULL, NULL), 0);
    ck_assert_int_eq(fixture_ask(&f, NULL), 0);
    check_portal(1, "others-token");
}
END_TEST

/* ---- a renewed token that cannot be written back */

static void check_not_written(const char *before, const char *why)
{
    char *after = read_file(cache_file), line[512];

    ck_assert_str_eq(after, before);
    ck_assert_uint_eq(files_in_cache(), 1);
    snprintf(line, sizeof line, "SSO token in %s: renewed, but not written back: %s\n",
             path_of(cache_file), why);
    ck_assert_msg(strstr(logged, line) != NULL, "%s", logged);
    check_portal(1, "renewed-token");
    check_signed(2);
    free(after);
}

START_TEST(disk_is_full)
{
    const struct rlimit full = {10, RLIM_INFINITY};
    struct rlimit limit;

    write_token(SOON_S, RENEWABLE);
    char *before = read_file(cache_file);
    will_answer("200 OK", RENEWED);
    will_answer("200 OK", KEYS);
    look_for(NULL);
    getrlimit(RLIMIT_FSIZE, &limit);
    signal(SIGXFSZ, SIG_IGN);
    setrlimit(RLIMIT_FSIZE, &full);
    int rc = fixture_ask(&f, NULL);
    setrlimit(RLIMIT_FSIZE, &limit);
    ck_assert_int_eq(rc, 0);
    check_not_written(before, "there is no room for it");
    free(before);
}
END_TEST

/* Modes mean nothing to root, who is somebody else meanwhile. */
START_TEST(folder_may_not_be_written_to)
{
    enum {
        NOBODY = 65534
    };
    bool root = geteuid() == 0;

    write_token(SOON_S, RENEWABLE);
    char *before = read_file(cache_file);
    will_answer("200 OK", RENEWED);
    will_answer("200 OK", KEYS);
    look_for(NULL);
    if (root) {
        static const char *const folders[] = {"", ".aws", ".aws/sso"};
        for (int i = 0; i < 3; i++)
            ck_assert_int_eq(chmod(path_of(folders[i]), 0755), 0);
        ck_assert_int_eq(chown(path_of(cache_file), NOBODY, (gid_t)-1), 0);
    }
    ck_assert_int_eq(chmod(path_of(".aws/sso/cache"), 0555), 0);
    ck_assert(!root || seteuid(NOBODY) == 0);
    int rc = fixture_ask(&f, NULL);
    ck_assert(!root || seteuid(0) == 0);
    ck_assert_int_eq(chmod(path_of(".aws/sso/cache"), 0700), 0);
    ck_assert_int_eq(rc, 0);
    check_not_written(before, "its folder may not be written to by this user");
    free(before);
}
END_TEST

static const char *const ends[] = {"", ",\"expiresIn\":0", ",\"expiresIn\":\"1\"",
                                   ",\"expiresIn\":-5", ",\"expiresIn\":9223372036854775807"};

START_TEST(end_is_not_said)
{
    char body[200];

    write_token(SOON_S, RENEWABLE);
    char *before = read_file(cache_file);
    snprintf(body, sizeof body, "{\"accessToken\":\"renewed-token\"%s}", ends[_i]);
    will_answer("200 OK", body);
    will_answer("200 OK", KEYS);
    look_for(NULL);
    ck_assert_int_eq(fixture_ask(&f, NULL), 0);
    check_not_written(before, "the answer does not say when it ends");
    free(before);
}
END_TEST

#define COUNT(table) (int)(sizeof(table) / sizeof *(table))

int main(void)
{
    Suite *suite = suite_create("fetch_renewal");
    TCase *tests = tcase_create("fetch_renewal");

    suite_add_tcase(suite, tests);
    tcase_add_checked_fixture(tests, start_sso, stop);
    tcase_add_loop_test(tests, token_is_renewed_and_written_back, 0, 2);
    tcase_add_test(tests, old_refresh_token_stays);
    tcase_add_test(tests, link_stays_one);
    tcase_add_loop_test(tests, token_that_cannot_be_renewed_is_used, 0, COUNT(not_renewable));
    tcase_add_loop_test(tests, token_that_was_not_renewed_is_used_to_its_end, 0, COUNT(refusals));
    tcase_add_loop_test(tests, token_that_has_ended_and_was_not_renewed, 0, COUNT(refusals));
    tcase_add_test(tests, token_was_renewed_by_another_program);
    tcase_add_test(tests, disk_is_full);
    tcase_add_test(tests, folder_may_not_be_written_to);
    tcase_add_loop_test(tests, end_is_not_said, 0, COUNT(ends));
    return run(suite);
}
