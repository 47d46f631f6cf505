/* SigV4 verification: reads the Authorization header, rebuilds canonical request and string to
 * sign, compares the signatures.
 *
 * SPDX-License-Identifier: MIT
 */
#include "sigv4_verify.h"
#include "slice.h"
#include "uri.h"

#include <openssl/crypto.h>
#include <openssl/evp.h>
#include <openssl/hmac.h>
#include <openssl/sha.h>
#include <string.h>
#include <strings.h>
#include <time.h>

#define ALGORITHM    "AWS4-HMAC-SHA256"
#define SKEW_MINUTES 5
#define STAMP_LENGTH 16 /* YYYYMMDDTHHMMSSZ */
#define HEX_LENGTH   (2 * SHA256_DIGEST_LENGTH)

/* What the Authorization header says. */
struct authorization {
    struct emu_slice access_key;
    struct emu_slice scope; /* date/region/service/aws4_request */
    struct emu_slice date;
    struct emu_slice region;
    struct emu_slice service;
    struct emu_slice signed_headers;
    struct emu_slice signature;
};

static int refuse(struct emu_verdict *verdict, const char *type, const char *format, ...)
    __attribute__((format(printf, 3, 4)));

static int refuse(struct emu_verdict *verdict, const char *type, const char *format, ...)
{
    struct emu_text *message = &verdict->message;
    va_list args;

    verdict->error_type = type;
    va_start(args, format);
    emu_text_vprintf(message, format, args);
    va_end(args);
    for (size_t i = 0; i < message->len; i++)
        if (message->data[i] < ' ' || message->data[i] > '~')
            message->data[i] = '?'; /* a header may hold any byte, JSON not */
    return message->failed ? EMU_OUT_OF_MEMORY : EMU_OK;
}

static struct emu_slice trim(struct emu_slice slice)
{
    while (slice.len > 0 && (slice.s[0] == ' ' || slice.s[0] == '\t')) {
        slice.s++;
        slice.len--;
    }
    while (slice.len > 0 && (slice.s[slice.len - 1] == ' ' || slice.s[slice.len - 1] == '\t'))
        slice.len--;
    return slice;
}

/* ---- the Authorization header ---- */

static bool split_credential(struct authorization *auth, struct emu_slice credential)
{
    struct emu_slice rest = credential;

    auth->access_key = emu_slice_cut(&rest, '/');
    auth->scope = rest;
    auth->date = emu_slice_cut(&rest, '/');
    auth->region = emu_slice_cut(&rest, '/');
    auth->service = emu_slice_cut(&rest, '/');
    return auth->access_key.len > 0 && auth->date.len == 8 && emu_slice_is(rest, "aws4_request");
}

/* False if a parameter is missing or unreadable; *ret_missing names it. */
static bool parse_authorization(struct authorization *auth, const char *value,
                                const char **ret_missing)
{
    struct emu_slice rest = emu_slice_of(value);
    struct emu_slice credential = {0};

    *auth = (struct authorization){0};
    emu_slice_cut(&rest, ' '); /* the algorithm */
    while (rest.len > 0) {
        struct emu_slice parameter = trim(emu_slice_cut(&rest, ','));
        struct emu_slice name = emu_slice_cut(&parameter, '=');

        if (emu_slice_is(name, "Credential"))
            credential = parameter;
        else if (emu_slice_is(name, "SignedHeaders"))
            auth->signed_headers = parameter;
        else if (emu_slice_is(name, "Signature"))
            auth->signature = parameter;
    }
    *ret_missing = credential.len == 0             ? "Credential"
                   : auth->signed_headers.len == 0 ? "SignedHeaders"
                   : auth->signature.len == 0      ? "Signature"
                                                   : NULL;
    if (*ret_missing == NULL && !split_credential(auth, credential))
        *ret_missing = "Credential=ACCESS_KEY/DATE/REGION/SERVICE/aws4_request";
    return *ret_missing == NULL;
}

/* ---- the time ---- */

/* -1 if `stamp` is not YYYYMMDDTHHMMSSZ. */
static time_t parse_stamp(const char *stamp)
{
    struct tm tm = {0};
    const char *end;

    if (strlen(stamp) != STAMP_LENGTH)
        return -1;
    end = strptime(stamp, "%Y%m%dT%H%M%SZ", &tm);
    return end != NULL && *end == '\0' ? timegm(&tm) : -1;
}

static void format_stamp(char *out, time_t when)
{
    struct tm tm;

    gmtime_r(&when, &tm);
    strftime(out, STAMP_LENGTH + 1, "%Y%m%dT%H%M%SZ", &tm);
}

static int check_time(struct emu_verdict *verdict, const char *stamp, time_t now)
{
    time_t signed_at = parse_stamp(stamp);
    time_t tolerance = SKEW_MINUTES * 60;
    char now_stamp[STAMP_LENGTH + 1];
    char limit[STAMP_LENGTH + 1];

    if (signed_at < 0)
        return refuse(verdict, "IncompleteSignatureException",
                      "Date must be in ISO-8601 'basic format'. Got '%s'.", stamp);
    format_stamp(now_stamp, now);
    if (signed_at < now - tolerance) {
        format_stamp(limit, now - tolerance);
        return refuse(verdict, "InvalidSignatureException",
                      "Signature expired: %s is now earlier than %s (%s - %d min.)", stamp, limit,
                      now_stamp, SKEW_MINUTES);
    }
    if (signed_at > now + tolerance) {
        format_stamp(limit, now + tolerance);
        return refuse(verdict, "InvalidSignatureException",
                      "Signature not yet current: %s is still later than %s (%s + %d min.)", stamp,
                      limit, now_stamp, SKEW_MINUTES);
    }
    return EMU_OK;
}

/* ---- which headers are signed ---- */

static bool is_signed(const struct authorization *auth, const char *name)
{
    struct emu_slice rest = auth->signed_headers;

    while (rest.len > 0) {
        struct emu_slice one = emu_slice_cut(&rest, ';');

        if (one.len == strlen(name) && strncasecmp(one.s, name, one.len) == 0)
            return true;
    }
    return false;
}

static bool must_be_signed(const char *name)
{
    return strcasecmp(name, "host") == 0 || strcasecmp(name, "content-type") == 0 ||
           strncasecmp(name, "x-amz-", 6) == 0;
}

/* The list itself must be in lower case, sorted, without a name twice. */
static bool list_is_canonical(struct emu_slice list)
{
    struct emu_slice previous = {0};

    for (size_t i = 0; i < list.len; i++)
        if (list.s[i] >= 'A' && list.s[i] <= 'Z')
            return false;
    while (list.len > 0) {
        struct emu_slice one = emu_slice_cut(&list, ';');
        size_t shared = one.len < previous.len ? one.len : previous.len;
        int order = previous.s != NULL ? memcmp(previous.s, one.s, shared) : -1;

        if (order > 0 || (order == 0 && previous.len >= one.len))
            return false;
        previous = one;
    }
    return true;
}

static int check_signed_headers(struct emu_verdict *verdict, const struct emu_request *request,
                                const struct authorization *auth)
{
    if (!list_is_canonical(auth->signed_headers))
        return refuse(verdict, "InvalidSignatureException",
                      "SignedHeaders must be in lower case and sorted.");
    if (!is_signed(auth, "host"))
        return refuse(verdict, "InvalidSignatureException",
                      "'Host' must be a 'SignedHeader' in the AWS Authorization.");
    for (size_t i = 0; i < request->n_headers; i++) {
        const char *name = request->headers[i].name;

        if (must_be_signed(name) && !is_signed(auth, name))
            return refuse(verdict, "InvalidSignatureException",
                          "'%s' must be a 'SignedHeader' in the AWS Authorization.", name);
    }
    return EMU_OK;
}

/* ---- canonical request and string to sign ---- */

static void add_hex(struct emu_text *out, const unsigned char *bytes, size_t len)
{
    for (size_t i = 0; i < len; i++)
        emu_text_printf(out, "%02x", bytes[i]);
}

static void add_sha256(struct emu_text *out, const char *bytes, size_t len)
{
    unsigned char digest[SHA256_DIGEST_LENGTH];

    SHA256((const unsigned char *)bytes, len, digest);
    add_hex(out, digest, sizeof(digest));
}

/* Trimmed, each run of white space one space. */
static void add_folded(struct emu_text *out, const char *value)
{
    struct emu_slice rest = trim(emu_slice_of(value));
    bool in_space = false;

    for (size_t i = 0; i < rest.len; i++) {
        bool space = rest.s[i] == ' ' || rest.s[i] == '\t';

        if (space && !in_space)
            emu_text_puts(out, " ");
        else if (!space)
            emu_text_add(out, &rest.s[i], 1);
        in_space = space;
    }
}

/* A header sent several times has its values joined in order of arrival. */
static void add_header(struct emu_text *out, const struct emu_request *request,
                       struct emu_slice name)
{
    bool first = true;

    emu_text_add(out, name.s, name.len);
    emu_text_puts(out, ":");
    for (size_t i = 0; i < request->n_headers; i++) {
        const struct emu_header *header = &request->headers[i];

        if (strlen(header->name) != name.len || strncasecmp(header->name, name.s, name.len) != 0)
            continue;
        if (!first)
            emu_text_puts(out, ",");
        add_folded(out, header->value);
        first = false;
    }
    emu_text_puts(out, "\n");
}

static int build_canonical_request(struct emu_text *out, const struct emu_request *request,
                                   struct emu_slice signed_headers)
{
    struct emu_slice rest = signed_headers;
    struct emu_query query;
    int rc;

    emu_text_printf(out, "%s\n", request->method);
    emu_uri_canonical_path(out, request->uri, emu_uri_path_length(request->uri));
    emu_text_puts(out, "\n");
    rc = emu_query_parse(&query, request->uri);
    if (rc == EMU_OK)
        rc = emu_query_canonical(out, &query);
    emu_query_free(&query);
    if (rc < 0)
        return rc;
    emu_text_puts(out, "\n");
    while (rest.len > 0)
        add_header(out, request, emu_slice_cut(&rest, ';'));
    emu_text_puts(out, "\n");
    emu_text_add(out, signed_headers.s, signed_headers.len);
    emu_text_puts(out, "\n");
    add_sha256(out, request->body, request->body_len);
    return out->failed ? EMU_OUT_OF_MEMORY : EMU_OK;
}

static int build_string_to_sign(struct emu_text *out, const struct emu_text *canonical_request,
                                struct emu_slice scope, const char *stamp)
{
    emu_text_printf(out, ALGORITHM "\n%s\n", stamp);
    emu_text_add(out, scope.s, scope.len);
    emu_text_puts(out, "\n");
    add_sha256(out, canonical_request->data, canonical_request->len);
    return out->failed ? EMU_OUT_OF_MEMORY : EMU_OK;
}

/* ---- the signature ---- */

struct key {
    unsigned char bytes[SHA256_DIGEST_LENGTH];
};

static struct key hmac(const void *key, size_t key_len, struct emu_slice message)
{
    struct key out = {{0}};

    HMAC(EVP_sha256(), key, (int)key_len, (const unsigned char *)message.s, message.len, out.bytes,
         NULL);
    return out;
}

/* Appends the signature in hexadecimal. */
static int sign(struct emu_text *out, const struct authorization *auth, const char *secret_key,
                const struct emu_text *string_to_sign)
{
    emu_auto_text secret = {0};
    struct key key;

    emu_text_printf(&secret, "AWS4%s", secret_key);
    if (secret.failed)
        return EMU_OUT_OF_MEMORY;
    key = hmac(secret.data, secret.len, auth->date);
    key = hmac(key.bytes, sizeof(key.bytes), auth->region);
    key = hmac(key.bytes, sizeof(key.bytes), auth->service);
    key = hmac(key.bytes, sizeof(key.bytes), emu_slice_of("aws4_request"));
    key = hmac(key.bytes, sizeof(key.bytes),
               (struct emu_slice){string_to_sign->data, string_to_sign->len});
    add_hex(out, key.bytes, sizeof(key.bytes));
    return out->failed ? EMU_OUT_OF_MEMORY : EMU_OK;
}

static int check_signature(struct emu_verdict *verdict, const struct emu_request *request,
                           const struct authorization *auth, const char *secret_key)
{
    const char *stamp = emu_request_header(request, "x-amz-date");
    emu_auto_text expected = {0};
    int rc;

    rc = build_canonical_request(&verdict->canonical_request, request, auth->signed_headers);
    if (rc == EMU_MALFORMED)
        return refuse(verdict, "InvalidSignatureException", "The query cannot be decoded.");
    if (rc < 0)
        return rc;
    rc = build_string_to_sign(&verdict->string_to_sign, &verdict->canonical_request, auth->scope,
                              stamp);
    if (rc < 0)
        return rc;
    rc = sign(&expected, auth, secret_key, &verdict->string_to_sign);
    if (rc < 0)
        return rc;
    if (auth->signature.len != HEX_LENGTH ||
        CRYPTO_memcmp(expected.data, auth->signature.s, HEX_LENGTH) != 0)
        return refuse(verdict, "InvalidSignatureException",
                      "The request signature we calculated does not match the signature you "
                      "provided. Check your AWS Secret Access Key and signing method. Consult the "
                      "service documentation for details.");
    return EMU_OK;
}

/* ---- all of it ---- */

static int check_scope(struct emu_verdict *verdict, const struct authorization *auth,
                       const char *stamp, const char *service)
{
    if (!emu_slice_is(auth->service, service))
        return refuse(verdict, "InvalidSignatureException",
                      "Credential should be scoped to correct service: '%s'.", service);
    if (auth->region.len == 0 || auth->region.len >= sizeof(verdict->region) ||
        !emu_slice_only(auth->region, LOWER DIGITS "-"))
        return refuse(verdict, "InvalidSignatureException",
                      "Credential should be scoped to a valid region.");
    if (strncmp(auth->date.s, stamp, auth->date.len) != 0)
        return refuse(verdict, "InvalidSignatureException",
                      "Date in Credential scope does not match YYYYMMDD from ISO-8601 version of "
                      "date from HTTP: '%.*s' != '%.8s'.",
                      (int)auth->date.len, auth->date.s, stamp);
    memcpy(verdict->region, auth->region.s, auth->region.len);
    return EMU_OK;
}

static int check_identity(struct emu_verdict *verdict, const struct emu_request *request,
                          const struct authorization *auth, const json_t *keyring)
{
    const char *token = emu_request_header(request, "x-amz-security-token");
    bool known = emu_keyring_find(keyring, auth->access_key, &verdict->key);
    const char *wanted = verdict->key.credentials.session_token;

    if (!known || (wanted != NULL && strcmp(token != NULL ? token : "", wanted) != 0))
        return refuse(verdict, "UnrecognizedClientException",
                      "The security token included in the request is invalid.");
    if (verdict->key.expires_us > 0 && verdict->key.expires_us <= request->now_us)
        return refuse(verdict, "ExpiredTokenException",
                      "The security token included in the request is expired");
    return EMU_OK;
}

static bool settled(const struct emu_verdict *verdict, int rc)
{
    return rc < 0 || verdict->error_type != NULL;
}

int emu_sigv4_verify(struct emu_verdict *verdict, const struct emu_request *request,
                     const json_t *keyring, const char *service)
{
    const char *value = emu_request_header(request, "authorization");
    const char *stamp = emu_request_header(request, "x-amz-date");
    struct authorization auth;
    const char *missing;
    int rc;

    *verdict = (struct emu_verdict){0};
    if (value == NULL)
        return refuse(verdict, "MissingAuthenticationTokenException",
                      "Missing Authentication Token");
    if (strncmp(value, ALGORITHM " ", strlen(ALGORITHM " ")) != 0)
        return refuse(verdict, "IncompleteSignatureException",
                      "Authorization header must start with '" ALGORITHM "'.");
    if (!parse_authorization(&auth, value, &missing))
        return refuse(verdict, "IncompleteSignatureException",
                      "Authorization header requires '%s' parameter.", missing);
    if (stamp == NULL)
        return refuse(verdict, "IncompleteSignatureException",
                      "Authorization header requires existence of a 'X-Amz-Date' header.");
    rc = check_time(verdict, stamp, (time_t)(request->now_us / 1000000));
    if (settled(verdict, rc))
        return rc;
    rc = check_scope(verdict, &auth, stamp, service);
    if (settled(verdict, rc))
        return rc;
    rc = check_identity(verdict, request, &auth, keyring);
    if (settled(verdict, rc))
        return rc;
    rc = check_signed_headers(verdict, request, &auth);
    if (settled(verdict, rc))
        return rc;
    return check_signature(verdict, request, &auth, verdict->key.credentials.secret_key);
}

struct emu_slice emu_sigv4_claimed_service(const struct emu_request *request)
{
    const char *value = emu_request_header(request, "authorization");
    struct authorization auth = {0};
    const char *missing;

    if (value != NULL)
        parse_authorization(&auth, value, &missing);
    return auth.service;
}

void emu_verdict_free(struct emu_verdict *verdict)
{
    emu_text_free(&verdict->message);
    emu_text_free(&verdict->canonical_request);
    emu_text_free(&verdict->string_to_sign);
}
