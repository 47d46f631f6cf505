/* Reading files that may hold secrets: whole, up to the ceiling, never waiting; what could not be
 * read and why.
 * SPDX-License-Identifier: MIT */
#include "run.h"

#include <private_file.h>

#include <fcntl.h>
#include <stdio.h>
#include <sys/stat.h>
#include <unistd.h>

static char folder[64];

static void make_folder(void)
{
    snprintf(folder, sizeof folder, "/tmp/private_file.XXXXXX");
    ck_assert_ptr_nonnull(mkdtemp(folder));
}

static const char *path_of(const char *name)
{
    static char path[128];

    snprintf(path, sizeof path, "%s/%s", folder, name);
    return path;
}

static void remove_folder(void)
{
    unlink(path_of("file"));
    unlink(path_of("link"));
    rmdir(folder);
}

/* A file of n bytes: "abc...". */
static const char *write_file(size_t n, mode_t mode)
{
    const char *path = path_of("file");
    int fd = open(path, O_WRONLY | O_CREAT | O_TRUNC, 0600);

    ck_assert_int_ge(fd, 0);
    for (size_t i = 0; i < n; i++) {
        char c = (char)('a' + i % 26);
        ck_assert_int_eq(write(fd, &c, 1), 1);
    }
    ck_assert_int_eq(fchmod(fd, mode), 0);
    close(fd);
    return path;
}

static const struct {
    size_t size, ceiling;
    const char *problem;
} sizes[] = {
    {0, 10, NULL},
    {0, 0, NULL},
    {1, 0, "it is too large"},
    {10, 10, NULL},
    {11, 10, "it is too large"},
    {4095, 100000, NULL},
    {4096, 4096, NULL},
    {4097, 4096, "it is too large"},
    {9000, 100000, NULL},
};

START_TEST(reads_up_to_the_ceiling)
{
    brc__auto_buf struct brc__buf text = BRC__SECRET_BUF(sizes[_i].ceiling + 2);
    const char *problem;
    bool open_to_others;

    brc__buf_text(&text, "> ");
    int rc =
        brc__private_file_read(write_file(sizes[_i].size, 0600), &text, &open_to_others, &problem);
    ck_assert_int_eq(rc, 0);
    ck_assert_int_eq(text.status, 0);
    ck_assert(!open_to_others);
    if (sizes[_i].problem != NULL) {
        ck_assert_str_eq(problem, sizes[_i].problem);
        ck_assert_str_eq(text.data, "> ");
        return;
    }
    ck_assert_ptr_null(problem);
    ck_assert_uint_eq(text.length, 2 + sizes[_i].size);
    ck_assert_uint_eq(strlen(text.data), text.length);
    for (size_t i = 0; i < sizes[_i].size; i++)
        ck_assert_int_eq(text.data[2 + i], 'a' + (int)(i % 26));
}
END_TEST

static const struct {
    mode_t mode;
    bool open_to_others;
} modes[] = {{0600, false}, {0400, false}, {0640, true}, {0604, true}, {0644, true}, {0622, false}};

START_TEST(says_whether_others_may_read)
{
    brc__auto_buf struct brc__buf text = BRC__SECRET_BUF(100);
    const char *problem;
    bool open_to_others;

    const char *path = write_file(3, modes[_i].mode);
    ck_assert_int_eq(brc__private_file_read(path, &text, &open_to_others, &problem), 0);
    ck_assert_ptr_null(problem);
    ck_assert_str_eq(text.data, "abc");
    ck_assert(open_to_others == modes[_i].open_to_others);
}
END_TEST

static void check_problem(const char *path, const char *expected)
{
    brc__auto_buf struct brc__buf text = BRC__SECRET_BUF(100);
    const char *problem = "not written";
    bool open_to_others = true;

    ck_assert_int_eq(brc__private_file_read(path, &text, &open_to_others, &problem), 0);
    ck_assert_pstr_eq(problem, expected);
    ck_assert_uint_eq(text.length, 0);
    ck_assert(!open_to_others);
}

START_TEST(says_what_is_wrong)
{
    check_problem(path_of("none"), "there is no such file");
    write_file(3, 0600);
    check_problem(path_of("file/none"), "there is no such file");
    check_problem(folder, "it is not a file");
    check_problem("", "there is no such file");
    check_problem("/dev/null", NULL);
    check_problem("/dev/zero", "it is too large");
    ck_assert_int_eq(symlink("link", path_of("link")), 0);
    check_problem(path_of("link"), "its links lead in a circle");
    if (geteuid() != 0)
        check_problem(write_file(3, 0), "it may not be read by this user");
}
END_TEST

START_TEST(waits_for_no_other_program)
{
    ck_assert_int_eq(mkfifo(path_of("file"), 0600), 0);
    check_problem(path_of("file"), "it is not a file");
}
END_TEST

int main(void)
{
    Suite *suite = suite_create("private_file");
    TCase *cases = tcase_create("private_file");

    suite_add_tcase(suite, cases);
    tcase_add_checked_fixture(cases, make_folder, remove_folder);
    tcase_add_loop_test(cases, reads_up_to_the_ceiling, 0, sizeof sizes / sizeof sizes[0]);
    tcase_add_loop_test(cases, says_whether_others_may_read, 0, sizeof modes / sizeof modes[0]);
    tcase_add_test(cases, says_what_is_wrong);
    tcase_add_test(cases, waits_for_no_other_program);
    return run(suite);
}
