/* What has to be done so that the account is as the file says. Pure. SPDX-License-Identifier: MIT
 */
#include "profiles.h"

#include <ctype.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

enum {
    NAME_MOST = 64,
    GENERATION_MOST = 9999
};

/* Which profile of the file an existing one belongs to, by its name. */
struct match {
    const struct wanted *wanted; /* or NULL */
    int generation;              /* ALIAS is the first, ALIAS_2 the second */
    bool ours;
};

/* What a plan is made of. */
struct making {
    const struct declaration *declaration;
    const struct account *account;
    struct match *matches; /* of the account's profiles */
    struct plan *plan;
    bool failed; /* no memory */
};

/* ---------------------------------------------------------------- names */

int plan_generation(const char *name, size_t *ret_length)
{
    const char *line = strrchr(name, '_');

    if (line == NULL || strlen(line) > 5 || line[1] == '0' || strspn(line + 1, "0123456789") == 0 ||
        line[1 + strspn(line + 1, "0123456789")] != '\0')
        return 0;
    *ret_length = (size_t)(line - name);
    int generation = atoi(line + 1);
    return generation >= 2 ? generation : 0;
}

/* A name that is an alias of the file is that alias, whatever it looks like. */
static struct match match_of(const struct declaration *declaration, const struct existing *existing)
{
    struct match match = {declaration_find(declaration, existing->name), 1, false};
    char alias[NAME_MOST + 1];
    size_t length = 0;

    if (match.wanted == NULL) {
        match.generation = plan_generation(existing->name, &length);
        snprintf(alias, sizeof alias, "%.*s", (int)length, existing->name);
        if (match.generation > 0)
            match.wanted = declaration_find(declaration, alias);
    }
    match.ours = is_managed(existing->tags);
    return match;
}

/* The name behind all that the alias has had, ours or not. */
static void name_next(const struct making *making, const struct wanted *wanted,
                      char ret_name[NAME_MOST + 1])
{
    int generation = 0;

    for (size_t i = 0; i < making->account->count; i++) {
        const struct match *match = &making->matches[i];
        if (match->wanted == wanted && match->generation > generation)
            generation = match->generation;
    }
    snprintf(ret_name, NAME_MOST + 1, "%s", wanted->alias);
    if (generation == 0)
        return;
    do
        snprintf(ret_name, NAME_MOST + 1, "%s_%d", wanted->alias, ++generation);
    while (declaration_find(making->declaration, ret_name) != NULL && generation < GENERATION_MOST);
}

/* ---------------------------------------------------------------- models */

enum fit {
    OTHER, /* another model, or another way to it */
    REROUTED,
    SAME
};

/* Whether some system-defined profile consists of just these models. */
static bool is_a_system(const struct account *account, const json_t *models)
{
    const json_t *system;
    size_t i;

    json_array_foreach(account->systems, i, system)
    {
        if (models_equal(json_object_get(system, "models"), models))
            return true;
    }
    return false;
}

/* AWS does not tell what a profile was copied from, but only which models it has. Where these are
 * no system-defined profile's any more, AWS has added Regions to that one since. */
static enum fit fit_of(const struct account *account, const struct existing *existing,
                       const struct wanted *wanted)
{
    const json_t *models = json_object_get(existing->profile, "models");
    const json_t *system = account_system(account, wanted->source);

    if (strstr(wanted->source, ":inference-profile/") == NULL)
        return json_array_size(models) == 1 &&
                       strcmp(shown(json_array_get(models, 0), "modelArn"), wanted->source) == 0
                   ? SAME
                   : OTHER;
    const json_t *source = json_object_get(system, "models");
    if (models_equal(models, source))
        return SAME;
    const char *model = arn_id(shown(json_array_get(source, 0), "modelArn"));
    bool is_alike =
        strcmp(model, existing->model) == 0 && strcmp(models_scope(source), existing->scope) == 0;
    return is_alike && !is_a_system(account, models) ? REROUTED : OTHER;
}

/* Which of ours stands behind the alias: the latest of those with the right model, so that a way
 * back to an earlier model makes nothing new; or else the latest. NULL: there is none. */
static const struct existing *choose(const struct making *making, const struct wanted *wanted,
                                     enum fit *ret_fit)
{
    const struct existing *best = NULL;
    int generation = 0;

    *ret_fit = OTHER;
    for (size_t i = 0; i < making->account->count; i++) {
        const struct existing *existing = &making->account->existing[i];
        const struct match *match = &making->matches[i];
        if (match->wanted != wanted || !match->ours)
            continue;
        enum fit fit = fit_of(making->account, existing, wanted);
        bool fits = fit != OTHER, best_fits = *ret_fit != OTHER;
        if (best != NULL && (fits != best_fits ? best_fits : match->generation <= generation))
            continue;
        best = existing;
        generation = match->generation;
        *ret_fit = fit;
    }
    return best;
}

/* ---------------------------------------------------------------- steps */

static struct plan_step *add(struct making *making, enum plan_action action,
                             const struct wanted *wanted, const struct existing *existing)
{
    struct plan_step *step = &making->plan->steps[making->plan->count++];

    *step = (struct plan_step){.action = action, .wanted = wanted, .existing = existing};
    if (existing != NULL)
        snprintf(step->name, sizeof step->name, "%s", existing->name);
    return step;
}

/* The text, which is given up. */
static void note(struct making *making, struct plan_step *step, json_t *text)
{
    if (step->notes == NULL)
        step->notes = json_array();
    if (json_array_append_new(step->notes, text) < 0)
        making->failed = true;
}

static void compare_tags(struct making *making, struct plan_step *step)
{
    json_t *wanted = step->wanted->tags, *existing = step->existing->tags, *value;
    const char *key;

    step->set_tags = json_object();
    step->other_tags = json_array();
    json_object_foreach(wanted, key, value)
    {
        if (!json_equal(value, json_object_get(existing, key)) &&
            json_object_set(step->set_tags, key, value) < 0)
            making->failed = true;
    }
    json_object_foreach(existing, key, value)
    {
        if (json_object_get(wanted, key) == NULL && strncmp(key, "aws:", 4) != 0 &&
            json_array_append_new(step->other_tags, json_string(key)) < 0)
            making->failed = true;
    }
    if (json_object_size(step->set_tags) > 0)
        step->action = PLAN_TAG;
}

static void compare_rest(struct making *making, struct plan_step *step, enum fit fit)
{
    const char *wanted = step->wanted->description;
    const char *description = text_of(step->existing->profile, "description");

    if (wanted != NULL && (description == NULL || strcmp(wanted, description) != 0))
        note(making, step,
             json_sprintf("its description is \"%s\", and AWS lets nobody change it: write that "
                          "one into the file, or let the next model bring the file's",
                          description != NULL ? description : ""));
    if (fit == REROUTED)
        note(making, step,
             json_sprintf("it routes to the Regions that %s had when it was made, and AWS has "
                          "changed those since; to have the new ones, delete it and apply again",
                          arn_id(step->wanted->source)));
}

/* What else there is of the alias. */
static void add_others(struct making *making, const struct wanted *wanted,
                       const struct existing *current)
{
    for (size_t i = 0; i < making->account->count; i++) {
        const struct existing *existing = &making->account->existing[i];
        const struct match *match = &making->matches[i];
        if (match->wanted == wanted && existing != current)
            add(making, match->ours ? PLAN_RETIRED : PLAN_FOREIGN, wanted, existing);
    }
}

static void plan_wanted(struct making *making, const struct wanted *wanted)
{
    size_t before = making->plan->count;
    enum fit fit;
    const struct existing *current = choose(making, wanted, &fit);

    if (current == NULL) {
        add_others(making, wanted, NULL);
        if (making->plan->count == before) /* one that is not ours keeps its place */
            name_next(making, wanted, add(making, PLAN_CREATE, wanted, NULL)->name);
        return;
    }
    struct plan_step *step = add(making, PLAN_KEEP, wanted, current);
    if (fit == OTHER) {
        step->action = PLAN_REPLACE;
        name_next(making, wanted, step->name);
    } else {
        compare_tags(making, step);
        compare_rest(making, step, fit);
    }
    add_others(making, wanted, current);
}

/* Counts what `apply` would carry out. */
static void count_changes(struct plan *plan)
{
    plan->changes = 0;
    for (size_t i = 0; i < plan->count; i++) {
        enum plan_action action = plan->steps[i].action;
        plan->changes += action == PLAN_CREATE || action == PLAN_TAG || action == PLAN_REPLACE ||
                         plan->steps[i].deletes;
    }
}

static void make(struct making *making)
{
    const struct declaration *declaration = making->declaration;
    const struct account *account = making->account;

    for (size_t i = 0; i < account->count; i++)
        making->matches[i] = match_of(declaration, &account->existing[i]);
    for (size_t i = 0; i < declaration->count; i++)
        plan_wanted(making, &declaration->wanted[i]);
    for (size_t i = 0; i < account->count; i++) {
        if (making->matches[i].ours && making->matches[i].wanted == NULL)
            add(making, PLAN_RETIRED, NULL, &account->existing[i]);
    }
    count_changes(making->plan);
}

int plan_make(const struct declaration *declaration, const struct account *account,
              struct plan *ret_plan)
{
    struct making making = {.declaration = declaration, .account = account, .plan = ret_plan};

    *ret_plan = (struct plan){0};
    ret_plan->steps = calloc(declaration->count + account->count + 1, sizeof *ret_plan->steps);
    making.matches = calloc(account->count + 1, sizeof *making.matches);
    if (ret_plan->steps != NULL && making.matches != NULL)
        make(&making);
    else
        making.failed = true;
    free(making.matches);
    if (!making.failed)
        return DONE;
    plan_free(ret_plan);
    return failed("%s", brc_strerror(BRC_E_NOMEM));
}

void plan_prune(struct plan *plan, const struct pruning *pruning)
{
    for (size_t i = 0; i < plan->count; i++) {
        struct plan_step *step = &plan->steps[i];
        bool is_old = step->action == PLAN_REPLACE || step->action == PLAN_RETIRED;
        if (is_old)
            step->deletes = step->wanted != NULL ? pruning->replaced : pruning->unlisted;
        if (pruning->tags && json_array_size(step->other_tags) > 0) {
            step->removes_tags = true;
            step->action = PLAN_TAG;
        }
    }
    count_changes(plan);
}

void plan_free(struct plan *plan)
{
    for (size_t i = 0; i < plan->count; i++) {
        json_decref(plan->steps[i].set_tags);
        json_decref(plan->steps[i].other_tags);
        json_decref(plan->steps[i].notes);
    }
    free(plan->steps);
    *plan = (struct plan){0};
}

const struct existing *plan_current(const struct plan *plan, const char *alias)
{
    for (size_t i = 0; i < plan->count; i++) {
        const struct plan_step *step = &plan->steps[i];
        bool is_current =
            step->action == PLAN_KEEP || step->action == PLAN_TAG || step->action == PLAN_REPLACE;
        if (is_current && strcmp(step->wanted->alias, alias) == 0)
            return step->existing;
    }
    return NULL;
}
