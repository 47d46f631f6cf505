/* SPDX-License-Identifier: MIT */
#include "price_table.h"
#include "community_prices.h"
#include "crypto.h"
#include "date.h"
#include "json.h"
#include "price_row.h"
#include "strict_object.h"
#include "text.h"

#include <stdio.h>

enum {
    DAY_LENGTH = sizeof "2026-10-01" - 1,
    REGION_MOST = 64
};

static void free_table(struct brc__price_table **table)
{
    brc__price_table_free(*table);
}
#define auto_table brc__cleanup(free_table)

static int failed(int code, struct brc__error *error)
{
    return brc__error_set(error, code, "%s", brc_strerror(code));
}

static int too_large(const char *what, struct brc__error *error)
{
    return brc__error_set(error, BRC_E_TOO_LARGE, "%s: more than 64 MiB", what);
}

/* Into *list, which the caller clears. */
static int read_rows(struct brc__json array, const char *what, bool own, struct brc__prices *list,
                     struct brc__error *error)
{
    struct brc__json element;
    size_t position = 0;

    while (brc__json_next(array, &position, &element)) {
        struct brc__price price;
        char row[96];
        snprintf(row, sizeof row, "%s[%zu]", what, list->count);
        int rc = brc__price_read(element, row, own, &price, error);
        if (rc == BRC_OK && brc__prices_add(list, &price) < 0)
            rc = failed(BRC_E_NOMEM, error);
        brc__price_clear(&price);
        if (rc < 0)
            return rc;
    }
    return BRC_OK;
}

static int settle_rows(struct brc__prices *list, const char *what, struct brc__error *error)
{
    if (list->count == 0)
        return brc__error_set(error, BRC_E_INVALID, "%s: there is no price in it", what);
    const struct brc__price *twice = brc__prices_sort(list);
    if (twice == NULL)
        return BRC_OK;
    return brc__error_set(error, BRC_E_INVALID,
                          "%s: two rows for model \"%s\", scope \"%s\", region \"%s\", tier \"%s\"",
                          what, twice->model == NULL ? "" : twice->model, twice->scope,
                          twice->region == NULL ? "any" : twice->region, twice->tier);
}

static void write_rows(struct brc__buf *to, const struct brc__prices *list)
{
    brc__buf_text(to, "[");
    for (size_t i = 0; i < list->count; i++) {
        brc__buf_text(to, i == 0 ? "" : ",");
        brc__price_write(to, &list->items[i]);
    }
    brc__buf_text(to, "]");
}

static int hash(const struct brc__buf *text, char ret_hex[65])
{
    unsigned char digest[BRC__SHA256_SIZE];
    brc__auto_hasher struct brc__hasher *hasher = NULL;

    int rc = brc__hasher_new(&hasher);
    if (rc < 0)
        return rc;
    rc = brc__sha256(hasher, text->data, text->length, digest);
    if (rc < 0)
        return rc;
    brc__hex(ret_hex, digest, sizeof digest);
    ret_hex[64] = '\0';
    return BRC_OK;
}

/* Makes a table of the rows and their text, which are its from then on. */
static int make(struct brc__prices *list, struct brc__buf *text, const char *source,
                int64_t from_ms, struct brc__price_table **ret_table, struct brc__error *error)
{
    if (text->status == BRC_E_TOO_LARGE)
        return too_large("price", error);
    if (text->status < 0)
        return failed(text->status, error);
    auto_table struct brc__price_table *table = calloc(1, sizeof *table);
    if (table == NULL)
        return failed(BRC_E_NOMEM, error);
    int rc = hash(text, table->hash);
    if (rc < 0)
        return failed(rc, error);
    table->source = brc__strndup(source, strlen(source));
    if (table->source == NULL)
        return failed(BRC_E_NOMEM, error);
    table->in_force_from_ms = from_ms;
    table->json = brc__buf_steal(text);
    table->prices = brc__steal(list->items);
    table->count = list->count;
    *list = (struct brc__prices){0};
    *ret_table = brc__steal(table);
    return BRC_OK;
}

static int read_day(const char *day, int64_t *ret_ms, struct brc__error *error)
{
    char moment[BRC__ISO_DATE_SIZE];
    int64_t seconds = -1;

    if (strlen(day) == DAY_LENGTH) {
        snprintf(moment, sizeof moment, "%sT00:00:00Z", day);
        if (brc__iso_date(moment, strlen(moment), &seconds) < 0)
            seconds = -1;
    }
    if (seconds < 0)
        return brc__error_set(error, BRC_E_INVALID,
                              "price: \"from\" must be a day from 1970 on, as \"2026-10-01\"");
    *ret_ms = seconds * 1000;
    return BRC_OK;
}

/* What a table is read from. */
struct draft {
    char *day, *source;
    struct brc__json rows, community;
    struct brc__prices list;
};

static void clear_draft(struct draft *draft)
{
    free(draft->day);
    free(draft->source);
    brc__prices_clear(&draft->list);
}

static int read_draft(const char *json, size_t n, struct draft *draft, struct brc__error *error)
{
    const struct brc__member members[] = {
        {"from", BRC__AS_TEXT, .to = &draft->day, .required = true},
        {"source", BRC__AS_TEXT, .to = &draft->source, .required = true},
        {"prices", BRC__AS_ARRAY, .to = &draft->rows},
        {"litellm", BRC__AS_OBJECT, .to = &draft->community},
    };
    int rc = brc__strict_read(json, n, "price", members, BRC__COUNT_OF(members), error);
    if (rc < 0)
        return rc;
    if ((draft->rows.p == NULL) == (draft->community.p == NULL))
        return brc__error_set(error, BRC_E_INVALID,
                              "price: either \"prices\" or \"litellm\" has to be there");
    if (draft->rows.p != NULL)
        rc = read_rows(draft->rows, "price.prices", false, &draft->list, error);
    else
        rc = brc__community_prices(draft->community, &draft->list, error);
    return rc < 0 ? rc
                  : settle_rows(&draft->list,
                                draft->rows.p != NULL ? "price.prices" : "price.litellm", error);
}

int brc__price_table_read(const char *json, size_t n, struct brc__price_table **ret_table,
                          struct brc__error *error)
{
    brc__cleanup(clear_draft) struct draft draft = {0};
    brc__auto_buf struct brc__buf text = BRC__BUF(BRC__CEILING_PUT);
    int64_t from_ms = 0;

    *ret_table = NULL;
    if (n > BRC__CEILING_PUT)
        return too_large("price", error);
    int rc = read_draft(json, n, &draft, error);
    if (rc < 0)
        return rc;
    rc = read_day(draft.day, &from_ms, error);
    if (rc < 0)
        return rc;
    brc__buf_appendf(&text, "{\"from\":\"%s\",\"source\":", draft.day);
    brc__json_quote(&text, draft.source, strlen(draft.source));
    brc__buf_text(&text, ",\"prices\":");
    write_rows(&text, &draft.list);
    brc__buf_text(&text, "}");
    return make(&draft.list, &text, draft.source, from_ms, ret_table, error);
}

int brc__price_table_read_own(const char *json, size_t n, const char *what,
                              struct brc__price_table **ret_table, struct brc__error *error)
{
    brc__cleanup(brc__prices_clear) struct brc__prices list = {0};
    brc__auto_buf struct brc__buf text = BRC__BUF(BRC__CEILING_PUT);

    *ret_table = NULL;
    if (n > BRC__CEILING_PUT)
        return too_large(what, error);
    int rc = brc__json_check(json, n, what, error);
    if (rc < 0)
        return rc;
    struct brc__json array = brc__json_of(json, n);
    if (!brc__json_starts(array, '['))
        return brc__error_set(error, BRC_E_INVALID, "%s must be an array", what);
    rc = read_rows(array, what, true, &list, error);
    if (rc < 0)
        return rc;
    rc = settle_rows(&list, what, error);
    if (rc < 0)
        return rc;
    write_rows(&text, &list);
    return make(&list, &text, "", 0, ret_table, error);
}

struct brc__price_table *brc__price_table_free(struct brc__price_table *table)
{
    if (table == NULL)
        return NULL;
    struct brc__prices list = {table->prices, table->count, table->count};
    brc__prices_clear(&list);
    free(table->json);
    free(table->source);
    free(table);
    return NULL;
}

/* The tier's own row, else its share of the default one. */
static bool find_tier(const struct brc__price_table *table, struct brc__price_key key,
                      struct brc__tariff *ret_tariff)
{
    const struct brc__price *row = brc__prices_find(table->prices, table->count, &key);
    if (row != NULL) {
        *ret_tariff = row->tariff;
        return true;
    }
    const char *tier = key.tier;
    key.tier = "default";
    row = brc__prices_find(table->prices, table->count, &key);
    for (size_t i = 0; row != NULL && i < row->share_count; i++)
        if (strcmp(row->shares[i].tier, tier) == 0) {
            *ret_tariff = row->tariff;
            ret_tariff->multiplier = row->shares[i].multiplier;
            return true;
        }
    return false;
}

/* Here, then in "us-gov-west-*", "us-gov-*", "us-*", then anywhere. */
static bool find_region(const struct brc__price_table *table, struct brc__price_key key,
                        struct brc__tariff *ret_tariff)
{
    char like[REGION_MOST + 2];

    if (find_tier(table, key, ret_tariff))
        return true;
    size_t n = strlen(key.region);
    if (n <= REGION_MOST)
        memcpy(like, key.region, n + 1);
    else
        n = 0;
    for (key.region = like; n > 0; n--) {
        if (like[n - 1] != '-')
            continue;
        memcpy(like + n, "*", 2);
        if (find_tier(table, key, ret_tariff))
            return true;
    }
    key.region = "";
    return find_tier(table, key, ret_tariff);
}

static bool find_scope(const struct brc__price_table *table, struct brc__price_key key,
                       struct brc__tariff *ret_tariff)
{
    if (find_region(table, key, ret_tariff))
        return true;
    key.scope = "";
    return find_region(table, key, ret_tariff);
}

/* How much of an id is left without the last of what says its version, date or length of context;
 * 0: it has none. */
static size_t without_last(const char *model, size_t n)
{
    size_t end = n > 0 && model[n - 1] == 'k' ? n - 1 : n, start = end;

    while (start > 0 && model[start - 1] >= '0' && model[start - 1] <= '9')
        start--;
    if (start == end || start == 0)
        return 0;
    if (model[start - 1] == ':')
        return start - 1;
    if (end < n)
        return 0;
    if (start > 1 && model[start - 2] == '-' && model[start - 1] == 'v')
        return start - 2;
    return model[start - 1] == '-' && end - start == sizeof "20251001" - 1 ? start - 1 : 0;
}

static bool find_model(const struct brc__price_table *table, struct brc__price_key key,
                       struct brc__tariff *ret_tariff)
{
    for (; key.model_length > 0; key.model_length = without_last(key.model, key.model_length))
        if (find_scope(table, key, ret_tariff))
            return true;
    return find_scope(table, key, ret_tariff); /* a row of any model */
}

bool brc__price_table_find(const struct brc__price_table *table, const struct brc__market *market,
                           struct brc__tariff *ret_tariff)
{
    struct brc__price_key key = {
        .model = market->model == NULL ? "" : market->model,
        .model_length = market->model == NULL ? 0 : strlen(market->model),
        .scope = market->scope,
        .region = market->region == NULL ? "" : market->region,
        .tier = market->tier,
    };

    if (find_model(table, key, ret_tariff))
        return true;
    key.tier = "default";
    if (strcmp(market->tier, "reserved") == 0 && find_model(table, key, ret_tariff))
        return true;
    *ret_tariff = brc__tariff_none();
    return false;
}
