/* `profiles verify`: whether everything is as it has to be for spend to be attributed, as one
 * checklist. SPDX-License-Identifier: MIT */
#include "verify.h"

#include <stdio.h>
#include <string.h>

static int check_options(json_t *roles)
{
    json_t *role;
    size_t i;

    json_array_foreach(roles, i, role)
    {
        const char *text = json_string_value(role), *arn = strstr(text, "=arn:");
        if (arn == NULL || arn == text)
            return misused(
                "--role takes WHO=ARN, as support=arn:aws:iam::123456789012:role/support, "
                "and not %s; WHO is an alias, KEY=VALUE of a tag of its profiles, or the VALUE "
                "alone",
                text);
    }
    return DONE;
}

static void run_checks(struct checklist *list)
{
    if (!list->no_call)
        fprintf(stderr,
                "profiles: a question through each of %zu profiles follows, at most 16 tokens out "
                "each, which AWS bills; --no-call leaves them out\n",
                list->state.declaration.count);
    check_profiles(list);
    check_tag_policy(list);
    check_regions(list);
    check_agents(list);
    check_calls(list);
    check_roles(list);
    check_allocation(list);
    check_logging(list);
    check_by_hand(list);
}

static int conclude(const struct checklist *list)
{
    const size_t *counts = list->counts;
    json_t *row =
        json_pack("{sI, sI, sI, sI}", "passed", (json_int_t)counts[CHECK_PASS], "failed",
                  (json_int_t)counts[CHECK_FAIL], "notYet", (json_int_t)counts[CHECK_NOT_YET],
                  "byHand", (json_int_t)counts[CHECK_BY_HAND]);

    say(&list->profiles->console, row,
        "\n%zu passed, %zu failed, %zu not yet (AWS takes its time: no failure), %zu to check by "
        "hand.\n",
        counts[CHECK_PASS], counts[CHECK_FAIL], counts[CHECK_NOT_YET], counts[CHECK_BY_HAND]);
    return counts[CHECK_FAIL] == 0 ? DONE : FAILED;
}

int run_verify(void *program, int argc, char **argv)
{
    struct checklist list = {.profiles = program};
    json_t *roles = NULL;
    const struct choice choices[] = {{"role", .list = &roles},
                                     {"no-call", .flag = &list.no_call},
                                     {"no-agents", .flag = &list.no_agents},
                                     {.name = NULL}};
    char **words;
    int count;

    int rc = take_options(&list.profiles->console, argc, argv, choices, 0, 0, &words, &count);
    if (rc == DONE && !list.profiles->console.help) {
        list.roles = roles;
        rc = check_options(roles);
        if (rc == DONE)
            rc = state_read(list.profiles, &list.state);
        if (rc == DONE) {
            run_checks(&list);
            rc = conclude(&list);
            state_free(&list.state);
        }
    }
    json_decref(roles);
    return rc;
}
