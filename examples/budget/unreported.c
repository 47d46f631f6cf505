/* `budget unreported` and `resolve`: what nobody told the cost of. SPDX-License-Identifier: MIT */
#include "budget.h"

#include <inttypes.h>
#include <stdio.h>
#include <string.h>
#include <time.h>

static const char *what_happened(const json_t *record)
{
    const json_t *flag;
    size_t i;

    json_array_foreach(json_object_get(record, "flags"), i, flag)
    {
        if (strcmp(json_string_value(flag), "lost") == 0)
            return "its process ended";
    }
    return brc_strerror((int)json_integer_value(json_object_get(record, "code")));
}

static void list_row(struct table *table, const json_t *record, int64_t now_s)
{
    char text[CELL];

    cell(table, "%lld", (long long)json_integer_value(json_object_get(record, "id")));
    cell(table, "%s", moment_text(text_of(record, "at"), text));
    cell(table, "%s", span_text(now_s - moment_read(text_of(record, "at")), text));
    cell(table, "%s",
         text_of(record, "profileName") != NULL ? shown(record, "profileName")
                                                : shown(record, "profileArn"));
    cell(table, "%s", amount(money_of(record, "hold"), true, text));
    cell(table, "%s", shown(record, "requestId"));
    cell(table, "%s", what_happened(record));
}

static int list(struct budget *budget, const json_t *records)
{
    int64_t now_s = (int64_t)time(NULL), sum = 0;
    const json_t *record;
    struct table table;
    char text[CELL];
    size_t i;

    if (budget->console.json)
        return print_rows(records);
    if (json_array_size(records) == 0) {
        puts("Nothing is unreported.");
        return DONE;
    }
    table_begin(&table, "#id|at|#age|profile|#hold|request|what happened");
    json_array_foreach(records, i, record)
    {
        int64_t hold = money_of(record, "hold");
        sum += hold > 0 && hold <= INT64_MAX - sum ? hold : 0;
        list_row(&table, record, now_s);
    }
    int rc = table_end(&table);
    printf("%zu in all, %s USD counted as spent until somebody says what they cost:\n"
           "budget resolve ID --billed USD (or --not-billed) --by WHO --why TEXT\n",
           json_array_size(records), amount(sum, true, text));
    return rc;
}

int run_unreported(void *program, int argc, char **argv)
{
    struct budget *budget = program;
    char **words;
    int count;

    int rc = take_options(&budget->console, argc, argv, NULL, 0, 0, &words, &count);
    if (rc == DONE && !budget->console.help)
        rc = open_ledger(budget, false);
    if (rc != DONE || budget->console.help)
        return rc;
    json_t *records =
        book_query(budget->ledger, json_pack("{ss sb}", "kind", "record", "unreported", 1));
    rc = records != NULL ? list(budget, records) : FAILED;
    json_decref(records);
    return rc;
}

int run_resolve(void *program, int argc, char **argv)
{
    struct budget *budget = program;
    const char *billed = NULL, *by = NULL, *why = NULL;
    bool not_billed = false;
    const struct choice choices[] = {
        {"billed", .text = &billed},
        {"not-billed", .flag = &not_billed},
        {"by", .text = &by},
        {"why", .text = &why},
        {.name = NULL},
    };
    char **words;
    int64_t id;
    int count;

    int rc = take_options(&budget->console, argc, argv, choices, 1, 1, &words, &count);
    if (rc == DONE && !budget->console.help)
        rc = take_number("resolve", words[0], 1, INT64_MAX, &id);
    if (rc != DONE || budget->console.help)
        return rc;
    if ((billed != NULL) == not_billed)
        return misused("resolve: --billed USD or --not-billed");
    if (by == NULL || why == NULL)
        return misused("resolve: --by and --why are needed: it cannot be changed later");
    rc = billed != NULL ? take_money("--billed", billed) : DONE;
    if (rc == DONE)
        rc = open_ledger(budget, false);
    if (rc != DONE)
        return rc;
    json_t *row = json_pack("{sI ss ss}", "record", (json_int_t)id, "by", by, "why", why);
    if (billed != NULL)
        json_object_set_new(row, "billed", json_string(billed));
    else
        json_object_set_new(row, "notBilled", json_true());
    rc = book_put(budget->ledger, "resolution", json_incref(row));
    if (rc == DONE)
        return say(&budget->console, row, "%" PRId64 ": %s%s\n", id,
                   billed != NULL ? billed : "not billed", billed != NULL ? " USD" : "");
    json_decref(row);
    return rc;
}
