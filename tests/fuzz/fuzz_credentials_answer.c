/* Any bytes as what a source of credentials answers: they bring keys that can be signed with, lead
 * to a request that goes where it should, or fail with one line that says why. And as the file that
 * SSO keeps its token in: what is written back there is read again.
 *
 * The first byte says which source and which of its steps.
 * SPDX-License-Identifier: MIT */
#include <aws_answer.h>
#include <fetch.h>
#include <sso_cache.h>
#include <text.h>
#include <url.h>

#include <fcntl.h>
#include <stdio.h>
#include <unistd.h>

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size);

#define ENDPOINT "http://127.0.0.1:1"

static char folder[64], file[96];
static brc_client *client;

static void must(bool truth)
{
    if (!truth)
        abort();
}

/* ---- what there is but once */

static void clean_up(void)
{
    brc_client_free(client);
    unlink(file);
    rmdir(folder);
}

static void set_up(void)
{
    static const char *const variables[][2] = {
        {"AWS_CONFIG_FILE", "/dev/null"},
        {"AWS_SHARED_CREDENTIALS_FILE", "/dev/null"},
        {"AWS_ENDPOINT_URL", ENDPOINT},
    };
    brc_credentials *credentials;

    if (client != NULL)
        return;
    for (size_t i = 0; i < sizeof variables / sizeof *variables; i++)
        setenv(variables[i][0], variables[i][1], 1);
    snprintf(folder, sizeof folder, "%s/fuzz_answer.XXXXXX",
             access("/dev/shm", W_OK) == 0 ? "/dev/shm" : "/tmp");
    must(mkdtemp(folder) != NULL);
    snprintf(file, sizeof file, "%s/token.json", folder);
    must(brc_credentials_new("AKID", "secret", NULL, &credentials) == 0);
    must(brc_client_new(credentials, &client) == 0);
    brc_credentials_free(credentials);
    atexit(clean_up);
}

static void write_file(const char *text, size_t n)
{
    int fd = open(file, O_WRONLY | O_CREAT | O_TRUNC, 0600);

    must(fd >= 0 && write(fd, text, n) == (ssize_t)n);
    close(fd);
}

/* ---- what is to hold */

static bool is_visible(const char *text)
{
    while (*text >= ' ' && *text < 0x7f)
        text++;
    return *text == '\0';
}

static void check_keys(const struct brc__keys *keys)
{
    must(keys != NULL && keys->access_key_id_length > 0 && *keys->secret_access_key != '\0');
    must(strlen(keys->access_key_id) == keys->access_key_id_length);
    must(strlen(keys->session_token) == keys->session_token_length);
    must(is_visible(keys->access_key_id) && is_visible(keys->secret_access_key) &&
         is_visible(keys->session_token));
}

/* Headers must be what they are meant to be, or fail to be sent. */
static void check_errand(struct brc__errand *errand, bool to_machine)
{
    const struct brc__buf *url = &errand->call.url;
    const char *line = errand->lines.data;
    struct brc__url parts;

    must(url->status == 0 && brc__url_parse(url->data, url->length, &parts) == 0);
    must(strncmp(url->data, ENDPOINT "/", sizeof ENDPOINT) == 0);
    must(strstr(url->data, "/../") == NULL && (!to_machine || strchr(url->data, '?') == NULL));
    must(errand->call.secret && errand->call.body.secret);
    for (size_t i = 0; errand->lines.status == 0 && i < errand->line_count; i++) {
        must(strpbrk(line, "\r\n") == NULL);
        line += strlen(line) + 1;
    }
    brc__call_free(&errand->call);
}

static void check_error(int rc)
{
    const struct brc__error *error = &client->error;

    must(error->code == rc && error->text[0] != '\0');
    must(memchr(error->text, '\0', sizeof error->text) != NULL);
    must(brc__utf8_without_nul(error->text, strlen(error->text)));
    must(strpbrk(error->text, "\r\n\x1b") == NULL);
}

/* ---- sources */

static const struct brc__role role = {.role_arn = "arn:aws:iam::1:role/r"};

static const struct step {
    struct brc__plan plan;
    int step;
    const char *service, *operation; /* who answers; NULL: read as it comes */
    bool of_role;                    /* the answer is to AssumeRole */
} steps[] = {
    {{.base = {.kind = BRC__BASE_IMDS, .imds.endpoint = ENDPOINT}}, 0, NULL, NULL, false},
    {{.base = {.kind = BRC__BASE_IMDS, .imds.endpoint = ENDPOINT}}, 1, NULL, NULL, false},
    {{.base = {.kind = BRC__BASE_IMDS, .imds.endpoint = ENDPOINT}}, 2, NULL, NULL, false},
    {{.base = {.kind = BRC__BASE_CONTAINER, .container.url = ENDPOINT}}, 0, NULL, NULL, false},
    {{.base = {.kind = BRC__BASE_PROCESS}}, 0, NULL, NULL, false},
    {{.base = {.kind = BRC__BASE_WEB_IDENTITY}}, 0, "sts", "AssumeRoleWithWebIdentity", false},
    {{.base = {.kind = BRC__BASE_KEYS}, .roles = &role}, 0, "sts", "AssumeRole", true},
    {{.base = {.kind = BRC__BASE_SSO, .sso = {"s", "u", "us-east-1", "1", "r", file}}},
     0,
     "sso-oidc",
     "POST /token",
     false},
    {{.base = {.kind = BRC__BASE_SSO, .sso = {"s", "u", "us-east-1", "1", "r", file}}},
     1,
     "sso",
     "GET /federation/credentials",
     false},
    {{.base = {.kind = BRC__BASE_PROCESS}, .roles = &role}, 0, NULL, NULL, false},
};
enum {
    STEPS = sizeof steps / sizeof *steps
};

/* As it comes, or what the library makes of it first. False: an error, which is for others. */
static bool read_reply(const struct step *step, const char *text, size_t n, struct brc__buf *answer)
{
    const struct brc__aws_reply reply = {200, "", text, n};
    const struct brc__service *service;
    char id[BRC__REQUEST_ID_SIZE];

    if (step->service == NULL)
        return brc__buf_append(answer, text, n) == 0;
    must(brc__service_find(step->service, &service, &client->error) == 0);
    return brc__aws_answer_read(service, step->operation, &reply, answer, id, &client->error) == 0;
}

static void take(const struct step *step, const char *text, size_t n)
{
    brc__auto_buf struct brc__buf answer = BRC__SECRET_BUF(BRC__CEILING_ANSWER);
    const int64_t now = 1800000000;
    struct brc__errand *errand = NULL;
    struct brc__fetch fetch = {
        .plan = &step->plan,
        .role = step->plan.roles,
        .at_base = !step->of_role,
        .step = step->step,
        .handed = BRC__SECRET_BUF(64 * 1024),
        .region = "us-east-1",
    };

    if (step->plan.base.kind == BRC__BASE_IMDS && step->step > 0)
        brc__buf_append(&fetch.handed, "token", sizeof "token");
    if (read_reply(step, text, n, &answer)) {
        brc__error_clear(&client->error);
        int rc = brc__fetch_go_on(client, &fetch, &answer, now, &errand);
        if (rc == BRC__FETCH_KEYS)
            check_keys(fetch.keys);
        else if (rc == BRC__FETCH_ASKS)
            check_errand(errand, step->plan.base.kind == BRC__BASE_IMDS);
        else
            check_error(rc);
        must(rc <= BRC__FETCH_ASKS && (rc == BRC__FETCH_ASKS || errand == NULL));
    }
    brc__fetch_free(&fetch);
}

/* ---- the file of SSO */

static void take_file(const char *text, size_t n)
{
    static const struct brc__json renewed = {"\"renewed\"", sizeof "\"renewed\"" - 1};
    brc__auto_sso_cache struct brc__sso_cache cache, again;
    const int64_t end = 1900000000;
    const char *problem;
    bool open_to_others;

    write_file(text, n);
    must(brc__sso_cache_read(file, &cache, &open_to_others, &problem) == 0);
    again = (struct brc__sso_cache){0};
    if (problem != NULL)
        return;
    must(cache.access_token.n > 2 && cache.access_token.p[0] == '"');
    bool renewable = brc__sso_cache_is_renewable(&cache, 0);
    must(brc__sso_cache_write(file, &cache, renewed, renewed, end, &problem) == 0);
    if (problem != NULL)
        return; /* it would be too large */
    must(brc__sso_cache_read(file, &again, &open_to_others, &problem) == 0);
    must(problem == NULL && brc__json_is(again.access_token, "\"renewed\""));
    must(brc__json_is(again.refresh_token, "\"renewed\"") && again.expires_at == end);
    must(!renewable || brc__sso_cache_is_renewable(&again, 0));
}

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
    const char *text = (const char *)data;

    if (size == 0)
        return 0;
    set_up();
    size_t which = (size_t)data[0] % (STEPS + 1);
    if (which < STEPS)
        take(&steps[which], text + 1, size - 1);
    else
        take_file(text + 1, size - 1);
    return 0;
}
