/* Out of memory at every allocation, the emulator's own and jansson's: an error, never a crash, and
 * never a call billed in part.
 *
 * SPDX-License-Identifier: MIT
 */
#include "emulator.h"
#include "failing.h"
#include "identity_client.h"
#include "stream_client.h"

#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#define IAM(action) "Version=2010-05-08&Action=" action
#define TRUST                                                                                      \
    "&AssumeRolePolicyDocument=%7B%22Version%22:%222012-10-17%22,%22Statement%22:%7B%22Effect%22:" \
    "%22Allow%22,%22Principal%22:%7B%22Service%22:%22x.amazonaws.com%22%7D,%22Action%22:"          \
    "%22sts:AssumeRole%22%7D%7D"
#define POLICY                                                                                     \
    "%7B%22Version%22:%222012-10-17%22,%22Statement%22:%7B%22Effect%22:%22Allow%22,%22Action%22:"  \
    "%22bedrock:InvokeModel%22,%22Resource%22:%22*%22%7D%7D"
#define CITED "\"citations\":{\"enabled\":true}"
#define POINT "{\"cachePoint\":{\"type\":\"default\",\"ttl\":\"1h\"}}"

#define NEW_EMULATOR                                                                               \
    {                                                                                              \
        NULL, NULL, NULL, 0                                                                        \
    }

/* What one emulator is asked after the other; fewer steps an emulator are fewer allocations to make
 * again for each that fails. */
static const struct {
    const char *method;
    const char *target;
    const char *body;
    int status;
} STEPS[] = {
    {"POST", "/inference-profiles",
     "{\"inferenceProfileName\":\"n\",\"description\":\"d\",\"clientRequestToken\":\"t\","
     "\"modelSource\":{\"copyFrom\":\"arn:aws:bedrock:us-east-1:123456789012:inference-profile/"
     "global.amazon.nova-2-lite-v1:0\"},\"tags\":[{\"key\":\"team\",\"value\":\"a\"}]}",
     201},
    {"POST", "/tagResource",
     "{\"resourceARN\":\"%s\",\"tags\":[{\"key\":\"env\",\"value\":\"b\"}]}", 200},
    {"POST", "/listTagsForResource", "{\"resourceARN\":\"%s\"}", 200},
    {"POST", "/untagResource", "{\"resourceARN\":\"%s\",\"tagKeys\":[\"env\"]}", 200},
    {"GET", "/inference-profiles?maxResults=2&type=SYSTEM_DEFINED", NULL, 200},
    {"GET", "/inference-profiles?type=APPLICATION", NULL, 200},
    {"GET", "/inference-profiles/us.a.b", NULL, 200},
    {"POST", RAW_TARGET,
     "{\"system\":[{\"text\":\"sys\"}," POINT "],\"messages\":[{\"role\":\"user\",\"content\":["
     "{\"text\":\"hi\"}]}],\"inferenceConfig\":{\"maxTokens\":20,\"stopSequences\":[\"x\"]},"
     "\"serviceTier\":{\"type\":\"flex\"}}",
     200},
    {"POST", RAW_TARGET,
     "{\"messages\":[{\"role\":\"user\",\"content\":[{\"text\":\"hi\"}]}],\"toolConfig\":{\"tools\""
     ":[{\"toolSpec\":{\"name\":\"t\",\"inputSchema\":{\"json\":{\"properties\":{\"a\":{}}}}}}],"
     "\"toolChoice\":{\"any\":{}}}}",
     200},
    {"POST", RAW_TARGET, "{\"messages\":[{}]}", 400},
    NEW_EMULATOR,
    {"POST", STREAM_TARGET,
     "{\"messages\":[{\"role\":\"user\",\"content\":["
     "{\"document\":{\"name\":\"d\",\"source\":{\"text\":\"x\"}," CITED "}},"
     "{\"document\":{\"name\":\"d\",\"source\":{\"bytes\":\"aaaa\"}," CITED "}},"
     "{\"searchResult\":{\"source\":\"s\",\"title\":\"t\",\"content\":[]," CITED "}}]}],"
     "\"inferenceConfig\":{\"maxTokens\":3}}",
     200},
    {"POST", "/_emulator/faults",
     "{\"exception\":\"modelStreamErrorException\",\"after\":5,\"noMetadata\":true}", 200},
    {"POST", STREAM_TARGET,
     "{\"messages\":[{\"role\":\"user\",\"content\":[{\"text\":\"hi\"}]}],"
     "\"inferenceConfig\":{\"maxTokens\":2},\"additionalModelRequestFields\":{\"thinking\":{"
     "\"type\":\"enabled\"}}}",
     200},
    {"POST", "/_emulator/faults", "{\"error\":\"e\",\"dribble\":true}", 200},
    {"POST", STREAM_TARGET,
     "{\"messages\":[{\"role\":\"user\",\"content\":[{\"text\":\"hi\"}]}],\"toolConfig\":{\"tools\""
     ":[{\"toolSpec\":{\"name\":\"t\",\"inputSchema\":{\"json\":{\"properties\":{\"a\":{}}}}}}],"
     "\"toolChoice\":{\"any\":{}}}}",
     200},
    NEW_EMULATOR,
    {"POST", "/_emulator/faults", "{\"after\":1}", 400},
    {"POST", "/model/amazon.nova/count-tokens",
     "{\"input\":{\"converse\":{\"messages\":[{\"role\":\"user\",\"content\":[{\"text\":\"hi\"}"
     "," POINT "]}]}}}",
     200},
    /* {"messages":[{"role":"user","content":"hi"}]} */
    {"POST", "/model/amazon.nova/count-tokens",
     "{\"input\":{\"invokeModel\":{\"body\":"
     "\"eyJtZXNzYWdlcyI6W3sicm9sZSI6InVzZXIiLCJjb250ZW50IjoiaGkifV19\"}}}",
     200},
    {"GET", "/foundation-models?byProvider=MiniMax", NULL, 200},
    {"POST", "/_emulator/faults", "{\"type\":\"ModelErrorException\"}", 200},
    {"POST", RAW_TARGET, "{\"messages\":[{\"role\":\"user\",\"content\":[{\"text\":\"hi\"}]}]}",
     424},
    {"GET", "/_emulator/bill", NULL, 200},
    {"DELETE", "/inference-profiles/us.a.b", NULL, 400},
    {"GET", "/nothing", NULL, 404},
    NEW_EMULATOR,
    {"GET", "/foundation-models/minimax.minimax-m2.5", NULL, 200},
    {"PUT", "/logging/modelinvocations",
     "{\"loggingConfig\":{\"s3Config\":{\"bucketName\":\"abc\"}}}", 200},
    {"GET", "/logging/modelinvocations", NULL, 200},
    {"POST", "/_emulator/faults", "{\"skip\":1,\"drop\":true,\"type\":\"Throttling\"}", 200},
    {"GET", "/inference-profiles/us.a.b", NULL, 200},
    {"GET", "/inference-profiles/us.a.b", NULL, 500},
    NEW_EMULATOR,
    {"POST", "/", IAM("CreateRole&RoleName=r&AssumeRolePolicyDocument=%7B%7D"), 400},
    {"POST", "/", IAM("CreateRole&RoleName=r&Tags.member.1.Key=k&Tags.member.1.Value=v" TRUST),
     200},
    {"POST", "/", IAM("PutRolePolicy&RoleName=r&PolicyName=p&PolicyDocument=" POLICY), 200},
    {"POST", "/", IAM("GetRolePolicy&RoleName=r&PolicyName=p"), 200},
    {"POST", "/", IAM("CreatePolicy&PolicyName=m&PolicyDocument=" POLICY), 200},
    {"POST", "/", IAM("AttachRolePolicy&RoleName=r&PolicyArn=arn:aws:iam::123456789012:policy/m"),
     200},
    {"POST", "/", IAM("ListAttachedRolePolicies&RoleName=r"), 200},
    {"POST", "/", IAM("ListRoles&MaxItems=1"), 200},
    {"POST", "/", IAM("Nothing"), 400},
    NEW_EMULATOR,
    {"PUT", "/agents/", "{\"agentName\":\"a\",\"tags\":{\"k\":\"v\"}}", 202},
    {"POST", "/agents/", "{\"maxResults\":1}", 200},
    {"GET", "/agents/AAAAAAAAAA/", NULL, 404},
    {"GET", "/agents/AAAAAAAAAA", NULL, 404},
    NEW_EMULATOR,
    {"POST", "/_identity/setup",
     "{\"keys\":[{\"accessKeyId\":\"A\",\"secretAccessKey\":\"s\"}],\"tokenLength\":600}", 200},
    {"POST", "/", ASSUME(""), 200},
    {"POST", "/", ASSUME("&DurationSeconds=1"), 400},
    {"POST", "/", ASSUME_WEB("web-identity-token"), 200},
    {"POST", "/", WHO, 200},
    {"PUT", "/latest/api/token", NULL, 200},
    {"GET", ROLES_PATH, NULL, 401},
    {"GET", "/v2/credentials/x", NULL, 200},
    {"GET", SSO_TARGET, NULL, 200},
    {"GET", "/federation/credentials?role_name=x", NULL, 400},
    {"POST", "/token", REFRESH("sso-refresh-token"), 200},
    {"POST", "/token", REFRESH("sso-refresh-token"), 400},
    {"POST", "/_identity/faults", "{\"type\":\"Throttling\",\"size\":1000}", 200},
    {"POST", "/", WHO, 400},
    {"POST", "/_identity/faults", "{\"omit\":[\"Token\"],\"garbage\":true}", 200},
    {"GET", "/v1/credentials", NULL, 200},
    {"GET", "/_identity/log", NULL, 200},
    {"DELETE", "/_identity/log", NULL, 200},
    {"DELETE", "/_identity/setup", NULL, 200},
};

#define N_STEPS (sizeof(STEPS) / sizeof(STEPS[0]))

/* A request, made before any allocation fails. */
struct prepared {
    char *bytes;
    struct emu_header headers[10];
    struct emu_request request;
};

static const struct emu_options OPTIONS = {
    .credentials = {"AKIDEMULATOR00000000", "emulator/secret+key/for/tests/only/0000000", NULL},
    .identity = true};

/* What the sources of credentials want besides. */
static const char *headers_for(const char *target)
{
    if (strcmp(target, "/latest/api/token") == 0)
        return "X-aws-ec2-metadata-token-ttl-seconds: 60\r\n";
    return strncmp(target, "/federation", 11) == 0 ? SSO_HEADER : NULL;
}

static struct signer signer_for(const char *target, const char *body)
{
    struct signer signer = strcmp(target, "/") == 0 ? sts_signer() : SIGNER;

    if (body != NULL && strncmp(body, IAM(""), strlen(IAM(""))) == 0)
        signer.service = "iam";
    return signer;
}

/* The bytes of a signed request, taken apart as a server would. */
static void prepare(struct prepared *prepared, const char *method, const char *target,
                    const char *body)
{
    struct signer signer = signer_for(target, body);
    char *line;
    struct timespec now;

    clock_gettime(CLOCK_REALTIME, &now);
    prepared->request = (struct emu_request){.method = method,
                                             .uri = target,
                                             .headers = prepared->headers,
                                             .body = body != NULL ? body : "",
                                             .body_len = body != NULL ? strlen(body) : 0,
                                             .now_us = (int64_t)now.tv_sec * 1000000};
    signer.unsigned_headers = headers_for(target);
    line = prepared->bytes = signed_request(&signer, method, target, body);
    for (line = strstr(line, "\r\n") + 2; *line != '\r'; line = strstr(line, "\r\n") + 2) {
        char *colon = strchr(line, ':');

        prepared->headers[prepared->request.n_headers++] = (struct emu_header){line, colon + 2};
        *colon = '\0';
        line = colon + 2;
    }
    for (size_t i = 0; i < prepared->request.n_headers; i++) {
        char *end = strchr((char *)(uintptr_t)prepared->headers[i].value, '\r');

        *end = '\0';
    }
}

/* One step; its status. */
static int run_step(struct emulator *emulator, const struct emu_request *request)
{
    struct emu_reply reply;
    int status;

    armed = true;
    emu_answer(emulator, request, &reply);
    armed = false;
    status = reply.status;
    emu_reply_free(&reply);
    return status;
}

/* What was billed went to its profile and to the totals, or to neither. */
static void check_bill(const struct emulator *emulator)
{
    json_int_t sum = 0;
    const char *id;
    json_t *account;

    json_object_foreach(json_object_get(emulator->bill, "profiles"), id, account) sum +=
        json_integer_value(json_object_get(account, "totalTokens"));
    ck_assert_int_eq(json_integer_value(
                         json_object_get(json_object_get(emulator->bill, "totals"), "totalTokens")),
                     sum);
}

/* Where the steps of the n-th emulator begin. */
static size_t first_step(int n)
{
    size_t i = 0;

    for (; n > 0 && i < N_STEPS; i++)
        n -= STEPS[i].method == NULL;
    return i;
}

static int n_emulators(void)
{
    int n = 1;

    for (size_t i = 0; i < N_STEPS; i++)
        n += STEPS[i].method == NULL;
    return n;
}

/* All of them, and where those of one emulator begin. */
struct run {
    struct prepared prepared[N_STEPS];
    size_t first;
};

/* Runs steps up to the next emulator's on a new one; true if each answered what it should. */
static bool run_steps(void *state)
{
    const struct run *run = state;
    struct emulator emulator;
    bool good = true;
    int rc;

    armed = true;
    rc = emu_init(&emulator, &OPTIONS);
    armed = false;
    if (rc < 0)
        return false;
    for (size_t i = run->first; i < N_STEPS && STEPS[i].method != NULL; i++) {
        int status = run_step(&emulator, &run->prepared[i].request);

        /* Without memory jansson may report bad syntax or shorten a string: any error will do.
         * Later steps then miss what failed. */
        ck_assert_msg(status == STEPS[i].status || status >= 400 || !good,
                      "allocation %ld, step %zu: %d", fail_at, i, status);
        good = good && status == STEPS[i].status;
    }
    check_bill(&emulator);
    emu_free(&emulator);
    return good;
}

static char *create_and_get_arn(void)
{
    struct prepared create = {0};
    struct emulator emulator;
    struct emu_reply reply;
    json_t *json;
    char *arn;

    ck_assert_int_eq(emu_init(&emulator, &OPTIONS), 0);
    prepare(&create, STEPS[0].method, STEPS[0].target, STEPS[0].body);
    emu_answer(&emulator, &create.request, &reply);
    json = json_loads(emu_text_string(&reply.body), 0, NULL);
    arn = strdup(json_string_value(json_object_get(json, "inferenceProfileArn")));
    json_decref(json);
    emu_reply_free(&reply);
    emu_free(&emulator);
    free(create.bytes);
    return arn;
}

/* The step's body with the profile's ARN in its hole, if it has one; to be freed. */
static char *body_of(size_t step, const char *arn)
{
    const char *body = STEPS[step].body;
    const char *hole = strstr(body, "%s");

    return hole == NULL ? strdup(body) : text("%.*s%s%s", (int)(hole - body), body, arn, hole + 2);
}

START_TEST(test_every_allocation)
{
    struct run run = {.first = first_step(_i)};
    char *bodies[N_STEPS] = {NULL};
    char *arn = create_and_get_arn(); /* the same in every run: the emulator is deterministic */

    for (size_t i = run.first; i < N_STEPS && STEPS[i].method != NULL; i++) {
        if (STEPS[i].body != NULL)
            bodies[i] = body_of(i, arn);
        prepare(&run.prepared[i], STEPS[i].method, STEPS[i].target, bodies[i]);
    }
    fail_each_allocation(run_steps, &run, 500);
    for (size_t i = 0; i < N_STEPS; i++) {
        free(run.prepared[i].bytes);
        free(bodies[i]);
    }
    free(arn);
}
END_TEST

int main(int argc, char **argv)
{
    Suite *suite = suite_create("memory");
    TCase *tcase = tcase_create("memory");

    tcase_add_loop_test(tcase, test_every_allocation, 0, n_emulators());
    suite_add_tcase(suite, tcase);
    return run_suite(suite, argc, argv);
}
