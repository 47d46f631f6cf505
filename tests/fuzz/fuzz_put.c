/* Any bytes as something that is put: it is refused with a reason of one line and nothing left
 * over, or taken, and then what is kept says the same when it is read again.
 *
 * The first byte chooses the kind; the rest is the JSON.
 * SPDX-License-Identifier: MIT */
#include <budget.h>
#include <json.h>
#include <listing.h>
#include <money.h>
#include <strict_object.h>

#include <string.h>

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size);

static void must(bool truth)
{
    if (!truth)
        abort();
}

static void check_line(const char *text)
{
    for (const char *p = text; *p != '\0'; p++)
        must((unsigned char)*p >= ' ' && *p != 0x7f);
}

static void check_refusal(int rc, const struct brc__error *error)
{
    must(rc == BRC_E_INVALID || rc == BRC_E_RANGE);
    must(error->code == rc && *error->text != '\0');
    check_line(error->text);
}

/* What is kept is one line of sound JSON. */
static struct brc__json kept(const char *json)
{
    check_line(json);
    must(brc__json_check(json, strlen(json), "kept", NULL) == 0);
    return brc__json_of(json, strlen(json));
}

static void check_listing(const struct brc__listing *listing)
{
    struct brc__tariff tariff;

    must(*listing->arn != '\0' && *listing->name != '\0' && *listing->region != '\0');
    must(listing->multiplier >= 0 && listing->output_max >= 0 && listing->overhead >= 0);
    for (size_t i = 0; i < listing->tag_count; i++) {
        must(brc__listing_tag(listing, listing->tag[i].key) == listing->tag[i].value);
        must(i == 0 || strcmp(listing->tag[i - 1].key, listing->tag[i].key) < 0);
    }
    kept(listing->tags);
    if (listing->accepts != NULL)
        kept(listing->accepts);
    if (brc__listing_tariff(listing, NULL, "default", &tariff))
        must(tariff.rates.of[BRC__INPUT] >= 0 && tariff.rates.of[BRC__OUTPUT] >= 0 &&
             tariff.multiplier >= 0);
}

static void put_profile(struct brc__json json)
{
    struct brc__listing *listing, *again;
    struct brc__error error = {0};

    int rc = brc__listing_read(json, "profile", &listing, &error);
    must((rc < 0) == (listing == NULL));
    if (rc < 0) {
        check_refusal(rc, &error);
        return;
    }
    check_listing(listing);
    must(brc__listing_read(kept(listing->json), "profile", &again, &error) == 0);
    must(strcmp(listing->json, again->json) == 0 && listing->multiplier == again->multiplier);
    brc__listing_unref(again);
    brc__listing_unref(listing);
}

static void put_budget(struct brc__json json)
{
    struct brc__budget budget, again;
    struct brc__error error = {0};

    int rc = brc__budget_read(json, &budget, &error);
    if (rc < 0) {
        check_refusal(rc, &error);
        must(budget.name == NULL && budget.json == NULL && budget.tag == NULL);
        return;
    }
    must(budget.limit >= 0 && budget.limit / 1000000 <= INT64_C(9223372000000));
    must(budget.notice_at >= 0 && budget.notice_at <= 100);
    must(budget.degrade_at >= 0 && budget.degrade_at <= 100);
    must((budget.tag == NULL) == (budget.value == NULL));
    must(budget.tag == NULL || budget.profile == NULL);
    must(brc__budget_read(kept(budget.json), &again, &error) == 0);
    must(strcmp(budget.json, again.json) == 0 && budget.limit == again.limit);
    must(budget.ended == again.ended && budget.window == again.window);
    brc__budget_clear(&again);
    brc__budget_clear(&budget);
}

static void put_override(struct brc__json json)
{
    struct brc__override override;
    struct brc__error error = {0};

    int rc = brc__override_read(json, &override, &error);
    if (rc < 0) {
        check_refusal(rc, &error);
        must(override.budget == NULL && override.by == NULL && override.why == NULL);
        return;
    }
    must(*override.budget != '\0' && *override.by != '\0' && *override.why != '\0');
    must(override.limit >= 0 && override.until_ms % 1000 == 0);
    brc__override_clear(&override);
}

static void put_price(struct brc__json json)
{
    struct brc__price_table *table, *again;
    struct brc__error error = {0};

    int rc = brc__price_table_read(json.p, json.n, &table, &error);
    must((rc < 0) == (table == NULL));
    if (rc < 0) {
        check_refusal(rc, &error);
        return;
    }
    kept(table->json);
    must(brc__price_table_read(table->json, strlen(table->json), &again, &error) == 0);
    must(strcmp(table->json, again->json) == 0 && strcmp(table->hash, again->hash) == 0);
    must(table->count == again->count && table->count > 0);
    brc__price_table_free(again);
    brc__price_table_free(table);
}

/* Every kind of member at once. */
static void put_anything(struct brc__json json)
{
    static const char *const words[] = {"a", "b", NULL};
    char *text = NULL, **list = NULL;
    int word = -1;
    int64_t number = -1, money = -1, moment = -1;
    bool flag = false;
    struct brc__json object = {0}, array = {0};
    const struct brc__member members[] = {
        {"t", BRC__AS_TEXT, .to = &text, .least = 1, .most = 8},
        {"w", BRC__AS_WORD, .to = &word, .words = words},
        {"n", BRC__AS_NUMBER, .to = &number, .least = -5, .most = 5},
        {"m", BRC__AS_MONEY, .to = &money},
        {"d", BRC__AS_MOMENT, .to = &moment},
        {"f", BRC__AS_FLAG, .to = &flag, .required = true},
        {"o", BRC__AS_OBJECT, .to = &object},
        {"a", BRC__AS_ARRAY, .to = &array},
    };
    struct brc__error error = {0};

    int rc = brc__strict_object(json, "thing", members, BRC__COUNT_OF(members), &error);
    if (rc == 0)
        rc = brc__strict_texts(array, "thing", "a", &list, &error);
    must((rc == 0) == (list != NULL));
    if (rc < 0)
        check_refusal(rc, &error);
    must(number >= -5 && number <= 5 && word >= -1 && word < 2 && money >= -1);
    if (text != NULL) {
        must(*text != '\0' && strlen(text) <= 4 * 8);
        check_line(text);
    }
    free(text);
    brc__texts_free(list);
}

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
    static void (*const kinds[])(struct brc__json json) = {put_profile, put_budget, put_override,
                                                           put_price, put_anything};
    static const char letters[] = "pboma"; /* profile, budget, override, money, anything */

    if (size == 0)
        return 0;
    const char *letter = data[0] == '\0' ? NULL : strchr(letters, data[0]);
    const char *json = (const char *)data + 1;
    if (letter != NULL && brc__json_check(json, size - 1, "input", NULL) == 0)
        kinds[letter - letters](brc__json_of(json, size - 1));
    return 0;
}
