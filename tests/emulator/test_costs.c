/* Cost Explorer over time: what is seen when, under which tag, at what price.
 *
 * SPDX-License-Identifier: MIT
 */
#include "client.h"
#include "dates.h"
#include "money_client.h"
#include "prices.h"

#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#define MODEL(id)  "arn:aws:bedrock:us-east-1::foundation-model/" id
#define NOVA       MODEL("amazon.nova-lite-v1:0")
#define TEAM(of)   "[{'key':'team','value':'" of "'}]"
#define ACTIVATE   "{'CostAllocationTagsStatus':[{'TagKey':'team','Status':'Active'}]}"
#define DEACTIVATE "{'CostAllocationTagsStatus':[{'TagKey':'team','Status':'Inactive'}]}"
#define JANUARY    "'TimePeriod':{'Start':'2026-01-01','End':'2026-02-01'}"
#define ONE_USE    300 /* of nova-lite, 1,000 tokens in and out: 0.0003 USD, in millionths */

static struct inside inside;

static void start(void)
{
    inside_start(&inside, &(struct emu_options){.credentials = {"A", "s", NULL}});
}

static void stop(void)
{
    inside_stop(&inside);
}

/* What January cost, in millionths of a dollar, if `filter` fits. */
static int cost(const char *filter)
{
    char *body = text("{" JANUARY ",'Granularity':'MONTHLY','Metrics':['UnblendedCost']%s%s}",
                      filter[0] != '\0' ? ",'Filter':" : "", filter);
    json_t *answer = money_call(&inside, "ce", "GetCostAndUsage", body, 200);
    const json_t *period = json_array_get(json_object_get(answer, "ResultsByTime"), 0);
    const json_t *total = json_object_get(json_object_get(period, "Total"), "UnblendedCost");
    double usd = strtod(json_string_value(json_object_get(total, "Amount")), NULL);

    json_decref(answer);
    free(body);
    return (int)(usd * 1000000 + 0.5);
}

#define OF_TEAM(of) "{'Tags':{'Key':'team','Values':['" of "']}}"

/* ---- tags over time ---- */

START_TEST(test_activation)
{
    char *arn = money_profile(&inside, "p", NOVA, TEAM("a"));

    money_use(&inside, arn);
    money_do(&inside, "ce", "UpdateCostAllocationTagsStatus", ACTIVATE);
    ck_assert_int_eq(cost(OF_TEAM("a")), ONE_USE); /* the same moment */
    inside.now_us += EMU_MINUTE_US;
    money_do(&inside, "ce", "UpdateCostAllocationTagsStatus", DEACTIVATE);
    ck_assert_int_eq(cost(OF_TEAM("a")), 0);
    inside.now_us += EMU_MINUTE_US;
    money_do(&inside, "ce", "UpdateCostAllocationTagsStatus", ACTIVATE);
    ck_assert_int_eq(cost(OF_TEAM("a")), 0);
    inside.now_us += EMU_MINUTE_US;
    money_use(&inside, arn);
    money_do(&inside, "ce", "UpdateCostAllocationTagsStatus", ACTIVATE); /* changes nothing */
    ck_assert_int_eq(cost(OF_TEAM("a")), ONE_USE);
    ck_assert_int_eq(cost("{'Not':" OF_TEAM("a") "}"), ONE_USE);
    ck_assert_int_eq(cost(""), 2 * ONE_USE);
    free(arn);
}
END_TEST

/* Another value later does not change what was billed under the first. */
START_TEST(test_tags_of_then)
{
    char *arn = money_profile(&inside, "p", NOVA, TEAM("a"));
    char *single = text("{'resourceARN':'%s','tags':" TEAM("b") "}", arn);
    char *body = quoted(single);

    ck_assert(money_tell(&inside, "tags", "{'key':'team','activeSince':'2026-01-01'}"));
    money_use(&inside, arn);
    json_decref(inside_call(&inside, "POST", "/tagResource", body, 200));
    money_use(&inside, arn);
    money_use(&inside, arn);
    ck_assert_int_eq(cost(OF_TEAM("a")), ONE_USE);
    ck_assert_int_eq(cost(OF_TEAM("b")), 2 * ONE_USE);
    ck_assert_int_eq(cost("{'Tags':{'Key':'team','Values':['a','b']}}"), 3 * ONE_USE);
    free(body);
    free(single);
    free(arn);
}
END_TEST

static size_t count_tags(void)
{
    json_t *answer = money_call(&inside, "ce", "ListCostAllocationTags", "{}", 200);
    size_t n = json_array_size(json_object_get(answer, "CostAllocationTags"));

    json_decref(answer);
    return n;
}

START_TEST(test_settling)
{
    char *arn;

    inside_stop(&inside);
    inside_start(&inside,
                 &(struct emu_options){.credentials = {"A", "s", NULL}, .settle_ms = 60000});
    arn = money_profile(&inside, "p", NOVA, TEAM("a"));
    money_use(&inside, arn);
    inside.now_us += EMU_MINUTE_US - 1;
    ck_assert_uint_eq(count_tags(), 0);
    ck_assert_int_eq(cost(""), 0);
    inside.now_us += 1;
    ck_assert_uint_eq(count_tags(), 1);
    ck_assert_int_eq(cost(""), ONE_USE);
    free(arn);
}
END_TEST

/* Deleting a profile takes nothing off the bill. */
START_TEST(test_deleted_profile)
{
    char *arn = money_profile(&inside, "p", NOVA, TEAM("a"));
    char *target = profile_target(arn);

    money_use(&inside, arn);
    json_decref(inside_call(&inside, "DELETE", target, NULL, 200));
    ck_assert_int_eq(cost(""), ONE_USE);
    ck_assert_uint_eq(count_tags(), 1);
    free(target);
    free(arn);
}
END_TEST

/* ---- a call that was answered ---- */

START_TEST(test_converse)
{
    char *arn = money_profile(&inside, "p", NOVA, TEAM("a"));
    char *label = encode(arn);
    char *uri = text("/model/%s/converse", label);
    json_t *answer = inside_call(&inside, "POST", uri, HELLO, 200);
    json_int_t in = integer_at(answer, "usage", "inputTokens");
    json_int_t out = integer_at(answer, "usage", "outputTokens");

    ck_assert(money_tell(&inside, "tags", "{'key':'team','activeSince':'2026-01-01'}"));
    ck_assert_int_eq(cost(OF_TEAM("a")), (int)((double)(6 * in + 24 * out) / 100 + 0.5));
    json_decref(answer);
    free(uri);
    free(label);
    free(arn);
}
END_TEST

/* ---- filters ---- */

static const struct {
    const char *filter;
    int uses; /* of the three: team a and b of nova-lite, and a model by its id in eu-west-1 */
} FILTERS[] = {
    {"", 3},
    {OF_TEAM("a"), 1},
    {"{'Or':[" OF_TEAM("a") "," OF_TEAM("b") "]}", 2},
    {"{'And':[" OF_TEAM("a") "," OF_TEAM("b") "]}", 0},
    {"{'Not':{'Not':" OF_TEAM("a") "}}", 1},
    {"{'Tags':{'Key':'team','MatchOptions':['ABSENT']}}", 1},
    {"{'Tags':{'Key':'team'}}", 2},
    {"{'Tags':{'Key':'team','Values':['']}}", 1},
    {"{'Tags':{'Key':'team','Values':['A'],'MatchOptions':['CASE_INSENSITIVE']}}", 1},
    {"{'Tags':{'Key':'team','Values':['A']}}", 0},
    {"{'Tags':{'Key':'other','Values':['a']}}", 0},
    {"{'Dimensions':{'Key':'REGION','Values':['eu-west-1']}}", 1},
    {"{'Dimensions':{'Key':'SERVICE','Values':['Amazon Bedrock']}}", 3},
    {"{'Dimensions':{'Key':'SERVICE','Values':['Bedrock'],'MatchOptions':['CONTAINS']}}", 3},
    {"{'Dimensions':{'Key':'USAGE_TYPE','Values':['EUW1-'],'MatchOptions':['STARTS_WITH']}}", 1},
    {"{'Dimensions':{'Key':'USAGE_TYPE','Values':['-tokens'],'MatchOptions':['ENDS_WITH']}}", 3},
    {"{'Dimensions':{'Key':'LINKED_ACCOUNT','Values':['123456789012','x']}}", 3},
    {"{'Dimensions':{'Key':'RECORD_TYPE','Values':['Tax']}}", 0},
    {"{'Dimensions':{'Key':'AZ','Values':['us-east-1a']}}", 0},
    {"{'CostCategories':{'Key':'c','Values':['x']}}", 0},
};

START_TEST(test_filters)
{
    char *a = money_profile(&inside, "a", NOVA, TEAM("a"));
    char *b = money_profile(&inside, "b", NOVA, TEAM("b"));

    ck_assert(money_tell(&inside, "tags", "{'key':'team','activeSince':'2026-01-01'}"));
    money_use(&inside, a);
    money_use(&inside, b);
    ck_assert(money_tell(&inside, "usage",
                         "{'profile':'amazon.nova-lite-v1:0','region':'eu-west-1',"
                         "'inputTokens':1000,'outputTokens':1000}"));
    for (int i = 0; i < COUNT(FILTERS); i++)
        ck_assert_msg(cost(FILTERS[i].filter) == FILTERS[i].uses * ONE_USE, "%s: %d",
                      FILTERS[i].filter, cost(FILTERS[i].filter));
    free(b);
    free(a);
}
END_TEST

/* ---- prices: units are hundred-thousandths of a dollar for a million ---- */

static const struct {
    const char *model;
    bool global;
    enum emu_token_kind kind;
    int64_t units;
    bool marketplace;
} PRICED[] = {
    {"anthropic.claude-haiku-4-5-20251001-v1:0", false, EMU_INPUT, 110000, true},
    {"anthropic.claude-haiku-4-5-20251001-v1:0", true, EMU_INPUT, 100000, true},
    {"anthropic.claude-haiku-4-5-20251001-v1:0", true, EMU_CACHE_WRITE_5M, 125000, true},
    {"anthropic.claude-sonnet-4-6", true, EMU_OUTPUT, 1500000, true},
    {"anthropic.claude-opus-5", true, EMU_CACHE_WRITE_5M, 625000, true},
    {"anthropic.claude-opus-5-5", true, EMU_CACHE_READ, 20000, true},
    {"anthropic.claude-unknown", false, EMU_INPUT, 330000, true},
    {"amazon.nova-lite-v1:0", true, EMU_CACHE_READ, 1500, false},
    {"amazon.nova-2-lite-v1:0", true, EMU_CACHE_READ, 7500, false},
    {"amazon.nova-pro-v1:0", false, EMU_CACHE_WRITE_1H, 0, false},
    {"meta.llama4-maverick-17b-instruct-v1:0", false, EMU_OUTPUT, 400000, false},
    {"", false, EMU_INPUT, 100000, false},
};

START_TEST(test_prices)
{
    const struct emu_price *price = emu_price_of(PRICED[_i].model);

    ck_assert_int_eq(emu_price_tokens(price, PRICED[_i].global, PRICED[_i].kind, 1),
                     PRICED[_i].units);
    ck_assert_int_eq(price->marketplace, PRICED[_i].marketplace);
}
END_TEST

/* ---- what may be told ---- */

static const struct {
    const char *resource;
    const char *told;
    bool good;
} TOLD[] = {
    {"usage", "{'profile':'amazon.nova-lite-v1:0'}", true},
    {"usage", "[{'profile':'a.b','at':'2026-01-01T00:00:00Z'},{'profile':'a.b'}]", true},
    {"usage", "{'profile':'a.b','calls':0}", false},
    {"usage", "{'profile':'a.b','inputTokens':-1}", false},
    {"usage", "{'profile':'a.b','inputTokens':10000000001}", false},
    {"usage", "{'profile':'a.b','at':'yesterday'}", false},
    {"usage", "{'profile':'none'}", false},
    {"usage", "{}", false},
    {"usage", "nonsense", false},
    {"tags", "{'key':'k','activeSince':'2026-01-01'}", true},
    {"tags", "{'key':'k','activeSince':'2026-02-30'}", false},
    {"tags", "{'key':'k'}", false},
    {"anomalies", "{'MonitorArn':'none','Impact':{},'AnomalyStartDate':'2026-01-01'}", false},
};

START_TEST(test_told)
{
    ck_assert_int_eq(money_tell(&inside, TOLD[_i].resource, TOLD[_i].told), TOLD[_i].good);
}
END_TEST

int main(int argc, char **argv)
{
    Suite *suite = suite_create("costs");
    TCase *tcase = tcase_create("costs");

    tcase_add_checked_fixture(tcase, start, stop);
    tcase_add_test(tcase, test_activation);
    tcase_add_test(tcase, test_tags_of_then);
    tcase_add_test(tcase, test_settling);
    tcase_add_test(tcase, test_deleted_profile);
    tcase_add_test(tcase, test_converse);
    tcase_add_test(tcase, test_filters);
    tcase_add_loop_test(tcase, test_prices, 0, COUNT(PRICED));
    tcase_add_loop_test(tcase, test_told, 0, COUNT(TOLD));
    suite_add_tcase(suite, tcase);
    return run_suite(suite, argc, argv);
}
