/* A file with one line for each answer that was billed: whose it was, and how many tokens.
 *
 * SPDX-License-Identifier: MIT
 */
#ifndef EMULATOR_JOURNAL_H
#define EMULATOR_JOURNAL_H

#include <stdio.h>

#include "bill.h"
#include "request.h"

/* Appends to `file` (NULL: there is no journal) a JSON object: the call and attempt that the
 * request's headers name (null: they do not), the profile or model, and the tokens. */
int emu_journal_add(FILE *file, const struct emu_request *request, const char *id,
                    const struct emu_usage *usage);

#endif
