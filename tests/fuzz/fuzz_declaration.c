/* Any bytes as a declaration of profiles: what has no mistake says of each profile what `apply`
 * needs, its degradeTo ends, and it reads again as the same; whatever there is can be judged.
 * SPDX-License-Identifier: MIT */
#include <declaration.h>

#include <stdlib.h>
#include <string.h>

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size);

static void must(bool truth)
{
    if (!truth)
        abort();
}

static void check_remarks(const json_t *remarks)
{
    const json_t *remark;
    size_t i;

    json_array_foreach(remarks, i, remark)
    {
        must(text_of(remark, "place") != NULL);
        must(text_of(remark, "message") != NULL && *text_of(remark, "message") != '\0');
    }
}

static void check_wanted(const struct declaration *declaration, const struct wanted *wanted)
{
    const struct wanted *next = wanted;
    size_t steps = 0;

    must(declaration_find(declaration, wanted->alias) == wanted);
    must(strlen(wanted->alias) <= ALIAS_MOST && is_name(wanted->alias));
    must(strncmp(wanted->source, "arn:aws", 7) == 0);
    must(strstr(wanted->source, ":foundation-model/") != NULL ||
         strstr(wanted->source, ":inference-profile/") != NULL);
    must(strcmp(text_of(wanted->tags, MANAGED_TAG), MANAGED_VALUE) == 0);
    must(text_of(wanted->tags, "application") != NULL);
    must(json_object_size(wanted->tags) <= TAGS_MOST);
    while (next != NULL && text_of(next->declared, "degradeTo") != NULL) {
        next = declaration_find(declaration, text_of(next->declared, "degradeTo"));
        must(next != NULL && ++steps < declaration->count);
    }
}

/* All rules, with whatever could be read. */
static void check_judges(const struct declaration *declaration)
{
    json_t *tagged = json_array(), *findings = json_array(), *finding;
    size_t i;

    for (i = 0; i < declaration->count; i++) {
        const struct wanted *wanted = &declaration->wanted[i];
        must(tag_policy_judge(declaration->tag_policy, wanted->alias, wanted->tags, findings) == 0);
        json_array_append_new(tagged,
                              json_pack("{ss sO}", "subject", wanted->alias, "tags", wanted->tags));
    }
    must(tag_policy_compare(tagged, findings) == 0);
    json_array_foreach(findings, i, finding)
    {
        must(text_of(finding, "subject") != NULL && text_of(finding, "rule") != NULL);
        must(*text_of(finding, "message") != '\0' && *text_of(finding, "remedy") != '\0');
    }
    json_decref(tagged);
    json_decref(findings);
}

/* The file as it was written; with `again`, as it is written after it was read. */
static void check(const char *text, size_t length, bool again)
{
    const struct profiles profiles = {.path = "profiles.json"};
    struct declaration declaration = {.path = profiles.path};
    struct remarks remarks = {.mistakes = json_array(), .warnings = json_array()};

    declaration_parse(&profiles, text, length, &declaration, &remarks);
    check_tag_syntax(&remarks, &declaration);
    must(!remarks.failed);
    check_remarks(remarks.mistakes);
    check_remarks(remarks.warnings);
    check_judges(&declaration);
    bool is_sound = json_array_size(remarks.mistakes) == 0;
    must(is_sound || !again);
    for (size_t i = 0; i < declaration.count && is_sound; i++)
        check_wanted(&declaration, &declaration.wanted[i]);
    if (is_sound && !again) {
        char *written = json_dumps(declaration.file, JSON_COMPACT);
        check(written, strlen(written), true);
        free(written);
    }
    remarks_free(&remarks);
    declaration_free(&declaration);
}

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
    if (size <= 100000)
        check((const char *)data, size, false);
    return 0;
}
