/* What the tests of fetched credentials share: a client whose credentials are looked for in an
 * environment of the test's own, and a server that is Bedrock and every source. For one test
 * program each; its clocks can be put forward. SPDX-License-Identifier: MIT */
#ifndef TEST_FETCH_STEPS_H
#define TEST_FETCH_STEPS_H

#include "fixture.h"
#include "limit_steps.h"
#include "scripted_time.h"

#include <check.h>
#include <fcntl.h>
#include <stdbool.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>
#include <unistd.h>

extern char **environ;

#define KEY_ID  "AKIDFETCHED0000WXYZ"
#define SECRET  "fetched-secret-key"
#define TOKEN   "fetched-session-token"
#define NOTHING "HTTP/1.1 200 OK\r\nContent-Length: 0\r\n\r\n"

enum {
    ANSWERS_MAX = 15
};

static struct fixture f;
static char folder[64];
static char logged[65536]; /* every line */
static struct server_reply answers[ANSWERS_MAX + 1];
static char *made[ANSWERS_MAX + 1]; /* bytes of theirs, until the end of the test */
static size_t answer_count;

/* ---- what is around the program */

static inline const char *path_of(const char *name)
{
    static char path[256];

    snprintf(path, sizeof path, "%s/%s", folder, name);
    return path;
}

static inline void write_file(const char *name, const char *text, mode_t mode)
{
    int fd = open(path_of(name), O_WRONLY | O_CREAT | O_TRUNC, 0600);

    ck_assert_int_ge(fd, 0);
    ck_assert_int_eq(write(fd, text, strlen(text)), (ssize_t)strlen(text));
    ck_assert_int_eq(fchmod(fd, mode), 0);
    close(fd);
}

/* The caller's to free. */
static inline char *read_file(const char *name)
{
    char *text = calloc(1, 65536);
    int fd = open(path_of(name), O_RDONLY);

    ck_assert_int_ge(fd, 0);
    ck_assert_int_ge(read(fd, text, 65535), 0);
    close(fd);
    return text;
}

static inline void set(const char *name, const char *value)
{
    ck_assert_int_eq(setenv(name, value, 1), 0);
}

/* Nothing but the region and where the server is. */
static inline void set_environment(void)
{
    for (char **variable = environ; *variable != NULL;) {
        char name[128];
        snprintf(name, sizeof name, "%.*s", (int)strcspn(*variable, "="), *variable);
        if (strncmp(name, "AWS_", 4) == 0)
            unsetenv(name);
        else
            variable++;
    }
    set("HOME", folder);
    set("AWS_CONFIG_FILE", "/dev/null");
    set("AWS_SHARED_CREDENTIALS_FILE", "/dev/null");
    set("AWS_REGION", "us-east-1");
    set("AWS_ENDPOINT_URL", server_url(f.server));
}

/* ---- what the server answers */

static inline void will_reply(struct server_reply reply)
{
    ck_assert_uint_lt(answer_count, ANSWERS_MAX);
    answers[answer_count++] = reply;
    answers[answer_count] = (struct server_reply){.bytes = f.answer};
    server_script(f.server, answers, answer_count + 1); /* then Bedrock's */
}

static inline void will_answer(const char *status, const char *body)
{
    char *answer = server_answer(status, "", body);

    will_reply((struct server_reply){.bytes = answer});
    made[answer_count - 1] = answer;
}

/* ---- the client */

static inline void note_log(int level, const char *text, void *user_data)
{
    size_t n = strlen(logged);

    (void)level, (void)user_data;
    snprintf(logged + n, sizeof logged - n, "%s\n", text);
}

/* A client whose credentials are looked for as the environment says now. */
static inline void look_for(const char *sources)
{
    brc_client_free(f.client);
    f.credentials = brc_credentials_free(f.credentials);
    f.loop = (struct loop){0};
    ck_assert_int_eq(brc_credentials_new_chain(sources, &f.credentials), 0);
    ck_assert_int_eq(brc_client_new(f.credentials, &f.client), 0);
    if (f.looped)
        ck_assert_int_eq(loop_attach(&f.loop, f.client), 0);
    ck_assert_int_eq(brc_client_set_timeouts(f.client, 0, LIMIT_MS, 0), 0);
    ck_assert_int_eq(brc_client_set_retries(f.client, 1, 0), 0);
    ck_assert_int_eq(brc_client_set_log(f.client, BRC_LOG_DEBUG, note_log, NULL, NULL), 0);
}

static inline void start(void)
{
    fixture_start(&f);
    snprintf(folder, sizeof folder, "/tmp/fetch.XXXXXX");
    ck_assert_ptr_nonnull(mkdtemp(folder));
    set_environment();
    time_set_chance(0); /* no wait before another attempt */
    time_spare();       /* some sources have a second */
    answer_count = 0;
    *logged = '\0';
}

static inline void remove_folder(const char *name)
{
    char command[300];

    snprintf(command, sizeof command, "rm -rf '%s/%s'", folder, name);
    ck_assert_int_eq(system(command), 0);
}

static inline void stop(void)
{
    fixture_stop(&f);
    remove_folder("");
    for (size_t i = 0; i < answer_count; i++) {
        free(made[i]);
        made[i] = NULL;
    }
}

/* Asks; if the first answer is silence, its time limit ends. */
static inline int ask_past(enum server_then then)
{
    brc_result *result = NULL;

    if (then != SERVER_HANG)
        return fixture_ask(&f, NULL);
    int rc = ask_past_limit(&f, 1, time_run_out, &result);
    brc_result_free(result);
    return rc;
}

/* ---- what it asked */

/* Request i, from 0: its first line, and the lines that it has to have, up to NULL. */
static inline void check_request(size_t i, const char *first, const char *const *lines)
{
    char *request = server_request(f.server, i), line[8192];

    snprintf(line, sizeof line, "%s HTTP/1.1\r\n", first);
    ck_assert_msg(strncmp(request, line, strlen(line)) == 0, "request %zu is not %s, but:\n%s", i,
                  first, request);
    for (; *lines != NULL; lines++) {
        snprintf(line, sizeof line, "\r\n%s\r\n", *lines);
        ck_assert_msg(strstr(request, line) != NULL, "request %zu has no %s:\n%s", i, *lines,
                      request);
    }
    free(request);
}

#define LINES(...)                                                                                 \
    (const char *const[])                                                                          \
    {                                                                                              \
        __VA_ARGS__, NULL                                                                          \
    }

static inline int request_has(size_t i, const char *text)
{
    char *request = server_request(f.server, i);
    int has = strstr(request, text) != NULL;

    free(request);
    return has;
}

/* How often a part stands in a text, of the log for example. */
static inline size_t count_of(const char *text, const char *part)
{
    size_t count = 0;

    while ((text = strstr(text, part)) != NULL) {
        text += strlen(part);
        count++;
    }
    return count;
}

/* The keys that came are those that Bedrock's request, which is number i, was signed with. */
static inline void check_signed(size_t i)
{
    ck_assert(request_has(i, "POST /model/"));
    ck_assert(request_has(i, "Credential=" KEY_ID "/"));
    ck_assert(request_has(i, "\r\nX-Amz-Security-Token: " TOKEN "\r\n"));
}

/* The call fails for want of credentials, with this as the whole reason. */
static inline void check_failure(const char *why)
{
    ck_assert_int_eq(fixture_ask(&f, NULL), BRC_E_CREDENTIALS);
    ck_assert_str_eq(brc_client_error(f.client), why);
    ck_assert_uint_eq(f.record_count, 0);
}

#endif
