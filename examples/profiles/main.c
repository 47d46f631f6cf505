/* profiles: application inference profiles as one file says them, made, tagged, checked.
 *
 *     profiles plan
 *     profiles apply
 *     profiles verify
 *
 * doc/guide.md goes through it step by step. Each command is in the file, or the room, of its name.
 * SPDX-License-Identifier: MIT */
#include "profiles.h"

#include <stdlib.h>

static const struct command commands[] = {
    {"plan", run_plan},     {"apply", run_apply},     {"drift", run_drift},
    {"list", run_list},     {"show", run_show},       {"tag", run_tag},
    {"untag", run_untag},   {"models", run_models},   {"delete", run_delete},
    {"export", run_export}, {"import", run_import},   {"lint", run_lint},
    {"cfn", run_cfn},       {"iam", run_iam},         {"activate", run_activate},
    {"verify", run_verify}, {"logging", run_logging}, {NULL, NULL},
};

int main(int argc, char **argv)
{
    struct profiles profiles = {.path = DECLARATION, .ledger = getenv("BEDROCKCOST_LEDGER")};
    const struct choice choices[] = {{"file", .text = &profiles.path},
                                     {"region", .text = &profiles.region},
                                     {"ledger", .text = &profiles.ledger},
                                     {"json", .flag = &profiles.console.json},
                                     {.name = NULL}};

    profiles.console = (struct console){.program = "profiles", .choices = choices};
    int rc = console_run(&profiles.console, commands, &profiles, profiles_help, argc, argv);
    cloud_close(&profiles.cloud);
    return rc;
}
