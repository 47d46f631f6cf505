/* The tag policy: which tags a profile has to have, and what their values may be.
 * SPDX-License-Identifier: MIT */
#include "profiles.h"

#include <ctype.h>
#include <stdarg.h>
#include <stdio.h>
#include <string.h>
#include <strings.h>

enum {
    KEY_MOST = 128, /* characters; AWS's limits */
    VALUE_MOST = 256,
    LIST = 512 /* bytes of a list in a remedy */
};

const char *const naming_rules[] = {"lowercase-with-hyphens", "lowercase-with-underscores",
                                    "lowercase", "none", NULL};

int finding_add(json_t *findings, const char *subject, const char *rule, const char *tag,
                const char *value, const char *remedy, const char *format, ...)
{
    char message[1024];
    va_list arguments;

    va_start(arguments, format);
    vsnprintf(message, sizeof message, format, arguments);
    va_end(arguments);
    return json_array_append_new(findings, json_pack("{ss ss ss* ss* ss ss}", "subject", subject,
                                                     "rule", rule, "tag", tag, "value", value,
                                                     "message", message, "remedy", remedy));
}

/* The texts of a list, as a remedy names them. */
static const char *list_texts(char ret_text[LIST], const json_t *list)
{
    size_t i, length = 0;
    json_t *value;

    ret_text[0] = '\0';
    json_array_foreach(list, i, value)
    {
        length += (size_t)snprintf(ret_text + length, LIST - length, "%s%s", i > 0 ? ", " : "",
                                   json_string_value(value));
        if (length >= LIST)
            return ret_text;
    }
    return ret_text;
}

/* ------------------------------------------------------------------ what AWS takes */

static size_t count_characters(const char *text)
{
    size_t count = 0;

    for (; *text != '\0'; text++)
        count += ((unsigned char)*text & 0xc0) != 0x80;
    return count;
}

/* AWS takes tabs and line ends as well, but nothing that reads reports does, nor does a ledger. */
bool has_tag_characters(const char *text)
{
    while (isalnum((unsigned char)*text) || (*text != '\0' && strchr(" ._:/=+@-", *text) != NULL))
        text++;
    return *text == '\0';
}

static int judge_text(const char *subject, const char *tag, const char *value, const char *text,
                      size_t most, json_t *findings)
{
    const char *what = value != NULL ? "value" : "key";
    int rc = 0;

    if (!has_tag_characters(text))
        rc = finding_add(findings, subject, "tagSyntax", tag, value,
                         "use letters a-z, digits, blanks and . _ : / = + @ - only",
                         "the %s of the tag \"%s\" has characters that AWS does not take", what,
                         tag);
    if (rc == 0 && count_characters(text) > most)
        rc = finding_add(findings, subject, "tagSyntax", tag, value, "shorten it",
                         "the %s of the tag \"%s\" has %zu characters, and AWS takes %zu", what,
                         tag, count_characters(text), most);
    return rc;
}

static int judge_syntax(const char *subject, const char *tag, const char *value, json_t *findings)
{
    int rc = judge_text(subject, tag, NULL, tag, KEY_MOST, findings);

    if (rc == 0 && *tag == '\0')
        rc = finding_add(findings, subject, "tagSyntax", tag, NULL, "give it a name",
                         "a tag has an empty key");
    if (rc == 0 && strncasecmp(tag, "aws:", 4) == 0)
        rc = finding_add(findings, subject, "tagSyntax", tag, NULL,
                         "choose another key: those that begin with aws: are AWS's own",
                         "the key of the tag \"%s\" is reserved", tag);
    return rc == 0 ? judge_text(subject, tag, value, value, VALUE_MOST, findings) : rc;
}

/* ------------------------------------------------------------------ naming rules */

/* Lower case letters and digits, with single separators between them. */
static bool is_separated(const char *text, char separator)
{
    const char *c = text;

    for (; islower((unsigned char)*c) || isdigit((unsigned char)*c) || *c == separator; c++) {
        if (*c == '\0' || (*c == separator && (c == text || c[1] == '\0' || c[1] == separator)))
            return *c == '\0' && c > text;
    }
    return *c == '\0' && c > text;
}

static bool follows(const char *rule, const char *value)
{
    if (strcmp(rule, "lowercase-with-hyphens") == 0)
        return is_separated(value, '-');
    if (strcmp(rule, "lowercase-with-underscores") == 0)
        return is_separated(value, '_');
    if (strcmp(rule, "lowercase") == 0) {
        for (; *value != '\0'; value++) {
            if (isupper((unsigned char)*value))
                return false;
        }
    }
    return true;
}

/* "write team-a": the value as the rule wants it. */
static const char *propose(char ret_text[LIST], const char *rule, const char *value)
{
    char separator = strcmp(rule, "lowercase-with-underscores") == 0 ? '_' : '-';
    bool keeps_others = strcmp(rule, "lowercase") == 0, separates = false, was_lower = false;
    size_t length = (size_t)snprintf(ret_text, LIST, "write "), begin = length;

    for (; *value != '\0' && length + 3 < LIST; value++) {
        unsigned char c = (unsigned char)*value;
        if (!isalnum(c) && !keeps_others) {
            separates = true;
            continue;
        }
        if ((separates || (was_lower && isupper(c) && !keeps_others)) && length > begin)
            ret_text[length++] = separator;
        ret_text[length++] = (char)tolower(c);
        separates = false;
        was_lower = islower(c) || isdigit(c);
    }
    ret_text[length] = '\0';
    return length > begin ? ret_text : "choose another value";
}

/* ------------------------------------------------------------------ the policy */

static int judge_required(const json_t *policy, const char *subject, const json_t *tags,
                          const char *tag, json_t *findings)
{
    const char *value = text_of(tags, tag), *rule = text_of(policy, "namingRule");
    char remedy[LIST];

    if (value == NULL || *value == '\0')
        return finding_add(findings, subject, "requiredTags", tag, value,
                           "say it in the file, in \"tags\" of the profile, its workload, or all; "
                           "or with `profiles tag`",
                           "the tag \"%s\" is %s", tag, value == NULL ? "missing" : "empty");
    if (rule == NULL || follows(rule, value))
        return 0;
    return finding_add(findings, subject, "namingRule", tag, value, propose(remedy, rule, value),
                       "%s=%s is not %s", tag, value, rule);
}

static int judge_list(const char *rule, const char *subject, const json_t *tags, const char *tag,
                      const json_t *allowed, json_t *findings)
{
    const char *value = text_of(tags, tag);
    char list[LIST], remedy[LIST + 32];

    if (value == NULL || allowed == NULL || has_text(allowed, value))
        return 0;
    snprintf(remedy, sizeof remedy, "take one of: %s", list_texts(list, allowed));
    return finding_add(findings, subject, rule, tag, value, remedy,
                       "%s=%s is none of the allowed values", tag, value);
}

int tag_policy_judge(const json_t *policy, const char *subject, json_t *tags, json_t *findings)
{
    json_t *required = json_object_get(policy, "requiredTags"),
           *lists = json_object_get(policy, "allowedValues");
    const char *tag;
    json_t *value;
    size_t i;
    int rc = 0;

    json_array_foreach(required, i, value) rc |=
        judge_required(policy, subject, tags, json_string_value(value), findings);
    rc |= judge_list("allowedEnvironments", subject, tags, "environment",
                     json_object_get(policy, "allowedEnvironments"), findings);
    json_object_foreach(lists, tag, value) rc |=
        judge_list("allowedValues", subject, tags, tag, value, findings);
    json_object_foreach(tags, tag, value)
    {
        if (json_is_string(value))
            rc |= judge_syntax(subject, tag, json_string_value(value), findings);
    }
    if (json_object_size(tags) > TAGS_MOST)
        rc |= finding_add(findings, subject, "tagSyntax", NULL, NULL, "leave some out",
                          "it has %zu tags, and AWS keeps %d", json_object_size(tags), TAGS_MOST);
    return rc < 0 ? -1 : 0;
}
