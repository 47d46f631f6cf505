/* SPDX-License-Identifier: MIT */
#include "sigv4.h"
#include "canonical.h"
#include "text.h"

#include <string.h>

#define ALGORITHM "AWS4-HMAC-SHA256"

enum {
    TIME_LENGTH = 16, /* 20260102T030405Z */
    HEX_LENGTH = 2 * BRC__SHA256_SIZE,
    END_LENGTH = sizeof ", Signature=\n" - 1 + HEX_LENGTH,
    STRING_TO_SIGN_MAX = sizeof ALGORITHM + TIME_LENGTH + 1 + BRC__SCOPE_SIZE + HEX_LENGTH,
};

static const int64_t last_second_of_9999 = 253402300799;

static void write_number(char *to, int digits, int64_t number)
{
    unsigned rest = (unsigned)number;

    for (; digits > 0; rest /= 10)
        to[--digits] = (char)('0' + rest % 10);
}

/* "YYYYMMDDTHHMMSSZ". The year is counted from March on, so that the leap day comes last. */
static void format_time(char to[TIME_LENGTH], int64_t time)
{
    int64_t days = time / 86400 + 719468, seconds = time % 86400; /* since 0000-03-01 */
    int64_t era = days / 146097, day_of_era = days % 146097;
    int64_t year_of_era =
        (day_of_era - day_of_era / 1460 + day_of_era / 36524 - day_of_era / 146096) / 365;
    int64_t day = day_of_era - (365 * year_of_era + year_of_era / 4 - year_of_era / 100);
    int64_t month = (5 * day + 2) / 153; /* 0 is March */

    write_number(to, 4, era * 400 + year_of_era + (month > 9));
    write_number(to + 4, 2, month < 10 ? month + 3 : month - 9);
    write_number(to + 6, 2, day - (153 * month + 2) / 5 + 1);
    to[8] = 'T';
    write_number(to + 9, 2, seconds / 3600);
    write_number(to + 11, 2, seconds / 60 % 60);
    write_number(to + 13, 2, seconds % 60);
    to[15] = 'Z';
}

/* A request to sign, checked: everything but the keys. */
struct work {
    struct brc__canonical request;
    struct brc__scope scope;
    char time[TIME_LENGTH];
};

static void work_free(struct work *work)
{
    brc__canonical_free(&work->request);
}

/* Whatever it returns, work_free() is due. */
static int work_init(struct work *work, const brc_sign_input *input)
{
    int rc = brc__canonical_init(&work->request, input);
    if (rc < 0)
        return rc;
    if (input->region == NULL || input->service == NULL || strcmp(input->service, "s3") == 0)
        return BRC_E_INVALID;
    if (input->time < 0 || input->time > last_second_of_9999)
        return BRC_E_RANGE;
    format_time(work->time, input->time);
    return brc__scope_init(&work->scope, work->time, input->region, input->service);
}

static char *append(char *to, const void *from, size_t n)
{
    memcpy(to, from, n);
    return to + n;
}

static size_t string_to_sign(const struct work *work, const char *request_hash,
                             char to[STRING_TO_SIGN_MAX])
{
    char *p = append(to, ALGORITHM "\n", sizeof ALGORITHM);

    p = append(p, work->time, TIME_LENGTH);
    *p++ = '\n';
    p = append(p, work->scope.text, work->scope.length);
    *p++ = '\n';
    p = append(p, request_hash, HEX_LENGTH);
    return (size_t)(p - to);
}

/* "X-Amz-Date: …" up to the ", SignedHeaders=" of the last line. Reserves room for the rest too, so
 * that the lines are one allocation. */
static int begin_lines(const struct work *work, const struct brc__keys *keys,
                       struct brc__buf *lines)
{
    static const char date[] = "X-Amz-Date: ", token[] = "\nX-Amz-Security-Token: ",
                      authorization[] = "\nAuthorization: " ALGORITHM " Credential=",
                      names[] = ", SignedHeaders=";
    enum {
        FIXED = sizeof date + TIME_LENGTH + sizeof token + sizeof authorization + sizeof names
    };

    int rc = brc__buf_reserve(lines, FIXED + keys->session_token_length +
                                         keys->access_key_id_length + 1 + work->scope.length +
                                         brc__canonical_names_size(&work->request) + END_LENGTH);
    if (rc < 0)
        return rc;
    char *p = append(lines->data + lines->length, date, sizeof date - 1);
    p = append(p, work->time, TIME_LENGTH);
    if (keys->session_token_length > 0) {
        p = append(p, token, sizeof token - 1);
        p = append(p, keys->session_token, keys->session_token_length);
    }
    p = append(p, authorization, sizeof authorization - 1);
    p = append(p, keys->access_key_id, keys->access_key_id_length);
    *p++ = '/';
    p = append(p, work->scope.text, work->scope.length);
    p = append(p, names, sizeof names - 1);
    lines->length = (size_t)(p - lines->data);
    return BRC_OK;
}

/* Everything that needs a hasher: the request's hash, the string to sign, the signature. */
static int compute(struct work *work, struct brc__keys *keys, struct brc__hasher *hasher,
                   const char *names, size_t names_length, struct brc__sigv4_trace *trace,
                   char ret_signature[HEX_LENGTH])
{
    unsigned char request_digest[BRC__SHA256_SIZE];
    char request_hash[HEX_LENGTH + 1] = "", text[STRING_TO_SIGN_MAX];
    brc__auto_wipe struct brc__key key;
    struct brc__key mac;

    int rc = brc__canonical_hash(&work->request, hasher, names, names_length,
                                 trace != NULL ? trace->canonical_request : NULL, request_digest);
    if (rc < 0)
        return rc;
    brc__hex(request_hash, request_digest, sizeof request_digest);
    size_t n = string_to_sign(work, request_hash, text);
    rc = brc__signing_keys_get(&keys->signing_keys, hasher, keys->secret_access_key, &work->scope,
                               &key);
    if (rc < 0)
        return rc;
    rc = brc__hmac_sha256(hasher, key.b, sizeof key.b, text, n, &mac);
    if (rc < 0)
        return rc;
    brc__hex(ret_signature, mac.b, sizeof mac.b);
    if (trace == NULL)
        return BRC_OK;
    memcpy(trace->request_hash, request_hash, sizeof request_hash);
    if (trace->signed_headers != NULL)
        rc = brc__buf_append(trace->signed_headers, names, names_length);
    if (rc == BRC_OK && trace->string_to_sign != NULL)
        rc = brc__buf_append(trace->string_to_sign, text, n);
    return rc;
}

static int sign(struct work *work, struct brc__keys *keys, struct brc__sigv4_trace *trace,
                struct brc__buf *lines)
{
    struct brc__hasher *hasher;
    char signature[HEX_LENGTH];

    int rc = brc__canonical_add(&work->request, "x-amz-date", work->time, TIME_LENGTH);
    if (rc == BRC_OK && keys->session_token_length > 0)
        rc = brc__canonical_add(&work->request, "x-amz-security-token", keys->session_token,
                                keys->session_token_length);
    if (rc < 0)
        return rc;
    rc = begin_lines(work, keys, lines);
    if (rc < 0)
        return rc;
    size_t before = lines->length;
    rc = brc__canonical_signed_headers(&work->request, lines);
    if (rc < 0)
        return rc;
    rc = brc__keys_take_hasher(keys, &hasher);
    if (rc < 0)
        return rc;
    rc =
        compute(work, keys, hasher, lines->data + before, lines->length - before, trace, signature);
    brc__keys_return_hasher(keys, hasher);
    if (rc < 0)
        return rc;
    brc__buf_text(lines, ", Signature=");
    brc__buf_append(lines, signature, sizeof signature);
    return brc__buf_text(lines, "\n");
}

int brc__sigv4_sign(const brc_sign_input *input, struct brc__keys *keys,
                    struct brc__sigv4_trace *trace, struct brc__buf *ret_headers)
{
    brc__cleanup(work_free) struct work work;

    int rc = work_init(&work, input);
    if (rc < 0)
        return rc;
    return sign(&work, keys, trace, ret_headers);
}

/* ---------------------------------------------------------------------- public */

int brc_sign(const brc_sign_input *input, brc_credentials *credentials, char **ret_headers)
{
    struct brc__error error;

    if (ret_headers == NULL)
        return BRC_E_INVALID;
    *ret_headers = NULL;
    if (input == NULL || credentials == NULL)
        return BRC_E_INVALID;
    brc__cleanup(work_free) struct work work;
    int rc = work_init(&work, input);
    if (rc < 0)
        return rc;
    brc__auto_keys struct brc__keys *keys = NULL;
    rc = brc__credentials_acquire(credentials, input->time, &keys, &error);
    if (rc < 0)
        return rc;
    /* Its size follows from the input, so nothing bounds it but memory. */
    brc__auto_buf struct brc__buf lines = BRC__SECRET_BUF(SIZE_MAX / 2);
    rc = sign(&work, keys, NULL, &lines);
    if (rc < 0)
        return rc;
    *ret_headers = brc__buf_steal(&lines);
    return BRC_OK;
}

void *brc_free(char *string)
{
    brc__free_secret(string);
    return NULL;
}
