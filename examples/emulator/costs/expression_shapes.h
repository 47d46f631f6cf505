/* The filter expressions that Cost Explorer and AWS Budgets share.
 *
 * SPDX-License-Identifier: MIT
 */
#ifndef EMULATOR_EXPRESSION_SHAPES_H
#define EMULATOR_EXPRESSION_SHAPES_H

#include "shape.h"

extern const struct emu_shape EMU_SHAPE_EXPRESSION;
extern const struct emu_shape EMU_SHAPE_RESOURCE_TAGS;
extern const struct emu_shape EMU_SHAPE_RESOURCE_TAG_KEYS;
extern const struct emu_shape EMU_SHAPE_MONEY_TOKEN; /* of a page */

#endif
