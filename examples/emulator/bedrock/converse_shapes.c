/* The inputs of Converse, ConverseStream and CountTokens, as the service's model describes them.
 *
 * SPDX-License-Identifier: MIT
 */
#include "operations.h"
#include "patterns.h"
#include "shape_macros.h"

/* ---- simple values ---- */

static const struct emu_shape STRING = {.kind = EMU_STRING};
static const struct emu_shape NON_EMPTY = {.kind = EMU_STRING, .min = 1};
static const struct emu_shape BOOLEAN = {.kind = EMU_BOOLEAN};
static const struct emu_shape DOCUMENT = {.kind = EMU_DOCUMENT};
static const struct emu_shape EMPTY = {.kind = EMU_STRUCTURE, .fields = FIELDS{{0}}};
static const struct emu_shape BLOB = {.kind = EMU_STRING, .min = 1, .pattern = &EMU_PATTERN_BASE64};
static const struct emu_shape INDEX = {.kind = EMU_INTEGER, .min = 0, .max = INT32_MAX};
static const struct emu_shape MODEL_ID = {
    .kind = EMU_STRING, .min = 1, .max = 2048, .pattern = &EMU_PATTERN_MODEL_ID};
static const struct emu_shape TOOL_NAME = {
    .kind = EMU_STRING, .min = 1, .max = 64, .pattern = &EMU_PATTERN_TOOL_NAME};
static const struct emu_shape TOOL_USE_ID = {
    .kind = EMU_STRING, .min = 1, .max = 64, .pattern = &EMU_PATTERN_TOOL_USE_ID};
static const struct emu_shape S3_URI = {
    .kind = EMU_STRING, .min = 1, .max = 1024, .pattern = &EMU_PATTERN_S3_URI};
static const struct emu_shape NAME_200 = {.kind = EMU_STRING, .min = 1, .max = 200};
static const struct emu_shape NAME_128 = {.kind = EMU_STRING, .min = 1, .max = 128};

/* ---- media ---- */

static const struct emu_shape S3_LOCATION =
    STRUCTURE(REQUIRED("uri", S3_URI), OPTIONAL("bucketOwner", STRING));
static const struct emu_shape MEDIA_SOURCE =
    UNION(OPTIONAL("bytes", BLOB), OPTIONAL("s3Location", S3_LOCATION));
static const struct emu_shape TEXT_PART = UNION(OPTIONAL("text", STRING));
static const struct emu_shape TEXT_PARTS = LIST_OF(TEXT_PART);
static const struct emu_shape DOCUMENT_SOURCE =
    UNION(OPTIONAL("bytes", BLOB), OPTIONAL("s3Location", S3_LOCATION), OPTIONAL("text", STRING),
          OPTIONAL("content", TEXT_PARTS));
static const struct emu_shape CITATIONS_CONFIG = STRUCTURE(REQUIRED("enabled", BOOLEAN));

static const struct emu_shape IMAGE_FORMAT = ENUM("png", "jpeg", "gif", "webp");
static const struct emu_shape IMAGE =
    STRUCTURE(REQUIRED("format", IMAGE_FORMAT), REQUIRED("source", MEDIA_SOURCE));

static const struct emu_shape DOCUMENT_FORMAT =
    ENUM("pdf", "csv", "doc", "docx", "xls", "xlsx", "html", "txt", "md");
static const struct emu_shape DOCUMENT_BLOCK =
    STRUCTURE(REQUIRED("name", NAME_200), REQUIRED("source", DOCUMENT_SOURCE),
              OPTIONAL("format", DOCUMENT_FORMAT), OPTIONAL("context", STRING),
              OPTIONAL("citations", CITATIONS_CONFIG));

static const struct emu_shape VIDEO_FORMAT =
    ENUM("mkv", "mov", "mp4", "webm", "flv", "mpeg", "mpg", "wmv", "three_gp");
static const struct emu_shape VIDEO =
    STRUCTURE(REQUIRED("format", VIDEO_FORMAT), REQUIRED("source", MEDIA_SOURCE));

static const struct emu_shape AUDIO_FORMAT =
    ENUM("mp3", "opus", "wav", "aac", "flac", "mp4", "ogg", "mkv", "mka", "x-aac", "m4a", "mpeg",
         "mpga", "pcm", "webm");
static const struct emu_shape AUDIO =
    STRUCTURE(REQUIRED("format", AUDIO_FORMAT), REQUIRED("source", MEDIA_SOURCE));

/* ---- search results and citations ---- */

static const struct emu_shape SEARCH_PART = STRUCTURE(REQUIRED("text", STRING));
static const struct emu_shape SEARCH_PARTS = LIST_OF(SEARCH_PART);
static const struct emu_shape SEARCH_RESULT =
    STRUCTURE(REQUIRED("source", STRING), REQUIRED("title", STRING),
              REQUIRED("content", SEARCH_PARTS), OPTIONAL("citations", CITATIONS_CONFIG));

static const struct emu_shape WEB_LOCATION =
    STRUCTURE(OPTIONAL("url", STRING), OPTIONAL("domain", STRING));
static const struct emu_shape DOCUMENT_LOCATION =
    STRUCTURE(OPTIONAL("documentIndex", INDEX), OPTIONAL("start", INDEX), OPTIONAL("end", INDEX));
static const struct emu_shape SEARCH_LOCATION = STRUCTURE(
    OPTIONAL("searchResultIndex", INDEX), OPTIONAL("start", INDEX), OPTIONAL("end", INDEX));
static const struct emu_shape CITATION_LOCATION =
    UNION(OPTIONAL("web", WEB_LOCATION), OPTIONAL("documentChar", DOCUMENT_LOCATION),
          OPTIONAL("documentPage", DOCUMENT_LOCATION), OPTIONAL("documentChunk", DOCUMENT_LOCATION),
          OPTIONAL("searchResultLocation", SEARCH_LOCATION));
static const struct emu_shape CITATION =
    STRUCTURE(OPTIONAL("title", STRING), OPTIONAL("source", STRING),
              OPTIONAL("sourceContent", TEXT_PARTS), OPTIONAL("location", CITATION_LOCATION));
static const struct emu_shape CITATIONS = LIST_OF(CITATION);
static const struct emu_shape CITATIONS_CONTENT =
    STRUCTURE(OPTIONAL("content", TEXT_PARTS), OPTIONAL("citations", CITATIONS));

/* ---- content blocks ---- */

static const struct emu_shape TOOL_USE_TYPE = ENUM("server_tool_use");
static const struct emu_shape TOOL_USE =
    STRUCTURE(REQUIRED("toolUseId", TOOL_USE_ID), REQUIRED("name", TOOL_NAME),
              REQUIRED("input", DOCUMENT), OPTIONAL("type", TOOL_USE_TYPE));

static const struct emu_shape TOOL_RESULT_PART =
    UNION(OPTIONAL("json", DOCUMENT), OPTIONAL("text", STRING), OPTIONAL("image", IMAGE),
          OPTIONAL("document", DOCUMENT_BLOCK), OPTIONAL("video", VIDEO),
          OPTIONAL("searchResult", SEARCH_RESULT));
static const struct emu_shape TOOL_RESULT_PARTS = LIST_OF(TOOL_RESULT_PART);
static const struct emu_shape TOOL_RESULT_STATUS = ENUM("success", "error");
static const struct emu_shape TOOL_RESULT =
    STRUCTURE(REQUIRED("toolUseId", TOOL_USE_ID), REQUIRED("content", TOOL_RESULT_PARTS),
              OPTIONAL("status", TOOL_RESULT_STATUS), OPTIONAL("type", STRING));

static const struct emu_shape QUALIFIER = ENUM("grounding_source", "query", "guard_content");
static const struct emu_shape QUALIFIERS = LIST_OF(QUALIFIER);
static const struct emu_shape GUARD_TEXT =
    STRUCTURE(REQUIRED("text", STRING), OPTIONAL("qualifiers", QUALIFIERS));
static const struct emu_shape GUARD_IMAGE_FORMAT = ENUM("png", "jpeg");
static const struct emu_shape GUARD_IMAGE_SOURCE = UNION(OPTIONAL("bytes", BLOB));
static const struct emu_shape GUARD_IMAGE =
    STRUCTURE(REQUIRED("format", GUARD_IMAGE_FORMAT), REQUIRED("source", GUARD_IMAGE_SOURCE));
static const struct emu_shape GUARD_CONTENT =
    UNION(OPTIONAL("text", GUARD_TEXT), OPTIONAL("image", GUARD_IMAGE));

static const struct emu_shape CACHE_TYPE = ENUM("default");
static const struct emu_shape CACHE_TTL = ENUM("5m", "1h");
static const struct emu_shape CACHE_POINT =
    STRUCTURE(REQUIRED("type", CACHE_TYPE), OPTIONAL("ttl", CACHE_TTL));

static const struct emu_shape REASONING_TEXT =
    STRUCTURE(REQUIRED("text", STRING), OPTIONAL("signature", STRING));
static const struct emu_shape REASONING =
    UNION(OPTIONAL("reasoningText", REASONING_TEXT), OPTIONAL("redactedContent", BLOB));

static const struct emu_shape NAME_64 = {.kind = EMU_STRING, .min = 1, .max = 64};
static const struct emu_shape TOOL_REFERENCE = STRUCTURE(
    OPTIONAL("type", NAME_64), OPTIONAL("name", NAME_128), OPTIONAL("serverName", NAME_128));
static const struct emu_shape TOOL_CHANGE = STRUCTURE(REQUIRED("tool", TOOL_REFERENCE));

static const struct emu_shape CONTENT_BLOCK =
    UNION(OPTIONAL("text", STRING), OPTIONAL("image", IMAGE), OPTIONAL("document", DOCUMENT_BLOCK),
          OPTIONAL("video", VIDEO), OPTIONAL("audio", AUDIO), OPTIONAL("toolUse", TOOL_USE),
          OPTIONAL("toolResult", TOOL_RESULT), OPTIONAL("guardContent", GUARD_CONTENT),
          OPTIONAL("cachePoint", CACHE_POINT), OPTIONAL("reasoningContent", REASONING),
          OPTIONAL("citationsContent", CITATIONS_CONTENT), OPTIONAL("searchResult", SEARCH_RESULT),
          OPTIONAL("toolAddition", TOOL_CHANGE), OPTIONAL("toolRemoval", TOOL_CHANGE));

/* The model sets no minimum for the two lists; the service refuses empty ones. */
static const struct emu_shape CONTENT = {.kind = EMU_LIST, .min = 1, .member = &CONTENT_BLOCK};
static const struct emu_shape ROLE = ENUM("user", "assistant", "system");
static const struct emu_shape MESSAGE =
    STRUCTURE(REQUIRED("role", ROLE), REQUIRED("content", CONTENT));
static const struct emu_shape MESSAGES = {.kind = EMU_LIST, .min = 1, .member = &MESSAGE};

static const struct emu_shape SYSTEM_BLOCK =
    UNION(OPTIONAL("text", NON_EMPTY), OPTIONAL("guardContent", GUARD_CONTENT),
          OPTIONAL("cachePoint", CACHE_POINT));
static const struct emu_shape SYSTEM = LIST_OF(SYSTEM_BLOCK);

/* ---- configuration ---- */

static const struct emu_shape MAX_TOKENS = {.kind = EMU_INTEGER, .min = 1, .max = INT32_MAX};
static const struct emu_shape FRACTION = {.kind = EMU_FLOAT, .min = 0, .max = 1};
static const struct emu_shape STOP_SEQUENCES = {
    .kind = EMU_LIST, .max = 2500, .member = &NON_EMPTY};
static const struct emu_shape INFERENCE_CONFIG =
    STRUCTURE(OPTIONAL("maxTokens", MAX_TOKENS), OPTIONAL("temperature", FRACTION),
              OPTIONAL("topP", FRACTION), OPTIONAL("stopSequences", STOP_SEQUENCES));

static const struct emu_shape INPUT_SCHEMA = UNION(OPTIONAL("json", DOCUMENT));
static const struct emu_shape TOOL_SPEC =
    STRUCTURE(REQUIRED("name", TOOL_NAME), REQUIRED("inputSchema", INPUT_SCHEMA),
              OPTIONAL("description", NON_EMPTY), OPTIONAL("strict", BOOLEAN));
static const struct emu_shape NAMED_TOOL = STRUCTURE(REQUIRED("name", TOOL_NAME));
static const struct emu_shape TOOL =
    UNION(OPTIONAL("toolSpec", TOOL_SPEC), OPTIONAL("systemTool", NAMED_TOOL),
          OPTIONAL("cachePoint", CACHE_POINT));
static const struct emu_shape TOOLS = {.kind = EMU_LIST, .min = 1, .member = &TOOL};
static const struct emu_shape TOOL_CHOICE =
    UNION(OPTIONAL("auto", EMPTY), OPTIONAL("any", EMPTY), OPTIONAL("tool", NAMED_TOOL));
static const struct emu_shape TOOL_CONFIG =
    STRUCTURE(REQUIRED("tools", TOOLS), OPTIONAL("toolChoice", TOOL_CHOICE));

static const struct emu_shape NAME_2048 = {.kind = EMU_STRING, .max = 2048};
static const struct emu_shape GUARDRAIL_TRACE = ENUM("enabled", "disabled", "enabled_full");
static const struct emu_shape GUARDRAIL_CONFIG =
    STRUCTURE(OPTIONAL("guardrailIdentifier", NAME_2048), OPTIONAL("guardrailVersion", STRING),
              OPTIONAL("trace", GUARDRAIL_TRACE));
static const struct emu_shape GUARDRAIL_MODE = ENUM("sync", "async");
static const struct emu_shape GUARDRAIL_STREAM_CONFIG =
    STRUCTURE(OPTIONAL("guardrailIdentifier", NAME_2048), OPTIONAL("guardrailVersion", STRING),
              OPTIONAL("trace", GUARDRAIL_TRACE), OPTIONAL("streamProcessingMode", GUARDRAIL_MODE));

static const struct emu_shape PROMPT_VARIABLES = {
    .kind = EMU_MAP, .key = &STRING, .member = &TEXT_PART};
static const struct emu_shape POINTER = {.kind = EMU_STRING, .min = 1, .max = 256};
static const struct emu_shape POINTERS = {.kind = EMU_LIST, .max = 10, .member = &POINTER};

static const struct emu_shape METADATA_KEY = {
    .kind = EMU_STRING, .min = 1, .max = 256, .pattern = &EMU_PATTERN_METADATA};
static const struct emu_shape METADATA_VALUE = {
    .kind = EMU_STRING, .max = 256, .pattern = &EMU_PATTERN_METADATA};
static const struct emu_shape METADATA = {
    .kind = EMU_MAP, .min = 1, .max = 16, .key = &METADATA_KEY, .member = &METADATA_VALUE};

static const struct emu_shape LATENCY = ENUM("standard", "optimized");
static const struct emu_shape PERFORMANCE = STRUCTURE(OPTIONAL("latency", LATENCY));
static const struct emu_shape TIER = ENUM("priority", "default", "flex", "reserved");
static const struct emu_shape SERVICE_TIER = STRUCTURE(REQUIRED("type", TIER));

static const struct emu_shape JSON_SCHEMA = STRUCTURE(
    REQUIRED("schema", STRING), OPTIONAL("name", STRING), OPTIONAL("description", STRING));
static const struct emu_shape FORMAT_STRUCTURE = UNION(OPTIONAL("jsonSchema", JSON_SCHEMA));
static const struct emu_shape FORMAT_TYPE = ENUM("json_schema");
static const struct emu_shape TEXT_FORMAT =
    STRUCTURE(REQUIRED("type", FORMAT_TYPE), REQUIRED("structure", FORMAT_STRUCTURE));
static const struct emu_shape EFFORT = {.kind = EMU_STRING, .max = 16};
static const struct emu_shape OUTPUT_CONFIG =
    STRUCTURE(OPTIONAL("textFormat", TEXT_FORMAT), OPTIONAL("effort", EFFORT));

#define CONVERSATION(guardrail_config)                                                             \
    STRUCTURE(REQUIRED("modelId", MODEL_ID), REQUIRED("messages", MESSAGES),                       \
              OPTIONAL("system", SYSTEM), OPTIONAL("inferenceConfig", INFERENCE_CONFIG),           \
              OPTIONAL("toolConfig", TOOL_CONFIG), OPTIONAL("guardrailConfig", guardrail_config),  \
              OPTIONAL("additionalModelRequestFields", DOCUMENT),                                  \
              OPTIONAL("promptVariables", PROMPT_VARIABLES),                                       \
              OPTIONAL("additionalModelResponseFieldPaths", POINTERS),                             \
              OPTIONAL("requestMetadata", METADATA), OPTIONAL("performanceConfig", PERFORMANCE),   \
              OPTIONAL("serviceTier", SERVICE_TIER), OPTIONAL("outputConfig", OUTPUT_CONFIG))

const struct emu_shape EMU_SHAPE_CONVERSE = CONVERSATION(GUARDRAIL_CONFIG);
const struct emu_shape EMU_SHAPE_CONVERSE_STREAM = CONVERSATION(GUARDRAIL_STREAM_CONFIG);

/* ---- CountTokens ---- */

static const struct emu_shape COUNTED_MODEL_ID = {
    .kind = EMU_STRING, .min = 1, .max = 256, .pattern = &EMU_PATTERN_COUNTED_MODEL_ID};

/* 25,000,000 bytes, in base64. */
static const struct emu_shape BODY = {
    .kind = EMU_STRING, .max = (25000000 + 2) / 3 * 4, .pattern = &EMU_PATTERN_BASE64};
static const struct emu_shape INVOKE_MODEL = STRUCTURE(REQUIRED("body", BODY));

static const struct emu_shape CONVERSE = STRUCTURE(
    REQUIRED("messages", MESSAGES), OPTIONAL("system", SYSTEM), OPTIONAL("toolConfig", TOOL_CONFIG),
    OPTIONAL("additionalModelRequestFields", DOCUMENT));
static const struct emu_shape COUNTED =
    UNION(OPTIONAL("invokeModel", INVOKE_MODEL), OPTIONAL("converse", CONVERSE));

const struct emu_shape EMU_SHAPE_COUNT_TOKENS =
    STRUCTURE(REQUIRED("modelId", COUNTED_MODEL_ID), REQUIRED("input", COUNTED));
