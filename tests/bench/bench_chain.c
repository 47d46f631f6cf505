/* What credentials that are looked for cost: CPU of the calling thread a call whose keys the chain
 * fetched beside one whose keys were given, and the time from nothing, chain and all, to the first
 * answer beside bare libcurl. Ratios of medians over alternated rounds of one run; never a pass or
 * a fail. SPDX-License-Identifier: MIT */
#include "bare.h"
#include "bench.h"
#include "server.h"

#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

enum {
    ROUNDS = 31,
    CALLS = 200,
    STARTS = 60,
    TOKEN = 850
};

static struct server *server;
static char *answer;

static void ask(brc_client *client)
{
    brc_request *request = bench_request();
    brc_result *result;

    if (brc_converse(client, request, &result) < 0)
        bench_fail(brc_client_error(client));
    bench_take(result);
    brc_request_free(request);
}

static brc_client *client_of_chain(const char *source)
{
    brc_credentials *credentials;
    brc_client *client;

    if (brc_credentials_new_chain(source, &credentials) < 0 ||
        brc_client_new(credentials, &client) < 0 ||
        brc_client_set_endpoint(client, server_url(server)) < 0)
        bench_fail("client");
    brc_credentials_free(credentials);
    return client;
}

/* ---- warm: the keys of a container's agent, which end some day, beside keys that were given */

static void hand_out_keys(void)
{
    char token[TOKEN + 1] = "", body[TOKEN + 256], url[128];

    memset(token, 'T', TOKEN);
    snprintf(body, sizeof body,
             "{\"AccessKeyId\":\"AKIDBENCH\",\"SecretAccessKey\":\"secret\",\"Token\":\"%s\","
             "\"Expiration\":\"2099-01-01T00:00:00Z\"}",
             token);
    char *keys = server_answer("200 OK", "", body);
    server_script(server, (struct server_reply[]){{.bytes = keys}, {.bytes = answer}}, 2);
    free(keys);
    snprintf(url, sizeof url, "%s/keys", server_url(server));
    setenv("AWS_CONTAINER_CREDENTIALS_FULL_URI", url, 1);
}

static double round_of(brc_client *client)
{
    double start = bench_seconds(CLOCK_THREAD_CPUTIME_ID);

    for (int i = 0; i < CALLS; i++)
        ask(client);
    return (bench_seconds(CLOCK_THREAD_CPUTIME_ID) - start) / CALLS;
}

/* Whoever goes first in a round may find caches as the other one left them, so they take turns. */
static void bench_calls(void)
{
    double chain[ROUNDS], given[ROUNDS], ratios[ROUNDS];

    hand_out_keys();
    brc_client *chained = client_of_chain("container");
    brc_client *direct = bench_client(server_url(server));
    ask(chained); /* which fetches */
    round_of(chained);
    round_of(direct);
    for (int i = 0; i < ROUNDS; i++) {
        if (i % 2 == 0)
            chain[i] = round_of(chained);
        given[i] = round_of(direct);
        if (i % 2 != 0)
            chain[i] = round_of(chained);
        ratios[i] = chain[i] / given[i];
    }
    printf("CPU a call: keys of the chain %.1f us, keys given %.1f us, ratio %.3f (goal 1.00)\n",
           bench_median(chain, ROUNDS) * 1e6, bench_median(given, ROUNDS) * 1e6,
           bench_median(ratios, ROUNDS));
    brc_client_free(chained);
    brc_client_free(direct);
}

/* ---- cold: the chain reads environment and files, the client is new */

/* `what` NULL: with the chain; else with keys that are given. */
static void first_of_ours(const void *what, void *ret)
{
    double start = bench_seconds(CLOCK_MONOTONIC);
    brc_client *client = what == NULL ? client_of_chain(NULL) : bench_client(server_url(server));

    ask(client);
    *(double *)ret = bench_seconds(CLOCK_MONOTONIC) - start;
}

static void make_files(char *config)
{
    int fd = mkstemp(config);
    static const char text[] = "[default]\nregion = us-east-1\naws_access_key_id = AKIDBENCH\n"
                               "aws_secret_access_key = secret\n";

    if (fd < 0 || write(fd, text, sizeof text - 1) != sizeof text - 1)
        bench_fail("config file");
    close(fd);
    setenv("AWS_CONFIG_FILE", config, 1);
    setenv("AWS_SHARED_CREDENTIALS_FILE", config, 1);
}

static void bench_starts(void)
{
    double chain[STARTS], given[STARTS], curl[STARTS], to_curl[STARTS], to_given[STARTS];
    char config[] = "/tmp/bench-chain-XXXXXX";

    make_files(config);
    for (int i = 0; i < STARTS; i++) {
        bench_in_child(first_of_ours, NULL, &chain[i], sizeof chain[i]);
        bench_in_child(first_of_ours, "", &given[i], sizeof given[i]);
        bench_in_child(bare_first, server_url(server), &curl[i], sizeof curl[i]);
        to_curl[i] = chain[i] / curl[i];
        to_given[i] = chain[i] / given[i];
    }
    remove(config);
    printf("start to first answer: chain and client %.2f ms, bare libcurl %.2f ms, ratio %.3f "
           "(goal 1.10)\n",
           bench_median(chain, STARTS) * 1e3, bench_median(curl, STARTS) * 1e3,
           bench_median(to_curl, STARTS));
    printf("start to first answer: chain and client %.2f ms, client with keys given %.2f ms, ratio "
           "%.3f\n",
           bench_median(chain, STARTS) * 1e3, bench_median(given, STARTS) * 1e3,
           bench_median(to_given, STARTS));
}

int main(void)
{
    answer = bench_answer();
    server = server_start();
    server_script(server, &(struct server_reply){.bytes = answer}, 1);
    bench_starts(); /* first, while nothing is set up in the process that forks */
    bench_calls();
    server_stop(server);
    free(answer);
    return EXIT_SUCCESS;
}
