/* The entries of the meter. Those of one user share what is told about it; it is told anew when its
 * tags have changed, because what was used before stays under the tags of then.
 *
 * SPDX-License-Identifier: MIT
 */
#include "meter.h"
#include "operations.h"
#include "system_profiles.h"

#include <stdlib.h>
#include <string.h>

#define FIRST_SIZE 64

int emu_meter_init(struct emu_meter *meter)
{
    *meter = (struct emu_meter){.users = json_object()};
    return meter->users != NULL ? EMU_OK : EMU_OUT_OF_MEMORY;
}

void emu_meter_free(struct emu_meter *meter)
{
    for (size_t i = 0; i < meter->count; i++)
        json_decref(meter->all[i].user);
    free(meter->all);
    json_decref(meter->users);
    *meter = (struct emu_meter){0};
}

static int make_room(struct emu_meter *meter)
{
    size_t size = meter->size > 0 ? meter->size * 2 : FIRST_SIZE;
    struct emu_use *all;

    if (meter->count < meter->size)
        return EMU_OK;
    all = realloc(meter->all, size * sizeof(*all));
    if (all == NULL)
        return EMU_OUT_OF_MEMORY;
    meter->all = all;
    meter->size = size;
    return EMU_OK;
}

/* ---- through whom ---- */

static const char *after_slash(const char *id)
{
    const char *slash = strrchr(id, '/');

    return slash != NULL ? slash + 1 : id;
}

static bool is_everywhere(const char *model_arn)
{
    return strstr(model_arn, ":bedrock:::") != NULL;
}

/* The models behind a target: those of its profile, or of AWS's, or NULL: it is a model itself. */
static int find_models(const char *region, const struct emu_target *target, json_t **ret_models)
{
    json_t *detail;
    int rc;

    *ret_models = NULL;
    if (target->profile != NULL) {
        *ret_models = json_incref(json_object_get(target->profile->detail, "models"));
        return EMU_OK;
    }
    rc = emu_system_profile_get(target->id, region, &detail);
    if (rc == EMU_OK && detail != NULL)
        *ret_models = json_incref(json_object_get(detail, "models"));
    json_decref(detail);
    return rc;
}

static json_t *new_user(const char *region, const struct emu_target *target, const json_t *models)
{
    const char *model = target->id;
    bool global = false;
    const json_t *one;
    size_t i;

    json_array_foreach(models, i, one)
    {
        model = json_string_value(json_object_get(one, "modelArn"));
        global = global || is_everywhere(model);
    }
    return json_pack("{s:s, s:s, s:s, s:s, s:b, s:o}", "region", region, "target", target->id, "id",
                     after_slash(target->id), "model", after_slash(model), "global", global, "tags",
                     target->profile != NULL ? json_deep_copy(target->profile->tags)
                                             : json_object());
}

/* Borrowed from `users`; NULL if out of memory. */
static json_t *find_user(struct emu_meter *meter, const char *region,
                         const struct emu_target *target)
{
    emu_auto_text key = {0};
    json_t *models;
    json_t *user;

    emu_text_printf(&key, "%s %s", region, target->id);
    if (key.failed)
        return NULL;
    user = json_object_get(meter->users, key.data);
    if (user != NULL && (target->profile == NULL ||
                         json_equal(json_object_get(user, "tags"), target->profile->tags)))
        return user;
    if (find_models(region, target, &models) < 0)
        return NULL;
    user = new_user(region, target, models);
    json_decref(models);
    return json_object_set_new(meter->users, key.data, user) == 0 ? user : NULL;
}

/* ---- booking ---- */

int emu_meter_add(struct emulator *emulator, const char *region, const struct emu_target *target,
                  const struct emu_metered *metered)
{
    struct emu_meter *meter = &emulator->money.meter;
    const struct emu_profile *profile = target->profile;
    json_t *user = NULL;
    int rc = make_room(meter);

    if (rc == EMU_OK)
        user = find_user(meter, region, target);
    if (user == NULL)
        return EMU_OUT_OF_MEMORY;
    rc =
        emu_bill_add(emulator->bill, target->id, profile != NULL ? emu_profile_name(profile) : NULL,
                     profile != NULL ? profile->tags : NULL, metered->calls, &metered->usage);
    if (rc == EMU_OK)
        meter->all[meter->count++] = (struct emu_use){json_incref(user), *metered};
    return rc;
}

int emu_meter_call(struct emu_call *call, const struct emu_target *target,
                   const struct emu_usage *usage, int64_t latency_ms)
{
    return emu_meter_add(call->emulator, call->region, target,
                         &(struct emu_metered){.usage = *usage,
                                               .calls = 1,
                                               .latency_ms = latency_ms,
                                               .at_us = call->request->now_us,
                                               .now_us = call->request->now_us});
}
