/* `profiles list`: all application profiles of the account and Region. SPDX-License-Identifier: MIT
 */
#include "profiles.h"

#include <stdio.h>
#include <string.h>

/* "team=search", or "team" for any value of it. */
static bool has_tag(const json_t *tags, const char *wanted)
{
    size_t length = strcspn(wanted, "=");
    char key[CELL];

    snprintf(key, sizeof key, "%.*s", (int)length, wanted);
    const char *value = text_of(tags, key);
    return value != NULL && (wanted[length] == '\0' || strcmp(value, wanted + length + 1) == 0);
}

static bool has_all(const struct existing *existing, const json_t *wanted)
{
    const json_t *tag;
    size_t i;

    json_array_foreach(wanted, i, tag)
    {
        if (!has_tag(existing->tags, json_string_value(tag)))
            return false;
    }
    return true;
}

static void add_row(struct table *table, const json_t *row)
{
    char text[CELL];

    cell(table, "%s", shown(row, "name"));
    cell(table, "%s", shown(row, "alias"));
    cell(table, "%s", shown(row, "standing"));
    cell(table, "%s", tags_text(json_object_get(row, "tags"), text));
    cell(table, "%s", shown(row, "model"));
    cell(table, "%s", shown(row, "scope"));
    cell(table, "%s", shown(row, "status"));
    cell(table, "%.10s", shown(row, "createdAt"));
    cell(table, "%s", shown(row, "arn"));
}

static int list(const struct console *console, const struct state *state, const json_t *tags)
{
    struct table table;
    size_t count = 0;

    table_begin(&table, "name|alias|standing|tags|model|scope|status|created|ARN");
    for (size_t i = 0; i < state->account.count; i++) {
        const struct existing *existing = &state->account.existing[i];
        if (!has_all(existing, tags))
            continue;
        json_t *row = existing_json(state, existing);
        count++;
        if (console->json)
            print_json(row);
        else
            add_row(&table, row);
        json_decref(row);
    }
    if (console->json)
        return DONE;
    if (count > 0)
        return table_end(&table);
    printf("No application inference profile%s here.%s\n",
           json_array_size(tags) > 0 ? " with these tags" : "",
           json_array_size(tags) > 0 ? "" : " `profiles apply` makes those of the file.");
    return DONE;
}

int run_list(void *program, int argc, char **argv)
{
    struct profiles *profiles = program;
    json_t *tags = NULL;
    const struct choice choices[] = {{"tag", .list = &tags}, {.name = NULL}};
    struct state state = {0};
    char **words;
    int count;

    int rc = take_options(&profiles->console, argc, argv, choices, 0, 0, &words, &count);
    if (rc == DONE && !profiles->console.help) {
        rc = state_look(profiles, &state);
        if (rc == DONE)
            rc = list(&profiles->console, &state, tags);
        state_free(&state);
    }
    json_decref(tags);
    return rc;
}
