/* Which profiles a policy is about, and in how many parts it comes. SPDX-License-Identifier: MIT */
#include "iam.h"

#include <inttypes.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

/* ------------------------------------------------------------------ which profiles */

/* Marks who is meant by KEY=VALUE, a workload or an alias. */
static bool is_meant(const struct wanted *wanted, const char *kind, const char *name)
{
    const char *equals = strchr(name, '=');

    if (strcmp(kind, "workload") == 0)
        return strcmp(wanted->workload, name) == 0;
    if (strcmp(kind, "team") != 0)
        return strcmp(wanted->alias, name) == 0;
    size_t length = (size_t)(equals - name);
    const char *value = json_string_value(json_object_getn(wanted->tags, name, length));
    return value != NULL && strcmp(value, equals + 1) == 0;
}

/* Calls that are degraded go through those profiles as well. */
static void mark(const struct declaration *declaration, const struct wanted *wanted, bool *meant)
{
    while (wanted != NULL && !meant[wanted - declaration->wanted]) {
        meant[wanted - declaration->wanted] = true;
        const char *next = text_of(wanted->declared, "degradeTo");
        wanted = next != NULL ? declaration_find(declaration, next) : NULL;
    }
}

static int mark_all(const struct declaration *declaration, const char *kind, const char *name,
                    bool *meant)
{
    size_t count = 0;

    for (size_t i = 0; i < declaration->count; i++) {
        if (is_meant(&declaration->wanted[i], kind, name)) {
            mark(declaration, &declaration->wanted[i], meant);
            count++;
        }
    }
    if (count > 0)
        return DONE;
    if (strcmp(kind, "team") == 0)
        return failed("iam: no profile of %s has the tag %s; `profiles plan` shows the tags",
                      declaration->path, name);
    return failed("iam: there is no %s %s in %s", strcmp(kind, "agent") == 0 ? "profile" : kind,
                  name, declaration->path);
}

/* One that is there, as the policy needs it: the copy is named by its ARN, its models by theirs. */
static json_t *as_granted(const struct plan_step *step)
{
    const char *source = step->wanted->source;
    bool is_system = strstr(source, ":inference-profile/") != NULL;

    return json_pack("{ss sO ss*}", "arn", step->existing->arn, "models",
                     json_object_get(step->existing->profile, "models"), "system",
                     is_system && step->action != PLAN_RETIRED ? source : NULL);
}

/* All that is there behind the aliases: also what a later model has replaced, for services call it
 * until they are told otherwise. */
static int collect(const struct state *state, const bool *meant, json_t *granted)
{
    const struct declaration *declaration = &state->declaration;
    int rc = DONE;

    for (size_t i = 0; i < declaration->count; i++) {
        const char *alias = declaration->wanted[i].alias;
        if (meant[i] && plan_current(&state->plan, alias) == NULL)
            rc = failed("iam: %s is not there yet, and a policy needs its ARN, which AWS makes up; "
                        "`profiles apply` makes it",
                        alias);
    }
    for (size_t i = 0; i < state->plan.count; i++) {
        const struct plan_step *step = &state->plan.steps[i];
        if (step->wanted != NULL && step->existing != NULL && step->action != PLAN_FOREIGN &&
            meant[step->wanted - declaration->wanted] &&
            json_array_append_new(granted, as_granted(step)) < 0)
            return failed("%s", brc_strerror(BRC_E_NOMEM));
    }
    return rc;
}

/* ------------------------------------------------------------------ parts */

/* How many profiles fit into one policy, from `first` on. */
static size_t fitting(const struct iam *iam, policy_fn make, const json_t *granted, size_t first)
{
    size_t count = 0, left = json_array_size(granted) - first;

    while (count < left) {
        json_t *policy = make(granted, first, count + 1);
        size_t size = iam_size(policy);
        json_decref(policy);
        if (size == 0 || size > iam_room(iam->into))
            break;
        count++;
    }
    return count;
}

static int print_part(const struct profiles *profiles, const struct iam *iam, policy_fn make,
                      const json_t *granted, size_t *ret_parts)
{
    size_t count, total = json_array_size(granted);

    *ret_parts = 0;
    for (size_t first = 0; first < total; first += count) {
        count = fitting(iam, make, granted, first);
        if (count == 0)
            return failed("iam: not even one profile fits into %zu characters; choose another "
                          "--for",
                          iam_room(iam->into));
        if ((int64_t)++ * ret_parts == iam->part)
            return iam_print(profiles, iam, make(granted, first, count), "");
    }
    return DONE;
}

static int print_granted(const struct profiles *profiles, const struct iam *iam, policy_fn make,
                         const json_t *granted)
{
    size_t parts, total = json_array_size(granted);

    if (iam->part == 0 && fitting(iam, make, granted, 0) == total)
        return iam_print(profiles, iam, make(granted, 0, total), "");
    int rc = print_part(profiles, iam, make, granted, &parts);
    if (rc != DONE || (iam->part > 0 && (int64_t)parts == iam->part))
        return rc;
    return iam->part > 0
               ? failed("iam: there is no part %" PRId64 "; there are %zu", iam->part, parts)
               : failed("iam: a policy for all %zu profiles is longer than the %zu characters that "
                        "--for %s has; it comes in %zu parts: --part 1 to --part %zu",
                        total, iam_room(iam->into), iam->into, parts, parts);
}

int iam_about(struct profiles *profiles, const struct iam *iam, policy_fn make, const char *kind,
              const char *name)
{
    struct state state;

    if (strcmp(kind, "team") == 0 && strchr(name, '=') == NULL)
        return misused("iam team takes KEY=VALUE, as owner-team=support, and not %s", name);
    int rc = state_read(profiles, &state);
    if (rc != DONE)
        return rc;
    bool *meant = calloc(state.declaration.count + 1, sizeof *meant);
    json_t *granted = json_array();
    if (meant == NULL || granted == NULL)
        rc = failed("%s", brc_strerror(BRC_E_NOMEM));
    if (rc == DONE)
        rc = mark_all(&state.declaration, kind, name, meant);
    if (rc == DONE)
        rc = collect(&state, meant, granted);
    if (rc == DONE)
        rc = print_granted(profiles, iam, make, granted);
    free(meant);
    json_decref(granted);
    state_free(&state);
    return rc;
}
