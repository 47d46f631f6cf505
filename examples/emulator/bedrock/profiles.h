/* The application inference profiles created here, with their tags.
 *
 * SPDX-License-Identifier: MIT
 */
#ifndef EMULATOR_PROFILES_H
#define EMULATOR_PROFILES_H

#include <jansson.h>
#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#define EMU_MAX_TAGS 50 /* of a profile */

struct emu_profile {
    uint64_t number;  /* grows with each profile created */
    json_t *detail;   /* as GetInferenceProfile answers it */
    json_t *tags;     /* an object */
    json_t *creation; /* CreateInferenceProfile's input */
    int64_t created_us;
    int64_t deleted_us;   /* 0: it is there; else it is only shown, until that has settled */
    int64_t tagged_us;    /* when its tags were last changed */
    json_t *settled_tags; /* what they were before the changes that have not settled */
};

struct emu_profiles {
    struct emu_profile *all; /* in order of creation */
    size_t count;
    uint64_t last_number;
};

/* By id or by ARN, in one Region; NULL if there is none. Valid until the next change. */
struct emu_profile *emu_profiles_find(const struct emu_profiles *profiles, const char *region,
                                      const char *identifier);

/* The same of those that were deleted as well. */
struct emu_profile *emu_profiles_find_any(const struct emu_profiles *profiles, const char *region,
                                          const char *identifier);

/* The one created with this client token, or NULL. */
struct emu_profile *emu_profiles_find_token(const struct emu_profiles *profiles, const char *region,
                                            const char *token);

/* Takes over all three values. NULL if out of memory. */
struct emu_profile *emu_profiles_add(struct emu_profiles *profiles, json_t *detail, json_t *tags,
                                     json_t *creation, int64_t now_us);

/* Frees those that were deleted at that moment or before. */
void emu_profiles_sweep(struct emu_profiles *profiles, int64_t settled_us);

/* Those that are there. */
size_t emu_profiles_count(const struct emu_profiles *profiles, const char *region);

void emu_profiles_free(struct emu_profiles *profiles);

const char *emu_profile_arn(const struct emu_profile *profile);
const char *emu_profile_name(const struct emu_profile *profile);

/* True if the profile was created in that Region. */
bool emu_profile_is_in(const struct emu_profile *profile, const char *region);

#endif
