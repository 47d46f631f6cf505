/* `agent show`: one agent, its DRAFT, each alias and what the version of it calls.
 * SPDX-License-Identifier: MIT */
#include "agent.h"

#include <stdio.h>
#include <string.h>

/* "ORCHESTRATION=model, ..." */
static void prompts_text(json_t *models, char text[CELL])
{
    json_t *model;
    const char *type;

    snprintf(text, CELL, "%s", json_object_size(models) == 0 ? "-" : "");
    json_object_foreach(models, type, model)
    {
        size_t n = strlen(text);
        snprintf(text + n, CELL - n, "%s%s=%s", n > 0 ? ", " : "", type,
                 arn_id(json_string_value(model)));
    }
}

/* An alias, or DRAFT if there is none, and what it calls. */
static json_t *row_of(const json_t *alias, const char *number, const json_t *version)
{
    const char *model = shown(version, "foundationModel");

    return json_pack(
        "{ss ss ss ss ss ss sb so}", "alias", alias != NULL ? alias_name(alias) : "-", "id",
        alias != NULL ? alias_id(alias) : "-", "status",
        alias != NULL ? shown(alias, "agentAliasStatus") : shown(version, "agentStatus"), "state",
        alias != NULL && alias_rejects(alias) ? "off" : "on", "version", number, "model", model,
        "onProfile", is_profile(model), "prompts", prompt_models(version));
}

static int rows_of(struct agent *agent, struct subject *subject, json_t *rows)
{
    const json_t *alias;
    size_t i;

    json_array_append_new(rows, row_of(NULL, DRAFT, subject->draft));
    json_array_foreach(subject->aliases, i, alias)
    {
        const char *number = alias_version(alias);
        const json_t *version = *number != '\0' ? subject_version(agent, subject, number) : NULL;
        if (*number != '\0' && version == NULL)
            return FAILED;
        json_array_append_new(rows, row_of(alias, *number != '\0' ? number : "none", version));
    }
    return DONE;
}

static void print_head(const struct subject *subject)
{
    json_t *value;
    const char *key;

    printf("agent   %s (%s)\nstatus  %s\nrole    %s\n", subject->name, subject->id,
           shown(subject->draft, "agentStatus"), subject->role);
    json_object_foreach(subject->tags, key, value)
    {
        printf("tag     %s = %s\n", key, json_string_value(value));
    }
    putchar('\n');
}

static int print_table(const json_t *rows)
{
    struct table table;
    char prompts[CELL];
    json_t *row;
    size_t i;

    table_begin(&table, "ALIAS|ID|STATUS|STATE|VERSION|MODEL|PROFILE|PROMPTS' OWN MODELS");
    json_array_foreach(rows, i, row)
    {
        prompts_text(json_object_get(row, "prompts"), prompts);
        cell(&table, "%s", shown(row, "alias"));
        cell(&table, "%s", shown(row, "id"));
        cell(&table, "%s", shown(row, "status"));
        cell(&table, "%s", shown(row, "state"));
        cell(&table, "%s", shown(row, "version"));
        cell(&table, "%s", arn_id(shown(row, "model")));
        cell(&table, "%s", json_is_true(json_object_get(row, "onProfile")) ? "yes" : "no");
        cell(&table, "%s", prompts);
    }
    return table_end(&table);
}

static int print_subject(const struct agent *agent, const struct subject *subject,
                         const json_t *rows)
{
    if (!agent->console.json) {
        print_head(subject);
        return print_table(rows);
    }
    json_t *row = json_pack("{ss ss ss ss ss sO sO sO}", "agent", subject->name, "id", subject->id,
                            "arn", subject->arn, "status", shown(subject->draft, "agentStatus"),
                            "role", subject->role, "tags", subject->tags, "routes", rows,
                            "versions", subject->versions);
    print_json(row);
    json_decref(row);
    return DONE;
}

int run_show(void *program, int argc, char **argv)
{
    struct agent *agent = program;
    struct subject subject = {.draft = NULL};
    json_t *rows = json_array();
    const char *name;

    int rc = agent_begin(agent, argc, argv, NULL, 1, &name);
    if (rc == DONE && !agent->console.help) {
        rc = subject_read(agent, name, &subject);
        if (rc == DONE)
            rc = rows_of(agent, &subject, rows);
        if (rc == DONE)
            rc = print_subject(agent, &subject, rows);
    }
    json_decref(rows);
    subject_free(&subject);
    return rc;
}
