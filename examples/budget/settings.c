/* `budget settings` and `verify`. SPDX-License-Identifier: MIT */
#include "budget.h"

#include <stdio.h>
#include <string.h>

static int show(struct budget *budget)
{
    json_t *rows = book_query(budget->ledger, json_pack("{ss}", "kind", "setting"));
    const json_t *row = json_array_get(rows, 0), *tags = json_object_get(row, "requiredTags"), *tag;
    size_t i;

    if (rows == NULL)
        return FAILED;
    if (budget->console.json) {
        print_json(row);
    } else {
        fputs("required tags           ", stdout);
        json_array_foreach(tags, i, tag) printf("%s%s", i > 0 ? ", " : "", json_string_value(tag));
        printf("%s\nif the ledger fails     %s calls\na commit survives       %s\n",
               json_array_size(tags) == 0 ? "none" : "", shown(row, "onError"),
               shown(row, "durability")[1] == 'o' ? "the loss of power" : "the end of any process");
    }
    json_decref(rows);
    return DONE;
}

int run_settings(void *program, int argc, char **argv)
{
    struct budget *budget = program;
    const char *on_error = NULL, *durability = NULL;
    bool no_tags = false;
    json_t *tags = NULL;
    const struct choice choices[] = {
        {"require-tag", .list = &tags},
        {"no-required-tags", .flag = &no_tags},
        {"on-error", .text = &on_error},
        {"durability", .text = &durability},
        {.name = NULL},
    };
    char **words;
    int count;

    int rc = take_options(&budget->console, argc, argv, choices, 0, 0, &words, &count);
    if (rc == DONE && no_tags && tags != NULL)
        rc = misused("settings: --require-tag or --no-required-tags");
    if (rc == DONE && !budget->console.help)
        rc = open_ledger(budget, true);
    if (rc != DONE || budget->console.help) {
        json_decref(tags);
        return rc;
    }
    if (no_tags)
        tags = json_array();
    json_t *row = json_pack("{so* ss* ss*}", "requiredTags", tags, "onError", on_error,
                            "durability", durability);
    if (row == NULL || json_object_size(row) > 0)
        rc = book_put(budget->ledger, "setting", row);
    else
        json_decref(row);
    return rc == DONE ? show(budget) : rc;
}

/* "total: budget search, start 2026-11-01T00:00:00Z, ...: what is wrong" */
static void print_finding(json_t *finding)
{
    const char *member, *sign = ": ";
    json_t *value;

    fputs(shown(finding, "finding"), stdout);
    json_object_foreach(finding, member, value)
    {
        if (strcmp(member, "finding") == 0 || strcmp(member, "text") == 0)
            continue;
        printf("%s%s ", sign, member);
        if (json_is_string(value))
            fputs(json_string_value(value), stdout);
        else
            json_dumpf(value, stdout, JSON_COMPACT | JSON_ENCODE_ANY);
        sign = ", ";
    }
    printf(": %s\n", shown(finding, "text"));
}

int run_verify(void *program, int argc, char **argv)
{
    struct budget *budget = program;
    json_t *finding;
    char **words;
    int count;
    size_t i;

    int rc = take_options(&budget->console, argc, argv, NULL, 0, 0, &words, &count);
    if (rc == DONE && !budget->console.help)
        rc = open_ledger(budget, false);
    if (rc != DONE || budget->console.help)
        return rc;
    json_t *findings = book_query(budget->ledger, json_pack("{ss}", "kind", "verify"));
    if (findings == NULL)
        return FAILED;
    json_array_foreach(findings, i, finding)
    {
        if (budget->console.json)
            print_json(finding);
        else
            print_finding(finding);
    }
    if (i > 0)
        rc = failed("%zu finding%s: keep a copy of the file and see \"The file is damaged\" in "
                    "doc/money.md",
                    i, i == 1 ? "" : "s");
    else if (!budget->console.json)
        puts("Sound: the file's structure, and every total against its rows.");
    json_decref(findings);
    return rc;
}
