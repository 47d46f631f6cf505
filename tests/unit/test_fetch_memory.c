/* Credentials fetched from every source, and memory: for every n the n-th allocation fails,
 * libcurl's included; and no secret of any of them is in a log line, an error, an explanation or a
 * freed block of ours. What libcurl copies is theirs to wipe. SPDX-License-Identifier: MIT */
#include "fetch_steps.h"
#include "heap.h"
#include "run.h"

#include <stdatomic.h>

/* Every secret begins so. Besides: as base64 and hexadecimal have it. */
#define CANARY "canary-"
static const char *const needles[] = {CANARY,      "Y2FuYXJ5L",      "NhbmFyeS",
                                      "jYW5hcnkt", "63616e6172792d", NULL};

#define KEYS_MEMBERS(token)                                                                        \
    "\"AccessKeyId\":\"AKID\",\"SecretAccessKey\":\"canary-fetched-secret\",\"" token              \
    "\":\"canary-fetched-token\",\"Expiration\":\"2999-01-02T03:04:05Z\"}"
#define STS_KEYS(operation)                                                                        \
    "<" operation "Response><" operation "Result><Credentials><AccessKeyId>AKID</AccessKeyId>"     \
    "<SecretAccessKey>canary-fetched-secret</SecretAccessKey><SessionToken>canary-fetched-token"   \
    "</SessionToken><Expiration>2999-01-02T03:04:05Z</Expiration></Credentials></" operation       \
    "Result></" operation "Response>"
#define SSO_FILE                                                                                   \
    "{\"accessToken\": \"canary-sso-token\", \"expiresAt\": \"2001-01-02T03:04:05Z\", "            \
    "\"clientId\": \"id\", \"clientSecret\": \"canary-client-secret\", \"refreshToken\": "         \
    "\"canary-refresh-token\"}"
#define SSO_PATH ".aws/sso/cache/ee0bfd2552fbd840c02cc48b6e823320543c450f.json"

/* What is said of each when it is refused, which must not repeat what was sent. */
#define XML_ERROR                                                                                  \
    "<ErrorResponse><Error><Code>AccessDenied</Code><Message>no</Message></Error></ErrorResponse>"

static void config(const char *text)
{
    write_file("config", text, 0600);
    set("AWS_CONFIG_FILE", path_of("config"));
}

static void environment_keys(void)
{
    set("AWS_ACCESS_KEY_ID", "AKID");
    set("AWS_SECRET_ACCESS_KEY", "canary-environment-secret");
    set("AWS_SESSION_TOKEN", "canary-environment-token");
}

static void bearer(void)
{
    set("AWS_BEARER_TOKEN_BEDROCK", "canary-bearer-token");
}

static void roles(void)
{
    config("[default]\nrole_arn = arn:aws:iam::1:role/b\nsource_profile = a\n"
           "external_id = canary-external-id\n[profile a]\naws_access_key_id = AKID\n"
           "aws_secret_access_key = canary-file-secret\naws_session_token = canary-file-token\n");
}

static void web_identity(void)
{
    write_file("token", "canary-web-identity-token", 0644);
    set("AWS_WEB_IDENTITY_TOKEN_FILE", path_of("token"));
    set("AWS_ROLE_ARN", "arn:aws:iam::1:role/a");
}

static void sso(void)
{
    config("[default]\nsso_session = corp\nsso_account_id = 1\nsso_role_name = r\n"
           "[sso-session corp]\nsso_region = us-east-1\nsso_start_url = https://corp.example/\n");
}

static void process(void)
{
    char text[512];

    write_file("output", "{\"Version\":1," KEYS_MEMBERS("SessionToken"), 0600);
    snprintf(text, sizeof text, "[default]\ncredential_process = /bin/cat \"%s\" /dev/null\n",
             path_of("output"));
    config(text);
}

static void container(void)
{
    char url[128];

    snprintf(url, sizeof url, "%s/c", server_url(f.server));
    set("AWS_CONTAINER_CREDENTIALS_FULL_URI", url);
    set("AWS_CONTAINER_AUTHORIZATION_TOKEN", "canary-authorization");
}

static void container_with_file(void)
{
    container();
    write_file("token", "canary-authorization\n", 0600);
    set("AWS_CONTAINER_AUTHORIZATION_TOKEN_FILE", path_of("token"));
}

static void imds(void)
{
    set("AWS_EC2_METADATA_SERVICE_ENDPOINT", server_url(f.server));
}

static const struct {
    const char *name;
    void (*set_up)(void);
    const char *answers[3]; /* before Bedrock's; of status 200 */
    const char *refusal;    /* in place of the last of them: status 403 */
} sources[] = {
    {"environment", environment_keys, {NULL}, NULL},
    {"bearer", bearer, {NULL}, NULL},
    {"roles", roles, {STS_KEYS("AssumeRole")}, XML_ERROR},
    {"web identity", web_identity, {STS_KEYS("AssumeRoleWithWebIdentity")}, XML_ERROR},
    {"sso",
     sso,
     {"{\"accessToken\":\"canary-renewed-token\",\"expiresIn\":28800,\"refreshToken\":"
      "\"canary-next-token\"}",
      "{\"roleCredentials\":{\"accessKeyId\":\"AKID\",\"secretAccessKey\":\"canary-fetched-secret\""
      ",\"sessionToken\":\"canary-fetched-token\",\"expiration\":32472144000000}}"},
     "{\"message\":\"no\"}"},
    {"process", process, {NULL}, NULL},
    {"container", container, {"{" KEYS_MEMBERS("Token")}, "{\"message\":\"no\"}"},
    {"container with file", container_with_file, {"{" KEYS_MEMBERS("Token")}, "{}"},
    {"imds", imds, {"canary-imds-token", "role", "{" KEYS_MEMBERS("Token")}, "no"},
};
enum {
    SOURCES = sizeof sources / sizeof *sources
};

static int source, refused;
static long kept; /* replies that the server has a copy of until its end */
static int told;  /* how many texts had a secret */

static void check_text(const char *text)
{
    for (size_t i = 0; text != NULL && needles[i] != NULL; i++)
        told += strstr(text, needles[i]) != NULL;
}

static void on_log(int level, const char *text, void *user_data)
{
    (void)level, (void)user_data;
    check_text(text);
}

static void script(void)
{
    struct server_reply replies[4] = {{0}};
    char *texts[3];
    size_t count = 0;

    for (; count < 3 && sources[source].answers[count] != NULL; count++) {
        bool last = count == 2 || sources[source].answers[count + 1] == NULL;
        bool refuse = last && refused;
        texts[count] =
            server_answer(refuse ? "403 Forbidden" : "200 OK", "",
                          refuse ? sources[source].refusal : sources[source].answers[count]);
        replies[count].bytes = texts[count];
    }
    replies[count].bytes = f.answer;
    server_script(f.server, replies, count + 1);
    kept += (long)count + 1;
    for (size_t i = 0; i < count; i++) {
        explicit_bzero(texts[i], strlen(texts[i]));
        free(texts[i]);
    }
    if (sources[source].set_up == sso)
        write_file(SSO_PATH, SSO_FILE, 0600);
}

struct end {
    int done, code;
};

static void on_done(brc_client *client, int64_t id, int code, brc_result *result, void *user_data)
{
    struct end *end = user_data;

    (void)client, (void)id;
    *end = (struct end){1, code};
    brc_result_free(result);
}

/* As fixture_ask(), whose assertions would allocate here. */
static int ask(void)
{
    struct end end = {0, 0};
    brc_result *result;

    if (!f.looped) {
        int rc = brc_converse(f.client, f.request, &result);
        brc_result_free(result);
        return rc;
    }
    int rc = brc_start(f.client, f.request, NULL, on_done, &end, NULL, NULL);
    while (rc == 0 && !end.done)
        loop_turn(&f.loop, f.client, 60000);
    return rc < 0 ? rc : end.code;
}

/* Looks for credentials and asks. */
static int look_and_ask(void)
{
    brc_credentials *credentials;
    char *explanation = NULL;

    int rc = brc_credentials_new_chain(NULL, &credentials);
    if (rc == 0)
        rc = brc_client_set_credentials(f.client, credentials);
    if (rc == 0)
        rc = ask();
    check_text(brc_client_error(f.client));
    if (credentials != NULL && brc_credentials_explain(credentials, &explanation) == 0)
        check_text(explanation);
    brc_free(explanation);
    brc_credentials_free(credentials);
    return rc;
}

static void open_client(void)
{
    brc_credentials *none;

    brc_client_free(f.client);
    f.loop = (struct loop){0};
    ck_assert_int_eq(brc_credentials_new("a", "b", NULL, &none), 0);
    ck_assert_int_eq(brc_client_new(none, &f.client), 0);
    brc_credentials_free(none);
    if (f.looped)
        ck_assert_int_eq(loop_attach(&f.loop, f.client), 0);
    ck_assert_int_eq(brc_client_set_retries(f.client, 1, 0), 0);
    ck_assert_int_eq(brc_client_set_log(f.client, BRC_LOG_DEBUG, on_log, NULL, NULL), 0);
    fixture_reply(&f, f.answer, SERVER_KEEP);
    kept++;
    ck_assert_int_eq(fixture_ask(&f, NULL), 0); /* warms what is set up once */
}

static void start_source(int i, int refuse)
{
    source = i;
    refused = refuse;
    told = 0;
    if (sources[i].set_up == sso) {
        ck_assert_int_eq(mkdir(path_of(".aws"), 0700), 0);
        ck_assert_int_eq(mkdir(path_of(".aws/sso"), 0700), 0);
        ck_assert_int_eq(mkdir(path_of(".aws/sso/cache"), 0700), 0);
    }
    sources[i].set_up();
}

START_TEST(no_secret_is_told_or_left)
{
    bool refuse = _i >= SOURCES && sources[_i % SOURCES].refusal != NULL;

    start_source(_i % SOURCES, refuse);
    open_client();
    script();
    heap_watch(needles);
    int rc = look_and_ask();
    f.client = brc_client_free(f.client);
    int found = (int)heap_found(1);
    heap_watch((const char *const[]){NULL});
    ck_assert_int_eq(rc, refuse ? BRC_E_CREDENTIALS : 0);
    ck_assert_int_eq(told, 0);
    ck_assert_int_eq(found, 0);
}
END_TEST

/* After the time in which a client does not ask again. The server may only now read a request that
 * was given up, and answer that: then once more. */
static int ask_later(void)
{
    int rc = -1;

    for (int i = 0; rc < 0 && i < 2; i++) {
        script();
        time_pass(61 * 1000);
        rc = look_and_ask();
    }
    return rc;
}

/* With later calls of the same client, after the time in which it does not ask again. */
START_TEST(every_allocation_fails)
{
    long n = -1, tried = 0, live;
    char why[1024];

    start_source(_i, 0);
    heap_watch(needles);
    do {
        f.client = brc_client_free(f.client);
        live = heap_live();
        kept = 0;
        open_client();
        script();
        heap_fail(++n, 0); /* the first time none does */
        int rc = look_and_ask();
        tried = heap_tried();
        heap_fail(0, 0);
        int later = rc == 0 ? 0 : ask_later();
        snprintf(why, sizeof why, "%s", brc_client_error(f.client));
        f.client = brc_client_free(f.client);
        live = heap_live() - live;
        ck_assert_int_eq(heap_found(1), 0);
        ck_assert_int_eq(told, 0);
        ck_assert_msg(rc == 0 || rc == BRC_E_NOMEM, "allocation %ld: %s", n, brc_strerror(rc));
        ck_assert_msg(later == 0, "after allocation %ld: %s", n, why);
        ck_assert_msg(live == kept, "allocation %ld: %ld blocks are lost", n, live - kept);
    } while (n == 0 || tried >= n);
    ck_assert_int_gt(n, 10);
    printf("# %s: %ld allocations, each failed once\n", sources[_i].name, n - 1);
}
END_TEST

static atomic_int refusals; /* so many of the next calls are refused */
static char *keys_reply;

static struct server_reply choose(const char *request, void *user_data)
{
    static const char expired[] =
        "HTTP/1.1 403 No\r\nx-amzn-ErrorType: ExpiredTokenException\r\nContent-Length: 0\r\n\r\n";
    const char *bytes = f.answer;

    (void)user_data;
    if (strncmp(request, "GET /c ", strlen("GET /c ")) == 0)
        bytes = keys_reply;
    else if (atomic_load(&refusals) > 0 && atomic_fetch_sub(&refusals, 1) > 0)
        bytes = expired;
    return (struct server_reply){.bytes = bytes};
}

/* A client whose keys AWS takes no longer from the next call on. */
static void open_refused_client(void)
{
    open_client();
    ck_assert_int_eq(brc_client_set_retries(f.client, 3, 0), 0);
    ck_assert_int_eq(look_and_ask(), 0);
    time_pass(61 * 1000);
    atomic_store(&refusals, 1);
}

START_TEST(every_allocation_of_a_renewal_fails)
{
    long n = -1, tried = 0, live;

    container();
    keys_reply = server_answer("200 OK", "", "{" KEYS_MEMBERS("Token"));
    server_choose(f.server, choose, NULL);
    do {
        f.client = brc_client_free(f.client);
        live = heap_live();
        kept = 0;
        open_refused_client();
        heap_fail(++n, 0); /* the first time none does */
        int rc = ask();
        tried = heap_tried();
        heap_fail(0, 0);
        atomic_store(&refusals, 0);
        time_pass(61 * 1000);
        int later = rc == 0 ? 0 : ask();
        f.client = brc_client_free(f.client);
        live = heap_live() - live;
        ck_assert_msg(rc == 0 || rc == BRC_E_NOMEM, "allocation %ld: %s", n, brc_strerror(rc));
        ck_assert_msg(later == 0, "after allocation %ld: %s", n, brc_strerror(later));
        ck_assert_msg(live == kept, "allocation %ld: %ld blocks are lost", n, live - kept);
    } while (n == 0 || tried >= n);
    ck_assert_int_gt(n, 10);
    printf("# renewal: %ld allocations, each failed once\n", n - 1);
}
END_TEST

START_TEST(explaining_without_memory)
{
    char *json, *sound;
    long n = 0, tried, live;

    start_source(0, 0);
    look_for(NULL);
    ck_assert_int_eq(brc_credentials_explain(f.credentials, &sound), 0);
    live = heap_live();
    do {
        heap_fail(++n, 0);
        int rc = brc_credentials_explain(f.credentials, &json);
        tried = heap_tried();
        heap_fail(0, 0);
        ck_assert_int_eq(rc, tried >= n ? BRC_E_NOMEM : 0);
        ck_assert((json == NULL) == (rc < 0) && (rc < 0 || strcmp(json, sound) == 0));
        brc_free(json);
        ck_assert_int_eq(heap_live(), live);
    } while (tried >= n);
    ck_assert_int_gt(n, 2);
    brc_free(sound);
}
END_TEST

int main(void)
{
    Suite *suite = suite_create("fetch_memory");
    TCase *tests = tcase_create("fetch_memory");

    suite_add_tcase(suite, tests);
    tcase_add_checked_fixture(tests, start, stop);
    tcase_add_loop_test(tests, no_secret_is_told_or_left, 0, 2 * SOURCES);
    tcase_add_loop_test(tests, every_allocation_fails, 0, SOURCES);
    tcase_add_test(tests, every_allocation_of_a_renewal_fails);
    tcase_add_test(tests, explaining_without_memory);
    return run(suite);
}
