/* Asks for a stream and stops at an event, in one of three ways; prints the usage record.
 *
 * usage: stop_after stop|drain|kill K PROFILE_ARN PROMPT
 *
 * SPDX-License-Identifier: MIT */
#include <bedrockcost/bedrockcost.h>

#include <signal.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

struct stop {
    const char *way;
    long at, told;
};

static int on_event(brc_client *client, int64_t id, const brc_event *event, void *user_data)
{
    struct stop *stop = user_data;

    (void)client, (void)id, (void)event;
    if (++stop->told != stop->at)
        return BRC_EVENT_GO_ON;
    if (strcmp(stop->way, "kill") == 0)
        raise(SIGKILL);
    return strcmp(stop->way, "drain") == 0 ? BRC_EVENT_DRAIN : BRC_EVENT_STOP;
}

static void on_usage(const brc_usage *usage, void *user_data)
{
    (void)user_data;
    puts(brc_usage_json(usage));
}

int main(int argc, char **argv)
{
    brc_credentials *credentials = NULL;
    brc_client *client = NULL;
    brc_request *request = NULL;
    brc_result *result = NULL;

    if (argc != 5)
        return 2;
    struct stop stop = {argv[1], strtol(argv[2], NULL, 10), 0};
    brc_request_new(argv[3], &request);
    brc_request_add_text(request, "user", argv[4], strlen(argv[4]));
    brc_request_set_max_tokens(request, 12, 12);
    brc_credentials_new_chain(NULL, &credentials);
    brc_client_new(credentials, &client);
    brc_client_set_usage(client, on_usage, NULL, NULL);
    int rc = brc_converse_stream(client, request, on_event, &stop, &result);
    fprintf(stderr, "%ld %d\n", stop.told, rc);
    brc_result_free(result);
    brc_client_free(client);
    brc_credentials_free(credentials);
    brc_request_free(request);
    return 0;
}
