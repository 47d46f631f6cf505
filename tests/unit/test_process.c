/* Keys that a program prints: how it is started, what becomes of it, and what is said of it.
 * SPDX-License-Identifier: MIT */
#include "refresh_steps.h"
#include "run.h"

#include <process.h>

#include <dirent.h>
#include <errno.h>
#include <fcntl.h>
#include <signal.h>
#include <sys/wait.h>

static char folder[] = "/tmp/test_process_XXXXXX";
static char script[64], config[64], noted[64]; /* files in it */

static void write_file(const char *path, const char *text)
{
    FILE *file = fopen(path, "w");

    ck_assert_ptr_nonnull(file);
    fputs(text, file);
    fclose(file);
}

static void start_process(void)
{
    start();
    memcpy(folder + strlen(folder) - 6, "XXXXXX", 6);
    ck_assert_ptr_nonnull(mkdtemp(folder));
    snprintf(script, sizeof script, "%s/script", folder);
    snprintf(config, sizeof config, "%s/config", folder);
    snprintf(noted, sizeof noted, "%s/noted", folder);
    setenv("AWS_CONFIG_FILE", config, 1);
    setenv("AWS_EC2_METADATA_DISABLED", "true", 1);
    setenv("NOTED", noted, 1);
}

static void stop_process(void)
{
    stop();
    unlink(script);
    unlink(config);
    unlink(noted);
    rmdir(folder);
}

/* A client whose keys come from a script for the shell. */
static void use_script(const char *text)
{
    char line[256];

    write_file(script, text);
    snprintf(line, sizeof line, "[default]\ncredential_process = /bin/sh %s\n", script);
    write_file(config, line);
    use_source("UNUSED", "");
}

/* The number that a script wrote to $NOTED. */
static pid_t noted_pid(void)
{
    long pid = 0;

    while (pid == 0) {
        FILE *file = fopen(noted, "r");
        if (file == NULL || fscanf(file, "%ld\n", &pid) != 1)
            pid = 0;
        if (file != NULL)
            fclose(file);
        step();
    }
    return (pid_t)pid;
}

/* A grandchild is not ours to reap: whoever does may be slow, or not there. */
static int is_gone_within(pid_t pid, int within_ms)
{
    char path[64], state = 'Z';

    snprintf(path, sizeof path, "/proc/%ld/stat", (long)pid);
    for (int i = 0; i < within_ms; i++) {
        FILE *file = fopen(path, "r");
        if (file == NULL)
            return 1;
        if (fscanf(file, "%*d %*s %c", &state) != 1)
            state = 'Z';
        fclose(file);
        if (state == 'Z')
            return 1;
        usleep(1000);
    }
    return 0;
}

static void wait_until_gone(pid_t pid)
{
    while (!is_gone_within(pid, 1000))
        ;
}

/* True if there is no child, neither running nor waiting to be reaped. */
static int is_childless(void)
{
    return waitpid(-1, NULL, WNOHANG) < 0 && errno == ECHILD;
}

/* ---- through a client */

#define PRINTS                                                                                     \
    "echo '{\"Version\":1,\"AccessKeyId\":\"KEYS0\",\"SecretAccessKey\":\"" SECRET "\","           \
    "\"SessionToken\":\"" TOKEN "\"}'\n"

START_TEST(keys_are_printed)
{
    use_script(PRINTS);
    ck_assert_int_eq(ask(), 0);
    pass(10L * HOUR_S);
    ck_assert_int_eq(ask(), 0);
    ck_assert_int_eq(keys_at_hand(), 0);
    ck_assert(is_childless());
}
END_TEST

static const struct {
    const char *text, *reason;
} failing[] = {
    {"echo 'log in\033[2J first' >&2; exit 3", "exited with 3: log in [2J first"},
    {"exit 4", "exited with 4"},
    {PRINTS "exit 5", "exited with 5"},
    {"kill -KILL $$", "ended by signal 9"},
    {":", "no JSON object with \"Version\": 1"},
    {"echo '{\"Version\":2}'", "no JSON object with \"Version\": 1"},
    {"echo '{\"Version\":1}'", "no keys"},
    {"head -c 10000000 /dev/zero | tr '\\0' x", "printed more than credentials need"},
};

START_TEST(failure_is_told)
{
    use_script(failing[_i].text);
    ck_assert_int_eq(ask(), BRC_E_CREDENTIALS);
    const char *error = brc_client_error(f.client);
    ck_assert_msg(strstr(error, failing[_i].reason) != NULL, "%s", error);
    ck_assert_ptr_nonnull(strstr(error, "process: "));
    ck_assert_ptr_null(strstr(error, SECRET));
    ck_assert_ptr_null(strchr(error, '\033'));
    ck_assert_int_eq(heard.warned, 1);
    ck_assert(is_childless());
}
END_TEST

/* Much on stderr neither stops the process nor floods the error. */
START_TEST(long_complaint_is_cut)
{
    use_script("head -c 1000000 /dev/zero | tr '\\0' y >&2; " PRINTS "exit 7");
    ck_assert_int_eq(ask(), BRC_E_CREDENTIALS);
    ck_assert_ptr_nonnull(strstr(brc_client_error(f.client), "exited with 7: yyy"));
    ck_assert_uint_lt(strlen(heard.warnings), BRC__PROCESS_ERRORS_MAX + 100);
}
END_TEST

/* ---- processes that do not end */

#define HANGS "sleep 1000 & echo $! >$NOTED; wait\n"

static void let_it_hang(void)
{
    use_script(HANGS);
    start_calls(2);
    step();
}

START_TEST(minute_is_all_it_gets)
{
    let_it_hang();
    pid_t pid = noted_pid();
    pass(30);
    step();
    ck_assert_int_eq(told.done, 0);
    ck_assert_int_eq(kill(pid, 0), 0);
    pass(30);
    step_until_done(2);
    ck_assert_int_eq(told.failed, 2);
    ck_assert_ptr_nonnull(strstr(told.error, "did not end within a minute"));
    ck_assert(is_childless());
    wait_until_gone(pid);
}
END_TEST

START_TEST(process_ends_with_its_client)
{
    let_it_hang();
    pid_t pid = noted_pid();
    if (_i == 0) {
        f.client = brc_client_free(f.client);
    } else {
        brc_credentials *others;
        ck_assert_int_eq(brc_credentials_new("GIVEN", SECRET, NULL, &others), 0);
        ck_assert_int_eq(brc_client_set_credentials(f.client, others), 0);
        brc_credentials_free(others);
        step_until_done(2);
    }
    ck_assert_int_eq(told.canceled, _i == 0 ? 2 : 0);
    ck_assert_int_eq(told.failed, 0);
    ck_assert(is_childless());
    wait_until_gone(pid);
}
END_TEST

START_TEST(forked_child_leaves_it_alone)
{
    int status;

    let_it_hang();
    pid_t hanging = noted_pid(), pid = fork();
    if (pid == 0) {
        brc_client_free(f.client);
        brc_credentials_free(f.credentials);
        _exit(0);
    }
    ck_assert_int_eq(waitpid(pid, &status, 0), pid);
    ck_assert_int_eq(status, 0);
    ck_assert(!is_gone_within(hanging, 50));
    ck_assert_int_eq(waitpid(-1, NULL, WNOHANG), 0);
}
END_TEST

START_TEST(nobody_waits_busily)
{
    use_script("sleep 0.3\n" PRINTS);
    long before = time_readings();
    int64_t began = brc__clock_steady_ms();
    ck_assert_int_eq(ask(), 0);
    ck_assert_int_lt(time_readings() - before, brc__clock_steady_ms() - began);
}
END_TEST

/* ---- how it is started */

/* All that a command prints, as words in brackets. */
static int run_command(const char *command, char *to, size_t size, struct brc__error *error)
{
    struct brc__process process = {0};
    int status = -1000;

    to[0] = '\0';
    int rc = brc__process_start(&process, command, error);
    if (rc < 0)
        return rc;
    while (process.output >= 0 || !brc__process_ended(&process, &status)) {
        ck_assert_int_eq(brc__process_read(&process), 0);
        usleep(500);
    }
    snprintf(to, size, "%s", process.said.data == NULL ? "" : process.said.data);
    brc__process_free(&process);
    return status;
}

static const struct {
    const char *command, *printed;
} commands[] = {
    {"printf [%s] a b", "[a][b]"},
    {"  printf\t[%s]  a \n b ", "[a][b]"},
    {"printf [%s] 'a b' \"c d\" e\\ f", "[a b][c d][e f]"},
    {"printf [%s] a'b 'c\" d\"e", "[ab c de]"},
    {"printf [%s] '' \"\"", "[][]"},
    {"printf [%s] $HOME ; | & > x `id` $(id) * ~", "[$HOME][;][|][&][>][x][`id`][$(id)][*][~]"},
    {"printf [%s] \"$HOME\" '$HOME'", "[$HOME][$HOME]"},
    {"printf [%s] \"a\\\"b\" \"c\\\\d\" \"e\\f\"", "[a\"b][c\\d][e\\f]"},
    {"printf [%s] 'a\\' 'b\"c' \"d'e\"", "[a\\][b\"c][d'e]"},
    {"'printf' \"[%s]\" #no comment", "[#no][comment]"},
};

START_TEST(command_is_cut_into_words)
{
    struct brc__error error;
    char printed[1024];

    ck_assert_int_eq(run_command(commands[_i].command, printed, sizeof printed, &error), 0);
    ck_assert_str_eq(printed, commands[_i].printed);
}
END_TEST

/* What it says between our last look and its end is not lost. */
START_TEST(last_words_are_heard)
{
    struct brc__process process = {0};
    struct brc__error error;
    int status;

    ck_assert_int_eq(
        brc__process_start(&process,
                           "sh -c 'exec >&-; until test -e $NOTED; do sleep 0.01; done;"
                           " echo late >&2; exit 6'",
                           &error),
        0);
    while (process.output >= 0)
        ck_assert_int_eq(brc__process_read(&process), 0);
    write_file(noted, "");
    wait_until_gone(process.pid);
    ck_assert(brc__process_ended(&process, &status));
    ck_assert_int_eq(status, 6);
    ck_assert_str_eq(process.complained.data, "late\n");
    brc__process_free(&process);
}
END_TEST

static const struct {
    const char *command;
    int code;
    const char *reason;
} unstartable[] = {
    {"", BRC_E_INVALID, "no word"},
    {" \t", BRC_E_INVALID, "no word"},
    {"printf 'a", BRC_E_INVALID, "not closed"},
    {"printf \"a\\\"", BRC_E_INVALID, "not closed"},
    {"/nowhere/at/all x", BRC_E_CREDENTIALS, "/nowhere/at/all cannot be started: No such file"},
    {"/dev/null", BRC_E_CREDENTIALS, "/dev/null cannot be started: Permission denied"},
    {"no-such-program-anywhere", BRC_E_CREDENTIALS, "No such file"},
};

START_TEST(command_that_cannot_be_started)
{
    struct brc__error error;
    char printed[16];

    ck_assert_int_eq(run_command(unstartable[_i].command, printed, sizeof printed, &error),
                     unstartable[_i].code);
    ck_assert_msg(strstr(error.text, unstartable[_i].reason) != NULL, "%s", error.text);
    ck_assert(is_childless());
}
END_TEST

START_TEST(client_tells_what_cannot_be_started)
{
    write_file(config, "[default]\ncredential_process = /nowhere/at/all\n");
    use_source("UNUSED", "");
    ck_assert_int_eq(ask(), BRC_E_CREDENTIALS);
    ck_assert_ptr_nonnull(strstr(brc_client_error(f.client), "/nowhere/at/all cannot be started"));
    ck_assert_int_eq(world.other_calls, 0);
}
END_TEST

/* How many descriptors above stderr a program started now would inherit from this one. */
static int inheritable(void)
{
    DIR *fds = opendir("/proc/self/fd");
    int count = 0;

    ck_assert_ptr_nonnull(fds);
    for (struct dirent *entry; (entry = readdir(fds)) != NULL;) {
        int fd = atoi(entry->d_name), flags = fcntl(fd, F_GETFD);
        count += fd > STDERR_FILENO && flags >= 0 && (flags & FD_CLOEXEC) == 0;
    }
    closedir(fds);
    return count;
}

/* Neither a pipe's other ends nor a connection of the client's. */
START_TEST(no_descriptor_leaks)
{
    struct brc__error error;
    char printed[4096];
    int before = inheritable();

    use_container();
    ck_assert_int_eq(ask(), 0);
    ck_assert_int_eq(run_command("ls /proc/self/fd", printed, sizeof printed, &error), 0);
    int there = 0;
    for (const char *p = printed; (p = strchr(p, '\n')) != NULL; p++)
        there++;
    ck_assert_int_eq(there, 3 + before + 1); /* ls has the folder open */
}
END_TEST

/* A program in the background may have closed its own. */
START_TEST(descriptors_of_the_standard_may_be_closed)
{
    int status;
    pid_t pid = fork();

    if (pid == 0) {
        struct brc__error error;
        char printed[64];
        for (int fd = _i; fd <= STDERR_FILENO; fd++)
            close(fd);
        int rc = run_command("sh -c 'cat; echo out; echo err >&2; exit 9'", printed, sizeof printed,
                             &error);
        _exit(rc == 9 && strcmp(printed, "out\n") == 0 ? 0 : 1);
    }
    ck_assert_int_eq(waitpid(pid, &status, 0), pid);
    ck_assert_int_eq(status, 0);
}
END_TEST

static unsigned long mask_of(const char *status, const char *name)
{
    const char *line = strstr(status, name);

    ck_assert_ptr_nonnull(line);
    return strtoul(line + strlen(name), NULL, 16);
}

/* What our caller does with signals is not handed on. */
START_TEST(signals_are_as_they_begin)
{
    struct brc__error error;
    char printed[4096];
    sigset_t all, before;

    sigfillset(&all);
    sigprocmask(SIG_SETMASK, &all, &before);
    signal(SIGPIPE, SIG_IGN);
    int rc = run_command("cat /proc/self/status", printed, sizeof printed, &error);
    signal(SIGPIPE, SIG_DFL);
    sigprocmask(SIG_SETMASK, &before, NULL);
    ck_assert_int_eq(rc, 0);
    ck_assert_uint_eq(mask_of(printed, "SigBlk:"), 0);
    ck_assert_uint_eq(mask_of(printed, "SigIgn:") & 1ul << (SIGPIPE - 1), 0);
}
END_TEST

static TCase *new_case(Suite *suite, const char *name)
{
    TCase *tests = tcase_create(name);

    tcase_add_checked_fixture(tests, start_process, stop_process);
    suite_add_tcase(suite, tests);
    return tests;
}

#define ROWS(table) (int)(sizeof(table) / sizeof *(table))

int main(void)
{
    Suite *suite = suite_create("process");
    TCase *client = new_case(suite, "client"), *command = new_case(suite, "command");

    tcase_add_test(client, keys_are_printed);
    tcase_add_loop_test(client, failure_is_told, 0, ROWS(failing));
    tcase_add_test(client, long_complaint_is_cut);
    tcase_add_test(client, minute_is_all_it_gets);
    tcase_add_loop_test(client, process_ends_with_its_client, 0, 2);
    tcase_add_test(client, forked_child_leaves_it_alone);
    tcase_add_test(client, nobody_waits_busily);
    tcase_add_test(client, client_tells_what_cannot_be_started);
    tcase_add_loop_test(command, command_is_cut_into_words, 0, ROWS(commands));
    tcase_add_loop_test(command, command_that_cannot_be_started, 0, ROWS(unstartable));
    tcase_add_test(command, last_words_are_heard);
    tcase_add_test(command, no_descriptor_leaks);
    tcase_add_loop_test(command, descriptors_of_the_standard_may_be_closed, 0, 3);
    tcase_add_test(command, signals_are_as_they_begin);
    return run(suite);
}
