/* Plans of what a program finds around it: keys in its environment, the agent of its container, the
 * metadata service of its machine. SPDX-License-Identifier: MIT */
#ifndef BRC__MACHINE_PLAN_H
#define BRC__MACHINE_PLAN_H

#include "plan.h"

void brc__plan_environment(struct brc__planner *planner, struct brc__plan *plan);
void brc__plan_container(struct brc__planner *planner, struct brc__plan *plan);
void brc__plan_imds(struct brc__planner *planner, struct brc__plan *plan);

#endif
