/* Matchers for the patterns of Amazon Bedrock's models.
 *
 * SPDX-License-Identifier: MIT
 */
#include "patterns.h"
#include "arn.h"

#include <string.h>

#define LOWER        "abcdefghijklmnopqrstuvwxyz"
#define DIGITS       "0123456789"
#define ALPHANUMERIC "ABCDEFGHIJKLMNOPQRSTUVWXYZ" LOWER DIGITS
#define SPACES       " \t\n\v\f\r"

static bool one_of(char c, const char *set)
{
    return c != '\0' && strchr(set, c) != NULL;
}

static bool all_of(const char *s, size_t len, const char *set)
{
    for (size_t i = 0; i < len; i++)
        if (!one_of(s[i], set))
            return false;
    return true;
}

/* ([letters][separators]?)+ */
static bool separated(const char *s, size_t len, const char *letters, const char *separators)
{
    bool may_separate = false;

    for (size_t i = 0; i < len; i++) {
        if (one_of(s[i], letters))
            may_separate = true;
        else if (may_separate && one_of(s[i], separators))
            may_separate = false;
        else
            return false;
    }
    return len > 0;
}

static bool match_profile_name(const char *s, size_t len)
{
    return separated(s, len, ALPHANUMERIC, " _-");
}

const struct emu_pattern EMU_PATTERN_PROFILE_NAME = {"([0-9a-zA-Z][ _-]?)+", match_profile_name};

static bool match_description(const char *s, size_t len)
{
    return separated(s, len, ALPHANUMERIC ":.", " _-");
}

const struct emu_pattern EMU_PATTERN_DESCRIPTION = {"([0-9a-zA-Z:.][ _-]?)+", match_description};

static bool match_client_token(const char *s, size_t len)
{
    return len >= 1 && len <= 256 && all_of(s, len, ALPHANUMERIC "-") && s[0] != '-' &&
           s[len - 1] != '-';
}

const struct emu_pattern EMU_PATTERN_CLIENT_TOKEN = {"[a-zA-Z0-9]([-a-zA-Z0-9]{0,254}[a-zA-Z0-9])?",
                                                     match_client_token};

static bool match_bare_id(const char *s, size_t len)
{
    return len > 0 && all_of(s, len, ALPHANUMERIC "-:.");
}

static bool match_bedrock_arn(const char *s, size_t len, const char *type, const char *other_type)
{
    static const char *const PARTITIONS[] = {"aws", "aws-us-gov", "aws-cn", "aws-iso", "aws-iso-b"};
    struct emu_arn arn;

    if (!emu_arn_parse(&arn, s, len) || !emu_arn_part_is(&arn.service, "bedrock"))
        return false;
    if (!emu_arn_part_is(&arn.type, type) && !emu_arn_part_is(&arn.type, other_type))
        return false;
    for (size_t i = 0; i < sizeof(PARTITIONS) / sizeof(PARTITIONS[0]); i++)
        if (emu_arn_part_is(&arn.partition, PARTITIONS[i]))
            return match_bare_id(arn.id.s, arn.id.len);
    return false;
}

static bool match_profile_identifier(const char *s, size_t len)
{
    return match_bare_id(s, len) ||
           match_bedrock_arn(s, len, "inference-profile", "application-inference-profile");
}

const struct emu_pattern EMU_PATTERN_PROFILE_IDENTIFIER = {
    "(arn:aws(|-us-gov|-cn|-iso|-iso-b):bedrock:(|[0-9a-z-]{0,20}):(|[0-9]{12}):"
    "(inference-profile|application-inference-profile)/)?[a-zA-Z0-9-:.]+",
    match_profile_identifier};

static bool match_model_source(const char *s, size_t len)
{
    return match_bedrock_arn(s, len, "inference-profile", "foundation-model");
}

const struct emu_pattern EMU_PATTERN_MODEL_SOURCE = {
    "arn:aws(|-us-gov|-cn|-iso|-iso-b):bedrock:(|[0-9a-z-]{0,20}):(|[0-9]{12}):"
    "(inference-profile|foundation-model)/[a-zA-Z0-9-:.]+",
    match_model_source};

/* The model lists some twenty resource types; which of them exist here is decided later. */
static bool match_taggable(const char *s, size_t len)
{
    struct emu_arn arn;

    if (len > 0 && one_of(s[0], ALPHANUMERIC) && all_of(s, len, ALPHANUMERIC "-"))
        return true;
    return emu_arn_parse(&arn, s, len) && emu_arn_part_is(&arn.service, "bedrock") &&
           arn.region.len > 0 && all_of(arn.id.s, arn.id.len, ALPHANUMERIC "-:./");
}

const struct emu_pattern EMU_PATTERN_TAGGABLE = {
    ".*(^[a-zA-Z0-9][a-zA-Z0-9\\-]*$)|(^arn:aws(-[^:]+)?:bedrock:[a-z0-9-]{1,20}:([0-9]{12}|):"
    "(inference-profile|application-inference-profile|...)/[a-zA-Z0-9-:.]+$).*",
    match_taggable};

static bool match_tag(const char *s, size_t len)
{
    return all_of(s, len, ALPHANUMERIC SPACES "._:/=+@-");
}

const struct emu_pattern EMU_PATTERN_TAG = {"[a-zA-Z0-9\\s._:/=+@-]*", match_tag};

static bool match_page_token(const char *s, size_t len)
{
    for (size_t i = 0; i < len; i++)
        if (one_of(s[i], SPACES))
            return false;
    return true;
}

const struct emu_pattern EMU_PATTERN_PAGE_TOKEN = {"\\S*", match_page_token};

static bool match_model_id(const char *s, size_t len)
{
    struct emu_arn arn;

    if (match_bare_id(s, len) || separated(s, len, ALPHANUMERIC, "_-"))
        return true;
    return emu_arn_parse(&arn, s, len) && arn.region.len > 0 &&
           all_of(arn.id.s, arn.id.len, ALPHANUMERIC "-:./") &&
           (emu_arn_part_is(&arn.service, "bedrock") || emu_arn_part_is(&arn.service, "sagemaker"));
}

const struct emu_pattern EMU_PATTERN_MODEL_ID = {
    "(arn:aws(-[^:]+)?:bedrock:[a-z0-9-]{1,20}:([0-9]{12})?:"
    "(foundation-model|inference-profile|application-inference-profile|...)/...)|"
    "([a-z0-9-]{1,63}[.]{1}[a-z0-9-]{1,63}([.:]?[a-z0-9-]{1,63}))|(([0-9a-zA-Z][_-]?)+)|"
    "([a-zA-Z0-9-:.]+)",
    match_model_id};

static bool match_tool_name(const char *s, size_t len)
{
    return len > 0 && all_of(s, len, ALPHANUMERIC "_-");
}

const struct emu_pattern EMU_PATTERN_TOOL_NAME = {"[a-zA-Z0-9_-]+", match_tool_name};

static bool match_tool_use_id(const char *s, size_t len)
{
    return len > 0 && all_of(s, len, ALPHANUMERIC "_.:-");
}

const struct emu_pattern EMU_PATTERN_TOOL_USE_ID = {"[a-zA-Z0-9_.:-]+", match_tool_use_id};

static bool match_metadata(const char *s, size_t len)
{
    return all_of(s, len, ALPHANUMERIC SPACES ":_@$#=/+,-.");
}

const struct emu_pattern EMU_PATTERN_METADATA = {"[a-zA-Z0-9\\s:_@$#=/+,-.]{0,256}",
                                                 match_metadata};

static bool match_base64(const char *s, size_t len)
{
    while (len > 0 && s[len - 1] == '=')
        len--;
    return len % 4 != 1 && all_of(s, len, ALPHANUMERIC "+/");
}

const struct emu_pattern EMU_PATTERN_BASE64 = {"base64", match_base64};

static bool match_s3_uri(const char *s, size_t len)
{
    size_t bucket;

    if (len < 8 || memcmp(s, "s3://", 5) != 0)
        return false;
    for (bucket = 0; 5 + bucket < len && s[5 + bucket] != '/'; bucket++)
        ;
    return bucket >= 3 && bucket <= 63 && all_of(s + 5, bucket, LOWER DIGITS ".-") &&
           one_of(s[5], LOWER DIGITS) && one_of(s[5 + bucket - 1], LOWER DIGITS);
}

const struct emu_pattern EMU_PATTERN_S3_URI = {"s3://[a-z0-9][\\.\\-a-z0-9]{1,61}[a-z0-9](/.*)?",
                                               match_s3_uri};
