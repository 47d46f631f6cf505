/* SPDX-License-Identifier: MIT */
#include "pool.h"

#include <getopt.h>
#include <inttypes.h>
#include <stdio.h>
#include <stdlib.h>

static const char help[] =
    "usage: pool [OPTIONS] PROFILE_ARN <QUESTIONS\n"
    "\n"
    "Asks each line of stdin. Several threads do so at once; the answers go to stdout in the "
    "order\n"
    "of the questions, while they come.\n"
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

static int take_number(const char *option, int64_t most, int64_t *ret_value)
{
    char *end;

    *ret_value = strtoll(optarg, &end, 10);
    if (*end == '\0' && *ret_value >= 1 && *ret_value <= most)
        return DONE;
    fprintf(stderr, "pool: %s takes a number from 1 to %" PRId64 "; see pool --help\n", option,
            most);
    return MISUSED;
}

static int take(int option, struct options *options)
{
    switch (option) {
    case 't':
        return take_number("--threads", THREADS_MAX, &options->threads);
    case 'k':
        options->keys = optarg;
        return DONE;
    case 'f':
        return take_number("--fresh", 86400, &options->fresh_s);
    case 'b':
        options->bearer = true;
        return DONE;
    case 'F':
        options->fallback = true;
        return DONE;
    case 'm':
        return take_number("--max-tokens", INT32_MAX, &options->max_tokens);
    case 's':
        options->stop = optarg;
        return DONE;
    case 'a':
        return take_number("--attempts", 100, &options->attempts);
    case 'T':
        return take_number("--timeout", 86400, &options->timeout_s);
    case 'e':
        options->events = true;
        return DONE;
    case 'l':
        options->log = true;
        return DONE;
    case 'v':
    case 'h':
        options->said = true;
        puts(option == 'v' ? brc_version() : help);
        return DONE;
    default: /* getopt_long() has said what is wrong */
        return MISUSED;
    }
}

int options_read(int argc, char **argv, struct options *options)
{
    static const struct option known[] = {
        {"threads", required_argument, NULL, 't'}, {"keys", required_argument, NULL, 'k'},
        {"fresh", required_argument, NULL, 'f'},   {"bearer", no_argument, NULL, 'b'},
        {"fallback", no_argument, NULL, 'F'},      {"max-tokens", required_argument, NULL, 'm'},
        {"stop", required_argument, NULL, 's'},    {"attempts", required_argument, NULL, 'a'},
        {"timeout", required_argument, NULL, 'T'}, {"events", no_argument, NULL, 'e'},
        {"log", no_argument, NULL, 'l'},           {"version", no_argument, NULL, 'v'},
        {"help", no_argument, NULL, 'h'},          {NULL, 0, NULL, 0},
    };
    int option, rc = DONE;

    options->threads = 4;
    while (rc == DONE && !options->said &&
           (option = getopt_long(argc, argv, "", known, NULL)) != -1)
        rc = take(option, options);
    if (rc != DONE || options->said)
        return rc;
    if (argc - optind != 1 || (options->fresh_s > 0 && options->keys == NULL)) {
        fputs("pool: a PROFILE_ARN is needed, and --fresh is for --keys; see pool --help\n",
              stderr);
        return MISUSED;
    }
    options->profile_arn = argv[optind];
    return DONE;
}
