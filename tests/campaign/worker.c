/* One process of a campaign against a ledger: threads that ask, stop, lose answers and are killed.
 *
 * usage: worker load LEDGER TALLY PLAN SEED THREADS CALLS OTHER_SQLITE ARN...
 *        worker put LEDGER TALLY PLAN KIND < a JSON object a line
 *        worker points TALLY
 *
 * PLAN is "" or POINT:HIT, see points.h. OTHER_SQLITE is "" or the file of another copy of SQLite's
 * library, which opens and closes the ledger meanwhile. `load` prints how many calls ended with
 * which code; `put` prints a line for each object that was put.
 *
 * SPDX-License-Identifier: MIT */
#include "points.h"

#include <bedrockcost/bedrockcost.h>

#include <dlfcn.h>
#include <pthread.h>
#include <stdatomic.h>
#include <stdbool.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

enum {
    THREADS_MAX = 256,
    CODES = 64,
    CLOCK_STEP_MS = 100 * 1000 /* less than signatures tolerate */
};

static brc_ledger *ledger;
static char **arns;
static int arn_count, calls_each;
static atomic_int ended_with[CODES];
static atomic_bool finished;

static uint64_t next(uint64_t *state)
{
    *state = *state * 6364136223846793005u + 1442695040888963407u;
    return *state >> 33;
}

/* ---- asking */

struct stop {
    uint64_t after; /* events; 0: never */
    int how;
};

static int on_event(brc_client *client, int64_t id, const brc_event *event, void *user_data)
{
    struct stop *stop = user_data;

    (void)client, (void)id, (void)event;
    if (stop->after == 0 || --stop->after > 0)
        return BRC_EVENT_GO_ON;
    return stop->how;
}

/* Texts of every kind a tokenizer may stumble over. */
static void add_text(brc_request *request, uint64_t *random)
{
    static const char *const words[] = {"budget ", "naïve ", "請求書 ", "👩‍💻 ", "ﷺ", "㌖",
                                        "⑽",       "ﬃ",      "a"};
    char text[512] = "";

    for (uint64_t n = 1 + next(random) % 12; n > 0; n--)
        strcat(text, words[next(random) % (sizeof words / sizeof *words)]);
    if (next(random) % 4 == 0)
        brc_request_add_text(request, "system", text, strlen(text));
    if (next(random) % 4 == 0) {
        brc_request_add_text(request, "user", text, strlen(text));
        brc_request_add_text(request, "assistant", "Go on.", 6);
    }
    brc_request_add_text(request, "user", text, strlen(text));
}

static int ask(brc_client *client, uint64_t *random)
{
    brc_request *request;
    brc_result *result = NULL;
    int64_t max = 20 + (int64_t)(next(random) % 60);

    int rc = brc_request_new(arns[next(random) % (uint64_t)arn_count], &request);
    if (rc < 0)
        return rc;
    add_text(request, random);
    brc_request_set_max_tokens(request, max, next(random) % 3 == 0 ? max / 4 : max);
    if (next(random) % 2 == 0) {
        rc = brc_converse(client, request, &result);
    } else {
        struct stop stop = {next(random) % 3 == 0 ? 1 + next(random) % 6 : 0,
                            next(random) % 2 == 0 ? BRC_EVENT_STOP : BRC_EVENT_DRAIN};
        rc = brc_converse_stream(client, request, on_event, &stop, &result);
    }
    brc_result_free(result);
    brc_request_free(request);
    return rc;
}

static void *ask_often(void *seed)
{
    uint64_t random = (uint64_t)(uintptr_t)seed;
    brc_credentials *credentials = NULL;
    brc_client *client = NULL;

    brc_credentials_new_chain(NULL, &credentials);
    brc_client_new(credentials, &client);
    brc_client_set_timeouts(client, 10000, 20000, 20000);
    brc_client_set_ledger(client, ledger);
    for (int i = 0; i < calls_each; i++) {
        int rc = ask(client, &random);
        ended_with[-rc]++;
        if (rc == BRC_E_INVALID)
            fprintf(stderr, "%s\n", brc_client_error(client));
        if (next(&random) % 16 == 0)
            points_shift_clock((int64_t)(next(&random) % (2 * CLOCK_STEP_MS)) - CLOCK_STEP_MS);
    }
    brc_client_free(client);
    brc_credentials_free(credentials);
    return NULL;
}

/* ---- another copy of SQLite in the process: what it closes drops this process's POSIX locks */

struct other {
    const char *library, *ledger;
};

static void *open_and_close(void *given)
{
    const struct other *other = given;
    void *library = dlopen(other->library, RTLD_NOW | RTLD_LOCAL);
    int (*open_file)(const char *, void **) = NULL;
    int (*close_file)(void *) = NULL;
    int (*run)(void *, const char *, void *, void *, char **) = NULL;

    if (library == NULL)
        return NULL;
    *(void **)&open_file = dlsym(library, "sqlite3_open");
    *(void **)&close_file = dlsym(library, "sqlite3_close");
    *(void **)&run = dlsym(library, "sqlite3_exec");
    while (!finished) {
        void *database = NULL;
        open_file(other->ledger, &database);
        run(database, "PRAGMA wal_autocheckpoint = 0; SELECT count(*) FROM use", NULL, NULL, NULL);
        close_file(database);
        usleep(2000);
    }
    return NULL;
}

static void on_notice(const char *json, void *user_data)
{
    (void)json, (void)user_data;
}

static int load(int argc, char **argv)
{
    pthread_t threads[THREADS_MAX], other_thread;
    uint64_t seed = strtoull(argv[5], NULL, 10);
    int thread_count = atoi(argv[6]);
    struct other other = {argv[8], argv[2]};

    calls_each = atoi(argv[7]);
    arns = argv + 9;
    arn_count = argc - 9;
    if (thread_count > THREADS_MAX || brc_ledger_open(argv[2], &ledger) < 0)
        return 1;
    brc_ledger_set_notice(ledger, on_notice, NULL, NULL);
    if (*other.library != '\0')
        pthread_create(&other_thread, NULL, open_and_close, &other);
    for (int i = 0; i < thread_count; i++)
        pthread_create(&threads[i], NULL, ask_often,
                       (void *)(uintptr_t)(seed * THREADS_MAX + (uint64_t)i));
    for (int i = 0; i < thread_count; i++)
        pthread_join(threads[i], NULL);
    finished = true;
    if (*other.library != '\0')
        pthread_join(other_thread, NULL);
    brc_ledger_free(ledger);
    for (int i = 0; i < CODES; i++)
        if (ended_with[i] > 0)
            printf("%d %d\n", -i, ended_with[i]);
    return 0;
}

static int put(const char *path, const char *kind)
{
    char line[1 << 16], why[1024];

    int rc = brc_ledger_open(path, &ledger);
    while (rc == 0 && fgets(line, sizeof line, stdin) != NULL) {
        line[strcspn(line, "\n")] = '\0';
        rc = brc_ledger_put(ledger, kind, line);
        if (rc == 0) {
            puts("put");
            fflush(stdout);
        }
    }
    if (rc < 0) {
        brc_ledger_error(ledger, why, sizeof why);
        fprintf(stderr, "%s: %s\n", kind, why);
    }
    brc_ledger_free(ledger);
    return rc < 0;
}

int main(int argc, char **argv)
{
    if (argc == 3 && strcmp(argv[1], "points") == 0)
        return points_print(argv[2]) < 0;
    if (argc < 6 || points_open(argv[3], argv[4]) < 0)
        return 2;
    if (strcmp(argv[1], "put") == 0)
        return put(argv[2], argv[5]);
    return argc > 9 && strcmp(argv[1], "load") == 0 ? load(argc, argv) : 2;
}
