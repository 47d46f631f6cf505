/* SPDX-License-Identifier: MIT */
#include "keys_json.h"

#include "buffer.h"
#include "date.h"

/* A moment: a text of ISO 8601, or milliseconds since 1970. */
static bool read_moment(struct brc__json value, int64_t *ret_seconds)
{
    *ret_seconds = 0;
    if (brc__json_starts(value, '"') && value.n >= 2)
        return brc__iso_date(value.p + 1, value.n - 2, ret_seconds) == 0;
    bool is_number = brc__json_count(value, ret_seconds);
    *ret_seconds /= 1000;
    return is_number;
}

static bool is_missing(struct brc__json value)
{
    return value.p == NULL || brc__json_is(value, "null");
}

/* Appends a text and a NUL. False for what is none, or has a NUL of its own: only its beginning
 * would be seen. */
static bool put_text(struct brc__buf *texts, struct brc__json value)
{
    size_t start = texts->length;
    bool is_text = brc__json_unquote(value, texts);

    brc__buf_append(texts, "", 1);
    return texts->status < 0 ||
           (is_text && start + strlen(texts->data + start) + 1 == texts->length);
}

static int unusable(struct brc__error *error)
{
    return brc__error_set(error, BRC_E_CREDENTIALS, "there are no keys that could be used");
}

int brc__keys_from_json(struct brc__json object, const struct brc__key_members *members,
                        struct brc__keys **ret_keys, struct brc__error *error)
{
    const char *const names[] = {members->id, members->secret, members->token, members->expiration};
    brc__auto_buf struct brc__buf texts = BRC__SECRET_BUF(BRC__CEILING_HEADERS);
    struct brc__json values[4];
    size_t starts[3];
    int64_t expires_at = 0;

    *ret_keys = NULL;
    brc__json_members(object, names, values, 4);
    for (int i = 0; i < 3; i++) {
        starts[i] = texts.length;
        if (!is_missing(values[i]) && !put_text(&texts, values[i]))
            return unusable(error);
    }
    if (texts.status < 0)
        return brc__error_set(error, texts.status, "%s", brc_strerror(texts.status));
    /* 0 would be never. */
    if (!is_missing(values[3]) && (!read_moment(values[3], &expires_at) || expires_at <= 0))
        return brc__error_set(error, BRC_E_CREDENTIALS, "the expiration of the keys is no date");
    int rc =
        brc__keys_new(is_missing(values[0]) ? NULL : texts.data + starts[0],
                      is_missing(values[1]) ? NULL : texts.data + starts[1],
                      is_missing(values[2]) ? NULL : texts.data + starts[2], expires_at, ret_keys);
    if (rc == BRC_E_INVALID)
        return unusable(error);
    return rc < 0 ? brc__error_set(error, rc, "%s", brc_strerror(rc)) : BRC_OK;
}
