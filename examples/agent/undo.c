/* `agent undo`: back to where the agent was, by the tags that `apply` has left.
 * SPDX-License-Identifier: MIT */
#include "agent.h"

#include <stdio.h>
#include <string.h>

struct undo {
    json_t *steps;
    json_t *prompts;      /* types to models, to be set */
    char model[2048 + 1]; /* DRAFT's, to be set */
    bool update, prepare;
    json_t *moves;    /* alias ids to versions */
    json_t *policies; /* names, to be deleted */
    bool tags;        /* there are some to be removed */
};

/* Whether something that is on a profile now was elsewhere before. */
static bool goes_back(const char *now, const char *before)
{
    return before != NULL && is_profile(now) && strcmp(now, before) != 0;
}

static void plan_prompts(const struct subject *subject, struct undo *undo)
{
    json_t *models = prompt_models(subject->draft), *model;
    const char *type;

    json_object_foreach(models, type, model)
    {
        const char *before = record_of(subject, TAG_MODEL, type), *now = json_string_value(model);
        if (goes_back(now, before)) {
            json_object_set_new(undo->prompts, type, json_string(before));
            plan_step(undo->steps, "prompt", type, "update", now, before);
        }
    }
    json_decref(models);
}

static void plan_draft(const struct subject *subject, struct undo *undo)
{
    const char *before = record_of(subject, TAG_MODEL, "");
    bool back = goes_back(subject->model, before);

    snprintf(undo->model, sizeof undo->model, "%s", back ? before : subject->model);
    if (before != NULL)
        plan_step(undo->steps, "model", DRAFT, back ? "update" : "keep", subject->model,
                  back ? before : NULL);
    plan_prompts(subject, undo);
    undo->update = back || json_object_size(undo->prompts) > 0;
    undo->prepare = undo->update || (undo->tags && !draft_is_prepared(subject));
    if (undo->prepare)
        plan_step(undo->steps, "prepare", DRAFT, "prepare", NULL, NULL);
}

static int plan_alias(struct agent *agent, struct subject *subject, const json_t *alias,
                      struct undo *undo)
{
    const char *before = record_of(subject, TAG_VERSION, alias_id(alias));
    const char *now = alias_version(alias);
    json_t *version = *now != '\0' ? subject_version(agent, subject, now) : NULL;

    if (*now != '\0' && version == NULL)
        return FAILED;
    if (alias_is_test(alias) || !is_profile(shown(version, "foundationModel")))
        return DONE;
    if (before == NULL || strcmp(before, now) == 0) {
        plan_step(undo->steps, "alias", alias_name(alias), "leave", now, NULL);
        return DONE;
    }
    json_t *numbers = subject_numbers(agent, subject);
    bool there = has_text(numbers, before);
    json_decref(numbers);
    if (numbers == NULL)
        return FAILED;
    if (!there) {
        plan_step(undo->steps, "alias", alias_name(alias), "leave", now, before);
        return DONE;
    }
    json_object_set_new(undo->moves, alias_id(alias), json_string(before));
    plan_step(undo->steps, "alias", alias_name(alias), "route", now, before);
    return DONE;
}

/* Adds the profiles that a version calls. */
static void add_profiles(json_t *version, json_t *ids)
{
    json_t *models = prompt_models(version), *model;
    const char *type;

    json_object_set_new(models, DRAFT, json_string(shown(version, "foundationModel")));
    json_object_foreach(models, type, model)
    {
        if (is_profile(json_string_value(model)))
            json_array_append_new(ids, json_string(arn_id(json_string_value(model))));
    }
    json_decref(models);
}

/* The ids of the profiles that are called still when all is back. */
static json_t *remaining(struct agent *agent, struct subject *subject, const struct undo *undo)
{
    json_t *ids = json_array(), *draft = json_deep_copy(subject->draft);
    const json_t *alias;
    size_t i;

    json_object_set_new(draft, "foundationModel", json_string(undo->model));
    prompt_set_models(draft, undo->prompts);
    add_profiles(draft, ids);
    json_decref(draft);
    json_array_foreach(subject->aliases, i, alias)
    {
        const char *number = text_of(undo->moves, alias_id(alias));
        number = number != NULL ? number : alias_version(alias);
        if (*number != '\0' && strcmp(number, DRAFT) != 0)
            add_profiles(subject_version(agent, subject, number), ids);
    }
    return ids;
}

/* The policies of this agent that no profile in use needs any more. */
static int plan_policies(struct agent *agent, struct subject *subject, struct undo *undo)
{
    json_t *ids = remaining(agent, subject, undo), *names, *name;
    char prefix[POLICY_NAME];
    size_t i;

    policy_name(subject, "", prefix);
    int rc = policy_names(agent, subject, &names);
    json_array_foreach(names, i, name)
    {
        const char *text = json_string_value(name);
        bool needed = has_text(ids, text + strlen(prefix));
        plan_step(undo->steps, "role", arn_id(subject->role), needed ? "keep" : "delete", text,
                  NULL);
        if (!needed)
            json_array_append(undo->policies, name);
    }
    json_decref(names);
    json_decref(ids);
    return rc;
}

static bool has_record(const struct subject *subject)
{
    json_t *value;
    const char *key;

    json_object_foreach(subject->tags, key, value)
    {
        if (strncmp(key, TAG_PREVIOUS, strlen(TAG_PREVIOUS)) == 0)
            return true;
    }
    return false;
}

static int plan_undo(struct agent *agent, struct subject *subject, bool no_role, struct undo *undo)
{
    const json_t *alias;
    int rc = DONE;
    size_t i;

    *undo = (struct undo){.steps = json_array(),
                          .prompts = json_object(),
                          .moves = json_object(),
                          .policies = json_array(),
                          .tags = has_record(subject)};
    plan_draft(subject, undo);
    json_array_foreach(subject->aliases, i, alias)
    {
        rc = rc == DONE ? plan_alias(agent, subject, alias, undo) : rc;
    }
    if (rc == DONE && !no_role)
        rc = plan_policies(agent, subject, undo);
    if (undo->tags)
        plan_step(undo->steps, "tags", subject->name, "remove", TAG_PREVIOUS "*", NULL);
    return rc;
}

static void undo_free(struct undo *undo)
{
    json_decref(undo->steps);
    json_decref(undo->prompts);
    json_decref(undo->moves);
    json_decref(undo->policies);
}

/* Aliases first: what is in use is back soonest. The tags last: they know the way. */
static int carry_out(struct agent *agent, struct subject *subject, const struct undo *undo)
{
    json_t *value;
    const char *id;
    int rc = DONE;
    size_t i;

    json_object_foreach(undo->moves, id, value)
    {
        char number[VERSION];
        snprintf(number, sizeof number, "%s", json_string_value(value));
        json_t *version = subject_version(agent, subject, number);
        rc = rc == DONE ? route_alias(agent, subject, id, number, shown(version, "foundationModel"))
                        : rc;
    }
    if (rc == DONE && undo->update)
        rc = update_draft(agent, subject, undo->model, undo->prompts);
    if (rc == DONE && undo->prepare)
        rc = prepare_draft(agent, subject);
    json_array_foreach(undo->policies, i, value)
    {
        rc = rc == DONE ? policy_delete(agent, subject, json_string_value(value)) : rc;
    }
    return rc == DONE && undo->tags ? record_remove(agent, subject, TAG_PREVIOUS) : rc;
}

/* An alias that `apply` made has no way back, and may be in use; nor has one whose version is gone.
 */
static void print_left(const struct agent *agent, const struct subject *subject,
                       const struct undo *undo)
{
    const json_t *step;
    size_t i;

    json_array_foreach(undo->steps, i, step)
    {
        const json_t *alias = subject_alias(subject, shown(step, "of"));
        if (agent->console.json || strcmp(shown(step, "action"), "leave") != 0)
            continue;
        if (text_of(step, "to") != NULL)
            printf("\nAlias %s stays on the profile: version %s, which it ran before, was deleted. "
                   "A new version of DRAFT, once that is back: aws bedrock-agent "
                   "update-agent-alias --agent-id %s --agent-alias-id %s --agent-alias-name %s\n",
                   shown(step, "of"), shown(step, "to"), subject->id, alias_id(alias),
                   shown(step, "of"));
        else
            printf("\nAlias %s stays on the profile, as it was nowhere else before. If nobody "
                   "calls it: aws bedrock-agent delete-agent-alias --agent-id %s "
                   "--agent-alias-id %s\n",
                   shown(step, "of"), subject->id, alias_id(alias));
    }
}

static int do_undo(struct agent *agent, struct subject *subject, const struct undo *undo)
{
    bool changes = undo->tags || undo->update || json_object_size(undo->moves) > 0 ||
                   json_array_size(undo->policies) > 0;

    if (!changes)
        return say(&agent->console, json_pack("{si}", "changes", 0),
                   "Nothing to undo: agent %s has no tag %s* and no policy of this program that "
                   "it could do without.\n",
                   subject->name, TAG_PREVIOUS);
    int rc = steps_print(agent, undo->steps);
    print_left(agent, subject, undo);
    if (rc == DONE)
        rc = confirm(agent->yes, "Take agent %s back?", subject->name);
    if (rc == DONE)
        rc = carry_out(agent, subject, undo);
    if (rc != DONE)
        return rc;
    return say(&agent->console, json_pack("{sb}", "undone", 1),
               "\nDone. What these models cost carries no profile's tags from now on.\n");
}

int run_undo(void *program, int argc, char **argv)
{
    struct agent *agent = program;
    struct subject subject = {.draft = NULL};
    struct undo undo = {.steps = NULL};
    bool no_role = false;
    const struct choice choices[] = {{"no-role", .flag = &no_role}, {.name = NULL}};
    const char *name;

    int rc = agent_begin(agent, argc, argv, choices, 1, &name);
    mind_interrupts();
    if (rc == DONE && !agent->console.help) {
        rc = subject_read(agent, name, &subject);
        if (rc == DONE)
            rc = settle(agent, &subject);
        if (rc == DONE)
            rc = plan_undo(agent, &subject, no_role, &undo);
        if (rc == DONE)
            rc = do_undo(agent, &subject, &undo);
    }
    undo_free(&undo);
    subject_free(&subject);
    return rc;
}
