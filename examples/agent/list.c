/* `agent list`: the agents of the region, and which of them are on a profile.
 * SPDX-License-Identifier: MIT */
#include "agent.h"

#include <stdio.h>
#include <string.h>

int agents_list(struct agent *agent, json_t **ret_summaries)
{
    static const struct pages pages = {.service = "bedrock-agent",
                                       .operation = "POST /agents/",
                                       .items = "agentSummaries",
                                       .token = "nextToken"};

    if (cloud_list(&agent->cloud, &pages, json_object(), ret_summaries) < 0)
        return cloud_failed(&agent->cloud, "the agents cannot be listed");
    return DONE;
}

/* "prod=3 (profile), old=1 (model)" */
static int aliases_text(struct agent *agent, struct subject *subject, char text[CELL])
{
    const json_t *alias;
    size_t i;

    text[0] = '\0';
    json_array_foreach(subject->aliases, i, alias)
    {
        const char *number = alias_version(alias);
        const json_t *version =
            *number != '\0' ? subject_version(agent, subject, number) : subject->draft;
        size_t n = strlen(text);
        if (version == NULL)
            return FAILED;
        if (!alias_is_test(alias))
            snprintf(text + n, CELL - n, "%s%s=%s%s%s", n > 0 ? ", " : "", alias_name(alias),
                     *number != '\0' ? number : "none",
                     is_profile(shown(version, "foundationModel")) ? "" : " (no profile)",
                     alias_rejects(alias) ? " (off)" : "");
    }
    return DONE;
}

static int add_row(struct agent *agent, const char *id, json_t *rows)
{
    struct subject subject;
    char aliases[CELL];

    int rc = subject_read(agent, id, &subject);
    if (rc == DONE)
        rc = aliases_text(agent, &subject, aliases);
    if (rc == DONE)
        json_array_append_new(
            rows, json_pack("{ss ss ss ss sb ss}", "agent", subject.name, "id", subject.id,
                            "status", shown(subject.draft, "agentStatus"), "model", subject.model,
                            "onProfile", is_profile(subject.model), "aliases", aliases));
    subject_free(&subject);
    return rc;
}

static int print_agents(const struct agent *agent, const json_t *rows)
{
    struct table table;
    json_t *row;
    size_t i;

    if (agent->console.json)
        return print_rows(rows);
    table_begin(&table, "AGENT|ID|STATUS|MODEL OF DRAFT|PROFILE|ALIASES AND THEIR VERSIONS");
    json_array_foreach(rows, i, row)
    {
        cell(&table, "%s", shown(row, "agent"));
        cell(&table, "%s", shown(row, "id"));
        cell(&table, "%s", shown(row, "status"));
        cell(&table, "%s", arn_id(shown(row, "model")));
        cell(&table, "%s", json_is_true(json_object_get(row, "onProfile")) ? "yes" : "no");
        cell(&table, "%s", shown(row, "aliases"));
    }
    return table_end(&table);
}

int run_list(void *program, int argc, char **argv)
{
    struct agent *agent = program;
    json_t *summaries = NULL, *rows = json_array(), *row;
    struct progress progress;
    size_t i;

    int rc = agent_begin(agent, argc, argv, NULL, 0, NULL);
    if (rc == DONE && !agent->console.help)
        rc = agents_list(agent, &summaries);
    progress_begin(&progress, "reading agents", json_array_size(summaries));
    json_array_foreach(summaries, i, row)
    {
        if (rc == DONE)
            rc = add_row(agent, shown(row, "agentId"), rows);
        progress_step(&progress);
    }
    progress_end(&progress);
    if (rc == DONE && !agent->console.help)
        rc = print_agents(agent, rows);
    json_decref(summaries);
    json_decref(rows);
    return rc;
}
