/* `profiles apply`: makes the account what the file says.
 *
 * It remembers nothing: whatever ended an earlier run, this one looks at what there is and does the
 * rest. A creation whose answer was lost is asked for again with the same token.
 * SPDX-License-Identifier: MIT */
#include "profiles.h"

#include <stdio.h>
#include <string.h>

enum {
    ROUNDS = 3,
    TAGS_OF_A_PROFILE = 50,
    FIRST_LOOK_MS = 200,
    LONGEST_LOOK_MS = 5000
};

struct applying {
    struct profiles *profiles;
    struct state state;
    struct pruning pruning;
    const char *salt;
    int64_t patience_s; /* until AWS shows what was made */
    json_t *made;       /* ARNs, or names where another creation of the same name is under way */
    size_t contested;   /* those names */
    size_t created, tagged, deleted;
    bool went_wrong; /* with some profile, but others could go on */
};

/* ---------------------------------------------------------------- one step */

static int create(struct applying *applying, const struct plan_step *step)
{
    char arn[PROFILE_ARN];

    int rc = change_create(&applying->profiles->cloud, step, applying->salt, arn);
    if (rc != DONE)
        return rc;
    bool is_contested = arn[0] == '\0';
    json_array_append_new(applying->made, json_string(is_contested ? step->name : arn));
    applying->contested += is_contested;
    if (is_contested)
        return DONE;
    applying->created++;
    json_t *row = json_pack("{ss ss ss ss}", "done", plan_action_text(step->action), "alias",
                            step->wanted->alias, "name", step->name, "arn", arn);
    return say(&applying->profiles->console, row, "%s: created, %s\n", step->name, arn);
}

/* New values first, so that no call is without its tags meanwhile, unless there is no room. */
static int tag(struct applying *applying, const struct plan_step *step)
{
    struct cloud *cloud = &applying->profiles->cloud;
    size_t count = json_object_size(step->existing->tags) + json_object_size(step->set_tags);
    bool sets = json_object_size(step->set_tags) > 0;
    bool removes_first = step->removes_tags && count > TAGS_OF_A_PROFILE;
    int rc = DONE;

    if (removes_first)
        rc = change_remove_tags(cloud, step->existing, step->other_tags);
    if (rc == DONE && sets)
        rc = change_set_tags(cloud, step->existing, step->set_tags);
    if (rc == DONE && step->removes_tags && !removes_first)
        rc = change_remove_tags(cloud, step->existing, step->other_tags);
    if (rc != DONE)
        return rc;
    applying->tagged++;
    json_t *row = json_pack("{ss ss ss ss sO}", "done", "tag", "alias", step->wanted->alias, "name",
                            step->name, "arn", step->existing->arn, "setTags", step->set_tags);
    if (step->removes_tags)
        json_object_set(row, "removeTags", step->other_tags);
    return say(&applying->profiles->console, row, "%s: tags changed\n", step->name);
}

static int delete (struct applying *applying, const struct plan_step *step)
{
    const struct existing *existing = step->existing;

    int rc = change_delete(&applying->profiles->cloud, existing);
    if (rc != DONE)
        return rc;
    applying->deleted++;
    return say(
        &applying->profiles->console,
        json_pack("{ss ss ss}", "done", "delete", "name", existing->name, "arn", existing->arn),
        "%s: deleted, %s\n", existing->name, existing->arn);
}

static int carry_out(struct applying *applying, const struct plan_step *step)
{
    switch (step->action) {
    case PLAN_CREATE:
    case PLAN_REPLACE:
        return create(applying, step);
    case PLAN_TAG:
        return tag(applying, step);
    default:
        return DONE;
    }
}

/* AWS objects to this one profile; the others have nothing to do with it. */
static bool is_about_one(const struct cloud *cloud)
{
    return cloud_error_is(cloud, "ValidationException") ||
           cloud_error_is(cloud, "ResourceNotFoundException") ||
           cloud_error_is(cloud, "TooManyTagsException");
}

static int carry_out_all(struct applying *applying)
{
    const struct plan *plan = &applying->state.plan;
    struct progress progress;
    int rc = DONE;

    progress_begin(&progress, "applying", plan->changes);
    for (size_t i = 0; i < plan->count && rc == DONE; i++) {
        const struct plan_step *step = &plan->steps[i];
        rc = carry_out(applying, step);
        if (rc != DONE && is_about_one(&applying->profiles->cloud)) {
            applying->went_wrong = true;
            rc = DONE;
        }
        if (step->action == PLAN_CREATE || step->action == PLAN_TAG || step->action == PLAN_REPLACE)
            progress_step(&progress);
    }
    progress_end(&progress);
    return rc;
}

/* ---------------------------------------------------------------- until AWS shows it */

/* The first of what was made that AWS does not list; NULL: it has them all. */
static const char *unseen(const json_t *made, const json_t *profiles)
{
    json_t *seen = json_object(), *profile, *one;
    const char *missing = NULL;
    size_t i;

    json_array_foreach(profiles, i, profile)
    {
        json_object_set_new(seen, shown(profile, "inferenceProfileArn"), json_true());
        json_object_set_new(seen, shown(profile, "inferenceProfileName"), json_true());
    }
    json_array_foreach(made, i, one)
    {
        if (missing == NULL && json_object_get(seen, json_string_value(one)) == NULL)
            missing = json_string_value(one);
    }
    json_decref(seen);
    return missing;
}

/* AWS has answered with a profile, and does not have it: it may remember the creation of one that
 * was deleted since. */
static int explain_unseen(struct applying *applying, const char *missing)
{
    struct cloud *cloud = &applying->profiles->cloud;
    char operation[CLOUD_PATH] = "GET /inference-profiles/";

    path_append(operation, missing);
    bool is_arn = strncmp(missing, "arn:", 4) == 0;
    if (is_arn && cloud_call(cloud, "bedrock", operation, NULL, NULL) == 0)
        return DONE; /* it is there, and only the list is late */
    return failed(
        "%s: AWS %s, but does not show it after %d s. `profiles plan` tells whether it "
        "has come since. If a profile of this name was deleted a short while ago, AWS may "
        "still answer with that one: then `profiles apply --salt TEXT`, with any TEXT, "
        "makes a new one",
        missing, is_arn ? "has taken its creation" : "knows of another creation of it",
        (int)applying->patience_s);
}

static int wait_until_seen(struct applying *applying)
{
    int64_t left_ms = applying->patience_s * 1000, pause_ms = FIRST_LOOK_MS;
    json_t *profiles;

    while (json_array_size(applying->made) > 0) {
        int rc = account_list(&applying->profiles->cloud, "APPLICATION", &profiles);
        if (rc != DONE)
            return rc;
        const char *missing = unseen(applying->made, profiles);
        json_decref(profiles);
        if (missing == NULL)
            break;
        if (left_ms <= 0)
            return explain_unseen(applying, missing);
        pause_ms = pause_ms < left_ms ? pause_ms : left_ms;
        cloud_wait(pause_ms);
        left_ms -= pause_ms;
        pause_ms = pause_ms * 2 < LONGEST_LOOK_MS ? pause_ms * 2 : LONGEST_LOOK_MS;
    }
    json_array_clear(applying->made);
    return DONE;
}

/* ---------------------------------------------------------------- all of it */

/* What somebody else makes at the same time under the same name is taken as it then is: the plan is
 * made anew. */
static int apply_rounds(struct applying *applying)
{
    int rc = DONE;

    for (int round = 0; round < ROUNDS && rc == DONE; round++) {
        applying->contested = 0;
        rc = carry_out_all(applying);
        if (rc == DONE)
            rc = wait_until_seen(applying);
        if (rc != DONE || applying->contested == 0)
            return rc;
        state_free(&applying->state);
        rc = state_read(applying->profiles, &applying->state);
        if (rc == DONE)
            plan_prune(&applying->state.plan, &applying->pruning);
    }
    return rc == DONE ? failed("somebody else changes the same profiles all the time; run it again "
                               "when they are done")
                      : rc;
}

static int delete_all(struct applying *applying)
{
    const struct plan *plan = &applying->state.plan;
    int rc = DONE;

    for (size_t i = 0; i < plan->count && rc == DONE; i++) {
        if (plan->steps[i].deletes)
            rc = delete (applying, &plan->steps[i]);
    }
    return rc;
}

/* Profiles of the file whose name somebody else's has. */
static int report_foreign(const struct plan *plan)
{
    int rc = DONE;

    for (size_t i = 0; i < plan->count; i++) {
        const struct plan_step *step = &plan->steps[i];
        if (step->action == PLAN_FOREIGN && plan_current(plan, step->wanted->alias) == NULL)
            rc = failed("%s: there is a profile of this name that this program has not made: %s. "
                        "`profiles import %s` adopts it; or choose another name in the file",
                        step->name, step->existing->arn, step->existing->id);
    }
    return rc;
}

static int say_done(struct applying *applying, int rc)
{
    const struct console *console = &applying->profiles->console;
    json_t *row =
        json_pack("{s{sI sI sI} sb sI}", "summary", "created", (json_int_t)applying->created,
                  "tagged", (json_int_t)applying->tagged, "deleted", (json_int_t)applying->deleted,
                  "complete", rc == DONE, "requests", (json_int_t)applying->profiles->cloud.calls);

    return say(console, row, "%zu created, %zu tagged, %zu deleted; %d requests.\n",
               applying->created, applying->tagged, applying->deleted,
               (int)applying->profiles->cloud.calls);
}

static void say_rest(const struct applying *applying)
{
    if (applying->profiles->console.json)
        return;
    if (applying->created > 0)
        puts("What is left to do: `profiles export` for the services and the ledger, `profiles "
             "activate` so that\nAWS's bill has the tags (they appear there up to 24 hours after "
             "the first call), `profiles verify`.");
    for (size_t i = 0; i < applying->state.plan.count; i++) {
        const struct plan_step *step = &applying->state.plan.steps[i];
        if (step->action == PLAN_REPLACE && !step->deletes)
            printf("%s stays, for whoever still calls it; `profiles delete %s` when nobody does.\n",
                   step->existing->name, step->existing->id);
    }
}

static int apply(struct applying *applying)
{
    int rc = apply_rounds(applying);

    if (rc == DONE && !applying->went_wrong)
        rc = delete_all(applying);
    if (rc == DONE)
        rc = report_foreign(&applying->state.plan);
    if (applying->went_wrong)
        rc = FAILED;
    say_done(applying, rc);
    if (rc == DONE)
        say_rest(applying);
    else
        failed("it is not complete; run it again when that is mended: what is done stays done");
    return rc;
}

static int show_and_ask(struct applying *applying, bool yes)
{
    const struct console *console = &applying->profiles->console;
    const struct plan *plan = &applying->state.plan;

    int rc = state_judge(&applying->state.declaration);
    if (rc != DONE)
        return failed("%s is against its own tag policy: nothing was done. `profiles lint` says "
                      "more",
                      applying->state.declaration.path);
    if (!console->json || !yes)
        rc = plan_print(console, plan, false);
    if (rc == DONE && plan->changes > 0)
        rc = confirm(yes, "Change %zu profiles in %s?", plan->changes,
                     applying->profiles->cloud.region);
    return rc;
}

int run_apply(void *program, int argc, char **argv)
{
    struct applying applying = {.profiles = program, .patience_s = 60};
    struct console *console = &applying.profiles->console;
    bool yes = false;
    const struct choice choices[] = {PRUNING_CHOICES(applying.pruning),
                                     {"yes", .flag = &yes},
                                     {"salt", .text = &applying.salt},
                                     {"patience", .number = &applying.patience_s, .most = 3600},
                                     {.name = NULL}};
    char **words;
    int count;

    int rc = take_options(console, argc, argv, choices, 0, 0, &words, &count);
    if (rc != DONE || console->help)
        return rc;
    rc = state_read(applying.profiles, &applying.state);
    if (rc != DONE)
        return rc;
    declaration_warn(&applying.state.declaration);
    plan_prune(&applying.state.plan, &applying.pruning);
    applying.made = json_array();
    rc = show_and_ask(&applying, yes);
    if (rc == DONE)
        rc = apply(&applying);
    json_decref(applying.made);
    state_free(&applying.state);
    return rc;
}
