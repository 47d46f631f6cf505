/* `profiles import`: adopts profiles that were made by hand, or by somebody else, and prints what
 * the file has to say so that it describes them. SPDX-License-Identifier: MIT */
#include "profiles.h"

#include <stdio.h>
#include <string.h>

struct importing {
    struct profiles *profiles;
    struct state state;
    bool all, yes, force;
    json_t *adopted; /* objects {"name", "id", "setTags"} */
    json_t *workloads;
    bool went_wrong;
};

/* ---------------------------------------------------------------- what it is called */

/* NAME is WORKLOAD-ENVIRONMENT: cut before the value of its tag "environment", if it ends with
 * that, or else at the last hyphen. A generation behind it is not the environment's. */
static bool split(const struct existing *existing, char ret_workload[CELL],
                  char ret_environment[CELL])
{
    const char *tag = text_of(existing->tags, "environment"), *line;
    size_t length = strlen(existing->name), tail = tag != NULL ? strlen(tag) : 0;

    line = strrchr(existing->name, '_');
    if (line != NULL && line[1] >= '1' && line[1] <= '9' &&
        strspn(line + 1, "0123456789") == strlen(line + 1))
        length = (size_t)(line - existing->name);
    if (tail > 0 && length > tail + 1 && existing->name[length - tail - 1] == '-' &&
        strncmp(existing->name + length - tail, tag, tail) == 0) {
        snprintf(ret_environment, CELL, "%s", tag);
    } else {
        for (tail = 0; tail < length && existing->name[length - tail - 1] != '-';)
            tail++;
        if (tail == 0 || tail + 1 >= length)
            return false;
        snprintf(ret_environment, CELL, "%.*s", (int)tail, existing->name + length - tail);
    }
    snprintf(ret_workload, CELL, "%.*s", (int)(length - tail - 1), existing->name);
    return true;
}

/* What it was made of, as far as its models tell; NULL: of nothing that there is. */
static const char *source_of(const struct account *account, const struct existing *existing)
{
    const json_t *models = json_object_get(existing->profile, "models"), *system;
    const char *alike = NULL;
    size_t i;

    if (strcmp(existing->scope, "in-region") == 0)
        return existing->model;
    json_array_foreach(account->systems, i, system)
    {
        const json_t *its = json_object_get(system, "models");
        if (models_equal(its, models))
            return text_of(system, "inferenceProfileId");
        if (strcmp(models_scope(its), existing->scope) == 0 &&
            strcmp(arn_id(shown(json_array_get(its, 0), "modelArn")), existing->model) == 0)
            alike = text_of(system, "inferenceProfileId");
    }
    return alike;
}

/* ---------------------------------------------------------------- what the file has to say */

static json_t *member(json_t *object, const char *name)
{
    json_t *inner = json_object_get(object, name);

    if (inner != NULL)
        return inner;
    json_object_set_new(object, name, json_object());
    return json_object_get(object, name);
}

/* The tags that the file would not have without saying them. */
static json_t *declared_tags(const struct existing *existing, const char *workload,
                             const char *environment)
{
    json_t *tags = json_object(), *value;
    const char *key;

    json_object_foreach(existing->tags, key, value)
    {
        const char *text = json_string_value(value);
        bool is_implied = strcmp(key, MANAGED_TAG) == 0 || strncmp(key, "aws:", 4) == 0 ||
                          (strcmp(key, "application") == 0 && strcmp(text, workload) == 0) ||
                          (strcmp(key, "environment") == 0 && strcmp(text, environment) == 0);
        if (!is_implied)
            json_object_set(tags, key, value);
    }
    return tags;
}

static void declare(struct importing *importing, const struct existing *existing,
                    const char *workload, const char *environment)
{
    json_t *environments = member(member(importing->workloads, workload), "environments");
    json_t *declared =
        json_pack("{ss}", "copyFrom", source_of(&importing->state.account, existing));
    json_t *tags = declared_tags(existing, workload, environment);

    json_object_set(declared, "description", json_object_get(existing->profile, "description"));
    if (json_object_size(tags) > 0)
        json_object_set(declared, "tags", tags);
    json_decref(tags);
    json_object_set_new(environments, environment, declared);
}

/* ---------------------------------------------------------------- which tags it gets */

static void set_unless_there(json_t *set_tags, const struct existing *existing, const char *key,
                             const char *value)
{
    if (text_of(existing->tags, key) == NULL)
        json_object_set_new(set_tags, key, json_string(value));
}

/* What is set at AWS. A profile that the file has already gets its other tags by `apply`. */
static void adopt(struct importing *importing, const struct existing *existing)
{
    const struct plan_step *step = plan_step_of(&importing->state.plan, existing);
    bool is_declared = step != NULL && step->wanted != NULL;
    char workload[CELL] = "", environment[CELL] = "";
    json_t *tags = json_object();

    if (!is_declared && !split(existing, workload, environment)) {
        failed("%s: its name is no WORKLOAD-ENVIRONMENT, as aliases are, and AWS lets nobody "
               "rename it: declare a new one, let the services take that, and delete this one",
               existing->name);
        importing->went_wrong = true;
    } else if (!is_declared && source_of(&importing->state.account, existing) == NULL) {
        failed("%s: there is nothing that has its models any more, %s in these Regions, so nothing "
               "to write as copyFrom: declare a new one, and delete this one",
               existing->name, existing->model);
        importing->went_wrong = true;
    } else {
        if (!is_managed(existing->tags))
            json_object_set_new(tags, MANAGED_TAG, json_string(MANAGED_VALUE));
        if (!is_declared) {
            set_unless_there(tags, existing, "application", workload);
            set_unless_there(tags, existing, "environment", environment);
            declare(importing, existing, workload, environment);
        }
        json_array_append_new(importing->adopted, json_pack("{ss ss sO}", "name", existing->name,
                                                            "arn", existing->arn, "setTags", tags));
    }
    json_decref(tags);
}

/* Who looks after it, if somebody else does. */
static const char *other_manager(const struct existing *existing)
{
    const char *stack = text_of(existing->tags, "aws:cloudformation:stack-name");

    if (stack != NULL)
        return stack;
    return is_managed(existing->tags) ? NULL : text_of(existing->tags, MANAGED_TAG);
}

/* One that another tool looks after is not taken from it silently. */
static int consider(struct importing *importing, const struct existing *existing)
{
    const char *manager = other_manager(existing);

    if (manager != NULL && !importing->force)
        return failed("%s: it is managed by %s, and two managers would undo each other's changes; "
                      "take it out of there first, or say --force",
                      existing->name, manager);
    adopt(importing, existing);
    return DONE;
}

/* ---------------------------------------------------------------- all of it */

static int choose(struct importing *importing, char **words, int count)
{
    const struct account *account = &importing->state.account;
    int rc = DONE;

    for (size_t i = 0; i < account->count && importing->all; i++) {
        const struct plan_step *step = plan_step_of(&importing->state.plan, &account->existing[i]);
        bool is_ours = step != NULL && step->wanted != NULL && step->action != PLAN_FOREIGN;
        if (!is_ours && consider(importing, &account->existing[i]) != DONE)
            importing->went_wrong = true;
    }
    for (int i = 0; i < count && rc == DONE; i++) {
        const struct existing *existing = pick(&importing->state, words[i]);
        rc = existing != NULL ? consider(importing, existing) : FAILED;
    }
    return rc;
}

static size_t count_changes(const struct importing *importing)
{
    size_t changes = 0, i;
    json_t *row;

    json_array_foreach(importing->adopted, i, row) changes +=
        json_object_size(json_object_get(row, "setTags")) > 0;
    return changes;
}

/* On stderr, so that stdout has nothing but what goes into the file. */
static int show_and_ask(const struct importing *importing)
{
    size_t changes = count_changes(importing), i;
    char text[CELL];
    json_t *row;

    json_array_foreach(importing->adopted, i, row)
    {
        json_t *tags = json_object_get(row, "setTags");
        if (!importing->profiles->console.json)
            fprintf(stderr, "%s: %s%s\n", shown(row, "name"),
                    json_object_size(tags) > 0 ? "is to get the tags "
                                               : "has all the tags it needs",
                    tags_text(tags, text));
    }
    if (changes == 0)
        return DONE;
    return confirm(importing->yes, "Adopt %zu profile%s?", changes, changes == 1 ? "" : "s");
}

static int carry_out(const struct importing *importing)
{
    json_t *row;
    size_t i;
    int rc = DONE;

    json_array_foreach(importing->adopted, i, row)
    {
        const struct existing *existing =
            account_find(&importing->state.account, shown(row, "arn"));
        json_t *tags = json_object_get(row, "setTags");
        if (rc == DONE && json_object_size(tags) > 0)
            rc = change_set_tags(&importing->profiles->cloud, existing, tags);
        if (rc == DONE && importing->profiles->console.json)
            print_json(row);
    }
    return rc;
}

static int print_declaration(const struct importing *importing)
{
    char region[CELL];

    if (json_object_size(importing->workloads) == 0)
        return DONE;
    arn_part(shown(json_array_get(importing->adopted, 0), "arn"), 3, region);
    json_t *file = json_pack("{ss sO}", "region", region, "workloads", importing->workloads);
    if (importing->profiles->console.json) {
        json_t *row = json_pack("{sO}", "declaration", file);
        print_json(row);
        json_decref(row);
    } else {
        json_dumpf(file, stdout, JSON_INDENT(2));
        fprintf(stderr,
                "\nThis describes them: put its workloads into %s, then `profiles plan` "
                "has nothing to do.",
                importing->profiles->path);
    }
    putchar('\n');
    json_decref(file);
    return DONE;
}

static int import(struct importing *importing, char **words, int count)
{
    int rc = state_look(importing->profiles, &importing->state);

    if (rc == DONE)
        rc = account_read_systems(&importing->profiles->cloud, &importing->state.account);
    if (rc == DONE)
        rc = choose(importing, words, count);
    if (rc == DONE && json_array_size(importing->adopted) == 0 && !importing->went_wrong)
        return say(&importing->profiles->console, json_pack("{sI}", "adopted", (json_int_t)0),
                   "Nothing to adopt: every profile here is in the file.\n");
    if (rc == DONE)
        rc = show_and_ask(importing);
    if (rc == DONE)
        rc = carry_out(importing);
    if (rc == DONE)
        rc = print_declaration(importing);
    return rc == DONE && importing->went_wrong ? FAILED : rc;
}

int run_import(void *program, int argc, char **argv)
{
    struct importing importing = {.profiles = program};
    struct console *console = &importing.profiles->console;
    const struct choice choices[] = {{"all", .flag = &importing.all},
                                     {"yes", .flag = &importing.yes},
                                     {"force", .flag = &importing.force},
                                     {.name = NULL}};
    char **words;
    int count;

    int rc = take_options(console, argc, argv, choices, 0, -1, &words, &count);
    if (rc != DONE || console->help)
        return rc;
    if (importing.all == (count > 0))
        return misused("import: the NAME or ARN of profiles, or --all");
    importing.adopted = json_array();
    importing.workloads = json_object();
    rc = import(&importing, words, count);
    json_decref(importing.adopted);
    json_decref(importing.workloads);
    state_free(&importing.state);
    return rc;
}
