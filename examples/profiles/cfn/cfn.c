/* `profiles cfn`: the file as a template of CloudFormation. SPDX-License-Identifier: MIT */
#include "cfn.h"

#include <ctype.h>
#include <stdio.h>
#include <string.h>

enum {
    OUTPUTS_EACH = 3,
    OUTPUTS_MOST = 200, /* CloudFormation's limits of a template */
    PARAMETERS_MOST = 200
};

static const struct output {
    const char *suffix, *attribute, *what;
    bool is_exported;
} outputs[OUTPUTS_EACH] = {
    {"Arn", "InferenceProfileArn", "ARN", true},
    {"Id", "InferenceProfileId", "Id", true},
    {"Status", "Status", "Status (ACTIVE once it can be called)", false},
};

/* ------------------------------------------------------------------ names */

const char *logical_id(char ret_id[LOGICAL_ID], const char *prefix, const char *name, json_t *taken)
{
    size_t length = (size_t)snprintf(ret_id, LOGICAL_ID, "%s", prefix);
    bool begins = true;

    for (; *name != '\0' && length + 8 < LOGICAL_ID; name++) {
        unsigned char c = (unsigned char)*name;
        if (isalnum(c))
            ret_id[length++] = (char)(begins ? toupper(c) : c);
        begins = !isalnum(c);
    }
    ret_id[length] = '\0';
    for (unsigned n = 2; json_object_get(taken, ret_id) != NULL && n < 1000; n++)
        snprintf(ret_id + length, LOGICAL_ID - length, "%u", n);
    return ret_id;
}

void set_in(struct template *template, json_t *object, const char *name, json_t *value)
{
    if (json_object_set_new(object, name, value) < 0)
        template->failed = true;
}

/* ------------------------------------------------------------------ a profile */

/* A system-defined profile is named with the account, which the stack knows if the file does not.
 */
static json_t *source_of(const struct wanted *wanted)
{
    const char *unnamed = strstr(wanted->source, "::inference-profile/");

    if (unnamed == NULL)
        return json_string(wanted->source);
    return json_pack("{so}", "Fn::Sub",
                     json_sprintf("%.*s:${AWS::AccountId}%s", (int)(unnamed - wanted->source),
                                  wanted->source, unnamed + 1));
}

static json_t *name_of(const struct template *template, const struct wanted *wanted)
{
    if (template->environment == NULL)
        return json_string(wanted->alias);
    return json_pack("{so}", "Fn::Sub", json_sprintf("%s-${Environment}", wanted->workload));
}

static json_t *tags_of(const struct template *template, const struct wanted *wanted)
{
    json_t *tags = json_array(), *value;
    const char *key;

    json_object_foreach(wanted->tags, key, value)
    {
        json_array_append_new(tags, json_pack("{ss so}", "Key", key, "Value",
                                              tag_value(template, wanted, key, value)));
    }
    return tags;
}

static void add_output(struct template *template, const char *id, const struct output *output,
                       const struct wanted *wanted)
{
    char name[LOGICAL_ID + 8];
    json_t *made = json_pack("{so s{s[ss]}}", "Description",
                             json_sprintf("%s of %s.", output->what, wanted->alias), "Value",
                             "Fn::GetAtt", id, output->attribute);

    snprintf(name, sizeof name, "%s%s", id, output->suffix);
    if (output->is_exported)
        set_in(template, made, "Export",
               json_pack("{s{so}}", "Name", "Fn::Sub", json_sprintf("${AWS::StackName}-%s", name)));
    if (template->environment == NULL)
        set_in(template, made, "Condition",
               json_string(text_of(template->environments, wanted->environment)));
    set_in(template, template->outputs, name, made);
}

static void add_profile(struct template *template, const struct wanted *wanted)
{
    char id[LOGICAL_ID];
    json_t *resource = json_pack("{ss}", "Type", "AWS::Bedrock::ApplicationInferenceProfile");
    json_t *properties = json_pack("{so}", "InferenceProfileName", name_of(template, wanted));

    logical_id(id, isdigit((unsigned char)*wanted->alias) ? "P" : "",
               template->environment != NULL ? wanted->workload : wanted->alias,
               template->resources);
    if (template->environment == NULL)
        set_in(template, resource, "Condition",
               json_string(text_of(template->environments, wanted->environment)));
    if (wanted->description != NULL)
        set_in(template, properties, "Description", json_string(wanted->description));
    set_in(template, properties, "ModelSource", json_pack("{so}", "CopyFrom", source_of(wanted)));
    set_in(template, properties, "Tags", tags_of(template, wanted));
    set_in(template, resource, "Properties", properties);
    set_in(template, template->resources, id, resource);
    for (size_t i = 0; i < OUTPUTS_EACH; i++)
        add_output(template, id, &outputs[i], wanted);
}

/* ------------------------------------------------------------------ the template */

static json_t *whole(const struct template *template)
{
    json_t *document =
        json_pack("{ss ss sO}", "AWSTemplateFormatVersion", "2010-09-09", "Description",
                  "Application inference profiles of Amazon Bedrock, with their cost "
                  "allocation tags; made by `profiles cfn`.",
                  "Parameters", template->parameters);

    if (json_object_size(template->conditions) > 0)
        json_object_set(document, "Conditions", template->conditions);
    json_object_set(document, "Resources", template->resources);
    json_object_set(document, "Outputs", template->outputs);
    return document;
}

static int check_size(const struct template *template, size_t count)
{
    if (count == 0)
        return failed("cfn: no workload of %s has the environment %s", template->declaration->path,
                      template->environment);
    if (count * OUTPUTS_EACH > OUTPUTS_MOST)
        return failed("cfn: %zu profiles have %zu outputs, and CloudFormation takes %d in a "
                      "template; print one for each environment, with --environment, or split the "
                      "file",
                      count, count * OUTPUTS_EACH, OUTPUTS_MOST);
    if (json_object_size(template->parameters) > PARAMETERS_MOST)
        return failed("cfn: there are more than %d parameters", PARAMETERS_MOST);
    return DONE;
}

static int print_template(const struct profiles *profiles, struct template *template)
{
    const struct declaration *declaration = template->declaration;
    size_t count = 0;

    add_parameters(template);
    for (size_t i = 0; i < declaration->count; i++) {
        const struct wanted *wanted = &declaration->wanted[i];
        if (template->environment == NULL ||
            strcmp(wanted->environment, template->environment) == 0) {
            add_profile(template, wanted);
            count++;
        }
    }
    int rc = check_size(template, count);
    json_t *document = rc == DONE ? whole(template) : NULL;
    if (rc == DONE && (document == NULL || template->failed))
        rc = failed("%s", brc_strerror(BRC_E_NOMEM));
    if (rc == DONE && profiles->console.json)
        print_json(document);
    else if (rc == DONE)
        print_yaml(document);
    json_decref(document);
    return rc;
}

int run_cfn(void *program, int argc, char **argv)
{
    struct profiles *profiles = program;
    struct template template = {.environment = NULL};
    const struct choice choices[] = {{"environment", .text = &template.environment},
                                     {.name = NULL}};
    struct declaration declaration;
    char **words;
    int count;

    int rc = take_options(&profiles->console, argc, argv, choices, 0, 0, &words, &count);
    if (rc != DONE || profiles->console.help)
        return rc;
    rc = declaration_read(profiles, &declaration);
    if (rc == DONE)
        declaration_warn(&declaration);
    template.declaration = &declaration;
    template.parameters = json_object();
    template.conditions = json_object();
    template.resources = json_object();
    template.outputs = json_object();
    template.shared = json_object();
    template.environments = json_object();
    if (rc == DONE)
        rc = print_template(profiles, &template);
    json_decref(template.parameters);
    json_decref(template.conditions);
    json_decref(template.resources);
    json_decref(template.outputs);
    json_decref(template.shared);
    json_decref(template.environments);
    declaration_free(&declaration);
    return rc;
}
