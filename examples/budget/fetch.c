/* `budget profiles fetch`: asks AWS for profiles and their tags. SPDX-License-Identifier: MIT */
#include "budget.h"
#include "cloud.h"

#include <string.h>

/* A call of Bedrock's control plane in the ARN's region; NULL after it has said what is wrong. */
static json_t *call(struct cloud *cloud, const char *arn, const char *operation, json_t *input)
{
    char region[CELL];
    json_t *answer;

    if (cloud_call_in(cloud, arn_part(arn, 3, region), "bedrock", operation, input, &answer) == 0)
        return answer;
    cloud_failed(cloud, "%s", arn);
    return NULL;
}

static json_t *get_profile(struct cloud *cloud, const char *arn)
{
    char operation[CLOUD_PATH] = "GET /inference-profiles/";

    return call(cloud, arn, path_append(operation, arn), NULL);
}

/* What it copies, from the models it may route to: one without a region is there in a global
 * profile only, more than one region in a geographic one. */
static void set_model(json_t *row, const json_t *profile)
{
    const char *scope = "in-region", *model = NULL, *first_region = NULL;
    const json_t *entry;
    size_t i;

    json_array_foreach(json_object_get(profile, "models"), i, entry)
    {
        const char *arn = shown(entry, "modelArn");
        const char *region = strstr(arn, ":bedrock:"), *slash = strchr(arn, '/');
        if (region == NULL || slash == NULL)
            continue;
        region += strlen(":bedrock:");
        size_t length = strcspn(region, ":");
        model = slash + 1;
        if (length == 0)
            scope = "global";
        else if (first_region == NULL)
            first_region = region;
        else if (strcmp(scope, "global") != 0 && strncmp(region, first_region, length + 1) != 0)
            scope = "geo";
    }
    if (model == NULL)
        return;
    json_object_set_new(row, "model", json_string(model));
    json_object_set_new(row, "scope", json_string(scope));
}

static json_t *tags_object(const json_t *answer)
{
    json_t *tags = json_object();
    const json_t *tag;
    size_t i;

    json_array_foreach(json_object_get(answer, "tags"), i, tag)
        json_object_set(tags, shown(tag, "key"), json_object_get(tag, "value"));
    return tags;
}

/* What the ledger has of it, without what it has added: alias, degradeTo and the like are not
 * AWS's. */
static json_t *known(const json_t *profiles, const char *arn)
{
    const json_t *profile;
    size_t i;

    json_array_foreach(profiles, i, profile)
    {
        if (strcmp(shown(profile, "arn"), arn) != 0)
            continue;
        json_t *row = json_deep_copy(profile);
        json_object_del(row, "id");
        json_object_del(row, "putAt");
        json_object_del(row, "price");
        return row;
    }
    return json_pack("{ss}", "arn", arn);
}

/* "search-prod (abc123def456)": what `profiles export` calls one that another has replaced. */
static bool goes_by_its_id(const json_t *row)
{
    const char *name = shown(row, "name"), *id = arn_id(shown(row, "arn"));
    size_t length = strlen(name), tail = strlen(id) + strlen(" ()");

    return length > tail && strncmp(name + length - tail, " (", 2) == 0 &&
           strncmp(name + length - strlen(id) - 1, id, strlen(id)) == 0;
}

static int fetch_one(struct budget *budget, struct cloud *cloud, const json_t *profiles,
                     const char *arn)
{
    json_t *profile = get_profile(cloud, arn), *tags = NULL;

    if (profile != NULL)
        tags = call(cloud, arn, "POST /listTagsForResource", json_pack("{ss}", "resourceARN", arn));
    if (tags == NULL) {
        json_decref(profile);
        return FAILED;
    }
    json_t *row = known(profiles, arn);
    if (!goes_by_its_id(row)) /* AWS's name is another's alias by now */
        json_object_set(row, "name", json_object_get(profile, "inferenceProfileName"));
    json_object_set_new(row, "tags", tags_object(tags));
    set_model(row, profile);
    json_decref(profile);
    json_decref(tags);
    int rc = book_put(budget->ledger, "profile", json_incref(row));
    if (rc != DONE) {
        json_decref(row);
        return rc;
    }
    size_t count = json_object_size(json_object_get(row, "tags"));
    return say(&budget->console, row, "%s: %s, %s; %zu tag%s\n", shown(row, "name"),
               shown(row, "model"), shown(row, "scope"), count, count == 1 ? "" : "s");
}

/* DONE if each is the ARN of a profile. */
static int check_arns(char **arns, int count)
{
    int rc = DONE;

    for (int i = 0; i < count && rc == DONE; i++) {
        brc_request *request; /* takes nothing but a profile's ARN, and so says what it is */
        if (brc_request_new(arns[i], &request) < 0)
            rc = failed("%s: %s", arns[i], brc_profile_explain(arns[i]));
        brc_request_free(request);
    }
    return rc;
}

static int fetch_all(struct budget *budget, struct cloud *cloud, const json_t *profiles,
                     char **arns, int count)
{
    const json_t *profile;
    int rc = DONE;
    size_t k;

    for (int i = 0; i < count; i++)
        rc = fetch_one(budget, cloud, profiles, arns[i]) == DONE ? rc : FAILED;
    if (count > 0)
        return rc;
    if (json_array_size(profiles) == 0)
        return misused("profiles fetch: which? The ledger knows none yet: give their ARNs");
    json_array_foreach(profiles, k, profile)
    {
        rc = fetch_one(budget, cloud, profiles, shown(profile, "arn")) == DONE ? rc : FAILED;
    }
    return rc;
}

int fetch(struct budget *budget, char **arns, int count)
{
    json_t *profiles = book_query(budget->ledger, json_pack("{ss}", "kind", "profile"));
    struct cloud cloud;

    int rc = profiles != NULL ? check_arns(arns, count) : FAILED;
    if (rc == DONE)
        rc = cloud_open(&cloud, NULL);
    if (rc == DONE) {
        rc = fetch_all(budget, &cloud, profiles, arns, count);
        cloud_close(&cloud);
    }
    json_decref(profiles);
    return rc;
}
