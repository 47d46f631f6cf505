/* agent: puts a Bedrock agent onto an application inference profile, so that what it spends carries
 * the profile's tags.
 *
 *     agent list
 *     agent plan NewsAgent --profile ARN --all-aliases
 *     agent apply NewsAgent --profile ARN --all-aliases
 *     agent verify NewsAgent
 *
 * doc/agents.md explains the words. Each command is in the file of its name.
 * SPDX-License-Identifier: MIT */
#include "agent.h"

#include <stdlib.h>

static const char help[] =
    "usage: agent [--region REGION] [--json] [--wait SECONDS] [--yes] COMMAND ...\n"
    "\n"
    "Puts a Bedrock agent onto an application inference profile, so that what it spends carries\n"
    "the profile's tags. An agent calls its model inside AWS, where no budget of the ledger sees\n"
    "the call: nothing is refused or degraded there. `budget external` books the spend from\n"
    "CloudWatch, minutes late; `switch-off` is what stops an agent.\n"
    "\n"
    "  --region REGION  where the agents are; without it the environment's\n"
    "  --json           a line of JSON for each row instead of a table\n"
    "  --wait SECONDS   how long AWS may take for one thing (300)\n"
    "  --yes            do not ask before something is changed\n"
    "  --help           print this\n"
    "\n"
    "AGENT is an id or a name, ALIAS too.\n"
    "\n"
    "  list\n"
    "      the agents of the region, and which of them are on a profile\n"
    "  show AGENT\n"
    "      DRAFT and every alias, the version it runs, and the models that version calls\n"
    "  plan AGENT --profile ARN [--alias ALIAS]... [--all-aliases] [--new-alias NAME]\n"
    "       [--prompts] [--draft-changes] [--no-role] [--print]\n"
    "      what `apply` would do\n"
    "  apply AGENT --profile ARN ... (as plan)\n"
    "      lets the agent's role call the profile, sets the model of DRAFT and keeps every other\n"
    "      field, prepares it, and has aliases run a version of it. Running it again goes on\n"
    "      where a run was broken off, and does nothing twice\n"
    "        --alias ALIAS    have this alias run a version that is on the profile\n"
    "        --all-aliases    have all of them, but AWS's test alias, which runs DRAFT anyway\n"
    "        --new-alias NAME make an alias of this name for it, and leave the others\n"
    "        --prompts        prompts with a model of their own onto the profile as well\n"
    "        --draft-changes  publish whatever else is new in DRAFT, too\n"
    "        --no-role        leave the role alone: somebody else attaches the policy\n"
    "        --print          print that policy, and do nothing\n"
    "  verify AGENT [--profile ARN]\n"
    "      whether DRAFT and every alias is on a profile (this one), which has tags and which the\n"
    "      role may call; exit code 1 if not\n"
    "  undo AGENT [--no-role]\n"
    "      back to the models and versions before the first `apply`, by tags that it has left on\n"
    "      the agent; takes the policy from the role\n"
    "  switch-off AGENT (--alias ALIAS... | --all-aliases)\n"
    "      AWS refuses invocations through these aliases from now on. Not stopped are those under\n"
    "      way, and the test alias\n"
    "  switch-on AGENT [--alias ALIAS... | --all-aliases]\n"
    "      takes it back; without a word, of the aliases that switch-off has switched\n"
    "\n"
    "Exit code: 0 done, 1 failed, or something was found, 2 wrong usage.\n";

static const struct command commands[] = {
    {"list", run_list},
    {"show", run_show},
    {"plan", run_plan},
    {"apply", run_apply},
    {"verify", run_verify},
    {"undo", run_undo},
    {"switch-off", run_switch_off},
    {"switch-on", run_switch_on},
    {NULL, NULL},
};

int agent_begin(struct agent *agent, int argc, char **argv, const struct choice *choices, int words,
                const char **ret_word)
{
    const char *attempts = getenv("AWS_MAX_ATTEMPTS");
    int64_t seconds;
    char **given;
    int count;

    int rc = take_options(&agent->console, argc, argv, choices, words, words, &given, &count);
    if (rc != DONE || agent->console.help)
        return rc;
    rc = take_number("--wait", agent->wait, 1, 86400, &seconds);
    if (rc != DONE)
        return rc;
    agent->patience_ms = seconds * 1000;
    agent->attempts = attempts != NULL && atoi(attempts) > 0 ? atoi(attempts) : 3;
    if (words > 0)
        *ret_word = given[0];
    return cloud_open(&agent->cloud, agent->region);
}

int main(int argc, char **argv)
{
    struct agent agent = {.wait = "300"};
    const struct choice choices[] = {{"region", .text = &agent.region},
                                     {"wait", .text = &agent.wait},
                                     {"yes", .flag = &agent.yes},
                                     {"json", .flag = &agent.console.json},
                                     {.name = NULL}};

    agent.console = (struct console){.program = "agent", .choices = choices};
    int rc = console_run(&agent.console, commands, &agent, help, argc, argv);
    cloud_close(&agent.cloud);
    return rc;
}
