/* Which profile a word of the command line means, and what is told of one.
 * SPDX-License-Identifier: MIT */
#include "profiles.h"

#include <stdio.h>
#include <string.h>
#include <unistd.h>

int state_look(struct profiles *profiles, struct state *ret_state)
{
    bool is_given = strcmp(profiles->path, DECLARATION) != 0;

    *ret_state = (struct state){0};
    if (is_given || access(profiles->path, F_OK) == 0)
        return state_read(profiles, ret_state);
    int rc = profiles_open(profiles);
    if (rc == DONE)
        rc = account_read(&profiles->cloud, true, &ret_state->account);
    return rc;
}

const struct existing *pick(const struct state *state, const char *word)
{
    const struct existing *found = account_find(&state->account, word);
    size_t count = 0;

    for (size_t i = 0; i < state->account.count; i++)
        count += strcmp(state->account.existing[i].name, word) == 0;
    if (count > 1) {
        failed("%s: %zu profiles have this name: say the ARN of one; `profiles list` has them",
               word, count);
        return NULL;
    }
    if (found == NULL)
        found = plan_current(&state->plan, word);
    if (found == NULL)
        failed("%s: there is no profile of this name, id, ARN or alias here; `profiles list` has "
               "all of them",
               word);
    return found;
}

const struct plan_step *plan_step_of(const struct plan *plan, const struct existing *existing)
{
    for (size_t i = 0; i < plan->count; i++) {
        if (plan->steps[i].existing == existing)
            return &plan->steps[i];
    }
    return NULL;
}

static const char *standing_of(const struct state *state, const struct plan_step *step)
{
    if (step == NULL)
        return state->declaration.path != NULL ? "not in the file" : NULL;
    switch (step->action) {
    case PLAN_RETIRED:
        return step->wanted != NULL ? "replaced" : "not in the file";
    case PLAN_FOREIGN:
        return "not ours";
    case PLAN_REPLACE:
        return "to be replaced";
    default:
        return "current";
    }
}

static void set(json_t *row, const char *member, const char *text)
{
    if (text != NULL)
        json_object_set_new(row, member, json_string(text));
}

json_t *existing_json(const struct state *state, const struct existing *existing)
{
    const struct plan_step *step = plan_step_of(&state->plan, existing);
    json_t *row =
        json_pack("{ss ss ss ss sO}", "name", existing->name, "arn", existing->arn, "model",
                  existing->model, "scope", existing->scope, "tags", existing->tags);

    if (step != NULL && step->wanted != NULL)
        set(row, "alias", step->wanted->alias);
    set(row, "standing", standing_of(state, step));
    set(row, "status", text_of(existing->profile, "status"));
    set(row, "createdAt", text_of(existing->profile, "createdAt"));
    set(row, "description", text_of(existing->profile, "description"));
    return row;
}
