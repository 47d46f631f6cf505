/* Several processes with one ledger: made once, turns, forked children, killed ones, a second copy
 * of SQLite within a process. SPDX-License-Identifier: MIT */
#include "run.h"
#include "store_steps.h"

#include <dlfcn.h>
#include <signal.h>
#include <sqlite3.h>
#include <stdatomic.h>
#include <sys/mman.h>
#include <sys/wait.h>
#include <time.h>

START_TEST(owner_dies_with_its_process)
{
    struct brc__store *store = store_open();
    int said[2], status;
    int64_t owner;

    ck_assert_int_eq(pipe(said), 0);
    pid_t pid = fork();
    if (pid == 0) {
        struct brc__store *of_child = store_open();
        owner = own(of_child);
        if (write(said[1], &owner, sizeof owner) == sizeof owner)
            pause();
        _exit(1);
    }
    close(said[1]);
    ck_assert_int_eq(read(said[0], &owner, sizeof owner), sizeof owner);
    close(said[0]);
    ck_assert(brc__store_owner_lives(store, owner));
    kill(pid, SIGKILL);
    ck_assert_int_eq(waitpid(pid, &status, 0), pid);
    ck_assert(!brc__store_owner_lives(store, owner));
    brc__store_free(store);
}
END_TEST

/* Exit code of a child; 0 is all right. */
static int child_of(struct brc__store *store, bool opens_its_own)
{
    if (begin(store, 0) != BRC_E_FORKED || brc__store_read(store, &error) != BRC_E_FORKED)
        return 1;
    if (brc__store_free(store) != NULL)
        return 2;
    if (!opens_its_own)
        return 0;
    struct brc__store *mine;
    if (brc__store_open(store_path, &mine, &error) != 0)
        return 3;
    if (begin(mine, 1000) != 0 || try_row(mine, "child") != 0 || commit(mine) != 0)
        return 4;
    brc__store_free(mine);
    return 0;
}

static void fork_and_check(struct brc__store *store, bool opens_its_own)
{
    int status;
    pid_t pid = fork();

    if (pid == 0)
        _exit(child_of(store, opens_its_own));
    ck_assert_int_eq(waitpid(pid, &status, 0), pid);
    ck_assert(WIFEXITED(status));
    ck_assert_int_eq(WEXITSTATUS(status), 0);
}

START_TEST(child_can_only_free)
{
    struct brc__store *store = store_open(), *other = store_open();
    int64_t owner = own(store);

    fork_and_check(store, false);
    fork_and_check(store, true);
    ck_assert(brc__store_owner_lives(other, owner));
    ck_assert_int_eq(count_rows(store), 1);

    ck_ok(begin(store, 0)); /* in the middle of one */
    add_row(store);
    fork_and_check(store, false);
    add_row(store);
    ck_assert_int_eq(begin(other, 0), BRC__STORE_BUSY);
    ck_ok(commit(store));
    ck_assert_int_eq(count_rows(other), 3);

    ck_ok(brc__store_read(store, &error));
    fork_and_check(store, false);
    write_pages(other, 1500);
    ck_assert_int_eq(count_rows(store), 3);
    brc__store_free(store);
    brc__store_free(other);
}
END_TEST

enum {
    PROCESSES = 4,
    CHECKPOINTS = 20, /* that are waited for */
    KILLS = 40,
    TURNS = 20, /* of each process */
    FEWEST_OF = 1000,
    TURN_MS = 10 * 60 * 1000, /* longer than anybody's turn takes on a slow machine */
};

/* What the processes of a test tell each other. */
struct told {
    atomic_int ready;
    atomic_bool over;
    atomic_llong stored[PROCESSES]; /* commits that returned 0 */
};
static struct told *told;

static void start(void)
{
    store_folder_make();
    told = mmap(NULL, sizeof *told, PROT_READ | PROT_WRITE, MAP_SHARED | MAP_ANONYMOUS, -1, 0);
    ck_assert_ptr_ne(told, MAP_FAILED);
}

static void stop(void)
{
    munmap(told, sizeof *told);
    store_folder_remove();
}

static int64_t now_ms(void)
{
    struct timespec t;

    clock_gettime(CLOCK_MONOTONIC, &t);
    return (int64_t)t.tv_sec * 1000 + t.tv_nsec / 1000000;
}

static void sleep_ms(int64_t ms)
{
    struct timespec t = {ms / 1000, ms % 1000 * 1000000};

    nanosleep(&t, NULL);
}

static void wait_for_all(int count)
{
    int status;

    for (int i = 0; i < count; i++) {
        ck_assert_int_gt(wait(&status), 0);
        ck_assert_msg(status == 0, "status %x", (unsigned)status);
    }
}

static void check_sound(int64_t rows)
{
    struct brc__store *store = store_open();
    char found[200] = "";

    ck_assert_int_eq(count_rows(store), rows);
    ck_ok(brc__store_integrity(store, note, found, &error));
    ck_assert_str_eq(found, "");
    brc__store_free(store);
}

/* One row a transaction, a page each, so that checkpoints come often. */
static int add_pages(struct brc__store *store, int i, int64_t wait_ms)
{
    static char text[3600];

    memset(text, 'a' + i, sizeof text - 1);
    int rc = begin(store, wait_ms);
    if (rc != 0)
        return rc;
    for (int n = 0; n < 5 && rc == 0; n++)
        rc = try_row(store, text);
    if (rc != 0) {
        brc__store_rollback(store);
        return rc;
    }
    rc = commit(store);
    if (rc == 0)
        atomic_fetch_add(&told->stored[i], 5);
    return rc;
}

static int64_t turns_of(int i)
{
    return atomic_load(&told->stored[i]) / 5;
}

/* Until each has written so often; then it is over. */
static void wait_for_turns(int64_t turns)
{
    for (int i = 0; i < PROCESSES; i++)
        while (turns_of(i) < turns)
            sleep_ms(1);
    atomic_store(&told->over, true);
}

static int64_t all_stored(void)
{
    int64_t all = 0;

    for (int i = 0; i < PROCESSES; i++)
        all += atomic_load(&told->stored[i]);
    return all;
}

START_TEST(several_make_it_at_once)
{
    for (int round = 0; round < 8; round++) {
        atomic_store(&told->ready, 0);
        for (int i = 0; i < PROCESSES; i++)
            if (fork() == 0) {
                struct brc__store *store;
                atomic_fetch_add(&told->ready, 1);
                while (atomic_load(&told->ready) < PROCESSES)
                    ;
                if (brc__store_open(store_path, &store, &error) != 0)
                    _exit(1);
                for (int n = 0; n < 3; n++)
                    if (add_pages(store, i, TURN_MS) != 0)
                        _exit(2);
                brc__store_free(store);
                _exit(0);
            }
        wait_for_all(PROCESSES);
        check_sound(all_stored());
        ck_assert_int_eq(all_stored(), PROCESSES * 15);
        for (int i = 0; i < PROCESSES; i++)
            atomic_store(&told->stored[i], 0);
        store_folder_remove();
        store_folder_make();
    }
}
END_TEST

/* Until it is over. Who reads as well sees one moment at a time, and none twice. */
static void write_on(int i, bool reads)
{
    struct brc__store *store;
    int64_t seen = 0;

    if (brc__store_open(store_path, &store, &error) != 0)
        _exit(1);
    while (!atomic_load(&told->over)) {
        if (add_pages(store, i, TURN_MS) != 0)
            _exit(2);
        if (!reads)
            continue;
        if (brc__store_read(store, &error) != 0)
            _exit(3);
        int64_t before = count_rows(store);
        sleep_ms(1);
        if (count_rows(store) != before || before < seen)
            _exit(4);
        seen = before;
        brc__store_rollback(store);
    }
    brc__store_free(store);
    _exit(0);
}

static pid_t writer(int i)
{
    pid_t pid = fork();

    if (pid == 0)
        write_on(i, false);
    return pid;
}

/* At least as long as whoever runs this wants it. */
static int64_t until(void)
{
    const char *seconds = getenv("STORE_SECONDS");

    return now_ms() + (seconds == NULL ? 0 : 1000 * atoll(seconds));
}

/* Two write as fast as they can, the log is moved into the file again and again. */
START_TEST(no_row_is_lost_to_checkpoints)
{
    int64_t end = until();
    off_t size = 0;
    int grew = 0;

    for (int i = 0; i < 3; i++)
        if (fork() == 0)
            write_on(i, i == 2);
    while (grew < CHECKPOINTS || now_ms() < end) {
        sleep_ms(2);
        grew += store_size("") > size;
        size = store_size("");
    }
    atomic_store(&told->over, true);
    wait_for_all(3);
    check_sound(all_stored());
}
END_TEST

/* kill -9 at any moment: what was committed is there, what was not is not in part. */
START_TEST(no_row_is_lost_to_kills)
{
    int64_t end = until();
    int kills = 0;
    pid_t pids[2] = {0};

    while (kills < KILLS || now_ms() < end) {
        for (int i = 0; i < 2; i++)
            if (pids[i] == 0)
                pids[i] = writer(i);
        sleep_ms(5 + kills * 7 % 40);
        int i = kills++ % 2;
        kill(pids[i], SIGKILL);
        ck_assert_int_eq(waitpid(pids[i], NULL, 0), pids[i]);
        pids[i] = 0;
    }
    atomic_store(&told->over, true);
    wait_for_all(1);
    struct brc__store *store = store_open();
    int64_t rows = count_rows(store), stored = all_stored();
    brc__store_free(store);
    ck_assert_int_ge(rows, stored);
    ck_assert_int_le(rows, stored + 5 * kills); /* killed between commit and count */
    ck_assert_int_eq(rows % 5, 0);
    check_sound(rows);
}
END_TEST

/* Another copy of SQLite, with its own memory of which files are open. */
struct copy {
    int (*open)(const char *path, sqlite3 **db);
    int (*exec)(sqlite3 *db, const char *sql, int (*row)(void *, int, char **, char **), void *data,
                char **message);
    int (*close)(sqlite3 *db);
};

static bool load_copy(struct copy *copy)
{
    void *library = dlmopen(LM_ID_NEWLM, "libsqlite3.so.0", RTLD_NOW | RTLD_LOCAL);

    if (library == NULL)
        return false;
    *(void **)&copy->open = dlsym(library, "sqlite3_open");
    *(void **)&copy->exec = dlsym(library, "sqlite3_exec");
    *(void **)&copy->close = dlsym(library, "sqlite3_close");
    return copy->open != NULL && copy->exec != NULL && copy->close != NULL &&
           copy->open != sqlite3_open;
}

/* Looks at the ledger as some other part of a program might, and drops all locks of SQLite's. */
static int look_with(const struct copy *copy)
{
    sqlite3 *db = NULL;
    int code = copy->open(store_path, &db);

    if (code == SQLITE_OK)
        code = copy->exec(db, "SELECT count(*) FROM delivery", NULL, NULL, NULL);
    int end = copy->close(db);
    return code == SQLITE_OK ? end : code;
}

START_TEST(second_copy_takes_nothing_away)
{
    struct copy copy;

    if (!load_copy(&copy))
        return; /* a C library without name spaces */
    struct brc__store *store = store_open(), *late;
    struct stat before, after;
    add_rows(store, 3);
    ck_assert_int_eq(stat(store_file("-wal"), &before), 0);
    for (int i = 0; i < 3; i++) {
        ck_assert_int_eq(look_with(&copy), SQLITE_OK);
        ck_assert_int_eq(stat(store_file("-wal"), &after), 0);
        ck_assert_uint_eq(after.st_ino, before.st_ino);
        ck_assert_int_gt(store_size("-shm"), 3);
        add_rows(store, 1);
    }
    /* A snapshot without SQLite's locks: others write, and do not move the log. */
    ck_ok(brc__store_read(store, &error));
    ck_assert_int_eq(look_with(&copy), SQLITE_OK);
    pid_t pid = fork();
    if (pid == 0) {
        brc__store_free(store);
        if (brc__store_open(store_path, &late, &error) != 0)
            _exit(1);
        write_pages(late, 2500);
        brc__store_free(late);
        _exit(0);
    }
    wait_for_all(1);
    ck_assert_int_eq(count_rows(store), 6);
    brc__store_rollback(store);
    brc__store_free(store);
    check_sound(2506);
}
END_TEST

static void write_beside_a_copy(int i)
{
    struct brc__store *store;
    struct copy copy;

    if (!load_copy(&copy) || brc__store_open(store_path, &store, &error) != 0)
        _exit(1);
    while (!atomic_load(&told->over)) {
        if (add_pages(store, i, TURN_MS) != 0)
            _exit(2);
        /* It cannot be in the way for long; it has no turns. */
        int code = look_with(&copy);
        if (code != SQLITE_OK && code != SQLITE_BUSY)
            _exit(3);
    }
    brc__store_free(store);
    _exit(0);
}

START_TEST(no_row_is_lost_to_second_copies)
{
    struct copy copy;

    if (!load_copy(&copy))
        return;
    for (int i = 0; i < PROCESSES; i++)
        if (fork() == 0)
            i < 2 ? write_beside_a_copy(i) : write_on(i, i == 3);
    wait_for_turns(TURNS);
    wait_for_all(PROCESSES);
    check_sound(all_stored());
}
END_TEST

static void look_in(int i)
{
    struct brc__store *store;

    if (brc__store_open(store_path, &store, &error) != 0)
        _exit(1);
    while (!atomic_load(&told->over)) {
        int rc = add_pages(store, i, 2);
        if (rc < 0)
            _exit(2);
        if (rc != 0)
            sleep_ms(5);
    }
    brc__store_free(store);
    _exit(0);
}

/* An event loop among three that commit as fast as they can has its turns too. Who starves has one
 * in thousands. */
START_TEST(nobody_starves)
{
    for (int i = 0; i < PROCESSES; i++)
        if (fork() == 0)
            i == 0 ? look_in(i) : write_on(i, false);
    wait_for_turns(TURNS);
    wait_for_all(PROCESSES);
    printf("# %lld turns of %lld\n", (long long)turns_of(0), (long long)all_stored() / 5);
    ck_assert_int_lt(all_stored() / 5, turns_of(0) * FEWEST_OF);
    check_sound(all_stored());
}
END_TEST

int main(void)
{
    Suite *suite = suite_create("store_processes");
    TCase *cases = tcase_create("store_processes");

    suite_add_tcase(suite, cases);
    tcase_add_checked_fixture(cases, start, stop);
    tcase_add_test(cases, owner_dies_with_its_process);
    tcase_add_test(cases, child_can_only_free);
    tcase_add_test(cases, several_make_it_at_once);
    tcase_add_test(cases, no_row_is_lost_to_checkpoints);
    tcase_add_test(cases, no_row_is_lost_to_kills);
    tcase_add_test(cases, second_copy_takes_nothing_away);
    tcase_add_test(cases, no_row_is_lost_to_second_copies);
    tcase_add_test(cases, nobody_starves);
    return run(suite);
}
