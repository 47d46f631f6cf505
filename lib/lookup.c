/* SPDX-License-Identifier: MIT */
#include "lookup.h"
#include "account.h"
#include "arn.h"
#include "aws_call.h"
#include "clock.h"

#include <stdio.h>

enum {
    AT_ONCE_MAX = 8 /* their errands wait for no turn */
};

struct brc__lookup {
    struct brc__lookup *next;
    enum {
        WAITS,        /* for its turn */
        ASKS_PROFILE, /* GetInferenceProfile is under way */
        ASKS_TAGS,    /* ListTagsForResource is */
        PUTS,         /* both were answered */
        ENDED
    } step;
    char *profile, *tags; /* the answers */
    int code;
    struct brc__error *error; /* NULL for want of memory, or without a failure */
    char arn[];
};

/* The client's own limits are for models, which may take a quarter of an hour. */
static const struct brc__limits limits = {5 * 1000, 30 * 1000, 3};

static struct brc__lookup *find(const brc_client *client, const char *arn)
{
    struct brc__lookup *lookup = client->lookups;

    while (lookup != NULL && strcmp(lookup->arn, arn) != 0)
        lookup = lookup->next;
    return lookup;
}

bool brc__lookup_is_under_way(const brc_client *client, const char *profile_arn)
{
    return find(client, profile_arn) != NULL;
}

int brc__lookup_begin(brc_client *client, const char *profile_arn)
{
    size_t n = strlen(profile_arn) + 1;

    if (find(client, profile_arn) != NULL)
        return BRC_OK;
    struct brc__lookup *lookup = calloc(1, sizeof *lookup + n);
    if (lookup == NULL)
        return brc__error_set(&client->error, BRC_E_NOMEM, "%s", brc_strerror(BRC_E_NOMEM));
    memcpy(lookup->arn, profile_arn, n);
    lookup->next = client->lookups;
    client->lookups = lookup;
    return BRC_OK;
}

static void free_lookup(struct brc__lookup *lookup)
{
    free(lookup->profile);
    free(lookup->tags);
    free(lookup->error);
    free(lookup);
}

/* ---- its steps */

static void end(brc_client *client, struct brc__lookup *lookup, int code, const char *doing)
{
    char why[640];

    lookup->step = ENDED;
    lookup->code = code;
    if (code == 0)
        return;
    snprintf(why, sizeof why, "%.*s", (int)sizeof why - 1, client->error.text);
    snprintf(client->error.text, sizeof client->error.text,
             "the ledger does not know the profile %s, and %s failed: %s", lookup->arn, doing, why);
    lookup->error = malloc(sizeof *lookup->error);
    if (lookup->error != NULL)
        *lookup->error = client->error;
}

static const char *name_of(const struct brc__lookup *lookup)
{
    return lookup->step == ASKS_TAGS ? "ListTagsForResource" : "GetInferenceProfile";
}

static void ask(brc_client *client, struct brc__lookup *lookup);

static void on_answer(brc_client *client, struct brc__errand *errand, void *user_data)
{
    struct brc__lookup *lookup = user_data;
    char **answer = lookup->step == ASKS_TAGS ? &lookup->tags : &lookup->profile;

    if (errand->call.code < 0) {
        end(client, lookup, errand->call.code, name_of(lookup));
        return;
    }
    *answer = brc__buf_steal(&errand->answer);
    lookup->step++;
    if (lookup->step == ASKS_TAGS)
        ask(client, lookup);
}

static int make_profile_errand(brc_client *client, const char *arn, const char *region,
                               struct brc__errand **ret_errand)
{
    brc__auto_buf struct brc__buf operation = BRC__BUF(BRC__CEILING_URL);

    brc__buf_text(&operation, "GET /inference-profiles/");
    brc__buf_append_encoded(&operation, arn, strlen(arn));
    if (operation.status < 0)
        return brc__error_set(&client->error, operation.status, "%s",
                              brc_strerror(operation.status));
    return brc__aws_errand(client, "bedrock", region, operation.data, NULL, ret_errand);
}

static int make_tags_errand(brc_client *client, const char *arn, const char *region,
                            struct brc__errand **ret_errand)
{
    char json[BRC__ARN_LENGTH_MAX + 32];

    snprintf(json, sizeof json, "{\"resourceARN\":\"%s\"}", arn); /* an ARN has nothing to escape */
    return brc__aws_errand(client, "bedrock", region, "POST /listTagsForResource", json,
                           ret_errand);
}

/* Posts the errand of its step. */
static void ask(brc_client *client, struct brc__lookup *lookup)
{
    struct brc__errand *errand;
    struct brc__arn arn;
    char region[64];

    int rc = brc__arn_parse(lookup->arn, &arn);
    snprintf(region, sizeof region, "%.*s", rc < 0 ? 0 : (int)arn.region_length,
             rc < 0 ? "" : arn.region);
    rc = (lookup->step == ASKS_TAGS ? make_tags_errand : make_profile_errand)(client, lookup->arn,
                                                                              region, &errand);
    if (rc < 0) {
        end(client, lookup, rc, name_of(lookup));
        return;
    }
    errand->done = on_answer;
    errand->user_data = lookup;
    errand->call.limits = &limits;
    errand->call.urgent = true;
    brc__errand_post(client, errand);
}

static void put(brc_client *client, struct brc__lookup *lookup)
{
    int rc = brc__ledger_list(client->ledger, lookup->arn, lookup->profile, lookup->tags,
                              brc__account_wait_ms(client), &client->error);

    if (rc == BRC__LEDGER_BUSY)
        brc__account_note_busy(client);
    else
        end(client, lookup, rc, "noting it");
}

void brc__lookup_serve(brc_client *client)
{
    int at_once = 0;

    for (struct brc__lookup *lookup = client->lookups; lookup != NULL; lookup = lookup->next)
        at_once += lookup->step == ASKS_PROFILE || lookup->step == ASKS_TAGS;
    for (struct brc__lookup *lookup = client->lookups; lookup != NULL; lookup = lookup->next) {
        if (lookup->step == WAITS && at_once < AT_ONCE_MAX) {
            at_once++;
            lookup->step = ASKS_PROFILE;
            ask(client, lookup);
        }
        if (lookup->step == PUTS && brc__clock_steady_ms() >= client->ledger_due)
            put(client, lookup);
    }
}

/* ---- what the calls see of them */

bool brc__lookup_take_end(brc_client *client, char ret_arn[BRC__ARN_LENGTH_MAX + 1], int *ret_code)
{
    struct brc__lookup **place = &client->lookups;

    while (*place != NULL && (*place)->step != ENDED)
        place = &(*place)->next;
    struct brc__lookup *lookup = *place;
    if (lookup == NULL)
        return false;
    *place = lookup->next;
    *ret_code = lookup->code;
    if (lookup->error != NULL)
        client->error = *lookup->error;
    else if (lookup->code < 0)
        brc__error_set(&client->error, lookup->code, "%s", brc_strerror(lookup->code));
    snprintf(ret_arn, BRC__ARN_LENGTH_MAX + 1, "%s", lookup->arn);
    free_lookup(lookup);
    return true;
}

int64_t brc__lookup_due(const brc_client *client)
{
    int64_t due = INT64_MAX;

    for (const struct brc__lookup *lookup = client->lookups; lookup != NULL;
         lookup = lookup->next) {
        if (lookup->step == ENDED)
            return 0;
        if (lookup->step == PUTS && client->ledger_due < due)
            due = client->ledger_due;
    }
    return due;
}

void brc__lookups_free(brc_client *client)
{
    while (client->lookups != NULL) {
        struct brc__lookup *lookup = client->lookups;
        client->lookups = lookup->next;
        free_lookup(lookup);
    }
}
