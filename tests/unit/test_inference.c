/* What runs models is closed, however it is spelled; what does not is open.
 * SPDX-License-Identifier: MIT */
#include "run.h"

#include <aws_request.h>
#include <inference.h>

#include <string.h>

static const char *const closed[] = {
    "POST /model-invocation-job",
    "POST /model-invocation-job/",
    "POST /model-invocation-job//",
    "POST //model-invocation-job",
    "POST ///model-invocation-job///",
    "POST /./model-invocation-job",
    "POST /model-invocation-job/.",
    "POST /model-invocation-job/./",
    "POST /././model-invocation-job/./.",
    "POST /x/../model-invocation-job",
    "POST /x/y/../../model-invocation-job",
    "POST /../model-invocation-job",
    "POST /../../model-invocation-job",
    "POST /model-invocation-job/x/..",
    "POST /model-invocation-job/x/../",
    "POST /%2e/model-invocation-job",
    "POST /%2E/model-invocation-job",
    "POST /x/%2e%2e/model-invocation-job",
    "POST /x/%2E./model-invocation-job",
    "POST /x/.%2e/model-invocation-job",
    "POST /x%2F..%2Fmodel-invocation-job",
    "POST /x%2f..%2fmodel-invocation-job",
    "POST %2Fmodel-invocation-job",
    "POST /%2Fmodel-invocation-job",
    "POST /model-invocation-job%2F",
    "POST /model-invocation-job%2f%2F",
    "POST /model%2Dinvocation%2Djob",
    "POST /%6dodel-invocation-job",
    "POST /%6D%6F%64%65%6C-invocation-job",
    "POST /%4Dodel-invocation-job",
    "POST /model%252Dinvocation-job",
    "POST /%256dodel-invocation-job",
    "POST /%25252525256dodel-invocation-job",
    "POST /%%36dodel-invocation-job",
    "POST /%6%64odel-invocation-job",
    "POST /MODEL-INVOCATION-JOB",
    "POST /Model-Invocation-Job",
    "POST /model-invocation-JOB/",
    "POST /model-invocation-job?x=y",
    "POST /model-invocation-job/?x",
    "POST /model-invocation-job?",
    "POST /model-invocation-job#x",
    "POST /model-invocation-job#/../x",
    "POST /model-invocation-job%3Fx",
    "POST /model-invocation-job%23x",
    "POST /model-invocation-job;x=y",
    "POST /model-invocation-job%3Bx=y",
    "POST /model-invocation-job;/",
    "POST \\model-invocation-job",
    "POST /x\\..\\model-invocation-job",
    "POST /%5Cmodel-invocation-job",
    "POST /x%5C..%5Cmodel-invocation-job",
    "POST /model-invocation-job ",
    "POST  /model-invocation-job",
    "POST /model-invocation-job HTTP/1.1",
    "POST /model-invocation-job%20",
    "POST /model-invocation-job%00",
    "POST /model-invocation-job%0d%0a",
    "POST /model-invocation-job\r\n",
    "POST /model-invocation-job\n",
    "POST /model-invocation-job\t",
    "POST\t/model-invocation-job",
    "POST /model-invocation\r\n-job",
    "POST /model-%0Ainvocation-job",
    "POST model-invocation-job",
    "POST https://bedrock.us-east-1.amazonaws.com/model-invocation-job",
    "POST https://x/y/model-invocation-job",
    "POST //bedrock.us-east-1.amazonaws.com/model-invocation-job",
    "post /model-invocation-job",
    "Post /model-invocation-job",
    "PUT /model-invocation-job",
    "PATCH /model-invocation-job",
    "HEAD /model-invocation-job",
    "X /model-invocation-job",
    "/model-invocation-job",
    "POST /a/b/model-invocation-job",
    "POST /evaluation-jobs",
    "POST /Evaluation-Jobs/",
    "POST /%65valuation-jobs",
    "POST /advanced-prompt-optimization-jobs",
    "POST /model-customization-jobs",
    "POST /automated-reasoning-policies/p/build-workflows/INGEST_CONTENT/start",
    "POST /automated-reasoning-policies/arn%3Aaws%3Ax%2Fp/build-workflows/w/test-workflows",
    "PUT /knowledgebases/k/datasources/d/ingestionjobs",
    "PUT /knowledgebases/k/datasources/d/ingestionjobs/",
    "PUT /knowledgebases/k/datasources/d/IngestionJobs/",
    "PUT /knowledgebases/k/datasources/d%2Fingestionjobs",
    "PUT /knowledgebases/k/datasources/d/documents",
    "POST /model/m/converse",
    "POST /model/m/converse-stream",
    "POST /model/arn%3Aaws%3Abedrock%3A%3A%3Ainference-profile%2Fx/invoke",
    "POST /model/m/invoke-with-response-stream",
    "POST /MODEL/m/invoke",
    "POST /async-invoke",
    "POST /guardrail/g/version/1/apply",
    "POST /guardrail-checks/invoke",
    "POST /openai/v1/chat/completions",
    "POST /v1/responses",
    "POST /anthropic/v1/messages",
    "POST /agents/a/agentAliases/b/sessions/s/text",
    "POST /flows/f/aliases/a",
    "POST /flows/f/aliases/a/executions",
    "POST /knowledgebases/k/retrieve",
    "POST /retrieveAndGenerate",
    "POST /retrieveAndGenerateStream",
    "POST /generateQuery",
    "POST /optimize-prompt",
    "POST /rerank",
    "POST /endpoints/e/invocations",
};

static int make(const char *service_name, const char *endpoint, const char *operation,
                struct brc__error *error)
{
    brc__auto_aws_request struct brc__aws_request request = BRC__AWS_REQUEST;
    const struct brc__service *service;

    ck_assert_int_eq(brc__service_find(service_name, &service, error), 0);
    return brc__aws_request_make(service, endpoint, operation, NULL, &request, error);
}

START_TEST(closed_in_every_spelling)
{
    static const char *const names[] = {"bedrock", "bedrock-agent"};

    for (int i = 0; i < 2; i++) {
        struct brc__error error = {0};
        ck_assert_int_eq(make(names[i], "https://x", closed[_i], &error), BRC_E_INVALID);
    }
}
END_TEST

/* What is no operation by its blanks is refused in other words. */
static bool is_odd(const char *operation)
{
    return strchr(operation, ' ') == NULL || strstr(operation, " HTTP") != NULL;
}

START_TEST(closed_with_the_way_that_is_open)
{
    struct brc__error error = {0};

    make("bedrock", "https://x/base", closed[_i], &error);
    if (!is_odd(closed[_i]))
        ck_assert_msg(strstr(error.text, "brc_converse()") != NULL, "%s: %s", closed[_i],
                      error.text);
}
END_TEST

static const struct {
    const char *endpoint;
    const char *operation;
} split[] = {
    {"https://x/model-invocation-job", "POST /"},
    {"https://x/model", "POST /m/converse"},
    {"https://x/base/model", "POST /m/converse"},
    {"https://x/%6dodel", "POST /m/converse"},
};

START_TEST(closed_below_an_endpoint)
{
    struct brc__error error = {0};

    ck_assert_int_eq(make("bedrock", split[_i].endpoint, split[_i].operation, &error),
                     BRC_E_INVALID);
    ck_assert_ptr_nonnull(strstr(error.text, "brc_converse()"));
}
END_TEST

#define ARN "arn%3Aaws%3Abedrock%3Aus-east-1%3A123456789012%3A"

static const struct {
    const char *service;
    const char *operation;
} open[] = {
    {"bedrock", "GET /model-invocation-job/j"},
    {"bedrock", "GET /model-invocation-jobs?statusEquals=Failed"},
    {"bedrock", "POST /model-invocation-job/" ARN "model-invocation-job%2Fj/stop"},
    {"bedrock", "POST /model-customization-jobs/" ARN "model-customization-job%2Fb%2Fj/stop"},
    {"bedrock", "GET /evaluation-jobs"},
    {"bedrock", "POST /evaluation-job/j/stop"},
    {"bedrock", "POST /evaluation-jobs/batch-delete"},
    {"bedrock", "POST /inference-profiles"},
    {"bedrock", "GET /inference-profiles/" ARN "application-inference-profile%2Fabc123def456"},
    {"bedrock", "GET /inference-profiles?maxResults=10&nextToken=a%2Fb%3D%3D&type=APPLICATION"},
    {"bedrock", "DELETE /inference-profiles/abc"},
    {"bedrock", "POST /listTagsForResource"},
    {"bedrock", "POST /tagResource"},
    {"bedrock", "PUT /logging/modelinvocations"},
    {"bedrock", "GET /foundation-models"},
    {"bedrock", "POST /guardrails"},
    {"bedrock", "PUT /guardrails/" ARN "guardrail%2Fg"},
    {"bedrock", "POST /automated-reasoning-policies/p/versions"},
    {"bedrock", "POST /automated-reasoning-policies/p/build-workflows/w/cancel"},
    {"bedrock-agent", "GET /agents/ABCDEFGHIJ/"},
    {"bedrock-agent", "POST /agents/"},
    {"bedrock-agent", "PUT /agents/ABCDEFGHIJ/"},
    {"bedrock-agent", "POST /agents/ABCDEFGHIJ/"},
    {"bedrock-agent", "PUT /agents/ABCDEFGHIJ/agentaliases/TSTALIASID/"},
    {"bedrock-agent", "POST /agents/ABCDEFGHIJ/agentaliases/"},
    {"bedrock-agent", "POST /knowledgebases/k/datasources/d/ingestionjobs/"},
    {"bedrock-agent", "POST /knowledgebases/k/datasources/d/ingestionjobs/j/stop"},
    {"bedrock-agent", "PUT /knowledgebases/k/datasources/d"},
    {"bedrock-agent", "POST /flows/f/aliases"},
    {"bedrock-agent", "PUT /flows/f/aliases/a"},
};

START_TEST(what_runs_no_model_is_open)
{
    struct brc__error error = {0};

    ck_assert_msg(make(open[_i].service, "https://x", open[_i].operation, &error) == 0, "%s: %s",
                  open[_i].operation, error.text);
}
END_TEST

static const struct {
    const char *path;
    bool plain;
} paths[] = {
    {"/", true},         {"/a", true},       {"/a/", true},        {"/a/b", true},
    {"/a.b/", true},     {"/...", true},     {"/.a", true},        {"/a..", true},
    {"/a%2Fb", true},    {"/a%2fb/", true},  {"/%41", true},       {"/a%3Ab", true},
    {"/-._~0Z", true},   {"", false},        {"a", false},         {"//", false},
    {"//a", false},      {"/a//", false},    {"/a//b", false},     {"/.", false},
    {"/./", false},      {"/..", false},     {"/a/..", false},     {"/a/../b", false},
    {"/%2e", false},     {"/%2E%2e", false}, {"/.%2e/", false},    {"/a%2F..", false},
    {"/a%2F", false},    {"/%2Fa", false},   {"/a%2F%2Fb", false}, {"/a%2F.%2Fb", false},
    {"/a%", false},      {"/a%4", false},    {"/a%4g", false},     {"/a%25", false},
    {"/a%00", false},    {"/a%0A", false},   {"/a%20b", false},    {"/a%7F", false},
    {"/a%C3%A4", false}, {"/a%5C", false},   {"/a%3B", false},     {"/a%3F", false},
    {"/a%23", false},    {"/a:b", false},    {"/a;b", false},      {"/a\\b", false},
    {"/a b", false},     {"/a\nb", false},   {"/\xc3\xa4", false}, {"/a?", false},
    {"/a#", false},      {"/a+b", false},    {"/a,b", false},      {"/a=b", false},
};

START_TEST(path_is_plain)
{
    ck_assert_msg(brc__path_is_plain(paths[_i].path, strlen(paths[_i].path)) == paths[_i].plain,
                  "%s", paths[_i].path);
}
END_TEST

int main(void)
{
    Suite *suite = suite_create("inference");
    TCase *cases = tcase_create("inference");

    suite_add_tcase(suite, cases);
    tcase_add_loop_test(cases, closed_in_every_spelling, 0, sizeof closed / sizeof closed[0]);
    tcase_add_loop_test(cases, closed_with_the_way_that_is_open, 0,
                        sizeof closed / sizeof closed[0]);
    tcase_add_loop_test(cases, closed_below_an_endpoint, 0, sizeof split / sizeof split[0]);
    tcase_add_loop_test(cases, what_runs_no_model_is_open, 0, sizeof open / sizeof open[0]);
    tcase_add_loop_test(cases, path_is_plain, 0, sizeof paths / sizeof paths[0]);
    return run(suite);
}
