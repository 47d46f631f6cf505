/* Plans of what one profile says by itself, without the role that it may ask for.
 * SPDX-License-Identifier: MIT */
#ifndef BRC__PROFILE_PLAN_H
#define BRC__PROFILE_PLAN_H

#include "plan.h"

/* Web identity: as the environment says, where it is to be asked, else as the profile does. */
void brc__plan_web_identity(struct brc__planner *planner, const char *profile, bool ask_environment,
                            struct brc__plan *plan);

void brc__plan_sso(struct brc__planner *planner, const char *profile, struct brc__plan *plan);

/* The keys that one of the files has for the profile. */
void brc__plan_file_keys(struct brc__planner *planner, const char *profile,
                         enum brc__shared_file which, struct brc__plan *plan);

void brc__plan_process(struct brc__planner *planner, const char *profile, struct brc__plan *plan);

/* Absent or broken: these sessions are not served. */
void brc__plan_login(struct brc__planner *planner, const char *profile, struct brc__plan *plan);

#endif
