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
    HELP = 1000 /* that every program has; the others are numbered from 1 */
};

static int take(const struct choice *choice)
{
    char option[CELL];

    snprintf(option, sizeof option, "--%s", choice->name);
    if (choice->number != NULL)
        return take_number(option, optarg, choice->least, choice->most, choice->number);
    if (choice->flag != NULL)
        *choice->flag = true;
    else if (choice->text != NULL)
        *choice->text = optarg;
    else if (*choice->list == NULL && (*choice->list = json_array()) == NULL)
        return failed("%s", brc_strerror(BRC_E_NOMEM));
    if (choice->list != NULL && json_array_append_new(*choice->list, json_string(optarg)) < 0)
        return misused("%s takes a text in UTF-8", option);
    return DONE;
}

/* What commands put into a ledger, or send to AWS, is UTF-8. */
static int check_words(const struct console *console, int argc, char **argv)
{
    for (int i = 1; i < argc; i++) {
        json_t *word = json_string(argv[i]);
        char which[CELL];
        snprintf(which, sizeof which, "word %d of it", i);
        if (word == NULL)
            return mistyped(console, which, "is no UTF-8");
        json_decref(word);
    }
    return DONE;
}

/* The options that getopt_long() is to know, and where each goes: the program's, the command's. */
struct known {
    struct option options[CHOICES_MAX + 2];
    const struct choice *choices[CHOICES_MAX];
    int count;
};

static void know(struct known *known, const struct choice *choices)
{
    for (; choices != NULL && choices->name != NULL && known->count < CHOICES_MAX; choices++) {
        int takes = choices->flag == NULL ? required_argument : no_argument;
        int number = known->count++;
        known->choices[number] = choices;
        known->options[number] = (struct option){choices->name, takes, NULL, number + 1};
    }
}

/* getopt_long() did not take the option that it has just read. */
static int refuse(const struct console *console, const struct known *known, int option, char **argv)
{
    char letter[] = {'-', (char)optopt, '\0'};

    if (option == ':')
        return mistyped(console, argv[optind - 1], "takes a value");
    if (optopt == HELP || (optopt > 0 && optopt <= known->count))
        return mistyped(console, argv[optind - 1], "is too much: that option takes no value");
    return mistyped(console, optopt != 0 ? letter : argv[optind - 1], "is no option here");
}

/* Reads options up to the end, or, if `form` begins with +, to the first word. */
static int read_options(struct console *console, const struct choice *choices, int argc,
                        char **argv, const char *form)
{
    struct known known = {.count = 0};
    int option, rc = DONE;

    know(&known, console->choices);
    know(&known, choices);
    known.options[known.count] = (struct option){"help", no_argument, NULL, HELP};
    optind = 0; /* from the start again: the program's own options were read before */
    opterr = 0;
    while (rc == DONE && (option = getopt_long(argc, argv, form, known.options, NULL)) != -1) {
        if (option == HELP)
            console->help = true;
        else if (option == '?' || option == ':')
            rc = refuse(console, &known, option, argv);
        else
            rc = take(known.choices[option - 1]);
    }
    return rc;
}

int take_options(struct console *console, int argc, char **argv, const struct choice *choices,
                 int least, int most, char ***ret_words, int *ret_count)
{
    int rc = console->command != NULL ? check_words(console, argc, argv) : DONE;

    if (rc == DONE)
        rc = read_options(console, choices, argc, argv, ":");
    *ret_words = argv + optind;
    *ret_count = argc - optind;
    if (rc != DONE || console->help)
        return rc;
    if (*ret_count < least)
        return mistyped(console, "a word", "is missing");
    if (most >= 0 && *ret_count > most)
        return mistyped(console, argv[optind + most], "is too much");
    return DONE;
}

static int run_command(struct console *console, const struct command *commands, void *program,
                       int argc, char **argv)
{
    char names[1024] = "";
    size_t length = 0;

    for (const struct command *command = commands; command->name != NULL; command++) {
        if (argc > 0 && strcmp(command->name, argv[0]) == 0) {
            console->command = command->name;
            return command->run(program, argc, argv);
        }
        if (length < sizeof names)
            length += (size_t)snprintf(names + length, sizeof names - length, "%s%s",
                                       length > 0 ? ", " : "", command->name);
    }
    if (argc == 0)
        return misused("a COMMAND is needed: %s", names);
    if (strcmp(argv[0], "help") != 0)
        return misused("there is no command %s; there are %s", argv[0], names);
    console->help = true;
    return DONE;
}

static void begin(struct console *console, const char *help)
{
    console->text = help;
    console_name(console->program);
    signal(SIGPIPE, SIG_IGN); /* a closed stdout is an error like any other */
}

static int end(const struct console *console, int rc)
{
    if (rc == DONE && console->help)
        fputs(console->text, stdout);
    if (fflush(stdout) == EOF || ferror(stdout))
        return failed("stdout cannot be written");
    return rc;
}

int console_run(struct console *console, const struct command *commands, void *program,
                const char *help, int argc, char **argv)
{
    begin(console, help);
    int rc = read_options(console, NULL, argc, argv, "+:");
    if (rc == DONE && !console->help)
        rc = run_command(console, commands, program, argc - optind, argv + optind);
    return end(console, rc);
}

int console_run_alone(struct console *console, int (*run)(void *program, int argc, char **argv),
                      void *program, const char *help, int argc, char **argv)
{
    begin(console, help);
    return end(console, run(program, argc, argv));
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
