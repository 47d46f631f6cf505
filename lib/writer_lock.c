/* Fair means: who waits is served before who has just been served.
 *
 * The turnstile's byte is taken before the writer's one and given up once that is had. Its holder
 * is the next to write: whoever comes back for more finds the turnstile closed.
 * Both are waited for in naps: the kernel's own queue of such locks knows no time limit.
 *
 * That is no help to an event loop, which looks in for two milliseconds now and then and cannot
 * leave the turnstile closed behind it: it might not come back soon. It leaves a mark in the file
 * instead, good for some milliseconds, and who has just been served lets those that left one go
 * first. SPDX-License-Identifier: MIT */
#include "writer_lock.h"

#include <errno.h>
#include <fcntl.h>
#include <sched.h>
#include <string.h>
#include <time.h>
#include <unistd.h>

enum {
    TURNSTILE,
    WRITER,
    READERS,
    PRESENCE,
    OWNERS = 4096, /* and the owner's number */

    SHORTEST_NAP_US = 50,
    AWAKE_US = 300,       /* of the next in turn: most turns are over by then */
    LONGEST_NAP_US = 500, /* a turn is rarely longer, and all who wait are equal soon */
    MARK_MS = 20,         /* an event loop is back by then */
};

/* What stands in the file: who waits without being here. */
struct mark {
    uint64_t who;
    int64_t until_ms;
};

static int64_t clock_us(clockid_t clock)
{
    struct timespec t = {0};

    clock_gettime(clock, &t);
    return (int64_t)t.tv_sec * 1000000 + t.tv_nsec / 1000;
}

/* Real time, whatever a test makes of the library's clocks: others wait for it too. */
static int64_t now_us(void)
{
    return clock_us(CLOCK_MONOTONIC);
}

static void nap(int64_t us)
{
    struct timespec t = {.tv_sec = us / 1000000, .tv_nsec = us % 1000000 * 1000};

    nanosleep(&t, NULL);
}

static int set(const struct brc__writer_lock *lock, short type, int64_t byte)
{
    struct flock flock = {.l_type = type, .l_whence = SEEK_SET, .l_start = byte, .l_len = 1};

    return fcntl(lock->fd, F_OFD_SETLK, &flock) == 0 ? 0 : errno;
}

static bool is_taken(int number)
{
    return number == EAGAIN || number == EACCES;
}

static int failed(struct brc__error *error, int number)
{
    const char *reason = number == ENOLCK ? "the system has no locks left"
                         : number == EINVAL
                             ? "the system does not know such locks (Linux 3.15 does)"
                             : "the file system refuses locks";

    return brc__error_set(error, BRC_E_LEDGER, "the lock beside the ledger cannot be taken: %s",
                          reason);
}

static int cannot_open(struct brc__error *error, const char *path, int number)
{
    const char *reason = "it cannot be opened";

    if (number == EACCES || number == EPERM || number == EROFS)
        reason = "this user must be able to write it and its folder";
    else if (number == ENOENT || number == ENOTDIR)
        reason = "there is no such folder";
    else if (number == ENOSPC || number == EDQUOT)
        reason = "no space is left; it goes on when there is some";
    else if (number == EMFILE || number == ENFILE)
        reason = "too many files are open";
    else if (number == ELOOP || number == EISDIR)
        reason = "something else than a file has that name";
    return brc__error_set(error, BRC_E_LEDGER, "%s: %s", path, reason);
}

/* As SQLite does with its own files beside the database. What this user may not change may be right
 * as it is. */
static void make_like(int fd, const struct stat *file, const struct stat *like)
{
    if ((file->st_mode & 0777) != (like->st_mode & 0777) && fchmod(fd, like->st_mode & 0777) != 0)
        return;
    if (geteuid() == 0 && (file->st_uid != like->st_uid || file->st_gid != like->st_gid) &&
        fchown(fd, like->st_uid, like->st_gid) != 0)
        return;
}

int brc__writer_lock_open(struct brc__writer_lock *lock, const char *path, const struct stat *like,
                          struct brc__error *error)
{
    *lock = (struct brc__writer_lock){
        .fd = open(path, O_RDWR | O_CREAT | O_CLOEXEC | O_NOFOLLOW | O_NONBLOCK | O_NOCTTY, 0644)};
    if (lock->fd < 0)
        return cannot_open(error, path, errno);
    int number = fstat(lock->fd, &lock->file) != 0 ? errno : 0;
    if (number == 0 && !S_ISREG(lock->file.st_mode))
        number = EISDIR;
    if (number != 0) {
        brc__writer_lock_close(lock);
        return cannot_open(error, path, number);
    }
    if (like != NULL)
        make_like(lock->fd, &lock->file, like);
    lock->who = (uint64_t)clock_us(CLOCK_REALTIME) * 1000003 ^ (uint64_t)getpid() << 32 ^
                (uint64_t)lock->fd;
    return BRC_OK;
}

void brc__writer_lock_close(struct brc__writer_lock *lock)
{
    if (lock->fd >= 0)
        close(lock->fd);
    lock->fd = -1;
}

static bool others_left_a_mark(const struct brc__writer_lock *lock)
{
    struct mark mark;

    if (pread(lock->fd, &mark, sizeof mark, 0) != (ssize_t)sizeof mark || mark.who == 0 ||
        mark.who == lock->who)
        return false;
    int64_t left = mark.until_ms - clock_us(CLOCK_REALTIME) / 1000;
    return left > 0 && left <= MARK_MS; /* else it is old, or the clock was set */
}

/* One that cannot be written is none: then chance decides alone. That of others stays: they wait
 * longer.
 */
static void leave_mark(struct brc__writer_lock *lock)
{
    struct mark mark = {lock->who, clock_us(CLOCK_REALTIME) / 1000 + MARK_MS};

    if (!others_left_a_mark(lock))
        lock->marked = pwrite(lock->fd, &mark, sizeof mark, 0) == (ssize_t)sizeof mark;
}

static void take_mark_away(struct brc__writer_lock *lock)
{
    const struct mark none = {0};

    if (!others_left_a_mark(lock) && pwrite(lock->fd, &none, sizeof none, 0) < 0)
        return; /* it will be old soon */
    lock->marked = false;
}

/* Who was served last lets those who left a mark go first. False if the time was over before. */
static bool let_others_go_first(struct brc__writer_lock *lock, int64_t end)
{
    int64_t until = now_us() + MARK_MS * 1000;

    if (!lock->served)
        return true;
    while (now_us() < until && others_left_a_mark(lock)) {
        if (now_us() >= end)
            return false;
        nap(SHORTEST_NAP_US * 4);
    }
    lock->served = false;
    return true;
}

/* Tries until `end`, at least once. Returns 0, EAGAIN, or another number. */
static int take_until(struct brc__writer_lock *lock, short type, int64_t byte, int64_t end)
{
    int64_t us = SHORTEST_NAP_US, start = now_us();

    for (;;) {
        int number = set(lock, type, byte);
        int64_t now = now_us(), left = end - now;
        if (number == 0 || !is_taken(number))
            return number;
        if (left <= 0)
            return EAGAIN;
        if (byte == WRITER && now - start < AWAKE_US) {
            sched_yield(); /* the next in turn, and nobody else, waits here */
            continue;
        }
        nap(us < left ? us : left);
        us = us * 2 < LONGEST_NAP_US ? us * 2 : LONGEST_NAP_US;
    }
}

/* Returns 0, EAGAIN, or another number. */
static int take_turn(struct brc__writer_lock *lock, int64_t end)
{
    if (!let_others_go_first(lock, end))
        return EAGAIN;
    int number = take_until(lock, F_WRLCK, TURNSTILE, end);
    if (number != 0)
        return number;
    number = take_until(lock, F_WRLCK, WRITER, end);
    set(lock, F_UNLCK, TURNSTILE);
    lock->served = number == 0;
    return number;
}

int brc__writer_lock_take(struct brc__writer_lock *lock, int64_t wait_ms, struct brc__error *error)
{
    int number = take_turn(lock, now_us() + (wait_ms > 0 ? wait_ms * 1000 : 0));

    if (number == EAGAIN) {
        leave_mark(lock);
        return BRC__WRITER_LOCK_BUSY;
    }
    if (number != 0)
        return failed(error, number);
    if (lock->marked)
        take_mark_away(lock);
    return BRC_OK;
}

bool brc__writer_lock_try(struct brc__writer_lock *lock)
{
    return take_turn(lock, now_us()) == 0;
}

void brc__writer_lock_give(struct brc__writer_lock *lock)
{
    set(lock, F_UNLCK, WRITER);
}

int brc__writer_lock_read(struct brc__writer_lock *lock, struct brc__error *error)
{
    int number = set(lock, F_RDLCK, READERS);

    return number == 0 ? BRC_OK : failed(error, number);
}

void brc__writer_lock_read_end(struct brc__writer_lock *lock)
{
    set(lock, F_UNLCK, READERS);
}

bool brc__writer_lock_no_readers(struct brc__writer_lock *lock, int64_t wait_ms)
{
    return take_until(lock, F_WRLCK, READERS, now_us() + wait_ms * 1000) == 0;
}

int brc__writer_lock_attend(struct brc__writer_lock *lock, struct brc__error *error)
{
    int number = set(lock, F_RDLCK, PRESENCE);

    return number == 0 ? BRC_OK : failed(error, number);
}

bool brc__writer_lock_alone(struct brc__writer_lock *lock)
{
    return set(lock, F_WRLCK, PRESENCE) == 0;
}

bool brc__writer_lock_own(struct brc__writer_lock *lock, int64_t owner)
{
    return owner > 0 && owner <= INT64_MAX - OWNERS - 1 && set(lock, F_WRLCK, OWNERS + owner) == 0;
}

void brc__writer_lock_disown(struct brc__writer_lock *lock, int64_t owner)
{
    set(lock, F_UNLCK, OWNERS + owner);
}

bool brc__writer_lock_owned(const struct brc__writer_lock *lock, int64_t owner)
{
    struct flock flock = {.l_type = F_WRLCK, .l_whence = SEEK_SET, .l_len = 1};

    if (owner <= 0 || owner > INT64_MAX - OWNERS - 1)
        return false; /* no number that was ever given */
    flock.l_start = OWNERS + owner;
    return fcntl(lock->fd, F_OFD_GETLK, &flock) != 0 || flock.l_type != F_UNLCK;
}
