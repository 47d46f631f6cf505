/* Inputs of the operations on Bedrock agents.
 *
 * SPDX-License-Identifier: MIT
 */
#include "agent_operations.h"
#include "patterns.h"
#include "shape_macros.h"

#include <string.h>

/* ---- patterns ---- */

static bool match_id(struct emu_slice text)
{
    return text.len == 10 && emu_slice_only(text, ALPHANUMERIC);
}

static const struct emu_pattern ID_PATTERN = {"[0-9a-zA-Z]{10}", match_id};

/* ([letters][_-]?){1,100} */
static bool match_name(struct emu_slice text)
{
    size_t letters = 0;
    bool separated = true;

    for (size_t i = 0; i < text.len; i++) {
        bool is_separator = text.s[i] == '_' || text.s[i] == '-';

        if (is_separator ? separated : strchr(ALPHANUMERIC, text.s[i]) == NULL)
            return false;
        separated = is_separator;
        letters += !is_separator;
    }
    return letters >= 1 && letters <= 100;
}

static const struct emu_pattern NAME_PATTERN = {"([0-9a-zA-Z][_-]?){1,100}", match_name};

static bool match_number(struct emu_slice text)
{
    return text.len >= 1 && text.len <= 5 && emu_slice_only(text, DIGITS) &&
           !emu_slice_only(text, "0");
}

static const struct emu_pattern NUMBER_PATTERN = {"[0-9]{0,4}[1-9][0-9]{0,4}", match_number};

static bool match_version(struct emu_slice text)
{
    return emu_slice_is(text, "DRAFT") || match_number(text);
}

static const struct emu_pattern VERSION_PATTERN = {"(DRAFT|[0-9]{0,4}[1-9][0-9]{0,4})",
                                                   match_version};

static bool match_role(struct emu_slice text)
{
    struct emu_slice rest = text;
    struct emu_slice arn = emu_slice_cut(&rest, ':');
    struct emu_slice partition = emu_slice_cut(&rest, ':');
    struct emu_slice service = emu_slice_cut(&rest, ':');
    struct emu_slice region = emu_slice_cut(&rest, ':');
    struct emu_slice account = emu_slice_cut(&rest, ':');

    return emu_slice_is(arn, "arn") && partition.len >= 3 && emu_slice_is(service, "iam") &&
           region.len == 0 && (account.len == 0 || account.len == 12) &&
           emu_slice_only(account, DIGITS) && rest.len > strlen("role/") &&
           memcmp(rest.s, "role/", strlen("role/")) == 0;
}

static const struct emu_pattern ROLE_PATTERN = {"arn:aws(-[^:]+)?:iam::([0-9]{12})?:role/.+",
                                                match_role};

static bool match_token(struct emu_slice text)
{
    return text.len > 0 && text.s[0] != '-' && text.s[text.len - 1] != '-' &&
           emu_slice_only(text, ALPHANUMERIC "-");
}

static const struct emu_pattern TOKEN_PATTERN = {"[a-zA-Z0-9](-*[a-zA-Z0-9]){0,256}", match_token};

static bool match_resource(struct emu_slice text)
{
    return text.len > 4 && memcmp(text.s, "arn:", 4) == 0;
}

static const struct emu_pattern RESOURCE_PATTERN = {
    "arn:aws(-[^:]+)?:bedrock:[a-zA-Z0-9-]+:[0-9]{12}:(agent|agent-alias|...)/...", match_resource};

/* ---- values ---- */

static const struct emu_shape ID = {.kind = EMU_STRING, .pattern = &ID_PATTERN};
static const struct emu_shape NAME = {.kind = EMU_STRING, .pattern = &NAME_PATTERN};
static const struct emu_shape VERSION = {
    .kind = EMU_STRING, .min = 1, .max = 5, .pattern = &VERSION_PATTERN};
static const struct emu_shape NUMBER = {
    .kind = EMU_STRING, .min = 1, .max = 5, .pattern = &NUMBER_PATTERN};
static const struct emu_shape TOKEN = {
    .kind = EMU_STRING, .min = 33, .max = 256, .pattern = &TOKEN_PATTERN};
static const struct emu_shape INSTRUCTION = {.kind = EMU_STRING, .min = 40, .max = 4000};
static const struct emu_shape MODEL = {
    .kind = EMU_STRING, .min = 1, .max = 2048, .pattern = &EMU_PATTERN_MODEL_ID};
static const struct emu_shape DESCRIPTION = {.kind = EMU_STRING, .min = 1, .max = 200};
static const struct emu_shape SESSION_SECONDS = {.kind = EMU_INTEGER, .min = 60, .max = 5400};
static const struct emu_shape ROLE = {.kind = EMU_STRING, .max = 2048, .pattern = &ROLE_PATTERN};
static const struct emu_shape KEY_ARN = {.kind = EMU_STRING, .min = 1, .max = 2048};
static const struct emu_shape LAMBDA = {.kind = EMU_STRING, .max = 2048};
static const struct emu_shape TEXT = {.kind = EMU_STRING};
static const struct emu_shape FLAG = {.kind = EMU_BOOLEAN};
static const struct emu_shape ANY = {.kind = EMU_DOCUMENT};
static const struct emu_shape MAX_RESULTS = {.kind = EMU_INTEGER, .min = 1, .max = 1000};
static const struct emu_shape PAGE_TOKEN = {
    .kind = EMU_STRING, .min = 1, .max = 2048, .pattern = &EMU_PATTERN_NO_SPACE};

static const struct emu_shape TAG_KEY = {
    .kind = EMU_STRING, .min = 1, .max = 128, .pattern = &EMU_PATTERN_TAG};
static const struct emu_shape TAG_VALUE = {
    .kind = EMU_STRING, .max = 256, .pattern = &EMU_PATTERN_TAG};
static const struct emu_shape TAGS = {.kind = EMU_MAP, .key = &TAG_KEY, .member = &TAG_VALUE};
static const struct emu_shape TAG_KEYS = {.kind = EMU_LIST, .max = 200, .member = &TAG_KEY};
static const struct emu_shape RESOURCE_ARN = {
    .kind = EMU_STRING, .min = 20, .max = 1011, .pattern = &RESOURCE_PATTERN};

/* ---- agents ---- */

static const struct emu_shape ORCHESTRATION = ENUM("DEFAULT", "CUSTOM_ORCHESTRATION");
static const struct emu_shape COLLABORATION = ENUM("SUPERVISOR", "SUPERVISOR_ROUTER", "DISABLED");
static const struct emu_shape EXECUTOR = UNION(OPTIONAL("lambda", LAMBDA));
static const struct emu_shape CUSTOM_ORCHESTRATION = STRUCTURE(OPTIONAL("executor", EXECUTOR));
static const struct emu_shape GUARDRAIL =
    STRUCTURE(OPTIONAL("guardrailIdentifier", TEXT), OPTIONAL("guardrailVersion", TEXT));

static const struct emu_shape MEMORY_TYPE = ENUM("SESSION_SUMMARY");
static const struct emu_shape MEMORY_TYPES = {
    .kind = EMU_LIST, .min = 1, .max = 1, .member = &MEMORY_TYPE};
static const struct emu_shape STORAGE_DAYS = {.kind = EMU_INTEGER, .max = 365};
static const struct emu_shape MEMORY =
    STRUCTURE(REQUIRED("enabledMemoryTypes", MEMORY_TYPES), OPTIONAL("storageDays", STORAGE_DAYS),
              OPTIONAL("sessionSummaryConfiguration", ANY));

static const struct emu_shape PROMPT_TYPE =
    ENUM("PRE_PROCESSING", "ORCHESTRATION", "POST_PROCESSING", "KNOWLEDGE_BASE_RESPONSE_GENERATION",
         "MEMORY_SUMMARIZATION", "ROUTING_CLASSIFIER");
static const struct emu_shape CREATION_MODE = ENUM("DEFAULT", "OVERRIDDEN");
static const struct emu_shape PROMPT_STATE = ENUM("ENABLED", "DISABLED");
static const struct emu_shape TEMPLATE = {.kind = EMU_STRING, .min = 1, .max = 100000};
static const struct emu_shape PROMPT =
    STRUCTURE(OPTIONAL("promptType", PROMPT_TYPE), OPTIONAL("promptCreationMode", CREATION_MODE),
              OPTIONAL("promptState", PROMPT_STATE), OPTIONAL("basePromptTemplate", TEMPLATE),
              OPTIONAL("inferenceConfiguration", ANY), OPTIONAL("parserMode", CREATION_MODE),
              OPTIONAL("foundationModel", MODEL), OPTIONAL("additionalModelRequestFields", ANY));
static const struct emu_shape PROMPTS = {.kind = EMU_LIST, .max = 10, .member = &PROMPT};
static const struct emu_shape PROMPT_OVERRIDE =
    STRUCTURE(REQUIRED("promptConfigurations", PROMPTS), OPTIONAL("overrideLambda", LAMBDA));

#define AGENT_FIELDS                                                                               \
    OPTIONAL("instruction", INSTRUCTION), OPTIONAL("description", DESCRIPTION),                    \
        OPTIONAL("orchestrationType", ORCHESTRATION),                                              \
        OPTIONAL("customOrchestration", CUSTOM_ORCHESTRATION),                                     \
        OPTIONAL("idleSessionTTLInSeconds", SESSION_SECONDS),                                      \
        OPTIONAL("customerEncryptionKeyArn", KEY_ARN),                                             \
        OPTIONAL("promptOverrideConfiguration", PROMPT_OVERRIDE),                                  \
        OPTIONAL("guardrailConfiguration", GUARDRAIL), OPTIONAL("memoryConfiguration", MEMORY),    \
        OPTIONAL("agentCollaboration", COLLABORATION)

const struct emu_shape EMU_SHAPE_AGENT_CREATE = STRUCTURE(
    REQUIRED("agentName", NAME), OPTIONAL("clientToken", TOKEN), OPTIONAL("foundationModel", MODEL),
    OPTIONAL("agentResourceRoleArn", ROLE), OPTIONAL("tags", TAGS), AGENT_FIELDS);

const struct emu_shape EMU_SHAPE_AGENT_UPDATE = STRUCTURE(
    REQUIRED("agentId", ID), REQUIRED("agentName", NAME), REQUIRED("foundationModel", MODEL),
    REQUIRED("agentResourceRoleArn", ROLE), AGENT_FIELDS);

const struct emu_shape EMU_SHAPE_AGENT_ONE = STRUCTURE(REQUIRED("agentId", ID));

const struct emu_shape EMU_SHAPE_AGENT_DELETE =
    STRUCTURE(REQUIRED("agentId", ID), OPTIONAL("skipResourceInUseCheck", FLAG));

const struct emu_shape EMU_SHAPE_AGENT_LIST =
    STRUCTURE(OPTIONAL("maxResults", MAX_RESULTS), OPTIONAL("nextToken", PAGE_TOKEN));

const struct emu_shape EMU_SHAPE_AGENT_LIST_OF_ONE =
    STRUCTURE(REQUIRED("agentId", ID), OPTIONAL("maxResults", MAX_RESULTS),
              OPTIONAL("nextToken", PAGE_TOKEN));

/* ---- versions and aliases ---- */

const struct emu_shape EMU_SHAPE_AGENT_VERSION =
    STRUCTURE(REQUIRED("agentId", ID), REQUIRED("agentVersion", NUMBER));

const struct emu_shape EMU_SHAPE_AGENT_DELETE_VERSION =
    STRUCTURE(REQUIRED("agentId", ID), REQUIRED("agentVersion", NUMBER),
              OPTIONAL("skipResourceInUseCheck", FLAG));

static const struct emu_shape THROUGHPUT = {.kind = EMU_STRING, .min = 1, .max = 2048};
static const struct emu_shape ROUTE =
    STRUCTURE(OPTIONAL("agentVersion", VERSION), OPTIONAL("provisionedThroughput", THROUGHPUT));
static const struct emu_shape ROUTES = {.kind = EMU_LIST, .max = 1, .member = &ROUTE};
static const struct emu_shape INVOCATION_STATE = ENUM("ACCEPT_INVOCATIONS", "REJECT_INVOCATIONS");

const struct emu_shape EMU_SHAPE_AGENT_CREATE_ALIAS =
    STRUCTURE(REQUIRED("agentId", ID), REQUIRED("agentAliasName", NAME),
              OPTIONAL("clientToken", TOKEN), OPTIONAL("description", DESCRIPTION),
              OPTIONAL("routingConfiguration", ROUTES), OPTIONAL("tags", TAGS));

const struct emu_shape EMU_SHAPE_AGENT_UPDATE_ALIAS = STRUCTURE(
    REQUIRED("agentId", ID), REQUIRED("agentAliasId", ID), REQUIRED("agentAliasName", NAME),
    OPTIONAL("description", DESCRIPTION), OPTIONAL("routingConfiguration", ROUTES),
    OPTIONAL("aliasInvocationState", INVOCATION_STATE));

const struct emu_shape EMU_SHAPE_AGENT_ALIAS =
    STRUCTURE(REQUIRED("agentId", ID), REQUIRED("agentAliasId", ID));

/* ---- tags ---- */

const struct emu_shape EMU_SHAPE_AGENT_TAG =
    STRUCTURE(REQUIRED("resourceArn", RESOURCE_ARN), REQUIRED("tags", TAGS));

const struct emu_shape EMU_SHAPE_AGENT_UNTAG =
    STRUCTURE(REQUIRED("resourceArn", RESOURCE_ARN), REQUIRED("tagKeys", TAG_KEYS));

const struct emu_shape EMU_SHAPE_AGENT_LIST_TAGS = STRUCTURE(REQUIRED("resourceArn", RESOURCE_ARN));

/* ---- action groups ---- */

#define GROUP_FIELDS                                                                               \
    REQUIRED("agentId", ID), REQUIRED("agentVersion", VERSION), REQUIRED("actionGroupName", NAME), \
        OPTIONAL("description", DESCRIPTION), OPTIONAL("parentActionGroupSignature", TEXT),        \
        OPTIONAL("parentActionGroupSignatureParams", ANY), OPTIONAL("actionGroupExecutor", ANY),   \
        OPTIONAL("apiSchema", ANY), OPTIONAL("actionGroupState", PROMPT_STATE),                    \
        OPTIONAL("functionSchema", ANY)

const struct emu_shape EMU_SHAPE_AGENT_CREATE_GROUP =
    STRUCTURE(OPTIONAL("clientToken", TOKEN), GROUP_FIELDS);

const struct emu_shape EMU_SHAPE_AGENT_UPDATE_GROUP =
    STRUCTURE(REQUIRED("actionGroupId", ID), GROUP_FIELDS);

const struct emu_shape EMU_SHAPE_AGENT_GROUP = STRUCTURE(
    REQUIRED("agentId", ID), REQUIRED("agentVersion", VERSION), REQUIRED("actionGroupId", ID));

const struct emu_shape EMU_SHAPE_AGENT_DELETE_GROUP =
    STRUCTURE(REQUIRED("agentId", ID), REQUIRED("agentVersion", VERSION),
              REQUIRED("actionGroupId", ID), OPTIONAL("skipResourceInUseCheck", FLAG));

const struct emu_shape EMU_SHAPE_AGENT_LIST_GROUPS =
    STRUCTURE(REQUIRED("agentId", ID), REQUIRED("agentVersion", VERSION),
              OPTIONAL("maxResults", MAX_RESULTS), OPTIONAL("nextToken", PAGE_TOKEN));

/* ---- runtime ---- */

static bool match_session(struct emu_slice text)
{
    return emu_slice_only(text, ALPHANUMERIC "._:-");
}

static const struct emu_pattern SESSION_PATTERN = {"[0-9a-zA-Z._:-]+", match_session};
static const struct emu_shape SESSION_ID = {
    .kind = EMU_STRING, .min = 2, .max = 100, .pattern = &SESSION_PATTERN};
static const struct emu_shape INPUT_TEXT = {.kind = EMU_STRING, .max = 25000000};

const struct emu_shape EMU_SHAPE_AGENT_INVOKE = STRUCTURE(
    REQUIRED("agentId", ID), REQUIRED("agentAliasId", ID), REQUIRED("sessionId", SESSION_ID),
    OPTIONAL("inputText", INPUT_TEXT), OPTIONAL("endSession", FLAG), OPTIONAL("enableTrace", FLAG));
