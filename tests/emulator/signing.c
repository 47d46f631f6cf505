/* The tests' own Signature Version 4, in code that neither library nor emulator has.
 *
 * SPDX-License-Identifier: MIT
 */
#include "client.h"

#include <openssl/evp.h>
#include <openssl/hmac.h>
#include <openssl/sha.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

static char *encode_but(const char *in, const char *kept)
{
    char *out = calloc(3, strlen(in) + 1);
    char *end = out;

    ck_assert_ptr_nonnull(out);
    for (; *in != '\0'; in++) {
        if (strchr("ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789-._~", *in) ||
            strchr(kept, *in))
            *end++ = *in;
        else
            end += sprintf(end, "%%%02X", (unsigned char)*in);
    }
    return out;
}

char *encode(const char *in)
{
    return encode_but(in, "");
}

static void to_hex(const unsigned char *bytes, char out[65])
{
    for (int i = 0; i < SHA256_DIGEST_LENGTH; i++)
        sprintf(out + 2 * i, "%02x", bytes[i]);
}

static void sha256_hex(const char *in, char out[65])
{
    unsigned char digest[SHA256_DIGEST_LENGTH];

    SHA256((const unsigned char *)in, strlen(in), digest);
    to_hex(digest, out);
}

static void hmac(unsigned char key[32], int key_len, const char *in)
{
    unsigned char out[32];

    HMAC(EVP_sha256(), key, key_len, (const unsigned char *)in, strlen(in), out, NULL);
    memcpy(key, out, 32);
}

static void make_signature(const struct signer *signer, const char *date, const char *to_sign,
                           char out[65])
{
    unsigned char key[256];
    int len = snprintf((char *)key, sizeof(key), "AWS4%s", signer->secret_key);

    hmac(key, len, date);
    hmac(key, 32, signer->region);
    hmac(key, 32, signer->service);
    hmac(key, 32, "aws4_request");
    hmac(key, 32, to_sign);
    to_hex(key, out);
}

/* A header's line, or nothing if it has no value. */
static char *line(const char *name, const char *value, const char *end)
{
    return value != NULL ? text("%s%s%s", name, value, end) : text("%s", "");
}

char *signed_request(const struct signer *signer, const char *method, const char *target,
                     const char *body)
{
    time_t now = time(NULL) + signer->skew;
    const char *content = body != NULL ? body : "";
    const char *type = signer->content_type != NULL ? signer->content_type : "application/json";
    const char *query = strchr(target, '?');
    char *raw_path = strndup(target, strcspn(target, "?"));
    char *path = encode_but(raw_path, "/");
    char stamp[17], body_hash[65], request_hash[65], signature[65];
    char *headers, *names, *canonical, *to_sign, *request, *token, *rpc, *content_type;
    struct tm tm;

    strftime(stamp, sizeof(stamp), "%Y%m%dT%H%M%SZ", gmtime_r(&now, &tm));
    sha256_hex(content, body_hash);
    names = text("%shost;x-amz-date%s%s", body != NULL ? "content-type;" : "",
                 signer->token != NULL ? ";x-amz-security-token" : "",
                 signer->target != NULL ? ";x-amz-target" : "");
    token = line("x-amz-security-token:", signer->token, "\n");
    rpc = line("x-amz-target:", signer->target, "\n");
    content_type = line("content-type:", body != NULL ? type : NULL, "\n");
    headers = text("%shost:127.0.0.1:%d\nx-amz-date:%s\n%s%s", content_type, emulator_port(), stamp,
                   token, rpc);
    free(token);
    free(rpc);
    free(content_type);
    if (query != NULL)
        query++;
    canonical = text("%s\n%s\n%s\n%s\n%s\n%s", method, path,
                     signer->query_order != NULL ? signer->query_order
                     : query != NULL             ? query
                                                 : "",
                     headers, names, body_hash);
    sha256_hex(canonical, request_hash);
    to_sign = text("AWS4-HMAC-SHA256\n%s\n%.8s/%s/%s/aws4_request\n%s", stamp, stamp,
                   signer->region, signer->service, request_hash);
    stamp[8] = '\0';
    make_signature(signer, stamp, to_sign, signature);
    stamp[8] = 'T';
    token = line("X-Amz-Security-Token: ", signer->token, "\r\n");
    rpc = line("X-Amz-Target: ", signer->target, "\r\n");
    content_type = line("Content-Type: ", body != NULL ? type : NULL, "\r\n");
    request = text("%s %s HTTP/1.1\r\nHost: 127.0.0.1:%d\r\nX-Amz-Date: %s\r\n%s%s%s"
                   "Authorization: AWS4-HMAC-SHA256 Credential=%s/%.8s/%s/%s/aws4_request, "
                   "SignedHeaders=%s, Signature=%s\r\n%sContent-Length: %zu\r\n"
                   "Connection: close\r\n\r\n%s",
                   method, target, emulator_port(), stamp, token, rpc, content_type,
                   signer->access_key, stamp, signer->region, signer->service, names, signature,
                   signer->unsigned_headers != NULL ? signer->unsigned_headers : "",
                   strlen(content), content);
    free(token);
    free(rpc);
    free(content_type);
    free(raw_path);
    free(path);
    free(headers);
    free(names);
    free(canonical);
    free(to_sign);
    return request;
}
