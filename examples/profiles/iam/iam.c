/* `profiles iam`: policies for those who call, and for those who run these programs.
 * SPDX-License-Identifier: MIT */
#include "iam.h"

#include <string.h>

static int run_about(struct profiles *profiles, const struct iam *iam, policy_fn make, char **words,
                     int count)
{
    static const char *const kinds[][2] = {
        {"team", "KEY=VALUE"}, {"workload", "NAME"}, {"profile", "ALIAS"}, {"agent", "ALIAS"}};

    for (size_t i = 0; i < sizeof kinds / sizeof *kinds; i++) {
        if (strcmp(words[0], kinds[i][0]) == 0)
            return count == 2 ? iam_about(profiles, iam, make, kinds[i][0], words[1])
                              : misused("iam %s takes one %s", kinds[i][0], kinds[i][1]);
    }
    return misused("iam takes team KEY=VALUE, workload NAME, profile ALIAS, agent ALIAS, deny or "
                   "operator, and not %s",
                   words[0]);
}

static int run_kind(struct profiles *profiles, const struct iam *iam, char **words, int count)
{
    bool denies = strcmp(words[0], "deny") == 0;

    if (iam->part > 0 && (strcmp(words[0], "operator") == 0 || (denies && count == 1)))
        return misused("iam %s comes in one part: leave --part out", words[0]);
    if (strcmp(words[0], "operator") == 0)
        return iam_operator(profiles, iam, words + 1, count - 1);
    if (denies && count == 1)
        return iam_deny(profiles, iam);
    return denies ? run_about(profiles, iam, policy_to_stop, words + 1, count - 1)
                  : run_about(profiles, iam, policy_to_call, words, count);
}

int run_iam(void *program, int argc, char **argv)
{
    struct profiles *profiles = program;
    struct iam iam = {.into = NULL};
    const struct choice choices[] = {{"for", .text = &iam.into},
                                     {"part", .number = &iam.part, .least = 1, .most = 1000},
                                     {"except", .list = &iam.except},
                                     {.name = NULL}};
    char **words;
    int count;

    int rc = take_options(&profiles->console, argc, argv, choices, 1, -1, &words, &count);
    if (rc == DONE && !profiles->console.help) {
        bool is_of_agent = strcmp(words[0], "agent") == 0;
        if (iam.into == NULL)
            iam.into = is_of_agent ? "role" : "managed";
        rc = iam_room(iam.into) == 0
                 ? misused("--for takes managed, role, group, user or scp, and not %s", iam.into)
             : iam.except != NULL && (strcmp(words[0], "deny") != 0 || count > 1)
                 ? misused("--except is for `iam deny` alone")
                 : run_kind(profiles, &iam, words, count);
    }
    json_decref(iam.except);
    return rc;
}
