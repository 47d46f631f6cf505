/* SPDX-License-Identifier: MIT */
#include "price_row.h"
#include "money.h"
#include "strict_object.h"

#include <inttypes.h>
#include <stdio.h>

enum {
    NAME_MOST = 256,                /* characters of an id of a model */
    WORD_MOST = 64,                 /* of a region or tier */
    SHARE_MOST = 1000 * 1000 * 1000 /* a thousand times the default tier's price */
};

static const char *const scopes[] = {"in-region", "geo", "global", NULL};
static const char *const rate_names[BRC__TOKEN_KINDS] = {
    [BRC__INPUT] = "input",
    [BRC__OUTPUT] = "output",
    [BRC__CACHE_READ] = "cacheRead",
    [BRC__CACHE_WRITE_5M] = "cacheWrite5m",
    [BRC__CACHE_WRITE_1H] = "cacheWrite1h",
};

struct brc__tariff brc__tariff_none(void)
{
    struct brc__tariff none = {.threshold = INT64_MAX, .multiplier = BRC__WHOLE};

    for (int kind = 0; kind < BRC__TOKEN_KINDS; kind++)
        none.rates.of[kind] = none.long_rates.of[kind] = -1;
    return none;
}

static int wrong(const char *what, const char *reason, struct brc__error *error)
{
    return brc__error_set(error, BRC_E_INVALID, "%s: %s", what, reason);
}

static int no_memory(struct brc__error *error)
{
    return brc__error_set(error, BRC_E_NOMEM, "%s", brc_strerror(BRC_E_NOMEM));
}

/* The members that a row and its `long` have in common. */
static void rate_members(struct brc__rates *rates, struct brc__member ret_members[BRC__TOKEN_KINDS])
{
    for (int kind = 0; kind < BRC__TOKEN_KINDS; kind++)
        ret_members[kind] =
            (struct brc__member){rate_names[kind], BRC__AS_MONEY, .to = &rates->of[kind],
                                 .required = kind <= BRC__OUTPUT};
}

static int read_long(struct brc__json object, const char *what, struct brc__tariff *tariff,
                     struct brc__error *error)
{
    struct brc__member members[BRC__TOKEN_KINDS];
    char inside[128];

    if ((tariff->threshold < INT64_MAX) != (object.p != NULL))
        return wrong(what, "\"above\" and \"long\" go together", error);
    if (object.p == NULL)
        return BRC_OK;
    snprintf(inside, sizeof inside, "%s.long", what);
    rate_members(&tariff->long_rates, members);
    return brc__strict_object(object, inside, members, BRC__COUNT_OF(members), error);
}

static int compare_shares(const void *a, const void *b)
{
    const struct brc__share *one = a, *other = b;

    return strcmp(one->tier, other->tier);
}

static bool is_plain(const char *text)
{
    for (; *text != '\0'; text++)
        if (*text <= ' ' || *text > '~')
            return false;
    return true;
}

static int read_share(struct brc__json name, struct brc__json value, const char *what,
                      struct brc__price *price, struct brc__error *error)
{
    struct brc__share *share = &price->shares[price->share_count];
    struct brc__member tier = {"tiers", BRC__AS_TEXT, .to = &share->tier, .least = 1,
                               .most = WORD_MOST};
    int rc = brc__strict_value(name, what, &tier, error);
    if (rc < 0)
        return rc;
    price->share_count++;
    if (!is_plain(share->tier) || strcmp(share->tier, "default") == 0)
        return wrong(what, "\"tiers\" must name tiers other than the default one", error);
    struct brc__member multiplier = {"tiers", BRC__AS_NUMBER, .to = &share->multiplier, .least = 0,
                                     .most = SHARE_MOST};
    return brc__strict_value(value, what, &multiplier, error);
}

static int read_shares(struct brc__json object, const char *what, struct brc__price *price,
                       struct brc__error *error)
{
    struct brc__json name, value;
    size_t position = 0, count = 0;

    if (object.p == NULL)
        return BRC_OK;
    if (strcmp(price->tier, "default") != 0)
        return wrong(what, "\"tiers\" belongs into the row of the default tier", error);
    while (brc__json_next_member(object, &position, &name, &value))
        count++;
    price->shares = calloc(count + 1, sizeof *price->shares);
    if (price->shares == NULL)
        return no_memory(error);
    for (position = 0; brc__json_next_member(object, &position, &name, &value);) {
        int rc = read_share(name, value, what, price, error);
        if (rc < 0)
            return rc;
    }
    qsort(price->shares, price->share_count, sizeof *price->shares, compare_shares);
    return BRC_OK;
}

static int check_names(const struct brc__price *price, const char *what, struct brc__error *error)
{
    const char *star = price->region == NULL ? NULL : strchr(price->region, '*');

    if (price->model != NULL && !is_plain(price->model))
        return wrong(what, "\"model\" must be the id of a model", error);
    if (price->region != NULL && !is_plain(price->region))
        return wrong(what, "\"region\" must be the id of a region", error);
    if (star != NULL && (star[1] != '\0' || star == price->region || star[-1] != '-'))
        return wrong(what, "\"region\" may have a * only at its end, after a -: \"eu-*\"", error);
    if (!is_plain(price->tier))
        return wrong(what, "\"tier\" must be the name of a tier", error);
    return BRC_OK;
}

int brc__price_read(struct brc__json row, const char *what, bool own, struct brc__price *ret_price,
                    struct brc__error *error)
{
    struct brc__price *price = ret_price;
    struct brc__json long_rates = {0}, shares = {0};
    int scope = -1;

    *price = (struct brc__price){.scope = "", .tariff = brc__tariff_none()};
    struct brc__tariff *tariff = &price->tariff;
    struct brc__member members[8 + BRC__TOKEN_KINDS] = {
        {"model", BRC__AS_TEXT, .to = &price->model, .required = true, .least = 1,
         .most = NAME_MOST},
        {"scope", BRC__AS_WORD, .to = &scope, .required = !own, .words = scopes},
        {"region", BRC__AS_TEXT, .to = &price->region, .least = 1, .most = WORD_MOST},
        {"tier", BRC__AS_TEXT, .to = &price->tier, .least = 1, .most = WORD_MOST},
        {"above", BRC__AS_NUMBER, .to = &tariff->threshold, .least = 1, .most = INT64_MAX - 1},
        {"long", BRC__AS_OBJECT, .to = &long_rates},
        {"maxOutput", BRC__AS_NUMBER, .to = &tariff->output_max, .least = 1, .most = INT64_MAX},
        {"tiers", BRC__AS_OBJECT, .to = &shares},
    };
    rate_members(&tariff->rates, members + 8);
    int rc = brc__strict_object(row, what, members + own, BRC__COUNT_OF(members) - own, error);
    if (rc < 0)
        return rc;
    price->scope = scope < 0 ? "" : scopes[scope];
    if (price->tier == NULL)
        price->tier = brc__strndup("default", strlen("default"));
    if (price->tier == NULL)
        return no_memory(error);
    rc = check_names(price, what, error);
    if (rc < 0)
        return rc;
    rc = read_long(long_rates, what, tariff, error);
    if (rc < 0)
        return rc;
    return read_shares(shares, what, price, error);
}

/* Begins the next member of an object. */
static void begin(struct brc__buf *to, const char *name)
{
    bool first = to->length > 0 && to->data[to->length - 1] == '{';

    brc__buf_appendf(to, "%s\"%s\":", first ? "" : ",", name);
}

static void write_text(struct brc__buf *to, const char *name, const char *text)
{
    begin(to, name);
    brc__json_quote(to, text, strlen(text));
}

static void write_number(struct brc__buf *to, const char *name, int64_t number)
{
    begin(to, name);
    brc__buf_appendf(to, "%" PRId64, number);
}

static void write_rates(struct brc__buf *to, const struct brc__rates *rates)
{
    char text[BRC__MONEY_SIZE];

    for (int kind = 0; kind < BRC__TOKEN_KINDS; kind++) {
        if (rates->of[kind] < 0)
            continue;
        brc__money_text(rates->of[kind], text);
        write_text(to, rate_names[kind], text);
    }
}

static void write_shares(struct brc__buf *to, const struct brc__price *price)
{
    begin(to, "tiers");
    brc__buf_text(to, "{");
    for (size_t i = 0; i < price->share_count; i++) {
        brc__buf_text(to, i == 0 ? "" : ",");
        brc__json_quote(to, price->shares[i].tier, strlen(price->shares[i].tier));
        brc__buf_appendf(to, ":%" PRId64, price->shares[i].multiplier);
    }
    brc__buf_text(to, "}");
}

void brc__price_write(struct brc__buf *to, const struct brc__price *price)
{
    brc__buf_text(to, "{");
    if (price->model != NULL)
        write_text(to, "model", price->model);
    if (price->scope[0] != '\0')
        write_text(to, "scope", price->scope);
    if (price->region != NULL)
        write_text(to, "region", price->region);
    if (strcmp(price->tier, "default") != 0)
        write_text(to, "tier", price->tier);
    write_rates(to, &price->tariff.rates);
    if (price->tariff.threshold < INT64_MAX) {
        write_number(to, "above", price->tariff.threshold);
        begin(to, "long");
        brc__buf_text(to, "{");
        write_rates(to, &price->tariff.long_rates);
        brc__buf_text(to, "}");
    }
    if (price->tariff.output_max > 0)
        write_number(to, "maxOutput", price->tariff.output_max);
    if (price->share_count > 0)
        write_shares(to, price);
    brc__buf_text(to, "}");
}

void brc__price_clear(struct brc__price *price)
{
    free(price->model);
    free(price->region);
    free(price->tier);
    for (size_t i = 0; i < price->share_count; i++)
        free(price->shares[i].tier);
    free(price->shares);
    *price = (struct brc__price){.scope = ""};
}

int brc__prices_add(struct brc__prices *list, struct brc__price *price)
{
    if (list->count == list->capacity) {
        size_t capacity = list->capacity == 0 ? 16 : list->capacity * 2;
        struct brc__price *items = reallocarray(list->items, capacity, sizeof *items);
        if (items == NULL)
            return BRC_E_NOMEM;
        list->items = items;
        list->capacity = capacity;
    }
    list->items[list->count++] = *price;
    *price = (struct brc__price){.scope = ""};
    return BRC_OK;
}

static const char *text_of(const char *text)
{
    return text == NULL ? "" : text;
}

static int compare_key(const void *a, const void *b)
{
    const struct brc__price_key *key = a;
    const struct brc__price *row = b;
    const char *model = text_of(row->model);

    int order = strncmp(key->model, model, key->model_length);
    if (order == 0)
        order = model[key->model_length] == '\0' ? 0 : -1;
    if (order == 0)
        order = strcmp(key->scope, row->scope);
    if (order == 0)
        order = strcmp(key->region, text_of(row->region));
    return order == 0 ? strcmp(key->tier, row->tier) : order;
}

static int compare_rows(const void *a, const void *b)
{
    const struct brc__price *row = a;
    const char *model = text_of(row->model);
    const struct brc__price_key key = {model, strlen(model), row->scope, text_of(row->region),
                                       row->tier};

    return compare_key(&key, b);
}

const struct brc__price *brc__prices_sort(struct brc__prices *list)
{
    if (list->count > 0)
        qsort(list->items, list->count, sizeof *list->items, compare_rows);
    for (size_t i = 1; i < list->count; i++)
        if (compare_rows(&list->items[i - 1], &list->items[i]) == 0)
            return &list->items[i];
    return NULL;
}

const struct brc__price *brc__prices_find(const struct brc__price *rows, size_t count,
                                          const struct brc__price_key *key)
{
    return count == 0 ? NULL : bsearch(key, rows, count, sizeof *rows, compare_key);
}

void brc__prices_clear(struct brc__prices *list)
{
    for (size_t i = 0; i < list->count; i++)
        brc__price_clear(&list->items[i]);
    free(list->items);
    *list = (struct brc__prices){0};
}
