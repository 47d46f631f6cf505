/* The forms of a model id: the pattern of the type ConversationalModelId in AWS's model of the
 * Bedrock runtime API (2023-09-30).
 * SPDX-License-Identifier: MIT */
#include "arn.h"

#include <bedrockcost/request.h>

#include <stdbool.h>
#include <string.h>

#define LOWER  "abcdefghijklmnopqrstuvwxyz"
#define UPPER  "ABCDEFGHIJKLMNOPQRSTUVWXYZ"
#define DIGITS "0123456789"
#define LABEL  LOWER DIGITS "-"

static const char profile_type[] = "application-inference-profile/";

/* arn:partition:service:region:account:resource, cut at its colons; the last part keeps its own. */
struct parts {
    const char *p[6];
    size_t n[6];
};
enum {
    ARN,
    PARTITION,
    SERVICE,
    REGION,
    ACCOUNT,
    RESOURCE
};

static bool split(const char *id, struct parts *ret_parts)
{
    for (int i = ARN; i < RESOURCE; i++) {
        const char *colon = strchr(id, ':');
        if (colon == NULL)
            return false;
        ret_parts->p[i] = id;
        ret_parts->n[i] = (size_t)(colon - id);
        id = colon + 1;
    }
    ret_parts->p[RESOURCE] = id;
    ret_parts->n[RESOURCE] = strlen(id);
    return true;
}

static bool starts(const char *text, const char *with)
{
    return strncmp(text, with, strlen(with)) == 0;
}

static bool is(const struct parts *arn, int part, const char *text)
{
    return arn->n[part] == strlen(text) && memcmp(arn->p[part], text, arn->n[part]) == 0;
}

/* True if the part has from 1 to max characters, all of them allowed ones. */
static bool made_of(const char *p, size_t n, const char *allowed, size_t max)
{
    return n >= 1 && n <= max && strspn(p, allowed) >= n;
}

static bool sound_partition(const struct parts *arn)
{
    return is(arn, PARTITION, "aws") ||
           (starts(arn->p[PARTITION], "aws-") && arn->n[PARTITION] > strlen("aws-") &&
            made_of(arn->p[PARTITION], arn->n[PARTITION], LABEL, 63));
}

static bool sound_region(const struct parts *arn)
{
    return made_of(arn->p[REGION], arn->n[REGION], LABEL, 63);
}

static bool sound_account(const struct parts *arn)
{
    return arn->n[ACCOUNT] == 12 && made_of(arn->p[ACCOUNT], 12, DIGITS, 12);
}

static bool sound_profile_id(const struct parts *arn)
{
    const char *id = arn->p[RESOURCE] + strlen(profile_type);

    return made_of(id, strlen(id), LOWER UPPER DIGITS "-:.", BRC__ARN_LENGTH_MAX);
}

static const char application_profile[] = "This is the ARN of an application inference profile.";
static const char *const wrap_model =
    "This is a foundation model: calls to it cannot carry cost allocation tags. Create an "
    "application "
    "inference profile that copies from it (profiles are free) and use the profile's ARN.";
static const char *const wrap_system_profile =
    "This is a system-defined inference profile: it carries no cost allocation tags. Create an "
    "application inference profile that copies from it (profiles are free) and use that profile's "
    "ARN.";

/* What the ARN of something else is, by the start of its resource. */
static const struct {
    const char *start;
    const char *explanation;
} other_resources[] = {
    {"foundation-model/", wrap_model},
    {"inference-profile/", wrap_system_profile},
    {"provisioned-model/", "This is provisioned throughput: it is paid by the hour, not by the "
                           "token, and has no inference "
                           "profile. Use the ARN of an application inference profile."},
    {"custom-model-deployment/",
     "This is the deployment of a custom model: it has no inference profile. Use the ARN of an "
     "application inference profile."},
    {"custom-model/", "This is a custom model: it has no inference profile. Use the ARN of an "
                      "application inference profile."},
    {"imported-model/",
     "This is an imported model: it has no inference profile and Converse does not "
     "take it. Use the ARN of an application inference profile."},
    {"prompt/",
     "This is a stored prompt, which names its model itself. Use the ARN of an application "
     "inference profile and send the prompt's text."},
    {"prompt-router/",
     "This is a prompt router: which model it picks, and so what a call costs, is "
     "open. Use the ARN of an application inference profile."},
    {"default-prompt-router/", "This is a default prompt router: which model it picks, and so what "
                               "a call costs, is open. Use the "
                               "ARN of an application inference profile."},
};

static const char *explain_bedrock_arn(const struct parts *arn)
{
    for (size_t i = 0; i < sizeof other_resources / sizeof *other_resources; i++)
        if (starts(arn->p[RESOURCE], other_resources[i].start))
            return other_resources[i].explanation;
    if (!starts(arn->p[RESOURCE], profile_type))
        return "This ARN names a Bedrock resource that is not an inference profile. Use the ARN of "
               "an "
               "application inference profile.";
    if (!sound_partition(arn))
        return "This ARN's partition (the part after \"arn:\") is not one of AWS: aws, or aws- and "
               "lower-case letters, digits and hyphens.";
    if (!sound_region(arn))
        return "This ARN's region (the part after \"bedrock:\") is missing or not made of "
               "lower-case "
               "letters, digits and hyphens.";
    if (!sound_account(arn))
        return "This ARN's account (the part after the region) is not made of twelve digits.";
    if (!sound_profile_id(arn))
        return "This ARN's profile id (the part after the slash) is missing or holds a character "
               "other "
               "than letters, digits, hyphen, colon and full stop.";
    return application_profile;
}

static const char *explain_arn(const char *id)
{
    struct parts arn;

    if (!split(id, &arn))
        return "This ARN is incomplete: an application inference profile's is "
               "arn:PARTITION:bedrock:REGION:ACCOUNT:application-inference-profile/ID.";
    if (is(&arn, SERVICE, "sagemaker"))
        return "This is a SageMaker endpoint: it has no inference profile. Use the ARN of an "
               "application inference profile.";
    if (!is(&arn, SERVICE, "bedrock"))
        return "This ARN is not one of Amazon Bedrock. Use the ARN of an application inference "
               "profile.";
    return explain_bedrock_arn(&arn);
}

/* True for what a geography's or the global system-defined profile starts with, "us." or "global.".
 */
static bool has_profile_scope(const char *id)
{
    static const char *const scopes[] = {"us.", "us-gov.", "eu.", "apac.",  "jp.", "au.",
                                         "ca.", "sa.",     "me.", "af.",    "il.", "in.",
                                         "mx.", "uk.",     "kr.", "global."};

    for (size_t i = 0; i < sizeof scopes / sizeof *scopes; i++)
        if (starts(id, scopes[i]))
            return true;
    return false;
}

static const char *explain_name(const char *id)
{
    size_t length = strlen(id);

    if (has_profile_scope(id))
        return wrap_system_profile;
    if (strchr(id, '.') != NULL)
        return wrap_model;
    if (length == 12 && strspn(id, LOWER DIGITS) == length)
        return "This may be the bare id of an application inference profile. Use its whole ARN, "
               "which "
               "also says the region: arn:PARTITION:bedrock:REGION:ACCOUNT:"
               "application-inference-profile/ID.";
    return "This is a name, not an ARN. Use the ARN of an application inference profile: "
           "arn:PARTITION:bedrock:REGION:ACCOUNT:application-inference-profile/ID.";
}

const char *brc_profile_explain(const char *id)
{
    if (id == NULL || *id == '\0')
        return "No model id was given. Use the ARN of an application inference profile.";
    if (strlen(id) > BRC__ARN_LENGTH_MAX)
        return "This is longer than the 2,048 characters a model id may have.";
    if (strspn(id, LOWER UPPER DIGITS "-:./_") != strlen(id))
        return "This holds a character that no model id has: allowed are ASCII letters, digits and "
               "\"-\", \":\", \".\", \"/\", \"_\".";
    return starts(id, "arn:") ? explain_arn(id) : explain_name(id);
}

int brc__arn_parse(const char *id, struct brc__arn *ret_arn)
{
    struct parts arn;

    *ret_arn = (struct brc__arn){0};
    if (brc_profile_explain(id) != application_profile || !split(id, &arn))
        return BRC_E_NOT_A_PROFILE;
    *ret_arn = (struct brc__arn){.partition = arn.p[PARTITION],
                                 .partition_length = arn.n[PARTITION],
                                 .region = arn.p[REGION],
                                 .region_length = arn.n[REGION]};
    return BRC_OK;
}
