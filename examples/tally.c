/* tally: many questions at once, from one thread; and what each profile used.
 *
 *     tally --prompt 'Why is the sky blue?' --count 5000 --in-flight 1000 PROFILE_ARN...
 *
 * What it prints is in tally_report.c.
 * SPDX-License-Identifier: MIT */
#include "accounts.h"
#include "tally.h"

#include <inttypes.h>
#include <signal.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/resource.h>
#include <time.h>
#include <unistd.h>

enum {
    TURN_MS = 100,
    DESCRIPTORS = 64, /* those that are no connection */
    LINES_MAX = 100 * 1000 * 1000,
};

static const char help[] =
    "usage: tally [OPTIONS] --prompt TEXT PROFILE_ARN...\n"
    "\n"
    "Asks many questions at once, round the application inference profiles, and prints a table of\n"
    "the tokens each profile used; the answers are thrown away. Ctrl-C cancels what is in flight\n"
    "and prints the table; a second one ends at once.\n"
    "\n"
    "  --prompt TEXT    the question; - reads all of stdin and asks each line\n"
    "  --count N        how often TEXT is asked (1)\n"
    "  --in-flight N    most calls at once (256)\n"
    "  --max-tokens N   most tokens an answer may have\n"
    "  --ledger FILE    keep accounts in this ledger, and to its budgets; see `budget`. Without "
    "it\n"
    "                   BEDROCKCOST_LEDGER, or none. The table then has what each profile cost\n"
    "  --stream         ask for streams, and say how long their first events took\n"
    "  --progress       say on stderr how far it is, also if that is no terminal\n"
    "  --json           print a line of JSON for each profile instead of the table\n"
    "  --help           print this\n"
    "\n"
    "The outcomes are those of attempts: a call that is throttled, for one, has several, and one\n"
    "that a budget refuses has none. What a budget sent through a cheaper profile counts for the\n"
    "one that was asked.\n"
    "\n"
    "Credentials come from where the AWS SDKs look for them; `credentials` says where that is.\n"
    "Exit code: 0 all answered, 1 something failed or was cancelled, 2 wrong usage.\n";

static volatile sig_atomic_t interrupted;

static void on_signal(int number)
{
    (void)number;
    interrupted = 1;
}

/* ------------------------------------------------------------------ options */

static int parse(struct tally *tally, int argc, char **argv, char ***ret_arns, int *ret_count)
{
    struct options *options = &tally->options;
    const struct choice choices[] = {
        {"prompt", .text = &options->prompt},
        {"count", .number = &options->count, .least = 1, .most = 1000 * 1000 * 1000},
        {"in-flight", .number = &options->in_flight, .least = 1, .most = 65536},
        {"max-tokens", .number = &options->max_tokens, .least = 1, .most = INT32_MAX},
        {"ledger", .text = &options->ledger},
        {"stream", .flag = &options->stream},
        {"progress", .flag = &options->progress},
        {"json", .flag = &tally->console.json},
        {.name = NULL},
    };

    int rc = take_options(&tally->console, argc, argv, choices, 0, -1, ret_arns, ret_count);
    if (rc != DONE || tally->console.help)
        return rc;
    if (options->prompt == NULL || *ret_count == 0)
        return mistyped(&tally->console, "--prompt and a PROFILE_ARN", "are needed");
    if (options->count > 0 && strcmp(options->prompt, "-") == 0)
        return mistyped(&tally->console, "--count", "does not go with the lines of stdin");
    if (options->count == 0)
        options->count = 1;
    return DONE;
}

/* ---------------------------------------------------------------- questions */

/* All of it, before the first call: a slow writer holds up no answer. */
static int read_lines(struct tally *tally)
{
    static char lines[LINES_MAX + 1];
    size_t length = fread(lines, 1, sizeof lines, stdin);

    if (ferror(stdin))
        return failed("stdin cannot be read");
    if (length > LINES_MAX)
        return failed("stdin has more than 100,000,000 bytes");
    tally->line = lines;
    tally->lines_end = lines + length;
    return DONE;
}

/* The next line that is not empty, or NULL. */
static const char *next_line(struct tally *tally, size_t *ret_length)
{
    while (tally->line < tally->lines_end && *tally->line == '\n')
        tally->line++;
    const char *line = tally->line;
    size_t left = (size_t)(tally->lines_end - line);
    const char *line_end = memchr(line, '\n', left);
    *ret_length = line_end != NULL ? (size_t)(line_end - line) : left;
    tally->line += *ret_length;
    return left > 0 ? line : NULL;
}

static const char *next_question(struct tally *tally, size_t *ret_length)
{
    if (tally->line != NULL)
        return next_line(tally, ret_length);
    *ret_length = strlen(tally->options.prompt);
    return tally->asked < tally->options.count ? tally->options.prompt : NULL;
}

/* -------------------------------------------------------------------- calls */

static struct account *account_of(const struct tally *tally, const char *profile_arn)
{
    for (size_t i = 0; i < tally->profiles; i++) {
        if (strcmp(tally->accounts[i].profile_arn, profile_arn) == 0)
            return &tally->accounts[i];
    }
    return NULL;
}

static void ask_more(struct tally *tally);

/* Says why, once for each code. */
static void note_end(struct account *account, int code, const char *why)
{
    uint64_t *shown = &account->tally->codes_shown;

    account->counts[CALLS]++;
    account->counts[FAILURES] += code < 0;
    if (code < 0 && (*shown >> -code & 1) == 0)
        failed("%s", why);
    *shown |= UINT64_C(1) << -code;
}

/* An event of a stream, which is thrown away like the other answers. */
static int on_event(brc_client *client, int64_t id, const brc_event *event, void *user_data)
{
    (void)client, (void)id, (void)event, (void)user_data;
    return BRC_EVENT_GO_ON;
}

/* The end of a call, which may be the start of the next. */
static void on_done(brc_client *client, int64_t id, int code, brc_result *result, void *user_data)
{
    struct account *account = user_data;

    (void)id;
    brc_result_free(result);
    note_end(account, code, brc_client_error(client));
    account->tally->in_flight--;
    ask_more(account->tally);
}

static void ask(struct account *account, const char *question, size_t length)
{
    struct tally *tally = account->tally;
    int64_t max_tokens = tally->options.max_tokens;
    brc_request *request;

    int rc = brc_request_new(account->profile_arn, &request);
    if (rc == 0)
        rc = brc_request_add_text(request, "user", question, length);
    if (rc == 0 && max_tokens > 0)
        rc = brc_request_set_max_tokens(request, max_tokens, max_tokens);
    const char *why = brc_request_error(request);
    if (rc == 0) {
        brc_event_fn event = tally->options.stream ? on_event : NULL;
        rc = brc_start(tally->client, request, event, on_done, account, NULL, NULL);
        why = brc_client_error(tally->client);
    }
    if (rc == 0)
        tally->in_flight++;
    else
        note_end(account, rc, why);
    brc_request_free(request); /* the call has a copy */
}

/* Starts no call that would have to wait: memory does not grow with the number of questions. */
static void ask_more(struct tally *tally)
{
    while (tally->in_flight < tally->options.in_flight && !interrupted) {
        size_t length;
        const char *question = next_question(tally, &length);
        if (question == NULL)
            return;
        ask(&tally->accounts[tally->asked++ % (int64_t)tally->profiles], question, length);
    }
}

/* The usage callback: every attempt that may have left the machine, whatever became of it. */
static void on_usage(const brc_usage *usage, void *user_data)
{
    const char *asked = brc_usage_text(usage, BRC_USAGE_ASKED_PROFILE_ARN); /* it was degraded */
    const char *through = brc_usage_text(usage, BRC_USAGE_PROFILE_ARN);
    struct tally *tally = user_data;
    struct account *account = account_of(tally, asked != NULL ? asked : through);
    int64_t outcome = brc_usage_int(usage, BRC_USAGE_OUTCOME);
    int64_t first_ms = brc_usage_int(usage, BRC_USAGE_FIRST_EVENT_MS);

    for (size_t i = 0; i < COLUMNS; i++) {
        int64_t tokens = brc_usage_int(usage, columns[i].field);
        account->counts[i] += columns[i].outcome == outcome;
        account->counts[i] += tokens > 0 ? tokens : 0; /* -1: not reported, or no field */
    }
    int64_t cost = brc_usage_int(usage, BRC_USAGE_COST);
    account->cost += cost > 0 && cost <= INT64_MAX - account->cost ? cost : 0;
    account->degraded += asked != NULL;
    if (first_ms >= 0) {
        tally->first_events[first_ms < SLOWEST_MS ? first_ms : SLOWEST_MS]++;
        tally->streams++;
    }
}

/* --------------------------------------------------------------------- main */

/* Each call in flight has a connection, and each connection a descriptor. */
static void raise_descriptor_limit(int64_t *in_flight)
{
    struct rlimit limit;

    if (getrlimit(RLIMIT_NOFILE, &limit) < 0)
        return;
    limit.rlim_cur = limit.rlim_max;
    setrlimit(RLIMIT_NOFILE, &limit);
    if (limit.rlim_max >= (rlim_t)*in_flight + DESCRIPTORS)
        return;
    *in_flight = limit.rlim_max > DESCRIPTORS ? (int64_t)limit.rlim_max - DESCRIPTORS : 1;
    failed("%" PRId64 " at once: more descriptors are not allowed (ulimit -Hn)", *in_flight);
}

/* Without SA_RESTART, so that a wait ends early. */
static void catch_signals(void)
{
    struct sigaction action = {.sa_handler = on_signal, .sa_flags = SA_RESETHAND};

    sigaction(SIGINT, &action, NULL);
    sigaction(SIGTERM, &action, NULL);
}

static int open_accounts(struct tally *tally, size_t profiles, char **profile_arns)
{
    tally->accounts = calloc(profiles, sizeof *tally->accounts);
    if (tally->accounts == NULL)
        return failed("%s", brc_strerror(BRC_E_NOMEM));
    for (size_t i = 0; i < profiles; i++) {
        brc_request *request;
        int rc = brc_request_new(profile_arns[i], &request);
        brc_request_free(request);
        if (rc < 0)
            return failed("%s", rc == BRC_E_NOT_A_PROFILE ? brc_profile_explain(profile_arns[i])
                                                          : brc_strerror(rc));
        if (account_of(tally, profile_arns[i]) != NULL)
            return misused("%s is given twice", profile_arns[i]);
        tally->accounts[i] = (struct account){.tally = tally, .profile_arn = profile_arns[i]};
        tally->profiles++;
    }
    return DONE;
}

static int make_client(struct tally *tally)
{
    int64_t *in_flight = &tally->options.in_flight;
    brc_credentials *credentials;

    int rc = accounts_open(tally->options.ledger, &tally->ledger);
    if (rc != DONE)
        return rc;
    raise_descriptor_limit(in_flight);
    rc = brc_credentials_new_chain(NULL, &credentials);
    if (rc == 0)
        rc = brc_client_new(credentials, &tally->client);
    brc_credentials_free(credentials); /* the client has a reference of its own */
    if (rc < 0)
        return failed("%s", brc_strerror(rc));
    rc = brc_client_set_usage(tally->client, on_usage, tally, NULL);
    if (rc == 0)
        rc = brc_client_set_limits(tally->client, *in_flight, *in_flight);
    if (rc == 0 && tally->ledger != NULL)
        rc = brc_client_set_ledger(tally->client, tally->ledger);
    return rc < 0 ? failed("%s", brc_client_error(tally->client)) : DONE;
}

/* A signal that comes just before a wait does not end it, so waits are short. */
static int ask_all(struct tally *tally)
{
    int left;

    catch_signals();
    do {
        ask_more(tally);
        left = brc_client_perform(tally->client, TURN_MS);
        show_progress(tally, false);
    } while (left > 0 && !interrupted);
    int rc = left < 0 ? failed("%s", brc_client_error(tally->client)) : DONE;
    tally->options.in_flight = 0; /* so that what ends now is followed by nothing */
    tally->client = brc_client_free(tally->client);
    show_progress(tally, true);
    return rc;
}

static int run(void *program, int argc, char **argv)
{
    struct tally *tally = program;
    char **arns;
    int count;

    int rc = parse(tally, argc, argv, &arns, &count);
    if (rc == DONE && !tally->console.help) {
        rc = open_accounts(tally, (size_t)count, arns);
        if (rc == DONE && strcmp(tally->options.prompt, "-") == 0)
            rc = read_lines(tally);
        if (rc == DONE)
            rc = make_client(tally);
        if (rc == DONE) {
            rc = ask_all(tally);
            rc = report(tally, interrupted) == DONE ? rc : FAILED;
        }
    }
    brc_client_free(tally->client);
    brc_ledger_free(tally->ledger);
    free(tally->accounts);
    return rc;
}

int main(int argc, char **argv)
{
    static struct tally tally = {.console = {.program = "tally"}, .options = {.in_flight = 256}};

    tally.terminal = isatty(STDERR_FILENO);
    return console_run_alone(&tally.console, run, &tally, help, argc, argv);
}
