/* Whether the profiles are there as the file has them, and their tags as the policy wants them.
 * SPDX-License-Identifier: MIT */
#include "verify.h"

#include <stdlib.h>
#include <string.h>

static void check_tags_differ(struct checklist *list, const struct plan_step *step)
{
    char *set = json_dumps(step->set_tags, JSON_COMPACT | JSON_ENCODE_ANY);

    check(list, CHECK_FAIL, "profile", step->wanted->alias, "profiles apply",
          "its tags are not those of the file; to be set: %s", set != NULL ? set : "some");
    free(set);
}

static void check_kept(struct checklist *list, const struct plan_step *step)
{
    const char *status = shown(step->existing->profile, "status");

    if (strcmp(status, "ACTIVE") != 0)
        check(list, CHECK_FAIL, "profile", step->wanted->alias, "profiles show",
              "it is %s, and not ACTIVE", status);
    else
        check(list, CHECK_PASS, "profile", step->wanted->alias, NULL,
              "%s is active, with its model and its %zu tags", step->existing->id,
              json_object_size(step->wanted->tags));
}

static void check_step(struct checklist *list, const struct plan_step *step)
{
    const char *alias = step->wanted != NULL ? step->wanted->alias : "";

    switch (step->action) {
    case PLAN_KEEP:
        check_kept(list, step);
        break;
    case PLAN_CREATE:
        check(list, CHECK_FAIL, "profile", alias, "profiles apply", "it has not been made");
        break;
    case PLAN_TAG:
        check_tags_differ(list, step);
        break;
    case PLAN_REPLACE:
        check(list, CHECK_FAIL, "profile", alias, "profiles apply",
              "its model is %s, and the file has %s", step->existing->model,
              arn_id(step->wanted->source));
        break;
    case PLAN_FOREIGN:
        check(list, CHECK_FAIL, "profile", alias, "profiles import",
              "one of that name is there that this file has not made");
        break;
    case PLAN_RETIRED:
        break; /* kept on purpose; an agent that is still on it is found out by its own check */
    }
}

void check_profiles(struct checklist *list)
{
    for (size_t i = 0; i < list->state.plan.count; i++)
        check_step(list, &list->state.plan.steps[i]);
}

static void check_findings(struct checklist *list, const json_t *findings)
{
    json_t *finding;
    size_t i;

    json_array_foreach(findings, i, finding)
    {
        const char *subject = text_of(finding, "subject");
        check(list, CHECK_FAIL, "tag policy", subject != NULL ? subject : "",
              text_of(finding, "remedy"), "%s", shown(finding, "message"));
    }
    if (json_array_size(findings) == 0)
        check(list, CHECK_PASS, "tag policy", "", NULL,
              "the tags of all profiles of the file are as %s",
              list->state.declaration.tag_policy != NULL
                  ? "it wants them"
                  : "AWS takes them; the file has no policy");
}

void check_tag_policy(struct checklist *list)
{
    json_t *findings = json_array(), *all = json_array();
    int rc = 0;

    for (size_t i = 0; i < list->state.declaration.count; i++) {
        const struct wanted *wanted = &list->state.declaration.wanted[i];
        const struct existing *existing = checked_profile(list, wanted);
        if (existing == NULL || existing->tags == NULL)
            continue;
        if (list->state.declaration.tag_policy != NULL)
            rc |= tag_policy_judge(list->state.declaration.tag_policy, wanted->alias,
                                   existing->tags, findings);
        json_array_append_new(
            all, json_pack("{ss, sO}", "subject", wanted->alias, "tags", existing->tags));
    }
    rc |= tag_policy_compare(all, findings);
    if (json_array_size(all) == 0)
        rc = 0; /* that there are none has been said */
    else if (rc < 0)
        check(list, CHECK_FAIL, "tag policy", "", NULL, "%s", brc_strerror(BRC_E_NOMEM));
    else
        check_findings(list, findings);
    json_decref(findings);
    json_decref(all);
}
