/* copyFrom: what a profile is made of, however it was written. SPDX-License-Identifier: MIT */
#include "declaration.h"

#include <ctype.h>
#include <stdio.h>
#include <string.h>

#define EXAMPLES                                                                                   \
    "a model's id (\"anthropic.claude-3-haiku-20240307-v1:0\"), a system-defined profile's id "    \
    "(\"us.anthropic.claude-haiku-4-5-20251001-v1:0\"), or the ARN of either; `profiles models` "  \
    "lists them"

bool is_region(const char *text)
{
    size_t length = strlen(text), letters = strspn(text, "abcdefghijklmnopqrstuvwxyz");

    return letters >= 2 && length <= 20 && text[letters] == '-' &&
           strspn(text, "abcdefghijklmnopqrstuvwxyz0123456789-") == length &&
           isdigit((unsigned char)text[length - 1]) && text[length - 2] == '-';
}

const char *partition_of(const char *region)
{
    static const struct {
        const char *prefix, *partition;
    } partitions[] = {{"us-gov-", "aws-us-gov"}, {"cn-", "aws-cn"}, {"eusc-", "aws-eusc"}};

    for (size_t i = 0; i < sizeof partitions / sizeof *partitions; i++) {
        if (strncmp(region, partitions[i].prefix, strlen(partitions[i].prefix)) == 0)
            return partitions[i].partition;
    }
    return "aws";
}

/* Geographies that stand before the ids of system-defined profiles, and beginnings of Regions that
 * are certainly not theirs. Where exactly each can be called from is AWS's to say. */
static const struct geography {
    const char *name;
    const char *elsewhere[4];
} geographies[] = {
    {"us", {"eu-", "ap-", "us-gov-"}},
    {"eu", {"us-", "ap-"}},
    {"apac", {"us-", "eu-"}},
    {"jp", {"us-", "eu-"}},
    {"au", {"us-", "eu-"}},
    {"ca", {"eu-", "ap-"}},
    {"us-gov", {"eu-", "ap-", "us-east", "us-west"}},
    {"global", {NULL}},
};

static const struct geography *geography_of(const char *id)
{
    size_t length = strcspn(id, ".");

    for (size_t i = 0; i < sizeof geographies / sizeof *geographies; i++) {
        if (strlen(geographies[i].name) == length &&
            strncmp(id, geographies[i].name, length) == 0 && strchr(id + length + 1, '.') != NULL)
            return &geographies[i];
    }
    return NULL;
}

static bool is_id(const char *id)
{
    const char *dot = strchr(id, '.');

    return dot != NULL && dot > id && dot[1] != '\0' && strlen(id) <= 140 &&
           strspn(id, "abcdefghijklmnopqrstuvwxyz0123456789-.:") == strlen(id);
}

static void check_geography(struct remarks *remarks, const char *place, const char *id,
                            const char *region)
{
    const struct geography *geography = geography_of(id);

    for (int i = 0; geography != NULL && i < 4 && geography->elsewhere[i] != NULL; i++) {
        const char *prefix = geography->elsewhere[i];
        if (strncmp(region, prefix, strlen(prefix)) == 0)
            mistake(remarks, place,
                    "%s is a profile of the geography \"%s\", which cannot be called from %s; take "
                    "one of that Region: `profiles models` lists them",
                    id, geography->name, region);
    }
}

static void read_id(struct remarks *remarks, const char *place,
                    const struct declaration *declaration, const char *id, struct wanted *wanted)
{
    bool is_system = geography_of(id) != NULL;
    const char *account = declaration->account != NULL && is_system ? declaration->account : "";

    check_geography(remarks, place, id, declaration->region);
    snprintf(wanted->source, sizeof wanted->source, "arn:%s:bedrock:%s:%s:%s/%s",
             partition_of(declaration->region), declaration->region, account,
             is_system ? "inference-profile" : "foundation-model", id);
}

/* What is wrong with an ARN's resource, TYPE/ID; NULL if nothing is. */
static const char *judge_resource(const char *resource)
{
    const char *id = strchr(resource, '/');
    size_t length = id != NULL ? (size_t)(id - resource) : strlen(resource);
    bool is_system = length == strlen("inference-profile") &&
                     strncmp(resource, "inference-profile", length) == 0;

    if (strncmp(resource, "application-inference-profile", length) == 0 && length > 20)
        return "is an application profile, which cannot be copied; copyFrom takes what that one "
               "was made of: " EXAMPLES;
    if (id != NULL && is_system && geography_of(id + 1) == NULL)
        return "is a form that is printed in articles but does not exist: application profiles are "
               "application-inference-profile/ID, with an id that AWS makes up, and copyFrom takes "
               "none of those, but " EXAMPLES;
    if (id != NULL && is_id(id + 1) &&
        (is_system || (length == strlen("foundation-model") &&
                       strncmp(resource, "foundation-model", length) == 0)))
        return NULL;
    return "is nothing that a profile can be made of; copyFrom takes " EXAMPLES;
}

static void read_arn(struct remarks *remarks, const char *place,
                     const struct declaration *declaration, const char *arn, struct wanted *wanted)
{
    char service[CELL], region[CELL], account[CELL], resource[CELL], shown_arn[CELL];
    const char *fault;

    arn_part(arn, 2, service);
    arn_part(arn, 3, region);
    arn_part(arn, 4, account);
    arn_part(arn, 5, resource);
    bool is_model = strncmp(resource, "foundation-model/", 17) == 0;
    if (strcmp(service, "bedrock") != 0 || strncmp(arn, "arn:aws", 7) != 0 ||
        strlen(arn) >= sizeof wanted->source)
        mistake(remarks, place, "%s is no ARN of Bedrock; copyFrom takes %s",
                shorten(shown_arn, arn), EXAMPLES);
    else if ((fault = judge_resource(resource)) != NULL)
        mistake(remarks, place, "%s %s", arn, fault);
    else if (strcmp(region, declaration->region) != 0)
        mistake(remarks, place,
                "%s is of the Region \"%s\", but the profiles are to be in %s, and AWS copies only "
                "within a Region; write the id alone: %s",
                arn, region, declaration->region, arn_id(arn));
    else if (is_model ? *account != '\0' : *account != '\0' && strspn(account, "0123456789") != 12)
        mistake(remarks, place, "%s has the account \"%s\"; write the id alone: %s", arn, account,
                strchr(resource, '/') + 1);
    else if (*account != '\0' && declaration->account != NULL &&
             strcmp(account, declaration->account) != 0)
        mistake(
            remarks, place,
            "%s names the account %s, but the file is for %s; system-defined profiles are named "
            "with the caller's account: write the id alone: %s",
            arn, account, declaration->account, strchr(resource, '/') + 1);
    else
        read_id(remarks, place, declaration, strchr(resource, '/') + 1, wanted);
}

/* With an "agent" in front of the model, AWS's way to a bill is the simplest one. */
static void advise_agent(struct remarks *remarks, const char *place, const struct wanted *wanted)
{
    if (json_is_true(json_object_get(wanted->declared, "agent")) &&
        strstr(wanted->source, ":inference-profile/") != NULL)
        warn(remarks, place,
             "for agents a foundation model is the better source than a system-defined profile: "
             "the agent's role then needs that one model in this Region alone, and its calls and "
             "costs stay in the Region of the agent. Where a model can be called through "
             "system-defined profiles only, leave it as it is");
}

void read_source(struct remarks *remarks, const char *place, const struct declaration *declaration,
                 struct wanted *wanted)
{
    const char *source = text_of(wanted->declared, "copyFrom");
    char text[CELL];

    if (source == NULL || declaration->region == NULL)
        return; /* and that has been said */
    if (strncmp(source, "arn:", 4) == 0)
        read_arn(remarks, place, declaration, source, wanted);
    else if (is_id(source))
        read_id(remarks, place, declaration, source, wanted);
    else if (strchr(source, '/') != NULL && judge_resource(source) != NULL)
        mistake(remarks, place, "%s %s", shorten(text, source), judge_resource(source));
    else if (strlen(source) == 12 && strspn(source, "abcdefghijklmnopqrstuvwxyz0123456789") == 12)
        mistake(remarks, place,
                "%s looks like the id of an application profile, which cannot be copied; copyFrom "
                "takes %s",
                source, EXAMPLES);
    else
        mistake(remarks, place, "\"%s\" is no id of a model; copyFrom takes %s",
                shorten(text, source), EXAMPLES);
    advise_agent(remarks, place, wanted);
}
