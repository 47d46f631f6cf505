/* What the files of `budget mirror` share. SPDX-License-Identifier: MIT */
#ifndef BUDGET_MIRROR_H
#define BUDGET_MIRROR_H

#include "budget.h"
#include "cloud.h"

/* What there is to be at AWS, what there is, and the steps from one to the other. */
struct mirror {
    struct budget *budget;
    struct cloud cloud;
    char account[CLOUD_ACCOUNT], partition[CELL];
    const json_t *settings; /* the file */
    const char *prefix;     /* of the names of all that is made */
    json_t *budgets;        /* of the ledger */
    json_t *profiles;       /* of the ledger */
    json_t *steps;          /* see steps.c */
    json_t *notes;          /* sentences, about no single step */
    int64_t charged;        /* calls of Cost Explorer */
};

/* ---------------------------------------------------------------- settings.c */

/* The file, to be given up by the caller; NULL after it has said what is wrong. */
json_t *mirror_settings(const char *path);

/* Those who are told: [{"SubscriptionType", "Address"}], a new reference; of an empty array nobody.
 */
json_t *mirror_subscribers(const struct mirror *mirror);

/* The topic in this region; NULL: any. NULL if there is none. */
const char *mirror_topic(const struct mirror *mirror, const char *region);

/* ---------------------------------------------------------------- owner.c */

/* Whether budgets of this owner count what the profile spends. */
bool owner_covers(const json_t *owner, const json_t *profile);

/* Whether the owner is one profile, or a series of them: AWS's bill has neither. */
bool owner_is_of_profiles(const json_t *owner);

/* The tags that such an owner's profiles have in common and no other profile of the ledger has, as
 * few as it takes: a filter of AWS Budgets. NULL: there are none. */
json_t *owner_filter(const struct mirror *mirror, const json_t *owner);

/* One tag, as such a filter. */
json_t *owner_tag_filter(const char *key, const char *value);

/* ---------------------------------------------------------------- wanted.c */

/* The AWS budget for one of the ledger; NULL, and the reason, if AWS has no counterpart. */
json_t *mirror_budget(const struct mirror *mirror, const json_t *row, char ret_reason[2 * CELL]);

/* The one tag that its spend is found by, {"Key", "Values"}, borrowed from the result above; NULL
 * if it takes something else. */
const json_t *mirror_tag(const json_t *budget);
/* All tags that it is found by: an array of such objects. */
json_t *mirror_tags(const json_t *budget);

/* The percents at which a budget of the ledger tells: an array of notifications. */
json_t *mirror_notifications(const struct mirror *mirror, const json_t *row);

/* ---------------------------------------------------------------- steps.c
 *
 * A step is an object:
 *   {"action": "create", "kind": "budget", "name": "bedrockcost-search", "text": "...",
 *    "calls": [{"service": "budgets", "operation": "CreateBudget", "input": {...}}]}
 */

/* A new one at the end, borrowed. */
json_t *step_add(struct mirror *mirror, const char *action, const char *kind, const char *name);

/* Another fact or reason of it. */
__attribute__((format(printf, 2, 3))) void step_say(json_t *step, const char *format, ...);

/* Another call of it; the input is given up. A step that had none turns from "keep" to "change". */
void step_call(json_t *step, const char *service, const char *operation, json_t *input);
void step_call_in(json_t *step, const char *region, const char *service, const char *operation,
                  json_t *input);

__attribute__((format(printf, 2, 3))) void mirror_note(struct mirror *mirror, const char *format,
                                                       ...);

/* How many steps have calls; how many are not as they should be, which somebody may have to see to.
 */
size_t steps_calls(const struct mirror *mirror);
size_t steps_open(const struct mirror *mirror);

/* Prints all steps, and what they come to. */
void steps_show(const struct mirror *mirror);

/* Carries all of them out. DONE or FAILED. */
int steps_carry_out(struct mirror *mirror);

/* ---------------------------------------------------------------- lists.c */

/* Whether two lists have the same in them, in whatever order: objects, going by two members; texts.
 */
bool same_pairs(const json_t *a, const json_t *b, const char *member, const char *other_member);
bool same_texts(const json_t *a, const json_t *b);

/* ---------------------------------------------------------------- what plans
 *
 * Each appends the steps of its kind; DONE or FAILED. */

/* Without names: all. */
int mirror_plan_budgets(struct mirror *mirror, char **names, int count);
int mirror_plan_removal(struct mirror *mirror, char **names, int count);

/* The parts of a budget: `existing` is NULL for one that is to be made. */
int mirror_plan_notifications(struct mirror *mirror, json_t *step, const json_t *row,
                              const char *name);
int mirror_plan_action(struct mirror *mirror, const json_t *row, const char *name, bool exists);

/* An action that has attached its policy would leave it there: it takes it back first. */
void mirror_plan_reversal(const struct mirror *mirror, json_t *step, const char *budget,
                          const json_t *action);

int mirror_plan_anomalies(struct mirror *mirror);
int mirror_remove_anomalies(struct mirror *mirror);
int mirror_plan_alarms(struct mirror *mirror);
int mirror_remove_alarms(struct mirror *mirror);

/* What has to be there beforehand: topics, policies, roles, active tags. */
int mirror_check(struct mirror *mirror);

/* ---------------------------------------------------------------- calls.c */

/* What calls about a budget begin with: the account and its name. */
json_t *mirror_target(const struct mirror *mirror, const char *budget);

/* All of a list. `missing` is the type of an error that means that there is nothing. */
json_t *mirror_list(struct mirror *mirror, const struct pages *pages, json_t *input,
                    const char *missing);

/* Whether what has this ARN was made by this program. -1: FAILED. */
int mirror_is_ours(struct mirror *mirror, const char *region, const char *service, const char *arn);

#endif
