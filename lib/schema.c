/* SPDX-License-Identifier: MIT */
#include "schema.h"

static const char version_1[] =
    /* What is put. The last of a name or ARN counts; ids are its versions. */
    "CREATE TABLE generation (number INTEGER NOT NULL) STRICT;" /* one row; counts what is put */
    "INSERT INTO generation VALUES (0);"
    "CREATE TABLE turn (number INTEGER NOT NULL);" /* one row; counts writing transactions */
    "INSERT INTO turn VALUES (0);"
    "CREATE TABLE setting (name TEXT PRIMARY KEY, value TEXT NOT NULL) WITHOUT ROWID, STRICT;"
    "CREATE TABLE price_table (id INTEGER PRIMARY KEY, put_at_ms INTEGER NOT NULL,"
    " in_force_from_ms INTEGER NOT NULL, hash TEXT NOT NULL, source TEXT NOT NULL,"
    " json TEXT NOT NULL) STRICT;"
    "CREATE TABLE profile (id INTEGER PRIMARY KEY, put_at_ms INTEGER NOT NULL, arn TEXT NOT NULL,"
    " json TEXT NOT NULL) STRICT;"
    "CREATE INDEX profile_by_arn ON profile (arn, id);"
    "CREATE TABLE budget (id INTEGER PRIMARY KEY, put_at_ms INTEGER NOT NULL, name TEXT NOT NULL,"
    " json TEXT NOT NULL) STRICT;" /* json null-limited ends it */
    "CREATE TABLE override (id INTEGER PRIMARY KEY, put_at_ms INTEGER NOT NULL,"
    " budget TEXT NOT NULL, amount INTEGER NOT NULL, until_ms INTEGER NOT NULL,"
    " by TEXT NOT NULL, why TEXT NOT NULL) STRICT;"
    /* What happens, and in which turn: all of it can be gone through in the order in which it was
     * written. */
    "CREATE TABLE owner (id INTEGER PRIMARY KEY, started_at_ms INTEGER NOT NULL,"
    " pid INTEGER NOT NULL, host TEXT NOT NULL) STRICT;"
    "CREATE TABLE use (id INTEGER PRIMARY KEY, turn INTEGER NOT NULL, at_ms INTEGER NOT NULL, "
    "owner INTEGER NOT NULL,"
    " call TEXT NOT NULL, attempt INTEGER NOT NULL, profile INTEGER NOT NULL,"
    " asked_profile INTEGER NOT NULL, price_table INTEGER, tier TEXT NOT NULL,"
    " hold INTEGER, input_bound INTEGER, output_bound INTEGER, flags INTEGER NOT NULL,"
    " metadata TEXT) STRICT;"
    "CREATE INDEX use_by_time ON use (at_ms);"
    "CREATE TABLE charge (use INTEGER NOT NULL, budget TEXT NOT NULL, window_ms INTEGER NOT NULL,"
    " PRIMARY KEY (use, budget)) WITHOUT ROWID, STRICT;"
    "CREATE TABLE settle (use INTEGER PRIMARY KEY, turn INTEGER NOT NULL, at_ms INTEGER NOT NULL, "
    "outcome INTEGER NOT "
    "NULL,"
    " code INTEGER NOT NULL, http_status INTEGER, input INTEGER, output INTEGER,"
    " cache_read INTEGER, cache_write INTEGER, cache_write_5m INTEGER, cache_write_1h INTEGER,"
    " tier TEXT, latency_ms INTEGER, first_event_ms INTEGER, request_id TEXT, aws_type TEXT,"
    " cost INTEGER, flags INTEGER NOT NULL) STRICT;"
    "CREATE TABLE resolution (use INTEGER PRIMARY KEY, turn INTEGER NOT NULL, at_ms INTEGER NOT "
    "NULL,"
    " amount INTEGER NOT NULL, by TEXT NOT NULL, why TEXT NOT NULL) STRICT;"
    "CREATE TABLE external (id TEXT PRIMARY KEY, turn INTEGER NOT NULL, at_ms INTEGER NOT NULL, "
    "profile INTEGER NOT NULL,"
    " amount INTEGER NOT NULL, source TEXT NOT NULL) STRICT;"
    "CREATE TABLE external_charge (external TEXT NOT NULL, budget TEXT NOT NULL,"
    " window_ms INTEGER NOT NULL, PRIMARY KEY (external, budget)) WITHOUT ROWID, STRICT;"
    "CREATE TABLE refusal (id INTEGER PRIMARY KEY, turn INTEGER NOT NULL, at_ms INTEGER NOT NULL, "
    "call TEXT NOT NULL,"
    " attempt INTEGER NOT NULL, profile INTEGER NOT NULL, budget TEXT NOT NULL,"
    " window_ms INTEGER NOT NULL, worst INTEGER NOT NULL, settled INTEGER NOT NULL,"
    " held INTEGER NOT NULL, amount INTEGER NOT NULL, shadow INTEGER NOT NULL) STRICT;"
    "CREATE TABLE edge (id INTEGER PRIMARY KEY, at_ms INTEGER NOT NULL, kind TEXT NOT NULL,"
    " budget TEXT NOT NULL, window_ms INTEGER NOT NULL, subject TEXT NOT NULL,"
    " json TEXT NOT NULL) STRICT;"
    "CREATE UNIQUE INDEX edge_once ON edge (budget, window_ms, kind, subject);"
    "CREATE TABLE delivery (edge INTEGER NOT NULL, consumer TEXT NOT NULL, at_ms INTEGER NOT NULL,"
    " PRIMARY KEY (edge, consumer)) WITHOUT ROWID, STRICT;"
    /* What follows from it. */
    "CREATE TABLE open_hold (use INTEGER PRIMARY KEY, owner INTEGER NOT NULL,"
    " unreported INTEGER NOT NULL) STRICT;" /* 1: it ended, or its owner did, without a cost */
    "CREATE INDEX open_hold_by_owner ON open_hold (owner) WHERE unreported = 0;"
    "CREATE TABLE total (budget TEXT NOT NULL, window_ms INTEGER NOT NULL,"
    " settled INTEGER NOT NULL, held INTEGER NOT NULL, unreported INTEGER NOT NULL,"
    " uses INTEGER NOT NULL, refusals INTEGER NOT NULL,"
    " PRIMARY KEY (budget, window_ms)) WITHOUT ROWID, STRICT;";

const char *const brc__schema_steps[BRC__SCHEMA_VERSION] = {version_1};
