/* `budget prices`: tables of prices, and what they lack. SPDX-License-Identifier: MIT */
#include "budget.h"

#include <inttypes.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <time.h>

static void today(char ret_text[CELL])
{
    moment_write((int64_t)time(NULL), ret_text);
    ret_text[strlen("2026-12-01")] = '\0';
}

/* Our own format, with what the options say in place of what the file says. */
static char *own_table(json_t *file, const char *from, const char *source)
{
    if (from != NULL)
        json_object_set_new(file, "from", json_string(from));
    if (source != NULL)
        json_object_set_new(file, "source", json_string(source));
    return json_dumps(file, JSON_COMPACT);
}

/* The community's file goes in byte for byte: its prices are numbers, which a reader would round.
 */
static char *community_table(const char *text, const char *path, const char *from,
                             const char *source)
{
    const char *name = strrchr(path, '/') != NULL ? strrchr(path, '/') + 1 : path;
    char day[CELL], *table = NULL;
    size_t length;

    today(day);
    json_t *words = json_pack("{ss ss}", "from", from != NULL ? from : day, "source",
                              source != NULL ? source : name);
    char *head = words != NULL ? json_dumps(words, JSON_COMPACT) : NULL;
    FILE *memory = head != NULL ? open_memstream(&table, &length) : NULL;
    if (memory != NULL) {
        fprintf(memory, "%.*s,\"litellm\":%s}", (int)strlen(head) - 1, head, text);
        if (fclose(memory) == EOF) {
            free(table);
            table = NULL;
        }
    }
    free(head);
    json_decref(words);
    return table;
}

/* A source for people: they tend to be long. */
static const char *source_text(const json_t *table, char ret_text[CELL])
{
    const char *source = shown(table, "source");
    int length = 72;

    while (((unsigned char)source[strnlen(source, (size_t)length)] & 0xc0) == 0x80)
        length--; /* to the start of a character */
    snprintf(ret_text, CELL, "%.*s%s", length, source,
             strlen(source) > (size_t)length ? "..." : "");
    return ret_text;
}

static int say_imported(struct budget *budget)
{
    json_t *tables = book_query(budget->ledger, json_pack("{ss}", "kind", "price"));
    json_t *table = json_array_get(tables, 0); /* the last one put */
    char source[CELL];

    if (tables == NULL)
        return FAILED;
    int rc = say(&budget->console, json_incref(table), "%lld prices in force from %s: %s\n",
                 (long long)json_integer_value(json_object_get(table, "prices")),
                 shown(table, "from"), source_text(table, source));
    json_decref(tables);
    return rc;
}

static int import(struct budget *budget, const char *path, const char *from, const char *source)
{
    json_error_t error;
    size_t length;
    char *text = read_file(path, &length), *table = NULL;

    if (text == NULL)
        return FAILED;
    json_t *file = json_loadb(text, length, JSON_REJECT_DUPLICATES, &error);
    int rc = DONE;
    if (!json_is_object(file))
        rc = failed("%s: %s", path, file == NULL ? error.text : "it is no JSON object");
    else if (json_object_get(file, "prices") != NULL || json_object_get(file, "litellm") != NULL)
        table = from != NULL || source != NULL ? own_table(file, from, source) : strdup(text);
    else
        table = community_table(text, path, from, source);
    if (rc == DONE)
        rc = table != NULL ? book_put_text(budget->ledger, "price", table)
                           : failed("%s", brc_strerror(BRC_E_NOMEM));
    json_decref(file);
    free(table);
    free(text);
    return rc == DONE ? say_imported(budget) : rc;
}

/* The table in force that is newest; NULL: there is none. */
static const json_t *table_in_force(const json_t *tables)
{
    const json_t *table, *newest = NULL;
    char day[CELL];
    size_t i;

    today(day);
    json_array_foreach(tables, i, table)
    {
        const char *from = shown(table, "from");
        if (strcmp(from, day) <= 0 && (newest == NULL || strcmp(from, shown(newest, "from")) > 0))
            newest = table;
    }
    return newest;
}

static void say_age(struct budget *budget, const json_t *table)
{
    char from[CELL], source[CELL];

    snprintf(from, CELL, "%sT00:00:00Z", shown(table, "from"));
    int64_t days = ((int64_t)time(NULL) - moment_read(from)) / 86400;
    if (table == NULL)
        say(&budget->console, json_pack("{sn}", "table"), "No table of prices is in force.\n");
    else
        say(&budget->console, json_pack("{sO sI}", "table", table, "ageDays", (json_int_t)days),
            "%lld prices of %s, %" PRId64 " day%s old: %s\n",
            (long long)json_integer_value(json_object_get(table, "prices")), shown(table, "from"),
            days, days == 1 ? "" : "s", source_text(table, source));
}

/* Profiles whose calls a budget would refuse. */
static size_t say_unpriced(struct budget *budget, const json_t *profiles)
{
    const json_t *profile;
    size_t i, unpriced = 0;

    json_array_foreach(profiles, i, profile)
    {
        if (json_is_object(json_object_get(profile, "price")))
            continue;
        const char *model = text_of(profile, "model");
        say(&budget->console,
            json_pack("{ss ss*}", "unpriced", shown(profile, "name"), "model", model),
            "no price: %s: %s, %s\n", shown(profile, "name"),
            model != NULL ? model : "its model is not known", shown(profile, "scope"));
        unpriced++;
    }
    return unpriced;
}

static int check(struct budget *budget)
{
    json_t *tables = book_query(budget->ledger, json_pack("{ss}", "kind", "price"));
    json_t *profiles = book_query(budget->ledger, json_pack("{ss}", "kind", "profile"));
    size_t count = json_array_size(profiles), unpriced = 0;
    int rc = FAILED;

    if (tables != NULL && profiles != NULL) {
        say_age(budget, table_in_force(tables));
        unpriced = say_unpriced(budget, profiles);
        rc = unpriced == 0 ? DONE
                           : failed("%zu of %zu profiles have no price: a budget that applies "
                                    "refuses their calls. Import a table that has them, or give "
                                    "the profiles `prices` of their own",
                                    unpriced, count);
    }
    if (rc == DONE && !budget->console.json)
        printf("Every profile has a price: %zu.\n", count);
    json_decref(tables);
    json_decref(profiles);
    return rc;
}

int run_prices(void *program, int argc, char **argv)
{
    struct budget *budget = program;
    const char *from = NULL, *source = NULL;
    const struct choice choices[] = {
        {"from", .text = &from}, {"source", .text = &source}, {.name = NULL}};
    char **words;
    int count;

    int rc = take_options(&budget->console, argc, argv, choices, 0, 2, &words, &count);
    if (rc != DONE || budget->console.help)
        return rc;
    bool imports = count == 2 && strcmp(words[0], "import") == 0;
    if (!imports && !(count == 1 && strcmp(words[0], "check") == 0))
        return misused("prices: `import FILE` or `check`");
    if (!imports && (from != NULL || source != NULL))
        return misused("prices check: --from and --source are for `import`");
    rc = open_ledger(budget, imports);
    if (rc != DONE)
        return rc;
    return imports ? import(budget, words[1], from, source) : check(budget);
}
