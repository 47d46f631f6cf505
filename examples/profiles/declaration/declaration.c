/* Reads the declaration: every mistake in one go. SPDX-License-Identifier: MIT */
#include "declaration.h"

#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

enum {
    PROFILES_MOST = 10000, /* more than AWS makes in a Region */
    TOLD_MOST = 100        /* mistakes that are printed */
};

/* ------------------------------------------------------------------ a profile */

static void check_alias(struct remarks *remarks, const char *place,
                        const struct declaration *declaration, const struct wanted *wanted)
{
    const char *number = strrchr(wanted->alias, '_');
    const struct wanted *same = declaration_find(declaration, wanted->alias);

    if (!is_name(wanted->environment))
        mistake(remarks, place,
                "a name has letters and digits, with single blanks, - or _ between them");
    if (strlen(wanted->alias) > ALIAS_MOST)
        mistake(remarks, place,
                "the alias %s has %zu characters; AWS takes %d for a name, and 3 are kept for the "
                "numbers of later models: shorten it",
                wanted->alias, strlen(wanted->alias), NAME_MOST);
    if (number != NULL && number[1] != '\0' && number[1 + strspn(number + 1, "0123456789")] == '\0')
        mistake(
            remarks, place,
            "the alias %s ends as the names of later models of a profile do; call it otherwise, "
            "as %.*s-%s",
            wanted->alias, (int)(number - wanted->alias), wanted->alias, number + 1);
    if (same != NULL && same != wanted)
        mistake(remarks, place,
                "the alias %s is that of workload \"%s\", environment \"%s\" as well; rename one",
                wanted->alias, same->workload, same->environment);
}

static void read_wanted(struct remarks *remarks, const char *place, struct declaration *declaration,
                        const char *name, const json_t *workload, const char *environment,
                        json_t *declared)
{
    struct wanted *wanted = &declaration->wanted[declaration->count];
    size_t length = strlen(name) + strlen(environment) + 2;
    char inner[PLACE], *alias = malloc(length);

    *wanted = (struct wanted){.workload = name,
                              .environment = environment,
                              .alias = alias,
                              .description = text_of(declared, "description"),
                              .declared = declared};
    if (alias == NULL) {
        remarks->failed = true;
        return;
    }
    snprintf(alias, length, "%s-%s", name, environment);
    if (declaration_find(declaration, alias) == NULL &&
        json_object_set_new(declaration->places, alias,
                            json_integer((json_int_t)declaration->count)))
        remarks->failed = true;
    declaration->count++;
    wanted->tags = merge_tags(declaration, workload, wanted);
    remarks->failed |= wanted->tags == NULL;
    check_alias(remarks, place, declaration, wanted);
    check_profile(remarks, place, wanted);
    check_tags(remarks, place_of(inner, place, "tags"), json_object_get(declared, "tags"));
    read_source(remarks, place_of(inner, place, "copyFrom"), declaration, wanted);
}

static void read_workload(struct remarks *remarks, const char *place,
                          struct declaration *declaration, const char *name, json_t *workload)
{
    static const struct member members[] = {
        {"tags", OBJECT, false, "tags, as {\"owner-team\": \"support\"}"},
        {"environments", OBJECT, true, "profiles by environment, as {\"prod\": {...}}"},
        {.name = NULL},
    };
    char environments[PLACE], inner[PLACE], text[CELL];
    const char *environment;
    json_t *declared;

    if (!is_name(name))
        mistake(remarks, place,
                "a name has letters and digits, with single blanks, - or _ between them");
    check_members(remarks, place, workload, members);
    check_tags(remarks, place_of(inner, place, "tags"), json_object_get(workload, "tags"));
    place_of(environments, place, "environments");
    json_object_foreach(json_object_get(workload, "environments"), environment, declared)
    {
        place_of(inner, environments, environment);
        if (!json_is_object(declared))
            mistake(remarks, inner, "takes a profile, as {\"copyFrom\": ...}, and not %s",
                    shorten_value(text, declared));
        else
            read_wanted(remarks, inner, declaration, name, workload, environment, declared);
    }
}

/* ------------------------------------------------------------------ the file */

static size_t count_profiles(json_t *workloads)
{
    const char *name;
    json_t *workload;
    size_t count = 0;

    json_object_foreach(workloads, name, workload)
    {
        count += json_object_size(json_object_get(workload, "environments"));
    }
    return count;
}

static void read_workloads(struct remarks *remarks, struct declaration *declaration)
{
    json_t *workloads = json_object_get(declaration->file, "workloads"), *workload;
    size_t count = count_profiles(workloads);
    char place[PLACE], text[CELL];
    const char *name;

    if (count > PROFILES_MOST) {
        mistake(remarks, "workloads", "there are %zu profiles; a file has %d at most: split it",
                count, PROFILES_MOST);
        return;
    }
    declaration->wanted = calloc(count + 1, sizeof *declaration->wanted);
    declaration->places = json_object();
    if (declaration->wanted == NULL || declaration->places == NULL) {
        remarks->failed = true;
        return;
    }
    json_object_foreach(workloads, name, workload)
    {
        place_of(place, "workloads", name);
        if (!json_is_object(workload))
            mistake(remarks, place, "takes a workload, as {\"environments\": {...}}, and not %s",
                    shorten_value(text, workload));
        else
            read_workload(remarks, place, declaration, name, workload);
    }
    if (json_is_object(workloads) && count == 0)
        mistake(remarks, "workloads",
                "there is no profile; name one, as {\"support-bot\": "
                "{\"environments\": {\"prod\": {\"copyFrom\": ...}}}}");
}

static void read_region(struct remarks *remarks, const struct profiles *profiles,
                        struct declaration *declaration)
{
    const char *region = text_of(declaration->file, "region");
    bool is_said = json_object_get(declaration->file, "region") != NULL;
    char text[CELL];

    if (region == NULL && !is_said && profiles->region == NULL)
        mistake(remarks, "region",
                "is missing; say where the profiles are to be, as "
                "\"us-east-1\", or give --region");
    else if (region != NULL && profiles->region != NULL && strcmp(region, profiles->region) != 0)
        mistake(remarks, "region", "is %s, but --region says %s; leave one of them out",
                shorten(text, region), profiles->region);
    if (!is_said)
        region = profiles->region;
    if (region != NULL && is_region(region))
        declaration->region = region;
    else if (region != NULL)
        mistake(remarks, "region", "there is no Region \"%s\"; write it as \"us-east-1\"",
                shorten(text, region));
}

static void read_account(struct remarks *remarks, struct declaration *declaration)
{
    const char *account = text_of(declaration->file, "account");
    char text[CELL];

    if (account != NULL && strlen(account) == 12 && strspn(account, "0123456789") == 12)
        declaration->account = account;
    else if (account != NULL)
        mistake(remarks, "account", "takes 12 digits, as \"123456789012\", and not \"%s\"",
                shorten(text, account));
}

/* One with a mistake is no policy: nothing is judged by it. */
static void read_policy(struct remarks *remarks, struct declaration *declaration)
{
    json_t *policy = json_object_get(declaration->file, "tagPolicy");
    size_t before = json_array_size(remarks->mistakes);

    if (!json_is_object(policy))
        return;
    check_policy(remarks, policy);
    if (json_array_size(remarks->mistakes) == before)
        declaration->tag_policy = policy;
}

static void read_file_members(struct remarks *remarks, const struct profiles *profiles,
                              struct declaration *declaration)
{
    static const struct member members[] = {
        {"account", TEXT, false, "the number of an account as a text, as \"123456789012\""},
        {"region", TEXT, false, "a Region, as \"us-east-1\""},
        {"tagPolicy", OBJECT, false, "a policy, as {\"requiredTags\": [\"owner-team\"]}"},
        {"tags", OBJECT, false, "tags, as {\"cost-center\": \"cc-410\"}"},
        {"workloads", OBJECT, true, "workloads by name, as {\"support-bot\": {...}}"},
        {.name = NULL},
    };

    check_members(remarks, "", declaration->file, members);
    read_account(remarks, declaration);
    read_region(remarks, profiles, declaration);
    read_policy(remarks, declaration);
    check_tags(remarks, "tags", json_object_get(declaration->file, "tags"));
    read_workloads(remarks, declaration);
    check_degrading(remarks, declaration);
}

void declaration_parse(const struct profiles *profiles, const char *text, size_t length,
                       struct declaration *declaration, struct remarks *remarks)
{
    json_error_t error;
    char place[PLACE];

    declaration->file = json_loadb(text, length, JSON_REJECT_DUPLICATES, &error);
    if (declaration->file == NULL) {
        snprintf(place, sizeof place, "line %d, column %d", error.line, error.column);
        mistake(remarks, place, "%s; mend the JSON there", error.text);
    } else if (!json_is_object(declaration->file)) {
        mistake(remarks, "line 1",
                "a declaration is an object: {\"region\": ..., \"workloads\": "
                "{...}}");
    } else {
        read_file_members(remarks, profiles, declaration);
    }
}

int declaration_load(const struct profiles *profiles, struct declaration *ret_declaration,
                     struct remarks *ret_remarks)
{
    size_t length;

    *ret_declaration = (struct declaration){.path = profiles->path};
    *ret_remarks = (struct remarks){.mistakes = json_array(), .warnings = json_array()};
    if (strcmp(profiles->path, "-") != 0 && access(profiles->path, F_OK) != 0)
        return failed("%s: there is no such file; --file names another, and doc/profiles.md says "
                      "what is in one",
                      profiles->path);
    char *text = read_file(profiles->path, &length);
    if (text == NULL)
        return FAILED;
    declaration_parse(profiles, text, length, ret_declaration, ret_remarks);
    free(text);
    return ret_remarks->failed ? failed("%s", brc_strerror(BRC_E_NOMEM)) : DONE;
}

void remarks_tell(const char *path, const char *what, const json_t *list)
{
    json_t *remark;
    size_t i;

    json_array_foreach(list, i, remark)
    {
        if (i < TOLD_MOST)
            failed("%s: %s%s: %s", path, what, text_of(remark, "place"),
                   text_of(remark, "message"));
    }
    if (i > TOLD_MOST)
        failed("%s: %zu more", path, i - TOLD_MOST);
}

int declaration_read(struct profiles *profiles, struct declaration *ret_declaration)
{
    struct remarks remarks;

    int rc = declaration_load(profiles, ret_declaration, &remarks);
    if (rc == DONE) {
        check_tag_syntax(&remarks, ret_declaration);
        remarks_tell(ret_declaration->path, "", remarks.mistakes);
        ret_declaration->warnings = json_incref(remarks.warnings);
        rc = json_array_size(remarks.mistakes) > 0 ? FAILED : DONE;
    }
    remarks_free(&remarks);
    return rc;
}

void declaration_warn(const struct declaration *declaration)
{
    remarks_tell(declaration->path, "warning: ", declaration->warnings);
}

void remarks_free(struct remarks *remarks)
{
    json_decref(remarks->mistakes);
    json_decref(remarks->warnings);
}

void declaration_free(struct declaration *declaration)
{
    for (size_t i = 0; i < declaration->count; i++) {
        free(declaration->wanted[i].alias);
        json_decref(declaration->wanted[i].tags);
    }
    free(declaration->wanted);
    json_decref(declaration->places);
    json_decref(declaration->warnings);
    json_decref(declaration->file);
    *declaration = (struct declaration){0};
}

const struct wanted *declaration_find(const struct declaration *declaration, const char *alias)
{
    const json_t *place = json_object_get(declaration->places, alias);

    return place != NULL ? &declaration->wanted[json_integer_value(place)] : NULL;
}
