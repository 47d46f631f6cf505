/* Signature verification: known signatures, then everything that must be refused.
 *
 * SPDX-License-Identifier: MIT
 */
#include "client.h"
#include "sigv4_verify.h"

#include <stdlib.h>
#include <string.h>

#define STAMP    "20260102T030405Z"
#define STAMP_US INT64_C(1767323045000000)
#define RUNTIME  "bedrock-runtime.us-east-1.amazonaws.com"
#define CONTROL  "bedrock.us-east-1.amazonaws.com"
#define BODY     "{\"messages\":[{\"role\":\"user\",\"content\":[{\"text\":\"hi\"}]}]}"
#define ARN      "arn%3Aaws%3Abedrock%3Aus-east-1%3A123456789012%3Aapplication-inference-profile%2F"
#define TOKEN    "FQoGZXIvYXdzEXAMPLE//token=="
#define AUTH     "AWS4-HMAC-SHA256 Credential=AKIDEXAMPLE/20260102/us-east-1/bedrock/aws4_request, "

static const struct emu_key EXAMPLE = {
    .credentials = {"AKIDEXAMPLE", "wJalrXUtnFEMI/K7MDENG+bPxRfiCYEXAMPLEKEY", NULL},
    .arn = "arn:aws:iam::123456789012:user/example",
    .user_id = "AIDAEXAMPLE",
};

/* The verdict of the one key known. */
static void judge(struct emu_verdict *verdict, const struct emu_request *request)
{
    json_t *keyring = json_object();

    ck_assert_int_eq(emu_keyring_add(keyring, &EXAMPLE), EMU_OK);
    ck_assert_int_eq(emu_sigv4_verify(verdict, request, keyring, "bedrock"), EMU_OK);
    json_decref(keyring);
}

/* Signatures that AWS's own signers made. */
static const struct vector {
    struct emu_request request;
    struct emu_header headers[5];
} VECTORS[] = {
    {{"POST", "/model/" ARN "abc123def456/converse", NULL, 4, BODY, sizeof(BODY) - 1, STAMP_US,
      false},
     {{"Host", RUNTIME},
      {"Content-Type", "application/json"},
      {"X-Amz-Date", STAMP},
      {"Authorization", AUTH "SignedHeaders=content-type;host;x-amz-date, Signature="
                             "f1ba2a7af893e1dd65d857d82482a3d4d655d04d85ce566a0bb546b602dc073c"}}},
    {{"POST", "/model/" ARN "abc123def456/converse", NULL, 5, BODY, sizeof(BODY) - 1, STAMP_US,
      false},
     {{"host", RUNTIME},
      {"content-type", "application/json"},
      {"x-amz-security-token", TOKEN},
      {"x-amz-date", STAMP},
      {"authorization",
       AUTH "SignedHeaders=content-type;host;x-amz-date;x-amz-security-token, Signature="
            "9a107e2155b609414ff32da7b1b8e6edced8818195e0b681fe0d7639be822d9e"}}},
    {{"GET", "/inference-profiles?type=APPLICATION&maxResults=10&nextToken=a%2Fb%3D%3D", NULL, 3,
      "", 0, STAMP_US, false},
     {{"host", CONTROL},
      {"x-amz-date", STAMP},
      {"authorization", AUTH "SignedHeaders=host;x-amz-date, Signature="
                             "da658c1455f08dbb640d3b217b4938b49ec3376de606cbac1cfa29e21a282def"}}},
    {{"GET", "/inference-profiles/" ARN "abc123def456", NULL, 3, "", 0, STAMP_US, false},
     {{"host", CONTROL},
      {"x-amz-date", STAMP},
      {"authorization", AUTH "SignedHeaders=host;x-amz-date, Signature="
                             "3d423a77f09c903abea378aa41e9dade646269f35073864297b2dcb64421a4b3"}}},
};

/* Verifies vector i after `change`, if any; the error type must be the one given. */
static void verify(int i, void (*change)(struct vector *vector), const char *error_type)
{
    struct vector vector = VECTORS[i];
    struct emu_verdict verdict;

    vector.request.headers = vector.headers;
    if (change != NULL)
        change(&vector);
    judge(&verdict, &vector.request);
    ck_assert_pstr_eq(verdict.error_type, error_type);
    if (error_type == NULL)
        ck_assert_str_eq(verdict.region, "us-east-1");
    else
        ck_assert_uint_gt(verdict.message.len, 0);
    emu_verdict_free(&verdict);
}

START_TEST(test_vector)
{
    verify(_i, NULL, NULL);
}
END_TEST

START_TEST(test_canonical_request_is_told)
{
    struct vector vector = VECTORS[0];
    struct emu_verdict verdict;

    vector.request.headers = vector.headers;
    vector.request.method = "PUT";
    judge(&verdict, &vector.request);
    ck_assert_str_eq(emu_text_string(&verdict.canonical_request),
                     "PUT\n/model/arn%253Aaws%253Abedrock%253Aus-east-1%253A123456789012%253A"
                     "application-inference-profile%252Fabc123def456/converse\n\n"
                     "content-type:application/json\nhost:" RUNTIME "\nx-amz-date:" STAMP "\n\n"
                     "content-type;host;x-amz-date\n"
                     "c3335e07d6e89650bf94cb98664be69f8774dbc3198df221f113db0a59ea14f0");
    ck_assert_ptr_nonnull(strstr(emu_text_string(&verdict.string_to_sign),
                                 STAMP "\n20260102/us-east-1/bedrock/aws4_request\n"));
    emu_verdict_free(&verdict);
}
END_TEST

/* ---- one change to a good request ---- */

static void other_path(struct vector *v)
{
    v->request.uri = "/model/" ARN "abc123def457/converse";
}

static void decoded_path(struct vector *v)
{
    v->request.uri = "/model/arn:aws:bedrock:us-east-1:123456789012:application-inference-profile/"
                     "abc123def456/converse";
}

static void other_body(struct vector *v)
{
    v->request.body_len--;
}

static void folded_value(struct vector *v)
{
    v->headers[1].value = "  application/json \t";
}

static void repeated_header(struct vector *v)
{
    v->headers[4] = (struct emu_header){"content-type", "text/plain"};
    v->request.n_headers = 5;
}

static void extra_amz_header(struct vector *v)
{
    v->headers[4] = (struct emu_header){"x-amz-meta", "1"};
    v->request.n_headers = 5;
}

static void free_header(struct vector *v)
{
    v->headers[4] = (struct emu_header){"user-agent", "anything"};
    v->request.n_headers = 5;
}

static void no_authorization(struct vector *v)
{
    v->request.n_headers = 3;
}

static void no_date(struct vector *v)
{
    v->headers[2].name = "date";
}

static void strange_date(struct vector *v)
{
    v->headers[2].value = "2026-01-02T03:04";
}

static void almost_late(struct vector *v)
{
    v->request.now_us += INT64_C(300) * 1000000;
}

static void late(struct vector *v)
{
    v->request.now_us += INT64_C(301) * 1000000;
}

static void almost_early(struct vector *v)
{
    v->request.now_us -= INT64_C(300) * 1000000;
}

static void early(struct vector *v)
{
    v->request.now_us -= INT64_C(301) * 1000000;
}

#define AUTHORIZATION(function, text)                                                              \
    static void function(struct vector *v)                                                         \
    {                                                                                              \
        v->headers[3].value = text;                                                                \
    }

#define SIGNED  "SignedHeaders=content-type;host;x-amz-date, "
#define GOOD    "Signature=f1ba2a7af893e1dd65d857d82482a3d4d655d04d85ce566a0bb546b602dc073c"
#define CRED(s) "AWS4-HMAC-SHA256 Credential=" s ", " SIGNED GOOD

AUTHORIZATION(empty_authorization, "")
AUTHORIZATION(bearer, "Bearer abc")
AUTHORIZATION(algorithm_alone, "AWS4-HMAC-SHA256 ")
AUTHORIZATION(no_credential, "AWS4-HMAC-SHA256 " SIGNED GOOD)
AUTHORIZATION(no_signed_headers, AUTH GOOD)
AUTHORIZATION(no_signature, AUTH SIGNED)
AUTHORIZATION(short_credential, CRED("AKIDEXAMPLE/20260102/us-east-1/bedrock"))
AUTHORIZATION(long_credential, CRED("AKIDEXAMPLE/20260102/us-east-1/bedrock/aws4_request/x"))
AUTHORIZATION(no_slashes, CRED("AKIDEXAMPLE"))
AUTHORIZATION(other_service, CRED("AKIDEXAMPLE/20260102/us-east-1/bedrock-runtime/aws4_request"))
AUTHORIZATION(other_date, CRED("AKIDEXAMPLE/20260103/us-east-1/bedrock/aws4_request"))
AUTHORIZATION(other_region, CRED("AKIDEXAMPLE/20260102/us-west-2/bedrock/aws4_request"))
AUTHORIZATION(no_region, CRED("AKIDEXAMPLE/20260102//bedrock/aws4_request"))
AUTHORIZATION(bad_region, CRED("AKIDEXAMPLE/20260102/us.east/bedrock/aws4_request"))
AUTHORIZATION(
    long_region,
    CRED("AKIDEXAMPLE/20260102/aaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaa/bedrock/aws4_request"))
AUTHORIZATION(other_key, CRED("AKIDOTHER/20260102/us-east-1/bedrock/aws4_request"))
AUTHORIZATION(unsorted, AUTH "SignedHeaders=host;content-type;x-amz-date, " GOOD)
AUTHORIZATION(upper_case, AUTH "SignedHeaders=Content-Type;host;x-amz-date, " GOOD)
AUTHORIZATION(twice, AUTH "SignedHeaders=content-type;host;host;x-amz-date, " GOOD)
AUTHORIZATION(host_unsigned, AUTH "SignedHeaders=content-type;x-amz-date, " GOOD)
AUTHORIZATION(type_unsigned, AUTH "SignedHeaders=host;x-amz-date, " GOOD)
AUTHORIZATION(absent_header, AUTH "SignedHeaders=content-type;date;host;x-amz-date, " GOOD)
AUTHORIZATION(short_signature, AUTH SIGNED "Signature=f1ba")
AUTHORIZATION(wrong_signature,
              AUTH SIGNED "Signature="
                          "f1ba2a7af893e1dd65d857d82482a3d4d655d04d85ce566a0bb546b602dc073d")
AUTHORIZATION(tight, "AWS4-HMAC-SHA256 Credential=AKIDEXAMPLE/20260102/us-east-1/bedrock/"
                     "aws4_request,SignedHeaders=content-type;host;x-amz-date," GOOD)

static const struct {
    void (*change)(struct vector *vector);
    const char *error_type;
} CHANGES[] = {
    {other_path, "InvalidSignatureException"},
    {decoded_path, "InvalidSignatureException"},
    {other_body, "InvalidSignatureException"},
    {folded_value, NULL},
    {repeated_header, "InvalidSignatureException"},
    {extra_amz_header, "InvalidSignatureException"},
    {free_header, NULL},
    {no_authorization, "MissingAuthenticationTokenException"},
    {no_date, "IncompleteSignatureException"},
    {strange_date, "IncompleteSignatureException"},
    {almost_late, NULL},
    {late, "InvalidSignatureException"},
    {almost_early, NULL},
    {early, "InvalidSignatureException"},
    {empty_authorization, "IncompleteSignatureException"},
    {bearer, "IncompleteSignatureException"},
    {algorithm_alone, "IncompleteSignatureException"},
    {no_credential, "IncompleteSignatureException"},
    {no_signed_headers, "IncompleteSignatureException"},
    {no_signature, "IncompleteSignatureException"},
    {short_credential, "IncompleteSignatureException"},
    {long_credential, "IncompleteSignatureException"},
    {no_slashes, "IncompleteSignatureException"},
    {other_service, "InvalidSignatureException"},
    {other_date, "InvalidSignatureException"},
    {other_region, "InvalidSignatureException"},
    {no_region, "InvalidSignatureException"},
    {bad_region, "InvalidSignatureException"},
    {long_region, "InvalidSignatureException"},
    {other_key, "UnrecognizedClientException"},
    {unsorted, "InvalidSignatureException"},
    {upper_case, "InvalidSignatureException"},
    {twice, "InvalidSignatureException"},
    {host_unsigned, "InvalidSignatureException"},
    {type_unsigned, "InvalidSignatureException"},
    {absent_header, "InvalidSignatureException"},
    {short_signature, "InvalidSignatureException"},
    {wrong_signature, "InvalidSignatureException"},
    {tight, NULL},
};

START_TEST(test_change)
{
    verify(0, CHANGES[_i].change, CHANGES[_i].error_type);
}
END_TEST

/* ---- over the wire ---- */

START_TEST(test_wire)
{
    struct signer signer = SIGNER;

    json_decref(expect_json(call("GET", "/inference-profiles", NULL), 200));
    signer.token = "any//token==";
    json_decref(expect_json(call_as(&signer, "GET", "/inference-profiles", NULL), 200));
    signer.secret_key = "wrong";
    expect_error(call_as(&signer, "GET", "/inference-profiles", NULL), 403,
                 "InvalidSignatureException", "does not match");
    signer = SIGNER;
    signer.access_key = "AKIDUNKNOWN";
    expect_error(call_as(&signer, "GET", "/inference-profiles", NULL), 403,
                 "UnrecognizedClientException", NULL);
    signer = SIGNER;
    signer.skew = -310;
    expect_error(call_as(&signer, "GET", "/inference-profiles", NULL), 403,
                 "InvalidSignatureException", "Signature expired: ");
    signer.skew = 310;
    expect_error(call_as(&signer, "GET", "/inference-profiles", NULL), 403,
                 "InvalidSignatureException", "Signature not yet current: ");
    signer = SIGNER;
    signer.unsigned_headers = "X-Amz-Target: x\r\n";
    expect_error(call_as(&signer, "GET", "/inference-profiles", NULL), 403,
                 "InvalidSignatureException", "X-Amz-Target");
    signer.unsigned_headers = "Authorization: \xff\xfe\r\nX-Amz-\xe9: \xff\r\n";
    expect_error(call_as(&signer, "GET", "/inference-profiles", NULL), 403,
                 "InvalidSignatureException", NULL);
    expect_error(own("GET", "/inference-profiles", NULL), 403,
                 "MissingAuthenticationTokenException", NULL);
}
END_TEST

START_TEST(test_query_order)
{
    struct signer signer = SIGNER;

    signer.query_order = "a=%2F&a=1&a-b=&maxResults=5&type=APPLICATION";
    json_decref(expect_json(
        call_as(&signer, "GET", "/inference-profiles?type=APPLICATION&a-b&a=1&maxResults=5&a=%2f",
                NULL),
        200));
    expect_error(call("GET", "/inference-profiles?a=%", NULL), 403, "InvalidSignatureException",
                 "decoded");
}
END_TEST

START_TEST(test_session_token_option)
{
    struct signer signer = SIGNER;

    emulator_start((const char *[]){"--session-token", "the/one", "--access-key", "MINE",
                                    "--secret-key", "hush", NULL});
    expect_error(call("GET", "/inference-profiles", NULL), 403, "UnrecognizedClientException",
                 NULL);
    signer.access_key = "MINE";
    signer.secret_key = "hush";
    expect_error(call_as(&signer, "GET", "/inference-profiles", NULL), 403,
                 "UnrecognizedClientException", NULL);
    signer.token = "another";
    expect_error(call_as(&signer, "GET", "/inference-profiles", NULL), 403,
                 "UnrecognizedClientException", NULL);
    signer.token = "the/one";
    json_decref(expect_json(call_as(&signer, "GET", "/inference-profiles", NULL), 200));
    emulator_stop();
}
END_TEST

int main(int argc, char **argv)
{
    Suite *suite = suite_create("signature");
    TCase *pure = tcase_create("pure");
    TCase *wire;

    tcase_add_loop_test(pure, test_vector, 0, COUNT(VECTORS));
    tcase_add_loop_test(pure, test_change, 0, COUNT(CHANGES));
    tcase_add_test(pure, test_canonical_request_is_told);
    tcase_add_test(pure, test_session_token_option);
    suite_add_tcase(suite, pure);
    wire = emulator_case(suite, "wire");
    tcase_add_test(wire, test_wire);
    tcase_add_test(wire, test_query_order);
    return run_suite(suite, argc, argv);
}
