/* What is no ledger, or cannot be one: refused with the reason, left as it was, and usable again
 * when the cause is gone. SPDX-License-Identifier: MIT */
#include "run.h"
#include "store_steps.h"

#include <ledger_file.h>
#include <schema.h>

#include <sqlite3.h>
#include <sys/wait.h>
#include <unistd.h>

static void check_refused(const char *path, const char *reason)
{
    struct brc__store *store = (struct brc__store *)store_path;

    ck_assert_int_eq(brc__store_open(path, &store, &error), BRC_E_LEDGER);
    ck_assert_ptr_null(store);
    ck_assert_int_eq(error.code, BRC_E_LEDGER);
    ck_assert_msg(strstr(error.text, reason) != NULL, "%s", error.text);
    ck_assert_ptr_null(strchr(error.text, '\n'));
}

static void write_file(const char *path, const void *bytes, size_t n)
{
    FILE *file = fopen(path, "w");

    ck_assert_ptr_nonnull(file);
    ck_assert_uint_eq(fwrite(bytes, 1, n, file), n);
    ck_assert_int_eq(fclose(file), 0);
}

/* A number that follows from all bytes of a file. */
static uint64_t sum_of(const char *path)
{
    FILE *file = fopen(path, "r");
    uint64_t sum = 14695981039346656037u;

    ck_assert_ptr_nonnull(file);
    for (int c = getc(file); c != EOF; c = getc(file))
        sum = (sum ^ (unsigned char)c) * 1099511628211u;
    fclose(file);
    return sum;
}

static void run_sql(const char *path, const char *sql)
{
    sqlite3 *db;

    ck_assert_int_eq(sqlite3_open(path, &db), SQLITE_OK);
    ck_assert_msg(sqlite3_exec(db, sql, NULL, NULL, NULL) == SQLITE_OK, "%s", sqlite3_errmsg(db));
    ck_assert_int_eq(sqlite3_close(db), SQLITE_OK);
}

START_TEST(refuses_what_is_no_ledger)
{
    static const char *const texts[] = {"x", "this is a text about nothing", "SQLite format 3"};
    char many[5000];

    for (size_t i = 0; i < sizeof texts / sizeof texts[0]; i++) {
        write_file(store_path, texts[i], strlen(texts[i]));
        uint64_t sum = sum_of(store_path);
        check_refused(store_path, "it is no ledger");
        ck_assert_uint_eq(sum_of(store_path), sum);
    }
    memset(many, 'x', sizeof many);
    write_file(store_path, many, sizeof many);
    check_refused(store_path, "it is no ledger");
    ck_assert_int_eq(store_size("-lock"), -1); /* nothing was left beside it */
}
END_TEST

START_TEST(refuses_databases_of_others)
{
    static const char *const made[] = {
        "CREATE TABLE t (x)",
        "PRAGMA application_id=7; PRAGMA journal_mode=WAL; CREATE TABLE t (x)",
        "PRAGMA user_version=1; CREATE TABLE generation (number)",
    };

    for (size_t i = 0; i < sizeof made / sizeof made[0]; i++) {
        unlink(store_path);
        run_sql(store_path, made[i]);
        uint64_t sum = sum_of(store_path);
        check_refused(store_path, "it is another program's database");
        ck_assert_uint_eq(sum_of(store_path), sum);
        ck_assert_int_eq(store_size("-lock"), -1);
    }
}
END_TEST

static const struct {
    int version;
    const char *sql, *reason;
} versions[] = {
    {BRC__SCHEMA_VERSION + 1, "CREATE TABLE t (x)", "use a newer program"},
    {2000000000, "CREATE TABLE t (x)", "use a newer program"},
    {-1, "CREATE TABLE t (x)", "its tables are not those of a ledger"},
    {0, "CREATE TABLE t (x)", "its tables are not those of a ledger"},
    {1, "", "its tables are not those of a ledger"},
};

START_TEST(refuses_other_versions)
{
    char sql[200];

    snprintf(sql, sizeof sql, "PRAGMA application_id=%d; PRAGMA user_version=%d; %s",
             BRC__SCHEMA_APPLICATION, versions[_i].version, versions[_i].sql);
    run_sql(store_path, sql);
    uint64_t sum = sum_of(store_path);
    check_refused(store_path, versions[_i].reason);
    ck_assert_uint_eq(sum_of(store_path), sum);
}
END_TEST

/* The file itself may be behind: its version can still be in the log. */
START_TEST(refuses_a_newer_version_in_the_log)
{
    struct brc__store *store = store_open();
    char sql[80];

    snprintf(sql, sizeof sql, "PRAGMA user_version=%d", BRC__SCHEMA_VERSION + 1);
    run_sql(store_path, sql);
    check_refused(store_path, "use a newer program");
    snprintf(sql, sizeof sql, "PRAGMA user_version=%d", BRC__SCHEMA_VERSION);
    run_sql(store_path, sql);
    add_rows(store, 1);
    brc__store_free(store);
}
END_TEST

START_TEST(refuses_places)
{
    char path[200], long_name[300] = "";

    check_refused(store_folder, "it is a folder");
    check_refused("/tmp/none/of/these/ledger.db", "there is no such folder");
    check_refused("", "that is the name of a folder");
    snprintf(path, sizeof path, "%s/", store_folder);
    check_refused(path, "it is a folder");
    snprintf(path, sizeof path, "%s/none/", store_folder);
    check_refused(path, "that is the name of a folder");
    check_refused("/dev/null", "");
    check_refused("/dev/full", "");
    check_refused("/proc/self/ledger.db", "");
    ck_assert_int_eq(mkfifo(store_path, 0600), 0);
    check_refused(store_path, "it is not a file");
    unlink(store_path);
    ck_assert_int_eq(symlink("ledger.db", store_path), 0);
    check_refused(store_path, "its links lead in a circle");
    unlink(store_path);
    ck_assert_int_eq(symlink("nothing.db", store_path), 0);
    check_refused(store_path, "it is a link to a file that is not there");
    memset(long_name, 'x', sizeof long_name - 1);
    check_refused(long_name, "its name is too long");
}
END_TEST

START_TEST(links_lead_to_one_ledger)
{
    struct brc__store *one = store_open(), *two;
    char link_path[200], other[200];

    snprintf(link_path, sizeof link_path, "%s/link", store_folder);
    ck_assert_int_eq(symlink("ledger.db", link_path), 0);
    ck_assert_int_eq(brc__store_open(link_path, &two, &error), 0);
    ck_assert_int_eq(brc__store_begin(one, 0, &error), 0);
    ck_assert_int_eq(brc__store_begin(two, 0, &error), BRC__STORE_BUSY);
    brc__store_free(one);
    brc__store_free(two);
    snprintf(other, sizeof other, "%s/other", store_folder);
    ck_assert_int_eq(link(store_path, other), 0);
    check_refused(store_path, "it has more than one name");
    check_refused(other, "it has more than one name");
    ck_assert_int_eq(unlink(other), 0);
    brc__store_free(store_open());
}
END_TEST

START_TEST(relative_names_lead_to_it)
{
    struct brc__store *one, *two;
    char before[500];

    ck_assert_ptr_nonnull(getcwd(before, sizeof before));
    ck_assert_int_eq(chdir(store_folder), 0);
    ck_assert_int_eq(brc__store_open("ledger.db", &one, &error), 0);
    ck_assert_int_eq(chdir(before), 0);
    add_rows(one, 1); /* wherever the program has gone since */
    two = store_open();
    ck_assert_int_eq(count_rows(two), 1);
    brc__store_free(one);
    brc__store_free(two);
}
END_TEST

/* SQLite's numbers of file systems and what the kernel's headers say of them. */
static const struct {
    uint64_t type;
    const char *name;
} systems[] = {
    {0x6969, "NFS"},        {0x517b, "SMB"},
    {0xff534d42, "CIFS"},   {0xfe534d42, "SMB"},
    {0x65735546, "FUSE"},   {0x01021997, "9p"},
    {0x00c36400, "Ceph"},   {0x5346414f, "AFS"},
    {0x01161970, "GFS2"},   {0x7461636f, "OCFS2"},
    {0x0bd00bd0, "Lustre"}, {0xffffffffff534d42, "CIFS"}, /* f_type is signed */
    {0xef53, NULL},         {0x58465342, NULL},
    {0x9123683e, NULL},     {0x01021994, NULL},
    {0x794c7630, NULL},     {0x2fc12fc1, NULL},
    {0xf2f52010, NULL},
};

START_TEST(knows_unfit_file_systems)
{
    ck_assert_pstr_eq(brc__unfit_file_system(systems[_i].type), systems[_i].name);
}
END_TEST

/* In a child that is no superuser. Returns what it exits with. */
static int as_nobody(int (*fn)(void))
{
    int status;
    pid_t pid = fork();

    if (pid == 0) {
        if (geteuid() == 0 && (setgid(65534) != 0 || setuid(65534) != 0))
            _exit(99);
        _exit(fn());
    }
    ck_assert_int_eq(waitpid(pid, &status, 0), pid);
    ck_assert(WIFEXITED(status));
    return WEXITSTATUS(status);
}

static int is_refused(void)
{
    struct brc__store *store;

    if (brc__store_open(store_path, &store, &error) != BRC_E_LEDGER || store != NULL)
        return 1;
    return strstr(error.text, "this user must be able to") != NULL ? 0 : 2;
}

static int is_usable(void)
{
    struct brc__store *store;

    if (brc__store_open(store_path, &store, &error) != 0)
        return 3;
    int rc = brc__store_begin(store, 0, &error);
    if (rc == 0)
        rc = try_row(store, "nobody");
    if (rc == 0)
        rc = brc__store_commit(store, &error);
    brc__store_free(store);
    return rc == 0 ? 0 : 4;
}

START_TEST(refuses_what_may_not_be_written)
{
    struct brc__store *store = store_open();

    add_rows(store, 1);
    brc__store_free(store);
    uint64_t sum = sum_of(store_path);
    static const struct {
        mode_t folder, file, lock;
        int (*fn)(void);
    } modes[] = {
        {0755, 0644, 0644, is_refused}, {0777, 0644, 0644, is_refused},
        {0777, 0444, 0666, is_refused}, {0755, 0666, 0666, is_refused},
        {0777, 0666, 0644, is_refused}, {0700, 0666, 0666, is_refused},
    };
    for (size_t i = 0; i < sizeof modes / sizeof modes[0]; i++) {
        ck_assert_int_eq(chmod(store_folder, modes[i].folder), 0);
        ck_assert_int_eq(chmod(store_path, modes[i].file), 0);
        ck_assert_int_eq(chmod(store_file("-lock"), modes[i].lock), 0);
        if (geteuid() == 0 || (modes[i].file & 0200) == 0)
            ck_assert_msg(as_nobody(modes[i].fn) == 0, "%zu", i);
        ck_assert_uint_eq(sum_of(store_path), sum);
    }
    ck_assert_int_eq(chmod(store_folder, 0777), 0);
    ck_assert_int_eq(chmod(store_path, 0666), 0);
    ck_assert_int_eq(chmod(store_file("-lock"), 0666), 0);
    ck_assert_int_eq(chmod(store_file("-wal"), 0666), 0);
    ck_assert_int_eq(chmod(store_file("-shm"), 0666), 0);
    ck_assert_int_eq(as_nobody(is_usable), 0);
    store = store_open();
    ck_assert_int_eq(count_rows(store), 2);
    brc__store_free(store);
}
END_TEST

/* The files that SQLite makes beside it, and ours, are as open as the ledger itself. */
START_TEST(files_beside_it_are_as_open_as_it)
{
    static const char *const suffixes[] = {"-lock", "-wal", "-shm"};
    struct stat status;

    write_file(store_path, "", 0);
    ck_assert_int_eq(chmod(store_path, 0660), 0);
    struct brc__store *store = store_open();
    add_rows(store, 1);
    for (size_t i = 0; i < 3; i++) {
        ck_assert_int_eq(stat(store_file(suffixes[i]), &status), 0);
        ck_assert_int_eq(status.st_mode & 0777, 0660);
    }
    brc__store_free(store);
}
END_TEST

/* Whatever went away would take the rows to come with it. */
START_TEST(notices_files_that_went_away)
{
    static const char *const suffixes[] = {"", "-wal", "-shm", "-lock"};
    struct brc__store *store = store_open();
    char away[200];

    add_rows(store, 1);
    for (size_t i = 0; i < sizeof suffixes / sizeof *suffixes; i++) {
        snprintf(away, sizeof away, "%s/away", store_folder);
        ck_assert_int_eq(rename(store_file(suffixes[i]), away), 0);
        ck_assert_int_eq(brc__store_begin(store, 0, &error), BRC_E_LEDGER);
        ck_assert_ptr_nonnull(strstr(error.text, "moved, replaced or removed"));
        write_file(store_file(suffixes[i]), "", 0); /* another of that name */
        ck_assert_int_eq(brc__store_begin(store, 0, &error), BRC_E_LEDGER);
        ck_assert_int_eq(brc__store_read(store, &error), BRC_E_LEDGER);
        ck_assert_int_eq(rename(away, store_file(suffixes[i])), 0);
        add_rows(store, 1);
    }
    brc__store_free(store);
}
END_TEST

/* Somebody's sqlite3 on the command line. */
START_TEST(waits_for_programs_that_know_no_turns)
{
    struct brc__store *store = store_open();
    sqlite3 *db;

    ck_assert_int_eq(sqlite3_open(store_path, &db), SQLITE_OK);
    ck_assert_int_eq(sqlite3_exec(db, "BEGIN IMMEDIATE", NULL, NULL, NULL), SQLITE_OK);
    ck_assert_int_eq(brc__store_begin(store, 0, &error), BRC__STORE_BUSY);
    ck_assert_int_eq(brc__store_begin(store, 10, &error), BRC__STORE_BUSY);
    ck_assert_int_eq(brc__store_read(store, &error), 0);
    brc__store_rollback(store);
    ck_assert_int_eq(sqlite3_exec(db, "COMMIT", NULL, NULL, NULL), SQLITE_OK);
    add_rows(store, 1);
    ck_assert_int_eq(sqlite3_close(db), SQLITE_OK);
    add_rows(store, 1);
    brc__store_free(store);
    /* One that has it for itself alone. */
    ck_assert_int_eq(sqlite3_open(store_path, &db), SQLITE_OK);
    ck_assert_int_eq(sqlite3_exec(db, "PRAGMA locking_mode=EXCLUSIVE; BEGIN EXCLUSIVE; COMMIT",
                                  NULL, NULL, NULL),
                     SQLITE_OK);
    check_refused(store_path, "another program has it for itself");
    ck_assert_int_eq(sqlite3_close(db), SQLITE_OK);
    store = store_open();
    ck_assert_int_eq(count_rows(store), 2);
    brc__store_free(store);
}
END_TEST

/* Has the file for itself for a while, says so, and lets go of it. */
static void keep_others_out(int said)
{
    static const char sql[] = "PRAGMA locking_mode=EXCLUSIVE; BEGIN EXCLUSIVE; COMMIT";
    sqlite3 *db;

    if (sqlite3_open(store_path, &db) != SQLITE_OK ||
        sqlite3_exec(db, sql, NULL, NULL, NULL) != SQLITE_OK || write(said, "", 1) != 1)
        _exit(1);
    usleep(50000);
    _exit(sqlite3_close(db) == SQLITE_OK ? 0 : 2);
}

START_TEST(opening_waits_for_them_too)
{
    struct brc__store *store = store_open();
    int said[2], status;
    char byte;

    add_rows(store, 3);
    brc__store_free(store);
    ck_assert_int_eq(pipe(said), 0);
    pid_t pid = fork();
    if (pid == 0)
        keep_others_out(said[1]);
    close(said[1]);
    ck_assert_int_eq(read(said[0], &byte, 1), 1);
    close(said[0]);
    store = store_open();
    ck_assert_int_eq(count_rows(store), 3);
    brc__store_free(store);
    ck_assert_int_eq(waitpid(pid, &status, 0), pid);
    ck_assert_int_eq(status, 0);
}
END_TEST

int main(void)
{
    Suite *suite = suite_create("store_refused");
    TCase *cases = tcase_create("store_refused");

    suite_add_tcase(suite, cases);
    tcase_add_checked_fixture(cases, store_folder_make, store_folder_remove);
    tcase_add_test(cases, refuses_what_is_no_ledger);
    tcase_add_test(cases, refuses_databases_of_others);
    tcase_add_loop_test(cases, refuses_other_versions, 0, sizeof versions / sizeof versions[0]);
    tcase_add_test(cases, refuses_a_newer_version_in_the_log);
    tcase_add_test(cases, refuses_places);
    tcase_add_test(cases, links_lead_to_one_ledger);
    tcase_add_test(cases, relative_names_lead_to_it);
    tcase_add_loop_test(cases, knows_unfit_file_systems, 0, sizeof systems / sizeof systems[0]);
    tcase_add_test(cases, refuses_what_may_not_be_written);
    tcase_add_test(cases, files_beside_it_are_as_open_as_it);
    tcase_add_test(cases, notices_files_that_went_away);
    tcase_add_test(cases, waits_for_programs_that_know_no_turns);
    tcase_add_test(cases, opening_waits_for_them_too);
    return run(suite);
}
