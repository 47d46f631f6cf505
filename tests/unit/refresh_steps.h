/* What the tests of fetching credentials share: a server that hands out keys as a container's
 * agent, a machine's metadata service and STS do, and notes by which keys each call was signed. For
 * one test program each. SPDX-License-Identifier: MIT */
#ifndef TEST_REFRESH_STEPS_H
#define TEST_REFRESH_STEPS_H

#include "fixture.h"
#include "scripted_time.h"

#include <check.h>
#include <clock.h>

#include <pthread.h>
#include <stdatomic.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <time.h>
#include <unistd.h>

enum {
    FETCHES_MAX = 16,
    HOUR_S = 3600,
    WINDOW_S = 5 * 60, /* keys are fetched anew so long before they end */
    AGAIN_S = 60,      /* after a failure not earlier than this */
};

#define SECRET "secret-of-the-keys"
#define TOKEN  "token-of-the-keys"

static struct fixture f; /* its client and credentials are those of the source under test */

/* What is handed out, and what came of it. The n-th keys have the id KEYSn. */
static struct {
    pthread_mutex_t lock;
    atomic_int fetches;         /* requests for keys so far */
    atomic_int closed;          /* their answers wait until it is 0 */
    int64_t lifetime_s;         /* of keys */
    const char *fault;          /* the answer instead of keys; "" for none at all; NULL: keys */
    const char *refusal;        /* the answer to calls instead of a sound one; NULL: none */
    int refused_below;          /* only to those by keys with a lower number; 0: to all */
    struct server_reply stream; /* the sound answer to a call of a stream */
    int delay_ms;               /* before the answer */
    char answers[FETCHES_MAX][2048];
    int64_t ends[FETCHES_MAX];
    int calls[FETCHES_MAX]; /* signed by these keys */
    int late_calls;         /* signed after their keys' end */
    int other_calls;        /* signed by other keys, or not at all */
    char identity[64];      /* the web identity token that came last */
} world;

/* ---- the server */

static struct server_reply text_reply(const char *text)
{
    return (struct server_reply){.bytes = text, .delay_ms = world.delay_ms};
}

#define KEYS_JSON                                                                                  \
    "{\"Code\":\"Success\",\"AccessKeyId\":\"KEYS%d\",\"SecretAccessKey\":\"" SECRET "\","         \
    "\"Token\":\"" TOKEN "\",\"Expiration\":\"%s\"}"
#define KEYS_XML                                                                                   \
    "<AssumeRoleWithWebIdentityResponse><AssumeRoleWithWebIdentityResult><Credentials>"            \
    "<AccessKeyId>KEYS%d</AccessKeyId><SecretAccessKey>" SECRET "</SecretAccessKey>"               \
    "<SessionToken>" TOKEN "</SessionToken><Expiration>%s</Expiration></Credentials>"              \
    "</AssumeRoleWithWebIdentityResult></AssumeRoleWithWebIdentityResponse>"

static void write_keys(char *to, size_t size, int n, int as_xml)
{
    char body[1024], date[32];
    time_t ends = world.ends[n];
    struct tm parts;

    strftime(date, sizeof date, "%Y-%m-%dT%H:%M:%SZ", gmtime_r(&ends, &parts));
    if (as_xml)
        snprintf(body, sizeof body, KEYS_XML, n, date);
    else
        snprintf(body, sizeof body, KEYS_JSON, n, date);
    snprintf(to, size, "HTTP/1.1 200 OK\r\nContent-Length: %zu\r\n\r\n%s", strlen(body), body);
}

/* Counts the request before it waits. Threads of a server do not assert. */
static struct server_reply hand_out(int as_xml)
{
    int n = atomic_fetch_add(&world.fetches, 1);

    while (atomic_load(&world.closed) != 0)
        usleep(1000);
    if (world.fault != NULL)
        return (struct server_reply){.bytes = *world.fault == '\0' ? NULL : world.fault,
                                     .then = *world.fault == '\0' ? SERVER_CLOSE : SERVER_KEEP};
    if (n >= FETCHES_MAX)
        abort();
    world.ends[n] = brc__clock_utc_ms() / 1000 + world.lifetime_s;
    write_keys(world.answers[n], sizeof world.answers[n], n, as_xml);
    return text_reply(world.answers[n]);
}

static int64_t signed_at(const char *request)
{
    const char *date = strcasestr(request, "\r\nx-amz-date: ");
    struct tm parts = {0};

    if (date == NULL ||
        strptime(date + strlen("\r\nx-amz-date: "), "%Y%m%dT%H%M%SZ", &parts) == NULL)
        return INT64_MAX;
    return timegm(&parts);
}

static struct server_reply answer_call(const char *request)
{
    static const char mark[] = "Credential=KEYS";
    const char *credential = strstr(request, mark);
    int n = credential == NULL ? -1 : atoi(credential + strlen(mark));

    pthread_mutex_lock(&world.lock);
    if (n < 0 || n >= world.fetches || n >= FETCHES_MAX) {
        world.other_calls++;
    } else {
        world.calls[n]++;
        world.late_calls += signed_at(request) >= world.ends[n];
    }
    pthread_mutex_unlock(&world.lock);
    if (world.refusal != NULL && (world.refused_below == 0 || n < world.refused_below))
        return (struct server_reply){.bytes = world.refusal};
    return strstr(request, "/converse-stream ") != NULL ? world.stream
                                                        : (struct server_reply){.bytes = f.answer};
}

#define ROLES "/latest/meta-data/iam/security-credentials/"

static struct server_reply answer(const char *request, void *user_data)
{
    static const char mark[] = "WebIdentityToken=";
    const char *identity = strstr(request, mark);

    (void)user_data;
    if (strncmp(request, "GET /keys ", strlen("GET /keys ")) == 0)
        return hand_out(0);
    if (strncmp(request, "PUT /latest/api/token ", strlen("PUT /latest/api/token ")) == 0)
        return text_reply("HTTP/1.1 200 OK\r\nContent-Length: 8\r\n\r\nmachine1");
    if (strncmp(request, "GET " ROLES " ", strlen("GET " ROLES " ")) == 0)
        return text_reply("HTTP/1.1 200 OK\r\nContent-Length: 4\r\n\r\nrole");
    if (strncmp(request, "GET " ROLES "role ", strlen("GET " ROLES "role ")) == 0)
        return hand_out(0);
    if (identity == NULL)
        return answer_call(request);
    identity += strlen(mark);
    snprintf(world.identity, sizeof world.identity, "%.*s", (int)strcspn(identity, "&"), identity);
    return hand_out(1);
}

/* ---- the client */

static struct {
    char warnings[4096]; /* what the log said at that level, about credentials */
    int warned;
    int recursion; /* what a call started in there returned */
} heard;

static void ignore(brc_client *client, int64_t id, int code, brc_result *result, void *user_data)
{
    (void)client, (void)id, (void)code, (void)user_data;
    brc_result_free(result);
}

static void on_log(int level, const char *text, void *user_data)
{
    size_t used = strlen(heard.warnings);

    (void)user_data;
    if (level != BRC_LOG_WARNING || strncmp(text, "credentials:", strlen("credentials:")) != 0)
        return;
    heard.warned++;
    heard.recursion = brc_start(f.client, f.request, NULL, ignore, NULL, NULL, NULL);
    snprintf(heard.warnings + used, sizeof heard.warnings - used, "%s\n", text);
}

/* A client with these credentials and the fixture's settings. */
static inline brc_client *new_client(brc_credentials *credentials, struct loop *loop)
{
    brc_client *client;

    ck_assert_int_eq(brc_client_new(credentials, &client), 0);
    if (f.looped)
        ck_assert_int_eq(loop_attach(loop, client), 0);
    ck_assert_int_eq(brc_client_set_endpoint(client, server_url(f.server)), 0);
    ck_assert_int_eq(brc_client_set_log(client, BRC_LOG_INFO, on_log, NULL, NULL), 0);
    return client;
}

/* Has the one source that the variable configures: name=URL of the server and this path. */
static inline void use_source(const char *name, const char *path)
{
    char value[512];

    snprintf(value, sizeof value, "%s%s", server_url(f.server), path);
    setenv(name, value, 1);
    brc_client_free(f.client);
    brc_credentials_free(f.credentials);
    ck_assert_int_eq(brc_credentials_new_chain(NULL, &f.credentials), 0);
    f.client = new_client(f.credentials, &f.loop);
}

static inline void use_container(void)
{
    use_source("AWS_CONTAINER_CREDENTIALS_FULL_URI", "/keys");
}

static inline void use_machine(void)
{
    use_source("AWS_EC2_METADATA_SERVICE_ENDPOINT", "");
}

static inline void start(void)
{
    static const char *const scrubbed[] = {"AWS_CONTAINER_CREDENTIALS_FULL_URI",
                                           "AWS_CONTAINER_CREDENTIALS_RELATIVE_URI",
                                           "AWS_EC2_METADATA_SERVICE_ENDPOINT",
                                           "AWS_WEB_IDENTITY_TOKEN_FILE",
                                           "AWS_ACCESS_KEY_ID",
                                           "AWS_PROFILE",
                                           "AWS_EC2_METADATA_DISABLED",
                                           "AWS_ENDPOINT_URL"};

    for (size_t i = 0; i < sizeof scrubbed / sizeof *scrubbed; i++)
        unsetenv(scrubbed[i]);
    setenv("AWS_CONFIG_FILE", "/dev/null", 1);
    setenv("AWS_SHARED_CREDENTIALS_FILE", "/dev/null", 1);
    memset(&world, 0, sizeof world);
    memset(&heard, 0, sizeof heard);
    pthread_mutex_init(&world.lock, NULL);
    world.lifetime_s = HOUR_S;
    time_spare(); /* some sources have a second */
    fixture_start(&f);
    server_choose(f.server, answer, NULL);
}

static inline void stop(void)
{
    atomic_store(&world.closed, 0);
    fixture_stop(&f);
    pthread_mutex_destroy(&world.lock);
}

static inline void step_of(brc_client *client, struct loop *loop)
{
    if (f.looped)
        loop_turn(loop, client, 20);
    else
        brc_client_perform(client, 20);
}

static inline void step(void)
{
    step_of(f.client, &f.loop);
}

/* The clocks go on; a loop's timer has fired. */
static inline void pass(int64_t seconds)
{
    time_pass(seconds * 1000);
    if (f.looped)
        brc_client_notify(f.client, -1, 0);
}

static inline int ask(void)
{
    return fixture_ask(&f, NULL);
}

/* The number of the keys there are; -1: none. */
static inline int keys_at_hand(void)
{
    char *json;

    ck_assert_int_eq(brc_credentials_explain(f.credentials, &json), 0);
    const char *end = strstr(json, "\"accessKeyIdEnd\":\"EYS");
    int n = end == NULL ? -1 : atoi(end + strlen("\"accessKeyIdEnd\":\"EYS"));
    brc_free(json);
    return n;
}

static inline void step_until_keys(int n)
{
    while (keys_at_hand() != n)
        step();
}

static inline void step_until_fetches(int n)
{
    while (atomic_load(&world.fetches) < n)
        step();
}

/* ---- many calls */

static struct {
    int done, failed, canceled;
    char error[1024]; /* of the last that failed */
} told;

static inline void on_done(brc_client *client, int64_t id, int code, brc_result *result,
                           void *user_data)
{
    (void)id, (void)user_data;
    told.done++;
    told.canceled += code == BRC_E_CANCELED;
    told.failed += code < 0 && code != BRC_E_CANCELED;
    if (code < 0)
        snprintf(told.error, sizeof told.error, "%s", brc_client_error(client));
    brc_result_free(result);
}

static inline int64_t start_call(void)
{
    int64_t id;

    ck_assert_int_eq(brc_start(f.client, f.request, NULL, on_done, NULL, NULL, &id), 0);
    return id;
}

static inline void start_calls(int n)
{
    memset(&told, 0, sizeof told);
    for (int i = 0; i < n; i++)
        start_call();
}

static inline void step_until_done(int n)
{
    while (told.done < n)
        step();
}

#endif
