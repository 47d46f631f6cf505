/* budget: what is allowed, what is spent, what is left; and what became of the rest.
 *
 *     export BEDROCKCOST_LEDGER=/var/lib/bedrock/ledger
 *     budget prices import prices.json
 *     budget profiles import profiles.json
 *     budget set search --team search --limit 500
 *     budget show
 *
 * doc/money.md explains the words. Each command is in the file of its name.
 * SPDX-License-Identifier: MIT */
#include "budget.h"

#include <getopt.h>
#include <signal.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

static const char help[] =
    "usage: budget [--ledger FILE] [--json] COMMAND ...\n"
    "\n"
    "Sets budgets in a ledger, and says how they stand. Amounts are US dollars.\n"
    "\n"
    "  --ledger FILE  the ledger; without it BEDROCKCOST_LEDGER\n"
    "  --json         a line of JSON for each row, amounts exact, instead of a table\n"
    "  --help         print this\n"
    "\n"
    "Before the first budget:\n"
    "  prices import FILE [--from DATE] [--source TEXT]\n"
    "      a table of prices: our own format, or the community's file\n"
    "      (model_prices_and_context_window.json), which is in force from today unless DATE says\n"
    "      another day; - reads stdin\n"
    "  prices check\n"
    "      how old the table in force is, and which profiles have no price; exit code 1 if any\n"
    "  profiles import FILE\n"
    "      a profile, or {\"profiles\": [...]}; - reads stdin\n"
    "  profiles fetch [ARN...]\n"
    "      asks AWS for models and tags of these profiles; without any, of all the ledger knows\n"
    "  profiles [list]\n"
    "  settings [--require-tag KEY]... [--no-required-tags] [--on-error refuse|admit]\n"
    "           [--durability process|power]\n"
    "      tags that profiles must have to be called; what happens to calls when the ledger\n"
    "      fails; what a commit survives. Without an option: prints them\n"
    "\n"
    "Budgets:\n"
    "  set NAME --limit USD (--team VALUE | --tag KEY=VALUE | --profile NAME | --all)\n"
    "      [--window hour|day|week|month|quarter|year|total] [--offset +02:00]\n"
    "      [--notice PERCENT] [--degrade PERCENT] [--shadow | --no-shadow]\n"
    "      Without more: a month in UTC, a notice at 50 %, degrading from 80 % on; 0 switches\n"
    "      either off. A shadow budget records what it would refuse, and blocks nothing. Of a\n"
    "      budget that is there, what is not given stays\n"
    "  set --from-tag KEY [--offset ...] [--notice ...] [--degrade ...] [--shadow]\n"
    "      a monthly budget for each profile that has the tag, with its value as the limit\n"
    "  override NAME --limit USD --until TIME --by WHO --why TEXT\n"
    "      another limit until 2026-12-01, 2026-12-01T12:00:00Z or +4h (m, h, d) from now\n"
    "  end NAME\n"
    "      the budget counts no more; its records stay\n"
    "\n"
    "How they stand:\n"
    "  show [NAME]\n"
    "      # is spent, + is held by calls under way; pace is what the window comes to at its end\n"
    "      if it goes on like this, told after the first hundredth of it. Shown to 6 decimals\n"
    "  history [NAME] [--windows N]\n"
    "      this window and those before it, 6 in all\n"
    "  unreported\n"
    "      attempts nobody told the cost of: counted with all they could cost\n"
    "  resolve ID (--billed USD | --not-billed) --by WHO --why TEXT\n"
    "      what such an attempt did cost; once, and for good\n"
    "  verify\n"
    "      checks the file, and every total against its rows; exit code 1 if something is wrong\n"
    "  notify --exec CMD [--follow]\n"
    "      runs CMD with /bin/sh for each notice nobody got yet: its JSON on stdin, and\n"
    "      BUDGET_KIND (notice, degrade, limit, degrade_refused, bound_exceeded, late, unpriced,\n"
    "      unbounded), BUDGET_NAME, BUDGET_OWNER, BUDGET_LIMIT, BUDGET_SPENT, BUDGET_HELD,\n"
    "      BUDGET_WINDOW, BUDGET_START, BUDGET_RESETS_AT, BUDGET_AT, BUDGET_ID, BUDGET_SUBJECT,\n"
    "      BUDGET_SHADOW (0, 1) and BUDGET_TEXT. A CMD that does not exit with 0 is run again: by\n"
    "      the next `notify`, or with --follow, which goes on for ever, after a while\n"
    "\n"
    "Examples:\n"
    "  budget set search --team search --limit 500 --shadow\n"
    "  budget set search --no-shadow\n"
    "  budget set nightly --profile nightly-prod --limit 20 --window day --offset +02:00\n"
    "  budget set --from-tag monthly-budget\n"
    "  budget override search --limit 800 --until +3d --by ada --why 'launch week'\n"
    "  budget resolve 4711 --billed 0.0021 --by ada --why 'invocation log'\n"
    "  budget notify --follow --exec 'mail -s \"$BUDGET_TEXT\" ada@example.com'\n"
    "  budget --json show | jq -r '[.budget, .left] | @tsv'\n"
    "\n"
    "Exit code: 0 done, 1 failed, or something was found, 2 wrong usage.\n";

static const struct command {
    const char *name;
    int (*run)(struct budget *budget, int argc, char **argv);
} commands[] = {
    {"set", run_set},           {"end", run_end},           {"override", run_override},
    {"show", run_show},         {"history", run_history},   {"unreported", run_unreported},
    {"resolve", run_resolve},   {"profiles", run_profiles}, {"prices", run_prices},
    {"settings", run_settings}, {"verify", run_verify},     {"notify", run_notify},
};

static int run(struct budget *budget, int argc, char **argv)
{
    for (size_t i = 0; i < sizeof commands / sizeof *commands; i++) {
        if (strcmp(commands[i].name, argv[0]) == 0)
            return commands[i].run(budget, argc, argv);
    }
    return misused("there is no command %s", argv[0]);
}

/* What stands before the command. */
static int parse(struct budget *budget, int argc, char **argv)
{
    static const struct option known[] = {
        {"ledger", required_argument, NULL, 'l'},
        {"json", no_argument, NULL, 'j'},
        {"help", no_argument, NULL, 'h'},
        {NULL, 0, NULL, 0},
    };
    int option;

    while ((option = getopt_long(argc, argv, "+", known, NULL)) != -1) {
        if (option == 'l')
            budget->path = optarg;
        else if (option == 'j')
            budget->json = true;
        else if (option == 'h')
            budget->help = true;
        else /* getopt_long() has said what is wrong */
            return MISUSED;
    }
    return budget->help || optind < argc ? DONE : misused("a COMMAND is needed");
}

int main(int argc, char **argv)
{
    struct budget budget = {.path = getenv("BEDROCKCOST_LEDGER")};

    signal(SIGPIPE, SIG_IGN); /* a closed stdout is an error like any other */
    int rc = parse(&budget, argc, argv);
    if (rc == DONE && !budget.help)
        rc = run(&budget, argc - optind, argv + optind);
    if (rc == DONE && budget.help)
        fputs(help, stdout);
    brc_ledger_free(budget.ledger);
    if (fflush(stdout) == EOF || ferror(stdout))
        return failed("stdout cannot be written");
    return rc;
}
