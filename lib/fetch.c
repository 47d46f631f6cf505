/* SPDX-License-Identifier: MIT */
#include "fetch.h"
#include "aws_call.h"
#include "imds.h"
#include "keys_json.h"
#include "private_file.h"
#include "sso.h"

#include <inttypes.h>
#include <stdio.h>

enum {
    TOKEN_FILE_MAX = 64 * 1024,
    ROLE_NAME_MAX = 128,
};

static const struct brc__limits container_limits = {1000, 2000, 3};

static int failed(brc_client *client, int code, const char *why)
{
    return brc__error_set(&client->error, code, "%s", why);
}

static struct brc__json json_of(const struct brc__buf *answer)
{
    return brc__json_of(answer->data, answer->length);
}

/* Puts the keys of an object in the place of those the fetch has. */
static int take_keys(brc_client *client, struct brc__fetch *fetch, struct brc__json object,
                     const struct brc__key_members *members)
{
    brc__keys_release(brc__steal(fetch->keys));
    return brc__keys_from_json(object, members, &fetch->keys, &client->error);
}

static const struct brc__key_members machine_members = {"AccessKeyId", "SecretAccessKey", "Token",
                                                        "Expiration"};
static const struct brc__key_members sts_members = {"AccessKeyId", "SecretAccessKey",
                                                    "SessionToken", "Expiration"};

static bool put_text(struct brc__json value, char *to, size_t size)
{
    brc__auto_buf struct brc__buf text = BRC__SECRET_BUF(BRC__CEILING_HEADERS);
    bool is_text = brc__json_unquote(value, &text) && text.length > 0;

    *to = '\0';
    if (is_text)
        brc__error_text(to, size, text.data, text.length);
    return is_text;
}

/* A machine that has no keys to give says so with status 200, in members of its own. */
static int take_machine_keys(brc_client *client, struct brc__fetch *fetch,
                             const struct brc__buf *answer)
{
    struct brc__json object = json_of(answer), code = brc__json_member(object, "Code");
    char name[96], message[512];

    if (!put_text(code, name, sizeof name) || strcmp(name, "Success") == 0)
        return take_keys(client, fetch, object, &machine_members);
    bool says_why = put_text(brc__json_member(object, "Message"), message, sizeof message);
    return brc__error_set(&client->error, BRC_E_CREDENTIALS, "%s: %s", name,
                          says_why ? message : "no message");
}

/* A token as it is in its file, without line breaks at the end. Kubernetes makes such files
 * readable for all, so nobody is warned of that. */
static int read_token_file(brc_client *client, const char *path, struct brc__buf *to)
{
    const char *problem;
    bool open_to_others;

    int rc = brc__private_file_read(path, to, &open_to_others, &problem);
    if (rc < 0)
        return failed(client, rc, brc_strerror(rc));
    if (problem != NULL)
        return brc__error_set(&client->error, BRC_E_CREDENTIALS, "the token file %s: %s", path,
                              problem);
    size_t n = to->length;
    while (n > 0 && (to->data[n - 1] == '\n' || to->data[n - 1] == '\r'))
        n--;
    brc__buf_truncate(to, n);
    return BRC_OK;
}

/* ---- STS */

static void put_member(struct brc__buf *json, const char *name, const char *value)
{
    if (value == NULL)
        return;
    brc__buf_appendf(json, "%s\"%s\":", json->length > 1 ? "," : "", name);
    brc__json_quote(json, value, strlen(value));
}

static void put_session_name(struct brc__buf *json, const char *name, int64_t now)
{
    char made_up[48];

    snprintf(made_up, sizeof made_up, "bedrockcost-%" PRId64, now);
    put_member(json, "RoleSessionName", name == NULL ? made_up : name);
}

static int ask_sts(brc_client *client, struct brc__fetch *fetch, const char *operation,
                   const char *region, struct brc__buf *json, struct brc__errand **ret_errand)
{
    brc__buf_text(json, "}");
    if (json->status < 0)
        return failed(client, json->status, brc_strerror(json->status));
    int rc = brc__aws_errand(client, "sts", region == NULL ? fetch->region : region, operation,
                             json->data, ret_errand);
    return rc < 0 ? rc : BRC__FETCH_ASKS;
}

static int assume_role(brc_client *client, struct brc__fetch *fetch, int64_t now,
                       struct brc__errand **ret_errand)
{
    brc__auto_buf struct brc__buf json = BRC__SECRET_BUF(BRC__CEILING_HEADERS);
    const struct brc__role *role = fetch->role;

    brc__buf_text(&json, "{");
    put_member(&json, "RoleArn", role->role_arn);
    put_session_name(&json, role->session_name, now);
    put_member(&json, "ExternalId", role->external_id);
    if (role->duration_s > 0)
        brc__buf_appendf(&json, ",\"DurationSeconds\":%" PRId64, role->duration_s);
    int rc = ask_sts(client, fetch, "AssumeRole", role->region, &json, ret_errand);
    if (rc < 0)
        return rc;
    (*ret_errand)->signing = BRC__SIGNED_BY_KEYS;
    (*ret_errand)->keys = brc__steal(fetch->keys); /* those of the answer take their place */
    return rc;
}

/* The answer to AssumeRole and AssumeRoleWithWebIdentity. */
static int take_sts_keys(brc_client *client, struct brc__fetch *fetch,
                         const struct brc__buf *answer)
{
    return take_keys(client, fetch, brc__json_member(json_of(answer), "Credentials"), &sts_members);
}

/* ---- web identity */

static int begin_web_identity(brc_client *client, struct brc__fetch *fetch, int64_t now,
                              struct brc__errand **ret_errand)
{
    brc__auto_buf struct brc__buf token = BRC__SECRET_BUF(TOKEN_FILE_MAX);
    brc__auto_buf struct brc__buf json = BRC__SECRET_BUF(2 * TOKEN_FILE_MAX);
    const struct brc__base *base = &fetch->plan->base;

    int rc = read_token_file(client, base->web_identity.token_file, &token);
    if (rc < 0)
        return rc;
    brc__buf_text(&json, "{");
    put_member(&json, "RoleArn", base->web_identity.role_arn);
    put_session_name(&json, base->web_identity.session_name, now);
    put_member(&json, "WebIdentityToken", token.data == NULL ? "" : token.data);
    return ask_sts(client, fetch, "AssumeRoleWithWebIdentity", base->web_identity.region, &json,
                   ret_errand);
}

static int after_web_identity(brc_client *client, struct brc__fetch *fetch,
                              const struct brc__buf *answer, int64_t now,
                              struct brc__errand **ret_errand)
{
    (void)now, (void)ret_errand;
    return take_sts_keys(client, fetch, answer);
}

/* ---- the metadata service of a machine */

#define ROLES_PATH "/latest/meta-data/iam/security-credentials/"

static int begin_imds(brc_client *client, struct brc__fetch *fetch, int64_t now,
                      struct brc__errand **ret_errand)
{
    (void)now;
    int rc = brc__imds_token(client, fetch->plan->base.imds.endpoint, ret_errand);
    return rc < 0 ? rc : BRC__FETCH_ASKS;
}

/* The first line of an answer, as a text of its own after what is handed on already. */
static const char *hand_line(struct brc__fetch *fetch, const struct brc__buf *answer)
{
    const char *text = answer->data == NULL ? "" : answer->data;
    size_t start = fetch->handed.length;

    brc__buf_append(&fetch->handed, text, strcspn(text, "\r\n"));
    brc__buf_append(&fetch->handed, "", 1);
    return fetch->handed.status < 0 ? NULL : fetch->handed.data + start;
}

/* What IAM takes for one, and so nothing that would change the path it becomes a part of. */
static bool is_role_name(const char *name)
{
    static const char characters[] =
        "ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789+=,.@_-";

    return strlen(name) <= ROLE_NAME_MAX && name[strspn(name, characters)] == '\0' &&
           name[strspn(name, ".")] != '\0';
}

/* Token, name of the role, keys. */
static int after_imds(brc_client *client, struct brc__fetch *fetch, const struct brc__buf *answer,
                      int64_t now, struct brc__errand **ret_errand)
{
    char path[sizeof ROLES_PATH + ROLE_NAME_MAX] = ROLES_PATH;

    (void)now;
    if (fetch->step == 2)
        return take_machine_keys(client, fetch, answer);
    const char *line = hand_line(fetch, answer);
    if (line == NULL)
        return failed(client, fetch->handed.status, brc_strerror(fetch->handed.status));
    if (*line == '\0')
        return failed(client, BRC_E_CREDENTIALS,
                      fetch->step == 0 ? "the metadata service gave no token"
                                       : "the machine has no role");
    if (fetch->step == 1 && !is_role_name(line))
        return failed(client, BRC_E_CREDENTIALS,
                      "the metadata service gave a name that no role has");
    if (fetch->step == 1)
        snprintf(path, sizeof path, "%s%s", ROLES_PATH, line);
    int rc = brc__imds_get(client, fetch->plan->base.imds.endpoint, path, fetch->handed.data,
                           ret_errand);
    return rc < 0 ? rc : BRC__FETCH_ASKS;
}

/* ---- the agent of a container */

/* The value of the Authorization header; NULL if there is none. */
static int read_authorization(brc_client *client, struct brc__fetch *fetch, const char **ret_value)
{
    const struct brc__base *base = &fetch->plan->base;

    *ret_value = base->container.authorization;
    if (base->container.authorization_file == NULL)
        return BRC_OK;
    int rc = read_token_file(client, base->container.authorization_file, &fetch->handed);
    if (rc == 0)
        *ret_value = fetch->handed.data == NULL ? "" : fetch->handed.data;
    return rc;
}

static int begin_container(brc_client *client, struct brc__fetch *fetch, int64_t now,
                           struct brc__errand **ret_errand)
{
    const char *authorization;

    (void)now;
    int rc = read_authorization(client, fetch, &authorization);
    if (rc < 0)
        return rc;
    if (authorization != NULL && strpbrk(authorization, "\r\n") != NULL)
        return failed(client, BRC_E_CREDENTIALS, "the authorization token has a line feed in it");
    struct brc__errand *errand = *ret_errand = brc__errand_new(client, "GET");
    if (errand == NULL)
        return failed(client, BRC_E_NOMEM, brc_strerror(BRC_E_NOMEM));
    errand->call.limits = &container_limits;
    errand->call.direct = true;
    errand->call.secret = true;
    rc = brc__buf_text(&errand->call.url, fetch->plan->base.container.url);
    if (rc < 0) {
        *ret_errand = NULL;
        brc__call_free(&errand->call);
        return failed(client, rc, brc_strerror(rc));
    }
    if (authorization != NULL)
        brc__errand_header(errand, "Authorization", authorization);
    return BRC__FETCH_ASKS;
}

static int after_container(brc_client *client, struct brc__fetch *fetch,
                           const struct brc__buf *answer, int64_t now,
                           struct brc__errand **ret_errand)
{
    (void)now, (void)ret_errand;
    return take_machine_keys(client, fetch, answer);
}

/* ---- a process */

static int begin_process(brc_client *client, struct brc__fetch *fetch, int64_t now,
                         struct brc__errand **ret_errand)
{
    (void)now, (void)ret_errand;
    int rc = brc__process_start(&fetch->process, fetch->plan->base.process.command, &client->error);
    return rc < 0 ? rc : BRC__FETCH_RUNS;
}

static int after_process(brc_client *client, struct brc__fetch *fetch,
                         const struct brc__buf *answer, int64_t now,
                         struct brc__errand **ret_errand)
{
    (void)now, (void)ret_errand;
    if (!brc__json_is(brc__json_member(json_of(answer), "Version"), "1"))
        return failed(client, BRC_E_CREDENTIALS,
                      "the process printed no JSON object with \"Version\": 1");
    return take_keys(client, fetch, json_of(answer), &sts_members);
}

static int begin_keys(brc_client *client, struct brc__fetch *fetch, int64_t now,
                      struct brc__errand **ret_errand)
{
    const struct brc__base *base = &fetch->plan->base;
    const char *reason;

    (void)now, (void)ret_errand;
    int rc = brc__plan_keys(base, &fetch->keys, &reason);
    return rc == BRC_E_INVALID ? failed(client, BRC_E_CREDENTIALS, reason)
           : rc < 0            ? failed(client, rc, brc_strerror(rc))
                               : BRC__FETCH_KEYS;
}

/* ---- which steps a plan has */

static const struct {
    int (*begin)(brc_client *client, struct brc__fetch *fetch, int64_t now,
                 struct brc__errand **ret_errand);
    int (*after)(brc_client *client, struct brc__fetch *fetch, const struct brc__buf *answer,
                 int64_t now, struct brc__errand **ret_errand);
} bases[] = {
    [BRC__BASE_KEYS] = {begin_keys, NULL},
    [BRC__BASE_PROCESS] = {begin_process, after_process},
    [BRC__BASE_WEB_IDENTITY] = {begin_web_identity, after_web_identity},
    [BRC__BASE_SSO] = {brc__sso_begin, brc__sso_after},
    [BRC__BASE_CONTAINER] = {begin_container, after_container},
    [BRC__BASE_IMDS] = {begin_imds, after_imds},
};

/* The base has its keys, or a role was assumed: on to the next role, if there is one. */
static int next_role(brc_client *client, struct brc__fetch *fetch, int64_t now,
                     struct brc__errand **ret_errand)
{
    fetch->at_base = false;
    return fetch->role == NULL ? BRC__FETCH_KEYS : assume_role(client, fetch, now, ret_errand);
}

int brc__fetch_begin(brc_client *client, struct brc__fetch *fetch, int64_t now,
                     struct brc__errand **ret_errand)
{
    *ret_errand = NULL;
    fetch->role = fetch->plan->roles;
    fetch->at_base = true;
    fetch->handed = BRC__SECRET_BUF(TOKEN_FILE_MAX);
    int rc = bases[fetch->plan->base.kind].begin(client, fetch, now, ret_errand);
    return rc == BRC__FETCH_KEYS ? next_role(client, fetch, now, ret_errand) : rc;
}

int brc__fetch_go_on(brc_client *client, struct brc__fetch *fetch, const struct brc__buf *answer,
                     int64_t now, struct brc__errand **ret_errand)
{
    int rc;

    *ret_errand = NULL;
    if (fetch->at_base) {
        rc = bases[fetch->plan->base.kind].after(client, fetch, answer, now, ret_errand);
        fetch->step++;
    } else {
        rc = take_sts_keys(client, fetch, answer);
        fetch->role = fetch->role->next;
    }
    return rc == BRC__FETCH_KEYS ? next_role(client, fetch, now, ret_errand) : rc;
}

int brc__fetch_refused(brc_client *client, struct brc__fetch *fetch, int code, int64_t now,
                       struct brc__errand **ret_errand)
{
    *ret_errand = NULL;
    if (!fetch->at_base || fetch->plan->base.kind != BRC__BASE_SSO || code == BRC_E_NOMEM ||
        code == BRC_E_CANCELED)
        return code;
    return brc__sso_refused(client, fetch, now, ret_errand);
}

void brc__fetch_free(struct brc__fetch *fetch)
{
    brc__keys_release(fetch->keys);
    brc__buf_free(&fetch->handed);
    brc__process_free(&fetch->process);
    *fetch = (struct brc__fetch){0};
}
