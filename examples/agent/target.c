/* The profile that an agent is to be put onto. SPDX-License-Identifier: MIT */
#include "agent.h"

#include <stdio.h>
#include <string.h>

static const char KIND[] = "application-inference-profile/";

bool is_profile(const char *model)
{
    char resource[CELL];

    return strncmp(arn_part(model, 5, resource), KIND, sizeof KIND - 1) == 0;
}

/* What was given instead of a profile, and how to get one. */
static int not_a_profile(const char *text)
{
    char resource[CELL];

    arn_part(text, 5, resource);
    if (strncmp(resource, "inference-profile/", 18) == 0)
        return failed("--profile %s: that is AWS's own profile, which nobody can put tags on; "
                      "`profiles apply` makes an application profile from it, `profiles list` "
                      "shows those that there are",
                      text);
    if (strncmp(resource, "foundation-model/", 17) == 0 || strchr(text, '.') != NULL)
        return failed("--profile %s: that is a model, and what it costs carries nobody's tag; "
                      "`profiles apply` makes a profile from it, `profiles list` shows those that "
                      "there are",
                      text);
    return failed("--profile %s: the ARN of an application inference profile is needed, as "
                  "arn:aws:bedrock:REGION:ACCOUNT:application-inference-profile/ID; `profiles "
                  "list` shows them",
                  text);
}

/* A part that agent and profile must have in common. */
static int same_part(const struct subject *subject, const char *arn, int part, const char *what,
                     const char *next)
{
    char own[CELL], other[CELL];

    if (strcmp(arn_part(subject->arn, part, own), arn_part(arn, part, other)) == 0)
        return DONE;
    return failed("--profile %s is in %s %s, agent %s in %s: %s", arn, what, other, subject->name,
                  own, next);
}

int target_tags(struct agent *agent, const char *arn, size_t *ret_count)
{
    json_t *answer;

    if (cloud_call(&agent->cloud, "bedrock", "POST /listTagsForResource",
                   json_pack("{ss}", "resourceARN", arn), &answer) < 0)
        return cloud_failed(&agent->cloud, "the tags of profile %s cannot be read", arn);
    *ret_count = json_array_size(json_object_get(answer, "tags"));
    json_decref(answer);
    return DONE;
}

static int check_tags(struct agent *agent, const char *arn)
{
    size_t count;

    int rc = target_tags(agent, arn, &count);
    if (rc != DONE || count > 0)
        return rc;
    return failed("profile %s has no tag, so that what the agent costs would still be nobody's; "
                  "`profiles tag %s KEY=VALUE` sets one",
                  arn, arn_id(arn));
}

static int read_profile(struct agent *agent, const char *arn, json_t **ret_profile)
{
    char operation[CLOUD_PATH] = "GET /inference-profiles/";

    path_append(operation, arn);
    if (cloud_call(&agent->cloud, "bedrock", operation, NULL, ret_profile) == 0)
        return DONE;
    if (cloud_error_is(&agent->cloud, "ResourceNotFoundException"))
        return failed("--profile %s: there is none of this id; `profiles list` shows those that "
                      "there are",
                      arn);
    return cloud_failed(&agent->cloud, "profile %s cannot be read", arn);
}

int target_read(struct agent *agent, const struct subject *subject, const char *arn,
                struct target *ret_target)
{
    *ret_target = (struct target){.arn = arn, .id = arn_id(arn)};
    if (!is_profile(arn))
        return not_a_profile(arn);
    int rc = same_part(subject, arn, 3, "region",
                       "an agent calls profiles of its own region only; `profiles apply` makes one "
                       "there");
    if (rc == DONE)
        rc = same_part(subject, arn, 4, "account",
                       "an agent calls profiles of its own account only; `profiles apply` makes "
                       "one there");
    if (rc == DONE)
        rc = read_profile(agent, arn, &ret_target->profile);
    return rc == DONE ? check_tags(agent, arn) : rc;
}

void target_free(struct target *target)
{
    json_decref(target->profile);
    *target = (struct target){.arn = NULL};
}
