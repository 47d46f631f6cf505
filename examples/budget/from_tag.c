/* `budget set --from-tag`: limits that stand in tags of the profiles, where whoever makes a profile
 * can put them. SPDX-License-Identifier: MIT */
#include "budget.h"

#include <string.h>

/* Made, and what could not be. */
struct outcome {
    size_t made, unread;
};

/* Whose budget it is to be, and its name: the series, so that it outlives the profile, or else the
 * profile. */
static const char *name_of(const json_t *profile)
{
    return shown(profile, json_object_get(profile, "series") != NULL ? "series" : "name");
}

static json_t *owner_of(const json_t *profile)
{
    bool is_series = json_object_get(profile, "series") != NULL;
    const char *member = is_series ? "series" : "arn";

    return json_pack("{sO}", is_series ? "series" : "profile", json_object_get(profile, member));
}

/* Whether it is one for this profile. */
static bool is_of(const json_t *row, const json_t *profile)
{
    const json_t *owner = json_object_get(row, "owner");
    const char *arn = text_of(owner, "profile");

    return (arn != NULL && strcmp(arn, shown(profile, "arn")) == 0) ||
           json_equal(json_object_get(owner, "series"), json_object_get(profile, "series"));
}

/* Whether another one stands behind the alias now: what it is tagged with counts. */
static bool is_replaced(const json_t *profiles, const json_t *profile)
{
    const json_t *series = json_object_get(profile, "series"), *other;
    size_t i;

    json_array_foreach(profiles, i, other)
    {
        if (json_object_get(profile, "alias") == NULL && json_object_get(other, "alias") != NULL &&
            json_equal(json_object_get(other, "series"), series))
            return true;
    }
    return false;
}

static void complain(struct budget *budget, const char *name, const char *value, const char *why)
{
    if (budget->console.json)
        say(&budget->console,
            json_pack("{ss ss ss}", "profile", name, "value", value, "error", why), "%s", "");
    else
        failed("%s: %s: %s", name, value, why);
}

/* A monthly budget; of one that is there, what is not given stays. */
static int set_one(struct budget *budget, const json_t *profile, const char *limit, json_t *terms,
                   const json_t *old)
{
    json_t *row = old != NULL ? json_deep_copy(old) : json_pack("{ss}", "window", "month");
    const char *name = name_of(profile);

    json_object_del(row, "id");
    json_object_del(row, "putAt");
    json_object_update(row, terms);
    json_object_set_new(row, "name", json_string(name));
    if (old == NULL)
        json_object_set_new(row, "owner", owner_of(profile));
    json_object_set_new(row, "limit", json_string(limit));
    int rc = book_put(budget->ledger, "budget", json_incref(row));
    if (rc == DONE)
        return say(&budget->console, row, "%s: %s USD a %s\n", name, limit, shown(row, "window"));
    json_decref(row);
    return rc;
}

static int set_each(struct budget *budget, const char *tag, json_t *terms, const json_t *profiles,
                    const json_t *budgets, struct outcome *outcome)
{
    const json_t *profile;
    int rc = DONE;
    size_t i;

    json_array_foreach(profiles, i, profile)
    {
        const char *limit = text_of(json_object_get(profile, "tags"), tag), *why = NULL;
        const char *name = name_of(profile);
        const json_t *old = find_by(budgets, "name", name);
        int64_t picodollars;
        if (limit == NULL || is_replaced(profiles, profile))
            continue;
        int code = brc_money_parse(limit, &picodollars);
        if (code < 0)
            why = code == BRC_E_RANGE ? "more than 9223372 USD"
                                      : "no amount of US dollars, as 500 or 0.25";
        else if (old != NULL && !is_of(old, profile))
            why = "there is a budget of this name that is another's";
        if (why != NULL)
            complain(budget, name, limit, why);
        else
            rc = set_one(budget, profile, limit, terms, old) == DONE ? rc : FAILED;
        outcome->made += why == NULL;
        outcome->unread += why != NULL;
    }
    return rc;
}

int set_from_tag(struct budget *budget, const char *tag, json_t *terms)
{
    json_t *profiles = book_query(budget->ledger, json_pack("{ss}", "kind", "profile"));
    json_t *budgets = book_query(budget->ledger, json_pack("{ss}", "kind", "budget"));
    struct outcome outcome = {0};

    int rc = profiles != NULL && budgets != NULL ? DONE : FAILED;
    if (rc == DONE)
        rc = set_each(budget, tag, terms, profiles, budgets, &outcome);
    size_t count = json_array_size(profiles);
    json_decref(profiles);
    json_decref(budgets);
    if (rc == DONE && outcome.made + outcome.unread == 0)
        return failed("none of the %zu profiles has the tag %s; `budget profiles fetch` reads the "
                      "tags anew",
                      count, tag);
    return rc == DONE && outcome.unread == 0 ? DONE : FAILED;
}
