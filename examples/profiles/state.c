/* What is wanted and what there is, side by side. SPDX-License-Identifier: MIT */
#include "profiles.h"

#include <stdio.h>
#include <string.h>

static bool is_system(const char *source)
{
    return strstr(source, ":inference-profile/") != NULL;
}

/* Nothing is done in another account than the file's. */
static int check_account(struct profiles *profiles, const struct declaration *declaration,
                         char ret_account[CLOUD_ACCOUNT])
{
    int rc = cloud_account(&profiles->cloud, ret_account);

    if (rc != DONE || declaration->account == NULL ||
        strcmp(declaration->account, ret_account) == 0)
        return rc;
    return failed("%s is for the account %s, and these are credentials of %s: nothing was done. "
                  "Take the other credentials (AWS_PROFILE), or the file of this account",
                  declaration->path, declaration->account, ret_account);
}

/* "arn:aws:bedrock:us-east-1::inference-profile/us.amazon.nova-lite-v1:0" gets the account, which
 * is the caller's. */
static void complete_sources(struct declaration *declaration, const char *account)
{
    for (size_t i = 0; i < declaration->count; i++) {
        char *source = declaration->wanted[i].source;
        char *gap = strstr(source, "::inference-profile/");
        size_t length = strlen(source);
        if (gap == NULL || length + strlen(account) >= sizeof declaration->wanted[i].source)
            continue;
        memmove(gap + 1 + strlen(account), gap + 1, strlen(gap + 1) + 1);
        memcpy(gap + 1, account, strlen(account));
    }
}

/* One that AWS does not list, but might have. */
static int ask_for(struct profiles *profiles, const struct wanted *wanted, struct account *account)
{
    struct cloud *cloud = &profiles->cloud;
    char operation[CLOUD_PATH] = "GET /inference-profiles/";
    json_t *system;

    path_append(operation, arn_id(wanted->source));
    int rc = cloud_call(cloud, "bedrock", operation, NULL, &system);
    if (rc < 0 && cloud_error_is(cloud, "ResourceNotFoundException"))
        return failed("%s: there is no system-defined profile %s in %s; `profiles models` lists "
                      "what can be copied there",
                      wanted->alias, arn_id(wanted->source), cloud->region);
    if (rc < 0)
        return cloud_failed(cloud, "%s: %s cannot be looked up", wanted->alias, wanted->source);
    return json_array_append_new(account->systems, system) < 0
               ? failed("%s", brc_strerror(BRC_E_NOMEM))
               : DONE;
}

static int read_sources(struct profiles *profiles, const struct declaration *declaration,
                        struct account *account)
{
    int rc = DONE;

    for (size_t i = 0; i < declaration->count && rc == DONE; i++) {
        const struct wanted *wanted = &declaration->wanted[i];
        if (!is_system(wanted->source))
            continue;
        rc = account_read_systems(&profiles->cloud, account);
        if (rc == DONE && account_system(account, wanted->source) == NULL)
            rc = ask_for(profiles, wanted, account);
    }
    return rc;
}

static int read_account(struct profiles *profiles, struct state *state)
{
    char account[CLOUD_ACCOUNT];

    int rc = check_account(profiles, &state->declaration, account);
    if (rc == DONE)
        complete_sources(&state->declaration, account);
    if (rc == DONE)
        rc = account_read(&profiles->cloud, true, &state->account);
    if (rc == DONE)
        rc = read_sources(profiles, &state->declaration, &state->account);
    return rc;
}

/* Creations have tokens, and the rest ends the same when it is done twice. */
static int open_cloud(struct profiles *profiles, const char *region)
{
    if (profiles->cloud.client != NULL)
        return DONE;
    /* A copy: the file may be read again, the cloud stays. */
    snprintf(profiles->file_region, sizeof profiles->file_region, "%s", region);
    int rc = cloud_open(&profiles->cloud, profiles->file_region);
    profiles->cloud.repeatable = true;
    return rc;
}

int state_read(struct profiles *profiles, struct state *ret_state)
{
    *ret_state = (struct state){0};
    int rc = declaration_read(profiles, &ret_state->declaration);
    if (rc == DONE)
        rc = open_cloud(profiles, ret_state->declaration.region);
    if (rc == DONE)
        rc = read_account(profiles, ret_state);
    if (rc == DONE)
        rc = plan_make(&ret_state->declaration, &ret_state->account, &ret_state->plan);
    if (rc != DONE)
        state_free(ret_state);
    return rc;
}

void state_free(struct state *state)
{
    plan_free(&state->plan);
    account_free(&state->account);
    declaration_free(&state->declaration);
}

int state_judge(const struct declaration *declaration)
{
    json_t *findings = json_array(), *finding;
    size_t i;

    for (i = 0; i < declaration->count && declaration->tag_policy != NULL; i++) {
        const struct wanted *wanted = &declaration->wanted[i];
        if (tag_policy_judge(declaration->tag_policy, wanted->alias, wanted->tags, findings) < 0) {
            json_decref(findings);
            return failed("%s", brc_strerror(BRC_E_NOMEM));
        }
    }
    json_array_foreach(findings, i, finding)
        failed("%s: %s; %s", shown(finding, "subject"), shown(finding, "message"),
               shown(finding, "remedy"));
    size_t count = json_array_size(findings);
    json_decref(findings);
    return count == 0 ? DONE : FAILED;
}
