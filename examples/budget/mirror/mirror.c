/* `budget mirror`: what AWS has in its own means for the budgets of the ledger: AWS Budgets, cost
 * anomaly detection, CloudWatch's alarms. They warn, hours late; the ledger decides.
 * SPDX-License-Identifier: MIT */
#include "mirror.h"

#include <stdio.h>
#include <string.h>

struct options {
    const char *verb, *file;
    bool yes;
    char **names;
    int count;
};

/* The partition is that of the profiles. */
static void set_partition(struct mirror *mirror)
{
    arn_part(shown(json_array_get(mirror->profiles, 0), "arn"), 1, mirror->partition);
    if (mirror->partition[0] == '\0')
        snprintf(mirror->partition, sizeof mirror->partition, "aws");
}

static int read_ledger(struct mirror *mirror)
{
    mirror->budgets = book_query(mirror->budget->ledger, json_pack("{ss}", "kind", "budget"));
    if (mirror->budgets != NULL)
        mirror->profiles = book_query(mirror->budget->ledger, json_pack("{ss}", "kind", "profile"));
    if (mirror->profiles == NULL)
        return FAILED;
    set_partition(mirror);
    return DONE;
}

/* Parts that are shared between budgets are planned as a whole, whoever is named. */
static int plan(struct mirror *mirror, const struct options *options)
{
    int rc = mirror_check(mirror);

    if (rc == DONE)
        rc = mirror_plan_budgets(mirror, options->names, options->count);
    if (rc == DONE)
        rc = mirror_plan_anomalies(mirror);
    return rc == DONE ? mirror_plan_alarms(mirror) : rc;
}

static int plan_removal(struct mirror *mirror, const struct options *options)
{
    int rc = mirror_plan_removal(mirror, options->names, options->count);

    if (rc == DONE && options->count == 0)
        rc = mirror_remove_anomalies(mirror);
    if (rc == DONE && options->count == 0)
        rc = mirror_remove_alarms(mirror);
    return rc;
}

static bool has_foreign(const struct mirror *mirror)
{
    const json_t *step;
    size_t i;

    json_array_foreach(mirror->steps, i, step)
    {
        if (strcmp(shown(step, "action"), "foreign") == 0)
            return true;
    }
    return false;
}

static int change(struct mirror *mirror, const struct options *options)
{
    steps_show(mirror);
    if (has_foreign(mirror))
        return failed("nothing is changed: what is marked with ! is not ours");
    if (steps_calls(mirror) == 0)
        return DONE;
    int rc = confirm(options->yes, "Carry out %zu step%s at AWS?", steps_calls(mirror),
                     steps_calls(mirror) == 1 ? "" : "s");
    if (rc == DONE)
        rc = steps_carry_out(mirror);
    if (rc == DONE && !mirror->budget->console.json)
        printf("Done: %zu step%s.\n", steps_calls(mirror), steps_calls(mirror) == 1 ? "" : "s");
    return rc;
}

static int run(struct mirror *mirror, const struct options *options)
{
    bool removes = strcmp(options->verb, "delete") == 0;

    int rc = cloud_account(&mirror->cloud, mirror->account);
    if (rc == DONE)
        rc = removes ? plan_removal(mirror, options) : plan(mirror, options);
    if (rc != DONE)
        return rc;
    if (removes || strcmp(options->verb, "apply") == 0)
        return change(mirror, options);
    steps_show(mirror);
    return strcmp(options->verb, "drift") == 0 && steps_open(mirror) > 0 ? FAILED : DONE;
}

static int read_and_run(struct budget *budget, const struct options *options)
{
    json_t *settings = mirror_settings(options->file);
    struct mirror mirror = {.budget = budget, .settings = settings};

    if (settings == NULL)
        return FAILED;
    mirror.prefix = text_of(settings, "prefix");
    mirror.prefix = mirror.prefix != NULL ? mirror.prefix : "bedrockcost-";
    mirror.steps = json_array();
    mirror.notes = json_array();
    int rc = open_ledger(budget, false);
    if (rc == DONE)
        rc = read_ledger(&mirror);
    if (rc == DONE)
        rc = cloud_open(&mirror.cloud, NULL);
    if (rc == DONE) {
        rc = run(&mirror, options);
        cloud_close(&mirror.cloud);
    }
    json_decref(mirror.budgets);
    json_decref(mirror.profiles);
    json_decref(mirror.steps);
    json_decref(mirror.notes);
    json_decref(settings);
    return rc;
}

int run_mirror(void *program, int argc, char **argv)
{
    static const char *const verbs[] = {"plan", "apply", "drift", "delete"};
    struct budget *budget = program;
    struct options options = {.verb = NULL};
    const struct choice choices[] = {
        {"file", .text = &options.file}, {"yes", .flag = &options.yes}, {.name = NULL}};
    bool known = false;

    int rc =
        take_options(&budget->console, argc, argv, choices, 0, -1, &options.names, &options.count);
    if (rc != DONE || budget->console.help)
        return rc;
    options.verb = options.count > 0 ? options.names[0] : "";
    for (size_t i = 0; i < sizeof verbs / sizeof *verbs; i++)
        known = known || strcmp(verbs[i], options.verb) == 0;
    if (!known)
        return misused("mirror takes `plan`, `apply`, `drift` or `delete`, and names of budgets");
    if (options.file == NULL)
        return misused("mirror: --file FILE is missing: who is to be told, and by what?");
    options.names++;
    options.count--;
    return read_and_run(budget, &options);
}
