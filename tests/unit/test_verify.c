/* Whether a ledger notices what is wrong with it: findings planted one by one, and copies of its
 * files that were cut or changed.
 * SPDX-License-Identifier: MIT */
#include "query_steps.h"

/* A ledger in which everything has happened: costs at other tiers, external ones, resolved and lost
 * holds, refusals, and a budget that was filled. Uses 1 to 8. */
static brc_ledger *lived_in_ledger(void)
{
    brc_ledger *ledger = furnished_ledger(), *gone;

    use(ledger, "c1", BRC_OUTCOME_REPORTED, 1000, 100);
    use(ledger, "c2", BRC_OUTCOME_UNREPORTED, 2000, 100);
    use(ledger, "c3", BRC_OUTCOME_NOT_BILLED, 3000, 100);
    settle_as(ledger, admit(ledger, "c4", SEARCH, 4000, 100), BRC_OUTCOME_REPORTED, "flex", 4000,
              90);
    settle_as(ledger, admit(ledger, "c5", CHEAP, 5000, 100), BRC_OUTCOME_REPORTED, "priority", 5000,
              90);
    use(ledger, "c6", BRC_OUTCOME_UNREPORTED, 6000, 100);
    put(ledger, "resolution", "{\"record\":6,\"billed\":\"0.001\",\"by\":\"ada\",\"why\":\"log\"}");
    gone = open_ledger();
    brc__hold_free(admit(gone, "c7", SEARCH, 7000, 100));
    brc_ledger_free(gone);
    brc__hold_free(admit(ledger, "c8", SEARCH, 8000, 100));
    ck_assert_ptr_null(admit(ledger, "c9", SEARCH, 90000000, 100));
    put(ledger, "external",
        "{\"id\":\"x\",\"profile\":\"search\",\"at\":\"2026-01-02T03:04:05Z\",\"amount\":\"0.5\","
        "\"source\":\"test\"}");
    put(ledger, "budget", BUDGET("year", "year", "40"));
    has(rows_of(ledger, "{\"kind\":\"record\"}"), "\"lost\""); /* that of c7 */
    return ledger;
}

START_TEST(sound_ledger_has_no_findings)
{
    brc_ledger *ledger = lived_in_ledger();

    ck_assert_str_eq(rows_of(ledger, "{\"kind\":\"verify\"}")->text, "");
    brc_ledger_free(ledger);
    ledger = open_ledger();
    ck_assert_str_eq(rows_of(ledger, "{\"kind\":\"verify\"}")->text, "");
    brc_ledger_free(ledger);
}
END_TEST

/* The year's window, as all of the calls lie in it. */
#define YEAR "budget = 'year'"

static const struct {
    const char *sql, *finding;
} planted[] = {
    /* totals */
    {"UPDATE total SET settled = settled + 1 WHERE " YEAR,
     "{\"finding\":\"total\",\"budget\":\"year\",\"start\":\"20"},
    {"UPDATE total SET settled = 1000000000001 WHERE " YEAR,
     "\"column\":\"settled\",\"is\":\"1.000000000001\",\"shouldBe\":\""},
    {"UPDATE total SET held = held - 1 WHERE " YEAR,
     "\"column\":\"held\",\"is\":\"0.008499999999\","
     "\"shouldBe\":\"0.0085\""},
    {"UPDATE total SET unreported = 0 WHERE " YEAR,
     "\"column\":\"unreported\",\"is\":\"0.00\",\"shouldBe\":\"0.01\""},
    {"UPDATE total SET uses = 9 WHERE " YEAR, "\"column\":\"uses\",\"is\":9,\"shouldBe\":8"},
    {"UPDATE total SET refusals = 0 WHERE budget = 'search'",
     "\"column\":\"refusals\",\"is\":0,\"shouldBe\":1"},
    {"DELETE FROM total WHERE " YEAR, "\"column\":\"uses\",\"is\":0,\"shouldBe\":8"},
    {"INSERT INTO total VALUES ('year', 0, 0, 0, 5, 0, 0)",
     "\"start\":\"1970-01-01T00:00:00Z\",\"column\":\"unreported\",\"is\":\"0.000000000005\","
     "\"shouldBe\":\"0.00\""},
    {"INSERT INTO total VALUES ('nobody', 0, 0, 0, 0, 1, 0)", "\"budget\":\"nobody\""},
    {"UPDATE use SET hold = 9223372036854775807 WHERE id IN (2, 7)",
     "\"column\":\"unreported\",\"is\":\"0.01\",\"shouldBe\":\"9223372.036854775807\""},
    {"UPDATE external SET amount = amount + 1",
     "\"column\":\"settled\",\"is\":\"0.50\",\"shouldBe\":\"0.500000000001\""},
    {"UPDATE resolution SET amount = amount + 1 WHERE use = 6", "\"column\":\"settled\""},
    {"DELETE FROM refusal", "\"column\":\"refusals\",\"is\":1,\"shouldBe\":0"},
    {"DELETE FROM charge WHERE use = 8 AND " YEAR, "\"column\":\"held\",\"is\":\"0.0085\""},
    {"DELETE FROM external_charge", "\"column\":\"settled\""},
    /* open holds */
    {"INSERT INTO open_hold VALUES (99, 1, 0)",
     "\"record\":99,\"text\":\"an open hold of a record"},
    {"INSERT INTO open_hold SELECT 1, owner, 0 FROM use WHERE id = 1",
     "\"record\":1,\"text\":\"its hold is open, though it was settled"},
    {"INSERT INTO open_hold SELECT 6, owner, 1 FROM use WHERE id = 6",
     "\"record\":6,\"text\":\"its hold is open, though"},
    {"UPDATE open_hold SET unreported = 0 WHERE use = 2",
     "\"record\":2,\"text\":\"its hold is open, but not marked"},
    {"UPDATE open_hold SET unreported = 1 WHERE use = 8",
     "\"record\":8,\"text\":\"its hold is open, but not marked"},
    {"UPDATE use SET owner = owner + 1 WHERE id = 2",
     "\"record\":2,\"text\":\"its hold is open, but of another owner"},
    {"DELETE FROM open_hold WHERE use = 2", "\"record\":2,\"text\":\"its hold is not open"},
    {"DELETE FROM open_hold WHERE use = 8", "\"record\":8,\"text\":\"its hold is not open"},
    /* rows without others */
    {"DELETE FROM use WHERE id = 1", "{\"finding\":\"settle\",\"record\":1,"},
    {"DELETE FROM use WHERE id = 8", "{\"finding\":\"charge\",\"record\":8,"},
    {"UPDATE settle SET outcome = 4 WHERE use = 3", "\"record\":3,\"text\":\"its settle has an"},
    {"UPDATE settle SET outcome = 2, cost = 1 WHERE use = 6",
     "{\"finding\":\"resolution\",\"record\":6,"},
    {"DELETE FROM settle WHERE use = 6", "{\"finding\":\"resolution\",\"record\":6,"},
    {"INSERT INTO charge VALUES (99, 'year', 0)", "{\"finding\":\"charge\",\"record\":99,"},
    {"DELETE FROM external", "{\"finding\":\"charge\",\"external\":\"x\","},
    {"UPDATE use SET profile = 99 WHERE id = 1", "{\"finding\":\"use\",\"record\":1,"},
    {"UPDATE use SET asked_profile = 99 WHERE id = 1", "{\"finding\":\"use\",\"record\":1,"},
    {"UPDATE use SET hold = -1 WHERE id = 1", "{\"finding\":\"amount\",\"record\":1,"},
    {"UPDATE settle SET cost = -1 WHERE use = 1", "{\"finding\":\"amount\",\"record\":1,"},
    /* windows */
    {"UPDATE charge SET window_ms = window_ms + 1 WHERE use = 1 AND " YEAR,
     "{\"finding\":\"window\",\"budget\":\"year\","},
    {"UPDATE use SET at_ms = 1 WHERE id = 1", "{\"finding\":\"window\",\"budget\":\"search\","},
    {"UPDATE use SET at_ms = 4000000000000 WHERE id = 1",
     "{\"finding\":\"window\",\"budget\":\"search\","},
    {"UPDATE external SET at_ms = 1", "{\"finding\":\"window\",\"budget\":\"year\","},
    {"UPDATE charge SET budget = 'nobody' WHERE use = 1 AND " YEAR,
     "{\"finding\":\"window\",\"budget\":\"nobody\","},
    {"UPDATE budget SET json = replace(json, 'month', 'day')",
     "{\"finding\":\"window\",\"budget\":\"search\","},
    /* costs */
    {"UPDATE settle SET cost = cost + 1 WHERE use = 1",
     "{\"finding\":\"cost\",\"record\":1,\"is\":\"0.001500000001\",\"shouldBe\":\"0.0015\","},
    {"UPDATE settle SET input = input + 1 WHERE use = 1",
     "{\"finding\":\"cost\",\"record\":1,\"is\":\"0.0015\",\"shouldBe\":\"0.001501\","},
    {"UPDATE settle SET cost = NULL WHERE use = 1",
     "{\"finding\":\"cost\",\"record\":1,\"is\":null,\"shouldBe\":\"0.0015\","},
    {"UPDATE settle SET cost = cost - 1 WHERE use = 4",
     "{\"finding\":\"cost\",\"record\":4,\"is\":\"0.002224999999\",\"shouldBe\":\"0.002225\","},
    {"UPDATE settle SET cost = cost - 1 WHERE use = 5", "{\"finding\":\"cost\",\"record\":5,"},
    {"UPDATE settle SET tier = NULL WHERE use = 4",
     "{\"finding\":\"cost\",\"record\":4,\"is\":\"0.002225\",\"shouldBe\":\"0.00445\","},
    {"UPDATE settle SET cost = 1 WHERE use = 3", "{\"finding\":\"cost\",\"record\":3,"},
    {"UPDATE settle SET cost = 0 WHERE use = 2", "{\"finding\":\"cost\",\"record\":2,"},
    {"UPDATE use SET price_table = 9 WHERE id = 1",
     "{\"finding\":\"cost\",\"record\":1,\"text\":\"it names a table"},
    {"UPDATE use SET price_table = NULL WHERE id = 1",
     "{\"finding\":\"cost\",\"record\":1,\"is\":\"0.0015\",\"shouldBe\":null,"},
    {"UPDATE use SET profile = 2 WHERE id = 1",
     "{\"finding\":\"cost\",\"record\":1,\"is\":\"0.0015\",\"shouldBe\":\"0.00015\","},
    /* what was put */
    {"UPDATE price_table SET hash = 'x'", "{\"finding\":\"price\",\"id\":1,"},
    {"UPDATE price_table SET json = replace(json, '5.00', '6.00')",
     "{\"finding\":\"price\",\"id\":1,"},
    {"INSERT INTO profile (put_at_ms, arn, json) VALUES (0, 'x', '{}')",
     "{\"finding\":\"profile\",\"id\":4,"},
    {"UPDATE profile SET arn = 'x' WHERE id = 1", "{\"finding\":\"profile\",\"id\":1,"},
    {"UPDATE budget SET name = 'x' WHERE id = 1", "{\"finding\":\"budget\",\"id\":1,"},
};

START_TEST(what_is_wrong_is_found)
{
    brc_ledger *ledger = lived_in_ledger();

    sql(planted[_i].sql);
    has(rows_of(ledger, "{\"kind\":\"verify\"}"), planted[_i].finding);
    brc_ledger_free(ledger);
}
END_TEST

START_TEST(page_that_nobody_has_is_found)
{
    brc_ledger *ledger = lived_in_ledger();

    brc_ledger_free(ledger);
    sql("PRAGMA writable_schema = 1; DELETE FROM sqlite_schema WHERE name = 'use_by_time'");
    ledger = open_ledger();
    const struct rows *rows = rows_of(ledger, "{\"kind\":\"verify\"}");
    has(rows, "{\"finding\":\"integrity\",\"text\":\"");
    has(rows, "never used");
    brc_ledger_free(ledger);
}
END_TEST

/* A cost that only another table than the named one has a price for is as sound as it was when it
 * was settled, and no other is. */
START_TEST(other_tables_may_price_what_served)
{
    brc_ledger *ledger = furnished_ledger();

    put(ledger, "price",
        "{\"from\":\"2026-02-01\",\"source\":\"new\",\"prices\":[{\"model\":\"a.big\",\"scope\":"
        "\"geo\",\"input\":\"2\",\"output\":\"10\"}]}");
    settle_as(ledger, admit(ledger, "c1", SEARCH, 1000, 1), BRC_OUTCOME_REPORTED, "flex", 1000, 0);
    has(rows_of(ledger, "{\"kind\":\"record\"}"), "\"cost\":\"0.0005\"");
    has(rows_of(ledger, "{\"kind\":\"record\"}"), "\"priceTable\":2");
    ck_assert_str_eq(rows_of(ledger, "{\"kind\":\"verify\"}")->text, "");
    sql("UPDATE settle SET cost = 1000000000; UPDATE total SET settled = 1000000000");
    has(rows_of(ledger, "{\"kind\":\"verify\"}"), "\"shouldBe\":\"0.0005\"");
    brc_ledger_free(ledger);
}
END_TEST

/* Torn files. */

enum {
    STATES = 64,
    TRIES = 250
};

struct file {
    unsigned char *bytes;
    size_t n;
};

static char states[STATES][512]; /* what the totals were after each commit */
static int state_count;

/* Totals of each budget, in a form that a hold keeps when its owner is found to be gone. */
static void totals_of(const struct rows *rows, char *to, size_t size)
{
    static const char *const names[] = {"\"settled\":\"", "\"unreported\":\"", "\"held\":\"",
                                        "\"uses\":", "\"refusals\":"};
    int64_t numbers[5];

    *to = '\0';
    for (const char *p = strstr(rows->text, names[0]); p != NULL; p = strstr(p + 1, names[0])) {
        for (int i = 0; i < 5; i++) {
            const char *digits = strstr(p, names[i]) + strlen(names[i]);
            char text[32] = "";
            strncat(text, digits, strspn(digits, "0123456789."));
            if (i < 3)
                ck_assert_int_eq(brc_money_parse(text, &numbers[i]), 0);
            else
                numbers[i] = strtoll(text, NULL, 10);
        }
        snprintf(to + strlen(to), size - strlen(to), "%lld %lld %lld %lld\n", (long long)numbers[0],
                 (long long)(numbers[1] + numbers[2]), (long long)numbers[3],
                 (long long)numbers[4]);
    }
}

static void note_state(brc_ledger *ledger)
{
    ck_assert_int_lt(state_count, STATES);
    totals_of(rows_of(ledger, "{\"kind\":\"use\"}"), states[state_count++], sizeof states[0]);
}

static struct file read_file(const char *suffix)
{
    char path[128];
    struct file file = {0};

    snprintf(path, sizeof path, "%s%s", ledger_path, suffix);
    FILE *from = fopen(path, "rb");
    if (from == NULL)
        return file;
    file.bytes = malloc(16 * 1024 * 1024);
    ck_assert_ptr_nonnull(file.bytes);
    file.n = fread(file.bytes, 1, 16 * 1024 * 1024, from);
    fclose(from);
    return file;
}

static void write_file(const char *suffix, const unsigned char *bytes, size_t n)
{
    char path[128];

    snprintf(path, sizeof path, "%s%s", ledger_path, suffix);
    FILE *to = fopen(path, "wb");
    ck_assert_ptr_nonnull(to);
    ck_assert_uint_eq(fwrite(bytes, 1, n, to), n);
    ck_assert_int_eq(fclose(to), 0);
}

static void live(brc_ledger *ledger, int rounds)
{
    for (int i = 0; i < rounds; i++) {
        struct brc__hold *hold = admit(ledger, "c", i % 3 == 0 ? CHEAP : SEARCH, 1000 * i, 100);
        note_state(ledger);
        settle_as(ledger, hold, 1 + i % 3, "", 900 * i, 50);
        note_state(ledger);
    }
}

/* Half of it in the database, the other half there too or still in the log. Both files as they are
 * while it is open.
 */
static void make_files(bool in_wal, struct file *db, struct file *wal)
{
    brc_ledger *ledger = open_ledger();

    state_count = 0;
    note_state(ledger);
    put(ledger, "price", PRICES);
    put(ledger, "profile", PROFILES);
    put(ledger, "budget", BUDGET("search", "month", "10"));
    note_state(ledger);
    live(ledger, 10);
    brc_ledger_free(ledger);
    sql("PRAGMA wal_checkpoint(TRUNCATE)");
    ledger = open_ledger();
    put(ledger, "budget", BUDGET("year", "year", "10"));
    note_state(ledger);
    live(ledger, 8);
    if (!in_wal) {
        brc_ledger_free(ledger);
        sql("PRAGMA wal_checkpoint(TRUNCATE)");
        ledger = open_ledger();
    }
    *db = read_file("");
    *wal = read_file("-wal");
    brc_ledger_free(ledger);
    ck_assert_uint_gt(db->n, 40000);
    ck_assert((wal->n > 40000) == in_wal);
}

enum verdict {
    REFUSED,
    FOUND,
    SOUND,
    VERDICTS
};

static bool is_state(const char *totals)
{
    for (int i = 0; i < state_count; i++)
        if (strcmp(states[i], totals) == 0)
            return true;
    return false;
}

/* The ledger's files as they are on the disk now. */
static enum verdict judge(const char *what, size_t where)
{
    static struct rows uses, findings;
    char totals[512];
    brc_ledger *ledger;
    enum verdict verdict = REFUSED;

    uses = findings = (struct rows){0};
    if (brc_ledger_open(ledger_path, &ledger) == 0 &&
        brc_ledger_query(ledger, "{\"kind\":\"use\"}", add_row, &uses) >= 0) {
        int64_t found = brc_ledger_query(ledger, "{\"kind\":\"verify\"}", add_row, &findings);
        totals_of(&uses, totals, sizeof totals);
        verdict = found != 0 ? FOUND : SOUND;
        ck_assert_msg(found != 0 || is_state(totals), "%s at %zu: totals that never were:\n%s%s",
                      what, where, totals, uses.text);
    }
    brc_ledger_free(ledger);
    return verdict;
}

static enum verdict judge_files(const struct file *db, const struct file *wal, const char *what,
                                size_t where)
{
    static const char *const others[] = {"-shm", "-lock"};
    char path[128];

    for (size_t i = 0; i < 2; i++) {
        snprintf(path, sizeof path, "%s%s", ledger_path, others[i]);
        unlink(path);
    }
    write_file("", db->bytes, db->n);
    write_file("-wal", wal->bytes, wal->n);
    return judge(what, where);
}

static uint64_t chance(uint64_t *state)
{
    *state ^= *state << 13;
    *state ^= *state >> 7;
    *state ^= *state << 17;
    return *state;
}

/* Most of a page is empty, which is no place to change anything. */
static size_t full_place(const struct file *file, uint64_t *state)
{
    size_t where = chance(state) % file->n;

    while (file->bytes[where] == 0)
        where = chance(state) % file->n;
    return where;
}

/* Cut: at as many places, evenly. Flipped: one bit, anywhere. */
static const struct {
    const char *what;
    bool in_wal, is_cut;
    int refused_least, found_least,
        sound_least; /* so that the tries are known to have done something */
} tears[] = {
    {"log cut", true, true, 0, 0, TRIES},
    {"log flipped", true, false, 0, 0, TRIES},
    {"database cut", false, true, 50, 0, 0},
    {"database flipped", false, false, 5, 50, 20},
};

START_TEST(torn_files_never_have_wrong_totals)
{
    struct file db, wal;
    int verdicts[VERDICTS] = {0};
    uint64_t state = 88172645463325252u;

    make_files(tears[_i].in_wal, &db, &wal);
    ck_assert_int_eq(judge_files(&db, &wal, "whole", 0), SOUND);
    struct file *torn = tears[_i].in_wal ? &wal : &db;
    size_t n = torn->n;
    for (int i = 0; i < TRIES; i++) {
        size_t where = tears[_i].is_cut ? (size_t)i * n / TRIES : full_place(torn, &state);
        unsigned char bit = (unsigned char)(1u << (chance(&state) % 8));
        if (tears[_i].is_cut)
            torn->n = where;
        else
            torn->bytes[where] ^= bit;
        verdicts[judge_files(&db, &wal, tears[_i].what, where)]++;
        torn->n = n;
        if (!tears[_i].is_cut)
            torn->bytes[where] ^= bit;
    }
    printf("# %s: %d refused, %d found, %d sound\n", tears[_i].what, verdicts[REFUSED],
           verdicts[FOUND], verdicts[SOUND]);
    ck_assert_int_ge(verdicts[REFUSED], tears[_i].refused_least);
    ck_assert_int_ge(verdicts[FOUND], tears[_i].found_least);
    ck_assert_int_ge(verdicts[SOUND], tears[_i].sound_least);
    free(db.bytes);
    free(wal.bytes);
}
END_TEST

int main(void)
{
    Suite *suite = suite_create("verify");
    TCase *cases = tcase_create("verify");

    suite_add_tcase(suite, cases);
    tcase_add_checked_fixture(cases, make_folder, remove_folder);
    tcase_add_test(cases, sound_ledger_has_no_findings);
    tcase_add_loop_test(cases, what_is_wrong_is_found, 0, sizeof planted / sizeof planted[0]);
    tcase_add_test(cases, page_that_nobody_has_is_found);
    tcase_add_test(cases, other_tables_may_price_what_served);
    tcase_add_loop_test(cases, torn_files_never_have_wrong_totals, 0,
                        sizeof tears / sizeof tears[0]);
    return run(suite);
}
