/* The bill is kept as the JSON document it is answered as.
 *
 * SPDX-License-Identifier: MIT
 */
#include "bill.h"
#include "profiles.h"

/* The totals, the profile, and one for each of its tags. */
#define MAX_ACCOUNTS (2 + EMU_MAX_TAGS)

static json_t *new_account(void)
{
    return json_pack("{s:i, s:i, s:i, s:i, s:i, s:i, s:i, s:i}", "calls", 0, "inputTokens", 0,
                     "outputTokens", 0, "cacheReadInputTokens", 0, "cacheWriteInputTokens", 0,
                     "cacheWrite5mInputTokens", 0, "cacheWrite1hInputTokens", 0, "totalTokens", 0);
}

static void add(json_t *account, const char *member, int64_t n)
{
    json_t *sum = json_object_get(account, member);

    json_integer_set(sum, json_integer_value(sum) + n);
}

static void charge(json_t *account, int64_t calls, const struct emu_usage *usage)
{
    int64_t cache_write = usage->cache_write_5m + usage->cache_write_1h;

    add(account, "calls", calls);
    add(account, "inputTokens", usage->input);
    add(account, "outputTokens", usage->output);
    add(account, "cacheReadInputTokens", usage->cache_read);
    add(account, "cacheWriteInputTokens", cache_write);
    add(account, "cacheWrite5mInputTokens", usage->cache_write_5m);
    add(account, "cacheWrite1hInputTokens", usage->cache_write_1h);
    add(account, "totalTokens", usage->input + usage->output + usage->cache_read + cache_write);
}

/* parent[key], made by `make` if it is not there yet. */
static json_t *get_or_make(json_t *parent, const char *key, json_t *(*make)(void))
{
    json_t *child = json_object_get(parent, key);

    if (child == NULL && json_object_set_new(parent, key, make()) == 0)
        child = json_object_get(parent, key);
    return child;
}

static json_t *profile_account(json_t *bill, const char *id, const char *name, json_t *tags)
{
    json_t *account = get_or_make(json_object_get(bill, "profiles"), id, new_account);
    json_t *copy = tags != NULL ? json_deep_copy(tags) : json_object();

    if (account == NULL ||
        json_object_set_new(account, "name", name != NULL ? json_string(name) : json_null()) < 0 ||
        json_object_set_new(account, "untagged", json_boolean(json_object_size(copy) == 0)) < 0) {
        json_decref(copy);
        return NULL;
    }
    return json_object_set_new(account, "tags", copy) == 0 ? account : NULL;
}

static json_t *tag_account(json_t *bill, const char *key, const char *value)
{
    json_t *values = get_or_make(json_object_get(bill, "tags"), key, json_object);

    return values != NULL ? get_or_make(values, value, new_account) : NULL;
}

json_t *emu_bill_new(void)
{
    return json_pack("{s:{}, s:{}, s:o, s:{s:i, s:i, s:i, s:{}}, s:{}}", "profiles", "tags",
                     "totals", new_account(), "requests", "seen", 0, "refused", 0, "peakInFlight",
                     0, "reasons", "operations");
}

int emu_bill_add(json_t *bill, const char *id, const char *name, json_t *tags, int64_t calls,
                 const struct emu_usage *usage)
{
    json_t *accounts[MAX_ACCOUNTS] = {json_object_get(bill, "totals"),
                                      profile_account(bill, id, name, tags)};
    size_t n = 2;
    const char *key;
    json_t *value;

    json_object_foreach(tags, key, value)
    {
        accounts[n++] = tag_account(bill, key, json_string_value(value));
    }
    for (size_t i = 0; i < n; i++)
        if (accounts[i] == NULL)
            return EMU_OUT_OF_MEMORY;
    for (size_t i = 0; i < n; i++)
        charge(accounts[i], calls, usage);
    return EMU_OK;
}

void emu_bill_request(json_t *bill)
{
    add(json_object_get(bill, "requests"), "seen", 1);
}

static json_t *new_count(void)
{
    return json_integer(0);
}

/* Adds one to counts[name]. */
static int count(json_t *counts, const char *name)
{
    json_t *n = get_or_make(counts, name, new_count);

    if (n == NULL)
        return EMU_OUT_OF_MEMORY;
    json_integer_set(n, json_integer_value(n) + 1);
    return EMU_OK;
}

int emu_bill_operation(json_t *bill, const char *name)
{
    return count(json_object_get(bill, "operations"), name);
}

void emu_bill_in_flight(json_t *bill, int64_t n)
{
    json_t *peak = json_object_get(json_object_get(bill, "requests"), "peakInFlight");

    if (n > json_integer_value(peak))
        json_integer_set(peak, n);
}

int emu_bill_refused(json_t *bill, const char *type)
{
    json_t *requests = json_object_get(bill, "requests");
    int rc = count(json_object_get(requests, "reasons"), type[0] != '\0' ? type : "(none)");

    if (rc == EMU_OK)
        add(requests, "refused", 1);
    return rc;
}
