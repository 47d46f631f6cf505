/* Cross-Region profiles such as us.VENDOR.MODEL and global.VENDOR.MODEL.
 *
 * SPDX-License-Identifier: MIT
 */
#include "system_profiles.h"
#include "arn.h"
#include "emulator.h"

#include <string.h>

struct geography {
    const char *prefix;
    const char *name;
    const char *region_prefix; /* of the Regions it may be called from */
    const char *destinations[5];
};

static const struct geography GEOGRAPHIES[] = {
    {"us-gov", "US-GOV", "us-gov-", {"us-gov-east-1", "us-gov-west-1"}},
    {"us", "US", "us-", {"us-east-1", "us-east-2", "us-west-2"}},
    {"eu", "EU", "eu-", {"eu-central-1", "eu-north-1", "eu-west-1", "eu-west-3"}},
    {"apac", "APAC", "ap-", {"ap-northeast-1", "ap-southeast-1", "ap-southeast-2"}},
    {"jp", "JP", "ap-northeast-", {"ap-northeast-1", "ap-northeast-3"}},
    {"au", "AU", "ap-southeast-", {"ap-southeast-2", "ap-southeast-4"}},
    {"ca", "CA", "ca-", {"ca-central-1", "ca-west-1"}},
    {"global", "Global", "", {""}}, /* and the Region of the call */
};

#define WORLDWIDE(model) "us." model, "eu." model, "jp." model, "au." model, "global." model
#define NOVA(model)      "us." model, "eu." model, "apac." model

/* Those that are listed; any other model has such profiles as well. */
static const char *const LISTED[] = {
    WORLDWIDE("anthropic.claude-haiku-4-5-20251001-v1:0"),
    WORLDWIDE("anthropic.claude-sonnet-4-5-20250929-v1:0"),
    WORLDWIDE("anthropic.claude-sonnet-4-6"),
    WORLDWIDE("anthropic.claude-sonnet-5"),
    WORLDWIDE("anthropic.claude-sonnet-5-5"),
    WORLDWIDE("anthropic.claude-opus-5"),
    WORLDWIDE("anthropic.claude-opus-5-5"),
    "us.anthropic.claude-fable-5-1",
    "eu.anthropic.claude-fable-5-1",
    NOVA("amazon.nova-micro-v1:0"),
    NOVA("amazon.nova-lite-v1:0"),
    NOVA("amazon.nova-pro-v1:0"),
    "us.amazon.nova-premier-v1:0",
    "us.amazon.nova-2-lite-v1:0",
    "eu.amazon.nova-2-lite-v1:0",
    "global.amazon.nova-2-lite-v1:0",
    "us.meta.llama4-maverick-17b-instruct-v1:0",
    "us.meta.llama3-3-70b-instruct-v1:0",
    "us.deepseek.r1-v1:0",
};

const char *emu_system_profile_id(size_t index)
{
    return index < sizeof(LISTED) / sizeof(LISTED[0]) ? LISTED[index] : NULL;
}

bool emu_is_model_id(struct emu_slice id)
{
    struct emu_slice model = id;
    struct emu_slice vendor = emu_slice_cut(&model, '.');

    return vendor.len > 0 && model.len > 0 && emu_slice_only(id, LOWER DIGITS "-.:");
}

bool emu_is_model_arn(const char *text, const char *region)
{
    struct emu_arn arn;

    return emu_arn_parse(&arn, emu_slice_of(text)) && emu_slice_is(arn.service, "bedrock") &&
           emu_slice_is(arn.region, region) && arn.account.len == 0 &&
           emu_slice_is(arn.type, "foundation-model") && emu_is_model_id(arn.id);
}

static bool starts_with(const char *s, const char *prefix)
{
    return strncmp(s, prefix, strlen(prefix)) == 0;
}

static const struct geography *find_geography(const char *id, const char *region)
{
    size_t prefix_len = strcspn(id, ".");

    for (size_t i = 0; i < sizeof(GEOGRAPHIES) / sizeof(GEOGRAPHIES[0]); i++) {
        const struct geography *one = &GEOGRAPHIES[i];

        if (strlen(one->prefix) == prefix_len && starts_with(id, one->prefix))
            return starts_with(region, one->region_prefix) ? one : NULL;
    }
    return NULL;
}

bool emu_system_profile_is_in(const char *id, const char *region)
{
    return find_geography(id, region) != NULL;
}

/* The id within an ARN of this Region and account; an id as it is; NULL otherwise. */
static const char *id_of(const char *identifier, const char *region)
{
    struct emu_arn arn;

    if (!starts_with(identifier, "arn:"))
        return identifier;
    if (emu_arn_parse(&arn, emu_slice_of(identifier)) && emu_slice_is(arn.service, "bedrock") &&
        emu_slice_is(arn.region, region) &&
        (arn.account.len == 0 || emu_slice_is(arn.account, EMU_ACCOUNT)) &&
        emu_slice_is(arn.type, "inference-profile"))
        return arn.id.s;
    return NULL;
}

static int add_model(json_t *models, const char *region, const char *partition, const char *model)
{
    return json_array_append_new(models,
                                 json_pack("{s:o}", "modelArn",
                                           json_sprintf("arn:%s:bedrock:%s::foundation-model/%s",
                                                        partition, region, model)));
}

/* NULL if out of memory. */
static json_t *list_models(const struct geography *geography, const char *region, const char *model)
{
    const char *partition = emu_partition_of(region);
    json_t *models = json_array();
    int rc = 0;

    for (size_t i = 0; rc == 0 && geography->destinations[i] != NULL; i++)
        rc = add_model(models, geography->destinations[i], partition, model);
    if (rc == 0 && strcmp(geography->prefix, "global") == 0)
        rc = add_model(models, region, partition, model);
    if (rc == 0)
        return models;
    json_decref(models);
    return NULL;
}

int emu_system_profile_get(const char *identifier, const char *region, json_t **ret_detail)
{
    const char *id = id_of(identifier, region);
    const struct geography *geography = id != NULL ? find_geography(id, region) : NULL;
    const char *dot = geography != NULL ? strchr(id, '.') : NULL;
    const char *model = dot != NULL ? dot + 1 : "";

    *ret_detail = NULL;
    if (!emu_is_model_id(emu_slice_of(model)))
        return EMU_OK;
    *ret_detail = json_pack(
        "{s:o, s:o, s:o, s:o, s:s, s:s, s:s, s:s, s:s}", "inferenceProfileName",
        json_sprintf("%s %s", geography->name, model), "inferenceProfileArn",
        json_sprintf("arn:%s:bedrock:%s:" EMU_ACCOUNT ":inference-profile/%s",
                     emu_partition_of(region), region, id),
        "description", json_sprintf("Routes requests to %s in %s.", model, geography->name),
        "models", list_models(geography, region, model), "inferenceProfileId", id, "status",
        "ACTIVE", "type", "SYSTEM_DEFINED", "createdAt", "2025-10-01T00:00:00.000000Z", "updatedAt",
        "2025-10-01T00:00:00.000000Z");
    return *ret_detail != NULL ? EMU_OK : EMU_OUT_OF_MEMORY;
}
