/* `budget show` and `history`: how the budgets stand, and stood. SPDX-License-Identifier: MIT */
#include "budget.h"

#include <inttypes.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <time.h>
#include <unistd.h>

enum {
    BAR = 20 /* characters */
};

/* Where people look on, and do not mind: see no-color.org. */
static bool has_colours(void)
{
    const char *no_color = getenv("NO_COLOR");

    return isatty(STDOUT_FILENO) && (no_color == NULL || *no_color == '\0');
}

static const char *colour_of(const char *state)
{
    return strcmp(state, "limit") == 0     ? "\033[31m"
           : strcmp(state, "degrade") == 0 ? "\033[33m"
           : strcmp(state, "notice") == 0  ? "\033[36m"
                                           : "\033[32m";
}

/* "[########++..........]": spent, held, left. */
static void print_bar(struct table *table, const json_t *use)
{
    int64_t limit = money_of(use, "limit"), spent = money_of(use, "spent");
    int64_t held = money_of(use, "held"), percent = percent_of(spent, limit);
    int64_t used = percent * BAR / 100;
    int64_t taken = spent < INT64_MAX - held ? percent_of(spent + held, limit) * BAR / 100 : BAR;
    bool colours = has_colours();
    char bar[BAR + 1];

    if (held > 0 && taken == used)
        taken = used + 1; /* seen, however little it is */
    for (int64_t i = 0; i < BAR; i++)
        bar[i] = i < used ? '#' : i < taken ? '+' : '.';
    bar[BAR] = '\0';
    cell(table, "%s[%s]%s", colours ? colour_of(shown(use, "state")) : "", bar,
         colours ? "\033[0m" : "");
    cell(table, "%" PRId64 " %%", percent);
}

static const char *resets_text(const json_t *use, int64_t now_s, char ret_text[CELL])
{
    char moment[64], span[CELL], whole[CELL];
    int64_t end = moment_read(text_of(use, "resetsAt"));

    if (end < 0)
        return "never";
    snprintf(moment, sizeof moment, "%s", moment_text(text_of(use, "resetsAt"), whole));
    snprintf(ret_text, CELL, "%s, in %.32s", moment, span_text(end - now_s, span));
    return ret_text;
}

/* What is worth a word beside the figures. */
static const char *remark(const json_t *use, char ret_text[CELL])
{
    const char *until = text_of(use, "overrideUntil");
    bool shadow = json_is_true(json_object_get(use, "shadow"));
    char moment[CELL];

    snprintf(ret_text, CELL, "%s%s%s%.64s", shown(use, "state"), shadow ? ", shadow" : "",
             until != NULL ? ", limit overridden until " : "",
             until != NULL ? moment_text(until, moment) : "");
    return ret_text;
}

static void show_row(struct table *table, const json_t *use, int64_t now_s)
{
    int64_t limit = money_of(use, "limit"), pace = pace_of(use, now_s);
    char text[CELL];

    cell(table, "%s", shown(use, "budget"));
    cell(table, "%s", owner_text(json_object_get(use, "owner"), text));
    print_bar(table, use);
    cell(table, "%s", amount(money_of(use, "spent"), true, text));
    cell(table, "%s", amount(money_of(use, "held"), true, text));
    cell(table, "%s", amount(money_of(use, "unreported"), true, text));
    cell(table, "%s", amount(money_of(use, "left"), false, text));
    cell(table, "%s", amount(limit, false, text));
    cell(table, "%s", amount(pace, true, text));
    cell(table, "%s", pace > limit ? "over" : "");
    cell(table, "%s", remark(use, text));
    cell(table, "%s", resets_text(use, now_s, text));
}

static int show_table(const json_t *uses, int64_t now_s)
{
    struct table table;
    const json_t *use;
    size_t i;

    table_begin(&table,
                "budget|owner|used|#|#spent|#held|#unreported|#left|#limit|#pace||state|resets");
    json_array_foreach(uses, i, use) show_row(&table, use, now_s);
    return table_end(&table);
}

/* The ledger's rows, and the pace. */
static int show_json(const json_t *uses, int64_t now_s)
{
    json_t *use;
    size_t i;

    json_array_foreach(uses, i, use)
    {
        int64_t pace = pace_of(use, now_s);
        char exact[32] = "";
        if (pace >= 0)
            brc_money_format(pace, exact, sizeof exact);
        json_object_set_new(use, "pace", pace >= 0 ? json_string(exact) : json_null());
        print_json(use);
    }
    return DONE;
}

/* Says so where nothing was found. */
static int nothing(struct budget *budget, const char *name)
{
    if (name != NULL)
        return failed("there is no budget %s; `budget show` shows all", name);
    if (!budget->console.json)
        puts("No budgets yet: `budget set NAME --team VALUE --limit USD` makes one.");
    return DONE;
}

int run_show(void *program, int argc, char **argv)
{
    struct budget *budget = program;
    int64_t now_s = (int64_t)time(NULL);
    char **words;
    int count;

    int rc = take_options(&budget->console, argc, argv, NULL, 0, 1, &words, &count);
    if (rc == DONE && !budget->console.help)
        rc = open_ledger(budget, false);
    if (rc != DONE || budget->console.help)
        return rc;
    const char *name = count > 0 ? words[0] : NULL;
    json_t *uses = book_query(budget->ledger, json_pack("{ss ss*}", "kind", "use", "budget", name));
    if (uses == NULL)
        return FAILED;
    if (json_array_size(uses) == 0)
        rc = nothing(budget, name);
    else
        rc = budget->console.json ? show_json(uses, now_s) : show_table(uses, now_s);
    json_decref(uses);
    return rc;
}

static int history_table(const json_t *uses)
{
    struct table table;
    const json_t *use;
    char text[CELL];
    size_t i;

    table_begin(&table, "budget|window from|#|#spent|#unreported|#limit|#calls|#refused|state");
    json_array_foreach(uses, i, use)
    {
        int64_t spent = money_of(use, "spent"), limit = money_of(use, "limit");
        cell(&table, "%s", shown(use, "budget"));
        cell(&table, "%s", moment_text(text_of(use, "start"), text));
        cell(&table, "%" PRId64 " %%", percent_of(spent, limit));
        cell(&table, "%s", amount(spent, true, text));
        cell(&table, "%s", amount(money_of(use, "unreported"), true, text));
        cell(&table, "%s", amount(limit, false, text));
        cell(&table, "%lld", (long long)json_integer_value(json_object_get(use, "uses")));
        cell(&table, "%lld", (long long)json_integer_value(json_object_get(use, "refusals")));
        cell(&table, "%s", remark(use, text));
    }
    return table_end(&table);
}

int run_history(void *program, int argc, char **argv)
{
    struct budget *budget = program;
    int64_t windows = 6;
    const struct choice choices[] = {{"windows", .number = &windows, .least = 1, .most = 10000},
                                     {.name = NULL}};
    char **words;
    int count;

    int rc = take_options(&budget->console, argc, argv, choices, 0, 1, &words, &count);
    if (rc == DONE && !budget->console.help)
        rc = open_ledger(budget, false);
    if (rc != DONE || budget->console.help)
        return rc;
    const char *name = count > 0 ? words[0] : NULL;
    json_t *uses = book_query(budget->ledger, json_pack("{ss ss* sI}", "kind", "use", "budget",
                                                        name, "history", (json_int_t)windows));
    if (uses == NULL)
        return FAILED;
    if (json_array_size(uses) == 0)
        rc = nothing(budget, name);
    else
        rc = budget->console.json ? print_rows(uses) : history_table(uses);
    json_decref(uses);
    return rc;
}
