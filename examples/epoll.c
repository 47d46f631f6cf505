/* epoll: several questions at once, in an event loop of one's own: epoll and a timerfd.
 *
 *     epoll PROFILE_ARN 'Why is the sky blue?' 'And the grass green?'
 *
 * SPDX-License-Identifier: MIT */
#include <bedrockcost/bedrockcost.h>

#include <errno.h>
#include <stdbool.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/epoll.h>
#include <sys/timerfd.h>
#include <unistd.h>

enum {
    DONE = 0,
    FAILED = 1,
    MISUSED = 2,
    EVENTS = 64, /* taken from the kernel at once */
};

static const char help[] =
    "usage: epoll PROFILE_ARN PROMPT...\n"
    "\n"
    "Asks all the questions at once, through one application inference profile. Each answer goes\n"
    "to stdout when it comes, below its question; the usage records go to stderr, as JSON.\n"
    "\n"
    "Credentials come from where the AWS SDKs look for them; `credentials` says where that is.\n"
    "Exit code: 0 all answered, 1 something failed, 2 wrong usage.\n";

struct loop {
    int epoll, timer;
};

static int misused(const char *why)
{
    fprintf(stderr, "epoll: %s; see epoll --help\n", why);
    return MISUSED;
}

static int failed(const char *why)
{
    fprintf(stderr, "epoll: %s\n", why);
    return FAILED;
}

/* --------------------------------------------------------------------- loop */

static int watch(int fd, int events, void *user_data)
{
    const struct loop *loop = user_data;
    struct epoll_event event = {.data.fd = fd};

    if (events & BRC_WATCH_READ)
        event.events |= EPOLLIN;
    if (events & BRC_WATCH_WRITE)
        event.events |= EPOLLOUT;
    if (events == 0)
        return epoll_ctl(loop->epoll, EPOLL_CTL_DEL, fd, NULL);
    int rc = epoll_ctl(loop->epoll, EPOLL_CTL_MOD, fd, &event);
    if (rc < 0 && errno == ENOENT)
        rc = epoll_ctl(loop->epoll, EPOLL_CTL_ADD, fd, &event);
    return rc;
}

static int set_timer(int64_t timeout_ms, void *user_data)
{
    const struct loop *loop = user_data;
    struct itimerspec time = {0}; /* which stops the timer */

    if (timeout_ms >= 0) {
        time.it_value.tv_sec = timeout_ms / 1000;
        time.it_value.tv_nsec = timeout_ms % 1000 * 1000 * 1000 + 1; /* 0 would stop it, too */
    }
    return timerfd_settime(loop->timer, 0, &time, NULL);
}

static int open_loop(struct loop *loop)
{
    struct epoll_event event = {.events = EPOLLIN};

    loop->epoll = epoll_create1(EPOLL_CLOEXEC);
    loop->timer = timerfd_create(CLOCK_MONOTONIC, TFD_CLOEXEC | TFD_NONBLOCK);
    event.data.fd = loop->timer;
    if (loop->epoll < 0 || loop->timer < 0 ||
        epoll_ctl(loop->epoll, EPOLL_CTL_ADD, loop->timer, &event) < 0)
        return failed(strerror(errno));
    return DONE;
}

/* Whether the timer has fired, and was not set anew since epoll said so. */
static bool fired(const struct loop *loop)
{
    uint64_t times;

    return read(loop->timer, &times, sizeof times) > 0;
}

/* Tells the client of one event. Returns how many calls are left, or a negative code. */
static int notify(const struct loop *loop, brc_client *client, const struct epoll_event *event)
{
    int events = 0;

    if (event->data.fd == loop->timer)
        return brc_client_notify(client, -1, 0);
    if (event->events & (EPOLLIN | EPOLLERR | EPOLLHUP))
        events |= BRC_WATCH_READ;
    if (event->events & (EPOLLOUT | EPOLLERR | EPOLLHUP))
        events |= BRC_WATCH_WRITE;
    return brc_client_notify(client, event->data.fd, events);
}

/* The application's loop, which may watch anything else besides. An event that is out of date,
 * because one before it changed what is watched, does no harm. */
static int run(const struct loop *loop, brc_client *client)
{
    struct epoll_event events[EVENTS];
    int left = 1;

    while (left > 0) {
        int count = epoll_wait(loop->epoll, events, EVENTS, -1);
        if (count < 0 && errno != EINTR)
            return failed(strerror(errno));
        for (int i = 0; i < count && left >= 0; i++) {
            if (events[i].data.fd != loop->timer || fired(loop))
                left = notify(loop, client, &events[i]);
        }
    }
    return left < 0 ? failed(brc_client_error(client)) : DONE;
}

/* -------------------------------------------------------------------- calls */

struct question {
    const char *prompt;
    int code; /* how it ended */
};

static void print_usage(const brc_usage *usage, void *user_data)
{
    const char *json = brc_usage_json(usage);

    (void)user_data;
    fprintf(stderr, "%s\n", json != NULL ? json : brc_strerror(BRC_E_NOMEM));
}

/* What arrived of an answer that is cut or faulty is printed as well: it is paid for. */
static void on_done(brc_client *client, int64_t id, int code, brc_result *result, void *user_data)
{
    struct question *question = user_data;
    size_t length;

    (void)id;
    question->code = code;
    const char *answer = brc_result_text(result, &length);
    if (answer == NULL)
        answer = brc_result_json(result, &length);
    if (answer != NULL) {
        printf("> %s\n", question->prompt);
        fwrite(answer, 1, length, stdout);
        putchar('\n');
        fflush(stdout);
    }
    if (code < 0)
        fprintf(stderr, "epoll: %s: %s\n", question->prompt, brc_client_error(client));
    brc_result_free(result);
}

static int start(brc_client *client, const char *profile_arn, struct question *question)
{
    brc_request *request;

    int rc = brc_request_new(profile_arn, &request);
    if (rc == BRC_E_NOT_A_PROFILE)
        return failed(brc_profile_explain(profile_arn));
    if (rc < 0)
        return failed(brc_strerror(rc));
    rc = brc_request_add_text(request, "user", question->prompt, strlen(question->prompt));
    if (rc < 0) {
        failed(brc_request_error(request));
    } else {
        rc = brc_start(client, request, NULL, on_done, question, NULL, NULL);
        if (rc < 0)
            failed(brc_client_error(client));
    }
    brc_request_free(request); /* the call has a copy */
    return rc < 0 ? FAILED : DONE;
}

static int make_client(struct loop *loop, brc_client **ret_client)
{
    brc_credentials *credentials;

    int rc = brc_credentials_new_chain(NULL, &credentials);
    if (rc == 0)
        rc = brc_client_new(credentials, ret_client);
    brc_credentials_free(credentials); /* the client has a reference of its own */
    if (rc < 0)
        return failed(brc_strerror(rc));
    rc = brc_client_set_usage(*ret_client, print_usage, NULL, NULL);
    if (rc == 0)
        rc = brc_client_set_loop(*ret_client, watch, set_timer, loop, NULL);
    return rc < 0 ? failed(brc_client_error(*ret_client)) : DONE;
}

static int ask(const struct loop *loop, brc_client *client, const char *profile_arn,
               struct question *questions, int count)
{
    int rc = DONE;

    for (int i = 0; i < count && rc == DONE; i++)
        rc = start(client, profile_arn, &questions[i]);
    if (rc == DONE)
        rc = run(loop, client);
    for (int i = 0; i < count && rc == DONE; i++)
        rc = questions[i].code < 0 ? FAILED : DONE;
    return rc;
}

int main(int argc, char **argv)
{
    struct loop loop = {.epoll = -1, .timer = -1};
    brc_client *client = NULL;
    int count = argc - 2;

    if (argc == 2 && strcmp(argv[1], "--help") == 0) {
        fputs(help, stdout);
        return fflush(stdout) == EOF ? failed("stdout cannot be written") : DONE;
    }
    if (count < 1)
        return misused("PROFILE_ARN and a PROMPT are needed");
    struct question *questions = calloc((size_t)count, sizeof *questions);
    if (questions == NULL)
        return failed(strerror(errno));
    for (int i = 0; i < count; i++)
        questions[i].prompt = argv[2 + i];

    int rc = open_loop(&loop);
    if (rc == DONE)
        rc = make_client(&loop, &client);
    if (rc == DONE)
        rc = ask(&loop, client, argv[1], questions, count);
    brc_client_free(client); /* may still call watch() */
    close(loop.timer);
    close(loop.epoll);
    free(questions);
    if (fflush(stdout) == EOF || ferror(stdout))
        return failed("stdout cannot be written");
    return rc;
}
