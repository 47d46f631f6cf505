/* emulator: a local AWS for tests and demonstrations, as far as calls of models and what they cost
 * go. This is the program around it: its options, its signals, its port.
 *
 * SPDX-License-Identifier: MIT
 */
#include "agent_help.h"
#include "help.h"
#include "identity_help.h"
#include "money_help.h"
#include "server.h"

#include <errno.h>
#include <getopt.h>
#include <inttypes.h>
#include <signal.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/resource.h>
#include <sys/signalfd.h>
#include <unistd.h>

#define MAX_RATE 1000000

enum option_id {
    PORT = 1,
    SEED,
    SERVICE_TIME,
    EVENT_TIME,
    SETTLE,
    RATE, /* numbers up to here */
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
    {"settle", required_argument, NULL, SETTLE},
    {"rate", required_argument, NULL, RATE},
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

/* What the options say. */
struct told {
    struct emu_options options;
    uint64_t port;
    const char *setup; /* a file, or NULL */
};

/* An option whose value is a number; false: it is said what is wrong with it. */
static bool take_number(struct told *told, int id, const char *name, const char *text)
{
    static const uint64_t MAX[] = {
        [PORT] = UINT16_MAX,
        [SEED] = UINT64_MAX,
        [SERVICE_TIME] = EMU_MAX_DELAY_MS,
        [EVENT_TIME] = EMU_MAX_DELAY_MS,
        [SETTLE] = EMU_MAX_DELAY_MS,
        [RATE] = MAX_RATE,
    };
    uint64_t number;

    if (!parse_number(text, MAX[id], &number)) {
        fprintf(stderr, "emulator: --%s takes a whole number up to %" PRIu64 ", not '%s'\n", name,
                MAX[id], text);
        return false;
    }
    if (id == PORT)
        told->port = number;
    else if (id == SEED)
        told->options.seed = number;
    else if (id == SERVICE_TIME)
        told->options.service_time_ms = (int64_t)number;
    else if (id == EVENT_TIME)
        told->options.event_time_ms = (int64_t)number;
    else if (id == SETTLE)
        told->options.settle_ms = (int64_t)number;
    else
        told->options.rate = (int64_t)number;
    return true;
}

/* An option that is a word or a flag; false: its file cannot be opened, as is said. */
static bool take_other(struct told *told, int id, const char *text)
{
    struct emu_options *options = &told->options;

    if (id == ADVERSARIAL)
        options->tokenizer = EMU_ADVERSARIAL;
    else if (id == ACCESS_KEY)
        options->credentials.access_key = text;
    else if (id == SECRET_KEY)
        options->credentials.secret_key = text;
    else if (id == SESSION_TOKEN)
        options->credentials.session_token = text;
    else if (id == VERBOSE)
        options->verbose = true;
    else if (id == SETUP)
        told->setup = text;
    else if (id == JOURNAL)
        options->journal = fopen(text, "ae");
    options->identity = options->identity || id == IDENTITY || id == SETUP;
    if (id != JOURNAL || options->journal != NULL)
        return true;
    fprintf(stderr, "emulator: --journal %s: %s\n", text, strerror(errno));
    return false;
}

static int show_help(void)
{
    fputs(EMU_HELP, stdout);
    fputs(EMU_AGENT_HELP, stdout);
    fputs(EMU_MONEY_HELP, stdout);
    fputs(EMU_IDENTITY_HELP, stdout);
    return EXIT_SUCCESS;
}

/* Returns -1 to go on, or the exit status. */
static int parse_options(int argc, char **argv, struct told *told)
{
    int index = 0;
    int id;

    while ((id = getopt_long(argc, argv, "", OPTIONS, &index)) != -1) {
        if (id == SHOW_HELP)
            return show_help();
        if (id == '?')
            return EXIT_FAILURE; /* getopt has said why */
        if (id <= RATE ? !take_number(told, id, OPTIONS[index].name, optarg)
                       : !take_other(told, id, optarg))
            return EXIT_FAILURE;
    }
    if (optind == argc)
        return -1;
    fprintf(stderr, "emulator: there is nothing to do with '%s'; see --help\n", argv[optind]);
    return EXIT_FAILURE;
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
static bool set_up(struct emulator *emulator, const char *file)
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
    struct told told = {
        .options.credentials = {EMU_DEFAULT_ACCESS_KEY, EMU_DEFAULT_SECRET_KEY, NULL}};
    struct emulator emulator;
    int status = parse_options(argc, argv, &told);

    if (status >= 0)
        return status;
    raise_descriptor_limit();
    if (emu_init(&emulator, &told.options) < 0) {
        fprintf(stderr, "emulator: out of memory\n");
        return EXIT_FAILURE;
    }
    status = set_up(&emulator, told.setup) ? serve(&emulator, (uint16_t)told.port) : EXIT_FAILURE;
    emu_free(&emulator);
    return status;
}
