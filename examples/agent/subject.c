/* An agent: its draft, its aliases, its versions, its tags. SPDX-License-Identifier: MIT */
#include "agent.h"

#include <ctype.h>
#include <stdio.h>
#include <string.h>

enum {
    ID_LENGTH = 10 /* of agents and aliases */
};

const char *agent_operation(char operation[CLOUD_PATH], const char *method, const char *id,
                            const char *part, const char *value)
{
    snprintf(operation, CLOUD_PATH, "%s /agents/", method);
    path_append(operation, id);
    strcat(operation, "/"); /* AWS's paths end with one */
    if (part != NULL)
        strcat(strcat(operation, part), "/");
    if (value != NULL)
        strcat(path_append(operation, value), "/");
    return operation;
}

static bool could_be_id(const char *text)
{
    size_t n = 0;

    while (isalnum((unsigned char)text[n]))
        n++;
    return n == ID_LENGTH && text[n] == '\0';
}

/* What the draft says, within reach. */
static void point(struct subject *subject)
{
    subject->id = shown(subject->draft, "agentId");
    subject->name = shown(subject->draft, "agentName");
    subject->arn = shown(subject->draft, "agentArn");
    subject->role = shown(subject->draft, "agentResourceRoleArn");
    subject->model = shown(subject->draft, "foundationModel");
}

/* A member of an answer, which is given up. */
static json_t *taken(json_t *answer, const char *member)
{
    json_t *value = json_incref(json_object_get(answer, member));

    json_decref(answer);
    return value;
}

static int get_draft(struct agent *agent, const char *id, struct subject *subject)
{
    char operation[CLOUD_PATH];
    json_t *answer;

    agent_operation(operation, "GET", id, NULL, NULL);
    int rc = cloud_call(&agent->cloud, "bedrock-agent", operation, NULL, &answer);
    if (rc < 0)
        return rc;
    json_decref(subject->draft);
    subject->draft = taken(answer, "agent");
    if (!json_is_object(subject->draft))
        return BRC_E_PROTOCOL;
    point(subject);
    return 0;
}

int subject_reread(struct agent *agent, struct subject *subject)
{
    char id[CELL];

    snprintf(id, sizeof id, "%s", subject->id);
    if (get_draft(agent, id, subject) < 0)
        return cloud_failed(&agent->cloud, "agent %s cannot be read", id);
    return DONE;
}

int subject_reread_aliases(struct agent *agent, struct subject *subject)
{
    char operation[CLOUD_PATH];
    struct pages pages = {.service = "bedrock-agent",
                          .operation = operation,
                          .items = "agentAliasSummaries",
                          .token = "nextToken"};
    json_t *aliases;

    agent_operation(operation, "POST", subject->id, "agentaliases", NULL);
    if (cloud_list(&agent->cloud, &pages, json_object(), &aliases) < 0)
        return cloud_failed(&agent->cloud, "the aliases of agent %s cannot be listed",
                            subject->name);
    json_decref(subject->aliases);
    subject->aliases = aliases;
    return DONE;
}

static int get_tags(struct agent *agent, struct subject *subject)
{
    char operation[CLOUD_PATH] = "GET /tags/";
    json_t *answer;

    path_append(operation, subject->arn);
    if (cloud_call(&agent->cloud, "bedrock-agent", operation, NULL, &answer) < 0)
        return cloud_failed(&agent->cloud, "the tags of agent %s cannot be read", subject->name);
    subject->tags = taken(answer, "tags");
    if (!json_is_object(subject->tags)) {
        json_decref(subject->tags);
        subject->tags = json_object();
    }
    return DONE;
}

/* The id of the agent with a name. */
static int find_name(struct agent *agent, const char *name, char ret_id[CELL])
{
    json_t *summaries;

    int rc = agents_list(agent, &summaries);
    if (rc != DONE)
        return rc;
    const json_t *row = find_by(summaries, "agentName", name);
    size_t count = json_array_size(summaries);
    bool found = row != NULL;
    snprintf(ret_id, CELL, "%s", shown(row, "agentId"));
    json_decref(summaries);
    if (!found)
        return failed("%s: none of the %zu agents of this region has this id or name; `agent list` "
                      "shows them, --region asks another region",
                      name, count);
    return DONE;
}

int subject_read(struct agent *agent, const char *id_or_name, struct subject *ret_subject)
{
    char id[CELL];
    int rc = -1;

    *ret_subject = (struct subject){.versions = json_object()};
    if (could_be_id(id_or_name)) {
        rc = get_draft(agent, id_or_name, ret_subject);
        if (rc < 0 && !cloud_error_is(&agent->cloud, "ResourceNotFoundException"))
            return cloud_failed(&agent->cloud, "agent %s cannot be read", id_or_name);
    }
    if (rc < 0) {
        rc = find_name(agent, id_or_name, id);
        if (rc != DONE)
            return rc;
        if (get_draft(agent, id, ret_subject) < 0)
            return cloud_failed(&agent->cloud, "agent %s cannot be read", id_or_name);
    }
    rc = subject_reread_aliases(agent, ret_subject);
    return rc == DONE ? get_tags(agent, ret_subject) : rc;
}

void subject_free(struct subject *subject)
{
    json_decref(subject->draft);
    json_decref(subject->aliases);
    json_decref(subject->versions);
    json_decref(subject->tags);
    *subject = (struct subject){.draft = NULL};
}

json_t *subject_version(struct agent *agent, struct subject *subject, const char *number)
{
    json_t *known = json_object_get(subject->versions, number);
    char operation[CLOUD_PATH];
    json_t *answer;

    if (strcmp(number, DRAFT) == 0)
        return subject->draft;
    if (known != NULL)
        return known; /* it never changes */
    agent_operation(operation, "GET", subject->id, "agentversions", number);
    if (cloud_call(&agent->cloud, "bedrock-agent", operation, NULL, &answer) < 0) {
        cloud_failed(&agent->cloud, "version %s of agent %s cannot be read", number, subject->name);
        return NULL;
    }
    json_object_set_new(subject->versions, number, taken(answer, "agentVersion"));
    return json_object_get(subject->versions, number);
}

/* Puts a number among the others, of which the highest comes first. */
static void insert_number(json_t *numbers, const char *number)
{
    size_t i = 0, count = json_array_size(numbers);

    while (i < count && atoll(json_string_value(json_array_get(numbers, i))) > atoll(number))
        i++;
    json_array_insert_new(numbers, i, json_string(number));
}

json_t *subject_numbers(struct agent *agent, const struct subject *subject)
{
    char operation[CLOUD_PATH];
    struct pages pages = {.service = "bedrock-agent",
                          .operation = operation,
                          .items = "agentVersionSummaries",
                          .token = "nextToken"};
    json_t *summaries, *row, *numbers = json_array();
    size_t i;

    agent_operation(operation, "POST", subject->id, "agentversions", NULL);
    if (cloud_list(&agent->cloud, &pages, json_object(), &summaries) < 0) {
        cloud_failed(&agent->cloud, "the versions of agent %s cannot be listed", subject->name);
        json_decref(numbers);
        return NULL;
    }
    json_array_foreach(summaries, i, row)
    {
        const char *number = shown(row, "agentVersion");
        if (isdigit((unsigned char)*number))
            insert_number(numbers, number);
    }
    json_decref(summaries);
    return numbers;
}
