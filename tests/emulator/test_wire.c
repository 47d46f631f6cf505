/* How a service of each protocol finds its operations and writes its answers and errors: a service
 * that the test makes up.
 *
 * SPDX-License-Identifier: MIT
 */
#include "client.h"
#include "services.h"
#include "shape_macros.h"
#include "wire.h"

#include <string.h>

static const struct emu_shape TEXT = {.kind = EMU_STRING};
static const struct emu_shape INPUT = STRUCTURE(OPTIONAL("Name", TEXT));

static void no_answer(struct emu_call *call)
{
    emu_reply_json(call->reply, 200, json_object());
}

static const struct emu_operation OPERATIONS[] = {
    {.name = "Get", .input = &INPUT, .answer = no_answer},
    {.name = "GetAll", .input = &INPUT, .answer = no_answer},
    {0},
};

static const struct emu_service_error ERRORS[] = {
    {"BrokenException", 500, NULL},
    {"MissingException", 404, "Missing"},
    {"ThrottlingException", 418, NULL},
    {0},
};

static const struct emu_service RPC = {
    .name = "rpc",
    .signing_name = "rpc",
    .protocol = EMU_JSON_RPC,
    .version = "1.1",
    .target = "Target_2020",
    .message = "Message",
    .query_mode = true,
    .errors = ERRORS,
    .operations = OPERATIONS,
};

static const struct emu_service QUERY = {
    .name = "query",
    .signing_name = "query",
    .protocol = EMU_QUERY,
    .version = "2020-01-01",
    .xmlns = "urn:q",
    .errors = ERRORS,
    .operations = OPERATIONS,
};

/* ---- finding ---- */

static const struct {
    const char *method;
    const char *uri;
    const char *target;
    const char *operation; /* NULL: there is none */
} TARGETS[] = {
    {"POST", "/", "Target_2020.Get", "Get"},
    {"POST", "/?x=y", "Target_2020.GetAll", "GetAll"},
    {"GET", "/", "Target_2020.Get", NULL},
    {"POST", "/x", "Target_2020.Get", NULL},
    {"POST", "/", "Target_2020.get", NULL},
    {"POST", "/", "Target_2020.", NULL},
    {"POST", "/", "Target_2020", NULL},
    {"POST", "/", "Target_202.Get", NULL},
    {"POST", "/", "Target_2020.Get.", NULL},
    {"POST", "/", "", NULL},
    {"POST", "/", NULL, NULL},
};

START_TEST(test_target)
{
    const struct emu_header header = {"X-Amz-Target", TARGETS[_i].target};
    const struct emu_request request = {
        .method = TARGETS[_i].method,
        .uri = TARGETS[_i].uri,
        .headers = &header,
        .n_headers = TARGETS[_i].target != NULL,
        .body = "",
    };
    struct emu_asked asked = {.service = &RPC};

    if (TARGETS[_i].operation == NULL) {
        ck_assert_int_eq(EMU_WIRE_JSON_RPC.find(&request, &asked), EMU_INVALID);
        ck_assert_ptr_null(asked.operation);
    } else {
        ck_assert_int_eq(EMU_WIRE_JSON_RPC.find(&request, &asked), EMU_OK);
        ck_assert_str_eq(asked.operation->name, TARGETS[_i].operation);
    }
}
END_TEST

#define FORM_TYPE "application/x-www-form-urlencoded"

static const struct {
    const char *type;
    const char *form;
    int rc;
} FORMS[] = {
    {FORM_TYPE, "Action=Get&Version=2020-01-01", EMU_OK},
    {FORM_TYPE "; charset=utf-8", "Version=2020-01-01&Name=x&Action=Get", EMU_OK},
    {FORM_TYPE, "Action=Get&Version=2020-01-02", EMU_INVALID},
    {FORM_TYPE, "Action=Get", EMU_INVALID},
    {FORM_TYPE, "Action=get&Version=2020-01-01", EMU_INVALID},
    {FORM_TYPE, "Version=2020-01-01", EMU_INVALID},
    {FORM_TYPE, "", EMU_INVALID},
    {FORM_TYPE, "Action=Get&Version=2020-01-01&Name=%", EMU_MALFORMED},
    {"application/json", "Action=Get&Version=2020-01-01", EMU_INVALID},
    {"", "Action=Get&Version=2020-01-01", EMU_INVALID},
};

START_TEST(test_action)
{
    const struct emu_header header = {"content-type", FORMS[_i].type};
    const struct emu_request request = {
        .method = "POST",
        .uri = "/",
        .headers = &header,
        .n_headers = 1,
        .body = FORMS[_i].form,
        .body_len = strlen(FORMS[_i].form),
    };
    struct emu_asked asked = {.service = &QUERY};

    ck_assert_int_eq(EMU_WIRE_QUERY.find(&request, &asked), FORMS[_i].rc);
    ck_assert((asked.operation != NULL) == (FORMS[_i].rc == EMU_OK));
}
END_TEST

/* ---- input ---- */

static const struct {
    const char *body;
    const char *json; /* NULL: malformed */
} BODIES[] = {
    {"", "{}"},   {"{}", "{}"}, {"{\"Name\":\"x\"}", "{\"Name\":\"x\"}"},
    {"[]", NULL}, {"{", NULL},  {"\"x\"", NULL},
};

START_TEST(test_body)
{
    const struct emu_request request = {
        .method = "POST", .uri = "/", .body = BODIES[_i].body, .body_len = strlen(BODIES[_i].body)};
    const struct emu_asked asked = {.service = &RPC, .operation = OPERATIONS};
    json_t *expected = BODIES[_i].json != NULL ? json_loads(BODIES[_i].json, 0, NULL) : NULL;
    json_t *input;
    int rc = EMU_WIRE_JSON_RPC.gather(&request, &asked, &input);

    ck_assert_int_eq(rc, expected != NULL ? EMU_OK : EMU_MALFORMED);
    ck_assert(expected == NULL ? input == NULL : json_equal(input, expected));
    json_decref(expected);
    json_decref(input);
}
END_TEST

/* ---- answers ---- */

START_TEST(test_rpc_answer)
{
    const struct emu_request request = {.method = "POST", .uri = "/", .body = ""};
    const struct emu_asked asked = {.service = &RPC, .operation = OPERATIONS};
    struct emu_reply reply;

    emu_reply_init(&reply);
    emu_reply_json(&reply, 200, json_pack("{s:i}", "N", 1));
    EMU_WIRE_JSON_RPC.write(&request, &asked, &reply);
    ck_assert_str_eq(reply.body.data, "{\"N\":1}");
    ck_assert_str_eq(reply.content_type, "application/x-amz-json-1.1");
    ck_assert_ptr_null(reply.header[0]);
    emu_reply_free(&reply);
}
END_TEST

static const struct {
    const char *type;
    int status;
    const char *mode;
    const char *query_error; /* NULL: no such header */
} RPC_ERRORS[] = {
    {"MissingException", 404, "true", "Missing;Sender"},
    {"BrokenException", 500, "true", "BrokenException;Receiver"},
    {"MissingException", 404, "false", NULL},
};

START_TEST(test_rpc_error)
{
    const struct emu_header header = {"x-amzn-query-mode", RPC_ERRORS[_i].mode};
    const struct emu_request request = {
        .method = "POST", .uri = "/", .headers = &header, .n_headers = 1, .body = ""};
    const struct emu_asked asked = {.service = &RPC};
    struct emu_reply reply;
    json_t *error;

    emu_reply_init(&reply);
    emu_reply_error(&reply, RPC_ERRORS[_i].type, "what is \"wrong\"");
    reply.status = RPC_ERRORS[_i].status;
    EMU_WIRE_JSON_RPC.write(&request, &asked, &reply);
    error = json_loadb(reply.body.data, reply.body.len, JSON_ALLOW_NUL, NULL);
    ck_assert_str_eq(json_string_value(json_object_get(error, "__type")), RPC_ERRORS[_i].type);
    ck_assert_str_eq(json_string_value(json_object_get(error, "Message")), "what is \"wrong\"");
    ck_assert_uint_eq(json_object_size(error), 2);
    ck_assert(reply.error_in_body);
    ck_assert_str_eq(reply.error_type, RPC_ERRORS[_i].type);
    ck_assert_int_eq(reply.status, RPC_ERRORS[_i].status);
    ck_assert_pstr_eq(reply.header[0],
                      RPC_ERRORS[_i].query_error != NULL ? "x-amzn-query-error" : NULL);
    ck_assert_pstr_eq(reply.header[1], RPC_ERRORS[_i].query_error);
    json_decref(error);
    emu_reply_free(&reply);
}
END_TEST

START_TEST(test_query_answers)
{
    const struct emu_request request = {.method = "POST", .uri = "/", .body = ""};
    const struct emu_asked asked = {.service = &QUERY, .operation = OPERATIONS};
    struct emu_reply reply;

    emu_reply_init(&reply);
    emu_reply_json(&reply, 200, json_pack("{s:i}", "N", 1));
    EMU_WIRE_QUERY.write(&request, &asked, &reply);
    ck_assert_ptr_nonnull(strstr(reply.body.data, "<GetResponse xmlns=\"urn:q\">"));
    ck_assert_ptr_nonnull(strstr(reply.body.data, "<N>1</N>"));
    emu_reply_error(&reply, "MissingException", "a < b");
    EMU_WIRE_QUERY.write(&request, &asked, &reply);
    ck_assert_ptr_nonnull(strstr(reply.body.data, "<Code>MissingException</Code>"));
    ck_assert_ptr_nonnull(strstr(reply.body.data, "<Message>a &lt; b</Message>"));
    ck_assert(reply.error_in_body);
    emu_reply_free(&reply);
}
END_TEST

/* ---- errors ---- */

static const struct {
    const struct emu_service *service;
    const char *type;
    const char *name;
    int status;
} NAMES[] = {
    {&EMU_BEDROCK, "ThrottlingException", "ThrottlingException", 429},
    {&EMU_BEDROCK, "ConflictException", "ConflictException", 400},
    {&EMU_BEDROCK, "NobodyKnowsException", "NobodyKnowsException", 500},
    {&RPC, "AccessDeniedException", "AccessDeniedException", 400},
    {&RPC, "UnrecognizedClientException", "UnrecognizedClientException", 400},
    {&RPC, "ServiceUnavailableException", "ServiceUnavailableException", 503},
    {&RPC, "BrokenException", "BrokenException", 500},
    {&RPC, "NobodyKnowsException", "NobodyKnowsException", 400},
    {&RPC, "ThrottlingException", "ThrottlingException", 418},
    {&QUERY, "ThrottlingException", "ThrottlingException", 418}, /* its own */
    {&QUERY, "ValidationException", "ValidationError", 400},
    {&QUERY, "InvalidSignatureException", "SignatureDoesNotMatch", 403},
    {&QUERY, "UnrecognizedClientException", "InvalidClientTokenId", 403},
    {&QUERY, "AccessDeniedException", "AccessDenied", 403},
    {&QUERY, "UnknownOperationException", "InvalidAction", 400},
    {&QUERY, "InternalServerException", "InternalFailure", 500},
    {&QUERY, "MissingException", "MissingException", 404},
    {&QUERY, "NobodyKnowsException", "NobodyKnowsException", 400},
};

START_TEST(test_error_name)
{
    const char *name = emu_service_error_name(NAMES[_i].service, NAMES[_i].type);

    ck_assert_str_eq(name, NAMES[_i].name);
    ck_assert_int_eq(emu_service_error_status(NAMES[_i].service, name), NAMES[_i].status);
}
END_TEST

START_TEST(test_usual_error)
{
    ck_assert_str_eq(emu_service_error_type(&QUERY, 404), "MissingException");
    ck_assert_str_eq(emu_service_error_type(&QUERY, 503), "ServiceUnavailable");
    ck_assert_str_eq(emu_service_error_type(&RPC, 503), "ServiceUnavailableException");
    ck_assert_str_eq(emu_service_error_type(&EMU_BEDROCK, 400), "ValidationException");
    ck_assert_ptr_null(emu_service_error_type(&RPC, 599));
}
END_TEST

int main(int argc, char **argv)
{
    Suite *suite = suite_create("wire");
    TCase *tcase = tcase_create("wire");

    suite_add_tcase(suite, tcase);
    tcase_add_loop_test(tcase, test_target, 0, COUNT(TARGETS));
    tcase_add_loop_test(tcase, test_action, 0, COUNT(FORMS));
    tcase_add_loop_test(tcase, test_body, 0, COUNT(BODIES));
    tcase_add_test(tcase, test_rpc_answer);
    tcase_add_loop_test(tcase, test_rpc_error, 0, COUNT(RPC_ERRORS));
    tcase_add_test(tcase, test_query_answers);
    tcase_add_loop_test(tcase, test_error_name, 0, COUNT(NAMES));
    tcase_add_test(tcase, test_usual_error);
    return run_suite(suite, argc, argv);
}
