/* Inputs of IAM's operations.
 *
 * SPDX-License-Identifier: MIT
 */
#include "iam_operations.h"
#include "shape_macros.h"

#include <string.h>

/* ---- patterns ---- */

static bool match_name(struct emu_slice text)
{
    return text.len > 0 && emu_slice_only(text, ALPHANUMERIC "_+=,.@-");
}

static const struct emu_pattern NAME_PATTERN = {"[\\w+=,.@-]+", match_name};

static bool is_printed(struct emu_slice text)
{
    for (size_t i = 0; i < text.len; i++)
        if (text.s[i] < '!' || text.s[i] > '~')
            return false;
    return true;
}

static bool match_path(struct emu_slice text)
{
    return text.len > 0 && text.s[0] == '/' && text.s[text.len - 1] == '/' && is_printed(text);
}

static const struct emu_pattern PATH_PATTERN = {"(\\u002F)|(\\u002F[\\u0021-\\u007E]+\\u002F)",
                                                match_path};

static bool match_path_prefix(struct emu_slice text)
{
    return text.len > 0 && text.s[0] == '/' && is_printed(text);
}

static const struct emu_pattern PATH_PREFIX_PATTERN = {"\\u002F[\\u0021-\\u007F]*",
                                                       match_path_prefix};

/* ---- values ---- */

static const struct emu_shape ROLE_NAME = {
    .kind = EMU_STRING, .min = 1, .max = 64, .pattern = &NAME_PATTERN};
static const struct emu_shape POLICY_NAME = {
    .kind = EMU_STRING, .min = 1, .max = 128, .pattern = &NAME_PATTERN};
static const struct emu_shape PATH = {
    .kind = EMU_STRING, .min = 1, .max = 512, .pattern = &PATH_PATTERN};
static const struct emu_shape PATH_PREFIX = {
    .kind = EMU_STRING, .min = 1, .max = 512, .pattern = &PATH_PREFIX_PATTERN};
static const struct emu_shape ARN = {.kind = EMU_STRING, .min = 20, .max = 2048};
static const struct emu_shape DOCUMENT = {.kind = EMU_STRING, .min = 1, .max = 131072};
static const struct emu_shape DESCRIPTION = {.kind = EMU_STRING, .max = 1000};
static const struct emu_shape SESSION_SECONDS = {.kind = EMU_INTEGER, .min = 3600, .max = 43200};
static const struct emu_shape MAX_ITEMS = {.kind = EMU_INTEGER, .min = 1, .max = 1000};
static const struct emu_shape MARKER = {.kind = EMU_STRING, .min = 1};
static const struct emu_shape FLAG = {.kind = EMU_BOOLEAN};
static const struct emu_shape VERSION_ID = {.kind = EMU_STRING, .min = 1, .max = 21};
static const struct emu_shape SCOPE = ENUM("All", "AWS", "Local");
static const struct emu_shape USAGE = ENUM("PermissionsPolicy", "PermissionsBoundary");

static const struct emu_shape TAG_KEY = {.kind = EMU_STRING, .min = 1, .max = 128};
static const struct emu_shape TAG_VALUE = {.kind = EMU_STRING, .max = 256};
static const struct emu_shape TAG =
    STRUCTURE(REQUIRED("Key", TAG_KEY), REQUIRED("Value", TAG_VALUE));
static const struct emu_shape TAGS = {.kind = EMU_LIST, .max = 50, .member = &TAG};

/* ---- roles ---- */

const struct emu_shape EMU_SHAPE_IAM_CREATE_ROLE =
    STRUCTURE(OPTIONAL("Path", PATH), REQUIRED("RoleName", ROLE_NAME),
              REQUIRED("AssumeRolePolicyDocument", DOCUMENT), OPTIONAL("Description", DESCRIPTION),
              OPTIONAL("MaxSessionDuration", SESSION_SECONDS), OPTIONAL("PermissionsBoundary", ARN),
              OPTIONAL("Tags", TAGS));

const struct emu_shape EMU_SHAPE_IAM_ROLE = STRUCTURE(REQUIRED("RoleName", ROLE_NAME));

const struct emu_shape EMU_SHAPE_IAM_LIST_PATHS =
    STRUCTURE(OPTIONAL("PathPrefix", PATH_PREFIX), OPTIONAL("Marker", MARKER),
              OPTIONAL("MaxItems", MAX_ITEMS));

const struct emu_shape EMU_SHAPE_IAM_PUT_ROLE_POLICY =
    STRUCTURE(REQUIRED("RoleName", ROLE_NAME), REQUIRED("PolicyName", POLICY_NAME),
              REQUIRED("PolicyDocument", DOCUMENT));

const struct emu_shape EMU_SHAPE_IAM_ROLE_POLICY =
    STRUCTURE(REQUIRED("RoleName", ROLE_NAME), REQUIRED("PolicyName", POLICY_NAME));

const struct emu_shape EMU_SHAPE_IAM_LIST_OF_ROLE =
    STRUCTURE(REQUIRED("RoleName", ROLE_NAME), OPTIONAL("PathPrefix", PATH_PREFIX),
              OPTIONAL("Marker", MARKER), OPTIONAL("MaxItems", MAX_ITEMS));

/* ---- managed policies ---- */

const struct emu_shape EMU_SHAPE_IAM_CREATE_POLICY =
    STRUCTURE(REQUIRED("PolicyName", POLICY_NAME), OPTIONAL("Path", PATH),
              REQUIRED("PolicyDocument", DOCUMENT), OPTIONAL("Description", DESCRIPTION),
              OPTIONAL("Tags", TAGS));

const struct emu_shape EMU_SHAPE_IAM_POLICY = STRUCTURE(REQUIRED("PolicyArn", ARN));

const struct emu_shape EMU_SHAPE_IAM_POLICY_VERSION =
    STRUCTURE(REQUIRED("PolicyArn", ARN), REQUIRED("VersionId", VERSION_ID));

const struct emu_shape EMU_SHAPE_IAM_LIST_POLICIES =
    STRUCTURE(OPTIONAL("Scope", SCOPE), OPTIONAL("OnlyAttached", FLAG),
              OPTIONAL("PathPrefix", PATH_PREFIX), OPTIONAL("PolicyUsageFilter", USAGE),
              OPTIONAL("Marker", MARKER), OPTIONAL("MaxItems", MAX_ITEMS));

const struct emu_shape EMU_SHAPE_IAM_ATTACHMENT =
    STRUCTURE(REQUIRED("RoleName", ROLE_NAME), REQUIRED("PolicyArn", ARN));

/* ---- simulations ---- */

static const struct emu_shape DOCUMENTS = LIST_OF(DOCUMENT);
static const struct emu_shape ACTION = {.kind = EMU_STRING, .min = 3, .max = 128};
static const struct emu_shape ACTIONS = LIST_OF(ACTION);
static const struct emu_shape RESOURCE = {.kind = EMU_STRING, .min = 1, .max = 2048};
static const struct emu_shape RESOURCES = LIST_OF(RESOURCE);
static const struct emu_shape CONTEXT_KEY = {.kind = EMU_STRING, .min = 5, .max = 256};
static const struct emu_shape CONTEXT_VALUE = {.kind = EMU_STRING};
static const struct emu_shape CONTEXT_VALUES = LIST_OF(CONTEXT_VALUE);
static const struct emu_shape CONTEXT_TYPE =
    ENUM("string", "stringList", "numeric", "numericList", "boolean", "booleanList", "ip", "ipList",
         "binary", "binaryList", "date", "dateList");
static const struct emu_shape CONTEXT_ENTRY =
    STRUCTURE(OPTIONAL("ContextKeyName", CONTEXT_KEY), OPTIONAL("ContextKeyValues", CONTEXT_VALUES),
              OPTIONAL("ContextKeyType", CONTEXT_TYPE));
static const struct emu_shape CONTEXT_ENTRIES = LIST_OF(CONTEXT_ENTRY);

const struct emu_shape EMU_SHAPE_IAM_SIMULATE_PRINCIPAL = STRUCTURE(
    REQUIRED("PolicySourceArn", ARN), OPTIONAL("PolicyInputList", DOCUMENTS),
    OPTIONAL("PermissionsBoundaryPolicyInputList", DOCUMENTS), REQUIRED("ActionNames", ACTIONS),
    OPTIONAL("ResourceArns", RESOURCES), OPTIONAL("ResourcePolicy", DOCUMENT),
    OPTIONAL("CallerArn", ARN), OPTIONAL("ContextEntries", CONTEXT_ENTRIES),
    OPTIONAL("MaxItems", MAX_ITEMS), OPTIONAL("Marker", MARKER));

const struct emu_shape EMU_SHAPE_IAM_SIMULATE_CUSTOM = STRUCTURE(
    REQUIRED("PolicyInputList", DOCUMENTS),
    OPTIONAL("PermissionsBoundaryPolicyInputList", DOCUMENTS), REQUIRED("ActionNames", ACTIONS),
    OPTIONAL("ResourceArns", RESOURCES), OPTIONAL("ResourcePolicy", DOCUMENT),
    OPTIONAL("CallerArn", ARN), OPTIONAL("ContextEntries", CONTEXT_ENTRIES),
    OPTIONAL("MaxItems", MAX_ITEMS), OPTIONAL("Marker", MARKER));
