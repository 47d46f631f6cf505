/* The bound of whatever a request accepts: a message, or a member. It is at least the bytes of all
 * texts that count, the same twice, and names what it leaves out.
 *
 * The first byte says what the rest is: a message, `system`, or a member of some name.
 * SPDX-License-Identifier: MIT */
#include <bound.h>
#include <json_text.h>
#include <text.h>

#include <jansson.h>

#define ARN "arn:aws:bedrock:us-east-1:123456789012:application-inference-profile/abc"

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size);

static void must(bool truth)
{
    if (!truth)
        abort();
}

/* Bytes of the texts in blocks {"text":…}, and tool results' texts, by jansson. */
static int64_t text_bytes(json_t *content)
{
    int64_t bytes = 0;
    json_t *block;
    size_t i;

    json_array_foreach(content, i, block)
    {
        bytes += (int64_t)json_string_length(json_object_get(block, "text"));
        bytes += text_bytes(json_object_get(json_object_get(block, "toolResult"), "content"));
        json_t *reasoning =
            json_object_get(json_object_get(block, "reasoningContent"), "reasoningText");
        bytes += (int64_t)json_string_length(json_object_get(reasoning, "text"));
    }
    return bytes;
}

static bool add(brc_request *request, uint8_t what, const char *json, size_t n)
{
    static const char *const members[] = {
        "system",          "toolConfig",  "additionalModelRequestFields",
        "inferenceConfig", "serviceTier", "performanceConfig",
        "outputConfig",    "other"};

    what %= sizeof members / sizeof *members + 1;
    if (what == 0)
        return brc_request_add_message(request, json, n) == 0;
    return brc_request_set_json(request, members[what - 1], json, n) == 0;
}

static void check_uses(const struct brc__bound *bound)
{
    const char *uses = bound->uses.data;

    must(bound->uses.length == 0 || uses[bound->uses.length - 1] == '\0');
    for (size_t i = 0; i < bound->uses.length; i += strlen(uses + i) + 1)
        must(uses[i] != '\0' && brc__utf8_without_nul(uses + i, strlen(uses + i)));
}

static void check(brc_request *request, uint8_t what, const char *json, size_t n)
{
    struct brc__bound bound, stated;
    int64_t texts = 0;

    must(brc__bound_of(request, &bound) == 0);
    json_t *value = json_loadb(json, n, JSON_DECODE_ANY, NULL);
    if (what % 9 == 0)
        texts = 64 + text_bytes(json_object_get(value, "content"));
    else if (what % 9 == 1)
        texts = text_bytes(value);
    json_decref(value);
    must(bound.input >= texts && bound.input <= 40 * (int64_t)n + 1024 * (int64_t)n);
    must(bound.output_least <= bound.output && bound.output <= INT32_MAX);
    must(memchr(bound.unbounded, '\0', sizeof bound.unbounded) != NULL);
    must(memchr(bound.tier, '\0', sizeof bound.tier) != NULL && bound.tier[0] != '\0');
    check_uses(&bound);
    must(brc_request_set_bound(request, 5, 7) == 0);
    must(brc__bound_of(request, &stated) == 0);
    must(stated.input == bound.input + 5 && stated.unbounded[0] == '\0');
    must(stated.uses.length == bound.uses.length);
    brc__bound_clear(&stated);
    brc__bound_clear(&bound);
}

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
    brc_request *request;

    if (size < 1)
        return 0;
    must(brc_request_new(ARN, &request) == 0);
    const char *json = (const char *)data + 1;
    if (add(request, data[0], json, size - 1))
        check(request, data[0], json, size - 1);
    must(brc__bound_bytes(json, size - 1) >= 0);
    brc_request_free(request);
    return 0;
}
