/* How much signing costs beyond the hashing that no signer can avoid: a Converse request through an
 * ARN with a session token, against OpenSSL hashing exactly the same bytes.
 *
 * The ideal hashes the body, the canonical request, and the string to sign under HMAC with the key
 * at hand; its digest is fetched once, its context reused, each text in one piece. Allocations are
 * those of the whole process: OpenSSL 3.0 makes one for each hash it begins.
 * SPDX-License-Identifier: MIT */
#include <bedrockcost/sign.h>
#include "sigv4.h"

#include <openssl/evp.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <time.h>

#if defined(__SANITIZE_ADDRESS__) || defined(__SANITIZE_THREAD__)
#define COUNTS_ALLOCATIONS 0
#elif defined(__has_feature)
#if __has_feature(address_sanitizer) || __has_feature(thread_sanitizer)
#define COUNTS_ALLOCATIONS 0
#endif
#endif
#ifndef COUNTS_ALLOCATIONS
#ifdef __GLIBC__
#define COUNTS_ALLOCATIONS 1
#else
#define COUNTS_ALLOCATIONS 0
#endif
#endif

enum {
    ROUNDS = 11,
    TOKEN_LENGTH = 850
};

static unsigned long allocations;

#if COUNTS_ALLOCATIONS
void *__libc_malloc(size_t);
void *__libc_calloc(size_t, size_t);
void *__libc_realloc(void *, size_t);

void *malloc(size_t n)
{
    allocations++;
    return __libc_malloc(n);
}

void *calloc(size_t n, size_t size)
{
    allocations++;
    return __libc_calloc(n, size);
}

void *realloc(void *p, size_t n)
{
    allocations++;
    return __libc_realloc(p, n);
}
#endif

/* ------------------------------------------------------------------- the ideal */

struct ideal {
    EVP_MD *digest;
    EVP_MD_CTX *context;
    const void *body;
    size_t body_length;
    struct brc__buf canonical_request;
    struct brc__buf string_to_sign;
    unsigned char inner[64], outer[64]; /* the key, padded for HMAC */
};

static void hash(struct ideal *ideal, const void *first, size_t first_length, const void *second,
                 size_t second_length, unsigned char *to)
{
    EVP_DigestInit_ex2(ideal->context, NULL, NULL);
    if (first_length > 0)
        EVP_DigestUpdate(ideal->context, first, first_length);
    EVP_DigestUpdate(ideal->context, second, second_length);
    EVP_DigestFinal_ex(ideal->context, to, NULL);
}

static void run_ideal(void *data)
{
    struct ideal *ideal = data;
    unsigned char digest[32];

    hash(ideal, NULL, 0, ideal->body, ideal->body_length, digest);
    hash(ideal, NULL, 0, ideal->canonical_request.data, ideal->canonical_request.length, digest);
    hash(ideal, ideal->inner, 64, ideal->string_to_sign.data, ideal->string_to_sign.length, digest);
    hash(ideal, ideal->outer, 64, digest, sizeof digest, digest);
}

/* ------------------------------------------------------------------- ours */

struct ours {
    brc_sign_input input;
    brc_credentials *credentials;
    int failures;
};

static void run_ours(void *data)
{
    struct ours *ours = data;
    char *headers;

    ours->failures += brc_sign(&ours->input, ours->credentials, &headers) < 0;
    brc_free(headers);
}

/* ------------------------------------------------------------------- measuring */

static double now_ns(void)
{
    struct timespec t;

    clock_gettime(CLOCK_THREAD_CPUTIME_ID, &t);
    return (double)t.tv_sec * 1e9 + (double)t.tv_nsec;
}

static double measure(void (*run)(void *), void *data, int count)
{
    double start = now_ns();

    for (int i = 0; i < count; i++)
        run(data);
    return (now_ns() - start) / count;
}

static int compare_doubles(const void *left, const void *right)
{
    double a = *(const double *)left, b = *(const double *)right;

    return (a > b) - (a < b);
}

static double median(double *values, int n)
{
    qsort(values, (size_t)n, sizeof values[0], compare_doubles);
    return values[n / 2];
}

/* Lets the ideal hash what ours hashes: the texts come from a signature made with a trace. */
static int prepare(struct ideal *ideal, const struct ours *ours)
{
    struct brc__error error;
    struct brc__buf lines = BRC__SECRET_BUF(BRC__CEILING_HEADERS);
    struct brc__keys *keys;
    struct brc__sigv4_trace trace = {.canonical_request = &ideal->canonical_request,
                                     .string_to_sign = &ideal->string_to_sign};

    ideal->body = ours->input.body;
    ideal->body_length = ours->input.body_length;
    brc__buf_truncate(&ideal->canonical_request, 0);
    brc__buf_truncate(&ideal->string_to_sign, 0);
    if (brc__credentials_acquire(ours->credentials, ours->input.time, &keys, &error) < 0)
        return -1;
    int rc = brc__sigv4_sign(&ours->input, keys, &trace, &lines);
    brc__buf_free(&lines);
    brc__keys_release(keys);
    return rc;
}

static int compare_at(struct ideal *ideal, struct ours *ours, size_t body_length, double goal)
{
    int count = body_length > 100000 ? 10 : body_length > 10000 ? 600 : 3000;
    double ideal_ns[ROUNDS], ours_ns[ROUNDS], ratios[ROUNDS];

    ours->input.body_length = body_length;
    if (prepare(ideal, ours) < 0)
        return -1;
    measure(run_ideal, ideal, count);
    measure(run_ours, ours, count);
    unsigned long start = allocations;
    run_ideal(ideal);
    unsigned long ideal_allocations = allocations - start;
    run_ours(ours);
    unsigned long ours_allocations = allocations - start - ideal_allocations;
    for (int i = 0; i < ROUNDS; i++) {
        ideal_ns[i] = measure(run_ideal, ideal, count);
        ours_ns[i] = measure(run_ours, ours, count);
        ratios[i] = ours_ns[i] / ideal_ns[i];
    }
    printf("body %7zu bytes: ideal %9.0f ns, brc_sign %9.0f ns, ratio %.3f (goal %.2f)",
           body_length, median(ideal_ns, ROUNDS), median(ours_ns, ROUNDS), median(ratios, ROUNDS),
           goal);
    if (COUNTS_ALLOCATIONS)
        printf(", allocations %lu and %lu", ideal_allocations, ours_allocations);
    putchar('\n');
    return ours->failures > 0 ? -1 : 0;
}

int main(void)
{
    static char token[TOKEN_LENGTH + 1], body[1 << 20];
    static const char *const headers[] = {
        "Content-Type: application/json",
        "amz-sdk-invocation-id: 01234567-89ab-4cde-8f01-23456789abcd",
    };
    struct ideal ideal = {.canonical_request = BRC__SECRET_BUF(BRC__CEILING_HEADERS),
                          .string_to_sign = BRC__BUF(BRC__CEILING_HEADERS)};
    struct ours ours = {
        .input = {.size = sizeof ours.input,
                  .method = "POST",
                  .url = "https://bedrock-runtime.us-east-1.amazonaws.com/model/"
                         "arn%3Aaws%3Abedrock%3Aus-east-1%3A123456789012%3A"
                         "application-inference-profile%2Fabc123def456/converse",
                  .headers = headers,
                  .header_count = 2,
                  .body = body,
                  .region = "us-east-1",
                  .service = "bedrock",
                  .time = 1767323045},
    };

    memset(token, 'T', TOKEN_LENGTH);
    memset(body, 'b', sizeof body);
    ideal.digest = EVP_MD_fetch(NULL, "SHA256", NULL);
    ideal.context = EVP_MD_CTX_new();
    if (ideal.digest == NULL || ideal.context == NULL ||
        EVP_DigestInit_ex2(ideal.context, ideal.digest, NULL) != 1 ||
        brc_credentials_new("AKIDEXAMPLE", "an-example-of-a-secret-access-key-0000", token,
                            &ours.credentials) < 0) {
        fputs("cannot prepare\n", stderr);
        return 1;
    }
    int failed = compare_at(&ideal, &ours, 1024, 1.15) < 0;
    failed |= compare_at(&ideal, &ours, 16 * 1024, 1.03) < 0;
    failed |= compare_at(&ideal, &ours, sizeof body, 1.01) < 0;
    brc_credentials_free(ours.credentials);
    brc__buf_free(&ideal.canonical_request);
    brc__buf_free(&ideal.string_to_sign);
    EVP_MD_CTX_free(ideal.context);
    EVP_MD_free(ideal.digest);
    return failed;
}
