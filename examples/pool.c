/* pool: threads that answer questions at once, each with a client of its own, all with one set of
 * keys that can be changed under way.
 *
 *     pool --threads 8 --keys /run/keys/bedrock PROFILE_ARN <questions.txt
 *
 * Answers are printed in the order of the questions, while they come: a stream that is not at its
 * turn yet is paused. SPDX-License-Identifier: MIT */
#include "pool.h"

#include <inttypes.h>
#include <signal.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <time.h>

static const char help[] =
    "usage: pool [OPTIONS] PROFILE_ARN <QUESTIONS\n"
    "\n"
    "Asks each line of stdin. Several threads do so at once; the answers go to stdout in the\n"
    "order of the questions, while they come.\n"
    "\n"
    "  --threads N      how many ask at once, 1 to 64 (4)\n"
    "  --keys FILE      keys from a file: access key id, secret access key and, if there is one,\n"
    "                   session token, a line each. SIGHUP has it read again\n"
    "  --fresh SECONDS  they end after that time, and are read again before\n"
    "  --bearer         the Amazon Bedrock API key in AWS_BEARER_TOKEN_BEDROCK instead\n"
    "  --fallback       if AWS does not accept these, go on with what the AWS SDKs would find\n"
    "  --max-tokens N   most tokens an answer may have\n"
    "  --stop TEXT      an answer ends before this text\n"
    "  --attempts N     how often a question is tried, 1 to 100 (3)\n"
    "  --timeout SECONDS  for an attempt (900)\n"
    "  --events         print the events of the answers as AWS sends them, as JSON\n"
    "  --log            a line on stderr for the start and the end of each attempt\n"
    "  --version        print the library's\n"
    "  --help           print this\n"
    "\n"
    "Without --keys and --bearer, credentials come from where the AWS SDKs look for them.\n"
    "Exit code: 0 all answered, 1 something failed or was interrupted, 2 wrong usage.\n";

/* ------------------------------------------------------------------ options */

static int parse(struct pool *pool, int argc, char **argv)
{
    struct options *options = &pool->options;
    const struct choice choices[] = {
        {"threads", .number = &options->threads, .least = 1, .most = THREADS_MAX},
        {"keys", .text = &options->keys},
        {"fresh", .number = &options->fresh_s, .least = 1, .most = 86400},
        {"bearer", .flag = &options->bearer},
        {"fallback", .flag = &options->fallback},
        {"max-tokens", .number = &options->max_tokens, .least = 1, .most = INT32_MAX},
        {"stop", .text = &options->stop},
        {"attempts", .number = &options->attempts, .least = 1, .most = 100},
        {"timeout", .number = &options->timeout_s, .least = 1, .most = 86400},
        {"events", .flag = &options->events},
        {"log", .flag = &options->log},
        {"version", .flag = &options->version},
        {.name = NULL},
    };
    char **words;
    int count;

    int rc = take_options(&pool->console, argc, argv, choices, 0, 1, &words, &count);
    if (rc != DONE || pool->console.help || options->version)
        return rc;
    if (count == 0)
        return mistyped(&pool->console, "a PROFILE_ARN", "is needed");
    if (options->fresh_s > 0 && options->keys == NULL)
        return mistyped(&pool->console, "--fresh", "is for --keys");
    options->profile_arn = words[0];
    return DONE;
}

/* ---------------------------------------------------------------- questions */

/* Takes the next line that is not empty: its number, or -1. */
static int64_t next_question(struct pool *pool, const char **ret_line, size_t *ret_length)
{
    int64_t number = -1;

    pthread_mutex_lock(&pool->mutex);
    while (*pool->line == '\n')
        pool->line++;
    *ret_line = pool->line;
    *ret_length = strcspn(pool->line, "\n");
    pool->line += *ret_length;
    if (*ret_length > 0 && !pool->ending)
        number = pool->asked++;
    pthread_mutex_unlock(&pool->mutex);
    return number;
}

static int read_questions(struct pool *pool)
{
    static char lines[LINES_MAX + 1];
    size_t length = fread(lines, 1, sizeof lines, stdin);

    if (ferror(stdin) || length > LINES_MAX || strlen(lines) < length)
        return failed("stdin cannot be read, has a NUL, or more than 10,000,000 bytes");
    pool->line = lines;
    return DONE;
}

/* -------------------------------------------------------------------- turns */

static bool is_ending(struct pool *pool)
{
    pthread_mutex_lock(&pool->mutex);
    bool ending = pool->ending;
    pthread_mutex_unlock(&pool->mutex);
    return ending;
}

static bool is_turn(struct pool *pool, int64_t number)
{
    pthread_mutex_lock(&pool->mutex);
    bool turn = pool->turn == number;
    pthread_mutex_unlock(&pool->mutex);
    return turn;
}

/* Whoever waits for an answer looks up: wakeup is what other threads may call. */
static void wake_all(struct pool *pool)
{
    for (int i = 0; i < pool->workers; i++)
        brc_client_wakeup(pool->worker[i].client);
}

static void end_turn(struct pool *pool, int64_t number)
{
    pthread_mutex_lock(&pool->mutex);
    while (pool->turn != number) /* it failed before */
        pthread_cond_wait(&pool->turned, &pool->mutex);
    pool->turn++;
    pthread_cond_broadcast(&pool->turned);
    pthread_mutex_unlock(&pool->mutex);
    wake_all(pool);
}

/* ----------------------------------------------------------------- a question */

static int on_event(brc_client *client, int64_t id, const brc_event *event, void *user_data)
{
    const struct worker *worker = user_data;
    const char *shown = NULL;
    size_t length = 0;

    (void)client, (void)id;
    if (worker->pool->options.events)
        shown = brc_event_json(event, &length);
    else if (brc_event_int(event, BRC_EVENT_TYPE) == BRC_EVENT_TEXT_DELTA)
        shown = brc_event_text(event, BRC_EVENT_TEXT, &length);
    if (shown != NULL)
        fwrite(shown, 1, length, stdout);
    if (shown != NULL && worker->pool->options.events)
        putchar('\n');
    return fflush(stdout) == EOF ? BRC_EVENT_STOP : BRC_EVENT_GO_ON;
}

static void on_done(brc_client *client, int64_t id, int code, brc_result *result, void *user_data)
{
    struct worker *worker = user_data;
    const char *request_id = brc_client_error_detail(client, BRC_ERROR_REQUEST_ID);
    const char *reason = brc_result_stop_reason(result);

    (void)id;
    worker->code = code;
    worker->done = true;
    if (code < 0)
        fprintf(stderr, "pool: question %" PRId64 ": %s (request %s)\n", worker->number + 1,
                brc_client_error(client), request_id != NULL ? request_id : "unknown");
    else if (!worker->pool->options.events)
        putchar('\n');
    if (reason != NULL && strcmp(reason, "max_tokens") == 0)
        fprintf(stderr, "pool: question %" PRId64 ": the answer was cut: its most tokens\n",
                worker->number + 1);
    brc_result_free(result);
}

static int make_request(const struct options *options, const char *question, size_t length,
                        brc_request **ret_request)
{
    int rc = brc_request_new(options->profile_arn, ret_request);

    if (rc == 0)
        rc = brc_request_add_text(*ret_request, "user", question, length);
    if (rc == 0 && options->stop != NULL)
        rc = brc_request_add_stop(*ret_request, options->stop, strlen(options->stop));
    if (rc == 0 && options->max_tokens > 0)
        rc = brc_request_set_max_tokens(*ret_request, options->max_tokens, options->max_tokens);
    return rc;
}

/* Until it is done: paused as long as others print, cancelled when the program ends. */
static void wait_for(struct worker *worker, int64_t id)
{
    bool paused = !is_turn(worker->pool, worker->number);

    if (paused)
        brc_pause(worker->client, id, 1);
    while (!worker->done && brc_client_perform(worker->client, WAIT_MS) >= 0) {
        if (paused && is_turn(worker->pool, worker->number)) {
            brc_pause(worker->client, id, 0);
            paused = false;
        }
        if (is_ending(worker->pool))
            brc_cancel(worker->client, id, 0);
    }
}

static int answer(struct worker *worker, const char *question, size_t length)
{
    brc_request *request;
    int64_t id;

    worker->done = false;
    worker->code = make_request(&worker->pool->options, question, length, &request);
    if (worker->code < 0)
        failed("%s", request != NULL ? brc_request_error(request) : brc_strerror(worker->code));
    else
        worker->code = brc_start(worker->client, request, on_event, on_done, worker, NULL, &id);
    if (worker->code == 0)
        wait_for(worker, id);
    brc_request_free(request);
    return worker->code;
}

/* Keys that AWS does not accept are given up for those that the AWS SDKs would find: one search,
 * for all threads. */
static int fall_back(struct worker *worker)
{
    struct pool *pool = worker->pool;
    int rc = 0;

    pthread_mutex_lock(&pool->mutex);
    if (pool->chain == NULL)
        rc = brc_credentials_new_chain(NULL, &pool->chain);
    brc_credentials *chain = brc_credentials_ref(pool->chain);
    pthread_mutex_unlock(&pool->mutex);
    if (rc == 0)
        rc = brc_client_set_credentials(worker->client, chain);
    brc_credentials_free(chain);
    return rc;
}

static void *work(void *user_data)
{
    struct worker *worker = user_data;
    struct pool *pool = worker->pool;
    const char *question;
    size_t length;

    while ((worker->number = next_question(pool, &question, &length)) >= 0) {
        int rc = answer(worker, question, length);
        if (rc == BRC_E_CREDENTIALS && pool->options.fallback && fall_back(worker) == 0)
            rc = answer(worker, question, length);
        end_turn(pool, worker->number);
        worker->failures += rc < 0;
    }
    pthread_mutex_lock(&pool->mutex);
    pool->running--;
    pthread_mutex_unlock(&pool->mutex);
    return NULL;
}

/* --------------------------------------------------------------------- main */

static void print_log(int level, const char *text, void *user_data)
{
    const struct worker *worker = user_data;

    (void)level;
    fprintf(stderr, "pool: thread %d: %s\n", worker->index, text);
}

static int start_worker(struct pool *pool, int index)
{
    const struct options *options = &pool->options;
    struct worker *worker = &pool->worker[index];

    *worker = (struct worker){.pool = pool, .index = index};
    int rc = brc_client_new(pool->credentials, &worker->client);
    if (rc == 0 && options->log)
        rc = brc_client_set_log(worker->client, BRC_LOG_INFO, print_log, worker, NULL);
    if (rc == 0 && options->attempts > 0)
        rc = brc_client_set_retries(worker->client, options->attempts, 0);
    if (rc == 0 && options->timeout_s > 0)
        rc = brc_client_set_timeouts(worker->client, 10 * 1000, options->timeout_s * 1000, 0);
    pool->workers += rc == 0;
    return rc < 0 ? failed("%s", brc_strerror(rc)) : DONE;
}

static bool is_running(struct pool *pool)
{
    pthread_mutex_lock(&pool->mutex);
    bool running = pool->running > 0;
    pthread_mutex_unlock(&pool->mutex);
    return running;
}

/* Signals are for this thread: SIGHUP says that there are new keys, SIGINT and SIGTERM end it. */
static void watch(struct pool *pool, const sigset_t *signals)
{
    const struct timespec a_while = {.tv_nsec = 50 * 1000 * 1000};

    while (is_running(pool)) {
        int number = sigtimedwait(signals, NULL, &a_while);
        if (number == SIGHUP && pool->options.keys != NULL)
            keys_replace(&pool->options, pool->credentials);
        if (number != SIGINT && number != SIGTERM)
            continue;
        pthread_mutex_lock(&pool->mutex);
        pool->ending = true;
        pthread_mutex_unlock(&pool->mutex);
        wake_all(pool);
    }
}

static int answer_all(struct pool *pool)
{
    sigset_t signals;
    int64_t failures = 0;

    sigemptyset(&signals);
    sigaddset(&signals, SIGHUP);
    sigaddset(&signals, SIGINT);
    sigaddset(&signals, SIGTERM);
    for (int i = 0; i < pool->options.threads; i++)
        if (start_worker(pool, i) != DONE)
            return FAILED;
    pthread_sigmask(SIG_BLOCK, &signals, NULL);
    for (; pool->started < pool->workers; pool->started++) {
        struct worker *worker = &pool->worker[pool->started];
        pthread_mutex_lock(&pool->mutex);
        pool->running++;
        pthread_mutex_unlock(&pool->mutex);
        if (pthread_create(&worker->thread, NULL, work, worker) != 0) {
            pthread_mutex_lock(&pool->mutex);
            pool->running--;
            pthread_mutex_unlock(&pool->mutex);
            break;
        }
    }
    watch(pool, &signals);
    for (int i = 0; i < pool->started; i++) {
        pthread_join(pool->worker[i].thread, NULL);
        failures += pool->worker[i].failures;
    }
    if (pool->started == 0)
        return failed("no thread can be had");
    return failures > 0 || pool->ending ? FAILED : DONE;
}

static int run(void *program, int argc, char **argv)
{
    struct pool *pool = program;

    int rc = parse(pool, argc, argv);
    if (rc == DONE && pool->options.version && !pool->console.help)
        puts(brc_version());
    if (rc == DONE && !pool->options.version && !pool->console.help) {
        rc = read_questions(pool);
        if (rc == DONE)
            rc = keys_open(&pool->options, &pool->credentials);
        if (rc == DONE)
            rc = answer_all(pool);
    }
    for (int i = 0; i < pool->workers; i++) /* in their threads no more */
        brc_client_free(pool->worker[i].client);
    brc_credentials_free(pool->credentials);
    brc_credentials_free(pool->chain);
    return rc;
}

int main(int argc, char **argv)
{
    static struct pool pool = {.console = {.program = "pool"},
                               .options = {.threads = 4},
                               .mutex = PTHREAD_MUTEX_INITIALIZER,
                               .turned = PTHREAD_COND_INITIALIZER};

    return console_run_alone(&pool.console, run, &pool, help, argc, argv);
}
