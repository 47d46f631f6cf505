/* `budget set`, `end` and `override`: what changes a limit. SPDX-License-Identifier: MIT */
#include "budget.h"

#include <string.h>

/* The options of `set`. */
struct terms {
    const char *limit, *team, *tag, *profile, *series, *window, *offset, *notice, *degrade,
        *from_tag;
    bool all, shadow, no_shadow;
};

static void set_text(json_t *row, const char *member, const char *text)
{
    if (text != NULL)
        json_object_set_new(row, member, json_string(text));
}

/* Of --team, --tag, --profile, --series and --all at most one. */
static int set_owner(const struct terms *terms, json_t *row)
{
    int given = (terms->team != NULL) + (terms->tag != NULL) + (terms->profile != NULL) +
                (terms->series != NULL) + terms->all;
    const char *equals = terms->tag != NULL ? strchr(terms->tag, '=') : NULL;
    json_t *owner = NULL;

    if (given > 1)
        return misused("set: one of --team, --tag, --profile, --series and --all");
    if (terms->tag != NULL && (equals == NULL || equals == terms->tag))
        return misused("set: --tag takes KEY=VALUE, and not %s", terms->tag);
    if (terms->team != NULL)
        owner = json_pack("{ss ss}", "tag", "team", "value", terms->team);
    else if (terms->tag != NULL)
        owner = json_pack("{ss# ss}", "tag", terms->tag, (int)(equals - terms->tag), "value",
                          equals + 1);
    else if (terms->profile != NULL)
        owner = json_pack("{ss}", "profile", terms->profile);
    else if (terms->series != NULL)
        owner = json_pack("{ss}", "series", terms->series);
    else if (terms->all)
        owner = json_pack("{sb}", "all", 1);
    if (given > 0 && json_object_set_new(row, "owner", owner) < 0)
        return failed("%s", brc_strerror(BRC_E_NOMEM));
    return DONE;
}

static int set_percent(json_t *row, const char *member, const char *option, const char *text)
{
    int64_t percent;

    if (text == NULL)
        return DONE;
    int rc = take_number(option, text, 0, 100, &percent);
    if (rc == DONE)
        json_object_set_new(row, member, json_integer(percent));
    return rc;
}

/* What is given goes over what was there. */
static int set_terms(const struct terms *terms, json_t *row)
{
    int64_t minutes;

    int rc = terms->limit != NULL ? take_money("--limit", terms->limit) : DONE;
    if (rc == DONE && terms->offset != NULL)
        rc = take_offset(terms->offset, &minutes);
    if (rc == DONE && terms->offset != NULL)
        json_object_set_new(row, "offsetMinutes", json_integer(minutes));
    if (rc == DONE)
        rc = set_percent(row, "noticeAt", "--notice", terms->notice);
    if (rc == DONE)
        rc = set_percent(row, "degradeAt", "--degrade", terms->degrade);
    set_text(row, "limit", terms->limit);
    set_text(row, "window", terms->window);
    if (rc == DONE)
        rc = set_owner(terms, row);
    if (rc == DONE && terms->shadow && terms->no_shadow)
        rc = misused("set: --shadow or --no-shadow");
    if (rc == DONE && (terms->shadow || terms->no_shadow))
        json_object_set_new(row, "shadow", json_boolean(terms->shadow));
    return rc;
}

/* The budget as it is, without what the ledger has added; {"name"} if there is none; NULL: failed.
 */
static json_t *budget_named(struct budget *budget, const char *name)
{
    json_t *rows = book_query(budget->ledger, json_pack("{ss}", "kind", "budget")), *found = NULL,
           *row;
    size_t i;

    if (rows == NULL)
        return NULL;
    json_array_foreach(rows, i, row)
    {
        if (strcmp(shown(row, "name"), name) == 0)
            found = json_incref(row);
    }
    json_decref(rows);
    if (found == NULL)
        found = json_pack("{ss}", "name", name);
    if (found == NULL)
        failed("%s", brc_strerror(BRC_E_NOMEM));
    json_object_del(found, "id");
    json_object_del(found, "putAt");
    return found;
}

static int say_set(struct budget *budget, json_t *row)
{
    bool shadow = json_is_true(json_object_get(row, "shadow")), total;
    const char *window = shown(row, "window");
    char owner[CELL];

    total = strcmp(window, "total") == 0;
    return say(&budget->console, row, "%s: %s USD %s%s for %s%s\n", shown(row, "name"),
               shown(row, "limit"), total ? "in " : "a ", window,
               owner_text(json_object_get(row, "owner"), owner),
               shadow ? "; shadow: it blocks nothing" : "");
}

static int set_one(struct budget *budget, const char *name, const struct terms *terms)
{
    json_t *row = budget_named(budget, name);

    if (row == NULL)
        return FAILED;
    bool is_new = json_object_get(row, "owner") == NULL;
    int rc = set_terms(terms, row);
    if (rc == DONE && is_new && json_object_get(row, "owner") == NULL)
        rc = misused("set: there is no budget %s yet: whose is it? --team VALUE, --tag KEY=VALUE, "
                     "--profile NAME, --series NAME or --all",
                     name);
    if (rc == DONE && json_object_get(row, "limit") == NULL)
        rc = misused("set: --limit USD is missing");
    if (rc == DONE && is_new && json_object_get(row, "window") == NULL)
        set_text(row, "window", "month");
    if (rc == DONE)
        rc = book_put(budget->ledger, "budget", json_incref(row));
    if (rc == DONE)
        return say_set(budget, row);
    json_decref(row);
    return rc;
}

static int set_from(struct budget *budget, const struct terms *terms, int words)
{
    json_t *row = json_object();

    if (words > 0 || terms->limit != NULL || terms->team != NULL || terms->tag != NULL ||
        terms->profile != NULL || terms->series != NULL || terms->window != NULL || terms->all) {
        json_decref(row);
        return misused("set: with --from-tag, names, owners and limits come from the profiles");
    }
    int rc = set_terms(terms, row);
    if (rc == DONE)
        rc = set_from_tag(budget, terms->from_tag, row);
    json_decref(row);
    return rc;
}

int run_set(void *program, int argc, char **argv)
{
    struct budget *budget = program;
    struct terms terms = {0};
    const struct choice choices[] = {
        {"limit", .text = &terms.limit},       {"team", .text = &terms.team},
        {"tag", .text = &terms.tag},           {"profile", .text = &terms.profile},
        {"series", .text = &terms.series},     {"all", .flag = &terms.all},
        {"window", .text = &terms.window},     {"offset", .text = &terms.offset},
        {"notice", .text = &terms.notice},     {"degrade", .text = &terms.degrade},
        {"shadow", .flag = &terms.shadow},     {"no-shadow", .flag = &terms.no_shadow},
        {"from-tag", .text = &terms.from_tag}, {.name = NULL},
    };
    char **words;
    int count;

    int rc = take_options(&budget->console, argc, argv, choices, 0, 1, &words, &count);
    if (rc != DONE || budget->console.help)
        return rc;
    if (terms.from_tag == NULL && count == 0)
        return mistyped(&budget->console, "the budget's NAME", "is missing");
    rc = open_ledger(budget, false);
    if (rc != DONE)
        return rc;
    return terms.from_tag != NULL ? set_from(budget, &terms, count)
                                  : set_one(budget, words[0], &terms);
}

int run_end(void *program, int argc, char **argv)
{
    struct budget *budget = program;
    char **words;
    int count;

    int rc = take_options(&budget->console, argc, argv, NULL, 1, 1, &words, &count);
    if (rc == DONE && !budget->console.help)
        rc = open_ledger(budget, false);
    if (rc != DONE || budget->console.help)
        return rc;
    json_t *row = json_pack("{ss sb}", "name", words[0], "ended", 1);
    rc = book_put(budget->ledger, "budget", json_incref(row));
    if (rc == DONE)
        return say(&budget->console, row, "%s: ended; its records stay\n", words[0]);
    json_decref(row);
    return rc;
}

int run_override(void *program, int argc, char **argv)
{
    struct budget *budget = program;
    const char *limit = NULL, *until = NULL, *by = NULL, *why = NULL;
    const struct choice choices[] = {
        {"limit", .text = &limit},
        {"until", .text = &until},
        {"by", .text = &by},
        {"why", .text = &why},
        {.name = NULL},
    };
    char **words, moment[CELL], shown_moment[CELL];
    int count;

    int rc = take_options(&budget->console, argc, argv, choices, 1, 1, &words, &count);
    if (rc != DONE || budget->console.help)
        return rc;
    if (limit == NULL || until == NULL || by == NULL || why == NULL)
        return misused("override: --limit, --until, --by and --why are all needed");
    rc = take_money("--limit", limit);
    if (rc == DONE && moment_given(until, '+', moment) < 0)
        rc = misused("--until takes 2026-12-01, 2026-12-01T00:00:00Z or +4h, and not %s", until);
    if (rc == DONE)
        rc = open_ledger(budget, false);
    if (rc != DONE)
        return rc;
    json_t *row = json_pack("{ss ss ss ss ss}", "budget", words[0], "limit", limit, "until", moment,
                            "by", by, "why", why);
    rc = book_put(budget->ledger, "override", json_incref(row));
    if (rc == DONE)
        return say(&budget->console, row, "%s: %s USD until %s\n", words[0], limit,
                   moment_text(moment, shown_moment));
    json_decref(row);
    return rc;
}
