/* What has to be done so that an agent is on a profile. SPDX-License-Identifier: MIT */
#include "agent.h"

#include <string.h>

void plan_step(json_t *steps, const char *step, const char *of, const char *action,
               const char *from, const char *to)
{
    json_array_append_new(steps, json_pack("{ss ss ss ss* ss*}", "step", step, "of", of, "action",
                                           action, "from", from, "to", to));
}

int steps_print(const struct agent *agent, const json_t *steps)
{
    const json_t *step;
    struct table table;
    size_t i;

    if (agent->console.json)
        return print_rows(steps);
    table_begin(&table, "STEP|OF|ACTION|FROM|TO");
    json_array_foreach(steps, i, step)
    {
        cell(&table, "%s", shown(step, "step"));
        cell(&table, "%s", shown(step, "of"));
        cell(&table, "%s", shown(step, "action"));
        cell(&table, "%s", arn_id(shown(step, "from")));
        cell(&table, "%s", arn_id(shown(step, "to")));
    }
    return table_end(&table);
}

static int plan_policy(struct agent *agent, const struct subject *subject,
                       const struct request *request, struct plan *plan)
{
    char name[POLICY_NAME];
    bool there;

    policy_name(subject, plan->target.id, name);
    if (request->no_role) {
        plan_step(plan->steps, "role", arn_id(subject->role), "leave", NULL, name);
        return DONE;
    }
    int rc = policy_is_there(agent, subject, &plan->target, &there);
    if (rc != DONE)
        return rc;
    plan->put_policy = !there;
    plan_step(plan->steps, "role", arn_id(subject->role), there ? "keep" : "put", NULL, name);
    return DONE;
}

/* Prompts with a model of their own: onto the profile, or told of. */
static void plan_prompts(const struct subject *subject, const struct request *request,
                         struct plan *plan)
{
    json_t *models = prompt_models(subject->draft), *model;
    const char *type;

    json_object_foreach(models, type, model)
    {
        const char *text = json_string_value(model);
        bool raw = !is_profile(text);
        if (raw && request->prompts) {
            json_object_set_new(plan->prompts, type, json_string(plan->target.arn));
            record_add(subject, TAG_MODEL, type, text, false, plan->record);
        }
        plan_step(plan->steps, "prompt", type,
                  !raw               ? "keep"
                  : request->prompts ? "update"
                                     : "leave",
                  text, raw && request->prompts ? plan->target.arn : NULL);
    }
    json_decref(models);
}

static void plan_draft(const struct subject *subject, const struct request *request,
                       struct plan *plan)
{
    bool same = strcmp(subject->model, plan->target.arn) == 0;

    if (!same)
        record_add(subject, TAG_MODEL, "", subject->model, is_profile(subject->model),
                   plan->record);
    plan_step(plan->steps, "model", DRAFT, same ? "keep" : "update", subject->model,
              same ? NULL : plan->target.arn);
    plan_prompts(subject, request, plan);
    plan->update = !same || json_object_size(plan->prompts) > 0;
    plan->prepare = plan->update || !draft_is_prepared(subject);
    plan_step(plan->steps, "prepare", DRAFT, plan->prepare ? "prepare" : "keep", NULL, NULL);
}

/* Whether a version is on the profile already, as far as is asked for. */
static bool is_on(const struct plan *plan, const struct request *request, json_t *version)
{
    json_t *models = prompt_models(version), *model;
    bool on = strcmp(shown(version, "foundationModel"), plan->target.arn) == 0;
    const char *type;

    json_object_foreach(models, type, model)
    {
        on = on && (!request->prompts || is_profile(json_string_value(model)));
    }
    json_decref(models);
    return on;
}

/* What a new version would publish beside the profile is somebody's work, perhaps unfinished. */
static int check_changes(const struct subject *subject, const struct request *request,
                         const json_t *alias, json_t *version)
{
    char names[CELL];

    if (request->draft_changes || !fields_differ(version, subject->draft, true, names))
        return DONE;
    return failed("alias %s runs version %s, from which DRAFT differs in more than its model (%s): "
                  "a new version would put that into use too. Say --draft-changes if it may, or "
                  "set DRAFT back first",
                  alias_name(alias), alias_version(alias), names);
}

static int plan_alias(struct agent *agent, struct subject *subject, const struct request *request,
                      const char *id, struct plan *plan)
{
    const json_t *alias = subject_alias(subject, id);
    json_t *version = NULL;
    const char *number = alias_version(alias);

    if (alias_throughput(alias) != NULL)
        return failed("alias %s has provisioned throughput (%s), which is paid by the hour and "
                      "goes past every profile: take it off the alias first, or leave the alias "
                      "out",
                      alias_name(alias), alias_throughput(alias));
    if (*number != '\0') {
        version = subject_version(agent, subject, number);
        if (version == NULL)
            return FAILED;
    }
    if (version == subject->draft || (version != NULL && is_on(plan, request, version))) {
        plan_step(plan->steps, "alias", alias_name(alias), "keep", number, NULL);
        return DONE;
    }
    if (version != NULL) {
        record_add(subject, TAG_VERSION, id, number, is_profile(shown(version, "foundationModel")),
                   plan->record);
        int rc = check_changes(subject, request, alias, version);
        if (rc != DONE)
            return rc;
    }
    json_array_append_new(plan->moves, json_string(id));
    plan_step(plan->steps, "alias", alias_name(alias), "route", number,
              *plan->known != '\0' ? plan->known : "new version");
    return DONE;
}

/* An alias that nobody has named stays where it is, which is said. */
static int plan_others(struct agent *agent, struct subject *subject, const struct request *request,
                       const json_t *chosen, struct plan *plan)
{
    const json_t *alias;
    size_t i;

    json_array_foreach(subject->aliases, i, alias)
    {
        const char *number = alias_version(alias);
        if (alias_is_test(alias) || *number == '\0' || has_text(chosen, alias_id(alias)))
            continue;
        json_t *version = subject_version(agent, subject, number);
        if (version == NULL)
            return FAILED;
        plan_step(plan->steps, "alias", alias_name(alias),
                  is_on(plan, request, version) ? "keep" : "leave", number, NULL);
    }
    return DONE;
}

static int plan_aliases(struct agent *agent, struct subject *subject, const struct request *request,
                        struct plan *plan)
{
    json_t *names = request->all_aliases ? NULL : json_deep_copy(request->aliases), *chosen, *id;
    const char *fresh = request->new_alias;
    int rc = DONE;
    size_t i;

    if (!request->all_aliases && names == NULL)
        names = json_array();
    if (fresh != NULL && subject_alias(subject, fresh) != NULL && names != NULL)
        json_array_append_new(names, json_string(fresh)); /* it was made before */
    chosen = subject_chosen(subject, names);
    json_decref(names);
    if (chosen == NULL)
        return FAILED;
    if (!plan->update)
        rc = route_known(agent, subject, plan->known);
    json_array_foreach(chosen, i, id)
    {
        rc = rc == DONE ? plan_alias(agent, subject, request, json_string_value(id), plan) : rc;
    }
    if (rc == DONE)
        rc = plan_others(agent, subject, request, chosen, plan);
    json_decref(chosen);
    plan->create_alias = fresh != NULL && subject_alias(subject, fresh) == NULL;
    if (plan->create_alias)
        plan_step(plan->steps, "alias", fresh, "create", NULL,
                  *plan->known != '\0' ? plan->known : "new version");
    return rc;
}

int plan_make(struct agent *agent, struct subject *subject, const struct request *request,
              struct plan *ret_plan)
{
    *ret_plan = (struct plan){.steps = json_array(),
                              .moves = json_array(),
                              .prompts = json_object(),
                              .record = json_object()};
    int rc = target_read(agent, subject, request->profile, &ret_plan->target);
    if (rc == DONE && !request->print)
        rc = plan_policy(agent, subject, request, ret_plan);
    if (rc != DONE || request->print)
        return rc;
    plan_draft(subject, request, ret_plan);
    rc = plan_aliases(agent, subject, request, ret_plan);
    ret_plan->changes = (size_t)ret_plan->put_policy + ret_plan->update + ret_plan->prepare +
                        ret_plan->create_alias + json_array_size(ret_plan->moves);
    return rc;
}

void plan_free(struct plan *plan)
{
    target_free(&plan->target);
    json_decref(plan->steps);
    json_decref(plan->moves);
    json_decref(plan->prompts);
    json_decref(plan->record);
}
