/* Signatures against the vectors of AWS's own signer, stage by stage.
 * SPDX-License-Identifier: MIT */
#include "run.h"
#include "sigv4.h"

#include <dirent.h>
#include <stdio.h>
#include <string.h>

enum {
    CASES_MAX = 200,
    CASES_LEAST = 40,
    HEADERS_MAX = 64
};

static char *case_names[CASES_MAX];
static int case_count;

static int compare_texts(const void *left, const void *right)
{
    return strcmp(*(char *const *)left, *(char *const *)right);
}

static void list_cases(void)
{
    DIR *folder = opendir(VECTORS "/sigv4");
    const struct dirent *entry;

    while (folder != NULL && case_count < CASES_MAX && (entry = readdir(folder)) != NULL)
        if (entry->d_name[0] != '.')
            case_names[case_count++] = strdup(entry->d_name);
    if (folder != NULL)
        closedir(folder);
    qsort(case_names, (size_t)case_count, sizeof case_names[0], compare_texts);
}

static void free_cases(void)
{
    while (case_count > 0)
        free(case_names[--case_count]);
}

/* A file of a case without its last line feed. */
static char *read_vector(const char *case_name, const char *file_name)
{
    enum {
        SIZE = 1 << 16
    };
    char path[1000], *text = malloc(SIZE);

    snprintf(path, sizeof path, VECTORS "/sigv4/%s/%s", case_name, file_name);
    FILE *file = fopen(path, "rb");
    ck_assert_msg(file != NULL, "%s cannot be read", path);
    ck_assert_ptr_nonnull(text);
    size_t n = fread(text, 1, SIZE, file);
    fclose(file);
    ck_assert(n > 0 && n < SIZE && text[n - 1] == '\n');
    text[n - 1] = '\0';
    return text;
}

/* A request as its file tells it; the strings are slices of the file's text. */
struct vector {
    char *text;
    brc_sign_input input;
    const char *headers[HEADERS_MAX];
    const char *id, *secret, *token;
    char *filler;
};

static char *unescape(char *text)
{
    char *to = text;

    for (const char *p = text; *p != '\0'; p++) {
        if (*p != '\\') {
            *to++ = *p;
            continue;
        }
        p++;
        *to++ = *p == 'r' ? '\r' : *p == 'n' ? '\n' : *p == 't' ? '\t' : *p;
    }
    *to = '\0';
    return text;
}

static void fill_body(struct vector *vector, size_t n)
{
    vector->filler = malloc(n);
    ck_assert_ptr_nonnull(vector->filler);
    for (size_t i = 0; i < n; i++)
        vector->filler[i] = (char)('a' + i % 26);
    vector->input.body = vector->filler;
    vector->input.body_length = n;
}

static void set_member(struct vector *vector, const char *key, char *value)
{
    brc_sign_input *input = &vector->input;

    if (strcmp(key, "method") == 0) {
        input->method = value;
    } else if (strcmp(key, "url") == 0) {
        input->url = value;
    } else if (strcmp(key, "region") == 0) {
        input->region = value;
    } else if (strcmp(key, "service") == 0) {
        input->service = value;
    } else if (strcmp(key, "time") == 0) {
        input->time = strtoll(value, NULL, 10);
    } else if (strcmp(key, "access-key-id") == 0) {
        vector->id = value;
    } else if (strcmp(key, "secret-access-key") == 0) {
        vector->secret = value;
    } else if (strcmp(key, "session-token") == 0) {
        vector->token = value;
    } else if (strcmp(key, "header") == 0) {
        ck_assert_uint_lt(input->header_count, HEADERS_MAX);
        vector->headers[input->header_count++] = unescape(value);
    } else if (strcmp(key, "body") == 0) {
        input->body = value;
        input->body_length = strlen(value);
    } else if (strcmp(key, "body-filler") == 0) {
        fill_body(vector, strtoul(value, NULL, 10));
    } else {
        ck_abort_msg("what is \"%s\"?", key);
    }
}

static void read_request(struct vector *vector, const char *case_name)
{
    *vector = (struct vector){.input = {.size = sizeof vector->input}};
    vector->text = read_vector(case_name, "request.txt");
    vector->input.headers = vector->headers;
    char *line = vector->text;
    while (line != NULL) {
        char *end = strchr(line, '\n');
        if (end != NULL)
            *end = '\0';
        char *colon = strstr(line, ": ");
        ck_assert_ptr_nonnull(colon);
        *colon = '\0';
        set_member(vector, line, colon + 2);
        line = end != NULL ? end + 1 : NULL;
    }
}

static void check_text(const char *case_name, const char *file_name, const struct brc__buf *got)
{
    char *expected = read_vector(case_name, file_name);

    ck_assert_str_eq(got->data, expected);
    free(expected);
}

/* The lines to add, put together from what the case says. */
static void check_lines(const char *case_name, const struct vector *vector, const char *lines)
{
    char *authorization = read_vector(case_name, "authorization.txt");
    char *string_to_sign = read_vector(case_name, "string-to-sign.txt");
    struct brc__buf expected = BRC__BUF(1 << 16);

    brc__buf_appendf(&expected, "X-Amz-Date: %.16s\n", strchr(string_to_sign, '\n') + 1);
    if (vector->token != NULL)
        brc__buf_appendf(&expected, "X-Amz-Security-Token: %s\n", vector->token);
    brc__buf_appendf(&expected, "Authorization: %s\n", authorization);
    ck_assert_str_eq(lines, expected.data);
    brc__buf_free(&expected);
    free(string_to_sign);
    free(authorization);
}

START_TEST(signs_as_aws_does)
{
    const char *name = case_names[_i];
    struct vector vector;
    brc_credentials *credentials;
    struct brc__error error;
    struct brc__keys *keys;
    struct brc__buf lines = BRC__SECRET_BUF(1 << 16), names = BRC__BUF(1 << 16),
                    canonical_request = BRC__SECRET_BUF(1 << 16),
                    string_to_sign = BRC__BUF(1 << 16);
    struct brc__sigv4_trace trace = {.signed_headers = &names,
                                     .canonical_request = &canonical_request,
                                     .string_to_sign = &string_to_sign};
    char *headers;

    read_request(&vector, name);
    ck_assert_int_eq(brc_credentials_new(vector.id, vector.secret, vector.token, &credentials), 0);
    ck_assert_int_eq(brc__credentials_acquire(credentials, vector.input.time, &keys, &error), 0);
    ck_assert_int_eq(brc__sigv4_sign(&vector.input, keys, &trace, &lines), BRC_OK);
    check_text(name, "canonical-request.txt", &canonical_request);
    check_text(name, "string-to-sign.txt", &string_to_sign);
    check_lines(name, &vector, lines.data);
    ck_assert_ptr_nonnull(strstr(string_to_sign.data, trace.request_hash));
    ck_assert_ptr_nonnull(strstr(canonical_request.data, names.data));
    for (int turn = 0; turn < 2; turn++) {
        ck_assert_int_eq(brc_sign(&vector.input, credentials, &headers), BRC_OK);
        ck_assert_str_eq(headers, lines.data);
        ck_assert_ptr_null(brc_free(headers));
    }
    brc__buf_free(&string_to_sign);
    brc__buf_free(&canonical_request);
    brc__buf_free(&names);
    brc__buf_free(&lines);
    brc__keys_release(keys);
    brc_credentials_free(credentials);
    free(vector.filler);
    free(vector.text);
}
END_TEST

START_TEST(has_enough_vectors)
{
    ck_assert_int_ge(case_count, CASES_LEAST);
    ck_assert_int_lt(case_count, CASES_MAX);
}
END_TEST

int main(void)
{
    Suite *suite = suite_create("sigv4_vectors");
    TCase *cases = tcase_create("sigv4_vectors");

    list_cases();
    suite_add_tcase(suite, cases);
    tcase_add_test(cases, has_enough_vectors);
    tcase_add_loop_test(cases, signs_as_aws_does, 0, case_count);
    int rc = run(suite);
    free_cases();
    return rc;
}
