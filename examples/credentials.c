/* credentials: whose AWS credentials a program would use here, where they come from, and until
 * when.
 *
 *     credentials
 *     credentials --explain
 *     AWS_PROFILE=prod credentials --sources sso,process
 *
 * Prints no secret: what it prints may go into a ticket.
 * SPDX-License-Identifier: MIT */
#include "console.h"

#include <inttypes.h>
#include <stdio.h>
#include <string.h>
#include <time.h>

static const char help[] =
    "usage: credentials [OPTIONS]\n"
    "\n"
    "Says which source serves AWS credentials here, asks AWS whose they are, and says until when\n"
    "they are good. No secret is printed.\n"
    "\n"
    "  --explain        first walk the chain: each source, its state, and why it does not serve\n"
    "  --sources LIST   ask these sources only, in this order, separated by commas: environment,\n"
    "                   assume-role, web-identity, sso, shared-credentials-file, login, process,\n"
    "                   config-file, container, imds\n"
    "  --region REGION  whose STS to ask; without it AWS_REGION, AWS_DEFAULT_REGION or the\n"
    "                   profile's region\n"
    "  --help           print this\n"
    "\n"
    "AWS_PROFILE and the other variables of the AWS SDKs count as they do there.\n"
    "Exit code: 0 there are credentials and they work, 1 there are none or they fail, 2 wrong\n"
    "usage. A bearer token for Bedrock is enough for 0; it is not tried.\n";

static void print_fact(const char *name, const char *value)
{
    if (value != NULL)
        printf("%-12s %s\n", name, value);
}

static void print_source(const json_t *source, const char *mark, const char *reason)
{
    printf("%-2s %-24s %s%s%s\n", mark, text_of(source, "name"), text_of(source, "state"),
           reason != NULL ? ": " : "", reason != NULL ? reason : "");
}

/* The first source that is not absent counts, also if it is broken. */
static void print_chain(const json_t *sources)
{
    const char *before = ""; /* the reason above, which is not said twice */
    bool found = false;
    const json_t *source;
    size_t i;

    json_array_foreach(sources, i, source)
    {
        const char *reason = text_of(source, "reason");
        bool counts = !found && strcmp(text_of(source, "state"), "absent") != 0;
        bool again = reason != NULL && strcmp(reason, before) == 0;
        print_source(source, counts ? "->" : "", again ? "as above" : reason);
        if (counts && i + 1 < json_array_size(sources))
            puts("   That one counts; those below are not asked.");
        before = reason != NULL ? reason : "";
        found = found || counts;
    }
    puts(found ? "" : "   None of them counts.\n");
}

/* "2026-03-01T12:00:00Z, in 58 min" */
static void print_end(const json_t *expires_at)
{
    static const struct {
        int64_t from_s, length_s;
        const char *name;
    } units[] = {{2 * 86400, 86400, "d"}, {2 * 3600, 3600, "h"}, {2 * 60, 60, "min"}, {1, 1, "s"}};
    time_t end = (time_t)json_integer_value(expires_at);
    int64_t left_s = (int64_t)end - (int64_t)time(NULL);
    char iso[32] = "", line[80];
    struct tm utc;
    size_t i = 0;

    if (!json_is_integer(expires_at) || gmtime_r(&end, &utc) == NULL) {
        print_fact("valid until", "replaced or revoked; no end is known");
        return;
    }
    strftime(iso, sizeof iso, "%Y-%m-%dT%H:%M:%SZ", &utc);
    while (i < 3 && left_s < units[i].from_s)
        i++;
    if (left_s > 0)
        snprintf(line, sizeof line, "%s, in %" PRId64 " %s", iso, left_s / units[i].length_s,
                 units[i].name);
    else
        snprintf(line, sizeof line, "%s, which is past by this machine's clock", iso);
    print_fact("valid until", line);
}

/* What there is now, as JSON; NULL after it has said why not. */
static json_t *explain(brc_credentials *credentials)
{
    char *text;

    int rc = brc_credentials_explain(credentials, &text);
    json_t *what = rc == 0 ? json_loads(text, 0, NULL) : NULL;
    brc_free(text);
    if (what == NULL)
        failed("%s", brc_strerror(rc < 0 ? rc : BRC_E_NOMEM));
    return what;
}

/* What is known of the keys, though they may be good for nothing. */
static void print_keys(const json_t *what, const json_t *identity)
{
    const char *key_end = text_of(what, "accessKeyIdEnd");

    if (key_end == NULL)
        return;
    print_fact("source", text_of(what, "source"));
    print_fact("account", text_of(identity, "Account"));
    print_fact("identity", text_of(identity, "Arn"));
    printf("%-12s ...%s\n", "access key", key_end);
    print_end(json_object_get(what, "expiresAt"));
}

/* Asks AWS who it is, for which the client fetches the keys, and prints what is known then. */
static int ask(brc_client *client, brc_credentials *credentials, const char *region)
{
    char *text;

    int rc = brc_aws_call(client, "sts", region, "GetCallerIdentity", NULL, &text);
    json_t *identity = rc == 0 ? json_loads(text, 0, NULL) : NULL, *what = explain(credentials);
    bool bearer = json_is_true(json_object_get(what, "bearer"));

    brc_free(text);
    if (bearer)
        puts(
            "bearer token AWS_BEARER_TOKEN_BEDROCK: Bedrock gets it instead of a signature; it was "
            "not tried.\n"
            "             What other services get:");
    print_keys(what, identity);
    if (rc < 0)
        failed("%s", brc_client_error(client));
    else if (text_of(identity, "Arn") == NULL)
        rc = failed("STS answered without an Arn");
    int status = what != NULL && (rc == 0 || bearer) ? DONE : FAILED;
    json_decref(identity);
    json_decref(what);
    return status;
}

static int run(void *program, int argc, char **argv)
{
    struct console *console = program;
    const char *sources = NULL, *region = NULL;
    bool walk = false;
    const struct choice choices[] = {{"explain", .flag = &walk},
                                     {"sources", .text = &sources},
                                     {"region", .text = &region},
                                     {.name = NULL}};
    brc_credentials *credentials = NULL;
    brc_client *client = NULL;
    char **words;
    int count;

    int status = take_options(console, argc, argv, choices, 0, 0, &words, &count);
    if (status != DONE || console->help)
        return status;
    int rc = brc_credentials_new_chain(sources, &credentials);
    if (rc == BRC_E_INVALID)
        return misused("--sources has an unknown name, one twice, or none");
    if (rc == 0)
        rc = brc_client_new(credentials, &client);
    status = rc < 0 ? failed("%s", brc_strerror(rc)) : DONE;
    if (status == DONE && walk) {
        json_t *what = explain(credentials);
        print_chain(json_object_get(what, "sources"));
        json_decref(what);
    }
    if (status == DONE)
        status = ask(client, credentials, region);
    brc_client_free(client);
    brc_credentials_free(credentials);
    return status;
}

int main(int argc, char **argv)
{
    struct console console = {.program = "credentials"};

    return console_run_alone(&console, run, &console, help, argc, argv);
}
