/* chat: a conversation with a model in the terminal, through an application inference profile.
 *
 *     chat arn:aws:bedrock:us-east-1:123456789012:application-inference-profile/abc123def456
 *
 *     chat --ledger FILE --profile search-prod
 *
 * SPDX-License-Identifier: MIT */
#include "accounts.h"
#include "catalogue.h"
#include "chat_tokens.h"
#include "console.h"

#include <ctype.h>
#include <signal.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/select.h>
#include <unistd.h>

enum {
    TURN_MS = 50,
    MOST_BYTES = 20 * 1000 * 1000 + 1, /* one more than a request may have */
};

static const char help[] =
    "usage: chat [OPTIONS] PROFILE_ARN\n"
    "       chat [OPTIONS] --profile NAME\n"
    "\n"
    "A conversation with the model behind an application inference profile. Each line is a\n"
    "question, which is asked together with all that was said before. Answers go to stdout, the\n"
    "tokens used to stderr. Ctrl-C ends an answer, a second one does not even wait for what it\n"
    "used; Ctrl-D leaves. A terminal hands on lines of up to 4,095 bytes, a pipe longer ones.\n"
    "\n"
    "  --ledger FILE    keep accounts in this ledger, and to its budgets; see `budget`. Without "
    "it\n"
    "                   BEDROCKCOST_LEDGER, or none\n"
    "  --profile NAME   the profile with this name or alias\n"
    "  --catalogue FILE where names are looked up: {\"profiles\": [...]}, as `budget profiles\n"
    "                   import` takes it; without it the ledger\n"
    "  --system TEXT    system prompt\n"
    "  --max-tokens N   most tokens an answer may have\n"
    "  --endpoint URL   where to send, instead of the endpoint in the ARN's region\n"
    "  --ca-file FILE   trust these certificate authorities (PEM)\n"
    "  --help           print this\n"
    "\n"
    "Credentials come from where the AWS SDKs look for them; `credentials` says where that is.\n"
    "Exit code: 0 all answered or ended by Ctrl-C, 1 something failed, 2 wrong usage.\n";

struct options {
    const char *profile_arn, *system, *endpoint, *ca_file, *ledger, *profile, *catalogue;
    int64_t max_tokens;
};

/* What was said: a text and whose it is, or the JSON of a message. */
struct message {
    const char *role; /* NULL: it is JSON */
    char *bytes;
    size_t length;
};

struct chat {
    struct console console;
    struct options options;
    brc_ledger *ledger;
    brc_client *client;
    char *arn;                /* of a profile that was named */
    bool terminal;            /* somebody sits there, who wants a prompt */
    struct message *messages; /* user, assistant, user, assistant ... */
    size_t length;
    struct tokens turn, session;
};

/* An answer while it comes. */
struct answer {
    int code;
    brc_result *result;
    char *shown; /* what was printed of it; NULL: nothing */
    size_t length;
    bool done, line_open;
    bool failed; /* it could not be printed or kept */
};

static volatile sig_atomic_t interrupts; /* since the prompt */

static void on_signal(int number)
{
    (void)number;
    interrupts++;
}

/* ------------------------------------------------------------------ options */

static int parse(struct chat *chat, int argc, char **argv)
{
    struct options *options = &chat->options;
    const struct choice choices[] = {
        {"ledger", .text = &options->ledger},
        {"profile", .text = &options->profile},
        {"catalogue", .text = &options->catalogue},
        {"system", .text = &options->system},
        {"max-tokens", .number = &options->max_tokens, .least = 1, .most = INT32_MAX},
        {"endpoint", .text = &options->endpoint},
        {"ca-file", .text = &options->ca_file},
        {.name = NULL},
    };
    char **words;
    int count;

    int rc = take_options(&chat->console, argc, argv, choices, 0, 1, &words, &count);
    if (rc != DONE || chat->console.help)
        return rc;
    if (count != (options->profile == NULL))
        return mistyped(&chat->console, "a PROFILE_ARN", "is needed, or --profile");
    if (options->catalogue != NULL && options->profile == NULL)
        return mistyped(&chat->console, "--catalogue", "is for --profile");
    options->profile_arn = words[0];
    return DONE;
}

/* ------------------------------------------------------------------- tokens */

static void count_turn(struct chat *chat)
{
    tokens_add(&chat->session, &chat->turn);
    tokens_print("turn", &chat->turn, "; ");
    tokens_print("session", &chat->session, "\n");
    chat->turn = NO_TOKENS;
}

/* ------------------------------------------------------------------ history */

/* AWS refuses a text of nothing but white space. */
static bool is_blank(const char *text, size_t length)
{
    size_t i = 0;

    while (i < length && isspace((unsigned char)text[i]))
        i++;
    return i == length;
}

/* Keeps a copy. */
static int remember(struct chat *chat, const char *role, const char *bytes, size_t length)
{
    struct message *messages = realloc(chat->messages, (chat->length + 1) * sizeof *messages);
    char *kept = malloc(length + 1);

    if (messages != NULL)
        chat->messages = messages;
    if (messages == NULL || kept == NULL) {
        free(kept);
        return failed("%s", brc_strerror(BRC_E_NOMEM));
    }
    memcpy(kept, bytes, length);
    chat->messages[chat->length++] = (struct message){role, kept, length};
    return DONE;
}

static void forget_last(struct chat *chat)
{
    free(chat->messages[--chat->length].bytes);
}

/* All that was said. A request lets go of no message, so each turn makes its own. */
static int make_request(const struct chat *chat, brc_request **ret_request)
{
    const struct options *options = &chat->options;

    int rc = brc_request_new(options->profile_arn, ret_request);
    if (rc == BRC_E_NOT_A_PROFILE)
        return failed("%s", brc_profile_explain(options->profile_arn));
    if (rc < 0)
        return failed("%s", brc_strerror(rc));
    if (options->system != NULL)
        rc = brc_request_add_text(*ret_request, "system", options->system, strlen(options->system));
    if (rc == 0 && options->max_tokens > 0)
        rc = brc_request_set_max_tokens(*ret_request, options->max_tokens, options->max_tokens);
    for (size_t i = 0; i < chat->length && rc == 0; i++) {
        const struct message *said = &chat->messages[i];
        if (said->role == NULL)
            rc = brc_request_add_message(*ret_request, said->bytes, said->length);
        else
            rc = brc_request_add_text(*ret_request, said->role, said->bytes, said->length);
    }
    return rc < 0 ? failed("%s", brc_request_error(*ret_request)) : DONE;
}

/* ------------------------------------------------------------------- a turn */

static void end_line(struct answer *answer)
{
    if (answer->line_open)
        putchar('\n');
    answer->line_open = false;
    fflush(stdout);
}

static bool show(struct answer *answer, const char *text, size_t length)
{
    char *shown = realloc(answer->shown, answer->length + length + 1);

    if (shown == NULL)
        return false;
    memcpy(shown + answer->length, text, length);
    answer->shown = shown;
    answer->length += length;
    shown[answer->length] = '\0';
    fwrite(text, 1, length, stdout);
    answer->line_open = true;
    return fflush(stdout) != EOF;
}

/* Shows text; nothing else of what a model sends. */
static int on_event(brc_client *client, int64_t id, const brc_event *event, void *user_data)
{
    struct answer *answer = user_data;
    size_t length;
    const char *text = brc_event_text(event, BRC_EVENT_TEXT, &length);

    (void)client;
    (void)id;
    if (brc_event_int(event, BRC_EVENT_TYPE) == BRC_EVENT_TEXT_DELTA)
        answer->failed = !show(answer, text, length);
    return answer->failed ? BRC_EVENT_STOP : BRC_EVENT_GO_ON;
}

static void on_done(brc_client *client, int64_t id, int code, brc_result *result, void *user_data)
{
    struct answer *answer = user_data;

    (void)id;
    answer->line_open |= code == 0; /* also if no text came */
    end_line(answer);
    if (code < 0 && code != BRC_E_CANCELED)
        failed("%s", brc_client_error(client));
    answer->code = code;
    answer->result = result;
    answer->done = true;
}

/* The first Ctrl-C cancels the answer, but takes in the rest for what it used; the second does not.
 * A signal that comes just before a wait does not end it, so waits are short. */
static int wait_for(struct chat *chat, int64_t id, struct answer *answer)
{
    int seen = 0, left = 0;

    while (!answer->done && left >= 0) {
        if (interrupts > seen) {
            seen = interrupts;
            if (chat->terminal && !answer->line_open)
                fputs("\n", stderr); /* behind the ^C */
            end_line(answer);
            if (chat->terminal && seen == 1)
                fputs("chat: cancelled; waiting for what it used\n", stderr);
            brc_cancel(chat->client, id, seen == 1);
        }
        left = brc_client_perform(chat->client, TURN_MS);
    }
    return left < 0 ? failed("%s", brc_client_error(chat->client)) : DONE;
}

static int ask(struct chat *chat, struct answer *answer)
{
    brc_request *request;
    int64_t id;

    int rc = make_request(chat, &request);
    if (rc == DONE) {
        rc = brc_start(chat->client, request, on_event, on_done, answer, NULL, &id);
        rc = rc < 0 ? failed("%s", brc_client_error(chat->client)) : wait_for(chat, id, answer);
    }
    brc_request_free(request); /* the call has a copy */
    if (answer->failed || (answer->code < 0 && answer->code != BRC_E_CANCELED))
        rc = FAILED;
    return rc;
}

/* What was shown stays in the conversation: a whole answer as it was sent, one that was cancelled
 * or cut as far as it was shown. If nothing was shown, the question is taken back out as well,
 * since user and assistant have to alternate. */
static int keep(struct chat *chat, const struct answer *answer)
{
    const char *role = "assistant", *said = answer->shown != NULL ? answer->shown : "";
    size_t length = strlen(said); /* up to a NUL, which no request may have */

    if (is_blank(said, length)) {
        if (answer->code == 0)
            fputs("chat: no text came; the question is taken back\n", stderr);
        forget_last(chat);
        return DONE;
    }
    if (answer->code == 0) {
        role = NULL;
        said = brc_result_message(answer->result, &length);
    }
    int rc =
        said != NULL ? remember(chat, role, said, length) : failed("%s", brc_strerror(BRC_E_NOMEM));
    if (rc != DONE)
        forget_last(chat);
    return rc;
}

static int take_turn(struct chat *chat, const char *question, size_t length)
{
    struct answer answer = {.code = BRC_E_INVALID}; /* until it is done */

    if (remember(chat, "user", question, length) != DONE)
        return FAILED;
    int rc = ask(chat, &answer);
    if (keep(chat, &answer) != DONE)
        rc = FAILED;
    accounts_say(stderr, "chat", brc_result_usage(answer.result));
    count_turn(chat);
    brc_result_free(answer.result);
    free(answer.shown);
    return rc;
}

/* ------------------------------------------------------------- conversation */

/* Whether there is a line. Of one that is too long for a request, no more than that is kept. */
static bool read_line(char *line, size_t *ret_length)
{
    size_t length = 0;
    int c;

    while ((c = getc(stdin)) != EOF && c != '\n') {
        if (length < MOST_BYTES)
            line[length++] = (char)c;
    }
    *ret_length = length;
    return c != EOF || length > 0;
}

/* At a terminal: waits until there is a line, or Ctrl-C, which counts whenever it comes. */
static void wait_for_line(void)
{
    sigset_t interrupt, others;
    fd_set in;

    sigemptyset(&interrupt);
    sigaddset(&interrupt, SIGINT);
    FD_ZERO(&in);
    FD_SET(STDIN_FILENO, &in);
    sigprocmask(SIG_BLOCK, &interrupt, &others);
    interrupts = 0;
    fputs("> ", stderr);
    pselect(STDIN_FILENO + 1, &in, NULL, NULL, NULL, &others);
    sigprocmask(SIG_SETMASK, &others, NULL);
}

/* Ctrl-C takes a line back; where there is no terminal, it ends the session. */
static bool next_line(const struct chat *chat, char *line, size_t *ret_length)
{
    while (chat->terminal || interrupts == 0) {
        if (chat->terminal)
            wait_for_line();
        bool there = interrupts == 0 && read_line(line, ret_length);
        if (interrupts == 0)
            return there;
        clearerr(stdin);
        if (chat->terminal)
            fputs("\nchat: Ctrl-D leaves\n", stderr);
    }
    return false;
}

static int converse(struct chat *chat)
{
    static char line[MOST_BYTES];
    size_t length;
    int rc = DONE;

    while (!ferror(stdout) && next_line(chat, line, &length)) {
        if (!is_blank(line, length) && take_turn(chat, line, length) != DONE)
            rc = FAILED;
    }
    if (chat->terminal)
        fputs("\n", stderr);
    tokens_print("total", &chat->session, "\n");
    if (ferror(stdin))
        return failed("stdin cannot be read");
    return interrupts > 0 ? failed("interrupted") : rc;
}

/* --------------------------------------------------------------------- main */

/* Without SA_RESTART, so that a wait for a line, or for an answer, ends. */
static void catch_interrupts(void)
{
    struct sigaction action = {.sa_handler = on_signal};

    sigaction(SIGINT, &action, NULL);
}

static int make_client(struct chat *chat)
{
    const struct options *options = &chat->options;
    brc_credentials *credentials;

    int rc = brc_credentials_new_chain(NULL, &credentials);
    if (rc == 0)
        rc = brc_client_new(credentials, &chat->client);
    brc_credentials_free(credentials); /* the client has a reference of its own */
    if (rc < 0)
        return failed("%s", brc_strerror(rc));
    rc = brc_client_set_usage(chat->client, tokens_note, &chat->turn, NULL);
    if (rc == 0 && options->endpoint != NULL)
        rc = brc_client_set_endpoint(chat->client, options->endpoint);
    if (rc == 0 && options->ca_file != NULL)
        rc = brc_client_set_ca_file(chat->client, options->ca_file);
    if (rc == 0 && chat->ledger != NULL)
        rc = brc_client_set_ledger(chat->client, chat->ledger);
    return rc < 0 ? failed("%s", brc_client_error(chat->client)) : DONE;
}

/* Says what is wrong with the options before the first question. */
static int check(struct chat *chat)
{
    struct options *options = &chat->options;
    brc_request *request;

    int rc = accounts_open(options->ledger, &chat->ledger);
    if (rc == DONE && options->profile != NULL) {
        rc = catalogue_find(options->catalogue, chat->ledger, options->profile, &chat->arn);
        options->profile_arn = chat->arn;
    }
    if (rc != DONE)
        return rc;
    rc = make_request(chat, &request);
    brc_request_free(request);
    return rc;
}

static int run(void *program, int argc, char **argv)
{
    struct chat *chat = program;

    int rc = parse(chat, argc, argv);
    if (rc == DONE && !chat->console.help) {
        rc = check(chat);
        if (rc == DONE)
            rc = make_client(chat);
        if (rc == DONE) {
            catch_interrupts();
            rc = converse(chat);
        }
    }
    brc_client_free(chat->client);
    brc_ledger_free(chat->ledger);
    free(chat->arn);
    while (chat->length > 0)
        forget_last(chat);
    free(chat->messages);
    return rc;
}

int main(int argc, char **argv)
{
    struct chat chat = {
        .console = {.program = "chat"},
        .terminal = isatty(STDIN_FILENO) && isatty(STDERR_FILENO),
        .turn = NO_TOKENS,
        .session = NO_TOKENS,
    };

    return console_run_alone(&chat.console, run, &chat, help, argc, argv);
}
