/* The most a request can cost, part by part; what cannot be bounded, by name; what it asks a model
 * to be able to do.
 * SPDX-License-Identifier: MIT */
#include "request_steps.h"
#include "run.h"

#include <bound.h>

#include <string.h>

/* ---- bytes */

static const struct {
    const char *json;
    int bytes;
} texts[] = {
    {"", 0},
    {"a", 1},
    {"\"\"", 2},
    {"The quick brown fox jumps over the lazy dog.", 44},
    {"a\\nb", 3},
    {"\\\"\\\\\\/\\b\\f\\n\\r\\t", 8},
    {"\\u0041", 1},
    {"\\u00df", 2},
    {"\xc3\x9f", 2},
    {"\xc3\xa9", 3},                 /* falls apart before U+0323 */
    {"\\u00e9", 3},                  /* the same in other words */
    {"\xc3\xa7", 2},                 /* nothing parts c and its cedilla */
    {"\xd0\xb9", 2},                 /* nor what is one letter in Russian */
    {"\xe3\x81\x8c", 3},             /* nor in Japanese */
    {"\xea\xb0\x81", 3},             /* nor in Korean */
    {"\xe4\xb8\xad\xe6\x96\x87", 6}, /* Chinese */
    {"\xef\xb7\xba", 33},            /* the longest that there is */
    {"\\ufdfa", 33},
    {"\\uFDFAa\xef\xb7\xba", 67},
    {"\xf0\x9f\x98\x80", 4}, /* a face */
    {"\\ud83d\\ude00", 4},   /* the same */
    {"\xef\xbc\xa1", 3},     /* a wide letter, which becomes a narrow one or stays */
    {"\\ud800", 3},          /* half a pair becomes U+FFFD */
    {"\\ud800\\ud800", 6},
    {"\xff\xff", 6}, /* so does what is no UTF-8 */
    {"\xe2\x81\xbf\xf0\xaf\xa8\x9d", 7},
};

START_TEST(counts_bytes)
{
    ck_assert_int_eq(brc__bound_bytes(texts[_i].json, strlen(texts[_i].json)), texts[_i].bytes);
}
END_TEST

/* ---- requests */

#define USER(content) MESSAGE, NULL, "{\"role\":\"user\",\"content\":[" content "]}"
#define NAME(name)    (sizeof name + 3) /* with two quotes, a colon, a comma */

static const struct {
    struct step steps[STEPS];
    int input;
    int output;
    int least;
    const char *uses; /* each with a blank behind it */
    const char *tier; /* NULL: default */
    bool has_signature;
} bounded[] = {
    {{{TEXT, "user", "hello"}}, 64 + 5, 0, 0, "", NULL, false},
    {{{TEXT, "user", "hello"}, {TEXT, "assistant", "a\nb\"c"}},
     2 * 64 + 5 + 5,
     0,
     0,
     "",
     NULL,
     false},
    {{{TEXT, "user", "\xef\xb7\xba"}}, 64 + 33, 0, 0, "", NULL, false},
    {{{TEXT, "user", "x"}, {TEXT, "system", "twelve bytes"}},
     64 + 1 + 12,
     0,
     0,
     "system ",
     NULL,
     false},
    {{{TEXT, "user", "x"}, {MAX, NULL, "500 100"}},
     65,
     500,
     100,
     "inferenceConfig.maxTokens ",
     NULL,
     false},
    {{{TEXT, "user", "x"}, {MAX, NULL, "500 100"}, {STOP, NULL, "a long stop sequence"}},
     65,
     500,
     100,
     "inferenceConfig.maxTokens inferenceConfig.stopSequences ",
     NULL,
     false},
    {{{TEXT, "user", "x"},
      {JSON, "inferenceConfig", " {\"topP\":1,\"max\\u0054okens\": 77 ,\"temperature\":0} "}},
     65,
     77,
     77,
     "inferenceConfig.topP inferenceConfig.maxTokens inferenceConfig.temperature ",
     NULL,
     false},
    {{{TEXT, "user", "x"}, {JSON, "inferenceConfig", "{}"}}, 65, 0, 0, "", NULL, false},
    {{{USER("{\"text\":\"ab\"},{\"text\":\"c\\u0064\"}, { \"text\" : \"e\" } ")}},
     64 + 5,
     0,
     0,
     "",
     NULL,
     false},
    {{{USER("{\"te\\u0078t\":\"ab\"}")}}, 64 + 2, 0, 0, "", NULL, false},
    {{{USER("{\"text\":{\"a\":1}}")}}, 64 + 7, 0, 0, "", NULL, false}, /* not that AWS takes it */
    {{{MESSAGE, NULL, "{\"content\":[],\"role\":\"system\"}"}}, 64, 0, 0, "", NULL, false},
    {{{USER("{\"toolUse\":{\"toolUseId\":\"t\",\"name\":\"n\",\"input\":{\"k\":\"a\\nb\"}}}")}},
     64 + NAME("toolUse") + NAME("toolUseId") + 3 + NAME("name") + 3 + NAME("input") + 12,
     0,
     0,
     "content.toolUse ",
     NULL,
     false},
    {{{USER("{\"toolResult\":{\"toolUseId\":\"t\",\"status\":\"success\",\"content\":[{\"text\":"
            "\"ok\"},{\"json\":[1]},"
            "{\"searchResult\":{\"source\":\"s\",\"title\":\"t\",\"content\":[{\"text\":\"xyz\"}]}}"
            "]}}")}},
     64 + NAME("toolResult") + NAME("toolUseId") + 3 + NAME("status") + 9 + NAME("content") + 2 +
         NAME("json") + 3 + NAME("searchResult") + NAME("source") + 3 + NAME("title") + 3 +
         NAME("content") + 3,
     0,
     0,
     "content.toolResult content.searchResult ",
     NULL,
     false},
    {{{USER(
         "{\"reasoningContent\":{\"reasoningText\":{\"text\":\"hm\",\"signature\":\"SIGN\"}}}")}},
     64 + NAME("reasoningContent") + NAME("reasoningText") + 2 + NAME("signature") + 6,
     0,
     0,
     "content.reasoningContent ",
     NULL,
     true},
    {{{USER("{\"reasoningContent\":{\"reasoningText\":{\"text\":\"hm\"}}}")}},
     64 + NAME("reasoningContent") + NAME("reasoningText") + 2,
     0,
     0,
     "content.reasoningContent ",
     NULL,
     false},
    {{{USER("{\"reasoningContent\":{\"redactedContent\":\"QUJD\"}}")}},
     64 + NAME("reasoningContent") + NAME("redactedContent") + 6,
     0,
     0,
     "content.reasoningContent ",
     NULL,
     true},
    {{{USER("{\"text\":\"a\"},{\"cachePoint\":{\"type\":\"default\",\"ttl\":\"1h\"}}")}},
     65,
     0,
     0,
     "content.cachePoint ",
     NULL,
     false},
    {{{USER("{\"guardContent\":{\"text\":{\"text\":\"abc\",\"qualifiers\":[]}}}")}},
     64 + NAME("guardContent") + NAME("text") + 3 + NAME("qualifiers") + 2,
     0,
     0,
     "content.guardContent ",
     NULL,
     false},
    {{{USER("{\"citationsContent\":{\"content\":[{\"text\":\"abc\"}],\"citations\":[{\"title\":"
            "\"t\",\"location\":{},"
            "\"sourceContent\":[{\"text\":\"d\"}]}]}}")}},
     64 + NAME("citationsContent") + NAME("content") + 3 + NAME("citations") + NAME("title") + 3 +
         NAME("location") + 2 + NAME("sourceContent") + 1,
     0,
     0,
     "content.citationsContent ",
     NULL,
     false},
    {{{USER("{\"toolRemoval\":{\"tool\":{\"name\":\"n\"}}}")}},
     64 + NAME("toolRemoval") + NAME("tool") + 12,
     0,
     0,
     "content.toolRemoval ",
     NULL,
     false},
    /* a kind that occurs often is named once */
    {{{USER("{\"cachePoint\":{}},{\"cachePoint\":{}}")},
      {USER("{\"cachePoint\":{}}")},
      {JSON, "system", "[{\"text\":\"s\"},{\"cachePoint\":{}}]"}},
     2 * 64 + 1,
     0,
     0,
     "content.cachePoint system ",
     NULL,
     false},
    {{{TEXT, "user", "x"},
      {JSON, "toolConfig",
       "{\"tools\":[{\"toolSpec\":{\"name\":\"f\",\"inputSchema\":{\"json\":{}}}},{\"cachePoint\":{"
       "}},"
       "{\"toolSpec\":{\"description\":\"g\\n\"}}],\"toolChoice\":{\"auto\":{}}}"}},
     65 + 2 * 1024 + NAME("name") + 3 + NAME("inputSchema") + 11 + NAME("description") + 5 +
         NAME("toolChoice") + 11,
     0,
     0,
     "toolConfig ",
     NULL,
     false},
    {{{TEXT, "user", "x"}, {JSON, "outputConfig", "{\"effort\":\"low\",\"textFormat\":{}}"}},
     65 + NAME("effort") + 5 + NAME("textFormat") + 2,
     0,
     0,
     "outputConfig ",
     NULL,
     false},
    {{{TEXT, "user", "x"},
      {JSON, "additionalModelRequestFields",
       "{\"top_k\":5,\"topK\":5,\"thinking\":{},\"reasoning_config\":{},"
       "\"reasoningConfig\":{}}"}},
     65 + NAME("top_k") + 1 + NAME("topK") + 1 + NAME("thinking") + 2 + NAME("reasoning_config") +
         2 + NAME("reasoningConfig") + 2,
     0,
     0,
     "additionalModelRequestFields.top_k additionalModelRequestFields.topK "
     "additionalModelRequestFields.thinking additionalModelRequestFields.reasoning_config "
     "additionalModelRequestFields.reasoningConfig ",
     NULL,
     false},
    {{{TEXT, "user", "x"},
      {JSON, "requestMetadata", "{\"key\":\"a long value, recorded only\"}"},
      {JSON, "guardrailConfig", "{\"guardrailIdentifier\":\"g\"}"},
      {JSON, "additionalModelResponseFieldPaths", "[\"/a\"]"}},
     65,
     0,
     0,
     "requestMetadata guardrailConfig additionalModelResponseFieldPaths ",
     NULL,
     false},
    {{{TEXT, "user", "x"}, {JSON, "serviceTier", "{\"type\":\"flex\"}"}},
     65,
     0,
     0,
     "serviceTier ",
     "flex",
     false},
    {{{TEXT, "user", "x"}, {JSON, "performanceConfig", "{\"latency\":\"optimized\"}"}},
     65,
     0,
     0,
     "performanceConfig ",
     "optimized",
     false},
    {{{TEXT, "user", "x"},
      {JSON, "performanceConfig", "{\"latency\":\"optimized\"}"},
      {JSON, "serviceTier", "{\"type\":\"flex\"}"}},
     65,
     0,
     0,
     "performanceConfig serviceTier ",
     "optimized",
     false},
    {{{TEXT, "user", "x"},
      {JSON, "serviceTier", "{\"type\":\"flex\"}"},
      {JSON, "performanceConfig", "{\"latency\":\"optimized\"}"}},
     65,
     0,
     0,
     "serviceTier performanceConfig ",
     "optimized",
     false},
    {{{TEXT, "user", "x"}, {JSON, "performanceConfig", "{\"latency\":\"standard\"}"}},
     65,
     0,
     0,
     "performanceConfig ",
     NULL,
     false},
};

/* The names, each with a blank behind it; to be freed. */
static char *uses_of(const struct brc__bound *bound)
{
    char *uses = calloc(1, bound->uses.length + 1);

    ck_assert_ptr_nonnull(uses);
    for (size_t i = 0; i < bound->uses.length; i++)
        uses[i] = bound->uses.data[i] == '\0' ? ' ' : bound->uses.data[i];
    return uses;
}

START_TEST(bounds_each_part)
{
    brc_request *request = build(bounded[_i].steps);
    struct brc__bound bound;

    ck_assert_int_eq(brc__bound_of(request, &bound), 0);
    brc__auto_free char *uses = uses_of(&bound);
    ck_assert_str_eq(bound.unbounded, "");
    ck_assert_int_eq(bound.input, bounded[_i].input);
    ck_assert_int_eq(bound.output, bounded[_i].output);
    ck_assert_int_eq(bound.output_least, bounded[_i].least);
    ck_assert_str_eq(uses, bounded[_i].uses);
    ck_assert_str_eq(bound.tier, bounded[_i].tier == NULL ? "default" : bounded[_i].tier);
    ck_assert_int_eq(bound.has_signature, bounded[_i].has_signature);
    brc__bound_clear(&bound);
    brc_request_free(request);
}
END_TEST

/* ---- what has no bound */

#define HELLO                                                                                      \
    {                                                                                              \
        TEXT, "user", "hello"                                                                      \
    }
static const struct {
    struct step steps[STEPS];
    const char *path;
    const char *use; /* NULL: none of its own */
} open_ended[] = {
    {{{USER("{\"text\":\"a\"},{\"image\":{\"source\":{\"bytes\":\"QUJD\"}}}")}},
     "messages[0].content[1].image",
     "content.image "},
    {{HELLO, HELLO, {USER("{\"document\":{\"name\":\"d\"}}")}},
     "messages[2].content[0].document",
     "content.document "},
    {{{USER("{\"video\":{\"source\":{\"s3Location\":{}}}}")}},
     "messages[0].content[0].video",
     "content.video "},
    {{{USER("{\"audio\":{}}")}}, "messages[0].content[0].audio", "content.audio "},
    {{{USER("{\"toolAddition\":{}}")}},
     "messages[0].content[0].toolAddition",
     "content.toolAddition "},
    {{{USER("{\"hologram\":{}}")}}, "messages[0].content[0].hologram", "content.hologram "},
    {{{USER("{\"holo\\u0067ram\":1},{\"image\":{}}")}},
     "messages[0].content[0].holo\\u0067ram",
     "content.hologram content.image "},
    {{{USER("\"text\"")}}, "messages[0].content[0]", NULL},
    {{{USER("{\"toolUse\":\"x\"}")}}, "messages[0].content[0].toolUse", "content.toolUse "},
    {{{USER("{\"toolUse\":{\"input\":{},\"model\":1}}")}},
     "messages[0].content[0].toolUse.model",
     "content.toolUse "},
    {{{USER("{\"toolResult\":{\"content\":[{\"text\":\"a\"},{\"image\":{}}]}}")}},
     "messages[0].content[0].toolResult.content[1].image",
     "content.toolResult content.image "},
    {{{USER("{\"toolResult\":{\"content\":[{\"s3Location\":{}}]}}")}},
     "messages[0].content[0].toolResult.content[0].s3Location",
     "content.toolResult content.s3Location "},
    {{{USER("{\"toolResult\":{\"content\":{}}}")}},
     "messages[0].content[0].toolResult.content",
     "content.toolResult "},
    {{{USER("{\"guardContent\":{\"image\":{}}}")}},
     "messages[0].content[0].guardContent.image",
     "content.guardContent "},
    {{{USER("{\"searchResult\":{\"content\":[{\"image\":{}}]}}")}},
     "messages[0].content[0].searchResult.content[0].image",
     "content.searchResult "},
    {{{MESSAGE, NULL, "{\"role\":\"user\",\"content\":[],\"extra\":1}"}},
     "messages[0].extra",
     NULL},
    {{{MESSAGE, NULL, "{\"role\":\"oracle\",\"content\":[]}"}}, "messages[0].role", NULL},
    {{HELLO, {JSON, "system", "[{\"text\":\"a\"},{\"image\":{}}]"}},
     "system[1].image",
     "system content.image "},
    {{HELLO, {JSON, "toolConfig", "{\"tools\":[{\"systemTool\":{\"name\":\"nova_grounding\"}}]}"}},
     "toolConfig.tools[0].systemTool",
     "toolConfig "},
    {{HELLO, {JSON, "toolConfig", "{\"tools\":{}}"}}, "toolConfig.tools", "toolConfig "},
    {{HELLO, {JSON, "additionalModelRequestFields", "{\"top_k\":1,\"tools\":[]}"}},
     "additionalModelRequestFields.tools",
     "additionalModelRequestFields.top_k additionalModelRequestFields.tools "},
    {{HELLO, {JSON, "additionalModelRequestFields", "[]"}},
     "additionalModelRequestFields",
     "additionalModelRequestFields "},
    {{HELLO, {JSON, "promptVariables", "{}"}}, "promptVariables", "promptVariables "},
    {{HELLO, {JSON, "memberOfTomorrow", "1"}}, "memberOfTomorrow", "memberOfTomorrow "},
    {{HELLO, {JSON, "outputConfig", "{\"image\":1}"}}, "outputConfig.image", "outputConfig "},
    {{HELLO, {JSON, "performanceConfig", "{\"latency\":\"warp\"}"}},
     "performanceConfig.latency",
     "performanceConfig "},
    {{HELLO, {JSON, "serviceTier", "{\"type\":3}"}}, "serviceTier.type", "serviceTier "},
    {{HELLO, {JSON, "serviceTier", "{\"type\":\"\"}"}}, "serviceTier.type", "serviceTier "},
    {{HELLO, {JSON, "serviceTier", "{\"type\":\"a-tier-whose-name-has-32-letters\"}"}},
     "serviceTier.type",
     "serviceTier "},
    {{HELLO, {JSON, "inferenceConfig", "{\"topX\":3}"}},
     "inferenceConfig.topX",
     "inferenceConfig.topX "},
    {{HELLO, {JSON, "inferenceConfig", "{\"maxTokens\":1e3}"}},
     "inferenceConfig.maxTokens",
     "inferenceConfig.maxTokens "},
    {{HELLO, {JSON, "inferenceConfig", "{\"maxTokens\":0}"}},
     "inferenceConfig.maxTokens",
     "inferenceConfig.maxTokens "},
    {{HELLO, {JSON, "inferenceConfig", "{\"maxTokens\":2147483648}"}},
     "inferenceConfig.maxTokens",
     "inferenceConfig.maxTokens "},
};

START_TEST(names_what_has_no_bound)
{
    brc_request *request = build(open_ended[_i].steps);
    struct brc__bound bound, stated;

    ck_assert_int_eq(brc__bound_of(request, &bound), 0);
    brc__auto_free char *uses = uses_of(&bound);
    ck_assert_str_eq(bound.unbounded, open_ended[_i].path);
    ck_assert_str_eq(uses, open_ended[_i].use == NULL ? "" : open_ended[_i].use);
    ck_assert_int_eq(brc_request_set_bound(request, 1000, 20), 0);
    ck_assert_int_eq(brc__bound_of(request, &stated), 0);
    ck_assert_str_eq(stated.unbounded, "");
    ck_assert_int_eq(stated.input, bound.input + 1000);
    ck_assert_int_eq(stated.output, 20);
    ck_assert_int_eq(stated.output_least, 20);
    brc__bound_clear(&stated);
    brc__bound_clear(&bound);
    brc_request_free(request);
}
END_TEST

START_TEST(long_paths_are_cut)
{
    static const char json[] = "{\"role\":\"user\",\"content\":[{\"toolResult\":{\"content\":[{"
                               "\"\xc3\xa9\xc3\xa9\xc3\xa9\xc3\xa9\xc3\xa9"
                               "\xc3\xa9\xc3\xa9\xc3\xa9\xc3\xa9\xc3\xa9\xc3\xa9\xc3\xa9\xc3\xa9"
                               "\xc3\xa9\xc3\xa9\xc3\xa9\xc3\xa9\xc3\xa9"
                               "\xc3\xa9\xc3\xa9\xc3\xa9\xc3\xa9\xc3\xa9\xc3\xa9\xc3\xa9\xc3\xa9"
                               "\xc3\xa9\xc3\xa9\xc3\xa9\xc3\xa9\":1}]}}]}";
    brc_request *request = new_request();
    struct brc__bound bound;

    ck_assert_int_eq(brc_request_add_message(request, json, sizeof json - 1), 0);
    ck_assert_int_eq(brc__bound_of(request, &bound), 0);
    ck_assert_int_eq(
        strncmp(bound.unbounded, "messages[0].content[0].toolResult.content[0].\xc3\xa9", 47), 0);
    ck_assert_uint_lt(strlen(bound.unbounded), sizeof bound.unbounded);
    brc__bound_clear(&bound);
    brc_request_free(request);
}
END_TEST

int main(void)
{
    Suite *suite = suite_create("bound");
    TCase *tcase = tcase_create("bound");

    tcase_add_loop_test(tcase, counts_bytes, 0, sizeof texts / sizeof *texts);
    tcase_add_loop_test(tcase, bounds_each_part, 0, sizeof bounded / sizeof *bounded);
    tcase_add_loop_test(tcase, names_what_has_no_bound, 0, sizeof open_ended / sizeof *open_ended);
    tcase_add_test(tcase, long_paths_are_cut);
    suite_add_tcase(suite, tcase);
    return run(suite);
}
