/* SPDX-License-Identifier: MIT */
#include "chain.h"
#include "json_text.h"
#include "surroundings.h"

#include <inttypes.h>

struct brc__chain {
    struct brc__plans *plans;
    struct brc__plan *chosen; /* the first that is not absent; NULL: all are */
    bool bearer_is_broken;    /* then nothing counts: the user meant it */
};

static struct brc__chain *free_chain(struct brc__chain *chain)
{
    brc__plans_free(chain->plans);
    free(chain);
    return NULL;
}

const struct brc__plan *brc__chain_plan(const struct brc__chain *chain)
{
    if (chain->bearer_is_broken || chain->chosen == NULL)
        return NULL;
    return chain->chosen->state == BRC__PLAN_READY ? chain->chosen : NULL;
}

static const char *why_not(const struct brc__plan *plan, const char *failure)
{
    return plan->state != BRC__PLAN_READY ? plan->reason
           : failure == NULL              ? "was not asked"
                                          : failure;
}

/* One reason that several sources share, one after the other, is said once. */
int brc__chain_explain(const struct brc__chain *chain, const char *failure,
                       struct brc__error *error)
{
    brc__auto_buf struct brc__buf text = BRC__BUF(sizeof error->text);

    if (chain->bearer_is_broken)
        return brc__error_set(error, BRC_E_CREDENTIALS,
                              "no credentials: AWS_BEARER_TOKEN_BEDROCK holds a character that no "
                              "token has: set it anew, or unset it");
    for (size_t i = 0; i < chain->plans->count; i++) {
        const struct brc__plan *plan = &chain->plans->at[i];
        brc__buf_text(&text, brc__source_name(plan->source));
        if (plan == chain->chosen) { /* later ones are not asked */
            brc__buf_appendf(&text, ": %s", why_not(plan, failure));
            break;
        }
        bool last = i + 1 == chain->plans->count;
        if (!last && strcmp(plan->reason, why_not(plan + 1, failure)) == 0)
            brc__buf_text(&text, ", ");
        else
            brc__buf_appendf(&text, ": %s%s", plan->reason, last ? "" : "; ");
    }
    return brc__error_set(error, BRC_E_CREDENTIALS, "no credentials: %s",
                          text.data == NULL ? "none were found" : text.data);
}

/* Keys that were read once stay what they are; those of a role are new each time. */
static bool renews(const struct brc__chain *chain)
{
    const struct brc__plan *plan = brc__chain_plan(chain);

    return plan != NULL && (plan->base.kind != BRC__BASE_KEYS || plan->roles != NULL);
}

static const struct brc__chain_kind chain_kind = {brc__chain_explain, renews, free_chain};

/* Whether of the two schemes there are here, signatures come first in the user's list. */
static bool prefers_signatures(const char *schemes)
{
    static const char bearer[] = "httpBearerAuth", signature[] = "sigv4";
    static const char between[] = ", \t";

    while (schemes != NULL && *schemes != '\0') {
        schemes += strspn(schemes, between);
        size_t n = strcspn(schemes, between);
        if (n == sizeof signature - 1 && memcmp(schemes, signature, n) == 0)
            return true;
        if (n == sizeof bearer - 1 && memcmp(schemes, bearer, n) == 0)
            return false;
        schemes += n;
    }
    return false;
}

/* A bearer token counts unless the user prefers signatures. */
static int take_bearer(brc_credentials *credentials, const struct brc__profile_settings *settings)
{
    const char *token = settings->bearer_token.value;

    if (token == NULL || prefers_signatures(settings->auth_schemes.value))
        return BRC_OK;
    return brc__credentials_set_bearer(credentials, token);
}

/* Reads what is around the program: makes the plans, and takes the bearer token if there is one. */
static int look_around(const char *sources, brc_credentials *credentials, struct brc__chain *chain)
{
    brc__auto_free char *open_to_others = NULL; /* a client says so */
    struct brc__profile_settings settings;
    struct brc__profiles profiles;
    struct brc__error error;

    int rc = brc__surroundings_profiles(&profiles, &open_to_others);
    if (rc == 0) {
        brc__profile_settings_read(&brc__program_environment, &profiles, &settings, &error);
        rc = take_bearer(credentials, &settings);
    }
    chain->bearer_is_broken = rc == BRC_E_INVALID;
    if (rc == 0 || rc == BRC_E_INVALID)
        rc = brc__plans_new(&brc__program_environment, &profiles, sources, &chain->plans);
    brc__profiles_destroy(&profiles);
    return rc;
}

/* Keys that are there already need no client to fetch them. */
static int put_keys_at_hand(brc_credentials *credentials, struct brc__plan *plan)
{
    struct brc__keys *keys;

    if (plan == NULL || plan->state != BRC__PLAN_READY || plan->base.kind != BRC__BASE_KEYS ||
        plan->roles != NULL)
        return BRC_OK;
    int rc = brc__plan_keys(&plan->base, &keys, &plan->reason);
    if (rc == BRC_E_INVALID) {
        plan->state = BRC__PLAN_BROKEN;
        return BRC_OK;
    }
    if (rc == 0)
        brc__credentials_put(credentials, keys);
    return rc;
}

int brc_credentials_new_chain(const char *sources, brc_credentials **ret_credentials)
{
    if (ret_credentials == NULL)
        return BRC_E_INVALID;
    *ret_credentials = NULL;
    struct brc__chain *chain = calloc(1, sizeof *chain);
    if (chain == NULL)
        return BRC_E_NOMEM;
    int rc = brc__credentials_alloc(ret_credentials);
    if (rc == 0)
        rc = look_around(sources, *ret_credentials, chain);
    if (rc < 0) {
        *ret_credentials = brc_credentials_free(*ret_credentials);
        free_chain(chain);
        return rc;
    }
    for (size_t i = 0; i < chain->plans->count && chain->chosen == NULL; i++)
        if (chain->plans->at[i].state != BRC__PLAN_ABSENT)
            chain->chosen = &chain->plans->at[i];
    brc__credentials_attach(*ret_credentials, chain, &chain_kind);
    rc = chain->bearer_is_broken ? BRC_OK : put_keys_at_hand(*ret_credentials, chain->chosen);
    if (rc < 0)
        *ret_credentials = brc_credentials_free(*ret_credentials);
    return rc;
}

/* ---- what there is, for people */

static void put_text(struct brc__buf *json, const char *name, const char *text)
{
    brc__buf_appendf(json, ",\"%s\":", name);
    if (text == NULL)
        brc__buf_text(json, "null");
    else
        brc__json_quote(json, text, strlen(text));
}

static void put_plans(struct brc__buf *json, const struct brc__chain *chain)
{
    static const char *const states[] = {
        [BRC__PLAN_ABSENT] = "absent", [BRC__PLAN_BROKEN] = "broken", [BRC__PLAN_READY] = "ready"};

    for (size_t i = 0; chain != NULL && i < chain->plans->count; i++) {
        const struct brc__plan *plan = &chain->plans->at[i];
        brc__buf_appendf(json, "%s{\"name\":\"%s\",\"state\":\"%s\"", i == 0 ? "" : ",",
                         brc__source_name(plan->source), states[plan->state]);
        put_text(json, "reason", plan->state == BRC__PLAN_READY ? NULL : plan->reason);
        brc__buf_text(json, "}");
    }
}

static void put_keys(struct brc__buf *json, const struct brc__keys *keys)
{
    size_t n = keys == NULL ? 0 : keys->access_key_id_length;

    put_text(json, "accessKeyIdEnd", n == 0 ? NULL : keys->access_key_id + (n > 4 ? n - 4 : 0));
    if (keys == NULL || keys->expires_at == 0)
        brc__buf_text(json, ",\"expiresAt\":null");
    else
        brc__buf_appendf(json, ",\"expiresAt\":%" PRId64, keys->expires_at);
}

int brc_credentials_explain(brc_credentials *credentials, char **ret_json)
{
    brc__auto_buf struct brc__buf json = BRC__BUF(BRC__CEILING_HEADERS);
    brc__auto_keys struct brc__keys *keys = NULL;

    if (ret_json == NULL)
        return BRC_E_INVALID;
    *ret_json = NULL;
    if (credentials == NULL)
        return BRC_E_INVALID;
    const struct brc__chain *chain = brc__credentials_chain(credentials);
    const struct brc__plan *plan = chain == NULL ? NULL : brc__chain_plan(chain);
    keys = brc__credentials_snapshot(credentials);
    brc__buf_appendf(&json, "{\"bearer\":%s",
                     brc__credentials_bearer(credentials) == NULL ? "false" : "true");
    put_text(&json, "source", plan == NULL ? NULL : brc__source_name(plan->source));
    put_keys(&json, keys);
    brc__buf_text(&json, ",\"sources\":[");
    put_plans(&json, chain);
    brc__buf_text(&json, "]}");
    if (json.status < 0)
        return json.status;
    *ret_json = brc__buf_steal(&json);
    return BRC_OK;
}
