/* Says what the library's chain of credentials makes of the environment and the files it finds: a
 * line of JSON with what brc_credentials_explain() says, the keys, who STS says they are, and, if
 * the call failed, its code and why.
 *
 * usage: interop_chain
 *
 * SPDX-License-Identifier: MIT
 */
#include <bedrockcost/bedrockcost.h>
#include <credentials.h>

#include <err.h>
#include <jansson.h>
#include <stdio.h>

static void check(int rc, const char *what)
{
    if (rc < 0)
        errx(1, "%s: %s", what, brc_strerror(rc));
}

static json_t *describe_keys(brc_credentials *credentials)
{
    brc__auto_keys struct brc__keys *keys = brc__credentials_snapshot(credentials);

    if (keys == NULL)
        return json_null();
    return json_pack("{s:s, s:s, s:s}", "accessKeyId", keys->access_key_id, "secretAccessKey",
                     keys->secret_access_key, "sessionToken", keys->session_token);
}

/* The text becomes JSON if it is there, and is freed. */
static json_t *take(char *text)
{
    json_t *json = text == NULL ? json_null() : json_loads(text, JSON_DECODE_ANY, NULL);

    brc_free(text);
    if (json == NULL)
        errx(1, "no JSON");
    return json;
}

int main(void)
{
    brc_credentials *credentials;
    brc_client *client;
    char *answer, *explanation;

    check(brc_credentials_new_chain(NULL, &credentials), "brc_credentials_new_chain");
    check(brc_client_new(credentials, &client), "brc_client_new");
    int rc = brc_aws_call(client, "sts", "us-east-1", "GetCallerIdentity", NULL, &answer);
    check(brc_credentials_explain(credentials, &explanation), "brc_credentials_explain");
    json_t *json = json_pack("{s:o, s:o, s:o, s:i, s:s}", "chain", take(explanation), "keys",
                             describe_keys(credentials), "caller", take(answer), "code", rc,
                             "error", rc < 0 ? brc_client_error(client) : "");
    if (json == NULL || json_dumpf(json, stdout, JSON_COMPACT) < 0)
        errx(1, "no JSON");
    json_decref(json);
    brc_client_free(client);
    brc_credentials_free(credentials);
    return 0;
}
