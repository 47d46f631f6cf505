/* `profiles models`: what a profile can be made of in this Region. SPDX-License-Identifier: MIT */
#include "profiles.h"

#include <stdio.h>
#include <string.h>

struct listing {
    json_t *models, *systems; /* as AWS has them */
    json_t *rows;
    bool for_agent, all;
};

/* "geo, us-east-1 us-west-2": where a system-defined profile may send a call. */
static json_t *regions_of(const json_t *system)
{
    json_t *regions = json_array(), *model;
    char region[CELL];
    size_t i;

    json_array_foreach(json_object_get(system, "models"), i, model)
    {
        arn_part(shown(model, "modelArn"), 3, region);
        json_array_append_new(regions, json_string(*region != '\0' ? region : "any"));
    }
    return regions;
}

static void set(json_t *row, const char *member, const char *text)
{
    if (text != NULL)
        json_object_set_new(row, member, json_string(text));
}

/* What is known of the model itself; nothing, of one that this Region does not list. */
static void add_traits(json_t *row, const json_t *model)
{
    const json_t *lifecycle = json_object_get(model, "modelLifecycle");
    json_t *output = json_object_get(model, "outputModalities");
    json_t *streams = json_object_get(model, "responseStreamingSupported");

    set(row, "provider", text_of(model, "providerName"));
    set(row, "lifecycle", text_of(lifecycle, "status"));
    set(row, "endOfLife", text_of(lifecycle, "endOfLifeTime"));
    if (output != NULL)
        json_object_set(row, "output", output);
    if (streams != NULL)
        json_object_set(row, "streaming", streams);
}

static void add_model(struct listing *listing, const json_t *model, const char *region)
{
    const char *id = shown(model, "modelId");

    if (!has_text(json_object_get(model, "inferenceTypesSupported"), "ON_DEMAND"))
        return;
    if (!listing->all && !has_text(json_object_get(model, "outputModalities"), "TEXT"))
        return;
    json_t *row = json_pack("{ss ss ss ss s[s]}", "copyFrom", id, "model", id, "scope", "in-region",
                            "arn", shown(model, "modelArn"), "regions", region);
    add_traits(row, model);
    json_array_append_new(listing->rows, row);
}

static void add_system(struct listing *listing, const json_t *system)
{
    const json_t *models = json_object_get(system, "models");
    const char *id = arn_id(shown(json_array_get(models, 0), "modelArn"));
    const json_t *model = find_by(listing->models, "modelId", id);

    if (!listing->all && model != NULL &&
        !has_text(json_object_get(model, "outputModalities"), "TEXT"))
        return;
    json_t *row = json_pack("{ss ss ss ss so}", "copyFrom", shown(system, "inferenceProfileId"),
                            "model", id, "scope", models_scope(models), "arn",
                            shown(system, "inferenceProfileArn"), "regions", regions_of(system));
    add_traits(row, model);
    json_array_append_new(listing->rows, row);
}

static int read_models(struct cloud *cloud, struct listing *listing)
{
    json_t *answer;

    if (cloud_call(cloud, "bedrock", "GET /foundation-models", NULL, &answer) < 0)
        return cloud_failed(cloud, "the foundation models cannot be listed");
    listing->models = json_incref(json_object_get(answer, "modelSummaries"));
    json_decref(answer);
    return account_list(cloud, "SYSTEM_DEFINED", &listing->systems);
}

/* ---------------------------------------------------------------- for people */

static const char *join(const json_t *list, char ret_text[CELL])
{
    size_t length = 0, i;
    const json_t *one;

    snprintf(ret_text, CELL, "%s", json_array_size(list) == 0 ? "-" : "");
    json_array_foreach(list, i, one)
    {
        if (length < CELL)
            length += (size_t)snprintf(ret_text + length, CELL - length, "%s%s",
                                       length > 0 ? " " : "", json_string_value(one));
    }
    return ret_text;
}

static void print_row(struct table *table, const json_t *row)
{
    const json_t *streams = json_object_get(row, "streaming");
    char text[CELL];

    cell(table, "\"copyFrom\": \"%s\"", shown(row, "copyFrom"));
    cell(table, "%s", shown(row, "scope"));
    cell(table, "%s", join(json_object_get(row, "regions"), text));
    cell(table, "%s", join(json_object_get(row, "output"), text));
    cell(table, "%s", streams == NULL ? "-" : json_is_true(streams) ? "yes" : "no");
    cell(table, "%s", shown(row, "lifecycle"));
}

static int print_table(const struct listing *listing)
{
    const json_t *row;
    struct table table;
    size_t i;

    table_begin(&table, "for the file|scope|may run in|output|streams|lifecycle");
    json_array_foreach(listing->rows, i, row) print_row(&table, row);
    int rc = table_end(&table);
    json_array_foreach(listing->rows, i, row)
    {
        const char *end = text_of(row, "endOfLife");
        if (rc == DONE && strcmp(shown(row, "lifecycle"), "LEGACY") == 0)
            printf("%s is LEGACY: AWS ends it%s%.10s; do not begin with it.\n",
                   shown(row, "copyFrom"), end != NULL ? " on " : " some day",
                   end != NULL ? end : "");
    }
    return rc;
}

static void explain_agents(void)
{
    puts("For agents, take an in-region one where there is one (above the others): the agent's "
         "role then needs\nthat one model in this Region and nothing else, and its calls stay in "
         "the Region of the agent, where\nits alias, logs and costs are. A geo or global one needs "
         "the model in each Region that it may run in.");
}

static int list(struct listing *listing, const struct console *console, const char *region)
{
    const json_t *one;
    size_t i;

    /* A foundation model is the better source for an agent; elsewhere what routes to several
     * Regions has more room, and stands first. */
    listing->rows = json_array();
    json_array_foreach(listing->models, i, one)
    {
        if (listing->for_agent)
            add_model(listing, one, region);
    }
    json_array_foreach(listing->systems, i, one) add_system(listing, one);
    json_array_foreach(listing->models, i, one)
    {
        if (!listing->for_agent)
            add_model(listing, one, region);
    }
    if (json_array_size(listing->rows) == 0)
        return failed("nothing can be copied in %s; is model access granted there, and is it the "
                      "Region you meant? --region names another",
                      region);
    if (console->json)
        return print_rows(listing->rows);
    int rc = print_table(listing);
    if (rc == DONE && listing->for_agent)
        explain_agents();
    return rc;
}

/* The Region that was called: as AWS names it in what it lists. */
static const char *region_called(const struct listing *listing, const struct cloud *cloud,
                                 char ret_region[CELL])
{
    const char *arn = shown(json_array_get(listing->models, 0), "modelArn");

    if (cloud->region != NULL)
        return cloud->region;
    return *arn_part(arn, 3, ret_region) != '\0' ? ret_region : "this Region";
}

int run_models(void *program, int argc, char **argv)
{
    struct profiles *profiles = program;
    struct listing listing = {.models = NULL};
    const struct choice choices[] = {
        {"for-agent", .flag = &listing.for_agent}, {"all", .flag = &listing.all}, {.name = NULL}};
    char **words, region[CELL];
    int count;

    int rc = take_options(&profiles->console, argc, argv, choices, 0, 0, &words, &count);
    if (rc != DONE || profiles->console.help)
        return rc;
    rc = profiles_open(profiles);
    if (rc == DONE)
        rc = read_models(&profiles->cloud, &listing);
    if (rc == DONE)
        rc = list(&listing, &profiles->console, region_called(&listing, &profiles->cloud, region));
    json_decref(listing.models);
    json_decref(listing.systems);
    json_decref(listing.rows);
    return rc;
}
