/* `profiles drift`: what differs from the file. SPDX-License-Identifier: MIT */
#include "profiles.h"

#include <stdio.h>

/* A profile that another one has replaced, or that no alias of the file stands for, is told, but is
 * no drift: it stays on purpose, and the file may not be the only one of the account. */
static bool differs(const struct plan_step *step)
{
    switch (step->action) {
    case PLAN_KEEP:
        return json_array_size(step->other_tags) > 0;
    case PLAN_CREATE:
    case PLAN_TAG:
    case PLAN_REPLACE:
    case PLAN_FOREIGN:
        return true;
    case PLAN_RETIRED:
        return false;
    }
    return false;
}

static int say_sum(struct profiles *profiles, const struct state *state)
{
    size_t differing = 0;

    for (size_t i = 0; i < state->plan.count; i++)
        differing += differs(&state->plan.steps[i]);
    json_t *row = plan_summary(&state->plan, &profiles->cloud);
    json_object_set_new(row, "differing", json_integer((json_int_t)differing));
    if (differing > 0)
        say(&profiles->console, row,
            "%zu of %zu differ from %s; %d requests. `profiles apply` mends what can be changed, "
            "with --prune-tags other tags as well.\n",
            differing, state->plan.count, state->declaration.path, (int)profiles->cloud.calls);
    else
        say(&profiles->console, row, "All %zu profiles of %s are as it says; %d requests.\n",
            state->declaration.count, state->declaration.path, (int)profiles->cloud.calls);
    return differing > 0 ? FAILED : DONE;
}

int run_drift(void *program, int argc, char **argv)
{
    struct profiles *profiles = program;
    struct state state;
    char **words;
    int count;

    int rc = take_options(&profiles->console, argc, argv, NULL, 0, 0, &words, &count);
    if (rc != DONE || profiles->console.help)
        return rc;
    rc = state_read(profiles, &state);
    if (rc != DONE)
        return rc;
    rc = plan_print(&profiles->console, &state.plan, false);
    if (rc == DONE)
        rc = say_sum(profiles, &state);
    state_free(&state);
    return rc;
}
