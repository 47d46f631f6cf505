/* SPDX-License-Identifier: MIT */
#include "sso.h"
#include "aws_call.h"
#include "keys_json.h"
#include "sso_cache.h"

#include <stdio.h>

enum {
    RENEW_BEFORE_END_S = 15 * 60,
    LIFE_MAX_S = 366 * 24 * 60 * 60, /* of a token: what is said to be longer is an error */
    RENEWS = 0,                      /* steps: what the next answer is to */
    ASKS_PORTAL = 1,
};

static int failed(brc_client *client, int code, const char *why)
{
    return brc__error_set(&client->error, code, "%s", why);
}

/* A log line may only use getters. */
static void warn(brc_client *client, const char *path, const char *what, const char *more)
{
    client->noting++;
    brc__log_line(&client->log, BRC_LOG_WARNING, "SSO token in %s: %s%s", path, what, more);
    client->noting--;
}

/* Asks the portal for keys. */
static int ask_portal(brc_client *client, struct brc__fetch *fetch, struct brc__json token,
                      struct brc__errand **ret_errand)
{
    brc__auto_buf struct brc__buf operation = BRC__BUF(BRC__CEILING_URL);
    const struct brc__base *base = &fetch->plan->base;
    size_t start = fetch->handed.length;

    brc__buf_text(&operation, "GET /federation/credentials?role_name=");
    brc__buf_append_encoded(&operation, base->sso.role_name, strlen(base->sso.role_name));
    brc__buf_text(&operation, "&account_id=");
    brc__buf_append_encoded(&operation, base->sso.account_id, strlen(base->sso.account_id));
    brc__json_unquote(token, &fetch->handed);
    brc__buf_append(&fetch->handed, "", 1);
    int rc = operation.status < 0 ? operation.status : fetch->handed.status;
    if (rc < 0)
        return failed(client, rc, brc_strerror(rc));
    const char *value = fetch->handed.data + start;
    if (strpbrk(value, "\r\n") != NULL)
        return failed(client, BRC_E_CREDENTIALS, "the SSO token has a line feed in it");
    rc = brc__aws_errand(client, "sso", base->sso.region, operation.data, NULL, ret_errand);
    if (rc < 0)
        return rc;
    brc__errand_header(*ret_errand, "x-amz-sso_bearer_token", value);
    fetch->step = ASKS_PORTAL;
    return BRC__FETCH_ASKS;
}

/* ---- renewal */

static int renew(brc_client *client, struct brc__fetch *fetch, const struct brc__sso_cache *cache,
                 struct brc__errand **ret_errand)
{
    brc__auto_buf struct brc__buf json = BRC__SECRET_BUF(2 * BRC__SSO_CACHE_MAX);
    const struct {
        const char *name;
        struct brc__json value;
    } members[] = {{"clientId", cache->client_id},
                   {"clientSecret", cache->client_secret},
                   {"refreshToken", cache->refresh_token}};

    brc__buf_text(&json, "{\"grantType\":\"refresh_token\"");
    for (size_t i = 0; i < sizeof members / sizeof *members; i++) {
        brc__buf_appendf(&json, ",\"%s\":", members[i].name);
        brc__buf_append(&json, members[i].value.p, members[i].value.n);
    }
    brc__buf_text(&json, "}");
    if (json.status < 0)
        return failed(client, json.status, brc_strerror(json.status));
    int rc = brc__aws_errand(client, "sso-oidc", fetch->plan->base.sso.region, "POST /token",
                             json.data, ret_errand);
    return rc < 0 ? rc : BRC__FETCH_ASKS;
}

/* A token that cannot be kept is good all the same. */
static int keep_renewed(brc_client *client, const char *path, struct brc__json answer, int64_t now)
{
    brc__auto_sso_cache struct brc__sso_cache cache;
    struct brc__json refresh_token = brc__json_member(answer, "refreshToken");
    bool open_to_others;
    const char *problem;
    int64_t life_s;

    if (!brc__json_starts(refresh_token, '"'))
        refresh_token = (struct brc__json){0};
    int rc = brc__sso_cache_read(path, &cache, &open_to_others, &problem);
    if (rc == 0 && problem == NULL &&
        (!brc__json_count(brc__json_member(answer, "expiresIn"), &life_s) || life_s == 0 ||
         life_s > LIFE_MAX_S))
        problem = "the answer does not say when it ends";
    if (rc == 0 && problem == NULL)
        rc = brc__sso_cache_write(path, &cache, brc__json_member(answer, "accessToken"),
                                  refresh_token, now + life_s, &problem);
    if (rc < 0)
        return failed(client, rc, brc_strerror(rc));
    if (problem != NULL)
        warn(client, path, "renewed, but not written back: ", problem);
    return BRC_OK;
}

/* Another program may have renewed the token meanwhile, so the file is looked at once more. */
static int not_renewed(brc_client *client, struct brc__fetch *fetch, int64_t now, const char *why,
                       struct brc__errand **ret_errand)
{
    brc__auto_sso_cache struct brc__sso_cache cache;
    const char *path = fetch->plan->base.sso.cache_file, *problem;
    bool open_to_others;

    int rc = brc__sso_cache_read(path, &cache, &open_to_others, &problem);
    if (rc < 0)
        return failed(client, rc, brc_strerror(rc));
    if (problem != NULL || cache.expires_at <= now)
        return brc__error_set(&client->error, BRC_E_CREDENTIALS,
                              "the SSO token in %s has ended and could not be renewed (%s): log in "
                              "with `aws sso login`",
                              path, why);
    warn(client, path, "not renewed, but it has not ended yet: ", why);
    return ask_portal(client, fetch, cache.access_token, ret_errand);
}

/* ---- steps */

int brc__sso_begin(brc_client *client, struct brc__fetch *fetch, int64_t now,
                   struct brc__errand **ret_errand)
{
    brc__auto_sso_cache struct brc__sso_cache cache;
    const struct brc__base *base = &fetch->plan->base;
    const char *path = base->sso.cache_file, *problem;
    bool open_to_others;

    int rc = brc__sso_cache_read(path, &cache, &open_to_others, &problem);
    if (rc < 0)
        return failed(client, rc, brc_strerror(rc));
    if (problem != NULL)
        return brc__error_set(&client->error, BRC_E_CREDENTIALS,
                              "no SSO token in %s (%s): log in with `aws sso login`", path,
                              problem);
    if (open_to_others && !client->told_of_sso_file) {
        client->told_of_sso_file = true;
        warn(client, path, "others may read it: ", "run `chmod 600` on it");
    }
    if (cache.expires_at - now < RENEW_BEFORE_END_S && base->sso.session != NULL &&
        brc__sso_cache_is_renewable(&cache, now))
        return renew(client, fetch, &cache, ret_errand);
    if (cache.expires_at <= now)
        return brc__error_set(&client->error, BRC_E_CREDENTIALS,
                              "the SSO token in %s has ended: log in with `aws sso login`", path);
    return ask_portal(client, fetch, cache.access_token, ret_errand);
}

int brc__sso_after(brc_client *client, struct brc__fetch *fetch, const struct brc__buf *answer,
                   int64_t now, struct brc__errand **ret_errand)
{
    static const struct brc__key_members members = {"accessKeyId", "secretAccessKey",
                                                    "sessionToken", "expiration"};
    struct brc__json json = brc__json_of(answer->data, answer->length);

    if (fetch->step == RENEWS) {
        struct brc__json token = brc__json_member(json, "accessToken");
        if (!brc__json_starts(token, '"') || token.n == 2)
            return not_renewed(client, fetch, now, "there is no token in the answer", ret_errand);
        int rc = keep_renewed(client, fetch->plan->base.sso.cache_file, json, now);
        return rc < 0 ? rc : ask_portal(client, fetch, token, ret_errand);
    }
    brc__keys_release(brc__steal(fetch->keys));
    return brc__keys_from_json(brc__json_member(json, "roleCredentials"), &members, &fetch->keys,
                               &client->error);
}

int brc__sso_refused(brc_client *client, struct brc__fetch *fetch, int64_t now,
                     struct brc__errand **ret_errand)
{
    char why[sizeof client->error.text];

    snprintf(why, sizeof why, "%s", client->error.text);
    if (fetch->step == RENEWS)
        return not_renewed(client, fetch, now, why, ret_errand);
    if (strcmp(client->error.http_status, "401") != 0)
        return client->error.code;
    return brc__error_set(&client->error, BRC_E_CREDENTIALS,
                          "the SSO token in %s is not taken (%s): log in with `aws sso login`",
                          fetch->plan->base.sso.cache_file, why);
}
