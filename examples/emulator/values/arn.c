/* ARNs of Amazon Bedrock.
 *
 * SPDX-License-Identifier: MIT
 */
#include "arn.h"

#include <string.h>

#define MAX_REGION_LENGTH 20
#define ACCOUNT_LENGTH    12

static bool is_well_formed(const struct emu_arn *arn)
{
    return arn->partition.len >= 3 && memcmp(arn->partition.s, "aws", 3) == 0 &&
           emu_slice_only(arn->partition, LOWER DIGITS "-") &&
           emu_slice_only(arn->region, LOWER DIGITS "-") && arn->region.len <= MAX_REGION_LENGTH &&
           emu_slice_only(arn->account, DIGITS) &&
           (arn->account.len == 0 || arn->account.len == ACCOUNT_LENGTH) &&
           emu_slice_only(arn->type, LOWER "-") && arn->id.len > 0;
}

bool emu_arn_parse(struct emu_arn *arn, struct emu_slice text)
{
    struct emu_slice rest = text;

    if (!emu_slice_is(emu_slice_cut(&rest, ':'), "arn"))
        return false;
    arn->partition = emu_slice_cut(&rest, ':');
    arn->service = emu_slice_cut(&rest, ':');
    arn->region = emu_slice_cut(&rest, ':');
    arn->account = emu_slice_cut(&rest, ':');
    arn->type = emu_slice_cut(&rest, '/');
    arn->id = rest; /* empty if a separator was missing */
    return is_well_formed(arn);
}

const char *emu_partition_of(const char *region)
{
    if (strncmp(region, "cn-", 3) == 0)
        return "aws-cn";
    if (strncmp(region, "us-gov-", 7) == 0)
        return "aws-us-gov";
    return "aws";
}
