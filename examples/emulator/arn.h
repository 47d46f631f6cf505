/* arn:PARTITION:bedrock:REGION:ACCOUNT:TYPE/ID taken apart.
 *
 * SPDX-License-Identifier: MIT
 */
#ifndef EMULATOR_ARN_H
#define EMULATOR_ARN_H

#include <stdbool.h>
#include <stddef.h>

struct emu_arn_part {
    const char *s; /* into the ARN; not terminated */
    size_t len;
};

struct emu_arn {
    struct emu_arn_part partition;
    struct emu_arn_part service;
    struct emu_arn_part region;
    struct emu_arn_part account;
    struct emu_arn_part type;
    struct emu_arn_part id;
};

/* False if `text` has not that form: any service, region and account may be empty. */
bool emu_arn_parse(struct emu_arn *arn, const char *text, size_t len);

bool emu_arn_part_is(const struct emu_arn_part *part, const char *string);

/* The partition a Region belongs to: "aws", "aws-cn" or "aws-us-gov". */
const char *emu_partition_of(const char *region);

#endif
