/* SPDX-License-Identifier: MIT */
#include "ledger_file.h"
#include "memory.h"
#include "schema.h"

#include <errno.h>
#include <fcntl.h>
#include <limits.h>
#include <stdio.h>
#include <string.h>
#include <sys/statfs.h>
#include <unistd.h>

static void close_p(const int *fd)
{
    if (*fd >= 0)
        close(*fd);
}

static int refuse(struct brc__error *error, const char *path, const char *reason)
{
    return brc__error_set(error, BRC_E_LEDGER, "%s: %s", path, reason);
}

static int refuse_by_number(struct brc__error *error, const char *path, int number)
{
    switch (number) {
    case ENOENT:
    case ENOTDIR:
        return refuse(error, path, "there is no such folder: make it first");
    case EACCES:
    case EPERM:
        return refuse(error, path,
                      "this user must be able to read and write the file and its folder");
    case EROFS:
        return refuse(error, path, "its disk is read-only: mount it for writing");
    case ELOOP:
        return refuse(error, path, "its links lead in a circle");
    case ENAMETOOLONG:
        return refuse(error, path, "its name is too long");
    case EMFILE:
    case ENFILE:
        return refuse(error, path, "too many files are open");
    default:
        return refuse(error, path, "it cannot be read");
    }
}

const char *brc__unfit_file_system(uint64_t type)
{
    static const struct {
        uint32_t type;
        const char *name;
    } unfit[] = {
        {0x00006969, "NFS"},    {0x0000517b, "SMB"},    {0xff534d42, "CIFS"},
        {0xfe534d42, "SMB"},    {0x65735546, "FUSE"},   {0x01021997, "9p"},
        {0x00c36400, "Ceph"},   {0x5346414f, "AFS"},    {0x6b414653, "AFS"},
        {0x01161970, "GFS2"},   {0x7461636f, "OCFS2"},  {0x0bd00bd0, "Lustre"},
        {0x73757245, "Coda"},   {0x0000564c, "NCP"},    {0x47504653, "GPFS"},
        {0x19830326, "BeeGFS"}, {0x786f4256, "vboxsf"}, {0x20030528, "OrangeFS"},
        {0xbacbacbc, "vmhgfs"}, {0xaad7aaea, "PanFS"},  {0x7c7c6673, "prl_fs"},
        {0x61636673, "ACFS"},   {0xbeefdead, "SNFS"},   {0x013111a8, "IBRIX"},
    };

    for (size_t i = 0; i < sizeof unfit / sizeof unfit[0]; i++)
        if ((type & 0xffffffff) == unfit[i].type)
            return unfit[i].name;
    return NULL;
}

static int check_file_system(const char *folder, const char *path, struct brc__error *error)
{
    struct statfs system;

    if (statfs(folder, &system) != 0)
        return refuse_by_number(error, path, errno);
    const char *name = brc__unfit_file_system((uint64_t)system.f_type);
    if (name == NULL)
        return BRC_OK;
    return brc__error_set(
        error, BRC_E_LEDGER,
        "%s: it lies on %s, whose locks do not hold for all who see the file: put "
        "it on a disk of this host",
        path, name);
}

/* The folder without links, and the last name: what realpath() makes of a file that is not there
 * yet. */
static int resolve_new(const char *path, char **ret_path, struct brc__error *error)
{
    const char *slash = strrchr(path, '/');
    const char *name = slash != NULL ? slash + 1 : path;
    brc__auto_free char *folder = slash == NULL   ? strdup(".")
                                  : slash == path ? strdup("/")
                                                  : brc__strndup(path, (size_t)(slash - path));

    if (folder == NULL)
        return BRC_E_NOMEM;
    if (*name == '\0')
        return refuse(error, path, "that is the name of a folder");
    brc__auto_free char *real = realpath(folder, NULL);
    if (real == NULL)
        return errno == ENOMEM ? BRC_E_NOMEM : refuse_by_number(error, path, errno);
    return asprintf(ret_path, "%s/%s", strcmp(real, "/") == 0 ? "" : real, name) < 0 ? BRC_E_NOMEM
                                                                                     : BRC_OK;
}

static int resolve(const char *path, char **ret_path, struct brc__error *error)
{
    struct stat link;

    *ret_path = realpath(path, NULL);
    if (*ret_path != NULL)
        return BRC_OK;
    if (errno == ENOMEM)
        return BRC_E_NOMEM;
    if (errno != ENOENT)
        return refuse_by_number(error, path, errno);
    if (lstat(path, &link) == 0 && S_ISLNK(link.st_mode))
        return refuse(error, path, "it is a link to a file that is not there: make that first");
    int rc = resolve_new(path, ret_path, error);
    if (rc < 0)
        *ret_path = NULL;
    return rc;
}

static int add_suffix(const char *path, const char *suffix, char **ret_path)
{
    if (asprintf(ret_path, "%s%s", path, suffix) >= 0)
        return BRC_OK;
    *ret_path = NULL;
    return BRC_E_NOMEM;
}

static int check_folder(const char *path, struct brc__error *error)
{
    brc__auto_free char *folder = strdup(path);

    if (folder == NULL)
        return BRC_E_NOMEM;
    char *slash = strrchr(folder, '/');
    slash[slash == folder ? 1 : 0] = '\0';
    if (access(folder, R_OK | W_OK | X_OK) != 0)
        return refuse_by_number(error, path, errno);
    return check_file_system(folder, path, error);
}

int brc__ledger_file_find(struct brc__ledger_file *files, const char *path,
                          struct brc__error *error)
{
    *files = (struct brc__ledger_file){.guards = {-1, -1}};
    int rc = resolve(path, &files->path, error);
    if (rc < 0)
        return rc;
    rc = check_folder(files->path, error);
    if (rc < 0)
        return rc;
    if (add_suffix(files->path, "-lock", &files->lock_path) < 0 ||
        add_suffix(files->path, "-wal", &files->log_path) < 0 ||
        add_suffix(files->path, "-shm", &files->index_path) < 0)
        return BRC_E_NOMEM;
    return brc__ledger_file_look(files, error);
}

void brc__ledger_file_close(struct brc__ledger_file *files)
{
    close_p(&files->guards[0]);
    close_p(&files->guards[1]);
    free(files->path);
    free(files->lock_path);
    free(files->log_path);
    free(files->index_path);
    *files = (struct brc__ledger_file){.guards = {-1, -1}};
}

static uint32_t big_endian(const unsigned char *p)
{
    return (uint32_t)p[0] << 24 | (uint32_t)p[1] << 16 | (uint32_t)p[2] << 8 | p[3];
}

/* The bytes of SQLite's file format: its first 16, and the application's number at 68. */
static int check_first_bytes(int fd, const char *path, struct brc__error *error)
{
    unsigned char head[100];
    ssize_t got = pread(fd, head, sizeof head, 0);

    if (got < 0)
        return refuse(error, path, "it cannot be read");
    if (got < (ssize_t)sizeof head || memcmp(head, "SQLite format 3", 16) != 0)
        return refuse(error, path,
                      "it is no ledger, or its beginning is damaged: name another file, or restore "
                      "a backup");
    if (big_endian(head + 68) != BRC__SCHEMA_APPLICATION)
        return refuse(error, path, "it is another program's database: name another file");
    return BRC_OK;
}

/* Two names of one file would have two logs and two locks beside them. */
static int check_names(int fd, const struct stat *file, const char *path, struct brc__error *error)
{
    if (file->st_nlink > 1)
        return refuse(error, path,
                      "it has more than one name (hard links), each of which would have a log of "
                      "its own: copy it instead");
#ifdef STATX_ATTR_MOUNT_ROOT
    struct statx more;
    if (statx(fd, "", AT_EMPTY_PATH, STATX_BASIC_STATS, &more) == 0 &&
        (more.stx_attributes & STATX_ATTR_MOUNT_ROOT) != 0)
        return refuse(error, path, "the file alone is mounted here: mount its folder instead");
#else
    (void)fd;
#endif
    return BRC_OK;
}

int brc__ledger_file_look(struct brc__ledger_file *files, struct brc__error *error)
{
    const char *path = files->path;
    /* O_NONBLOCK: the other end of a pipe may never come. */
    __attribute__((cleanup(close_p))) int fd =
        open(path, O_RDWR | O_CLOEXEC | O_NOCTTY | O_NONBLOCK);

    files->exists = fd >= 0 || errno != ENOENT;
    if (!files->exists)
        return BRC_OK;
    if (fd < 0 && errno == EISDIR)
        return refuse(error, path, "it is a folder");
    if (fd < 0 || fstat(fd, &files->file) != 0)
        return refuse_by_number(error, path, errno);
    if (!S_ISREG(files->file.st_mode))
        return refuse(error, path, "it is not a file");
    int rc = check_names(fd, &files->file, path, error);
    if (rc < 0)
        return rc;
    return files->file.st_size == 0 ? BRC_OK : check_first_bytes(fd, path, error);
}

/* Where SQLite's locks say that somebody has the database open (the range that a reader of the file
 * shares), and has its index open: numbers of its file formats. */
static const struct {
    int64_t start, length;
} in_use[] = {{0x40000000 + 2, 510}, {128, 1}};

int brc__ledger_file_guard(struct brc__ledger_file *files, struct brc__error *error)
{
    const char *const paths[] = {files->path, files->index_path};

    for (int i = 0; i < 2; i++) {
        struct flock flock = {.l_type = F_RDLCK,
                              .l_whence = SEEK_SET,
                              .l_start = in_use[i].start,
                              .l_len = in_use[i].length};
        files->guards[i] = open(paths[i], O_RDONLY | O_CLOEXEC | O_NOCTTY);
        if (files->guards[i] < 0)
            return refuse_by_number(error, paths[i], errno);
        if (fcntl(files->guards[i], F_OFD_SETLK, &flock) != 0)
            return refuse(error, paths[i], "another program has it for itself: close it there");
    }
    if (fstat(files->guards[0], &files->file) != 0 || stat(files->log_path, &files->log) != 0 ||
        fstat(files->guards[1], &files->index) != 0)
        return refuse(error, files->path, "its files went away while it was being opened");
    return BRC_OK;
}

static bool is_same(const char *path, const struct stat *file)
{
    struct stat now;

    return stat(path, &now) == 0 && now.st_ino == file->st_ino && now.st_dev == file->st_dev;
}

int brc__ledger_file_same(const struct brc__ledger_file *files, const struct stat *lock,
                          struct brc__error *error)
{
    const char *path = files->path;

    /* With another index than this one's, somebody else would append to the log where this one
     * does. */
    if (is_same(path, &files->file) && is_same(files->log_path, &files->log) &&
        is_same(files->index_path, &files->index) && is_same(files->lock_path, lock))
        return BRC_OK;
    return refuse(error, path,
                  "it, its log, the log's index or its lock was moved, replaced or removed while "
                  "it was open: "
                  "put it back, and open it again");
}
