/* SPDX-License-Identifier: MIT */
#include "calling.h"

#include <check.h>
#include <stdlib.h>
#include <string.h>

extern char **environ;

void calling_clear_environment(void)
{
    static const char *const others[] = {"https_proxy", "HTTPS_PROXY", "http_proxy", "all_proxy",
                                         "ALL_PROXY",   "no_proxy",    "NO_PROXY"};
    char name[256];

    for (char **variable = environ; *variable != NULL;) {
        size_t n = strcspn(*variable, "=");
        if (strncmp(*variable, "AWS_", 4) != 0 || n >= sizeof name) {
            variable++;
            continue;
        }
        memcpy(name, *variable, n);
        name[n] = '\0';
        unsetenv(name); /* the next one moves up */
    }
    for (size_t i = 0; i < sizeof others / sizeof *others; i++)
        unsetenv(others[i]);
    setenv("AWS_CONFIG_FILE", "/nowhere/config", 1);
    setenv("AWS_SHARED_CREDENTIALS_FILE", "/nowhere/credentials", 1);
    setenv("AWS_EC2_METADATA_DISABLED", "true", 1);
}

void calling_start(struct calling *calling)
{
    calling_clear_environment();
    *calling = (struct calling){.server = server_start()};
    ck_assert_int_eq(
        brc_credentials_new(FIXTURE_KEY_ID, FIXTURE_SECRET, FIXTURE_TOKEN, &calling->credentials),
        0);
    setenv("AWS_ENDPOINT_URL", server_url(calling->server), 1);
    calling_renew(calling, NULL);
    calling_reply(calling, "200 OK", "", "{}");
}

void calling_stop(struct calling *calling)
{
    brc_client_free(calling->client);
    brc_credentials_free(calling->credentials);
    server_stop(calling->server);
    brc_free(calling->json);
    free(calling->request);
    calling_clear_environment();
}

void calling_renew(struct calling *calling, brc_credentials *credentials)
{
    if (credentials != NULL) {
        brc_credentials_free(calling->credentials);
        calling->credentials = credentials;
    }
    brc_client_free(calling->client);
    ck_assert_int_eq(brc_client_new(calling->credentials, &calling->client), 0);
    ck_assert_int_eq(brc_client_set_timeouts(calling->client, 0, 0, 0), 0);
    ck_assert_int_eq(brc_client_set_retries(calling->client, 1, 0), 0);
}

void calling_reply(struct calling *calling, const char *status, const char *headers,
                   const char *body)
{
    char *answer = server_answer(status, headers, body);
    struct server_reply reply = {.bytes = answer};

    server_script(calling->server, &reply, 1);
    free(answer);
}

int calling_call(struct calling *calling, const char *service, const char *region,
                 const char *operation, const char *json)
{
    brc_free(calling->json);
    return brc_aws_call(calling->client, service, region, operation, json, &calling->json);
}

const char *calling_request(struct calling *calling)
{
    free(calling->request);
    calling->request = server_last_request(calling->server);
    return calling->request;
}
