/* arn:PARTITION:bedrock:REGION:ACCOUNT:TYPE/ID taken apart.
 *
 * SPDX-License-Identifier: MIT
 */
#ifndef EMULATOR_ARN_H
#define EMULATOR_ARN_H

#include "slice.h"

struct emu_arn {
    struct emu_slice partition;
    struct emu_slice service;
    struct emu_slice region;
    struct emu_slice account;
    struct emu_slice type;
    struct emu_slice id;
};

/* False if `text` has not that form: any service, region and account may be empty. */
bool emu_arn_parse(struct emu_arn *arn, struct emu_slice text);

/* The partition a Region belongs to: "aws", "aws-cn" or "aws-us-gov". */
const char *emu_partition_of(const char *region);

#endif
