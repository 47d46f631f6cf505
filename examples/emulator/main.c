/* emulator: a local Amazon Bedrock for tests and demonstrations. It checks signatures, answers
 * Converse, ConverseStream, CountTokens, the list of models and the operations of inference
 * profiles, keeps a bill, and fails when told to. With --identity it hands out credentials as well.
 *
 * SPDX-License-Identifier: MIT
 */
#include "identity_help.h"
#include "server.h"

#include <errno.h>
#include <getopt.h>
#include <signal.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/resource.h>
#include <sys/signalfd.h>
#include <unistd.h>

#define DEFAULT_ACCESS_KEY "AKIDEMULATOR00000000"
#define DEFAULT_SECRET_KEY "emulator/secret+key/for/tests/only/0000000"

static const char HELP[] =
    "Usage: emulator [OPTIONS]\n"
    "A local Amazon Bedrock: Converse, ConverseStream, CountTokens, ListFoundationModels and\n"
    "inference profiles, on 127.0.0.1 only.\n"
    "The first line it prints is: listening on http://127.0.0.1:PORT\n"
    "SIGINT and SIGTERM end it; answers still delayed are sent at once, streams are cut, and its\n"
    "state is lost.\n"
    "\n"
    "  --port N            port to listen on; 0 (default): any that is free\n"
    "  --seed N            another seed, other answers and ids (default 0)\n"
    "  --service-time MS   a model takes so long to begin its answer, at least (default 0, at "
    "most\n"
    "                      10 minutes); what is refused is refused at once\n"
    "  --event-time MS     and so long between two events of a stream (default 0)\n"
    "  --adversarial       tokens are the most there can be: one for each byte of the normalised\n"
    "                      text, some for each message and tool, answers as long as they may be\n"
    "  --journal FILE      append a line of JSON for each answer that was billed\n"
    "  --access-key ID     the access key id it knows (default " DEFAULT_ACCESS_KEY ")\n"
    "  --secret-key KEY    and its secret (default\n"
    "                      " DEFAULT_SECRET_KEY ")\n"
    "  --session-token T   the only session token it accepts (default: any, if it is signed)\n"
    "  --identity          hand out credentials too; what follows is for that\n"
    "  --setup FILE        what it is told, as POST /_identity/setup is (and --identity)\n"
    "  --verbose           one line for each request on stderr\n"
    "  --help              this text\n"
    "\n"
    "Every Region is served, to account " EMU_ACCOUNT ". A token is four bytes of text, if the\n"
    "tokenizer is not adversarial.\n"
    "The same prompt to the same model is answered with the same words, streamed or not. It is\n"
    "answered with reasoning first if additionalModelRequestFields has {\"thinking\": {\"type\":\n"
    "\"enabled\"}}, with citations if a document or search result of it has citations enabled, "
    "and\n"
    "with a tool's input if toolChoice insists on one. An answer is billed when it begins, all of\n"
    "it, whatever is read of it.\n"
    "\n"
    "CountTokens counts what Converse would bill as input, read from the cache or not, and costs\n"
    "nothing. It knows foundation models only, by id or ARN: anthropic.* and amazon.nova*. The "
    "body\n"
    "of its invokeModel is JSON with messages and, if wanted, system, whose texts are counted.\n"
    "\n"
    "Signatures are checked, and may be up to 5 minutes old or early; of a wrong one the\n"
    "expected canonical request and string to sign are printed on stderr. Header lines that are\n"
    "folded are not understood: libmicrohttpd garbles them.\n"
    "\n"
    "Without a signature:\n"
    "  GET /_emulator/bill       tokens generated: by profile, by tag, in all; requests seen, and\n"
    "                            refused by reason; the most that were answered at one time\n"
    "  GET /_emulator/faults     the faults still to come\n"
    "  DELETE /_emulator/faults  none any more\n"
    "  POST /_emulator/faults    one more: a JSON object of these members, all optional\n"
    "      status                 200 to 599; from 300 on it is an error's\n"
    "      type                   the error's type; it or status alone brings the usual other\n"
    "      message                the error's text\n"
    "      delayMs                answer so much later, 10 minutes at most\n"
    "      cut                    close the connection after so many bytes of the body,\n"
    "                             -1: before the head\n"
    "      garbage                true: as long a body as it would be, but no JSON\n"
    "      body                   this text as the body\n"
    "      count                  for so many calls (default 1)\n"
    "      profile                only for calls that name this profile or model, by id or ARN\n"
    "     and for answers of ConverseStream only, not with status, type, garbage and body; a "
    "fault\n"
    "     with any of these waits for one:\n"
    "      exception              end the stream with this exception, throttlingException or\n"
    "                             another, and the message\n"
    "      error                  end it with an error of this code, which no model knows\n"
    "      stall                  true: end it with silence, until the client goes\n"
    "      after                  those three come after so many events (default 0)\n"
    "      noMetadata             true: the last event, with the usage, is left out\n"
    "      dribble                true: one byte goes out at a time\n"
    "      eventDelayMs           wait so long in front of each event but the first\n"
    "\n"
    "A call with a right signature gets the oldest fault that fits it. An error is not billed,\n"
    "but for status 408 and 424, where the model did run; spoilt answers are billed.\n";

enum option_id {
    PORT = 1,
    SEED,
    SERVICE_TIME,
    EVENT_TIME,
    ADVERSARIAL,
    JOURNAL,
    ACCESS_KEY,
    SECRET_KEY,
    SESSION_TOKEN,
    IDENTITY,
    SETUP,
    VERBOSE,
    SHOW_HELP
};

static const struct option OPTIONS[] = {
    {"port", required_argument, NULL, PORT},
    {"seed", required_argument, NULL, SEED},
    {"service-time", required_argument, NULL, SERVICE_TIME},
    {"event-time", required_argument, NULL, EVENT_TIME},
    {"adversarial", no_argument, NULL, ADVERSARIAL},
    {"journal", required_argument, NULL, JOURNAL},
    {"access-key", required_argument, NULL, ACCESS_KEY},
    {"secret-key", required_argument, NULL, SECRET_KEY},
    {"session-token", required_argument, NULL, SESSION_TOKEN},
    {"identity", no_argument, NULL, IDENTITY},
    {"setup", required_argument, NULL, SETUP},
    {"verbose", no_argument, NULL, VERBOSE},
    {"help", no_argument, NULL, SHOW_HELP},
    {0},
};

static bool parse_number(const char *text, uint64_t max, uint64_t *ret_number)
{
    char *end;

    errno = 0;
    *ret_number = strtoull(text, &end, 10);
    return text[0] >= '0' && text[0] <= '9' && *end == '\0' && errno == 0 && *ret_number <= max;
}

/* Returns -1 to go on, or the exit status. */
static int parse_options(int argc, char **argv, struct emu_options *options, uint64_t *ret_port,
                         const char **ret_setup)
{
    for (;;) {
        int id = getopt_long(argc, argv, "", OPTIONS, NULL);
        uint64_t number;
        bool good = true;

        switch (id) {
        case -1:
            if (optind == argc)
                return -1;
            fprintf(stderr, "emulator: there is nothing to do with '%s'; see --help\n",
                    argv[optind]);
            return EXIT_FAILURE;
        case PORT:
            good = parse_number(optarg, UINT16_MAX, ret_port);
            break;
        case SEED:
            good = parse_number(optarg, UINT64_MAX, &options->seed);
            break;
        case SERVICE_TIME:
            good = parse_number(optarg, EMU_MAX_DELAY_MS, &number);
            options->service_time_ms = (int64_t)number;
            break;
        case EVENT_TIME:
            good = parse_number(optarg, EMU_MAX_DELAY_MS, &number);
            options->event_time_ms = (int64_t)number;
            break;
        case ADVERSARIAL:
            options->tokenizer = EMU_ADVERSARIAL;
            break;
        case JOURNAL:
            options->journal = fopen(optarg, "ae");
            if (options->journal == NULL) {
                fprintf(stderr, "emulator: %s: %s\n", optarg, strerror(errno));
                return EXIT_FAILURE;
            }
            break;
        case ACCESS_KEY:
            options->credentials.access_key = optarg;
            break;
        case SECRET_KEY:
            options->credentials.secret_key = optarg;
            break;
        case SESSION_TOKEN:
            options->credentials.session_token = optarg;
            break;
        case SETUP:
            *ret_setup = optarg;
            /* fall through */
        case IDENTITY:
            options->identity = true;
            break;
        case VERBOSE:
            options->verbose = true;
            break;
        case SHOW_HELP:
            fputs(HELP, stdout);
            fputs(EMU_IDENTITY_HELP, stdout);
            return EXIT_SUCCESS;
        default:
            return EXIT_FAILURE; /* getopt has said why */
        }
        if (!good) {
            fprintf(stderr, "emulator: '%s' is not a number that fits\n", optarg);
            return EXIT_FAILURE;
        }
    }
}

/* As many descriptors as we may have: a connection takes one. */
static void raise_descriptor_limit(void)
{
    struct rlimit limit;

    if (getrlimit(RLIMIT_NOFILE, &limit) == 0) {
        limit.rlim_cur = limit.rlim_max;
        setrlimit(RLIMIT_NOFILE, &limit);
    }
}

/* A descriptor that can be read once SIGINT or SIGTERM came. */
static int open_stop_fd(void)
{
    sigset_t signals;

    signal(SIGPIPE, SIG_IGN);
    sigemptyset(&signals);
    sigaddset(&signals, SIGINT);
    sigaddset(&signals, SIGTERM);
    if (sigprocmask(SIG_BLOCK, &signals, NULL) < 0)
        return -1;
    return signalfd(-1, &signals, SFD_CLOEXEC);
}

/* What the file says, if there is one; false: it is said what is wrong with it. */
static bool tell(struct emulator *emulator, const char *file)
{
    emu_auto_text message = {0};
    json_error_t error;
    json_t *setup;
    int rc;

    if (file == NULL)
        return true;
    setup = json_load_file(file, 0, &error);
    if (json_is_object(setup))
        rc = emu_identity_set_up(&emulator->identity, setup, &message);
    else
        rc = EMU_MALFORMED;
    if (rc < 0)
        fprintf(stderr, "emulator: %s: %s\n", file,
                setup != NULL ? emu_text_string(&message) : error.text);
    json_decref(setup);
    return rc == EMU_OK;
}

static int serve(struct emulator *emulator, uint16_t port)
{
    int stop_fd = open_stop_fd();
    struct emu_server *server = stop_fd >= 0 ? emu_server_start(emulator, port) : NULL;
    int rc;

    if (server == NULL) {
        fprintf(stderr, "emulator: cannot listen on port %u: %s\n", port, strerror(errno));
        if (stop_fd >= 0)
            close(stop_fd);
        return EXIT_FAILURE;
    }
    printf("listening on http://127.0.0.1:%u\n", emu_server_port(server));
    fflush(stdout);
    rc = emu_server_run(server, stop_fd);
    emu_server_stop(server);
    close(stop_fd);
    return rc == 0 ? EXIT_SUCCESS : EXIT_FAILURE;
}

int main(int argc, char **argv)
{
    struct emu_options options = {.credentials = {DEFAULT_ACCESS_KEY, DEFAULT_SECRET_KEY, NULL}};
    struct emulator emulator;
    uint64_t port = 0;
    const char *setup = NULL;
    int status = parse_options(argc, argv, &options, &port, &setup);

    if (status >= 0)
        return status;
    raise_descriptor_limit();
    if (emu_init(&emulator, &options) < 0) {
        fprintf(stderr, "emulator: out of memory\n");
        return EXIT_FAILURE;
    }
    status = tell(&emulator, setup) ? serve(&emulator, (uint16_t)port) : EXIT_FAILURE;
    emu_free(&emulator);
    return status;
}
