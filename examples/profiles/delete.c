/* `profiles delete`. SPDX-License-Identifier: MIT */
#include "profiles.h"

#include <stdio.h>

struct deleting {
    struct profiles *profiles;
    struct state state;
    char **words;
    int count;
    bool force, yes;
};

/* Why it had better stay; NULL: nothing speaks against it. */
static const char *objection(const struct state *state, const struct existing *existing)
{
    const struct plan_step *step = plan_step_of(&state->plan, existing);

    if (step != NULL && step->wanted != NULL && step->action != PLAN_RETIRED &&
        step->action != PLAN_FOREIGN)
        return "stands behind an alias that the file has: services call it, and the next `profiles "
               "apply` would make another one. Take it out of the file first, or say --force";
    if (!is_managed(existing->tags))
        return "was not made by this program, and somebody else may count on it; --force deletes "
               "it all the same";
    return NULL;
}

static int check(const struct deleting *deleting, const struct existing *existing)
{
    const char *why = objection(&deleting->state, existing);

    if (why == NULL || deleting->force)
        return DONE;
    return failed("%s %s. Nothing was done", existing->name, why);
}

static int delete_one(const struct deleting *deleting, const struct existing *existing)
{
    int rc = change_delete(&deleting->profiles->cloud, existing);

    if (rc != DONE)
        return rc;
    return say(&deleting->profiles->console,
               json_pack("{ss ss ss}", "deleted", existing->name, "arn", existing->arn, "model",
                         existing->model),
               "%s: deleted\n", existing->name);
}

static void show(const struct deleting *deleting)
{
    char text[CELL];

    for (int i = 0; i < deleting->count && !deleting->profiles->console.json; i++) {
        const struct existing *existing = pick(&deleting->state, deleting->words[i]);
        printf("%s, %s: %s, made on %.10s; %s\n", existing->name, existing->arn, existing->model,
               shown(existing->profile, "createdAt"), tags_text(existing->tags, text));
    }
}

static int delete_all(const struct deleting *deleting)
{
    int rc = DONE;

    for (int i = 0; i < deleting->count && rc == DONE; i++) {
        const struct existing *existing = pick(&deleting->state, deleting->words[i]);
        rc = existing != NULL ? check(deleting, existing) : FAILED;
    }
    if (rc == DONE) {
        show(deleting);
        rc = confirm(deleting->yes, "Delete %d profile%s? Calls with their ARNs fail from then on.",
                     deleting->count, deleting->count == 1 ? "" : "s");
    }
    for (int i = 0; i < deleting->count && rc == DONE; i++)
        rc = delete_one(deleting, pick(&deleting->state, deleting->words[i]));
    if (rc == DONE && !deleting->profiles->console.json)
        puts("What they have cost stays on AWS's bill with the tags that they had, and in the "
             "ledger; their ARNs do not\ncome back.");
    return rc;
}

int run_delete(void *program, int argc, char **argv)
{
    struct deleting deleting = {.profiles = program};
    struct console *console = &deleting.profiles->console;
    const struct choice choices[] = {
        {"force", .flag = &deleting.force}, {"yes", .flag = &deleting.yes}, {.name = NULL}};

    int rc = take_options(console, argc, argv, choices, 1, -1, &deleting.words, &deleting.count);
    if (rc != DONE || console->help)
        return rc;
    rc = state_look(deleting.profiles, &deleting.state);
    if (rc == DONE)
        rc = delete_all(&deleting);
    state_free(&deleting.state);
    return rc;
}
