/* Inputs of the control plane's operations.
 *
 * SPDX-License-Identifier: MIT
 */
#include "operations.h"
#include "patterns.h"
#include "shape_macros.h"

static const struct emu_shape PROFILE_NAME = {
    .kind = EMU_STRING, .min = 1, .max = 64, .pattern = &EMU_PATTERN_PROFILE_NAME};
static const struct emu_shape DESCRIPTION = {
    .kind = EMU_STRING, .min = 1, .max = 200, .pattern = &EMU_PATTERN_DESCRIPTION};
static const struct emu_shape CLIENT_TOKEN = {
    .kind = EMU_STRING, .min = 1, .max = 256, .pattern = &EMU_PATTERN_CLIENT_TOKEN};
static const struct emu_shape SOURCE_ARN = {
    .kind = EMU_STRING, .min = 1, .max = 2048, .pattern = &EMU_PATTERN_MODEL_SOURCE};
static const struct emu_shape IDENTIFIER = {
    .kind = EMU_STRING, .min = 1, .max = 2048, .pattern = &EMU_PATTERN_PROFILE_IDENTIFIER};
static const struct emu_shape MAX_RESULTS = {.kind = EMU_INTEGER, .min = 1, .max = 1000};
static const struct emu_shape PAGE_TOKEN = {
    .kind = EMU_STRING, .min = 1, .max = 2048, .pattern = &EMU_PATTERN_NO_SPACE};
static const struct emu_shape PROFILE_TYPE = ENUM("SYSTEM_DEFINED", "APPLICATION");
static const struct emu_shape RESOURCE_ARN = {
    .kind = EMU_STRING, .min = 20, .max = 1011, .pattern = &EMU_PATTERN_TAGGABLE};
static const struct emu_shape TAG_KEY = {
    .kind = EMU_STRING, .min = 1, .max = 128, .pattern = &EMU_PATTERN_TAG};
static const struct emu_shape TAG_VALUE = {
    .kind = EMU_STRING, .max = 256, .pattern = &EMU_PATTERN_TAG};
static const struct emu_shape PROVIDER = {.kind = EMU_STRING, .pattern = &EMU_PATTERN_PROVIDER};
static const struct emu_shape CUSTOMIZATION =
    ENUM("FINE_TUNING", "CONTINUED_PRE_TRAINING", "DISTILLATION");
static const struct emu_shape MODALITY = ENUM("TEXT", "IMAGE", "EMBEDDING");
static const struct emu_shape INFERENCE_TYPE = ENUM("ON_DEMAND", "PROVISIONED");

static const struct emu_shape MODEL = {
    .kind = EMU_STRING, .min = 1, .max = 2048, .pattern = &EMU_PATTERN_FOUNDATION_MODEL};
static const struct emu_shape LOG_GROUP = {.kind = EMU_STRING, .min = 1, .max = 512};
static const struct emu_shape ROLE = {
    .kind = EMU_STRING, .max = 2048, .pattern = &EMU_PATTERN_ROLE};
static const struct emu_shape BUCKET = {.kind = EMU_STRING, .min = 3, .max = 63};
static const struct emu_shape KEY_PREFIX = {.kind = EMU_STRING, .max = 1024};
static const struct emu_shape FLAG = {.kind = EMU_BOOLEAN};

static const struct emu_shape TAG =
    STRUCTURE(REQUIRED("key", TAG_KEY), REQUIRED("value", TAG_VALUE));
static const struct emu_shape TAG_LIST = {.kind = EMU_LIST, .max = 200, .member = &TAG};
static const struct emu_shape TAG_KEY_LIST = {.kind = EMU_LIST, .max = 200, .member = &TAG_KEY};
static const struct emu_shape MODEL_SOURCE = UNION(OPTIONAL("copyFrom", SOURCE_ARN));

const struct emu_shape EMU_SHAPE_CREATE_PROFILE =
    STRUCTURE(REQUIRED("inferenceProfileName", PROFILE_NAME), REQUIRED("modelSource", MODEL_SOURCE),
              OPTIONAL("description", DESCRIPTION), OPTIONAL("clientRequestToken", CLIENT_TOKEN),
              OPTIONAL("tags", TAG_LIST));

const struct emu_shape EMU_SHAPE_ONE_PROFILE =
    STRUCTURE(REQUIRED("inferenceProfileIdentifier", IDENTIFIER));

const struct emu_shape EMU_SHAPE_LIST_PROFILES =
    STRUCTURE(OPTIONAL("maxResults", MAX_RESULTS), OPTIONAL("nextToken", PAGE_TOKEN),
              OPTIONAL("type", PROFILE_TYPE));

const struct emu_shape EMU_SHAPE_TAG =
    STRUCTURE(REQUIRED("resourceARN", RESOURCE_ARN), REQUIRED("tags", TAG_LIST));

const struct emu_shape EMU_SHAPE_UNTAG =
    STRUCTURE(REQUIRED("resourceARN", RESOURCE_ARN), REQUIRED("tagKeys", TAG_KEY_LIST));

const struct emu_shape EMU_SHAPE_LIST_TAGS = STRUCTURE(REQUIRED("resourceARN", RESOURCE_ARN));

const struct emu_shape EMU_SHAPE_LIST_MODELS =
    STRUCTURE(OPTIONAL("byProvider", PROVIDER), OPTIONAL("byCustomizationType", CUSTOMIZATION),
              OPTIONAL("byOutputModality", MODALITY), OPTIONAL("byInferenceType", INFERENCE_TYPE));

const struct emu_shape EMU_SHAPE_ONE_MODEL = STRUCTURE(REQUIRED("modelIdentifier", MODEL));

/* ---- the logging of invocations ---- */

static const struct emu_shape S3 =
    STRUCTURE(REQUIRED("bucketName", BUCKET), OPTIONAL("keyPrefix", KEY_PREFIX));
static const struct emu_shape CLOUDWATCH =
    STRUCTURE(REQUIRED("logGroupName", LOG_GROUP), REQUIRED("roleArn", ROLE),
              OPTIONAL("largeDataDeliveryS3Config", S3));
static const struct emu_shape LOGGING_CONFIG = STRUCTURE(
    OPTIONAL("cloudWatchConfig", CLOUDWATCH), OPTIONAL("s3Config", S3),
    OPTIONAL("textDataDeliveryEnabled", FLAG), OPTIONAL("imageDataDeliveryEnabled", FLAG),
    OPTIONAL("embeddingDataDeliveryEnabled", FLAG), OPTIONAL("videoDataDeliveryEnabled", FLAG),
    OPTIONAL("audioDataDeliveryEnabled", FLAG));

const struct emu_shape EMU_SHAPE_LOGGING = STRUCTURE(REQUIRED("loggingConfig", LOGGING_CONFIG));
const struct emu_shape EMU_SHAPE_NOTHING = {.kind = EMU_STRUCTURE, .fields = FIELDS{{0}}};
