/* Matchers for the patterns of Amazon Bedrock's models.
 *
 * SPDX-License-Identifier: MIT
 */
#include "patterns.h"
#include "arn.h"
#include "system_profiles.h"

#include <string.h>

#define SPACES " \t\n\v\f\r"

static bool one_of(char c, const char *set)
{
    return c != '\0' && strchr(set, c) != NULL;
}

/* ([letters][separators]?)+ */
static bool separated(struct emu_slice text, const char *letters, const char *separators)
{
    bool may_separate = false;

    for (size_t i = 0; i < text.len; i++) {
        if (one_of(text.s[i], letters))
            may_separate = true;
        else if (may_separate && one_of(text.s[i], separators))
            may_separate = false;
        else
            return false;
    }
    return text.len > 0;
}

static bool match_profile_name(struct emu_slice text)
{
    return separated(text, ALPHANUMERIC, " _-");
}

const struct emu_pattern EMU_PATTERN_PROFILE_NAME = {"([0-9a-zA-Z][ _-]?)+", match_profile_name};

static bool match_description(struct emu_slice text)
{
    return separated(text, ALPHANUMERIC ":.", " _-");
}

const struct emu_pattern EMU_PATTERN_DESCRIPTION = {"([0-9a-zA-Z:.][ _-]?)+", match_description};

static bool match_client_token(struct emu_slice text)
{
    return text.len >= 1 && text.len <= 256 && emu_slice_only(text, ALPHANUMERIC "-") &&
           text.s[0] != '-' && text.s[text.len - 1] != '-';
}

const struct emu_pattern EMU_PATTERN_CLIENT_TOKEN = {"[a-zA-Z0-9]([-a-zA-Z0-9]{0,254}[a-zA-Z0-9])?",
                                                     match_client_token};

static bool match_bare_id(struct emu_slice text)
{
    return text.len > 0 && emu_slice_only(text, ALPHANUMERIC "-:.");
}

static bool match_bedrock_arn(struct emu_slice text, const char *type, const char *other_type)
{
    static const char *const PARTITIONS[] = {"aws", "aws-us-gov", "aws-cn", "aws-iso", "aws-iso-b"};
    struct emu_arn arn;

    if (!emu_arn_parse(&arn, text) || !emu_slice_is(arn.service, "bedrock"))
        return false;
    if (!emu_slice_is(arn.type, type) && !emu_slice_is(arn.type, other_type))
        return false;
    for (size_t i = 0; i < sizeof(PARTITIONS) / sizeof(PARTITIONS[0]); i++)
        if (emu_slice_is(arn.partition, PARTITIONS[i]))
            return match_bare_id(arn.id);
    return false;
}

static bool match_profile_identifier(struct emu_slice text)
{
    return match_bare_id(text) ||
           match_bedrock_arn(text, "inference-profile", "application-inference-profile");
}

const struct emu_pattern EMU_PATTERN_PROFILE_IDENTIFIER = {
    "(arn:aws(|-us-gov|-cn|-iso|-iso-b):bedrock:(|[0-9a-z-]{0,20}):(|[0-9]{12}):"
    "(inference-profile|application-inference-profile)/)?[a-zA-Z0-9-:.]+",
    match_profile_identifier};

static bool match_model_source(struct emu_slice text)
{
    return match_bedrock_arn(text, "inference-profile", "foundation-model");
}

const struct emu_pattern EMU_PATTERN_MODEL_SOURCE = {
    "arn:aws(|-us-gov|-cn|-iso|-iso-b):bedrock:(|[0-9a-z-]{0,20}):(|[0-9]{12}):"
    "(inference-profile|foundation-model)/[a-zA-Z0-9-:.]+",
    match_model_source};

/* The model lists some twenty resource types; which of them exist here is decided later. */
static bool match_taggable(struct emu_slice text)
{
    struct emu_arn arn;

    if (text.len > 0 && one_of(text.s[0], ALPHANUMERIC) && emu_slice_only(text, ALPHANUMERIC "-"))
        return true;
    return emu_arn_parse(&arn, text) && emu_slice_is(arn.service, "bedrock") &&
           arn.region.len > 0 && emu_slice_only(arn.id, ALPHANUMERIC "-:./");
}

const struct emu_pattern EMU_PATTERN_TAGGABLE = {
    ".*(^[a-zA-Z0-9][a-zA-Z0-9\\-]*$)|(^arn:aws(-[^:]+)?:bedrock:[a-z0-9-]{1,20}:([0-9]{12}|):"
    "(inference-profile|application-inference-profile|...)/[a-zA-Z0-9-:.]+$).*",
    match_taggable};

static bool match_tag(struct emu_slice text)
{
    return emu_slice_only(text, ALPHANUMERIC SPACES "._:/=+@-");
}

const struct emu_pattern EMU_PATTERN_TAG = {"[a-zA-Z0-9\\s._:/=+@-]*", match_tag};

static bool match_no_space(struct emu_slice text)
{
    for (size_t i = 0; i < text.len; i++)
        if (one_of(text.s[i], SPACES))
            return false;
    return true;
}

const struct emu_pattern EMU_PATTERN_NO_SPACE = {"\\S*", match_no_space};

static bool match_model_id(struct emu_slice text)
{
    struct emu_arn arn;

    if (match_bare_id(text) || separated(text, ALPHANUMERIC, "_-"))
        return true;
    return emu_arn_parse(&arn, text) && arn.region.len > 0 &&
           emu_slice_only(arn.id, ALPHANUMERIC "-:./") &&
           (emu_slice_is(arn.service, "bedrock") || emu_slice_is(arn.service, "sagemaker"));
}

const struct emu_pattern EMU_PATTERN_MODEL_ID = {
    "(arn:aws(-[^:]+)?:bedrock:[a-z0-9-]{1,20}:([0-9]{12})?:"
    "(foundation-model|inference-profile|application-inference-profile|...)/...)|"
    "([a-z0-9-]{1,63}[.]{1}[a-z0-9-]{1,63}([.:]?[a-z0-9-]{1,63}))|(([0-9a-zA-Z][_-]?)+)|"
    "([a-zA-Z0-9-:.]+)",
    match_model_id};

static bool match_counted_model_id(struct emu_slice text)
{
    return text.len > 0 && emu_slice_only(text, ALPHANUMERIC "_.-/:");
}

const struct emu_pattern EMU_PATTERN_COUNTED_MODEL_ID = {"[a-zA-Z_\\.\\-/0-9:]+",
                                                         match_counted_model_id};

static bool match_provider(struct emu_slice text)
{
    return text.len >= 1 && text.len <= 63 && emu_slice_only(text, ALPHANUMERIC "- ");
}

const struct emu_pattern EMU_PATTERN_PROVIDER = {"[A-Za-z0-9- ]{1,63}", match_provider};

static bool match_tool_name(struct emu_slice text)
{
    return text.len > 0 && emu_slice_only(text, ALPHANUMERIC "_-");
}

const struct emu_pattern EMU_PATTERN_TOOL_NAME = {"[a-zA-Z0-9_-]+", match_tool_name};

static bool match_tool_use_id(struct emu_slice text)
{
    return text.len > 0 && emu_slice_only(text, ALPHANUMERIC "_.:-");
}

const struct emu_pattern EMU_PATTERN_TOOL_USE_ID = {"[a-zA-Z0-9_.:-]+", match_tool_use_id};

static bool match_metadata(struct emu_slice text)
{
    return emu_slice_only(text, ALPHANUMERIC SPACES ":_@$#=/+,-.");
}

const struct emu_pattern EMU_PATTERN_METADATA = {"[a-zA-Z0-9\\s:_@$#=/+,-.]{0,256}",
                                                 match_metadata};

static bool match_base64(struct emu_slice text)
{
    while (text.len > 0 && text.s[text.len - 1] == '=')
        text.len--;
    return text.len % 4 != 1 && emu_slice_only(text, ALPHANUMERIC "+/");
}

const struct emu_pattern EMU_PATTERN_BASE64 = {"base64", match_base64};

static bool match_s3_uri(struct emu_slice text)
{
    struct emu_slice scheme = emu_slice_cut(&text, '/');
    struct emu_slice nothing = emu_slice_cut(&text, '/');
    struct emu_slice bucket = emu_slice_cut(&text, '/');

    return emu_slice_is(scheme, "s3:") && nothing.len == 0 && bucket.len >= 3 && bucket.len <= 63 &&
           emu_slice_only(bucket, LOWER DIGITS ".-") && one_of(bucket.s[0], LOWER DIGITS) &&
           one_of(bucket.s[bucket.len - 1], LOWER DIGITS);
}

const struct emu_pattern EMU_PATTERN_S3_URI = {"s3://[a-z0-9][\\.\\-a-z0-9]{1,61}[a-z0-9](/.*)?",
                                               match_s3_uri};

static bool match_foundation_model(struct emu_slice text)
{
    struct emu_arn arn;

    return emu_is_model_id(text) ||
           (emu_arn_parse(&arn, text) && emu_slice_is(arn.service, "bedrock") &&
            arn.region.len > 0 && arn.account.len == 0 &&
            emu_slice_is(arn.type, "foundation-model") && emu_is_model_id(arn.id));
}

const struct emu_pattern EMU_PATTERN_FOUNDATION_MODEL = {
    "(arn:aws(-[^:]+)?:bedrock:[a-z0-9-]{1,20}::foundation-model/...)|"
    "([a-z0-9-]{1,63}[.]{1}[a-z0-9-]{1,63}([.]?[a-z0-9-]{1,63})([:][a-z0-9-]{1,63}){0,2})",
    match_foundation_model};

static bool match_role(struct emu_slice text)
{
    struct emu_arn arn;

    return emu_arn_parse(&arn, text) && emu_slice_is(arn.service, "iam") && arn.region.len == 0 &&
           (arn.account.len == 0 ||
            (arn.account.len == 12 && emu_slice_only(arn.account, DIGITS))) &&
           emu_slice_is(arn.type, "role") && arn.id.len > 0;
}

const struct emu_pattern EMU_PATTERN_ROLE = {"arn:aws(-[^:]+)?:iam::([0-9]{12})?:role/.+",
                                             match_role};
