/* ask: one question to a model, through an application inference profile.
 *
 *     ask arn:aws:bedrock:us-east-1:123456789012:application-inference-profile/abc123def456 \
 *         'Why is the sky blue?'
 *
 *     ask --ledger FILE --profile search-prod 'Why is the sky blue?'
 *
 * What is typed and said goes through console/, the ledger through book/; every other call of the
 * library is here. examples/demo.sh does the same without an AWS account. ask.cpp and ask.py are
 * the same program, but for ledger, names, --set and --bound. SPDX-License-Identifier: MIT */
#include "accounts.h"
#include "catalogue.h"
#include "console.h"

#include <inttypes.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

static const char help[] =
    "usage: ask [OPTIONS] PROFILE_ARN PROMPT\n"
    "       ask [OPTIONS] --profile NAME PROMPT\n"
    "\n"
    "Asks the model behind an application inference profile. The answer goes to stdout, what it\n"
    "used to stderr. A PROMPT of - is read from stdin.\n"
    "\n"
    "  --ledger FILE    keep accounts in this ledger, and to its budgets; see `budget`. Without "
    "it\n"
    "                   BEDROCKCOST_LEDGER, or none\n"
    "  --profile NAME   the profile with this name or alias\n"
    "  --catalogue FILE where names are looked up: {\"profiles\": [...]}, as `budget profiles\n"
    "                   import` takes it; without it the ledger\n"
    "  --system TEXT    system prompt\n"
    "  --max-tokens N   most tokens the answer may have\n"
    "  --set NAME=JSON  another member of the Converse request; may come several times\n"
    "  --bound N        most tokens of input that what is --set adds, where a budget asks for a\n"
    "                   bound and there is none\n"
    "  --endpoint URL   where to send, instead of the endpoint in the ARN's region\n"
    "  --ca-file FILE   trust these certificate authorities (PEM)\n"
    "  --stream         print the answer while it comes\n"
    "  --json           print the whole usage record as JSON instead of one readable line\n"
    "  --help           print this\n"
    "\n"
    "Credentials come from where the AWS SDKs look for them; `credentials` says where that is.\n"
    "Exit code: 0 answered, 1 failed, 2 wrong usage.\n";

struct options {
    struct console console;
    const char *profile_arn, *prompt, *system, *endpoint, *ca_file, *ledger, *profile, *catalogue;
    int64_t max_tokens, bound; /* -1: none is stated */
    json_t *members;           /* "NAME=JSON" */
    bool stream;
    bool line_open; /* an answer is being printed, and its line has not ended */
};

static int parse(struct options *options, int argc, char **argv)
{
    const struct choice choices[] = {
        {"ledger", .text = &options->ledger},
        {"profile", .text = &options->profile},
        {"catalogue", .text = &options->catalogue},
        {"system", .text = &options->system},
        {"max-tokens", .number = &options->max_tokens, .least = 1, .most = INT32_MAX},
        {"set", .list = &options->members},
        {"bound", .number = &options->bound, .most = INT32_MAX},
        {"endpoint", .text = &options->endpoint},
        {"ca-file", .text = &options->ca_file},
        {"stream", .flag = &options->stream},
        {"json", .flag = &options->console.json},
        {.name = NULL},
    };
    char **words;
    int count;

    int rc = take_options(&options->console, argc, argv, choices, 0, 2, &words, &count);
    if (rc != DONE || options->console.help)
        return rc;
    if (options->profile == NULL && count != 2)
        return mistyped(&options->console, "PROFILE_ARN and PROMPT", "are needed");
    if (options->profile != NULL && count != 1)
        return mistyped(&options->console, "with --profile, PROMPT", "is needed and nothing else");
    if (options->catalogue != NULL && options->profile == NULL)
        return mistyped(&options->console, "--catalogue", "is for --profile");
    options->profile_arn = options->profile == NULL ? words[0] : NULL;
    options->prompt = words[count - 1];
    return DONE;
}

/* The ledger, if there is to be one, and the ARN of a profile that is named. */
static int look_up(struct options *options, brc_ledger **ret_ledger, char **ret_arn)
{
    int rc = accounts_open(options->ledger, ret_ledger);
    if (rc != DONE || options->profile == NULL)
        return rc;
    rc = catalogue_find(options->catalogue, *ret_ledger, options->profile, ret_arn);
    options->profile_arn = *ret_arn;
    return rc;
}

static int add_prompt(const char *prompt, brc_request *request)
{
    bool piped = strcmp(prompt, "-") == 0;
    size_t length = strlen(prompt);
    char *text = piped ? read_file(prompt, &length) : NULL;

    if (piped && text == NULL)
        return FAILED;
    int rc = brc_request_add_text(request, "user", piped ? text : prompt, length);
    free(text);
    return rc < 0 ? failed("%s", brc_request_error(request)) : DONE;
}

/* --set NAME=JSON */
static int set_member(const char *member, brc_request *request)
{
    const char *json = strchr(member, '=');

    if (json == NULL)
        return misused("--set takes NAME=JSON, and not %s", member);
    char *name = strndup(member, (size_t)(json - member));
    int rc = brc_request_set_json(request, name, json + 1, strlen(json + 1));
    free(name);
    return rc < 0 ? failed("%s", brc_request_error(request)) : DONE;
}

static int make_request(const struct options *options, brc_request **ret_request)
{
    int rc = brc_request_new(options->profile_arn, ret_request);
    if (rc < 0)
        return failed("%s", rc == BRC_E_NOT_A_PROFILE ? brc_profile_explain(options->profile_arn)
                                                      : brc_strerror(rc));
    if (options->system != NULL)
        rc = brc_request_add_text(*ret_request, "system", options->system, strlen(options->system));
    if (rc == 0 && options->max_tokens > 0)
        rc = brc_request_set_max_tokens(*ret_request, options->max_tokens, options->max_tokens);
    if (rc == 0 && options->bound >= 0)
        rc = brc_request_set_bound(*ret_request, options->bound, 0);
    if (rc < 0)
        return failed("%s", brc_request_error(*ret_request));
    rc = add_prompt(options->prompt, *ret_request);
    for (size_t i = 0; i < json_array_size(options->members) && rc == DONE; i++)
        rc = set_member(json_string_value(json_array_get(options->members, i)), *ret_request);
    return rc;
}

static void print_tokens(const brc_usage *usage)
{
    static const struct {
        int field;
        const char *name;
    } kinds[] = {
        {BRC_USAGE_INPUT_TOKENS, "input"},
        {BRC_USAGE_OUTPUT_TOKENS, "output"},
        {BRC_USAGE_CACHE_READ_TOKENS, "cache read"},
        {BRC_USAGE_CACHE_WRITE_TOKENS, "cache write"},
    };

    fputs("tokens:", stderr);
    for (size_t i = 0; i < sizeof kinds / sizeof *kinds; i++) {
        int64_t count = brc_usage_int(usage, kinds[i].field);
        if (count >= 0)
            fprintf(stderr, " %s %" PRId64 ",", kinds[i].name, count);
    }
}

/* Ends the line of a stream, if one began. */
static void end_line(struct options *options)
{
    if (!options->line_open)
        return;
    putchar('\n');
    fflush(stdout);
    options->line_open = false;
}

/* The usage callback: one line, whatever became of the attempt. It comes after the last event. */
static void print_usage(const brc_usage *usage, void *user_data)
{
    static const char *const outcomes[] = {
        [BRC_OUTCOME_NOT_BILLED] = "not billed",
        [BRC_OUTCOME_REPORTED] = "reported",
        [BRC_OUTCOME_UNREPORTED] = "unreported",
    };
    struct options *options = user_data;
    const char *json = options->console.json ? brc_usage_json(usage) : NULL;
    const char *request_id = brc_usage_text(usage, BRC_USAGE_REQUEST_ID);
    char cost[ACCOUNTS_COST];

    end_line(options);
    if (json != NULL) {
        fprintf(stderr, "%s\n", json);
        return;
    }
    print_tokens(usage);
    fprintf(stderr, " %s, request %s, %" PRId64 " ms%s\n",
            outcomes[brc_usage_int(usage, BRC_USAGE_OUTCOME)],
            request_id != NULL ? request_id : "unknown", brc_usage_int(usage, BRC_USAGE_LATENCY_MS),
            accounts_cost(brc_usage_int(usage, BRC_USAGE_COST), cost));
    accounts_say(stderr, "ask", usage);
}

static int make_client(struct options *options, brc_ledger *ledger, brc_client **ret_client)
{
    brc_credentials *credentials;

    int rc = brc_credentials_new_chain(NULL, &credentials);
    if (rc == 0)
        rc = brc_client_new(credentials, ret_client);
    brc_credentials_free(credentials); /* the client has a reference of its own */
    if (rc < 0)
        return failed("%s", brc_strerror(rc));
    rc = brc_client_set_usage(*ret_client, print_usage, options, NULL);
    if (rc == 0 && options->endpoint != NULL)
        rc = brc_client_set_endpoint(*ret_client, options->endpoint);
    if (rc == 0 && options->ca_file != NULL)
        rc = brc_client_set_ca_file(*ret_client, options->ca_file);
    if (rc == 0 && ledger != NULL)
        rc = brc_client_set_ledger(*ret_client, ledger);
    return rc < 0 ? failed("%s", brc_client_error(*ret_client)) : DONE;
}

/* An answer that is cut or faulty is printed as well, as received: it is paid for. */
static int ask(brc_client *client, const brc_request *request)
{
    brc_result *result;
    size_t length;

    int rc = brc_converse(client, request, &result);
    const char *answer = brc_result_text(result, &length);
    if (answer == NULL)
        answer = brc_result_json(result, &length);
    if (answer != NULL) {
        fwrite(answer, 1, length, stdout);
        putchar('\n');
    }
    brc_result_free(result);
    return rc < 0 ? failed("%s", brc_client_error(client)) : DONE;
}

/* The event callback: prints the text, and nothing else of what a model sends. */
static int print_event(brc_client *client, int64_t id, const brc_event *event, void *user_data)
{
    struct options *options = user_data;
    size_t length;
    const char *text = brc_event_text(event, BRC_EVENT_TEXT, &length);

    (void)client;
    (void)id;
    options->line_open = true;
    if (brc_event_int(event, BRC_EVENT_TYPE) != BRC_EVENT_TEXT_DELTA)
        return BRC_EVENT_GO_ON;
    fwrite(text, 1, length, stdout);
    return fflush(stdout) == EOF ? BRC_EVENT_STOP : BRC_EVENT_GO_ON;
}

static int ask_stream(brc_client *client, const brc_request *request, struct options *options)
{
    brc_result *result;

    int rc = brc_converse_stream(client, request, print_event, options, &result);
    brc_result_free(result); /* its text is printed already */
    if (rc == BRC_E_CANCELED)
        return FAILED; /* that stdout cannot be written is said at the end */
    return rc < 0 ? failed("%s", brc_client_error(client)) : DONE;
}

static int run(void *program, int argc, char **argv)
{
    struct options *options = program;
    brc_ledger *ledger = NULL;
    brc_request *request = NULL;
    brc_client *client = NULL;
    char *arn = NULL;

    int rc = parse(options, argc, argv);
    if (rc == DONE && !options->console.help) {
        rc = look_up(options, &ledger, &arn);
        if (rc == DONE)
            rc = make_request(options, &request);
        if (rc == DONE)
            rc = make_client(options, ledger, &client);
        if (rc == DONE)
            rc = options->stream ? ask_stream(client, request, options) : ask(client, request);
    }
    brc_request_free(request);
    brc_client_free(client);
    brc_ledger_free(ledger);
    json_decref(options->members);
    free(arn);
    return rc;
}

int main(int argc, char **argv)
{
    struct options options = {.console = {.program = "ask"}, .bound = -1};

    return console_run_alone(&options.console, run, &options, help, argc, argv);
}
