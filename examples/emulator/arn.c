/* ARNs of Amazon Bedrock.
 *
 * SPDX-License-Identifier: MIT
 */
#include "arn.h"

#include <string.h>

static bool cut(struct emu_arn_part *rest, char separator, struct emu_arn_part *ret_part)
{
    const char *end = memchr(rest->s, separator, rest->len);

    if (end == NULL)
        return false;
    ret_part->s = rest->s;
    ret_part->len = (size_t)(end - rest->s);
    rest->len -= ret_part->len + 1;
    rest->s = end + 1;
    return true;
}

static bool all_in(const struct emu_arn_part *part, const char *allowed)
{
    for (size_t i = 0; i < part->len; i++)
        if (part->s[i] == '\0' || strchr(allowed, part->s[i]) == NULL)
            return false;
    return true;
}

#define LOWER  "abcdefghijklmnopqrstuvwxyz"
#define DIGITS "0123456789"

bool emu_arn_parse(struct emu_arn *arn, const char *text, size_t len)
{
    struct emu_arn_part rest = {text, len};
    struct emu_arn_part prefix;

    *arn = (struct emu_arn){0};
    return cut(&rest, ':', &prefix) && emu_arn_part_is(&prefix, "arn") &&
           cut(&rest, ':', &arn->partition) && cut(&rest, ':', &arn->service) &&
           cut(&rest, ':', &arn->region) && cut(&rest, ':', &arn->account) &&
           cut(&rest, '/', &arn->type) && (arn->id = rest).len > 0 && arn->partition.len >= 3 &&
           memcmp(arn->partition.s, "aws", 3) == 0 && all_in(&arn->partition, LOWER DIGITS "-") &&
           all_in(&arn->region, LOWER DIGITS "-") && arn->region.len <= 20 &&
           all_in(&arn->account, DIGITS) && (arn->account.len == 0 || arn->account.len == 12) &&
           all_in(&arn->type, LOWER "-");
}

bool emu_arn_part_is(const struct emu_arn_part *part, const char *string)
{
    return part->len == strlen(string) && memcmp(part->s, string, part->len) == 0;
}

const char *emu_partition_of(const char *region)
{
    if (strncmp(region, "cn-", 3) == 0)
        return "aws-cn";
    if (strncmp(region, "us-gov-", 7) == 0)
        return "aws-us-gov";
    return "aws";
}
