/* `budget profiles`: what the ledger knows of them. SPDX-License-Identifier: MIT */
#include "budget.h"

#include <stdio.h>
#include <stdlib.h>
#include <string.h>

static void list_row(struct table *table, const json_t *profile)
{
    const json_t *price = json_object_get(profile, "price");
    char text[CELL];

    cell(table, "%s", shown(profile, "name"));
    cell(table, "%s", shown(profile, "alias"));
    cell(table, "%s", tags_text(json_object_get(profile, "tags"), text));
    cell(table, "%s", shown(profile, "model"));
    cell(table, "%s", shown(profile, "scope"));
    cell(table, "%s", json_is_object(price) ? shown(price, "input") : "none");
    cell(table, "%s", json_is_object(price) ? shown(price, "output") : "none");
    cell(table, "%s", shown(profile, "degradeTo"));
    cell(table, "%s", shown(profile, "arn"));
}

static int list(struct budget *budget)
{
    json_t *profiles = book_query(budget->ledger, json_pack("{ss}", "kind", "profile"));
    const json_t *profile;
    struct table table;
    int rc = DONE;
    size_t i;

    if (profiles == NULL)
        return FAILED;
    if (budget->console.json) {
        print_rows(profiles);
    } else if (json_array_size(profiles) == 0) {
        puts("No profiles yet: `budget profiles import FILE`, or `budget profiles fetch ARN`.");
    } else {
        table_begin(&table, "profile|alias|tags|model|scope|#input|#output|degrades to|ARN");
        json_array_foreach(profiles, i, profile) list_row(&table, profile);
        rc = table_end(&table);
        puts("Prices: USD per million tokens, at the default tier.");
    }
    json_decref(profiles);
    return rc;
}

/* As it stands: the ledger is strict and says what is wrong with it. */
static int import(struct budget *budget, const char *path)
{
    size_t length;
    char *text = read_file(path, &length);
    json_t *file = NULL;

    int rc = text != NULL ? book_put_text(budget->ledger, "profile", text) : FAILED;
    if (rc == DONE) {
        file = json_loads(text, 0, NULL);
        const json_t *profiles = json_object_get(file, "profiles");
        size_t count = json_is_array(profiles) ? json_array_size(profiles) : 1;
        say(&budget->console, json_pack("{si}", "profiles", (int)count), "%zu profile%s imported\n",
            count, count == 1 ? "" : "s");
    }
    json_decref(file);
    free(text);
    return rc;
}

int run_profiles(void *program, int argc, char **argv)
{
    struct budget *budget = program;
    char **words;
    int count;

    int rc = take_options(&budget->console, argc, argv, NULL, 0, -1, &words, &count);
    if (rc != DONE || budget->console.help)
        return rc;
    const char *verb = count > 0 ? words[0] : "list";
    bool lists = strcmp(verb, "list") == 0, imports = strcmp(verb, "import") == 0;
    if (strcmp(verb, "fetch") != 0 && !(imports && count == 2) && !(lists && count < 2))
        return misused("profiles: `list`, `import FILE` or `fetch [ARN...]`");
    rc = open_ledger(budget, !lists);
    if (rc != DONE)
        return rc;
    return lists     ? list(budget)
           : imports ? import(budget, words[1])
                     : fetch(budget, words + 1, count - 1);
}
