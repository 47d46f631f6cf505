/* The inference profiles AWS defines: a model, and the Regions a geography routes it to.
 *
 * SPDX-License-Identifier: MIT
 */
#ifndef EMULATOR_SYSTEM_PROFILES_H
#define EMULATOR_SYSTEM_PROFILES_H

#include <jansson.h>
#include <stdbool.h>
#include <stddef.h>

#include "slice.h"
#include "status.h"

/* Any model under a geography's prefix counts as one: the profile of `identifier` (id or ARN) as
 * GetInferenceProfile answers it, in a Region of that geography. *ret_detail is NULL if there is
 * none. EMU_OUT_OF_MEMORY or 0. */
int emu_system_profile_get(const char *identifier, const char *region, json_t **ret_detail);

/* The ids listed, NULL after the last; not all of them exist in every Region. */
const char *emu_system_profile_id(size_t index);

/* True if a profile of this id can be called from the Region. */
bool emu_system_profile_is_in(const char *id, const char *region);

/* True for ids like vendor.model-name. Any will do as a model. */
bool emu_is_model_id(struct emu_slice id);

/* True for the ARN of a model in this Region. */
bool emu_is_model_arn(const char *arn, const char *region);

/* True if ListFoundationModels has it; in foundation_models.c. */
bool emu_is_listed_model(const char *id);

#endif
