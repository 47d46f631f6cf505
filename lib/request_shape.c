/* SPDX-License-Identifier: MIT */
#include "request_shape.h"

enum {
    TOKENS_OF_MESSAGE = 64, /* for what stands around its texts when the model reads it */
    TOKENS_OF_TOOL = 1024   /* for what the model is told about calling it */
};

#define SHAPE(the_group, the_members)                                                              \
    {                                                                                              \
        .group = (the_group), .members = (the_members),                                            \
        .count = sizeof(the_members) / sizeof *(the_members)                                       \
    }

#define READ(the_name, the_rule)                                                                   \
    {                                                                                              \
        .name = (the_name), .rule = (the_rule), .is_read = true                                    \
    }
#define READ_AS(the_name, the_rule, the_shape)                                                     \
    {                                                                                              \
        .name = (the_name), .rule = (the_rule), .shape = &(the_shape), .is_read = true             \
    }
#define TEXT                                                                                       \
    {                                                                                              \
        .name = "text", .rule = BRC__TEXT, .is_common = true                                       \
    }
#define MEDIUM(the_name)                                                                           \
    {                                                                                              \
        .name = (the_name), .rule = BRC__UNBOUNDED                                                 \
    }

/* ---- blocks of content */

static const struct brc__member texts[] = {TEXT};
static const struct brc__shape text_shape = SHAPE(NULL, texts);

static const struct brc__member guard_text[] = {TEXT, READ("qualifiers", BRC__JSON)};
static const struct brc__shape guard_text_shape = SHAPE(NULL, guard_text);
static const struct brc__member guard[] = {READ_AS("text", BRC__OBJECT, guard_text_shape),
                                           MEDIUM("image")};
static const struct brc__shape guard_shape = SHAPE(NULL, guard);

static const struct brc__member cache_point[] = {{.name = "type", .rule = BRC__FREE},
                                                 {.name = "ttl", .rule = BRC__FREE}};
static const struct brc__shape cache_point_shape = SHAPE(NULL, cache_point);

static const struct brc__member reasoning_text[] = {TEXT, READ("signature", BRC__SIGNATURE)};
static const struct brc__shape reasoning_text_shape = SHAPE(NULL, reasoning_text);
static const struct brc__member reasoning[] = {
    READ_AS("reasoningText", BRC__OBJECT, reasoning_text_shape),
    READ("redactedContent", BRC__SIGNATURE)};
static const struct brc__shape reasoning_shape = SHAPE(NULL, reasoning);

static const struct brc__member citation[] = {READ("title", BRC__JSON), READ("source", BRC__JSON),
                                              READ("location", BRC__JSON),
                                              READ_AS("sourceContent", BRC__LIST, text_shape)};
static const struct brc__shape citation_shape = SHAPE(NULL, citation);
static const struct brc__member citations[] = {READ_AS("content", BRC__LIST, text_shape),
                                               READ_AS("citations", BRC__LIST, citation_shape)};
static const struct brc__shape citations_shape = SHAPE(NULL, citations);

static const struct brc__member search_result[] = {
    READ("source", BRC__JSON), READ("title", BRC__JSON), READ("citations", BRC__JSON),
    READ_AS("content", BRC__LIST, text_shape)};
static const struct brc__shape search_result_shape = SHAPE(NULL, search_result);

static const struct brc__member tool_use[] = {READ("toolUseId", BRC__JSON), READ("name", BRC__JSON),
                                              READ("input", BRC__JSON), READ("type", BRC__JSON)};
static const struct brc__shape tool_use_shape = SHAPE(NULL, tool_use);

static const struct brc__member result_content[] = {
    TEXT,
    {.name = "json", .rule = BRC__JSON, .is_read = true, .is_common = true},
    READ_AS("searchResult", BRC__OBJECT, search_result_shape),
    MEDIUM("image"),
    MEDIUM("document"),
    MEDIUM("video")};
static const struct brc__shape result_content_shape = SHAPE("content.", result_content);
static const struct brc__member tool_result[] = {
    READ("toolUseId", BRC__JSON), READ("status", BRC__JSON), READ("type", BRC__JSON),
    READ_AS("content", BRC__LIST, result_content_shape)};
static const struct brc__shape tool_result_shape = SHAPE(NULL, tool_result);

static const struct brc__member tool_removal[] = {READ("tool", BRC__JSON)};
static const struct brc__shape tool_removal_shape = SHAPE(NULL, tool_removal);

/* What is not here is unbounded: toolAddition, too, for the tool may be a server's. */
static const struct brc__member content[] = {
    TEXT,
    READ_AS("toolUse", BRC__OBJECT, tool_use_shape),
    READ_AS("toolResult", BRC__OBJECT, tool_result_shape),
    READ_AS("reasoningContent", BRC__OBJECT, reasoning_shape),
    {.name = "cachePoint", .rule = BRC__OBJECT, .shape = &cache_point_shape},
    READ_AS("guardContent", BRC__OBJECT, guard_shape),
    READ_AS("citationsContent", BRC__OBJECT, citations_shape),
    READ_AS("searchResult", BRC__OBJECT, search_result_shape),
    READ_AS("toolRemoval", BRC__OBJECT, tool_removal_shape),
    MEDIUM("image"),
    MEDIUM("document"),
    MEDIUM("video"),
    MEDIUM("audio")};
static const struct brc__shape content_shape = SHAPE("content.", content);

/* ---- messages and system */

static const struct brc__member message[] = {
    {.name = "role", .rule = BRC__ROLE},
    {.name = "content", .rule = BRC__LIST, .shape = &content_shape, .tokens = TOKENS_OF_MESSAGE}};
const struct brc__shape brc__message_shape = SHAPE(NULL, message);

static const struct brc__member system_content[] = {
    TEXT,
    {.name = "cachePoint", .rule = BRC__OBJECT, .shape = &cache_point_shape},
    READ_AS("guardContent", BRC__OBJECT, guard_shape)};
const struct brc__shape brc__system_shape = SHAPE("content.", system_content);

/* ---- the other members */

static const struct brc__member inference[] = {{.name = "maxTokens", .rule = BRC__MAX_TOKENS},
                                               {.name = "temperature", .rule = BRC__FREE},
                                               {.name = "topP", .rule = BRC__FREE},
                                               {.name = "stopSequences", .rule = BRC__FREE}};
const struct brc__shape brc__inference_shape = SHAPE("inferenceConfig.", inference);

static const struct brc__member tool_spec[] = {
    READ("name", BRC__JSON), READ("description", BRC__JSON), READ("inputSchema", BRC__JSON),
    READ("strict", BRC__JSON)};
static const struct brc__shape tool_spec_shape = SHAPE(NULL, tool_spec);
static const struct brc__member tool[] = {
    {.name = "toolSpec", .rule = BRC__OBJECT, .shape = &tool_spec_shape, .tokens = TOKENS_OF_TOOL},
    {.name = "cachePoint", .rule = BRC__OBJECT, .shape = &cache_point_shape}};
static const struct brc__shape tool_shape = SHAPE(NULL, tool);
static const struct brc__member tool_config[] = {
    {.name = "tools", .rule = BRC__LIST, .shape = &tool_shape}, READ("toolChoice", BRC__JSON)};
static const struct brc__shape tool_config_shape = SHAPE(NULL, tool_config);

static const struct brc__member output_config[] = {READ("textFormat", BRC__JSON),
                                                   READ("effort", BRC__JSON)};
static const struct brc__shape output_config_shape = SHAPE(NULL, output_config);

/* Those that steer the model; any other may be a prompt of its own, or a tool that runs at AWS. */
static const struct brc__member additional[] = {
    READ("top_k", BRC__JSON), READ("topK", BRC__JSON), READ("thinking", BRC__JSON),
    READ("reasoning_config", BRC__JSON), READ("reasoningConfig", BRC__JSON)};
static const struct brc__shape additional_shape =
    SHAPE("additionalModelRequestFields.", additional);

static const struct brc__member service_tier[] = {{.name = "type", .rule = BRC__TIER}};
static const struct brc__shape service_tier_shape = SHAPE(NULL, service_tier);
static const struct brc__member performance[] = {{.name = "latency", .rule = BRC__LATENCY}};
static const struct brc__shape performance_shape = SHAPE(NULL, performance);

static const struct brc__member request[] = {
    {.name = "toolConfig", .rule = BRC__OBJECT, .shape = &tool_config_shape},
    {.name = "outputConfig", .rule = BRC__OBJECT, .shape = &output_config_shape},
    {.name = "additionalModelRequestFields", .rule = BRC__OBJECT, .shape = &additional_shape},
    {.name = "serviceTier", .rule = BRC__OBJECT, .shape = &service_tier_shape},
    {.name = "performanceConfig", .rule = BRC__OBJECT, .shape = &performance_shape},
    {.name = "requestMetadata", .rule = BRC__FREE},
    {.name = "guardrailConfig", .rule = BRC__FREE}, /* billed, but not in tokens */
    {.name = "additionalModelResponseFieldPaths", .rule = BRC__FREE}};
const struct brc__shape brc__request_shape = SHAPE("", request);

const struct brc__member *brc__shape_member(const struct brc__shape *shape, struct brc__json name)
{
    for (size_t i = 0; i < shape->count; i++)
        if (brc__json_says(name, shape->members[i].name))
            return &shape->members[i];
    return NULL;
}
