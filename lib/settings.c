/* A client's settings, and what it says of its last failure.
 * SPDX-License-Identifier: MIT */
#include "client_state.h"
#include "endpoint.h"
#include "ledger.h"
#include "memory.h"

#include <string.h>
#include <unistd.h>

enum {
    LIMIT_MAX_MS = 24 * 60 * 60 * 1000,
    CALLS_MAX = 65536,
};

const char *brc_client_error(const brc_client *client)
{
    return client == NULL ? brc_strerror(BRC_E_INVALID) : client->error.text;
}

const char *brc_client_error_detail(const brc_client *client, int field)
{
    const char *detail = NULL;

    if (client == NULL)
        return NULL;
    switch (field) {
    case BRC_ERROR_AWS_TYPE:
        detail = client->error.aws_type;
        break;
    case BRC_ERROR_AWS_MESSAGE:
        detail = client->error.aws_message;
        break;
    case BRC_ERROR_HTTP_STATUS:
        detail = client->error.http_status;
        break;
    case BRC_ERROR_REQUEST_ID:
        detail = client->error.request_id;
        break;
    default:
        return NULL;
    }
    return *detail == '\0' ? NULL : detail;
}

int brc__client_may_change(const brc_client *client)
{
    if (client == NULL)
        return BRC_E_INVALID;
    if (client->owner != getpid())
        return BRC_E_FORKED;
    return client->driving > 0 || client->noting > 0 ? BRC_E_RECURSION : BRC_OK;
}

/* Replaces a string setting by a copy; NULL clears it. */
static int set_string(brc_client *client, char **setting, const char *value)
{
    char *copy = NULL;

    if (value != NULL) {
        copy = brc__strndup(value, strlen(value));
        if (copy == NULL)
            return brc__error_set(&client->error, BRC_E_NOMEM, "%s", brc_strerror(BRC_E_NOMEM));
    }
    free(*setting);
    *setting = copy;
    return BRC_OK;
}

int brc_client_set_endpoint(brc_client *client, const char *url)
{
    int rc = brc__client_may_change(client);

    if (rc < 0)
        return rc;
    if (url != NULL) {
        rc = brc__endpoint_check(url, "endpoint", &client->error);
        if (rc < 0)
            return rc;
    }
    rc = set_string(client, &client->endpoint, url);
    if (rc == 0)
        client->endpoint_variable = NULL;
    return rc;
}

int brc_client_set_ca_file(brc_client *client, const char *path)
{
    int rc = brc__client_may_change(client);

    if (rc < 0)
        return rc;
    if (path != NULL && *path == '\0')
        return brc__error_set(&client->error, BRC_E_INVALID, "CA file: the path is empty");
    return set_string(client, &client->ca_file, path);
}

int brc_client_set_timeouts(brc_client *client, int64_t connect_ms, int64_t total_ms,
                            int64_t idle_ms)
{
    int rc = brc__client_may_change(client);

    if (rc < 0)
        return rc;
    if (connect_ms < 0 || connect_ms > LIMIT_MAX_MS || total_ms < 0 || total_ms > LIMIT_MAX_MS ||
        idle_ms < 0 || idle_ms > LIMIT_MAX_MS)
        return brc__error_set(&client->error, BRC_E_RANGE,
                              "timeouts: each must be from 0 (none) to %d milliseconds",
                              LIMIT_MAX_MS);
    client->connect_ms = connect_ms;
    client->total_ms = total_ms;
    client->idle_ms = idle_ms;
    return BRC_OK;
}

int brc_client_set_retries(brc_client *client, int64_t attempts, int pay_twice)
{
    int rc = brc__client_may_change(client);

    if (rc < 0)
        return rc;
    if (attempts < 0 || attempts > BRC__ATTEMPTS_MAX || (pay_twice != 0 && pay_twice != 1))
        return brc__error_set(&client->error, BRC_E_RANGE,
                              "retries: attempts must be from 0 (as it is) to %d, pay_twice 0 or 1",
                              BRC__ATTEMPTS_MAX);
    if (attempts > 0)
        client->retries.attempts_max = attempts;
    client->retries.pay_twice = pay_twice == 1;
    return BRC_OK;
}

int brc_client_set_limits(brc_client *client, int64_t in_flight, int64_t per_host)
{
    int rc = brc__client_may_change(client);

    if (rc < 0)
        return rc;
    if (in_flight < 1 || in_flight > CALLS_MAX || per_host < 1 || per_host > CALLS_MAX)
        return brc__error_set(&client->error, BRC_E_RANGE, "limits: each must be from 1 to %d",
                              CALLS_MAX);
    client->in_flight_max = in_flight;
    client->per_host_max = per_host;
    brc__transport_keep(client->transport, in_flight);
    return BRC_OK;
}

int brc_client_set_usage(brc_client *client, brc_usage_fn fn, void *user_data,
                         brc_destroy_fn destroy)
{
    int rc = brc__client_may_change(client);

    if (rc < 0) {
        brc__destroy(destroy, user_data);
        return rc;
    }
    struct brc__usage_sink old = client->usage;
    client->usage = (struct brc__usage_sink){fn, user_data, destroy};
    brc__destroy(old.destroy, old.user_data); /* may free the client */
    return BRC_OK;
}

int brc_client_set_ledger(brc_client *client, brc_ledger *ledger)
{
    int rc = brc__client_may_change(client);

    if (rc < 0)
        return rc;
    if (ledger == NULL)
        return brc__error_set(&client->error, BRC_E_INVALID, "ledger: is NULL");
    if (client->last_id > 0 || client->ledger != NULL)
        return brc__error_set(&client->error, BRC_E_INVALID,
                              "a ledger can only be set once, and before the first call");
    client->ledger = brc__ledger_ref(ledger);
    return BRC_OK;
}

int brc_client_set_log(brc_client *client, int level, brc_log_fn fn, void *user_data,
                       brc_destroy_fn destroy)
{
    int rc = brc__client_may_change(client);

    if (rc == 0 && (level < BRC_LOG_WARNING || level > BRC_LOG_DEBUG))
        rc = brc__error_set(&client->error, BRC_E_INVALID, "level: is not from %d to %d",
                            BRC_LOG_WARNING, BRC_LOG_DEBUG);
    if (rc < 0) {
        brc__destroy(destroy, user_data);
        return rc;
    }
    struct brc__log old = client->log;
    client->log = (struct brc__log){level, fn, user_data, destroy};
    brc__destroy(old.destroy, old.user_data); /* may free the client */
    return BRC_OK;
}
