/* The options of a command, and what their values may be. SPDX-License-Identifier: MIT */
#include "console.h"

#include <ctype.h>
#include <getopt.h>
#include <inttypes.h>
#include <signal.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

enum {
    CHOICES_MAX = 24,
    JSON = 1000, /* those that every program has; the others are numbered from 0 */
    HELP
};

static int take(const struct choice *choice)
{
    if (choice->flag != NULL)
        *choice->flag = true;
    else if (choice->text != NULL)
        *choice->text = optarg;
    else if (*choice->list == NULL && (*choice->list = json_array()) == NULL)
        return failed("%s", brc_strerror(BRC_E_NOMEM));
    if (choice->list != NULL && json_array_append_new(*choice->list, json_string(optarg)) < 0)
        return failed("%s", brc_strerror(BRC_E_NOMEM));
    return DONE;
}

/* What is put into a ledger is UTF-8. */
static int check_words(int argc, char **argv)
{
    for (int i = 0; i < argc; i++) {
        json_t *word = json_string(argv[i]);
        if (word == NULL)
            return misused("%s: word %d of it is no UTF-8", argv[0], i);
        json_decref(word);
    }
    return DONE;
}

/* The options that getopt_long() is to know, and where each goes: the program's, the command's. */
struct known {
    struct option options[CHOICES_MAX + 3];
    const struct choice *choices[CHOICES_MAX];
    int count;
};

static void know(struct known *known, const struct choice *choices)
{
    for (; choices != NULL && choices->name != NULL && known->count < CHOICES_MAX; choices++) {
        int takes = choices->flag == NULL ? required_argument : no_argument;
        known->options[known->count] = (struct option){choices->name, takes, NULL, known->count};
        known->choices[known->count++] = choices;
    }
}

/* Reads options up to the end, or, if `known_as` begins with +, to the first word. */
static int read_options(struct console *console, const struct choice *choices, int argc,
                        char **argv, const char *known_as)
{
    struct known known = {.count = 0};
    int option, rc = DONE;

    know(&known, console->choices);
    know(&known, choices);
    known.options[known.count] = (struct option){"json", no_argument, NULL, JSON};
    known.options[known.count + 1] = (struct option){"help", no_argument, NULL, HELP};
    optind = 0; /* from the start again: the program's own options were read before */
    while (rc == DONE && (option = getopt_long(argc, argv, known_as, known.options, NULL)) != -1) {
        if (option == JSON)
            console->json = true;
        else if (option == HELP)
            console->help = true;
        else if (option == '?')
            rc = MISUSED; /* getopt_long() has said what is wrong */
        else
            rc = take(known.choices[option]);
    }
    return rc;
}

int take_options(struct console *console, int argc, char **argv, const struct choice *choices,
                 int least, int most, char ***ret_words, int *ret_count)
{
    int rc = check_words(argc, argv);

    if (rc == DONE)
        rc = read_options(console, choices, argc, argv, "");
    *ret_words = argv + optind;
    *ret_count = argc - optind;
    if (rc != DONE || console->help)
        return rc;
    if (*ret_count < least)
        return misused("%s: a word is missing", argv[0]);
    if (most >= 0 && *ret_count > most)
        return misused("%s: %s is too much", argv[0], argv[optind + most]);
    return DONE;
}

static int run_command(const struct command *commands, void *program, int argc, char **argv)
{
    for (; commands->name != NULL; commands++) {
        if (strcmp(commands->name, argv[0]) == 0)
            return commands->run(program, argc, argv);
    }
    return misused("there is no command %s", argv[0]);
}

int console_run(struct console *console, const struct command *commands, void *program,
                const char *help, int argc, char **argv)
{
    console_name(console->program);
    signal(SIGPIPE, SIG_IGN); /* a closed stdout is an error like any other */
    int rc = read_options(console, NULL, argc, argv, "+");
    if (rc == DONE && !console->help)
        rc = optind < argc ? run_command(commands, program, argc - optind, argv + optind)
                           : misused("a COMMAND is needed");
    if (rc == DONE && console->help)
        fputs(help, stdout);
    if (fflush(stdout) == EOF || ferror(stdout))
        return failed("stdout cannot be written");
    return rc;
}

int take_number(const char *option, const char *text, int64_t least, int64_t most,
                int64_t *ret_number)
{
    char *end;

    *ret_number = strtoll(text, &end, 10);
    if (isdigit((unsigned char)*text) && *end == '\0' && *ret_number >= least &&
        *ret_number <= most)
        return DONE;
    return misused("%s takes a number from %" PRId64 " to %" PRId64 ", and not %s", option, least,
                   most, text);
}

int take_offset(const char *text, int64_t *ret_minutes)
{
    static const char form[] = "+00:00";
    bool fits = strlen(text) == strlen(form);

    for (size_t i = 0; fits && form[i] != '\0'; i++)
        fits = i == 0           ? text[i] == '+' || text[i] == '-'
               : form[i] == ':' ? text[i] == ':'
                                : isdigit((unsigned char)text[i]);
    int64_t hours = fits ? (text[1] - '0') * 10 + (text[2] - '0') : 99;
    int64_t minutes = fits ? (text[4] - '0') * 10 + (text[5] - '0') : 99;
    if (minutes > 59 || hours * 60 + minutes > 14 * 60)
        return misused(
            "--offset takes hours and minutes from -14:00 to +14:00, as +02:00, and not %s", text);
    *ret_minutes = (text[0] == '-' ? -1 : 1) * (hours * 60 + minutes);
    return DONE;
}

int take_money(const char *option, const char *text)
{
    int64_t picodollars;

    int rc = brc_money_parse(text, &picodollars);
    if (rc == BRC_E_RANGE)
        return misused("%s: %s is more than 9223372.036854775807 USD", option, text);
    if (rc < 0)
        return misused("%s takes US dollars, as 500 or 0.25, and not %s", option, text);
    return DONE;
}
