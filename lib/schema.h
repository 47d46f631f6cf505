/* The tables of a ledger. Rows are appended and never changed, but for totals, open holds and the
 * catalogue's generation, which the rest of the rows imply and `verify` derives anew. Tables are
 * strict: no amount ever becomes a float.
 * SPDX-License-Identifier: MIT */
#ifndef BRC__SCHEMA_H
#define BRC__SCHEMA_H

enum {
    BRC__SCHEMA_VERSION = 1,
    BRC__SCHEMA_APPLICATION = 0x62726331 /* "brc1": SQLite's application_id */
};

/* The statements that bring a file from version i to i + 1. */
extern const char *const brc__schema_steps[BRC__SCHEMA_VERSION];

#endif
