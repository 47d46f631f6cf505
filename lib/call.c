/* SPDX-License-Identifier: MIT */
#include "call.h"

int brc__call_init(brc_client *client, struct brc__call *call, const struct brc__call_kind *kind,
                   const char *method)
{
    call->kind = kind;
    call->method = method;
    call->attempt = 1;
    call->body = BRC__BUF(BRC__CEILING_REQUEST);
    call->url = BRC__BUF(BRC__CEILING_URL);
    call->headers = BRC__SECRET_BUF(BRC__CEILING_HEADERS);
    if (brc__uuid(call->uuid) < 0)
        return brc__error_set(&client->error, BRC_E_INVALID, "the system gives no random numbers");
    return BRC_OK;
}

struct brc__call *brc__call_find(brc_client *client, int64_t id)
{
    struct brc__call *call = client->calls[(uint64_t)id % BRC__CALL_BUCKETS];

    while (call != NULL && call->id != id)
        call = call->next;
    return call;
}

void brc__call_clear(struct brc__call *call)
{
    brc__exchange_free(call->exchange); /* before what it borrows */
    brc__buf_free(&call->body);
    brc__buf_free(&call->url);
    brc__buf_free(&call->headers);
    free(call->error);
}
