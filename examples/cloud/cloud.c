/* One client for all calls of a program. SPDX-License-Identifier: MIT */
#include "cloud.h"

#include <stdarg.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <time.h>

enum {
    FIRST_PAUSE_MS = 100, /* after the first time that AWS throttles */
    LONGEST_PAUSE_MS = 5000,
    PATIENCE_MS = 300000, /* with AWS throttling one call */
    REPEATS = 4,          /* of a call that failed otherwise, and could succeed */
    FIRST_WAIT_MS = 200   /* before the first of them; each waits twice as long */
};

int cloud_open(struct cloud *cloud, const char *region)
{
    const char *attempts = getenv("AWS_MAX_ATTEMPTS");
    bool once = attempts != NULL && strcmp(attempts, "1") == 0;
    brc_credentials *credentials;

    *cloud = (struct cloud){.region = region, .service = ""};
    cloud->patience_ms = once ? 0 : PATIENCE_MS;
    int rc = brc_credentials_new_chain(NULL, &credentials);
    if (rc == 0)
        rc = brc_client_new(credentials, &cloud->client);
    if (rc == 0) /* repeats are made, and counted, here */
        rc = brc_client_set_retries(cloud->client, 1, 0);
    brc_credentials_free(credentials); /* the client has a reference of its own */
    return rc < 0 ? failed("%s", brc_strerror(rc)) : DONE;
}

void cloud_close(struct cloud *cloud)
{
    cloud->client = brc_client_free(cloud->client);
}

void cloud_wait(int64_t ms)
{
    struct timespec time = {ms / 1000, ms % 1000 * 1000000};

    nanosleep(&time, NULL);
}

/* What is remembered of an operation: each second part of a path names something, and is a *. */
static void remember(struct cloud *cloud, const char *service, const char *operation)
{
    size_t length = 0, size = sizeof cloud->operation;
    int part = 0;

    cloud->service = service;
    for (const char *c = operation; *c != '\0' && *c != '?' && length + 1 < size; c++) {
        part += *c == '/';
        if (*c == '/' || part % 2 == 1 || part == 0)
            cloud->operation[length++] = *c;
        else if (cloud->operation[length - 1] == '/')
            cloud->operation[length++] = '*';
    }
    cloud->operation[length] = '\0';
}

/* Slower after each call that is throttled, a little faster after each that is not. */
static void keep_pace(struct cloud *cloud, bool throttled)
{
    int64_t pause_ms = throttled ? cloud->pause_ms * 2 : cloud->pause_ms * 9 / 10;

    if (throttled && pause_ms < FIRST_PAUSE_MS)
        pause_ms = FIRST_PAUSE_MS;
    cloud->pause_ms = pause_ms > LONGEST_PAUSE_MS ? LONGEST_PAUSE_MS : pause_ms;
}

/* The client has learnt from such an answer how wrong this machine's clock is. */
static bool clock_was_wrong(const struct cloud *cloud)
{
    static const char *const types[] = {"RequestTimeTooSkewed", "RequestExpired",
                                        "RequestInTheFuture", "InvalidSignatureException",
                                        "SignatureDoesNotMatch"};

    for (size_t i = 0; i < sizeof types / sizeof *types; i++) {
        if (cloud_error_is(cloud, types[i]))
            return true;
    }
    return false;
}

static bool only_reads(const char *operation)
{
    static const char *const verbs[] = {"GET ", "Get", "List", "Describe"};

    for (size_t i = 0; i < sizeof verbs / sizeof *verbs; i++) {
        if (strncmp(operation, verbs[i], strlen(verbs[i])) == 0)
            return true;
    }
    return false;
}

/* Whether a call that failed, and was not throttled, is made again for the n-th time. */
static bool is_repeated(const struct cloud *cloud, const char *operation, int rc, int n)
{
    if (n >= REPEATS || cloud->patience_ms == 0)
        return false;
    switch (rc) {
    case BRC_E_SERVICE:
        return true;
    case BRC_E_CONNECT: /* the answer may be lost, and what it answers done */
    case BRC_E_PROTOCOL:
    case BRC_E_TIMEOUT:
        return cloud->repeatable || only_reads(operation);
    case BRC_E_CREDENTIALS:
    case BRC_E_ACCESS_DENIED:
    case BRC_E_REJECTED:
        return n == 0 && clock_was_wrong(cloud);
    default:
        return false;
    }
}

static int call_text(struct cloud *cloud, const char *region, const char *service,
                     const char *operation, const char *input, char **ret_answer)
{
    int64_t patience_ms = cloud->patience_ms;
    int rc, n = 0;

    for (;;) {
        cloud_wait(cloud->pause_ms);
        cloud->calls++;
        rc = brc_aws_call(cloud->client, service, region, operation, input, ret_answer);
        keep_pace(cloud, rc == BRC_E_THROTTLED);
        if (rc == BRC_E_THROTTLED) {
            patience_ms -= cloud->pause_ms;
            if (patience_ms <= 0)
                return rc;
        } else {
            if (!is_repeated(cloud, operation, rc, n))
                return rc;
            cloud_wait((int64_t)FIRST_WAIT_MS << n++);
        }
        brc_free(*ret_answer);
    }
}

int cloud_call_in(struct cloud *cloud, const char *region, const char *service,
                  const char *operation, json_t *input, json_t **ret_answer)
{
    char *text = input != NULL ? json_dumps(input, JSON_COMPACT) : NULL, *answer = NULL;
    json_t *read = NULL;

    remember(cloud, service, operation);
    int rc = input != NULL && text == NULL ? BRC_E_NOMEM : 0;
    if (rc == 0)
        rc = call_text(cloud, region != NULL ? region : cloud->region, service, operation, text,
                       &answer);
    if (rc == 0)
        read = answer != NULL ? json_loads(answer, JSON_ALLOW_NUL, NULL) : json_object();
    if (rc == 0 && read == NULL)
        rc = BRC_E_PROTOCOL;
    free(text);
    brc_free(answer);
    json_decref(input);
    if (ret_answer != NULL)
        *ret_answer = read;
    else
        json_decref(read);
    cloud->code = rc;
    return rc;
}

int cloud_call(struct cloud *cloud, const char *service, const char *operation, json_t *input,
               json_t **ret_answer)
{
    return cloud_call_in(cloud, NULL, service, operation, input, ret_answer);
}

const char *cloud_error_type(const struct cloud *cloud)
{
    const char *type = brc_client_error_detail(cloud->client, BRC_ERROR_AWS_TYPE);

    return type != NULL ? type : "";
}

bool cloud_error_is(const struct cloud *cloud, const char *type)
{
    return strcmp(cloud_error_type(cloud), type) == 0;
}

int cloud_failed(const struct cloud *cloud, const char *format, ...)
{
    char what[1024], hint[CLOUD_HINT];
    va_list arguments;

    va_start(arguments, format);
    vsnprintf(what, sizeof what, format, arguments);
    va_end(arguments);
    const char *why = brc_client_error(cloud->client);
    if (why == NULL || *why == '\0')
        why = brc_strerror(cloud->code);
    cloud_hint(cloud, hint);
    return failed("%s: %s%s%s", what, why, *hint != '\0' ? ". " : "", hint);
}

int cloud_account(struct cloud *cloud, char ret_account[CLOUD_ACCOUNT])
{
    json_t *answer;

    if (cloud_call(cloud, "sts", "GetCallerIdentity", NULL, &answer) < 0)
        return cloud_failed(cloud, "whose credentials these are cannot be found out");
    snprintf(ret_account, CLOUD_ACCOUNT, "%s", shown(answer, "Account"));
    json_decref(answer);
    return DONE;
}
