/* Which service speaks what, and where it is.
 * SPDX-License-Identifier: MIT */
#include "run.h"

#include <service.h>

#include <string.h>

static const struct {
    const char *name;
    const char *found; /* NULL: none */
    const char *says;  /* of a name that is refused */
} names[] = {
    {"bedrock", "bedrock", NULL},
    {"bedrock-agent", "bedrock-agent", NULL},
    {"ce", "ce", NULL},
    {"budgets", "budgets", NULL},
    {"monitoring", "monitoring", NULL},
    {"cloudwatch", "monitoring", NULL},
    {"pricing", "pricing", NULL},
    {"dynamodb", "dynamodb", NULL},
    {"sts", "sts", NULL},
    {"iam", "iam", NULL},
    {"sns", "sns", NULL},
    {"sso", "sso", NULL},
    {"sso-oidc", "sso-oidc", NULL},
    {"", NULL, "none of those known"},
    {"s3", NULL, "none of those known"},
    {"Bedrock", NULL, "none of those known"},
    {"bedrock ", NULL, "none of those known"},
    {"ce\n", NULL, "none of those known"},
    {"bedrock-runtime", NULL, "brc_converse()"},
    {"Bedrock-Runtime", NULL, "brc_converse()"},
    {"bedrock-runtime-fips", NULL, "brc_converse()"},
    {"bedrock-agent-runtime", NULL, "brc_converse()"},
    {"bedrock-agentcore", NULL, "brc_converse()"},
    {"bedrock-agentcore-control", NULL, "brc_converse()"},
    {"bedrock-data-automation-runtime", NULL, "brc_converse()"},
    {"bedrock-mantle", NULL, "brc_converse()"},
    {"sagemaker-runtime", NULL, "brc_converse()"},
    {"sagemaker-runtime-http2", NULL, "brc_converse()"},
    {"runtime.sagemaker", NULL, "brc_converse()"},
};

START_TEST(service_is_found_by_its_name)
{
    struct brc__error error = {0};
    const struct brc__service *service;
    int rc = brc__service_find(names[_i].name, &service, &error);

    if (names[_i].found != NULL) {
        ck_assert_int_eq(rc, 0);
        ck_assert_str_eq(service->name, names[_i].found);
    } else {
        ck_assert_int_eq(rc, BRC_E_INVALID);
        ck_assert_ptr_null(service);
        ck_assert_msg(strstr(error.text, names[_i].says) != NULL, "%s", error.text);
    }
}
END_TEST

static const struct brc__service *find(const char *name)
{
    const struct brc__service *service;
    struct brc__error error;

    ck_assert_int_eq(brc__service_find(name, &service, &error), 0);
    return service;
}

START_TEST(bearer_tokens_go_to_bedrock_alone)
{
    for (size_t i = 0; i < sizeof names / sizeof *names; i++)
        if (names[i].found != NULL)
            ck_assert_int_eq(find(names[i].name)->bearer, strcmp(names[i].name, "bedrock") == 0);
}
END_TEST

static const struct {
    const char *service;
    const char *operation;
    bool is_unsigned;
} signatures[] = {
    {"sts", "AssumeRole", false},
    {"sts", "AssumeRoleWithWebIdentity", true},
    {"sts", "AssumeRoleWithSAML", true},
    {"sts", "GetCallerIdentity", false},
    {"iam", "AssumeRoleWithWebIdentity", false},
    {"sso", "GET /federation/credentials", true},
    {"sso-oidc", "POST /token", true},
    {"bedrock", "GET /inference-profiles", false},
};

START_TEST(some_operations_are_unsigned)
{
    ck_assert_int_eq(
        brc__service_is_unsigned(find(signatures[_i].service), signatures[_i].operation),
        signatures[_i].is_unsigned);
}
END_TEST

enum {
    FIPS = 1,
    DUAL = 2
};

static const struct {
    const char *service;
    const char *region;
    int kind;
    const char *endpoint;
    const char *signed_for; /* NULL: the region */
} endpoints[] = {
    {"bedrock", "us-east-1", 0, "https://bedrock.us-east-1.amazonaws.com", NULL},
    {"bedrock", "us-east-1", DUAL, "https://bedrock.us-east-1.api.aws", NULL},
    {"bedrock", "us-east-1", FIPS, "https://bedrock-fips.us-east-1.amazonaws.com", NULL},
    {"bedrock", "us-east-1", FIPS | DUAL, "https://bedrock-fips.us-east-1.api.aws", NULL},
    {"bedrock", "mx-central-1", 0, "https://bedrock.mx-central-1.amazonaws.com", NULL},
    {"bedrock", "cn-north-1", 0, "https://bedrock.cn-north-1.amazonaws.com.cn", NULL},
    {"bedrock", "cn-north-1", DUAL, "https://bedrock.cn-north-1.api.amazonwebservices.com.cn",
     NULL},
    {"bedrock", "eusc-de-east-1", 0, "https://bedrock.eusc-de-east-1.amazonaws.eu", NULL},
    {"bedrock", "us-gov-west-1", FIPS, "https://bedrock-fips.us-gov-west-1.amazonaws.com", NULL},
    {"bedrock-agent", "eu-west-1", 0, "https://bedrock-agent.eu-west-1.amazonaws.com", NULL},
    {"ce", "eu-west-1", 0, "https://ce.us-east-1.amazonaws.com", "us-east-1"},
    {"ce", "eu-west-1", DUAL, "https://ce.us-east-1.api.aws", "us-east-1"},
    {"ce", "eu-west-1", FIPS, "https://ce-fips.us-east-1.amazonaws.com", "us-east-1"},
    {"ce", "cn-north-1", 0, "https://ce.cn-northwest-1.amazonaws.com.cn", "cn-northwest-1"},
    {"ce", "us-gov-east-1", 0, "https://ce.us-gov-west-1.amazonaws.com", "us-gov-west-1"},
    {"ce", "eusc-de-east-1", 0, "https://ce.eusc-de-east-1.api.amazonwebservices.eu", NULL},
    {"budgets", "eu-west-1", 0, "https://budgets.amazonaws.com", "us-east-1"},
    {"budgets", "eu-west-1", DUAL, "https://budgets.us-east-1.api.aws", "us-east-1"},
    {"budgets", "eu-west-1", FIPS, "https://budgets-fips.amazonaws.com", "us-east-1"},
    {"budgets", "us-gov-west-1", 0, "https://budgets.amazonaws.com", NULL},
    {"monitoring", "us-west-2", 0, "https://monitoring.us-west-2.amazonaws.com", NULL},
    {"monitoring", "us-gov-west-1", FIPS, "https://monitoring.us-gov-west-1.amazonaws.com", NULL},
    {"pricing", "us-east-1", 0, "https://api.pricing.us-east-1.amazonaws.com", NULL},
    {"pricing", "us-east-1", FIPS, "https://api.pricing-fips.us-east-1.amazonaws.com", NULL},
    {"dynamodb", "ap-southeast-7", 0, "https://dynamodb.ap-southeast-7.amazonaws.com", NULL},
    {"dynamodb", "us-gov-east-1", FIPS, "https://dynamodb.us-gov-east-1.amazonaws.com", NULL},
    {"sts", "eu-central-1", 0, "https://sts.eu-central-1.amazonaws.com", NULL},
    {"sts", "us-gov-east-1", FIPS, "https://sts.us-gov-east-1.amazonaws.com", NULL},
    {"iam", "eu-west-1", 0, "https://iam.amazonaws.com", "us-east-1"},
    {"iam", "eu-west-1", DUAL, "https://iam.global.api.aws", "us-east-1"},
    {"iam", "cn-northwest-1", 0, "https://iam.cn-north-1.amazonaws.com.cn", "cn-north-1"},
    {"iam", "us-gov-east-1", 0, "https://iam.us-gov.amazonaws.com", "us-gov-west-1"},
    {"iam", "eusc-de-east-1", 0, "https://iam.eusc-de-east-1.amazonaws.eu", NULL},
    {"sns", "eu-west-1", FIPS | DUAL, "https://sns-fips.eu-west-1.api.aws", NULL},
    {"sso", "eu-west-1", 0, "https://portal.sso.eu-west-1.amazonaws.com", NULL},
    {"sso-oidc", "eu-west-1", 0, "https://oidc.eu-west-1.amazonaws.com", NULL},
};

START_TEST(endpoint_follows_from_the_region)
{
    const struct brc__endpoint_choice choice = {.kind.fips = endpoints[_i].kind & FIPS,
                                                .kind.dual_stack = endpoints[_i].kind & DUAL};
    brc__auto_buf struct brc__buf url = BRC__BUF(BRC__CEILING_URL);
    struct brc__error error = {0};
    const char *region;

    int rc = brc__service_endpoint(find(endpoints[_i].service), endpoints[_i].region, &choice, &url,
                                   &region, &error);
    ck_assert_msg(rc == 0, "%s", error.text);
    ck_assert_str_eq(url.data, endpoints[_i].endpoint);
    ck_assert_str_eq(region, endpoints[_i].signed_for == NULL ? endpoints[_i].region
                                                              : endpoints[_i].signed_for);
}
END_TEST

static const char *const no_regions[] = {
    "",
    "us",
    "us-east",
    "us-east-",
    "us-east-1a",
    "us-east-1 ",
    "us-east-1.evil.com",
    "us-east-1/x",
    "us-east-1#",
    "us-east-1\r\nHost: x",
    "US-EAST-1",
    "us-gov--1",
    "us-west-gov-1",
    "xx-east-1",
    "aws-global",
    "us-iso-east-1",
    "us-isob-east-1",
    "eu-isoe-west-1",
    "us-isof-south-1",
    "eusc-fr-east-1",
    "useast-1",
    "cn-north-1-2",
    "a-a-a-a-a-a-a-a-a-a-a-a-a-a-a-a-a-a-a-a-a-a-a-a-a-a-a-a-a-a-a-a-1",
};

START_TEST(region_that_is_none)
{
    const struct brc__endpoint_choice choice = {0};
    brc__auto_buf struct brc__buf url = BRC__BUF(BRC__CEILING_URL);
    struct brc__error error = {0};
    const char *region = "";

    ck_assert_int_eq(
        brc__service_endpoint(find("bedrock"), no_regions[_i], &choice, &url, &region, &error),
        BRC_E_INVALID);
    ck_assert_ptr_null(region);
    ck_assert_int_eq(strncmp(error.text, "region: ", 8), 0);
    ck_assert_uint_eq(url.length, 0);
}
END_TEST

static const struct {
    const char *service;
    const char *region;
    struct brc__endpoint_choice choice;
    const char *endpoint; /* NULL: refused */
    const char *says;
    const char *signed_for;
} own[] = {
    {"bedrock", "us-east-1", {.url = "http://127.0.0.1:80"}, "http://127.0.0.1:80", NULL, NULL},
    {"bedrock", "us-east-1", {.url = "https://gw.example/b//"}, "https://gw.example/b", NULL, NULL},
    {"bedrock", "us-iso-east-1", {.url = "https://gw.example"}, "https://gw.example", NULL, NULL},
    {"ce", "us-iso-east-1", {.url = "https://gw.example"}, "https://gw.example", NULL, NULL},
    {"ce", "eu-west-1", {.url = "https://gw.example"}, "https://gw.example", NULL, "us-east-1"},
    {"ce", "x", {.url = "https://gw.example"}, "https://gw.example", NULL, NULL},
    {"ce", "x y", {.url = "https://gw.example"}, NULL, "region", NULL},
    {"ce", "x", {.url = "https://gw.example", .kind.fips = true}, NULL, "FIPS", NULL},
    {"ce", "x", {.url = "https://gw.example", .kind.dual_stack = true}, NULL, "dual-stack", NULL},
    {"ce", "x", {.url = "http://gw.example", .what = "VAR"}, NULL, "VAR: http is", NULL},
    {"ce", "x", {.url = "https://gw.example?x", .what = "VAR"}, NULL, "VAR: not a URL", NULL},
    {"ce", "x", {.url = ""}, NULL, "not a URL", NULL},
    {"bedrock",
     "us-east-1",
     {.url = "https://bedrock-runtime.us-east-1.amazonaws.com"},
     NULL,
     "brc_converse()",
     NULL},
    {"bedrock",
     "us-east-1",
     {.url = "https://BEDROCK-Runtime-fips.us-east-1.amazonaws.com"},
     NULL,
     "brc_converse()",
     NULL},
    {"bedrock",
     "us-east-1",
     {.url = "https://vpce-0a.bedrock-agent-runtime.us-east-1.vpce.amazonaws.com"},
     NULL,
     "brc_converse()",
     NULL},
    {"bedrock",
     "us-east-1",
     {.url = "https://bedrock-mantle.us-east-1.api.aws/v1"},
     NULL,
     "brc_converse()",
     NULL},
    {"sts",
     "us-east-1",
     {.url = "https://runtime.sagemaker.us-east-1.amazonaws.com"},
     NULL,
     "brc_converse()",
     NULL},
};

START_TEST(endpoint_of_ones_own)
{
    brc__auto_buf struct brc__buf url = BRC__BUF(BRC__CEILING_URL);
    struct brc__error error = {0};
    const char *region = "";

    int rc = brc__service_endpoint(find(own[_i].service), own[_i].region, &own[_i].choice, &url,
                                   &region, &error);
    if (own[_i].endpoint == NULL) {
        ck_assert_int_eq(rc, BRC_E_INVALID);
        ck_assert_msg(strstr(error.text, own[_i].says) != NULL, "%s", error.text);
        ck_assert_ptr_null(region);
        return;
    }
    ck_assert_msg(rc == 0, "%s", error.text);
    ck_assert_str_eq(url.data, own[_i].endpoint);
    ck_assert_str_eq(region, own[_i].signed_for == NULL ? own[_i].region : own[_i].signed_for);
}
END_TEST

START_TEST(endpoint_that_has_no_room)
{
    const struct brc__endpoint_choice choice = {0};
    brc__auto_buf struct brc__buf url = BRC__BUF(10);
    struct brc__error error = {0};
    const char *region;

    ck_assert_int_eq(
        brc__service_endpoint(find("iam"), "us-east-1", &choice, &url, &region, &error),
        BRC_E_TOO_LARGE);
    ck_assert_int_eq(error.code, BRC_E_TOO_LARGE);
}
END_TEST

int main(void)
{
    Suite *suite = suite_create("service");
    TCase *cases = tcase_create("service");

    suite_add_tcase(suite, cases);
    tcase_add_loop_test(cases, service_is_found_by_its_name, 0, sizeof names / sizeof names[0]);
    tcase_add_test(cases, bearer_tokens_go_to_bedrock_alone);
    tcase_add_loop_test(cases, some_operations_are_unsigned, 0,
                        sizeof signatures / sizeof signatures[0]);
    tcase_add_loop_test(cases, endpoint_follows_from_the_region, 0,
                        sizeof endpoints / sizeof endpoints[0]);
    tcase_add_loop_test(cases, region_that_is_none, 0, sizeof no_regions / sizeof no_regions[0]);
    tcase_add_loop_test(cases, endpoint_of_ones_own, 0, sizeof own / sizeof own[0]);
    tcase_add_test(cases, endpoint_that_has_no_room);
    return run(suite);
}
