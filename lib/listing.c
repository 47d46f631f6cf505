/* SPDX-License-Identifier: MIT */
#include "listing.h"
#include "arn.h"
#include "money.h"
#include "row.h"
#include "strict_object.h"

#include <bedrockcost/request.h>

#include <stdio.h>

/* Bounds that keep sums of tokens far from the end of an int64_t, and messages readable. */
enum {
    NAME_MOST = 128,
    MODEL_MOST = 256,
    TAG_KEY_MOST = 128, /* those of AWS */
    TAG_VALUE_MOST = 256,
    TOKENS_MOST = 1000 * 1000 * 1000,
    MULTIPLIER_MOST = 100
};

static const char *const scopes[] = {"in-region", "geo", "global", NULL};

/* What is read but needs more than one member to be judged. */
struct draft {
    struct brc__json tags, accepts, prices;
    char *multiplier;
    int scope;
};

static int out_of_memory(struct brc__error *error)
{
    return brc__error_set(error, BRC_E_NOMEM, "%s", brc_strerror(BRC_E_NOMEM));
}

static int read_members(struct brc__json object, const char *what, struct brc__listing *listing,
                        struct draft *draft, struct brc__error *error)
{
    const struct brc__member members[] = {
        {"arn", BRC__AS_TEXT, .to = &listing->arn, .required = true, .least = 1,
         .most = BRC__ARN_LENGTH_MAX},
        {"name", BRC__AS_TEXT, .to = &listing->name, .required = true, .least = 1,
         .most = NAME_MOST},
        {"alias", BRC__AS_TEXT, .to = &listing->alias, .least = 1, .most = NAME_MOST},
        {"series", BRC__AS_TEXT, .to = &listing->series, .least = 1, .most = NAME_MOST},
        {"model", BRC__AS_TEXT, .to = &listing->model, .least = 1, .most = MODEL_MOST},
        {"scope", BRC__AS_WORD, .to = &draft->scope, .words = scopes},
        {"tags", BRC__AS_OBJECT, .to = &draft->tags},
        {"maxOutput", BRC__AS_NUMBER, .to = &listing->output_max, .least = 1, .most = TOKENS_MOST},
        {"overhead", BRC__AS_NUMBER, .to = &listing->overhead, .most = TOKENS_MOST},
        {"accepts", BRC__AS_ARRAY, .to = &draft->accepts},
        {"degradeTo", BRC__AS_TEXT, .to = &listing->degrade_to, .least = 1,
         .most = BRC__ARN_LENGTH_MAX},
        {"multiplier", BRC__AS_TEXT, .to = &draft->multiplier},
        {"countTokens", BRC__AS_FLAG, .to = &listing->counts_tokens},
        {"prices", BRC__AS_ARRAY, .to = &draft->prices},
    };

    return brc__strict_object(object, what, members, BRC__COUNT_OF(members), error);
}

/* An ARN stands for its profile alone, so a name or alias must not look like one. */
static int read_names(const char *what, struct brc__listing *listing, struct brc__error *error)
{
    struct brc__arn arn;

    if (brc__arn_parse(listing->arn, &arn) < 0)
        return brc__error_set(error, BRC_E_INVALID, "%s: \"arn\": %s", what,
                              brc_profile_explain(listing->arn));
    listing->region = brc__strndup(arn.region, arn.region_length);
    if (listing->region == NULL)
        return out_of_memory(error);
    if (strncmp(listing->name, "arn:", 4) == 0)
        return brc__error_set(error, BRC_E_INVALID, "%s: \"name\" must not be an ARN", what);
    if (listing->alias != NULL && strncmp(listing->alias, "arn:", 4) == 0)
        return brc__error_set(error, BRC_E_INVALID, "%s: \"alias\" must not be an ARN", what);
    return BRC_OK;
}

static int read_multiplier(const char *text, const char *what, struct brc__listing *listing,
                           struct brc__error *error)
{
    const int64_t part = INT64_C(1000000000000) / BRC__WHOLE;
    int64_t amount = 0;

    listing->multiplier = BRC__WHOLE;
    if (text == NULL)
        return BRC_OK;
    int rc = brc__money_read(text, strlen(text), 0, 0, &amount);
    if (rc == BRC_E_INVALID || amount % part != 0)
        return brc__error_set(error, BRC_E_INVALID,
                              "%s: \"multiplier\" must be a string with a number of at most six "
                              "decimals, as \"0.9\"",
                              what);
    if (rc < 0 || amount / part > (int64_t)MULTIPLIER_MOST * BRC__WHOLE)
        return brc__error_set(error, BRC_E_RANGE, "%s: \"multiplier\" must be at most %d", what,
                              MULTIPLIER_MOST);
    listing->multiplier = amount / part;
    return BRC_OK;
}

static int compare_tags(const void *a, const void *b)
{
    return strcmp(((const struct brc__tag *)a)->key, ((const struct brc__tag *)b)->key);
}

static int read_tag(struct brc__json name, struct brc__json value, const char *what,
                    struct brc__tag *tag, struct brc__error *error)
{
    const struct brc__member key = {"name of a tag", BRC__AS_TEXT, .to = &tag->key, .least = 1,
                                    .most = TAG_KEY_MOST};
    int rc = brc__strict_value(name, what, &key, error);

    if (rc < 0)
        return rc;
    const struct brc__member member = {tag->key, BRC__AS_TEXT, .to = &tag->value, .least = 0,
                                       .most = TAG_VALUE_MOST};
    return brc__strict_value(value, what, &member, error);
}

static int write_tags(struct brc__listing *listing, struct brc__error *error)
{
    brc__auto_buf struct brc__buf tags = BRC__BUF(BRC__CEILING_PUT);

    brc__buf_text(&tags, "{");
    for (size_t i = 0; i < listing->tag_count; i++) {
        const struct brc__tag *tag = &listing->tag[i];
        brc__buf_text(&tags, i == 0 ? "" : ",");
        brc__json_quote(&tags, tag->key, strlen(tag->key));
        brc__buf_text(&tags, ":");
        brc__json_quote(&tags, tag->value, strlen(tag->value));
    }
    brc__buf_text(&tags, "}");
    if (tags.status < 0)
        return out_of_memory(error);
    listing->tags = brc__buf_steal(&tags);
    return BRC_OK;
}

static int read_tags(struct brc__json tags, const char *what, struct brc__listing *listing,
                     struct brc__error *error)
{
    struct brc__json name, value;
    size_t position = 0, count = 0;
    char inside[NAME_MOST];

    snprintf(inside, sizeof inside, "%s.tags", what);
    while (brc__json_next_member(tags, &position, &name, &value))
        count++;
    listing->tag = calloc(count + 1, sizeof *listing->tag);
    if (listing->tag == NULL)
        return out_of_memory(error);
    position = 0;
    while (brc__json_next_member(tags, &position, &name, &value)) {
        int rc = read_tag(name, value, inside, &listing->tag[listing->tag_count++], error);
        if (rc < 0)
            return rc;
    }
    qsort(listing->tag, count, sizeof *listing->tag, compare_tags);
    return write_tags(listing, error);
}

static int read_accepts(struct brc__json accepts, const char *what, struct brc__listing *listing,
                        struct brc__error *error)
{
    brc__auto_buf struct brc__buf list = BRC__BUF(BRC__CEILING_PUT);
    char **names = NULL;

    if (accepts.p == NULL)
        return BRC_OK;
    int rc = brc__strict_texts(accepts, what, "accepts", &names, error);
    if (rc < 0)
        return rc;
    brc__row_open(&list, NULL, '[');
    for (char **name = names; *name != NULL; name++)
        brc__row_text(&list, NULL, *name);
    brc__row_close(&list, ']');
    brc__texts_free(names);
    if (list.status < 0)
        return out_of_memory(error);
    listing->accepts = brc__buf_steal(&list);
    return BRC_OK;
}

static int read_prices(struct brc__json prices, const char *what, struct brc__listing *listing,
                       struct brc__error *error)
{
    char inside[NAME_MOST];

    if (prices.p == NULL)
        return BRC_OK;
    snprintf(inside, sizeof inside, "%s.prices", what);
    return brc__price_table_read_own(prices.p, prices.n, inside, &listing->prices, error);
}

static void write_text(struct brc__buf *json, const char *name, const char *text)
{
    if (text != NULL)
        brc__row_text(json, name, text);
}

/* What is as if it were not there is left out. */
static int write_json(struct brc__listing *listing, struct brc__error *error)
{
    brc__auto_buf struct brc__buf json = BRC__BUF(BRC__CEILING_PUT);

    brc__row_open(&json, NULL, '{');
    brc__row_text(&json, "arn", listing->arn);
    brc__row_text(&json, "name", listing->name);
    write_text(&json, "alias", listing->alias);
    write_text(&json, "series", listing->series);
    write_text(&json, "model", listing->model);
    brc__row_text(&json, "scope", listing->scope);
    brc__row_json(&json, "tags", listing->tags, strlen(listing->tags));
    if (listing->output_max > 0)
        brc__row_int(&json, "maxOutput", listing->output_max);
    if (listing->overhead > 0)
        brc__row_int(&json, "overhead", listing->overhead);
    if (listing->accepts != NULL)
        brc__row_json(&json, "accepts", listing->accepts, strlen(listing->accepts));
    write_text(&json, "degradeTo", listing->degrade_to);
    if (listing->multiplier != BRC__WHOLE)
        brc__row_money(&json, "multiplier", listing->multiplier * BRC__WHOLE);
    if (listing->counts_tokens)
        brc__row_flag(&json, "countTokens", true);
    if (listing->prices != NULL)
        brc__row_json(&json, "prices", listing->prices->json, strlen(listing->prices->json));
    brc__row_close(&json, '}');
    if (json.status < 0)
        return out_of_memory(error);
    listing->json = brc__buf_steal(&json);
    return BRC_OK;
}

static int read_listing(struct brc__json object, const char *what, struct brc__listing *listing,
                        struct draft *draft, struct brc__error *error)
{
    int rc = read_members(object, what, listing, draft, error);

    if (rc < 0)
        return rc;
    rc = read_names(what, listing, error);
    if (rc < 0)
        return rc;
    listing->scope = strdup(scopes[draft->scope]);
    if (listing->scope == NULL)
        return out_of_memory(error);
    rc = read_multiplier(draft->multiplier, what, listing, error);
    if (rc < 0)
        return rc;
    rc = read_tags(draft->tags, what, listing, error);
    if (rc < 0)
        return rc;
    rc = read_accepts(draft->accepts, what, listing, error);
    if (rc < 0)
        return rc;
    rc = read_prices(draft->prices, what, listing, error);
    if (rc < 0)
        return rc;
    return write_json(listing, error);
}

int brc__listing_read(struct brc__json object, const char *what, struct brc__listing **ret_listing,
                      struct brc__error *error)
{
    struct draft draft = {.scope = 0};

    *ret_listing = NULL;
    struct brc__listing *listing = calloc(1, sizeof *listing);
    if (listing == NULL)
        return out_of_memory(error);
    listing->references = 1;
    int rc = read_listing(object, what, listing, &draft, error);
    free(draft.multiplier);
    if (rc < 0)
        brc__listing_unref(listing);
    else
        *ret_listing = listing;
    return rc;
}

struct brc__listing *brc__listing_ref(struct brc__listing *listing)
{
    __atomic_add_fetch(&listing->references, 1, __ATOMIC_RELAXED);
    return listing;
}

struct brc__listing *brc__listing_unref(struct brc__listing *listing)
{
    if (listing == NULL || __atomic_sub_fetch(&listing->references, 1, __ATOMIC_ACQ_REL) > 0)
        return NULL;
    for (size_t i = 0; i < listing->tag_count; i++) {
        free(listing->tag[i].key);
        free(listing->tag[i].value);
    }
    free(listing->tag);
    brc__price_table_free(listing->prices);
    free(listing->json);
    free(listing->arn);
    free(listing->name);
    free(listing->alias);
    free(listing->series);
    free(listing->model);
    free(listing->scope);
    free(listing->region);
    free(listing->tags);
    free(listing->degrade_to);
    free(listing->accepts);
    free(listing);
    return NULL;
}

const char *brc__listing_tag(const struct brc__listing *listing, const char *key)
{
    for (size_t i = 0; i < listing->tag_count; i++)
        if (strcmp(listing->tag[i].key, key) == 0)
            return listing->tag[i].value;
    return NULL;
}

bool brc__listing_tariff(const struct brc__listing *listing, const struct brc__price_table *table,
                         const char *tier, struct brc__tariff *ret_tariff)
{
    const struct brc__market market = {
        .model = listing->model,
        .scope = listing->scope,
        .region = listing->region,
        .tier = tier,
    };

    if (table == NULL)
        table = listing->prices;
    if (table == NULL || !brc__price_table_find(table, &market, ret_tariff))
        return false;
    /* Rounded up, as all that is not whole. */
    ret_tariff->multiplier =
        (ret_tariff->multiplier * listing->multiplier + BRC__WHOLE - 1) / BRC__WHOLE;
    if (listing->output_max > 0 &&
        (ret_tariff->output_max == 0 || listing->output_max < ret_tariff->output_max))
        ret_tariff->output_max = listing->output_max;
    return true;
}
