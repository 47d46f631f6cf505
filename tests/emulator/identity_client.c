/* Asking the sources of credentials, and reading what they answer.
 *
 * SPDX-License-Identifier: MIT
 */
#include "identity_client.h"

#include <stdlib.h>
#include <string.h>

#define FORM_TYPE "application/x-www-form-urlencoded; charset=utf-8"

static void start(void)
{
    emulator_start((const char *[]){"--identity", NULL});
}

TCase *identity_case(Suite *suite, const char *name)
{
    TCase *tcase = tcase_create(name);

    tcase_add_checked_fixture(tcase, start, emulator_stop);
    suite_add_tcase(suite, tcase);
    return tcase;
}

struct signer sts_signer(void)
{
    struct signer signer = SIGNER;

    signer.service = "sts";
    signer.content_type = FORM_TYPE;
    return signer;
}

struct response sts_as(const struct signer *signer, const char *form)
{
    return call_as(signer, "POST", "/", form);
}

struct response sts(const char *form)
{
    struct signer signer = sts_signer();

    return sts_as(&signer, form);
}

struct response sts_unsigned(const char *form)
{
    return ask_with("POST", "/", "Content-Type: " FORM_TYPE "\r\n", form);
}

char *element(const struct response *response, const char *name)
{
    char *opening = text("<%s>", name);
    char *closing = text("</%s>", name);
    const char *start = strstr(response->body, opening);
    const char *end = start != NULL ? strstr(start, closing) : NULL;
    char *found;

    ck_assert_msg(end != NULL, "no %s in %s", name, response->body);
    start += strlen(opening);
    found = strndup(start, (size_t)(end - start));
    free(opening);
    free(closing);
    return found;
}

void expect_sts_error(struct response response, int status, const char *code)
{
    char *found = element(&response, "Code");
    char *type = element(&response, "Type");
    char *message = element(&response, "Message");
    char *id = element(&response, "RequestId");

    ck_assert_msg(response.status == status && strcmp(found, code) == 0, "wanted %d %s, got %d: %s",
                  status, code, response.status, response.body);
    ck_assert_str_eq(response.content_type, "text/xml");
    ck_assert_str_eq(response.error_type, "");
    ck_assert_str_eq(type, status < 500 ? "Sender" : "Receiver");
    ck_assert_str_eq(id, response.request_id);
    ck_assert_str_ne(message, "");
    free(found);
    free(type);
    free(message);
    free(id);
    response_free(&response);
}

char *expect_text(struct response response, int status)
{
    char *body = strdup(response.body);

    ck_assert_msg(response.status == status, "wanted %d, got %d: %s", status, response.status,
                  body);
    response_free(&response);
    return body;
}

struct signer signer_of(const json_t *json, const char *id, const char *secret, const char *token)
{
    struct signer signer = sts_signer();

    signer.access_key = json_string_value(json_object_get(json, id));
    signer.secret_key = json_string_value(json_object_get(json, secret));
    signer.token = json_string_value(json_object_get(json, token));
    ck_assert_ptr_nonnull(signer.access_key);
    ck_assert_ptr_nonnull(signer.secret_key);
    ck_assert_ptr_nonnull(signer.token);
    return signer;
}

void expect_caller(const struct signer *signer, const char *arn)
{
    struct response response = sts_as(signer, WHO);
    char *found = element(&response, "Arn");

    ck_assert_int_eq(response.status, 200);
    ck_assert_str_eq(found, arn);
    free(found);
    response_free(&response);
}

char *imds_token(void)
{
    char *token = expect_text(ask_with("PUT", "/latest/api/token",
                                       "X-aws-ec2-metadata-token-ttl-seconds: 21600\r\n", NULL),
                              200);
    char *header = text("X-aws-ec2-metadata-token: %s\r\n", token);

    free(token);
    return header;
}

void set_up(const char *setup)
{
    json_decref(expect_json(own("POST", "/_identity/setup", setup), 200));
}

void add_identity_fault(const char *fault)
{
    json_decref(expect_json(own("POST", "/_identity/faults", fault), 200));
}
