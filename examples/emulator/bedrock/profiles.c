/* Application inference profiles: those of all Regions in one array.
 *
 * SPDX-License-Identifier: MIT
 */
#include "profiles.h"
#include "arn.h"

#include <stdlib.h>
#include <string.h>

static const char *detail_string(const struct emu_profile *profile, const char *member)
{
    return json_string_value(json_object_get(profile->detail, member));
}

const char *emu_profile_arn(const struct emu_profile *profile)
{
    return detail_string(profile, "inferenceProfileArn");
}

const char *emu_profile_name(const struct emu_profile *profile)
{
    return detail_string(profile, "inferenceProfileName");
}

bool emu_profile_is_in(const struct emu_profile *profile, const char *region)
{
    const char *text = emu_profile_arn(profile);
    struct emu_arn arn;

    return emu_arn_parse(&arn, emu_slice_of(text)) && emu_slice_is(arn.region, region);
}

struct emu_profile *emu_profiles_find_any(const struct emu_profiles *profiles, const char *region,
                                          const char *identifier)
{
    for (size_t i = 0; i < profiles->count; i++) {
        struct emu_profile *profile = &profiles->all[i];

        if ((strcmp(emu_profile_arn(profile), identifier) == 0 ||
             strcmp(detail_string(profile, "inferenceProfileId"), identifier) == 0) &&
            emu_profile_is_in(profile, region))
            return profile;
    }
    return NULL;
}

struct emu_profile *emu_profiles_find(const struct emu_profiles *profiles, const char *region,
                                      const char *identifier)
{
    struct emu_profile *profile = emu_profiles_find_any(profiles, region, identifier);

    return profile != NULL && profile->deleted_us == 0 ? profile : NULL;
}

struct emu_profile *emu_profiles_find_token(const struct emu_profiles *profiles, const char *region,
                                            const char *token)
{
    for (size_t i = 0; i < profiles->count; i++) {
        struct emu_profile *profile = &profiles->all[i];
        const char *its =
            json_string_value(json_object_get(profile->creation, "clientRequestToken"));

        if (its != NULL && strcmp(its, token) == 0 && profile->deleted_us == 0 &&
            emu_profile_is_in(profile, region))
            return profile;
    }
    return NULL;
}

static void release(struct emu_profile *profile)
{
    json_decref(profile->detail);
    json_decref(profile->tags);
    json_decref(profile->creation);
    json_decref(profile->settled_tags);
}

struct emu_profile *emu_profiles_add(struct emu_profiles *profiles, json_t *detail, json_t *tags,
                                     json_t *creation, int64_t now_us)
{
    struct emu_profile profile = {
        .number = profiles->last_number + 1,
        .detail = detail,
        .tags = tags,
        .creation = creation,
        .created_us = now_us,
        .tagged_us = now_us,
        .settled_tags = json_object(),
    };
    struct emu_profile *all = NULL;

    if (detail != NULL && tags != NULL && creation != NULL && profile.settled_tags != NULL)
        all = realloc(profiles->all, (profiles->count + 1) * sizeof(*all));
    if (all == NULL) {
        release(&profile);
        return NULL;
    }
    profiles->all = all;
    profiles->last_number++;
    all[profiles->count] = profile;
    return &all[profiles->count++];
}

void emu_profiles_sweep(struct emu_profiles *profiles, int64_t settled_us)
{
    size_t kept = 0;

    for (size_t i = 0; i < profiles->count; i++) {
        struct emu_profile *profile = &profiles->all[i];

        if (profile->deleted_us != 0 && profile->deleted_us <= settled_us)
            release(profile);
        else
            profiles->all[kept++] = *profile;
    }
    profiles->count = kept;
}

size_t emu_profiles_count(const struct emu_profiles *profiles, const char *region)
{
    size_t n = 0;

    for (size_t i = 0; i < profiles->count; i++)
        n += profiles->all[i].deleted_us == 0 && emu_profile_is_in(&profiles->all[i], region);
    return n;
}

void emu_profiles_free(struct emu_profiles *profiles)
{
    for (size_t i = 0; i < profiles->count; i++)
        release(&profiles->all[i]);
    free(profiles->all);
    *profiles = (struct emu_profiles){0};
}
