/* `budget profiles fetch`: asks AWS for profiles and their tags. SPDX-License-Identifier: MIT */
#include "budget.h"

#include <stdio.h>
#include <stdlib.h>
#include <string.h>

enum {
    PATH_SIZE = 3 * 2048 + 32 /* of the longest ARN, all of it escaped */
};

/* A call of Bedrock's control plane in the ARN's region; NULL after it has said what is wrong. */
static json_t *call(brc_client *client, const char *arn, const char *operation, json_t *input)
{
    char region[32] = "", *text = input != NULL ? json_dumps(input, JSON_COMPACT) : NULL;
    char *answer = NULL;

    sscanf(arn, "arn:%*[^:]:bedrock:%31[^:]", region);
    json_decref(input);
    int rc = brc_aws_call(client, "bedrock", region, operation, text, &answer);
    json_t *read = rc == 0 ? json_loads(answer, 0, NULL) : NULL;
    free(text);
    brc_free(answer);
    if (rc < 0)
        failed("%s: %s", arn, brc_client_error(client));
    else if (read == NULL)
        failed("%s: AWS's answer cannot be read", arn);
    return read;
}

/* GET /inference-profiles/ARN, as one segment. */
static json_t *get_profile(brc_client *client, const char *arn)
{
    char operation[PATH_SIZE] = "GET /inference-profiles/";
    size_t length = strlen(operation);

    for (const char *c = arn; *c != '\0' && length + 4 < sizeof operation; c++) {
        if (*c == ':' || *c == '/')
            length += (size_t)sprintf(operation + length, "%%%02X", (unsigned)*c);
        else
            operation[length++] = *c;
    }
    operation[length] = '\0';
    return call(client, arn, operation, NULL);
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

static int fetch_one(struct budget *budget, brc_client *client, const json_t *profiles,
                     const char *arn)
{
    json_t *profile = get_profile(client, arn), *tags = NULL;

    if (profile != NULL)
        tags =
            call(client, arn, "POST /listTagsForResource", json_pack("{ss}", "resourceARN", arn));
    if (tags == NULL) {
        json_decref(profile);
        return FAILED;
    }
    json_t *row = known(profiles, arn);
    json_object_set(row, "name", json_object_get(profile, "inferenceProfileName"));
    json_object_set_new(row, "tags", tags_object(tags));
    set_model(row, profile);
    json_decref(profile);
    json_decref(tags);
    int rc = put(budget, "profile", json_incref(row));
    if (rc != DONE) {
        json_decref(row);
        return rc;
    }
    size_t count = json_object_size(json_object_get(row, "tags"));
    return say(budget, row, "%s: %s, %s; %zu tag%s\n", shown(row, "name"), shown(row, "model"),
               shown(row, "scope"), count, count == 1 ? "" : "s");
}

static int make_client(brc_client **ret_client)
{
    brc_credentials *credentials;

    int rc = brc_credentials_new_chain(NULL, &credentials);
    if (rc == 0)
        rc = brc_client_new(credentials, ret_client);
    brc_credentials_free(credentials); /* the client has a reference of its own */
    return rc < 0 ? failed("%s", brc_strerror(rc)) : DONE;
}

int fetch(struct budget *budget, char **arns, int count)
{
    json_t *profiles = query(budget, json_pack("{ss}", "kind", "profile"));
    brc_client *client = NULL;
    const json_t *profile;
    size_t k;

    int rc = profiles != NULL ? DONE : FAILED;
    for (int i = 0; i < count && rc == DONE; i++) {
        brc_request *request; /* takes nothing but a profile's ARN, and so says what it is */
        if (brc_request_new(arns[i], &request) < 0)
            rc = failed("%s: %s", arns[i], brc_profile_explain(arns[i]));
        brc_request_free(request);
    }
    if (rc == DONE)
        rc = make_client(&client);
    for (int i = 0; i < count && client != NULL; i++)
        rc = fetch_one(budget, client, profiles, arns[i]) == DONE ? rc : FAILED;
    json_array_foreach(profiles, k, profile)
    {
        if (count == 0 && client != NULL)
            rc = fetch_one(budget, client, profiles, shown(profile, "arn")) == DONE ? rc : FAILED;
    }
    if (count == 0 && rc == DONE && json_array_size(profiles) == 0)
        rc = misused("profiles fetch: which? The ledger knows none yet: give their ARNs");
    brc_client_free(client);
    json_decref(profiles);
    return rc;
}
