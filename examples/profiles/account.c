/* What there is in the account: its application inference profiles, their tags, and what
 * system-defined profiles consist of. SPDX-License-Identifier: MIT */
#include "profiles.h"

#include <stdlib.h>
#include <string.h>

/* ---------------------------------------------------------------- models */

/* Whether a model's ARN is one without a region, as global profiles have one; otherwise its region.
 */
static const char *region_of(const json_t *model, char ret_region[CELL])
{
    return arn_part(shown(model, "modelArn"), 3, ret_region);
}

const char *models_scope(const json_t *models)
{
    const char *scope = "in-region";
    char first[CELL] = "", region[CELL];
    const json_t *model;
    size_t i;

    json_array_foreach(models, i, model)
    {
        if (*region_of(model, region) == '\0')
            return "global";
        if (*first == '\0')
            memcpy(first, region, sizeof first);
        else if (strcmp(first, region) != 0)
            scope = "geo";
    }
    return scope;
}

bool models_equal(const json_t *one, const json_t *other)
{
    const json_t *model;
    size_t i;

    json_array_foreach(one, i, model)
    {
        if (find_by(other, "modelArn", shown(model, "modelArn")) == NULL)
            return false;
    }
    return json_array_size(one) == json_array_size(other);
}

/* ---------------------------------------------------------------- tags */

bool is_managed(const json_t *tags)
{
    const char *manager = text_of(tags, MANAGED_TAG);

    return manager != NULL && strcmp(manager, MANAGED_VALUE) == 0;
}

json_t *account_tags(struct cloud *cloud, const char *arn)
{
    json_t *answer, *tags = json_object();
    const json_t *tag;
    size_t i;

    int rc = cloud_call(cloud, "bedrock", "POST /listTagsForResource",
                        json_pack("{ss}", "resourceARN", arn), &answer);
    if (rc < 0) {
        cloud_failed(cloud, "%s: its tags cannot be read", arn);
        json_decref(tags);
        return NULL;
    }
    json_array_foreach(json_object_get(answer, "tags"), i, tag)
        json_object_set(tags, shown(tag, "key"), json_object_get(tag, "value"));
    json_decref(answer);
    return tags;
}

/* One call for each: the only way that there is. */
static int read_tags(struct cloud *cloud, struct account *account)
{
    struct progress progress;
    int rc = DONE;

    progress_begin(&progress, "reading tags", account->count);
    for (size_t i = 0; i < account->count && rc == DONE; i++) {
        struct existing *existing = &account->existing[i];
        existing->tags = account_tags(cloud, existing->arn);
        rc = existing->tags != NULL ? DONE : FAILED;
        progress_step(&progress);
    }
    progress_end(&progress);
    return rc;
}

/* ---------------------------------------------------------------- profiles */

/* By name, and of one name the older first. */
static int compare(const void *a, const void *b)
{
    const struct existing *one = a, *other = b;
    int order = strcmp(one->name, other->name);

    if (order == 0)
        order = strcmp(shown(one->profile, "createdAt"), shown(other->profile, "createdAt"));
    return order != 0 ? order : strcmp(one->arn, other->arn);
}

int account_list(struct cloud *cloud, const char *type, json_t **ret_profiles)
{
    char operation[CELL] = "GET /inference-profiles?maxResults=1000&type=";
    const struct pages pages = {.service = "bedrock",
                                .operation = operation,
                                .items = "inferenceProfileSummaries",
                                .token = "nextToken"};

    strncat(operation, type, sizeof operation - strlen(operation) - 1);
    if (cloud_list(cloud, &pages, NULL, ret_profiles) < 0)
        return cloud_failed(cloud, "the inference profiles cannot be listed");
    return DONE;
}

static int take(struct account *account, const json_t *profiles)
{
    json_t *profile;
    size_t i;

    account->existing = calloc(json_array_size(profiles) + 1, sizeof *account->existing);
    if (account->existing == NULL)
        return failed("%s", brc_strerror(BRC_E_NOMEM));
    json_array_foreach(profiles, i, profile)
    {
        const json_t *models = json_object_get(profile, "models");
        struct existing *existing = &account->existing[account->count++];
        existing->profile = json_incref(profile);
        existing->arn = shown(profile, "inferenceProfileArn");
        existing->id = shown(profile, "inferenceProfileId");
        existing->name = shown(profile, "inferenceProfileName");
        existing->model = arn_id(shown(json_array_get(models, 0), "modelArn"));
        existing->scope = models_scope(models);
    }
    qsort(account->existing, account->count, sizeof *account->existing, compare);
    return DONE;
}

int account_read(struct cloud *cloud, bool with_tags, struct account *ret_account)
{
    json_t *profiles = NULL;

    *ret_account = (struct account){0};
    int rc = account_list(cloud, "APPLICATION", &profiles);
    if (rc == DONE)
        rc = take(ret_account, profiles);
    json_decref(profiles);
    if (rc == DONE && with_tags)
        rc = read_tags(cloud, ret_account);
    if (rc != DONE)
        account_free(ret_account);
    return rc;
}

void account_free(struct account *account)
{
    for (size_t i = 0; i < account->count; i++) {
        json_decref(account->existing[i].profile);
        json_decref(account->existing[i].tags);
    }
    free(account->existing);
    json_decref(account->systems);
    *account = (struct account){0};
}

const struct existing *account_find(const struct account *account, const char *name_id_or_arn)
{
    for (size_t i = 0; i < account->count; i++) {
        const struct existing *existing = &account->existing[i];
        if (strcmp(existing->arn, name_id_or_arn) == 0 ||
            strcmp(existing->id, name_id_or_arn) == 0 ||
            strcmp(existing->name, name_id_or_arn) == 0)
            return existing;
    }
    return NULL;
}

/* ---------------------------------------------------------------- sources */

int account_read_systems(struct cloud *cloud, struct account *account)
{
    return account->systems != NULL ? DONE
                                    : account_list(cloud, "SYSTEM_DEFINED", &account->systems);
}

const json_t *account_system(const struct account *account, const char *id_or_arn)
{
    const json_t *system;
    size_t i;

    json_array_foreach(account->systems, i, system)
    {
        if (strcmp(shown(system, "inferenceProfileId"), arn_id(id_or_arn)) == 0)
            return system;
    }
    return NULL;
}
