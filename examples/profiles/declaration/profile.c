/* What the declaration says of one profile, beside its source and its tags.
 * SPDX-License-Identifier: MIT */
#include "declaration.h"

#include <ctype.h>
#include <string.h>

enum {
    DESCRIPTION_MOST = 200, /* AWS's */
    TEXT_MOST = 1024,       /* what a ledger takes */
    OUTPUT_MOST = 1000 * 1000 * 1000,
    OFFSET_FARTHEST = 14 * 60 /* minutes */
};

static const int64_t limit_most = INT64_C(9223372) * 1000 * 1000 * 1000 * 1000;

/* Letters, digits, colons and points; blanks, hyphens and underscores singly behind one of them. */
static bool is_description(const char *text)
{
    bool separated = true;

    for (const char *c = text; *c != '\0'; c++) {
        bool separates = strchr(" _-", *c) != NULL;
        if (separates ? separated : !isalnum((unsigned char)*c) && strchr(":.", *c) == NULL)
            return false;
        separated = separates;
    }
    return *text != '\0';
}

static void check_description(struct remarks *remarks, const char *place, const char *text)
{
    if (text != NULL && !is_description(text))
        mistake(remarks, place,
                "AWS takes letters, digits, : and . here, and blanks, - and _ only singly between "
                "them; leave out what else there is");
    if (text != NULL && strlen(text) > DESCRIPTION_MOST)
        mistake(remarks, place, "has %zu characters; AWS takes %d: shorten it", strlen(text),
                DESCRIPTION_MOST);
}

/* ------------------------------------------------------------------ budget */

static void check_range(struct remarks *remarks, const char *place, const json_t *object,
                        const char *name, json_int_t least, json_int_t most)
{
    const json_t *number = json_object_get(object, name);
    char inner[PLACE];

    if (json_is_integer(number) &&
        (json_integer_value(number) < least || json_integer_value(number) > most))
        mistake(remarks, place_of(inner, place, name),
                "takes a number from %" JSON_INTEGER_FORMAT " to %" JSON_INTEGER_FORMAT
                ", and not %" JSON_INTEGER_FORMAT,
                least, most, json_integer_value(number));
}

static void check_limit(struct remarks *remarks, const char *place, const char *limit)
{
    char text[CELL];
    int64_t picodollars;

    if (limit == NULL)
        return;
    int rc = brc_money_parse(limit, &picodollars);
    if (rc == BRC_E_RANGE || (rc == 0 && picodollars > limit_most))
        mistake(remarks, place, "%s is more than a budget can have: 9223372 USD at most",
                shorten(text, limit));
    else if (rc < 0)
        mistake(remarks, place, "takes US dollars, as \"500\" or \"0.25\", and not \"%s\"",
                shorten(text, limit));
}

static void check_window(struct remarks *remarks, const char *place, const char *window)
{
    static const char *const windows[] = {"hour",    "day",  "week", "month",
                                          "quarter", "year", "total"};
    char text[CELL];

    for (size_t i = 0; window != NULL && i < sizeof windows / sizeof *windows; i++) {
        if (strcmp(windows[i], window) == 0)
            return;
    }
    if (window != NULL)
        mistake(remarks, place,
                "there is no window \"%s\"; a budget is for an hour, day, week, month, quarter, "
                "year, or total",
                shorten(text, window));
}

static void check_budget(struct remarks *remarks, const char *place, json_t *budget)
{
    static const struct member members[] = {
        {"limit", TEXT, true, "US dollars as a text, as \"500\""},
        {"window", TEXT, false, "the name of a window, as \"month\""},
        {"offsetMinutes", COUNT, false, "minutes east of UTC, as 120"},
        {"noticeAt", COUNT, false, "percent, as 50"},
        {"degradeAt", COUNT, false, "percent, as 80"},
        {"shadow", FLAG, false, "true or false"},
        {.name = NULL},
    };
    char inner[PLACE];

    if (!json_is_object(budget))
        return;
    check_members(remarks, place, budget, members);
    check_limit(remarks, place_of(inner, place, "limit"), text_of(budget, "limit"));
    check_window(remarks, place_of(inner, place, "window"), text_of(budget, "window"));
    check_range(remarks, place, budget, "offsetMinutes", -OFFSET_FARTHEST, OFFSET_FARTHEST);
    check_range(remarks, place, budget, "noticeAt", 0, 100);
    check_range(remarks, place, budget, "degradeAt", 0, 100);
}

/* ------------------------------------------------------------------ accepts */

/* A part of a request that has parts of its own, with the point behind it. */
static bool has_known_prefix(const char *use)
{
    static const char *const prefixes[] = {"inferenceConfig.", "additionalModelRequestFields.",
                                           "content."};

    for (size_t i = 0; i < sizeof prefixes / sizeof *prefixes; i++) {
        size_t length = strlen(prefixes[i]);
        if (strncmp(use, prefixes[i], length) == 0)
            return use[length] != '\0';
    }
    return strchr(use, '.') == NULL && strcmp(use, "inferenceConfig") != 0 &&
           strcmp(use, "additionalModelRequestFields") != 0 && strcmp(use, "content") != 0;
}

static bool is_printable(const char *text)
{
    while (*text != '\0' && !iscntrl((unsigned char)*text))
        text++;
    return *text == '\0';
}

static void check_accepts(struct remarks *remarks, const char *place, const json_t *accepts)
{
    char inner[PLACE], text[CELL];
    json_t *value;
    size_t i;

    json_array_foreach(accepts, i, value)
    {
        const char *use = json_string_value(value);
        place_in(inner, place, i);
        if (use == NULL || *use == '\0' || strlen(use) > TEXT_MOST || !is_printable(use))
            mistake(remarks, inner, "takes a part of a request, as \"toolConfig\", and not %s",
                    shorten_value(text, value));
        else if (!has_known_prefix(use))
            mistake(remarks, inner,
                    "\"%s\" is no part of a request; those with a point are inferenceConfig.KEY, "
                    "additionalModelRequestFields.KEY and content.KIND",
                    shorten(text, use));
    }
}

void check_profile(struct remarks *remarks, const char *place, const struct wanted *wanted)
{
    static const struct member members[] = {
        {"copyFrom", TEXT, true,
         "the model to call, as \"anthropic.claude-3-haiku-20240307-v1:0\""},
        {"description", TEXT, false, "a text, as \"support assistant in production\""},
        {"tags", OBJECT, false, "tags, as {\"owner-team\": \"support\"}"},
        {"budget", OBJECT, false, "a budget, as {\"limit\": \"500\", \"window\": \"month\"}"},
        {"degradeTo", TEXT, false, "the alias of a cheaper profile, as \"support-bot-small-prod\""},
        {"accepts", LIST, false, "a list of parts of requests, as [\"toolConfig\"]"},
        {"maxOutput", COUNT, false, "a number of tokens, as 4096"},
        {"agent", FLAG, false, "true or false"},
        {.name = NULL},
    };
    char inner[PLACE];

    check_members(remarks, place, wanted->declared, members);
    check_description(remarks, place_of(inner, place, "description"), wanted->description);
    check_budget(remarks, place_of(inner, place, "budget"),
                 json_object_get(wanted->declared, "budget"));
    if (json_is_true(json_object_get(wanted->declared, "agent")) &&
        json_object_get(wanted->declared, "budget") != NULL)
        warn(remarks, place_of(inner, place, "budget"),
             "agents call models inside AWS, past the ledger: this budget refuses none of their "
             "calls, and counts them only as `budget external` books them, minutes late; "
             "`agent switch-off` is what stops an agent");
    check_accepts(remarks, place_of(inner, place, "accepts"),
                  json_object_get(wanted->declared, "accepts"));
    check_range(remarks, place, wanted->declared, "maxOutput", 1, OUTPUT_MOST);
}
