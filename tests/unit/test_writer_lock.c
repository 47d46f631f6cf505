/* The locks between processes: who excludes whom, what ends with a process, and that turns are
 * fair. SPDX-License-Identifier: MIT */
#include "run.h"

#include <writer_lock.h>

#include <signal.h>
#include <stdatomic.h>
#include <stdio.h>
#include <sys/mman.h>
#include <sys/wait.h>
#include <time.h>
#include <unistd.h>

enum {
    TURN_MS = 10 * 60 * 1000, /* longer than anybody's turn takes on a slow machine */
    MARK_US = 20 * 1000
};

static char path[64];
static struct brc__error error;
static struct brc__writer_lock one, two;

static void start(void)
{
    snprintf(path, sizeof path, "/tmp/writer_lock.%d", (int)getpid());
    unlink(path);
    ck_assert_int_eq(brc__writer_lock_open(&one, path, NULL, &error), 0);
    ck_assert_int_eq(brc__writer_lock_open(&two, path, NULL, &error), 0);
}

static void stop(void)
{
    brc__writer_lock_close(&one);
    brc__writer_lock_close(&two);
    unlink(path);
}

static int64_t now_us(void)
{
    struct timespec t;

    clock_gettime(CLOCK_MONOTONIC, &t);
    return (int64_t)t.tv_sec * 1000000 + t.tv_nsec / 1000;
}

static void sleep_us(int64_t us)
{
    struct timespec t = {us / 1000000, us % 1000000 * 1000};

    nanosleep(&t, NULL);
}

START_TEST(one_writes_at_a_time)
{
    ck_assert_int_eq(brc__writer_lock_take(&one, 0, &error), 0);
    int64_t began = now_us();
    ck_assert_int_eq(brc__writer_lock_take(&two, 0, &error), BRC__WRITER_LOCK_BUSY);
    ck_assert_int_eq(brc__writer_lock_take(&two, 20, &error), BRC__WRITER_LOCK_BUSY);
    ck_assert_int_ge(now_us() - began, 20000);
    ck_assert(!brc__writer_lock_try(&two));
    brc__writer_lock_give(&one);
    ck_assert(brc__writer_lock_try(&two));
    ck_assert_int_eq(brc__writer_lock_take(&one, 0, &error), BRC__WRITER_LOCK_BUSY);
    brc__writer_lock_give(&two);
}
END_TEST

START_TEST(readers_share)
{
    ck_assert(brc__writer_lock_no_readers(&two, 0));
    brc__writer_lock_read_end(&two);
    ck_assert_int_eq(brc__writer_lock_read(&one, &error), 0);
    ck_assert_int_eq(brc__writer_lock_read(&two, &error), 0);
    brc__writer_lock_read_end(&two);
    int64_t began = now_us();
    ck_assert(!brc__writer_lock_no_readers(&two, 10));
    ck_assert_int_ge(now_us() - began, 10000);
    ck_assert_int_eq(brc__writer_lock_take(&two, 0, &error), 0); /* they stop no writer */
    brc__writer_lock_read_end(&one);
    ck_assert(brc__writer_lock_no_readers(&two, 0));
}
END_TEST

START_TEST(knows_who_is_alone)
{
    ck_assert_int_eq(brc__writer_lock_attend(&one, &error), 0);
    ck_assert_int_eq(brc__writer_lock_attend(&two, &error), 0);
    ck_assert(!brc__writer_lock_alone(&one));
    brc__writer_lock_close(&two);
    ck_assert(brc__writer_lock_alone(&one));
}
END_TEST

START_TEST(owners_bytes_are_their_own)
{
    ck_assert(brc__writer_lock_own(&one, 1) && brc__writer_lock_own(&one, 1000000));
    ck_assert(!brc__writer_lock_own(&two, 1) && brc__writer_lock_own(&two, 2));
    ck_assert(brc__writer_lock_owned(&two, 1) && brc__writer_lock_owned(&one, 2));
    ck_assert(!brc__writer_lock_owned(&one, 1)); /* its own is no other's */
    ck_assert(!brc__writer_lock_owned(&one, 3));
    brc__writer_lock_disown(&one, 1);
    ck_assert(!brc__writer_lock_owned(&two, 1) && brc__writer_lock_owned(&two, 1000000));
    static const int64_t none[] = {0, -1, INT64_MIN, INT64_MAX, INT64_MAX - 4096};
    for (size_t i = 0; i < sizeof none / sizeof none[0]; i++)
        ck_assert(!brc__writer_lock_own(&one, none[i]) && !brc__writer_lock_owned(&one, none[i]));
    /* No owner's byte is one of the others. */
    ck_assert(brc__writer_lock_try(&two) && brc__writer_lock_no_readers(&two, 0));
    ck_assert(!brc__writer_lock_owned(&one, 1));
}
END_TEST

/* A child with everything taken, until it is killed. */
static pid_t take_all_and_wait(void)
{
    int ready[2];
    char c;

    ck_assert_int_eq(pipe(ready), 0);
    pid_t pid = fork();
    if (pid == 0) {
        struct brc__writer_lock lock;
        bool all = brc__writer_lock_open(&lock, path, NULL, &error) == 0 &&
                   brc__writer_lock_take(&lock, 0, &error) == 0 &&
                   brc__writer_lock_read(&lock, &error) == 0 &&
                   brc__writer_lock_attend(&lock, &error) == 0 && brc__writer_lock_own(&lock, 7);
        if (all && write(ready[1], "x", 1) == 1)
            pause();
        _exit(1);
    }
    close(ready[1]);
    ck_assert_int_eq(read(ready[0], &c, 1), 1);
    close(ready[0]);
    return pid;
}

START_TEST(all_ends_with_a_process)
{
    pid_t pid = take_all_and_wait();

    ck_assert(brc__writer_lock_owned(&one, 7));
    ck_assert(!brc__writer_lock_try(&one));
    ck_assert(!brc__writer_lock_no_readers(&one, 0) && !brc__writer_lock_alone(&one));
    kill(pid, SIGKILL);
    ck_assert_int_eq(waitpid(pid, NULL, 0), pid);
    ck_assert(!brc__writer_lock_owned(&one, 7));
    ck_assert(brc__writer_lock_try(&one));
    ck_assert(brc__writer_lock_no_readers(&one, 0) && brc__writer_lock_alone(&one));
}
END_TEST

START_TEST(child_ends_nothing_of_its_parents)
{
    int status;

    ck_assert(brc__writer_lock_try(&one) && brc__writer_lock_own(&one, 5));
    pid_t pid = fork();
    if (pid == 0) {
        brc__writer_lock_close(&one);
        _exit(brc__writer_lock_owned(&two, 5) ? 0 : 1);
    }
    ck_assert_int_eq(waitpid(pid, &status, 0), pid);
    ck_assert_int_eq(status, 0);
    ck_assert(brc__writer_lock_owned(&two, 5) && !brc__writer_lock_try(&two));
}
END_TEST

/* What cannot be opened, and that it is not waited for. */
START_TEST(refuses_what_is_no_file)
{
    struct brc__writer_lock lock;

    ck_assert_int_eq(brc__writer_lock_open(&lock, "/tmp", NULL, &error), BRC_E_LEDGER);
    ck_assert_ptr_nonnull(strstr(error.text, "something else than a file has that name"));
    ck_assert_int_eq(brc__writer_lock_open(&lock, "/tmp/none/x", NULL, &error), BRC_E_LEDGER);
    ck_assert_ptr_nonnull(strstr(error.text, "there is no such folder"));
    stop();
    ck_assert_int_eq(mkfifo(path, 0600), 0);
    ck_assert_int_eq(brc__writer_lock_open(&lock, path, NULL, &error), BRC_E_LEDGER);
    unlink(path);
    ck_assert_int_eq(symlink("/tmp/elsewhere", path), 0);
    ck_assert_int_eq(brc__writer_lock_open(&lock, path, NULL, &error), BRC_E_LEDGER);
    ck_assert_int_ne(access("/tmp/elsewhere", F_OK), 0);
    unlink(path);
    start();
}
END_TEST

START_TEST(has_the_mode_of_the_ledger)
{
    struct stat like = {.st_mode = S_IFREG | 0660, .st_uid = getuid(), .st_gid = getgid()};
    struct stat made;

    brc__writer_lock_close(&two);
    ck_assert_int_eq(brc__writer_lock_open(&two, path, &like, &error), 0);
    ck_assert_int_eq(stat(path, &made), 0);
    ck_assert_int_eq(made.st_mode & 0777, 0660);
}
END_TEST

/* An event loop that could not wait is let go first; what it left does not last. */
START_TEST(who_was_served_lets_others_go_first)
{
    int64_t marked_at;
    int rc;

    do { /* so fast that the mark is still good */
        ck_assert_int_eq(brc__writer_lock_take(&one, TURN_MS, &error), 0);
        marked_at = now_us();
        ck_assert_int_eq(brc__writer_lock_take(&two, 0, &error), BRC__WRITER_LOCK_BUSY);
        brc__writer_lock_give(&one);
        rc = brc__writer_lock_take(&one, 2, &error);
        if (rc == 0)
            brc__writer_lock_give(&one);
    } while (rc == 0 && now_us() - marked_at > MARK_US);
    ck_assert_int_eq(rc, BRC__WRITER_LOCK_BUSY);
    ck_assert_int_eq(brc__writer_lock_take(&two, 0, &error), 0);
    brc__writer_lock_give(&two);
    ck_assert_int_eq(brc__writer_lock_take(&one, 0, &error), 0);

    ck_assert_int_eq(brc__writer_lock_take(&two, 0, &error), BRC__WRITER_LOCK_BUSY);
    brc__writer_lock_give(&one);
    ck_assert_int_eq(brc__writer_lock_take(&one, TURN_MS, &error), 0); /* two never comes back */
    brc__writer_lock_give(&one);
    ck_assert_int_eq(brc__writer_lock_take(&one, 0, &error), 0);
}
END_TEST

START_TEST(nonsense_in_the_file_is_no_mark)
{
    static const char nonsense[3][16] = {
        "\377\377\377\377\377\377\377\377\377\377\377\377\377\377\377\177", "abcdefghijklmno", "x"};

    for (size_t i = 0; i < 3; i++) {
        ck_assert_int_eq(pwrite(one.fd, nonsense[i], 16, 0), 16);
        ck_assert_int_eq(brc__writer_lock_take(&one, 0, &error), 0);
        brc__writer_lock_give(&one);
    }
}
END_TEST

enum {
    PROCESSES = 4,
    TURNS = 15, /* that each of them has, at least */
    FEWEST_OF = 1000
};

struct seen {
    atomic_int inside;
    atomic_int overlaps;
    atomic_int turns[PROCESSES];
    atomic_bool over;
};

/* Writes as fast as it can; a loop looks in for 2 ms, then does something else. */
static void compete(struct seen *seen, int i, bool is_loop, int64_t turn_us)
{
    struct brc__writer_lock lock;

    if (brc__writer_lock_open(&lock, path, NULL, &error) != 0)
        _exit(1);
    while (!seen->over) {
        int rc = brc__writer_lock_take(&lock, is_loop ? 2 : TURN_MS, &error);
        if (rc < 0)
            _exit(1);
        if (rc != 0) {
            sleep_us(5000);
            continue;
        }
        if (atomic_fetch_add(&seen->inside, 1) != 0)
            atomic_fetch_add(&seen->overlaps, 1);
        if (turn_us > 0)
            sleep_us(turn_us);
        atomic_fetch_sub(&seen->inside, 1);
        brc__writer_lock_give(&lock);
        seen->turns[i]++;
    }
    _exit(0);
}

static const struct {
    int loops;
    int64_t turn_us;
} competitions[] = {{0, 0}, {0, 4000}, {1, 0}, {1, 8000}, {2, 4000}, {4, 4000}};

/* Who starves has one turn in thousands. */
START_TEST(nobody_starves)
{
    struct seen *seen =
        mmap(NULL, sizeof *seen, PROT_READ | PROT_WRITE, MAP_SHARED | MAP_ANONYMOUS, -1, 0);
    int status, all = 0;

    ck_assert_ptr_ne(seen, MAP_FAILED);
    for (int i = 0; i < PROCESSES; i++)
        if (fork() == 0)
            compete(seen, i, i < competitions[_i].loops, competitions[_i].turn_us);
    for (int i = 0; i < PROCESSES; i++)
        while (seen->turns[i] < TURNS)
            sleep_us(1000);
    seen->over = true;
    for (int i = 0; i < PROCESSES; i++) {
        ck_assert_int_gt(wait(&status), 0);
        ck_assert_int_eq(status, 0);
        all += seen->turns[i];
    }
    ck_assert_int_eq(seen->overlaps, 0);
    printf("# %d: %d %d %d %d turns\n", _i, seen->turns[0], seen->turns[1], seen->turns[2],
           seen->turns[3]);
    for (int i = 0; i < PROCESSES; i++)
        ck_assert_int_lt(all, seen->turns[i] * FEWEST_OF);
    munmap(seen, sizeof *seen);
}
END_TEST

int main(void)
{
    Suite *suite = suite_create("writer_lock");
    TCase *cases = tcase_create("writer_lock");

    suite_add_tcase(suite, cases);
    tcase_add_checked_fixture(cases, start, stop);
    tcase_add_test(cases, one_writes_at_a_time);
    tcase_add_test(cases, readers_share);
    tcase_add_test(cases, knows_who_is_alone);
    tcase_add_test(cases, owners_bytes_are_their_own);
    tcase_add_test(cases, all_ends_with_a_process);
    tcase_add_test(cases, child_ends_nothing_of_its_parents);
    tcase_add_test(cases, refuses_what_is_no_file);
    tcase_add_test(cases, has_the_mode_of_the_ledger);
    tcase_add_test(cases, who_was_served_lets_others_go_first);
    tcase_add_test(cases, nonsense_in_the_file_is_no_mark);
    tcase_add_loop_test(cases, nobody_starves, 0, sizeof competitions / sizeof competitions[0]);
    return run(suite);
}
