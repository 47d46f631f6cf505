/* SPDX-License-Identifier: MIT */
#include "imds.h"

static const struct brc__limits limits = {1000, 1000, 1};

static int ask(brc_client *client, const char *method, const char *endpoint, const char *path,
               struct brc__errand **ret_errand)
{
    struct brc__errand *errand = *ret_errand = brc__errand_new(client, method);

    if (errand == NULL)
        return brc__error_set(&client->error, BRC_E_NOMEM, "%s", brc_strerror(BRC_E_NOMEM));
    errand->call.limits = &limits;
    errand->call.direct = true;
    errand->call.secret = true;
    int rc = brc__buf_appendf(&errand->call.url, "%s%s", endpoint, path);
    if (rc == 0)
        return BRC_OK;
    *ret_errand = NULL;
    brc__call_free(&errand->call);
    return brc__error_set(&client->error, rc, "%s", brc_strerror(rc));
}

int brc__imds_token(brc_client *client, const char *endpoint, struct brc__errand **ret_errand)
{
    int rc = ask(client, "PUT", endpoint, "/latest/api/token", ret_errand);

    if (rc < 0)
        return rc;
    brc__errand_header(*ret_errand, "x-aws-ec2-metadata-token-ttl-seconds", "21600");
    return BRC_OK;
}

int brc__imds_get(brc_client *client, const char *endpoint, const char *path, const char *token,
                  struct brc__errand **ret_errand)
{
    int rc = ask(client, "GET", endpoint, path, ret_errand);

    if (rc == 0)
        brc__errand_header(*ret_errand, "x-aws-ec2-metadata-token", token);
    return rc;
}
