/* `profiles activate`: tag keys become cost allocation tags, by which AWS's bill can be split. What
 * billing has not seen yet cannot be activated; then this says when to run it again.
 * SPDX-License-Identifier: MIT */
#include "activate.h"

#include <stdio.h>
#include <string.h>

enum {
    KEYS_A_CALL = 20 /* of UpdateCostAllocationTagsStatus */
};

struct activation {
    struct profiles *profiles;
    json_t *keys;
    json_t *known;    /* what billing knows of them */
    json_t *inactive; /* keys to be activated */
    json_t *refused;  /* by key, what AWS says about it */
    bool yes;
    size_t waiting;       /* keys that cannot be activated yet */
    char again[4 * CELL]; /* the command to run again */
};

/* ----------------------------------------------------------------- change */

static void note_refused(struct activation *activation, const json_t *answer)
{
    const json_t *errors = json_object_get(answer, "Errors"), *error;
    size_t i;

    json_array_foreach(errors, i, error)
    {
        char text[2 * CELL];
        snprintf(text, sizeof text, "%s: %s", shown(error, "Code"), shown(error, "Message"));
        json_object_set_new(activation->refused, shown(error, "TagKey"), json_string(text));
    }
}

static int activate_some(struct activation *activation, size_t from)
{
    struct cloud *cloud = &activation->profiles->cloud;
    json_t *statuses = json_array(), *answer;

    for (size_t i = from; i < from + KEYS_A_CALL && i < json_array_size(activation->inactive); i++)
        json_array_append_new(statuses, json_pack("{sO, ss}", "TagKey",
                                                  json_array_get(activation->inactive, i), "Status",
                                                  "Active"));
    if (cloud_call(cloud, "ce", "UpdateCostAllocationTagsStatus",
                   json_pack("{so}", "CostAllocationTagsStatus", statuses), &answer) < 0)
        return cloud_failed(cloud, "the tags cannot be activated");
    note_refused(activation, answer);
    json_decref(answer);
    return DONE;
}

static int activate_all(struct activation *activation)
{
    size_t count = json_array_size(activation->inactive);
    int rc = DONE;

    if (count == 0)
        return DONE;
    if (!activation->profiles->console.json) {
        printf("To be activated, for every account that is billed with this one:");
        for (size_t i = 0; i < count; i++)
            printf(" %s", json_string_value(json_array_get(activation->inactive, i)));
        putchar('\n');
    }
    rc = confirm(activation->yes, "Activate %zu cost allocation tag%s?", count,
                 count == 1 ? "" : "s");
    for (size_t i = 0; i < count && rc == DONE; i += KEYS_A_CALL)
        rc = activate_some(activation, i);
    return rc;
}

/* ------------------------------------------------------------------- say */

/* What is to be said of a key: its state, and until when it takes. */
static const char *state_of(struct activation *activation, const char *key, char ret_text[CELL])
{
    const char *refused = text_of(activation->refused, key);
    enum allocation before = allocation_of(activation->known, key);
    char day[ALLOCATION_DAY];

    ret_text[0] = '\0';
    if (refused != NULL) {
        snprintf(ret_text, CELL, "%s", refused);
        return "refused";
    }
    if (before == ALLOCATION_UNSEEN) {
        snprintf(ret_text, CELL, "%s", SEEN_WITHIN);
        return "not visible yet";
    }
    if (before == ALLOCATION_INACTIVE) {
        snprintf(ret_text, CELL, "splits costs %s", SPLIT_WITHIN);
        return "activated now";
    }
    allocation_since(activation->known, key, day);
    snprintf(ret_text, CELL, "since %s%s%s", day,
             before == ALLOCATION_YOUNG ? "; splits costs " : "",
             before == ALLOCATION_YOUNG ? SPLIT_WITHIN : "");
    return "active";
}

static int print_states(struct activation *activation)
{
    bool json = activation->profiles->console.json;
    const json_t *key;
    struct table table;
    char text[CELL];
    size_t i;

    table_begin(&table, "tag|state|");
    json_array_foreach(activation->keys, i, key)
    {
        const char *name = json_string_value(key);
        const char *state = state_of(activation, name, text);
        if (json) {
            json_t *row = json_pack("{ss, ss, ss}", "tag", name, "state", state, "text", text);
            print_json(row);
            json_decref(row);
        } else {
            cell(&table, "%s", name);
            cell(&table, "%s", state);
            cell(&table, "%s", text);
        }
    }
    return json ? DONE : table_end(&table);
}

/* What is left to do, and by what to go on. */
static int conclude(struct activation *activation)
{
    if (json_object_size(activation->refused) > 0)
        return failed("AWS refused %zu of the tags: correct what it names, then run it again",
                      json_object_size(activation->refused));
    if (activation->waiting == 0)
        return DONE;
    return failed("%zu of %zu tags cannot be activated yet: " SEEN_WITHIN
                  ", and only in the management account of an organization. Ask once through each "
                  "profile (`profiles verify` does), then run it again tomorrow: `%s`. "
                  "Do not put it off: " NOT_BACKWARDS,
                  activation->waiting, json_array_size(activation->keys), activation->again);
}

/* ---------------------------------------------------------------- command */

static int check_keys(struct activation *activation)
{
    struct cloud *cloud = &activation->profiles->cloud;
    json_t *key;
    size_t i;

    if (allocation_read(cloud, activation->keys, &activation->known) < 0)
        return cloud_failed(cloud, "the cost allocation tags cannot be listed");
    json_array_foreach(activation->keys, i, key)
    {
        enum allocation is = allocation_of(activation->known, json_string_value(key));
        if (is == ALLOCATION_INACTIVE)
            json_array_append(activation->inactive, key);
        activation->waiting += is == ALLOCATION_UNSEEN;
    }
    return DONE;
}

/* The keys that are named, or those of the declaration. */
static int take_keys(struct activation *activation, char **words, int count)
{
    struct declaration declaration;

    if (count == 0) {
        int rc = declaration_read(activation->profiles, &declaration);
        if (rc != DONE)
            return rc;
        json_decref(activation->keys);
        activation->keys = allocation_keys(&declaration);
        declaration_free(&declaration);
        if (json_array_size(activation->keys) == 0)
            return failed(
                "%s: no profile has a tag: write some, or name the keys: profiles activate "
                "KEY ...",
                activation->profiles->path);
    }
    snprintf(activation->again, sizeof activation->again, "profiles activate");
    for (int i = 0; i < count; i++) {
        size_t length = strlen(activation->again);
        snprintf(activation->again + length, sizeof activation->again - length, " %s", words[i]);
        json_array_append_new(activation->keys, json_string(words[i]));
    }
    return DONE;
}

int run_activate(void *program, int argc, char **argv)
{
    struct activation activation = {.profiles = program,
                                    .inactive = json_array(),
                                    .refused = json_object(),
                                    .keys = json_array()};
    const struct choice choices[] = {{"yes", .flag = &activation.yes}, {.name = NULL}};
    char **words;
    int count;

    int rc =
        take_options(&activation.profiles->console, argc, argv, choices, 0, -1, &words, &count);
    if (rc == DONE && !activation.profiles->console.help) {
        rc = take_keys(&activation, words, count);
        if (rc == DONE)
            rc = profiles_open(activation.profiles);
        if (rc == DONE)
            rc = check_keys(&activation);
        if (rc == DONE)
            rc = activate_all(&activation);
        if (rc == DONE)
            rc = print_states(&activation);
        if (rc == DONE)
            rc = conclude(&activation);
    }
    json_decref(activation.keys);
    json_decref(activation.known);
    json_decref(activation.inactive);
    json_decref(activation.refused);
    return rc;
}
