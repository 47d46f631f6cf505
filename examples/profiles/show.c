/* `profiles show`: all there is to say of one. SPDX-License-Identifier: MIT */
#include "profiles.h"

#include <stdio.h>
#include <string.h>
#include <unistd.h>

/* Whether a budget of the ledger counts what the profile spends. */
static bool counts(const json_t *budget, const struct existing *existing, const char *series)
{
    const json_t *owner = json_object_get(budget, "owner");
    const char *tag = text_of(owner, "tag"), *profile = text_of(owner, "profile");
    const char *its_series = text_of(owner, "series");

    if (json_is_true(json_object_get(budget, "ended")))
        return false;
    if (tag != NULL)
        return strcmp(shown(existing->tags, tag), shown(owner, "value")) == 0;
    if (profile != NULL)
        return strcmp(profile, existing->arn) == 0;
    if (its_series != NULL)
        return series != NULL && strcmp(its_series, series) == 0;
    return json_is_true(json_object_get(owner, "all"));
}

/* The ledger's budgets for it; an empty array if there is no ledger. NULL: FAILED. */
static json_t *budgets_of(const struct profiles *profiles, const struct existing *existing)
{
    json_t *found = json_array(), *rows = NULL, *known = NULL, *row;
    brc_ledger *ledger = NULL;
    size_t i;

    if (profiles->ledger == NULL || access(profiles->ledger, F_OK) < 0)
        return found;
    if (book_open(profiles->ledger, &ledger) == DONE)
        known = book_query(ledger, json_pack("{ss}", "kind", "profile"));
    if (known != NULL)
        rows = book_query(ledger, json_pack("{ss}", "kind", "budget"));
    const char *series = text_of(find_by(known, "arn", existing->arn), "series");
    json_array_foreach(rows, i, row)
    {
        if (counts(row, existing, series))
            json_array_append_new(found, book_bare(row));
    }
    brc_ledger_free(ledger);
    if (rows == NULL)
        json_decref(found);
    json_decref(known);
    json_decref(rows);
    return rows != NULL ? found : NULL;
}

/* What a role has to allow to call it. */
static json_t *resources_of(const struct existing *existing)
{
    json_t *resources = json_pack("[s]", existing->arn);
    const json_t *model;
    size_t i;

    json_array_foreach(json_object_get(existing->profile, "models"), i, model)
        json_array_append(resources, json_object_get(model, "modelArn"));
    return resources;
}

/* ---------------------------------------------------------------- for people */

static void line(const char *title, const char *text)
{
    if (text != NULL)
        printf("  %-12s %s\n", title, text);
}

static void print_list(const char *title, const json_t *list)
{
    const json_t *one;
    size_t i;

    json_array_foreach(list, i, one) line(i == 0 ? title : "", json_string_value(one));
}

static void print_tags(json_t *tags)
{
    const char *key, *title = "tags";
    json_t *value;

    json_object_foreach(tags, key, value)
    {
        printf("  %-12s %s=%s\n", title, key, json_string_value(value));
        title = "";
    }
}

static void print_budget(const char *title, const char *name, const json_t *budget)
{
    const char *window = text_of(budget, "window");
    bool is_total = window != NULL && strcmp(window, "total") == 0;

    printf("  %-12s %s%s%s USD %s %s%s\n", title, name, *name != '\0' ? ": " : "",
           shown(budget, "limit"), is_total ? "in" : "a", window != NULL ? window : "month",
           json_is_true(json_object_get(budget, "shadow")) ? "; shadow: it blocks nothing" : "");
}

static void print_declared(const struct plan_step *step)
{
    const json_t *declared, *budget;

    if (step == NULL || step->wanted == NULL || step->action == PLAN_RETIRED)
        return;
    declared = step->wanted->declared;
    budget = json_object_get(declared, "budget");
    if (budget != NULL)
        print_budget("in the file", "", budget);
    line("degrades to", text_of(declared, "degradeTo"));
}

static void print_profile(const json_t *row, const struct plan_step *step)
{
    const json_t *budget;
    size_t i;

    puts(shown(row, "name"));
    line("ARN", text_of(row, "arn"));
    line("alias", text_of(row, "alias"));
    line("standing", text_of(row, "standing"));
    line("description", text_of(row, "description"));
    line("model", text_of(row, "model"));
    line("scope", text_of(row, "scope"));
    line("status", text_of(row, "status"));
    line("created", text_of(row, "createdAt"));
    print_tags(json_object_get(row, "tags"));
    print_declared(step);
    json_array_foreach(json_object_get(row, "budgets"), i, budget)
        print_budget("ledger", shown(budget, "name"), budget);
    print_list("IAM", json_object_get(row, "resources"));
    puts("A role that calls it needs bedrock:InvokeModel, and for streams "
         "bedrock:InvokeModelWithResponseStream, on\nall of the resources under IAM; on the models "
         "only with the condition that the call comes through this\nprofile. `profiles iam` writes "
         "that policy.");
}

static int show(struct profiles *profiles, const struct state *state, const char *word)
{
    const struct existing *existing = pick(state, word);
    json_t *budgets = existing != NULL ? budgets_of(profiles, existing) : NULL;

    if (budgets == NULL)
        return FAILED;
    const struct plan_step *step = plan_step_of(&state->plan, existing);
    json_t *row = existing_json(state, existing);
    json_object_set_new(row, "budgets", budgets);
    json_object_set_new(row, "resources", resources_of(existing));
    if (step != NULL && step->wanted != NULL && step->action != PLAN_RETIRED)
        json_object_set(row, "declared", step->wanted->declared);
    if (profiles->console.json)
        print_json(row);
    else
        print_profile(row, step);
    json_decref(row);
    return DONE;
}

int run_show(void *program, int argc, char **argv)
{
    struct profiles *profiles = program;
    struct state state;
    char **words;
    int count;

    int rc = take_options(&profiles->console, argc, argv, NULL, 1, 1, &words, &count);
    if (rc != DONE || profiles->console.help)
        return rc;
    rc = state_look(profiles, &state);
    if (rc == DONE)
        rc = show(profiles, &state, words[0]);
    state_free(&state);
    return rc;
}
