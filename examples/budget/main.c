/* budget: what is allowed, what is spent, what is left; and what became of the rest.
 *
 *     export BEDROCKCOST_LEDGER=/var/lib/bedrock/ledger
 *     budget prices import examples/prices.json
 *     budget profiles import catalogue.json
 *     budget set search --team search --limit 500
 *     budget show
 *
 * doc/money.md explains the words. Each command is in the file, or the room, of its name.
 * SPDX-License-Identifier: MIT */
#include "budget.h"

#include <stdlib.h>

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
    "  set NAME --limit USD\n"
    "      (--team VALUE | --tag KEY=VALUE | --profile NAME | --series NAME | --all)\n"
    "      [--window hour|day|week|month|quarter|year|total] [--offset +02:00]\n"
    "      [--notice PERCENT] [--degrade PERCENT] [--shadow | --no-shadow]\n"
    "      A series is all profiles that replace one another, as `profiles export` names them.\n"
    "      Without more: a month in UTC, a notice at 50 %, degrading from 80 % on; 0 switches\n"
    "      either off. A shadow budget records what it would refuse, and blocks nothing. Of a\n"
    "      budget that is there, what is not given stays\n"
    "  set --from-tag KEY [--offset ...] [--notice ...] [--degrade ...] [--shadow]\n"
    "      a monthly budget for each profile that has the tag, with its value as the limit; for\n"
    "      its series, if it is of one\n"
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
    "  notify [--exec CMD] [--sns TOPIC_ARN] [--follow]\n"
    "      runs CMD with /bin/sh for each notice it did not get yet: its JSON on stdin, and\n"
    "      BUDGET_KIND (notice, degrade, limit, degrade_refused, bound_exceeded, late, unpriced,\n"
    "      unbounded), BUDGET_NAME, BUDGET_OWNER, BUDGET_LIMIT, BUDGET_SPENT, BUDGET_HELD,\n"
    "      BUDGET_WINDOW, BUDGET_START, BUDGET_RESETS_AT, BUDGET_AT, BUDGET_ID, BUDGET_SUBJECT,\n"
    "      BUDGET_SHADOW (0, 1) and BUDGET_TEXT. A CMD that does not exit with 0 is run again: by\n"
    "      the next `notify`, or with --follow, which goes on for ever, after a while.\n"
    "      --sns publishes each to a topic of Amazon SNS, on its own account and as often as it\n"
    "      takes: programs get the JSON, mail the sentence first; attributes kind and budget\n"
    "\n"
    "Beside the ledger:\n"
    "  external [--since TIME] [--follow] PROFILE...\n"
    "      books what was spent through these profiles past the ledger, by agents within AWS for\n"
    "      example, from the tokens that CloudWatch counts: five minutes at a time, what is older\n"
    "      than ten. TIME is 2026-11-25, 2026-11-25T14:00:00Z or -4h (m, h, d); without it, a day\n"
    "      before what was booked last, or else this month. Again and again is safe\n"
    "  mirror plan|apply|drift --file FILE [--yes] [NAME...]\n"
    "      what AWS has to warn of its own for the budgets of the ledger: AWS Budgets, cost\n"
    "      anomaly detection, CloudWatch's alarms, and a policy that denies when all is spent.\n"
    "      FILE says who is told (doc/money.md has its members). `plan` shows what `apply` would\n"
    "      do, which asks before, or needs --yes; `drift` exits with 1 if anything differs\n"
    "  mirror delete --file FILE [--yes] [NAME...]\n"
    "      removes what `apply` has made, of these budgets, or all of it\n"
    "\n"
    "Examples:\n"
    "  budget set search --team search --limit 500 --shadow\n"
    "  budget set search --no-shadow\n"
    "  budget set nightly --profile nightly-prod --limit 20 --window day --offset +02:00\n"
    "  budget set --from-tag monthly-budget\n"
    "  budget override search --limit 800 --until +3d --by ada --why 'launch week'\n"
    "  budget resolve 4711 --billed 0.0021 --by ada --why 'invocation log'\n"
    "  budget notify --follow --exec 'mail -s \"$BUDGET_TEXT\" ada@example.com'\n"
    "  budget notify --follow --sns arn:aws:sns:us-east-1:123456789012:spend\n"
    "  budget external --follow search-agent\n"
    "  budget mirror plan --file mirror.json\n"
    "  budget --json show | jq -r '[.budget, .left] | @tsv'\n"
    "\n"
    "Exit code: 0 done, 1 failed, or something was found, 2 wrong usage.\n";

static const struct command commands[] = {
    {"set", run_set},           {"end", run_end},           {"override", run_override},
    {"show", run_show},         {"history", run_history},   {"unreported", run_unreported},
    {"resolve", run_resolve},   {"profiles", run_profiles}, {"prices", run_prices},
    {"settings", run_settings}, {"verify", run_verify},     {"notify", run_notify},
    {"external", run_external}, {"mirror", run_mirror},     {NULL, NULL},
};

int main(int argc, char **argv)
{
    struct budget budget = {.path = getenv("BEDROCKCOST_LEDGER")};
    const struct choice choices[] = {
        {"ledger", .text = &budget.path}, {"json", .flag = &budget.console.json}, {.name = NULL}};

    budget.console = (struct console){.program = "budget", .choices = choices};
    int rc = console_run(&budget.console, commands, &budget, help, argc, argv);
    brc_ledger_free(budget.ledger);
    return rc;
}
