/* Create, get, list and delete inference profiles.
 *
 * SPDX-License-Identifier: MIT
 */
#include "operations.h"
#include "arn.h"
#include "dates.h"
#include "system_profiles.h"

#include <inttypes.h>
#include <stdlib.h>
#include <string.h>

#define MAX_PROFILES      1000
#define DEFAULT_PAGE_SIZE 100
#define ID_LENGTH         12
#define ID_ALPHABET       "abcdefghijklmnopqrstuvwxyz0123456789"

/* ---- create ---- */

static json_t *timestamp(int64_t now_us)
{
    char text[32];

    emu_format_time_us(text, now_us);
    return json_string(text);
}

/* The models that a foundation model's ARN or a system-defined profile's stands for, in
 * *ret_models; NULL if it is neither. */
static int models_of(const char *source, const char *region, json_t **ret_models)
{
    json_t *profile;
    int rc;

    *ret_models = NULL;
    if (emu_is_model_arn(source, region)) {
        *ret_models = json_pack("[{s:s}]", "modelArn", source);
        return *ret_models != NULL ? EMU_OK : EMU_OUT_OF_MEMORY;
    }
    rc = emu_system_profile_get(source, region, &profile);
    if (profile != NULL)
        *ret_models = json_incref(json_object_get(profile, "models"));
    json_decref(profile);
    return rc;
}

/* The models of copyFrom; NULL if there is no such model. */
static int resolve_source(const char *source, const char *region, json_t **ret_models)
{
    int rc = models_of(source, region, ret_models);
    const char *arn =
        json_string_value(json_object_get(json_array_get(*ret_models, 0), "modelArn"));

    if (arn != NULL && !emu_is_listed_model(strrchr(arn, '/') + 1)) {
        json_decref(*ret_models);
        *ret_models = NULL;
    }
    return rc;
}

static void answer_created(struct emu_call *call, const struct emu_profile *profile)
{
    emu_reply_json(call->reply, 201,
                   json_pack("{s:s, s:s}", "inferenceProfileArn", emu_profile_arn(profile),
                             "status", "ACTIVE"));
}

/* True if the client token was used before, and the answer is given. */
static bool answer_repeated(struct emu_call *call)
{
    const char *token = emu_call_string(call, "clientRequestToken");
    struct emu_profile *profile = NULL;

    if (token != NULL)
        profile = emu_profiles_find_token(&call->emulator->profiles, call->region, token);
    if (profile == NULL)
        return false;
    if (json_equal(profile->creation, call->input))
        answer_created(call, profile);
    else
        emu_reply_error(call->reply, "ConflictException",
                        "The client request token was used before with other parameters.");
    return true;
}

static json_t *new_detail(const struct emu_call *call, const char *arn, json_t *models)
{
    json_t *detail =
        json_pack("{s:O, s:s, s:O, s:s, s:s, s:s, s:o, s:o}", "inferenceProfileName",
                  json_object_get(call->input, "inferenceProfileName"), "inferenceProfileArn", arn,
                  "models", models, "inferenceProfileId", strrchr(arn, '/') + 1, "status", "ACTIVE",
                  "type", "APPLICATION", "createdAt", timestamp(call->request->now_us), "updatedAt",
                  timestamp(call->request->now_us));
    json_t *description = json_object_get(call->input, "description");

    if (json_is_string(description) && json_object_set(detail, "description", description) < 0) {
        json_decref(detail);
        return NULL;
    }
    return detail;
}

static void create(struct emu_call *call, json_t *models)
{
    struct emu_profile *profile;
    char id[ID_LENGTH + 1];
    emu_auto_text arn = {0};
    json_t *tags = json_object();

    emu_random_string(&call->emulator->random, id, ID_LENGTH, ID_ALPHABET);
    emu_text_printf(&arn, "arn:%s:bedrock:%s:" EMU_ACCOUNT ":application-inference-profile/%s",
                    emu_partition_of(call->region), call->region, id);
    if (arn.failed || tags == NULL) {
        json_decref(tags);
        emu_reply_out_of_memory(call->reply);
        return;
    }
    if (!emu_tags_merge(tags, json_object_get(call->input, "tags"), arn.data, call->reply)) {
        json_decref(tags);
        return;
    }
    profile = emu_profiles_add(&call->emulator->profiles, new_detail(call, arn.data, models), tags,
                               json_deep_copy(call->input), call->request->now_us);
    if (profile == NULL)
        emu_reply_out_of_memory(call->reply);
    else
        answer_created(call, profile);
}

/* A name that exists already is no error: ids are unique, names need not be. (Whether AWS refuses
 * it is unverified; to take it is the harder case for who must not create anything twice.) */
void emu_create_inference_profile(struct emu_call *call)
{
    const char *source =
        json_string_value(json_object_get(json_object_get(call->input, "modelSource"), "copyFrom"));
    json_t *models;

    emu_profiles_sweep(&call->emulator->profiles,
                       emu_settled_us(call->emulator, call->request->now_us));
    if (answer_repeated(call))
        return;
    if (resolve_source(source, call->region, &models) < 0)
        emu_reply_out_of_memory(call->reply);
    else if (models == NULL)
        emu_reply_error(call->reply, "ResourceNotFoundException",
                        "The model source %s was not found in %s: ListFoundationModels has what "
                        "there is.",
                        source, call->region);
    else if (emu_profiles_count(&call->emulator->profiles, call->region) >= MAX_PROFILES)
        emu_reply_error(call->reply, "ServiceQuotaExceededException",
                        "You have reached the limit of %d inference profiles.", MAX_PROFILES);
    else
        create(call, models);
    json_decref(models);
}

/* ---- get and delete ---- */

/* Creations and deletions are seen once they have settled. */
static bool is_visible(const struct emu_call *call, const struct emu_profile *profile)
{
    int64_t now_us = call->request->now_us;

    return emu_has_settled(call->emulator, profile->created_us, now_us) &&
           (profile->deleted_us == 0 ||
            !emu_has_settled(call->emulator, profile->deleted_us, now_us));
}

static void answer_missing(struct emu_call *call, const char *identifier)
{
    emu_reply_error(call->reply, "ResourceNotFoundException",
                    "The inference profile %s was not found.", identifier);
}

struct emu_profile *emu_find_profile(struct emu_call *call, const char *identifier,
                                     json_t **ret_system_detail)
{
    struct emu_profile *profile =
        emu_profiles_find(&call->emulator->profiles, call->region, identifier);

    *ret_system_detail = NULL;
    if (profile != NULL)
        return profile;
    if (emu_system_profile_get(identifier, call->region, ret_system_detail) < 0)
        emu_reply_out_of_memory(call->reply);
    else if (*ret_system_detail == NULL)
        answer_missing(call, identifier);
    return NULL;
}

struct emu_profile *emu_read_profile(struct emu_call *call, const char *identifier,
                                     json_t **ret_system_detail)
{
    struct emu_profile *profile =
        emu_profiles_find_any(&call->emulator->profiles, call->region, identifier);

    *ret_system_detail = NULL;
    if (profile == NULL)
        return emu_find_profile(call, identifier, ret_system_detail);
    if (is_visible(call, profile))
        return profile;
    answer_missing(call, identifier);
    return NULL;
}

void emu_get_inference_profile(struct emu_call *call)
{
    json_t *detail;
    struct emu_profile *profile =
        emu_read_profile(call, emu_call_string(call, "inferenceProfileIdentifier"), &detail);

    if (profile != NULL)
        detail = json_incref(profile->detail);
    if (detail != NULL)
        emu_reply_json(call->reply, 200, detail);
}

void emu_delete_inference_profile(struct emu_call *call)
{
    json_t *system_detail;
    struct emu_profile *profile =
        emu_find_profile(call, emu_call_string(call, "inferenceProfileIdentifier"), &system_detail);

    if (profile != NULL) {
        profile->deleted_us = call->request->now_us;
        emu_reply_json(call->reply, 200, json_object());
    } else if (system_detail != NULL) {
        emu_reply_error(call->reply, "ValidationException",
                        "A system-defined inference profile cannot be deleted.");
        json_decref(system_detail);
    }
}

/* ---- list ---- */

/* A page in the making. Profiles are numbered: the system-defined from 1 on, then those created;
 * the token is the number of the last one shown, so deleting between two pages loses nothing. */
struct page {
    json_t *summaries;
    size_t size;
    uint64_t after;
    uint64_t last;
    bool more;
};

#define FIRST_APPLICATION UINT64_C(0x10000)

/* A full page only notes that there is more. */
static bool page_takes(struct page *page, uint64_t number)
{
    if (number <= page->after || page->more)
        return false;
    page->more = json_array_size(page->summaries) == page->size;
    return !page->more;
}

static int page_add(struct page *page, uint64_t number, json_t *detail)
{
    page->last = number;
    return json_array_append(page->summaries, detail) == 0 ? EMU_OK : EMU_OUT_OF_MEMORY;
}

static int page_add_system(struct page *page, const char *region)
{
    int rc = EMU_OK;

    for (size_t i = 0; rc == EMU_OK && emu_system_profile_id(i) != NULL; i++) {
        const char *id = emu_system_profile_id(i);
        json_t *detail = NULL;

        if (emu_system_profile_is_in(id, region) && page_takes(page, i + 1))
            rc = emu_system_profile_get(id, region, &detail);
        if (detail != NULL)
            rc = page_add(page, i + 1, detail);
        json_decref(detail);
    }
    return rc;
}

static int page_add_application(struct page *page, const struct emu_call *call)
{
    const struct emu_profiles *profiles = &call->emulator->profiles;
    int rc = EMU_OK;

    for (size_t i = 0; rc == EMU_OK && i < profiles->count; i++) {
        const struct emu_profile *profile = &profiles->all[i];
        uint64_t number = FIRST_APPLICATION + profile->number;

        if (emu_profile_is_in(profile, call->region) && is_visible(call, profile) &&
            page_takes(page, number))
            rc = page_add(page, number, profile->detail);
    }
    return rc;
}

static void answer_page(struct emu_call *call, struct page *page)
{
    json_t *answer = json_pack("{s:O}", "inferenceProfileSummaries", page->summaries);

    if (page->more &&
        json_object_set_new(answer, "nextToken", json_sprintf("%016" PRIx64, page->last)) < 0) {
        json_decref(answer);
        answer = NULL;
    }
    emu_reply_json(call->reply, 200, answer);
}

static bool parse_token(const char *token, uint64_t *ret_number)
{
    *ret_number = 0;
    if (token == NULL)
        return true;
    *ret_number = strtoull(token, NULL, 16);
    return strlen(token) == 16 && strspn(token, "0123456789abcdef") == 16;
}

void emu_list_inference_profiles(struct emu_call *call)
{
    const char *type = emu_call_string(call, "type");
    const json_t *max_results = json_object_get(call->input, "maxResults");
    struct page page = {.size = DEFAULT_PAGE_SIZE};
    int rc;

    if (!parse_token(emu_call_string(call, "nextToken"), &page.after)) {
        emu_reply_error(call->reply, "ValidationException", "The nextToken is not valid.");
        return;
    }
    if (json_is_integer(max_results))
        page.size = (size_t)json_integer_value(max_results);
    page.summaries = json_array();
    if (type != NULL && strcmp(type, "APPLICATION") == 0)
        rc = page_add_application(&page, call);
    else
        rc = page_add_system(&page, call->region); /* without a type, AWS lists its own */
    if (rc < 0)
        emu_reply_out_of_memory(call->reply);
    else
        answer_page(call, &page);
    json_decref(page.summaries);
}
