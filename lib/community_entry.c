/* SPDX-License-Identifier: MIT */
#include "community_entry.h"
#include "money.h"
#include "partition.h"
#include "price_row.h"

enum {
    NAME_MOST = 256,
    SHOWN = 128,       /* bytes of a foreign name in a message */
    MILLION = 6,       /* the file's prices are of one token, ours of 10^6 */
    THOUSANDS_MOST = 9 /* digits of a threshold */
};

const char *const brc__community_tiers[BRC__COMMUNITY_TIERS] = {"default", "flex", "priority"};

static const struct brc__community_area areas[] = {
    {"us.", {"us-*", "ca-*"}},
    {"eu.", {"eu-*"}},
    {"apac.", {"ap-*"}},
    {"jp.", {"ap-northeast-1", "ap-northeast-3"}},
    {"au.", {"ap-southeast-2", "ap-southeast-4", "ap-southeast-6"}},
    {"ca.", {"ca-*"}},
    {"us-gov.", {"us-gov-*"}},
};

static int broken(const struct brc__buf *name, int code, const char *field, const char *must,
                  struct brc__error *error)
{
    char entry[SHOWN], member[SHOWN];

    brc__error_text(entry, sizeof entry, name->data, name->length);
    brc__error_text(member, sizeof member, field, strlen(field));
    return brc__error_set(error, code, "price.litellm: entry \"%s\": %s%s%s", entry, member,
                          *member == '\0' ? "" : " ", must);
}

static int no_memory(struct brc__error *error)
{
    return brc__error_set(error, BRC_E_NOMEM, "%s", brc_strerror(BRC_E_NOMEM));
}

/* True, and *text moved on, if it begins like that. */
static bool begins(const char **text, const char *with)
{
    size_t n = strlen(with);

    if (strncmp(*text, with, n) != 0)
        return false;
    *text += n;
    return true;
}

/* "us-west-2/": a region's price; the name goes on behind it. */
static bool take_region(const char **name, struct brc__community_entry *entry)
{
    size_t n = strcspn(*name, "/");

    if (n >= sizeof entry->region)
        return false;
    memcpy(entry->region, *name, n);
    entry->region[n] = '\0';
    *name += n + 1;
    return brc__partition_of_region(entry->region) != NULL;
}

/* "eu.", "global." */
static bool take_prefix(const char **name, struct brc__community_entry *entry)
{
    if (begins(name, "global.")) {
        entry->place = BRC__COMMUNITY_GLOBAL;
        return true;
    }
    for (size_t i = 0; i < sizeof areas / sizeof *areas; i++)
        if (begins(name, areas[i].prefix)) {
            entry->place = BRC__COMMUNITY_AREA;
            entry->area = &areas[i];
            return true;
        }
    return false;
}

/* False for what is no model on demand: commitments, images of a size, other doors. */
static bool read_name(const char *name, struct brc__community_entry *entry)
{
    entry->place = BRC__COMMUNITY_BARE;
    if (begins(&name, "bedrock/") && strchr(name, '/') != NULL) {
        if (!take_region(&name, entry))
            return false;
        entry->place = BRC__COMMUNITY_REGION;
    }
    if (take_prefix(&name, entry) && entry->region[0] != '\0')
        return false; /* two places at once */
    size_t n = strlen(name);
    if (n == 0 || n > NAME_MOST)
        return false;
    for (const char *p = name; *p != '\0'; p++)
        if (*p <= ' ' || *p > '~' || *p == '/')
            return false;
    entry->model = brc__strndup(name, n);
    return true;
}

/* What a field of prices is called, before what follows: "_above_1hr", "_above_200k_tokens",
 * "_flex". A model's reasoning is output to us: the dearer of both. */
static const struct {
    const char *name;
    enum brc__token_kind kind;
} fields[] = {
    {"input_cost_per_token", BRC__INPUT},
    {"output_cost_per_token", BRC__OUTPUT},
    {"output_cost_per_reasoning_token", BRC__OUTPUT},
    {"cache_read_input_token_cost", BRC__CACHE_READ},
    {"cache_creation_input_token_cost", BRC__CACHE_WRITE_5M},
};

struct field {
    enum brc__token_kind kind;
    int tier;
    int64_t above; /* INT64_MAX: no threshold */
};

/* "200k_tokens" */
static bool take_threshold(const char **text, int64_t *ret_above)
{
    int64_t thousands = 0;
    int digits = 0;

    for (; **text >= '0' && **text <= '9' && digits < THOUSANDS_MOST; (*text)++, digits++)
        thousands = thousands * 10 + (**text - '0');
    *ret_above = thousands * 1000;
    return thousands > 0 && begins(text, "k_tokens");
}

static bool read_field(const char *text, struct field *ret_field)
{
    size_t i = 0, count = sizeof fields / sizeof *fields;

    while (i < count && !begins(&text, fields[i].name))
        i++;
    if (i == count)
        return false;
    *ret_field = (struct field){.kind = fields[i].kind, .above = INT64_MAX};
    while (*text != '\0') {
        if (ret_field->kind == BRC__CACHE_WRITE_5M && begins(&text, "_above_1hr"))
            ret_field->kind = BRC__CACHE_WRITE_1H;
        else if (begins(&text, "_flex"))
            ret_field->tier = 1;
        else if (begins(&text, "_priority"))
            ret_field->tier = 2;
        else if (!begins(&text, "_above_") || !take_threshold(&text, &ret_field->above))
            return false;
    }
    return true;
}

/* 0 is how the file writes a price that it does not know. */
static void note(struct brc__community_entry *entry, const struct field *field, int64_t rate)
{
    struct brc__tariff *tariff = &entry->tariffs[field->tier];
    bool is_long = field->above < INT64_MAX;
    struct brc__rates *rates = is_long ? &tariff->long_rates : &tariff->rates;

    if (rate > rates->of[field->kind])
        rates->of[field->kind] = rate;
    if (is_long && field->above < tariff->threshold)
        tariff->threshold = field->above;
}

static int read_price(const struct brc__buf *name, const char *text, struct brc__json value,
                      struct brc__community_entry *entry, struct brc__error *error)
{
    struct field field;
    int64_t rate;

    if (!read_field(text, &field) || brc__json_is(value, "null"))
        return BRC_OK;
    int rc = brc__money_read(value.p, value.n, MILLION, 1, &rate);
    if (rc < 0)
        return broken(name, rc, text,
                      rc == BRC_E_RANGE ? "is too large a price" : "must be a price, a number",
                      error);
    if (rate > 0)
        note(entry, &field, rate);
    return BRC_OK;
}

static int read_prices(const struct brc__buf *name, struct brc__json object,
                       struct brc__community_entry *entry, struct brc__error *error)
{
    struct brc__json quoted, value;
    size_t position = 0;

    while (brc__json_next_member(object, &position, &quoted, &value)) {
        brc__auto_buf struct brc__buf member = BRC__BUF(BRC__CEILING_PUT);
        brc__buf_reserve(&member, quoted.n);
        brc__json_unquote(quoted, &member);
        if (member.status < 0)
            return no_memory(error);
        int rc = read_price(name, member.data, value, entry, error);
        if (rc < 0)
            return rc;
    }
    struct brc__json most = brc__json_member(object, "max_output_tokens");
    int64_t tokens = 0;
    if (most.p != NULL && !brc__json_is(most, "null") && !brc__json_count(most, &tokens))
        return broken(name, BRC_E_INVALID, "max_output_tokens", "must be a count", error);
    for (int tier = 0; tier < BRC__COMMUNITY_TIERS; tier++)
        entry->tariffs[tier].output_max = tokens;
    return BRC_OK;
}

static bool is_priced(const struct brc__rates *rates)
{
    return rates->of[BRC__INPUT] > 0 && rates->of[BRC__OUTPUT] > 0;
}

/* Which tiers have prices that can be relied on. A tier without prices for long requests, where the
 * model has such, has none: what long ones cost there is not known. */
static bool judge(struct brc__community_entry *entry)
{
    bool any = false;

    for (int tier = 0; tier < BRC__COMMUNITY_TIERS; tier++) {
        const struct brc__tariff *tariff = &entry->tariffs[tier];
        bool is_flat = tariff->threshold == INT64_MAX;
        bool flat_known = is_flat && entry->tariffs[0].threshold == INT64_MAX;
        entry->has[tier] =
            is_priced(&tariff->rates) && (is_flat ? flat_known : is_priced(&tariff->long_rates));
        any = any || entry->has[tier];
    }
    return any;
}

/* An entry of Bedrock for a model that talks. */
static bool is_ours(struct brc__json object)
{
    static const char *const names[] = {"litellm_provider", "mode"};
    struct brc__json values[2];

    brc__json_members(object, names, values, 2);
    return (brc__json_is(values[0], "\"bedrock\"") ||
            brc__json_is(values[0], "\"bedrock_converse\"")) &&
           (values[1].p == NULL || brc__json_is(values[1], "\"chat\""));
}

static int read_entry(const struct brc__buf *name, struct brc__json value,
                      struct brc__community_entry *entry, struct brc__error *error)
{
    if (strcmp(name->data, "sample_spec") == 0)
        return 0; /* explains the others */
    if (!brc__json_starts(value, '{'))
        return broken(name, BRC_E_INVALID, "", "must be an object", error);
    if (!is_ours(value) || !read_name(name->data, entry))
        return 0;
    if (entry->model == NULL)
        return no_memory(error);
    for (int tier = 0; tier < BRC__COMMUNITY_TIERS; tier++)
        entry->tariffs[tier] = brc__tariff_none();
    int rc = read_prices(name, value, entry, error);
    if (rc < 0)
        return rc;
    return judge(entry);
}

int brc__community_entry_read(struct brc__json name, struct brc__json value,
                              struct brc__community_entry *ret_entry, struct brc__error *error)
{
    brc__auto_buf struct brc__buf text = BRC__BUF(BRC__CEILING_PUT);

    *ret_entry = (struct brc__community_entry){0};
    brc__buf_reserve(&text, name.n);
    brc__json_unquote(name, &text);
    if (text.status < 0)
        return no_memory(error);
    int rc = read_entry(&text, value, ret_entry, error);
    if (rc <= 0)
        brc__community_entry_clear(ret_entry);
    return rc;
}

void brc__community_entry_clear(struct brc__community_entry *entry)
{
    free(entry->model);
    *entry = (struct brc__community_entry){0};
}
