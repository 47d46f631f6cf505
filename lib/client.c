/* The life of a client.
 * SPDX-License-Identifier: MIT */
#include "client_state.h"
#include "drive.h"
#include "flight.h"
#include "memory.h"
#include "refresh.h"

#include <string.h>
#include <unistd.h>

enum {
    CONNECT_MS = 10 * 1000,
    TOTAL_MS = 15 * 60 * 1000,
    IDLE_MS = 5 * 60 * 1000, /* a model may think that long before the first byte */
    IN_FLIGHT = 256,
};

/* What cannot be used is noted, for the calls to fail with. */
static int read_environment(brc_client *client)
{
    struct brc__surroundings *around = &client->surroundings;
    struct brc__error error;

    int rc = brc__surroundings_read(around, &error);
    client->retries = brc__retries_of(around->attempts_max, around->retries_of_2026);
    client->skew.off = around->corrects_no_clock;
    if (rc == 0 || rc == BRC_E_NOMEM)
        return rc;
    client->environment_fault = brc__strndup(error.text, strlen(error.text));
    return client->environment_fault == NULL ? BRC_E_NOMEM : BRC_OK;
}

int brc_client_new(brc_credentials *credentials, brc_client **ret_client)
{
    if (ret_client == NULL)
        return BRC_E_INVALID;
    *ret_client = NULL;
    if (credentials == NULL)
        return BRC_E_INVALID;
    brc_client *client = calloc(1, sizeof *client);
    if (client == NULL)
        return BRC_E_NOMEM;
    client->owner = getpid();
    client->credentials = brc_credentials_ref(credentials);
    client->connect_ms = CONNECT_MS;
    client->total_ms = TOTAL_MS;
    client->idle_ms = IDLE_MS;
    client->in_flight_max = IN_FLIGHT;
    client->loop.due = INT64_MAX;

    int rc = read_environment(client);
    if (rc == 0)
        rc = brc__transport_new(&client->transport);
    if (rc == 0) {
        struct brc__surroundings *around = &client->surroundings;
        client->endpoint = brc__steal(around->endpoints[BRC__ENDPOINT_BEDROCK_RUNTIME]);
        client->ca_file = brc__steal(around->ca_bundle);
        client->endpoint_variable = around->endpoint_names[BRC__ENDPOINT_BEDROCK_RUNTIME];
    }
    if (rc < 0) {
        brc_client_free(client);
        return rc;
    }
    brc__transport_keep(client->transport, client->in_flight_max);
    *ret_client = client;
    return BRC_OK;
}

brc_client *brc_client_free(brc_client *client)
{
    if (client == NULL || client->closing)
        return NULL;
    if (client->driving > 0 || client->noting > 0) {
        client->free_pending = true;
        return NULL;
    }
    if (client->owner == getpid())
        brc__drive_end_calls(client);
    else
        brc__transport_disown(client->transport);
    client->noting++; /* the loop hears of the descriptors that close, and lastly of its timer */
    brc__flight_free(client);
    client->refresh = brc__refresh_free(client->refresh);
    brc__transport_free(client->transport);
    if (client->loop.due != INT64_MAX && client->owner == getpid())
        client->loop.timer(-1, client->loop.user_data);
    brc_ledger_free(client->ledger);
    brc_credentials_free(client->credentials);
    free(client->endpoint);
    free(client->ca_file);
    free(client->environment_fault);
    brc__surroundings_free(&client->surroundings);
    brc__destroy(client->usage.destroy, client->usage.user_data);
    brc__destroy(client->log.destroy, client->log.user_data);
    brc__destroy(client->loop.destroy, client->loop.user_data);
    free(client);
    return NULL;
}

int brc_client_set_credentials(brc_client *client, brc_credentials *credentials)
{
    int rc = brc__client_may_change(client);

    if (rc < 0)
        return rc;
    if (credentials == NULL)
        return brc__error_set(&client->error, BRC_E_INVALID, "credentials: is NULL");
    if (credentials == client->credentials)
        return BRC_OK;
    brc_credentials *old = client->credentials;
    client->driving++;
    client->credentials = brc_credentials_ref(credentials);
    brc__flight_forget_keys(client);
    brc__drive_leave(client);
    brc_credentials_free(old);
    return BRC_OK;
}
