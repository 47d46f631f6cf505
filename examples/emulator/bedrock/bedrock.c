/* The control plane: foundation models, inference profiles and their tags, the logging
 * of invocations.
 *
 * SPDX-License-Identifier: MIT
 */
#include "operations.h"
#include "service.h"

static const struct emu_operation OPERATIONS[] = {
    EMU_REST(
        "ListFoundationModels", "GET", EMU_STRINGS("foundation-models"),
        EMU_STRINGS("byProvider", "byCustomizationType", "byOutputModality", "byInferenceType"),
        EMU_SHAPE_LIST_MODELS, NULL, emu_list_foundation_models),
    EMU_REST("GetFoundationModel", "GET", EMU_STRINGS("foundation-models", "{modelIdentifier}"),
             EMU_NO_STRINGS, EMU_SHAPE_ONE_MODEL, "modelIdentifier", emu_get_foundation_model),
    EMU_REST("CreateInferenceProfile", "POST", EMU_STRINGS("inference-profiles"), EMU_NO_STRINGS,
             EMU_SHAPE_CREATE_PROFILE, NULL, emu_create_inference_profile),
    EMU_REST("GetInferenceProfile", "GET",
             EMU_STRINGS("inference-profiles", "{inferenceProfileIdentifier}"), EMU_NO_STRINGS,
             EMU_SHAPE_ONE_PROFILE, "inferenceProfileIdentifier", emu_get_inference_profile),
    EMU_REST("ListInferenceProfiles", "GET", EMU_STRINGS("inference-profiles"),
             EMU_STRINGS("maxResults", "nextToken", "type"), EMU_SHAPE_LIST_PROFILES, NULL,
             emu_list_inference_profiles),
    EMU_REST("DeleteInferenceProfile", "DELETE",
             EMU_STRINGS("inference-profiles", "{inferenceProfileIdentifier}"), EMU_NO_STRINGS,
             EMU_SHAPE_ONE_PROFILE, "inferenceProfileIdentifier", emu_delete_inference_profile),
    EMU_REST("TagResource", "POST", EMU_STRINGS("tagResource"), EMU_NO_STRINGS, EMU_SHAPE_TAG,
             "resourceARN", emu_tag_resource),
    EMU_REST("UntagResource", "POST", EMU_STRINGS("untagResource"), EMU_NO_STRINGS, EMU_SHAPE_UNTAG,
             "resourceARN", emu_untag_resource),
    EMU_REST("ListTagsForResource", "POST", EMU_STRINGS("listTagsForResource"), EMU_NO_STRINGS,
             EMU_SHAPE_LIST_TAGS, "resourceARN", emu_list_tags_for_resource),
    EMU_REST("PutModelInvocationLoggingConfiguration", "PUT",
             EMU_STRINGS("logging", "modelinvocations"), EMU_NO_STRINGS, EMU_SHAPE_LOGGING, NULL,
             emu_put_logging),
    EMU_REST("GetModelInvocationLoggingConfiguration", "GET",
             EMU_STRINGS("logging", "modelinvocations"), EMU_NO_STRINGS, EMU_SHAPE_NOTHING, NULL,
             emu_get_logging),
    EMU_REST("DeleteModelInvocationLoggingConfiguration", "DELETE",
             EMU_STRINGS("logging", "modelinvocations"), EMU_NO_STRINGS, EMU_SHAPE_NOTHING, NULL,
             emu_delete_logging),
    {0},
};

const struct emu_service EMU_BEDROCK = {
    .name = "bedrock",
    .signing_name = "bedrock",
    .protocol = EMU_REST_JSON,
    .operations = OPERATIONS,
};
