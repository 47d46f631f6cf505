/* `profiles lint`: the tag policy over the file, and over what there is. SPDX-License-Identifier:
 * MIT
 */
#include "declaration.h"

#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <strings.h>
#include <unistd.h>

/* A check in progress. */
struct lint {
    bool only_file, only_account;
    struct declaration declaration;
    struct remarks remarks;
    json_t *tagged; /* all profiles: {"subject", "tags"} */
    json_t *findings;
    json_t *said; /* a member for each row of the two */
};

/* Appends a row, given up, unless the same is there already: what is in the account is mostly what
 * is in the file. */
static int append_once(const struct lint *lint, json_t *list, json_t *row)
{
    char *text = json_dumps(row, JSON_COMPACT | JSON_SORT_KEYS);
    bool is_there = text != NULL && json_object_get(lint->said, text) != NULL;
    int rc = text != NULL && row != NULL ? 0 : -1;

    if (rc == 0 && !is_there)
        rc = json_object_set_new(lint->said, text, json_true()) | json_array_append(list, row);
    free(text);
    json_decref(row);
    return rc;
}

/* ------------------------------------------------------------------ the file */

/* Mistakes of the file; of its warnings, that nothing will be degraded. */
static int add_remarks(const struct remarks *remarks, json_t *findings)
{
    static const char end[] = ".degradeTo";
    json_t *remark;
    size_t i;
    int rc = 0;

    json_array_foreach(remarks->mistakes, i, remark) rc |=
        finding_add(findings, text_of(remark, "place"), "declaration", NULL, NULL,
                    "mend the file there", "%s", text_of(remark, "message"));
    json_array_foreach(remarks->warnings, i, remark)
    {
        const char *place = text_of(remark, "place");
        if (strlen(place) > strlen(end) && strcmp(place + strlen(place) - strlen(end), end) == 0)
            rc |= finding_add(findings, place, "degradeTo", NULL, NULL, "mend the file there", "%s",
                              text_of(remark, "message"));
    }
    return rc;
}

/* Judges one profile, unless the same was said of it before, and keeps its tags for comparing. */
static int judge(const struct lint *lint, const char *subject, json_t *tags)
{
    json_t *found = json_array(), *finding;
    size_t i;

    int rc = tag_policy_judge(lint->declaration.tag_policy, subject, tags, found);
    json_array_foreach(found, i, finding)
    {
        rc |= append_once(lint, lint->findings, json_incref(finding));
    }
    rc |=
        json_array_append_new(lint->tagged, json_pack("{ss sO}", "subject", subject, "tags", tags));
    json_decref(found);
    return rc;
}

static int judge_file(const struct lint *lint)
{
    const struct declaration *declaration = &lint->declaration;
    int rc = add_remarks(&lint->remarks, lint->findings);

    for (size_t i = 0; i < declaration->count; i++)
        rc |= judge(lint, declaration->wanted[i].alias, declaration->wanted[i].tags);
    return rc < 0 ? failed("%s", brc_strerror(BRC_E_NOMEM)) : DONE;
}

/* ------------------------------------------------------------------ the account */

/* Those that begin with aws: are set by AWS, as by CloudFormation, and nobody can change them. */
static json_t *own_tags(json_t *tags)
{
    json_t *own = json_object(), *value;
    const char *key;

    json_object_foreach(tags, key, value)
    {
        if (strncasecmp(key, "aws:", 4) != 0)
            json_object_set(own, key, value);
    }
    return own;
}

static int judge_account(struct profiles *profiles, const struct lint *lint)
{
    struct account account;

    int rc = profiles_open(profiles);
    if (rc == DONE)
        rc = account_read(&profiles->cloud, true, &account);
    if (rc != DONE)
        return rc;
    for (size_t i = 0; i < account.count; i++) {
        json_t *tags = own_tags(account.existing[i].tags);
        if (judge(lint, account.existing[i].name, tags) < 0)
            rc = failed("%s", brc_strerror(BRC_E_NOMEM));
        json_decref(tags);
    }
    account_free(&account);
    return rc;
}

/* ------------------------------------------------------------------ what was found */

/* Those are told in whole sentences, which a table would cut. */
static bool is_remark(const json_t *finding)
{
    const char *rule = text_of(finding, "rule");

    return strcmp(rule, "declaration") == 0 || strcmp(rule, "degradeTo") == 0;
}

static int print_findings(const struct profiles *profiles, const struct lint *lint)
{
    const json_t *findings = lint->findings;
    struct table table;
    json_t *finding;
    size_t i;

    if (profiles->console.json)
        return print_rows(findings);
    if (!lint->only_account) {
        remarks_tell(profiles->path, "", lint->remarks.mistakes);
        remarks_tell(profiles->path, "warning: ", lint->remarks.warnings);
    }
    table_begin(&table, "profile|rule|what is wrong|what to do");
    json_array_foreach(findings, i, finding)
    {
        if (is_remark(finding))
            continue;
        cell(&table, "%s", text_of(finding, "subject"));
        cell(&table, "%s", text_of(finding, "rule"));
        cell(&table, "%s", text_of(finding, "message"));
        cell(&table, "%s", text_of(finding, "remedy"));
    }
    if (table.count > 0)
        return table_end(&table);
    if (json_array_size(findings) == 0)
        printf("%zu profiles: nothing found\n", json_array_size(lint->tagged));
    return DONE;
}

static int read_file_for(struct profiles *profiles, struct lint *lint)
{
    if (lint->only_account && access(profiles->path, F_OK) != 0)
        return DONE; /* then there is no policy, but spellings and AWS's rules */
    int rc = declaration_load(profiles, &lint->declaration, &lint->remarks);
    if (rc != DONE || !lint->only_account || json_array_size(lint->remarks.mistakes) == 0)
        return rc;
    remarks_tell(profiles->path, "", lint->remarks.mistakes);
    return FAILED;
}

static int run(struct profiles *profiles, struct lint *lint)
{
    int rc = read_file_for(profiles, lint);

    if (rc == DONE && !lint->only_account)
        rc = judge_file(lint);
    if (rc == DONE && !lint->only_file && (lint->only_account || lint->declaration.file != NULL))
        rc = judge_account(profiles, lint);
    if (rc == DONE && tag_policy_compare(lint->tagged, lint->findings) < 0)
        rc = failed("%s", brc_strerror(BRC_E_NOMEM));
    if (rc == DONE)
        rc = print_findings(profiles, lint);
    return rc == DONE && json_array_size(lint->findings) > 0 ? FAILED : rc;
}

int run_lint(void *program, int argc, char **argv)
{
    struct profiles *profiles = program;
    struct lint lint = {.only_file = false};
    const struct choice choices[] = {{"offline", .flag = &lint.only_file},
                                     {"account", .flag = &lint.only_account},
                                     {.name = NULL}};
    char **words;
    int count;

    int rc = take_options(&profiles->console, argc, argv, choices, 0, 0, &words, &count);
    if (rc != DONE || profiles->console.help)
        return rc;
    if (lint.only_file && lint.only_account)
        return misused("lint: --offline is the file alone, --account the account alone");
    lint.tagged = json_array();
    lint.findings = json_array();
    lint.said = json_object();
    rc = run(profiles, &lint);
    json_decref(lint.tagged);
    json_decref(lint.findings);
    json_decref(lint.said);
    remarks_free(&lint.remarks);
    declaration_free(&lint.declaration);
    return rc;
}
