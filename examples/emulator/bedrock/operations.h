/* The operations of Amazon Bedrock that the emulator answers, and what they share.
 *
 * SPDX-License-Identifier: MIT
 */
#ifndef EMULATOR_OPERATIONS_H
#define EMULATOR_OPERATIONS_H

#include "call.h"

extern const struct emu_shape EMU_SHAPE_CONVERSE;
extern const struct emu_shape EMU_SHAPE_CONVERSE_STREAM;
extern const struct emu_shape EMU_SHAPE_COUNT_TOKENS;
extern const struct emu_shape EMU_SHAPE_LIST_MODELS;
extern const struct emu_shape EMU_SHAPE_ONE_MODEL;
extern const struct emu_shape EMU_SHAPE_CREATE_PROFILE;
extern const struct emu_shape EMU_SHAPE_ONE_PROFILE;
extern const struct emu_shape EMU_SHAPE_LIST_PROFILES;
extern const struct emu_shape EMU_SHAPE_TAG;
extern const struct emu_shape EMU_SHAPE_UNTAG;
extern const struct emu_shape EMU_SHAPE_LIST_TAGS;
extern const struct emu_shape EMU_SHAPE_LOGGING;
extern const struct emu_shape EMU_SHAPE_NOTHING;

void emu_converse(struct emu_call *call);
void emu_converse_stream(struct emu_call *call);
void emu_count_tokens(struct emu_call *call);
void emu_list_foundation_models(struct emu_call *call);
void emu_get_foundation_model(struct emu_call *call);
void emu_create_inference_profile(struct emu_call *call);
void emu_get_inference_profile(struct emu_call *call);
void emu_list_inference_profiles(struct emu_call *call);
void emu_delete_inference_profile(struct emu_call *call);
void emu_tag_resource(struct emu_call *call);
void emu_untag_resource(struct emu_call *call);
void emu_list_tags_for_resource(struct emu_call *call);
void emu_put_logging(struct emu_call *call);
void emu_get_logging(struct emu_call *call);
void emu_delete_logging(struct emu_call *call);

/* Who a model is called through: an application profile, or (profile NULL) none that has tags. */
struct emu_target {
    const struct emu_profile *profile;
    const char *id; /* what the bill says: the profile's ARN, or the modelId as it came */
};

/* The target that the member modelId names. False: an error is answered. */
bool emu_find_target(struct emu_call *call, struct emu_target *target);

/* True: the messages break a rule, and the error is answered. */
bool emu_refuse_conversation(const json_t *messages, struct emu_reply *reply);

/* The profile that an id or ARN names. NULL: it is one of AWS's, and *ret_system_detail is its
 * detail, to be released; or that is NULL as well, and an error is answered. */
struct emu_profile *emu_find_profile(struct emu_call *call, const char *identifier,
                                     json_t **ret_system_detail);

/* The same for reads, to which a profile is missing until it has settled. */
struct emu_profile *emu_read_profile(struct emu_call *call, const char *identifier,
                                     json_t **ret_system_detail);

/* Puts a TagList's tags into the object `tags`. False: it broke a rule, and the error (about
 * `resource`) is answered. */
bool emu_tags_merge(json_t *tags, const json_t *list, const char *resource,
                    struct emu_reply *reply);

#endif
