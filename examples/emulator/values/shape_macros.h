/* The words that shapes are written with; they read as the service's model does.
 *
 * SPDX-License-Identifier: MIT
 */
#ifndef EMULATOR_SHAPE_MACROS_H
#define EMULATOR_SHAPE_MACROS_H

#include "shape.h"

#define FIELDS (const struct emu_field[])
#define ENUM(...)                                                                                  \
    {                                                                                              \
        .kind = EMU_STRING, .values = (const char *const[])                                        \
        {                                                                                          \
            __VA_ARGS__, NULL                                                                      \
        }                                                                                          \
    }
#define STRUCTURE(...)                                                                             \
    {                                                                                              \
        .kind = EMU_STRUCTURE, .fields = FIELDS                                                    \
        {                                                                                          \
            __VA_ARGS__,                                                                           \
            {                                                                                      \
                0                                                                                  \
            }                                                                                      \
        }                                                                                          \
    }
#define UNION(...)                                                                                 \
    {                                                                                              \
        .kind = EMU_UNION, .fields = FIELDS                                                        \
        {                                                                                          \
            __VA_ARGS__,                                                                           \
            {                                                                                      \
                0                                                                                  \
            }                                                                                      \
        }                                                                                          \
    }
#define LIST_OF(shape)                                                                             \
    {                                                                                              \
        .kind = EMU_LIST, .member = &(shape)                                                       \
    }
#define REQUIRED(name, shape)                                                                      \
    {                                                                                              \
        name, &(shape), true                                                                       \
    }
#define OPTIONAL(name, shape)                                                                      \
    {                                                                                              \
        name, &(shape), false                                                                      \
    }

#endif
