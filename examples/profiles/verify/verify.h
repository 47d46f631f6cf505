/* What the files of `profiles verify` share: the checklist. SPDX-License-Identifier: MIT */
#ifndef PROFILES_VERIFY_H
#define PROFILES_VERIFY_H

#include "profiles.h"

enum {
    CHECK_STATES = CHECK_BY_HAND + 1
};

struct checklist {
    struct profiles *profiles;
    struct state state;
    json_t *roles; /* "WHO=ARN" texts, or NULL */
    bool no_call, no_agents;
    size_t counts[CHECK_STATES];
};

/* One line of the checklist: what was checked, of whom ("" for all), what was found, and what to do
 * next or which command to type (NULL if there is nothing to do). */
__attribute__((format(printf, 6, 7))) void check(struct checklist *list, enum check_state state,
                                                 const char *what, const char *whom,
                                                 const char *next, const char *format, ...);

/* The line for a check that could not be made: the cloud's last call failed. */
void check_call_failed(struct checklist *list, const struct cloud *cloud, const char *what,
                       const char *whom);

/* The profile of AWS behind what the file wants, or NULL if there is none. */
const struct existing *checked_profile(const struct checklist *list, const struct wanted *wanted);

/* Each of these adds its lines. */
void check_profiles(struct checklist *list);   /* made, with model and tags */
void check_tag_policy(struct checklist *list); /* of the file, over what is there */
void check_agents(struct checklist *list);     /* on profiles, and their aliases as well */
void check_regions(struct checklist *list);    /* one for all */
void check_allocation(struct checklist *list); /* tags that split the bill */
void check_calls(struct checklist *list);      /* a question through each profile */
void check_roles(struct checklist *list);      /* what IAM lets through */
void check_logging(struct checklist *list);
void check_by_hand(struct checklist *list); /* what only a person can see */

#endif
