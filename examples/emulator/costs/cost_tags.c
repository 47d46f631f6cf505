/* Cost allocation tags: which there are, which are active since when, and their values.
 *
 * A key is known once something was billed under it. It is activated for what is used from then on.
 *
 * SPDX-License-Identifier: MIT
 */
#include "cost.h"
#include "dates.h"
#include "lists.h"
#include "pages.h"

#include <string.h>

#define MAX_ACTIVE 500

/* {"Status", "since" and "updated" in microseconds}, or NULL: nobody has said anything. */
static json_t *record_of(const struct emulator *emulator, const char *key)
{
    return json_object_get(json_object_get(emulator->money.costs, "tags"), key);
}

static const char *status_of(const struct emulator *emulator, const char *key)
{
    const char *status = json_string_value(json_object_get(record_of(emulator, key), "Status"));

    return status != NULL ? status : "Inactive";
}

const char *emu_cost_tag(const struct emulator *emulator, struct emu_cost_line *line,
                         const char *key)
{
    const json_t *since = json_object_get(record_of(emulator, key), "since");

    if (strcmp(status_of(emulator, key), "Active") != 0 ||
        line->use->metered.at_us < json_integer_value(since))
        return NULL;
    return json_string_value(json_object_get(json_object_get(line->use->user, "tags"), key));
}

bool emu_cost_tag_seen(const struct emulator *emulator, const char *key, int64_t now_us,
                       int64_t *ret_last_us)
{
    bool seen = record_of(emulator, key) != NULL;

    *ret_last_us = 0;
    for (size_t i = 0; i < emulator->money.meter.count; i++) {
        const struct emu_use *use = &emulator->money.meter.all[i];

        if (json_object_get(json_object_get(use->user, "tags"), key) == NULL ||
            !emu_has_settled(emulator, use->metered.now_us, now_us))
            continue;
        seen = true;
        if (use->metered.at_us > *ret_last_us)
            *ret_last_us = use->metered.at_us;
    }
    return seen;
}

/* ---- ListCostAllocationTags ---- */

/* The keys of all tags that were ever billed or spoken of, as an object; NULL if out of memory. */
static json_t *known_keys(const struct emulator *emulator)
{
    json_t *keys = json_object();
    int rc = json_object_update(keys, json_object_get(emulator->money.costs, "tags"));

    for (size_t i = 0; i < emulator->money.meter.count && rc == 0; i++) {
        const json_t *user = emulator->money.meter.all[i].user;

        if (i == 0 || user != emulator->money.meter.all[i - 1].user)
            rc = json_object_update_missing(keys, json_object_get(user, "tags"));
    }
    if (rc == 0)
        return keys;
    json_decref(keys);
    return NULL;
}

static const char *type_of(const char *key)
{
    return strncmp(key, "aws:", 4) == 0 ? "AWSGenerated" : "UserDefined";
}

/* Midnight, in the form that these dates have. */
static json_t *day(int64_t us)
{
    char text[16];

    emu_date_format(text, us);
    return json_sprintf("%sT00:00:00Z", text);
}

static json_t *tag_json(const struct emulator *emulator, const char *key, int64_t last_us)
{
    const json_t *updated = json_object_get(record_of(emulator, key), "updated");
    struct emu_date month = emu_date_of(last_us);
    json_t *tag = json_pack("{s:s, s:s, s:s}", "TagKey", key, "Type", type_of(key), "Status",
                            status_of(emulator, key));
    bool failed = tag == NULL;

    month.day = 1;
    if (last_us > 0) /* AWS tells the month only */
        failed = failed || json_object_set_new(tag, "LastUsedDate", day(emu_date_us(month))) < 0;
    if (updated != NULL)
        failed = failed ||
                 json_object_set_new(tag, "LastUpdatedDate", day(json_integer_value(updated))) < 0;
    if (!failed)
        return tag;
    json_decref(tag);
    return NULL;
}

static bool is_wanted(const struct emu_call *call, const char *key)
{
    const char *status = emu_call_string(call, "Status");
    const char *type = emu_call_string(call, "Type");
    const json_t *keys = json_object_get(call->input, "TagKeys");

    return (status == NULL || strcmp(status, status_of(call->emulator, key)) == 0) &&
           (type == NULL || strcmp(type, type_of(key)) == 0) &&
           (!json_is_array(keys) || emu_has_string(keys, key));
}

void emu_cost_list_tags(struct emu_call *call)
{
    static const struct emu_page_names NAMES = {
        "CostAllocationTags", "NextToken", "MaxResults", 100, "InvalidNextTokenException", false};
    json_t *keys = known_keys(call->emulator);
    struct emu_pages pages;
    const char *key;
    json_t *value;

    emu_pages_init(&pages);
    pages.failed = pages.failed || keys == NULL;
    json_object_foreach(keys, key, value)
    {
        int64_t last_us;

        if (is_wanted(call, key) &&
            emu_cost_tag_seen(call->emulator, key, call->request->now_us, &last_us))
            emu_pages_add(&pages, key, tag_json(call->emulator, key, last_us));
    }
    json_decref(keys);
    emu_pages_answer(&pages, call, &NAMES);
}

/* ---- UpdateCostAllocationTagsStatus ---- */

/* So many are active, and so many of the entries would be besides. */
static size_t count_active(const struct emulator *emulator, const json_t *entries)
{
    const json_t *entry;
    const char *key;
    json_t *record;
    size_t n = 0;
    size_t i;

    json_object_foreach(json_object_get(emulator->money.costs, "tags"), key, record)
    {
        n += strcmp(status_of(emulator, key), "Active") == 0;
    }
    json_array_foreach(entries, i, entry)
    {
        key = json_string_value(json_object_get(entry, "TagKey"));
        n += strcmp(json_string_value(json_object_get(entry, "Status")), "Active") == 0 &&
             strcmp(status_of(emulator, key), "Active") != 0;
    }
    return n;
}

/* What was active already stays active since then. */
static int set_status(struct emulator *emulator, const char *key, const char *status,
                      int64_t since_us, int64_t now_us)
{
    json_t *record;

    if (strcmp(status_of(emulator, key), status) == 0 && record_of(emulator, key) != NULL)
        return EMU_OK;
    record = json_pack("{s:s, s:I, s:I}", "Status", status, "since", (json_int_t)since_us,
                       "updated", (json_int_t)now_us);
    return json_object_set_new(json_object_get(emulator->money.costs, "tags"), key, record) == 0
               ? EMU_OK
               : EMU_OUT_OF_MEMORY;
}

static bool is_there_twice(const json_t *entries)
{
    for (size_t i = 0; i < json_array_size(entries); i++)
        for (size_t j = 0; j < i; j++)
            if (json_equal(json_object_get(json_array_get(entries, i), "TagKey"),
                           json_object_get(json_array_get(entries, j), "TagKey")))
                return true;
    return false;
}

/* One of the entries; what is wrong with it is added to `errors`. */
static int update(struct emu_call *call, const json_t *entry, json_t *errors)
{
    const char *key = json_string_value(json_object_get(entry, "TagKey"));
    const char *status = json_string_value(json_object_get(entry, "Status"));
    int64_t now_us = call->request->now_us;
    int64_t last_us;

    if (emu_cost_tag_seen(call->emulator, key, now_us, &last_us))
        return set_status(call->emulator, key, status, now_us, now_us);
    return json_array_append_new(
               errors, json_pack("{s:s, s:s, s:s}", "TagKey", key, "Code",
                                 "TagKeysNotFoundException", "Message",
                                 "The tag key was not found: nothing is billed under it yet.")) == 0
               ? EMU_OK
               : EMU_OUT_OF_MEMORY;
}

void emu_cost_update_tags(struct emu_call *call)
{
    const json_t *entries = json_object_get(call->input, "CostAllocationTagsStatus");
    json_t *errors = json_array();
    int rc = errors != NULL ? EMU_OK : EMU_OUT_OF_MEMORY;
    const json_t *entry;
    size_t i;

    if (is_there_twice(entries)) {
        emu_reply_error(call->reply, "ValidationException", "A tag key is there twice.");
    } else if (count_active(call->emulator, entries) > MAX_ACTIVE) {
        emu_reply_error(call->reply, "LimitExceededException",
                        "There are %d active cost allocation tags at most.", MAX_ACTIVE);
    } else {
        json_array_foreach(entries, i, entry)
        {
            if (rc == EMU_OK)
                rc = update(call, entry, errors);
        }
        emu_reply_json(call->reply, 200,
                       rc == EMU_OK ? json_pack("{s:O}", "Errors", errors) : NULL);
    }
    json_decref(errors);
}

int emu_cost_tell_tag(struct emulator *emulator, const json_t *told, int64_t now_us,
                      struct emu_text *message)
{
    const char *key = json_string_value(json_object_get(told, "key"));
    const char *since = json_string_value(json_object_get(told, "activeSince"));
    int64_t since_us = 0;

    if (key == NULL || since == NULL || !emu_date_parse(since, &since_us)) {
        emu_text_puts(message, "A tag needs a key, and activeSince as YYYY-MM-DD.");
        return EMU_INVALID;
    }
    return set_status(emulator, key, "Active", since_us, now_us);
}

/* ---- GetTags ---- */

struct gathering {
    const struct emu_call *call;
    const char *key;    /* whose values are wanted; NULL: the keys are */
    const char *search; /* they contain this */
    json_t *found;      /* a set */
};

static int note(const struct gathering *gathering, const char *text)
{
    if (gathering->search != NULL && strstr(text, gathering->search) == NULL)
        return EMU_OK;
    return json_object_set_new(gathering->found, text, json_true()) == 0 ? EMU_OK
                                                                         : EMU_OUT_OF_MEMORY;
}

static int gather(struct emu_cost_line *line, void *data)
{
    const struct gathering *gathering = data;
    const struct emulator *emulator = gathering->call->emulator;
    int rc = EMU_OK;
    const char *key;
    json_t *value;

    if (!emu_cost_fits(emulator, line, json_object_get(gathering->call->input, "Filter")))
        return EMU_OK;
    if (gathering->key != NULL) {
        const char *text = emu_cost_tag(emulator, line, gathering->key);

        return note(gathering, text != NULL ? text : "");
    }
    json_object_foreach(json_object_get(line->use->user, "tags"), key, value)
    {
        if (rc == EMU_OK && emu_cost_tag(emulator, line, key) != NULL)
            rc = note(gathering, key);
    }
    return rc;
}

static void answer_found(struct emu_call *call, json_t *found)
{
    static const struct emu_page_names NAMES = {
        "Tags", "NextPageToken", "MaxResults", 1000, "InvalidNextTokenException", true};
    struct emu_pages pages;
    const char *key;
    json_t *value;

    emu_pages_init(&pages);
    json_object_foreach(found, key, value)
    {
        emu_pages_add(&pages, key, json_string(key));
    }
    emu_pages_answer(&pages, call, &NAMES);
}

void emu_cost_get_tags(struct emu_call *call)
{
    struct gathering gathering = {call, emu_call_string(call, "TagKey"),
                                  emu_call_string(call, "SearchString"), NULL};
    int64_t from_us;
    int64_t to_us;

    if (!emu_cost_period(call, &from_us, &to_us))
        return;
    gathering.found = json_object();
    if (gathering.found == NULL || emu_cost_walk(call->emulator, from_us, to_us,
                                                 call->request->now_us, gather, &gathering) < 0)
        emu_reply_out_of_memory(call->reply);
    else
        answer_found(call, gathering.found);
    json_decref(gathering.found);
}
