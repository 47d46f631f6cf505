/* A question through each profile, and what its usage record says. SPDX-License-Identifier: MIT */
#include "verify.h"

#include <errno.h>
#include <inttypes.h>
#include <stdio.h>
#include <string.h>
#include <unistd.h>

enum {
    CALL_TOKENS = 16, /* that an answer may have */
    MONEY = 32
};

static const char question[] = "Answer with one word: are you there?";

/* What the record of the last attempt says. */
struct record {
    int64_t input, output, cost;
    bool reported;
    char degraded[CELL]; /* the profile that a budget sent it through instead, or "" */
};

static void take_record(const brc_usage *usage, void *user_data)
{
    struct record *record = user_data;
    const char *asked = brc_usage_text(usage, BRC_USAGE_ASKED_PROFILE_ARN);
    const char *name = brc_usage_text(usage, BRC_USAGE_PROFILE_NAME);

    record->input = brc_usage_int(usage, BRC_USAGE_INPUT_TOKENS);
    record->output = brc_usage_int(usage, BRC_USAGE_OUTPUT_TOKENS);
    record->cost = brc_usage_int(usage, BRC_USAGE_COST);
    record->reported = brc_usage_int(usage, BRC_USAGE_OUTCOME) == BRC_OUTCOME_REPORTED;
    snprintf(record->degraded, sizeof record->degraded, "%s",
             asked == NULL  ? ""
             : name != NULL ? name
                            : arn_id(brc_usage_text(usage, BRC_USAGE_PROFILE_ARN)));
}

static int ask(brc_client *client, const char *arn)
{
    brc_request *request;
    brc_result *result = NULL;

    int rc = brc_request_new(arn, &request);
    if (rc == 0)
        rc = brc_request_add_text(request, "user", question, strlen(question));
    if (rc == 0)
        rc = brc_request_set_max_tokens(request, CALL_TOKENS, 1);
    if (rc == 0)
        rc = brc_converse(client, request, &result);
    brc_result_free(result);
    brc_request_free(request);
    return rc;
}

/* Returns ret_text: ", 0.000125 USD"; "" if the cost is not known. */
static const char *cost_text(int64_t picodollars, char ret_text[MONEY + 8])
{
    char usd[MONEY];

    ret_text[0] = '\0';
    if (brc_money_format(picodollars, usd, sizeof usd) > 0)
        snprintf(ret_text, MONEY + 8, ", %s USD", usd);
    return ret_text;
}

static void check_call(struct checklist *list, struct cloud *cloud, const char *alias,
                       const char *arn, struct record *record)
{
    char cost[MONEY + 8];

    *record = (struct record){.cost = -1};
    cloud->service = "bedrock-runtime";
    snprintf(cloud->operation, sizeof cloud->operation, "Converse");
    cloud->code = ask(cloud->client, arn);
    if (cloud->code < 0)
        check_call_failed(list, cloud, "call", alias);
    else if (!record->reported)
        check(list, CHECK_FAIL, "call", alias, "profiles verify",
              "the answer came without its usage");
    else if (*record->degraded != '\0')
        check(list, CHECK_NOT_YET, "call", alias,
              "run it again with --ledger '', or when it resets",
              "a budget sent it through %s: this profile itself was not asked", record->degraded);
    else
        check(list, CHECK_PASS, "call", alias, NULL,
              "answered: %" PRId64 " tokens in, %" PRId64 " out%s", record->input, record->output,
              cost_text(record->cost, cost));
}

/* The ledger has to be there: one made by a slip of the pen would have no budgets. */
static bool open_ledger(struct checklist *list, brc_ledger **ret_ledger)
{
    const char *path = list->profiles->ledger;
    char why[1024] = "";
    int rc = 0;

    *ret_ledger = NULL;
    if (path == NULL || *path == '\0')
        return true;
    if (access(path, F_OK) < 0)
        snprintf(why, sizeof why, "%s: %s", path, strerror(errno));
    else if ((rc = brc_ledger_open(path, ret_ledger)) < 0 &&
             (*ret_ledger == NULL || brc_ledger_error(*ret_ledger, why, sizeof why) <= 0))
        snprintf(why, sizeof why, "%s: %s", path, brc_strerror(rc));
    if (*why == '\0')
        return true;
    check(list, CHECK_FAIL, "call", "", "correct --ledger; `budget settings` makes one",
          "the ledger cannot be opened: %s", why);
    return false;
}

/* A client that has made no call yet takes a ledger: so the calls are booked, and budgets hold. */
static bool prepare(struct checklist *list, struct cloud *cloud, struct record *record,
                    brc_ledger *ledger)
{
    if (cloud_open(cloud, list->state.declaration.region) != DONE)
        return false;
    int rc = brc_client_set_usage(cloud->client, take_record, record, NULL);
    if (rc == 0 && ledger != NULL)
        rc = brc_client_set_ledger(cloud->client, ledger);
    if (rc < 0)
        check(list, CHECK_FAIL, "call", "", NULL, "%s", brc_client_error(cloud->client));
    return rc == 0;
}

void check_calls(struct checklist *list)
{
    struct cloud cloud = {.client = NULL};
    brc_ledger *ledger = NULL;
    struct record record;

    bool ready =
        !list->no_call && open_ledger(list, &ledger) && prepare(list, &cloud, &record, ledger);
    for (size_t i = 0; ready && i < list->state.declaration.count; i++) {
        const struct wanted *wanted = &list->state.declaration.wanted[i];
        const struct existing *existing = checked_profile(list, wanted);
        if (existing != NULL)
            check_call(list, &cloud, wanted->alias, existing->arn, &record);
    }
    cloud_close(&cloud);
    brc_ledger_free(ledger);
}
