/* Budgets and overrides: their JSON, whom they count for, and what their limit is.
 * SPDX-License-Identifier: MIT */
#include "run.h"

#include <budget.h>
#include <json.h>

#include <string.h>

#define OWNER "\"owner\":{\"tag\":\"team\",\"value\":\"search\"}"
#define ARN   "arn:aws:bedrock:eu-west-1:123456789012:application-inference-profile/a1"

static struct brc__error error;

static int read_one(const char *json, struct brc__budget *ret_budget)
{
    int rc = brc__json_check(json, strlen(json), "budget", &error);

    *ret_budget = (struct brc__budget){0};
    return rc < 0 ? rc : brc__budget_read(brc__json_of(json, strlen(json)), ret_budget, &error);
}

static struct brc__budget taken(const char *json)
{
    struct brc__budget budget;
    int rc = read_one(json, &budget);

    ck_assert_msg(rc == 0, "%s", error.text);
    return budget;
}

START_TEST(writes_defaults_out)
{
    struct brc__budget budget =
        taken("{\"limit\":\"500\",\"window\":\"month\"," OWNER ",\"name\":\"search\"}");
    static const char kept[] = "{\"name\":\"search\"," OWNER ",\"window\":\"month\","
                               "\"offsetMinutes\":0,\"limit\":\"500.00\",\"noticeAt\":50,"
                               "\"degradeAt\":80,\"shadow\":false}";

    ck_assert_str_eq(budget.json, kept);
    ck_assert_str_eq(budget.name, "search");
    ck_assert_str_eq(budget.tag, "team");
    ck_assert_str_eq(budget.value, "search");
    ck_assert_ptr_null(budget.profile);
    ck_assert_int_eq(budget.window, BRC__MONTH);
    ck_assert_int_eq(budget.offset_minutes, 0);
    ck_assert(budget.limit == INT64_C(500000000000000));
    ck_assert_int_eq(budget.notice_at, 50);
    ck_assert_int_eq(budget.degrade_at, 80);
    ck_assert(!budget.shadow && !budget.ended);
    brc__budget_clear(&budget);
    budget = taken(kept);
    ck_assert_str_eq(budget.json, kept);
    brc__budget_clear(&budget);
}
END_TEST

START_TEST(takes_everything)
{
    struct brc__budget budget = taken(
        "{\"name\":\"n\",\"owner\":{\"all\":true},\"window\":\"total\",\"offsetMinutes\":-840,"
        "\"limit\":\"9223372\",\"noticeAt\":0,\"degradeAt\":100,\"shadow\":true}");

    ck_assert_str_eq(budget.json, "{\"name\":\"n\",\"owner\":{\"all\":true},\"window\":\"total\","
                                  "\"offsetMinutes\":-840,\"limit\":\"9223372.00\",\"noticeAt\":0,"
                                  "\"degradeAt\":100,\"shadow\":true}");
    ck_assert_ptr_null(budget.tag);
    ck_assert_ptr_null(budget.profile);
    ck_assert_int_eq(budget.window, BRC__TOTAL);
    ck_assert_int_eq(budget.offset_minutes, -840);
    ck_assert_int_eq(budget.notice_at, 0);
    ck_assert_int_eq(budget.degrade_at, 100);
    ck_assert(budget.shadow);
    brc__budget_clear(&budget);
    budget = taken("{\"name\":\"n\",\"ended\":true}");
    ck_assert(budget.ended);
    ck_assert_str_eq(budget.json, "{\"name\":\"n\",\"ended\":true}");
    brc__budget_clear(&budget);
    budget = taken("{\"name\":\"n\",\"owner\":{\"tag\":\"a\",\"value\":\"\"},\"window\":\"hour\","
                   "\"offsetMinutes\":840,\"limit\":\"0\",\"ended\":false}");
    ck_assert_str_eq(budget.value, "");
    ck_assert_int_eq(budget.limit, 0);
    brc__budget_clear(&budget);
}
END_TEST

#define REST ",\"window\":\"month\",\"limit\":\"5\"}"
#define OWNERS                                                                                     \
    "budget: \"owner\" must be {\"tag\": ..., \"value\": ...}, {\"profile\": ...}, "               \
    "{\"series\": ...} or {\"all\": true}"
#define K32 "0123456789abcdef0123456789abcdef"

static const struct {
    const char *json;
    int code;
    const char *text; /* the beginning */
} refused[] = {
    {"{" OWNER REST, BRC_E_INVALID, "budget: member \"name\" is missing"},
    {"{\"name\":\"n\"" REST, BRC_E_INVALID, "budget n: member \"owner\" is missing"},
    {"{\"name\":\"n\"," OWNER ",\"limit\":\"5\"}", BRC_E_INVALID,
     "budget n: member \"window\" is missing"},
    {"{\"name\":\"n\"," OWNER ",\"window\":\"day\"}", BRC_E_INVALID,
     "budget n: member \"limit\" is missing"},
    {"{\"name\":\"\"," OWNER REST, BRC_E_RANGE, "budget: \"name\" must have 1 to 128 characters"},
    {"{\"name\":\"" K32 K32 K32 K32 "x\"," OWNER REST, BRC_E_RANGE,
     "budget: \"name\" must have 1 to 128 characters"},
    {"{\"name\":\"a\\tb\"," OWNER REST, BRC_E_INVALID,
     "budget: \"name\" must be a string of printable characters"},
    {"{\"name\":\"n\",\"owner\":{}" REST, BRC_E_INVALID, OWNERS},
    {"{\"name\":\"n\",\"owner\":{\"all\":false}" REST, BRC_E_INVALID, OWNERS},
    {"{\"name\":\"n\",\"owner\":{\"tag\":\"team\"}" REST, BRC_E_INVALID, OWNERS},
    {"{\"name\":\"n\",\"owner\":{\"value\":\"team\"}" REST, BRC_E_INVALID, OWNERS},
    {"{\"name\":\"n\",\"owner\":{\"all\":true,\"value\":\"team\"}" REST, BRC_E_INVALID, OWNERS},
    {"{\"name\":\"n\",\"owner\":{\"all\":true,\"profile\":\"p\"}" REST, BRC_E_INVALID, OWNERS},
    {"{\"name\":\"n\",\"owner\":{\"tag\":\"t\",\"value\":\"v\",\"profile\":\"p\"}" REST,
     BRC_E_INVALID, OWNERS},
    {"{\"name\":\"n\",\"owner\":{\"series\":\"s\",\"profile\":\"p\"}" REST, BRC_E_INVALID, OWNERS},
    {"{\"name\":\"n\",\"owner\":{\"series\":\"s\",\"value\":\"v\"}" REST, BRC_E_INVALID, OWNERS},
    {"{\"name\":\"n\",\"owner\":{\"series\":\"\"}" REST, BRC_E_RANGE,
     "budget.owner: \"series\" must have 1 to 128 characters"},
    {"{\"name\":\"n\",\"owner\":{\"team\":\"search\"}" REST, BRC_E_INVALID,
     "budget.owner: member \"team\" is not known; there are tag, value, profile, series, all"},
    {"{\"name\":\"n\",\"owner\":\"search\"" REST, BRC_E_INVALID,
     "budget: \"owner\" must be an object"},
    {"{\"name\":\"n\"," OWNER ",\"window\":\"weekly\",\"limit\":\"5\"}", BRC_E_INVALID,
     "budget: \"window\" must be \"hour\", \"day\", \"week\", \"month\", \"quarter\", \"year\" or "
     "\"total\""},
    {"{\"name\":\"n\"," OWNER ",\"window\":\"day\",\"limit\":\"9223372.000000000001\"}",
     BRC_E_RANGE, "budget n: \"limit\" must be at most 9223372 USD"},
    {"{\"name\":\"n\"," OWNER ",\"window\":\"day\",\"limit\":\"9223373\"}", BRC_E_RANGE,
     "budget: \"limit\" must be at most 9223372"},
    {"{\"name\":\"n\"," OWNER ",\"window\":\"day\",\"limit\":5}", BRC_E_INVALID,
     "budget: \"limit\" must be a string of US dollars"},
    {"{\"name\":\"n\"," OWNER ",\"offsetMinutes\":841" REST, BRC_E_RANGE,
     "budget: \"offsetMinutes\" must be a number from -840 to 840"},
    {"{\"name\":\"n\"," OWNER ",\"noticeAt\":101" REST, BRC_E_RANGE,
     "budget: \"noticeAt\" must be a number from 0 to 100"},
    {"{\"name\":\"n\"," OWNER ",\"degradeAt\":101" REST, BRC_E_RANGE,
     "budget: \"degradeAt\" must be a number from 0 to 100"},
    {"{\"name\":\"n\"," OWNER ",\"ended\":true" REST, BRC_E_INVALID,
     "budget n: one that is \"ended\" has no member but its name"},
};

START_TEST(says_what_is_wrong)
{
    struct brc__budget budget;

    ck_assert_int_eq(read_one(refused[_i].json, &budget), refused[_i].code);
    ck_assert_ptr_null(budget.name);
    ck_assert_ptr_null(budget.json);
    ck_assert_msg(strncmp(error.text, refused[_i].text, strlen(refused[_i].text)) == 0, "%s",
                  error.text);
}
END_TEST

START_TEST(covers_its_owners_profiles)
{
    char arn[] = ARN, other_arn[] = ARN "2", team[] = "team", search[] = "search", ads[] = "searc";
    struct brc__tag tag = {team, search}, other_tag = {team, ads};
    struct brc__listing one = {.arn = arn, .tag = &tag, .tag_count = 1};
    struct brc__listing other = {.arn = other_arn, .tag = &other_tag, .tag_count = 1};
    struct brc__listing bare = {.arn = other_arn};

    struct brc__budget budget = taken("{\"name\":\"n\"," OWNER REST);
    ck_assert(brc__budget_covers(&budget, &one));
    ck_assert(!brc__budget_covers(&budget, &other));
    ck_assert(!brc__budget_covers(&budget, &bare));
    brc__budget_clear(&budget);
    budget = taken("{\"name\":\"n\",\"owner\":{\"all\":true}" REST);
    ck_assert(brc__budget_covers(&budget, &one));
    ck_assert(brc__budget_covers(&budget, &bare));
    brc__budget_clear(&budget);
    budget = taken("{\"name\":\"n\",\"owner\":{\"profile\":\"search\"}" REST);
    ck_assert(!brc__budget_covers(&budget, &one)); /* not resolved yet */
    ck_assert_int_eq(brc__budget_own(&budget, ARN, &error), 0);
    ck_assert_ptr_nonnull(strstr(budget.json, "\"owner\":{\"profile\":\"" ARN "\"}"));
    ck_assert(brc__budget_covers(&budget, &one));
    ck_assert(!brc__budget_covers(&budget, &other));
    brc__budget_clear(&budget);
}
END_TEST

START_TEST(covers_all_of_a_series)
{
    char arn[] = ARN, other_arn[] = ARN "2", bot[] = "bot", bots[] = "bots";
    struct brc__listing one = {.arn = arn, .series = bot};
    struct brc__listing next = {.arn = other_arn, .series = bot};
    struct brc__listing other = {.arn = other_arn, .series = bots};
    struct brc__listing bare = {.arn = arn, .alias = bot, .name = bot};

    struct brc__budget budget = taken("{\"name\":\"n\",\"owner\":{\"series\":\"bot\"}" REST);
    ck_assert_str_eq(budget.series, "bot");
    ck_assert_ptr_nonnull(strstr(budget.json, ",\"owner\":{\"series\":\"bot\"},"));
    ck_assert(brc__budget_covers(&budget, &one));
    ck_assert(brc__budget_covers(&budget, &next));
    ck_assert(!brc__budget_covers(&budget, &other));
    ck_assert(!brc__budget_covers(&budget, &bare));
    brc__budget_clear(&budget);
}
END_TEST

START_TEST(has_its_limit_or_an_override)
{
    struct brc__budget budget = {.limit = 5, .override_limit = 7, .override_until_ms = 1000};

    ck_assert_int_eq(brc__budget_limit(&budget, 999), 7);
    ck_assert_int_eq(brc__budget_limit(&budget, 1000), 5);
    ck_assert_int_eq(brc__budget_limit(&budget, 1001), 5);
    budget.override_until_ms = 0;
    ck_assert_int_eq(brc__budget_limit(&budget, 0), 5);
}
END_TEST

#define OVERRIDE                                                                                   \
    "{\"budget\":\"n\",\"limit\":\"800\",\"until\":\"2026-12-01T00:00:00Z\",\"by\":\"ada\","       \
    "\"why\":\"launch\"}"

static const char *const members_left_out[] = {"\"budget\":\"n\",", "\"limit\":\"800\",",
                                               "\"until\":\"2026-12-01T00:00:00Z\",",
                                               "\"by\":\"ada\",", ",\"why\":\"launch\""};

START_TEST(override_wants_all_its_members)
{
    struct brc__override override;
    char json[] = OVERRIDE;

    ck_assert_int_eq(brc__override_read(brc__json_of(json, strlen(json)), &override, &error), 0);
    ck_assert_str_eq(override.budget, "n");
    ck_assert_str_eq(override.by, "ada");
    ck_assert_str_eq(override.why, "launch");
    ck_assert(override.limit == INT64_C(800000000000000));
    ck_assert(override.until_ms == INT64_C(1796083200000));
    brc__override_clear(&override);

    const char *without = members_left_out[_i];
    char *at = strstr(json, without);
    memset(at, ' ', strlen(without));
    ck_assert_int_eq(brc__override_read(brc__json_of(json, strlen(json)), &override, &error),
                     BRC_E_INVALID);
    ck_assert_ptr_nonnull(strstr(error.text, "is missing"));
    ck_assert_ptr_null(override.budget);
}
END_TEST

START_TEST(override_has_a_limit_of_a_limit)
{
    static const char json[] =
        "{\"budget\":\"n\",\"limit\":\"9223372.000000000001\",\"until\":\"2026-12-01T00:00:00Z\","
        "\"by\":\"ada\",\"why\":\"launch\"}";
    struct brc__override override;

    ck_assert_int_eq(brc__override_read(brc__json_of(json, strlen(json)), &override, &error),
                     BRC_E_RANGE);
    ck_assert_str_eq(error.text, "override: \"limit\" must be at most 9223372 USD");
}
END_TEST

int main(void)
{
    Suite *suite = suite_create("budget");
    TCase *cases = tcase_create("budget");

    suite_add_tcase(suite, cases);
    tcase_add_test(cases, writes_defaults_out);
    tcase_add_test(cases, takes_everything);
    tcase_add_loop_test(cases, says_what_is_wrong, 0, (int)(sizeof refused / sizeof *refused));
    tcase_add_test(cases, covers_its_owners_profiles);
    tcase_add_test(cases, covers_all_of_a_series);
    tcase_add_test(cases, has_its_limit_or_an_override);
    tcase_add_loop_test(cases, override_wants_all_its_members, 0, 5);
    tcase_add_test(cases, override_has_a_limit_of_a_limit);
    return run(suite);
}
