/* The parameters of the template: which environment, and the values of the tags that all profiles
 * have. SPDX-License-Identifier: MIT */
#include "cfn.h"

#include <stdio.h>
#include <string.h>

#define ALL "all"

static json_t *text_parameter(const char *description, const char *value)
{
    return json_pack("{ss ss ss}", "Type", "String", "Description", description, "Default", value);
}

/* ------------------------------------------------------------------ Environment */

/* Which profiles are made: those of one environment, or all. */
static void add_selection(struct template *template)
{
    const struct declaration *declaration = template->declaration;
    json_t *parameter = text_parameter("Which environment's profiles the stack has; all of them, "
                                       "or those of one.",
                                       ALL);
    json_t *values = json_pack("[s]", ALL);
    char id[LOGICAL_ID];

    for (size_t i = 0; i < declaration->count; i++) {
        const char *environment = declaration->wanted[i].environment;
        if (json_object_get(template->environments, environment) != NULL)
            continue;
        logical_id(id, "Make", environment, template->conditions);
        set_in(template, template->environments, environment, json_string(id));
        if (!has_text(values, environment))
            json_array_append_new(values, json_string(environment));
        set_in(template, template->conditions, id,
               json_pack("{s[{s[{ss} s]} {s[{ss} s]}]}", "Fn::Or", "Fn::Equals", "Ref",
                         "Environment", ALL, "Fn::Equals", "Ref", "Environment", environment));
    }
    set_in(template, parameter, "AllowedValues", values);
    set_in(template, template->parameters, "Environment", parameter);
}

/* The environment that a template made after one is deployed for. */
static void add_label(struct template *template)
{
    json_t *allowed = json_object_get(template->declaration->tag_policy, "allowedEnvironments");
    json_t *parameter = text_parameter(
        "The environment: part of the profiles' names, and their tag.", template->environment);

    set_in(template, parameter, "AllowedValues",
           has_text(allowed, template->environment) ? json_incref(allowed)
                                                    : json_pack("[s]", template->environment));
    set_in(template, template->parameters, "Environment", parameter);
}

/* ------------------------------------------------------------------ tags */

static void add_tag(struct template *template, const char *key, const char *value)
{
    json_t *lists = json_object_get(template->declaration->tag_policy, "allowedValues");
    json_t *allowed = json_object_get(lists, key);
    char id[LOGICAL_ID], description[256];

    snprintf(description, sizeof description, "Value of the tag %s.", key);
    logical_id(id, "Tag", key, template->parameters);
    json_t *parameter = text_parameter(description, value);
    if (has_text(allowed, value)) {
        set_in(template, parameter, "AllowedValues", json_incref(allowed));
    } else {
        set_in(template, parameter, "AllowedPattern", json_string("^[a-zA-Z0-9\\s._:/=+@-]*$"));
        set_in(template, parameter, "MaxLength", json_integer(256));
    }
    set_in(template, template->parameters, id, parameter);
    set_in(template, template->shared, key, json_string(id));
}

void add_parameters(struct template *template)
{
    const char *key;
    json_t *value;

    if (template->environment == NULL)
        add_selection(template);
    else
        add_label(template);
    json_object_foreach(json_object_get(template->declaration->file, "tags"), key, value)
        add_tag(template, key, json_string_value(value));
}

/* A tag that is the file's, and that nobody below has set to something else. */
static bool is_shared(const struct template *template, const char *key, const char *value)
{
    const char *common = text_of(json_object_get(template->declaration->file, "tags"), key);

    return common != NULL && strcmp(common, value) == 0;
}

json_t *tag_value(const struct template *template, const struct wanted *wanted, const char *key,
                  json_t *value)
{
    const char *text = json_string_value(value);

    if (strcmp(key, MANAGED_TAG) == 0)
        return json_string("cloudformation");
    if (template->environment != NULL && strcmp(key, "environment") == 0 &&
        strcmp(text, wanted->environment) == 0)
        return json_pack("{ss}", "Ref", "Environment");
    if (is_shared(template, key, text))
        return json_pack("{ss}", "Ref", text_of(template->shared, key));
    return json_incref(value);
}
