/* libmicrohttpd around emu_answer(): one thread, one poll loop, so the emulator's state needs no
 * lock, and an answer or event that waits is a suspended connection, not a sleeping thread.
 *
 * SPDX-License-Identifier: MIT
 */
#include "server.h"
#include "event_frame.h"

#include <arpa/inet.h>
#include <errno.h>
#include <limits.h>
#include <microhttpd.h>
#include <netinet/in.h>
#include <poll.h>
#include <stdlib.h>
#include <string.h>
#include <sys/epoll.h>
#include <sys/queue.h>
#include <time.h>
#include <unistd.h>

#define MAX_BODY         (32 * 1024 * 1024) /* AWS takes 25,000,000 bytes */
#define MAX_CONNECTIONS  16000
#define MAX_HEADERS      (64 * 1024)
#define IDLE_SECONDS     120
#define LISTEN_BACKLOG   4096
#define MAX_HEADER_LINES 256
#define BLOCK_SIZE       4096

TAILQ_HEAD(exchanges, exchange);

/* One request on its way in and one answer on its way out. */
struct exchange {
    struct emu_server *server;
    char *uri; /* raw */
    struct emu_text body;
    bool head_seen;
    bool too_large;
    bool answered; /* the reply is made, and waits for its time if it is delayed */
    struct emu_reply reply;
    struct MHD_Connection *connection;
    struct exchanges *queue; /* where it waits, its connection suspended; or NULL */
    int64_t due_us;
    TAILQ_ENTRY(exchange) next;

    /* of a stream */
    size_t frame_end; /* of the frame on its way */
    bool rested;      /* the time between that frame and the next is over */
    bool watched;     /* watch_fd tells when the client goes */
    bool gone;        /* it went */
};

struct emu_server {
    struct emulator *emulator;
    struct MHD_Daemon *daemon;
    struct exchanges delayed; /* soonest first */
    struct exchanges stalled; /* until their clients go */
    int watch_fd;             /* epoll: the clients of streams that wait */
    bool stopping;            /* nothing waits any more */
};

/* CLOCK_MONOTONIC for delays, CLOCK_REALTIME for signatures. */
static int64_t now_us(clockid_t clock)
{
    struct timespec now;

    clock_gettime(clock, &now);
    return (int64_t)now.tv_sec * 1000000 + now.tv_nsec / 1000;
}

/* ---- the life of an exchange ---- */

static void *begin_exchange(void *server, const char *uri, struct MHD_Connection *connection)
{
    struct exchange *exchange = calloc(1, sizeof(*exchange));

    if (exchange == NULL)
        return NULL;
    exchange->server = server;
    exchange->uri = strdup(uri);
    exchange->connection = connection;
    if (exchange->uri != NULL)
        return exchange;
    free(exchange);
    return NULL;
}

static int socket_of(const struct exchange *exchange)
{
    return MHD_get_connection_info(exchange->connection, MHD_CONNECTION_INFO_CONNECTION_FD)
        ->connect_fd;
}

static void end_exchange(void *state, struct MHD_Connection *connection, void **exchange_state,
                         enum MHD_RequestTerminationCode reason)
{
    struct emu_server *server = state;
    struct exchange *exchange = *exchange_state;

    (void)connection;
    (void)reason;
    if (exchange == NULL)
        return;
    if (exchange->watched)
        epoll_ctl(server->watch_fd, EPOLL_CTL_DEL, socket_of(exchange), NULL);
    emu_reply_free(&exchange->reply);
    emu_text_free(&exchange->body);
    free(exchange->uri);
    free(exchange);
    *exchange_state = NULL;
}

static void receive(struct exchange *exchange, const char *bytes, size_t len)
{
    if (exchange->body.len + len > MAX_BODY) {
        exchange->too_large = true;
        emu_text_free(&exchange->body);
    }
    if (!exchange->too_large)
        emu_text_add(&exchange->body, bytes, len);
}

/* ---- the request ---- */

struct header_list {
    struct emu_header lines[MAX_HEADER_LINES];
    size_t count;
};

static enum MHD_Result add_header(void *list, enum MHD_ValueKind kind, const char *name,
                                  const char *value)
{
    struct header_list *headers = list;

    (void)kind;
    if (headers->count < MAX_HEADER_LINES)
        headers->lines[headers->count++] = (struct emu_header){name, value != NULL ? value : ""};
    return MHD_YES;
}

static void make_reply(struct emu_server *server, struct exchange *exchange, const char *method)
{
    struct header_list headers = {.count = 0};
    struct emu_request request = {
        .method = method,
        .uri = exchange->uri,
        .headers = headers.lines,
        .body = emu_text_string(&exchange->body),
        .body_len = exchange->body.len,
        .now_us = now_us(CLOCK_REALTIME),
        .too_large = exchange->too_large,
    };

    MHD_get_connection_values(exchange->connection, MHD_HEADER_KIND, add_header, &headers);
    request.n_headers = headers.count;
    exchange->answered = true;
    if (exchange->body.failed) {
        emu_reply_init(&exchange->reply);
        emu_reply_out_of_memory(&exchange->reply);
    } else {
        emu_answer(server->emulator, &request, &exchange->reply);
    }
}

/* ---- waiting ---- */

/* Sets the connection aside: mostly, it is the last to be due. */
static void wait_until(struct exchange *exchange, int64_t due_us)
{
    struct exchanges *delayed = &exchange->server->delayed;
    struct exchange *earlier;

    exchange->due_us = due_us;
    exchange->queue = delayed;
    TAILQ_FOREACH_REVERSE(earlier, delayed, exchanges, next)
    {
        if (earlier->due_us <= due_us)
            break;
    }
    if (earlier != NULL)
        TAILQ_INSERT_AFTER(delayed, earlier, exchange, next);
    else
        TAILQ_INSERT_HEAD(delayed, exchange, next);
    MHD_suspend_connection(exchange->connection);
}

static void wait_for_ever(struct exchange *exchange)
{
    exchange->queue = &exchange->server->stalled;
    TAILQ_INSERT_TAIL(exchange->queue, exchange, next);
    MHD_suspend_connection(exchange->connection);
}

static void resume(struct exchange *exchange)
{
    TAILQ_REMOVE(exchange->queue, exchange, next);
    exchange->queue = NULL;
    MHD_resume_connection(exchange->connection);
}

static void resume_due(struct emu_server *server, int64_t now)
{
    struct exchange *first = TAILQ_FIRST(&server->delayed);

    while (first != NULL && first->due_us <= now) {
        resume(first);
        first = TAILQ_FIRST(&server->delayed);
    }
}

/* libmicrohttpd does not see the client of a suspended connection go. */
static void watch(struct exchange *exchange)
{
    struct epoll_event event = {.events = EPOLLRDHUP | EPOLLONESHOT, .data.ptr = exchange};

    if (!exchange->watched &&
        epoll_ctl(exchange->server->watch_fd, EPOLL_CTL_ADD, socket_of(exchange), &event) < 0)
        exchange->gone = true; /* rather than never to learn of it */
    exchange->watched = true;
}

static void notice_gone(struct emu_server *server)
{
    struct epoll_event events[64];
    int n = epoll_wait(server->watch_fd, events, 64, 0);

    for (int i = 0; i < n; i++) {
        struct exchange *exchange = events[i].data.ptr;

        exchange->gone = true;
        if (exchange->queue != NULL)
            resume(exchange);
    }
}

/* ---- the answer ---- */

/* Where the body ends: by itself or by a cut. */
static size_t body_end(const struct emu_reply *reply)
{
    return reply->cut >= 0 && (size_t)reply->cut < reply->body.len ? (size_t)reply->cut
                                                                   : reply->body.len;
}

/* True if the frame that comes next has to wait first, and does. */
static bool rest(struct exchange *exchange, size_t position)
{
    const struct emu_reply *reply = &exchange->reply;

    if (reply->event_delay_ms == 0 || position < exchange->frame_end)
        return false;
    if (position > 0 && !exchange->rested) {
        exchange->rested = true;
        watch(exchange);
        wait_until(exchange, now_us(CLOCK_MONOTONIC) + reply->event_delay_ms * 1000);
        return true;
    }
    exchange->rested = false;
    exchange->frame_end = emu_frame_end(&reply->body, position);
    return false;
}

/* How much may be sent of the `left` bytes. */
static size_t next_write(const struct exchange *exchange, size_t position, size_t left)
{
    size_t of_frame = exchange->frame_end - position;

    if (exchange->reply.dribbles)
        return 1;
    return exchange->reply.event_delay_ms > 0 && of_frame < left ? of_frame : left;
}

static ssize_t end_body(struct exchange *exchange)
{
    const struct emu_reply *reply = &exchange->reply;

    if (body_end(reply) < reply->body.len)
        return MHD_CONTENT_READER_END_WITH_ERROR;
    if (!reply->stalls)
        return MHD_CONTENT_READER_END_OF_STREAM;
    watch(exchange);
    wait_for_ever(exchange);
    return 0;
}

/* The next bytes of a body that is streamed or cut; 0 when it waits. */
static ssize_t read_body(void *state, uint64_t position, char *out, size_t max)
{
    struct exchange *exchange = state;
    size_t left = body_end(&exchange->reply) - (size_t)position;
    size_t n;

    if (exchange->gone || (exchange->server->stopping && exchange->reply.streams))
        return MHD_CONTENT_READER_END_WITH_ERROR;
    if (left == 0)
        return end_body(exchange);
    if (rest(exchange, (size_t)position))
        return 0;
    n = next_write(exchange, (size_t)position, left);
    if (n > max)
        n = max;
    memcpy(out, exchange->reply.body.data + position, n);
    return (ssize_t)n;
}

static struct MHD_Response *whole_response(struct emu_reply *reply)
{
    static char out_of_memory[] = "{\"message\":\"The emulator is out of memory.\"}";
    struct MHD_Response *response;

    if (reply->body.data == NULL)
        return MHD_create_response_from_buffer(sizeof(out_of_memory) - 1, out_of_memory,
                                               MHD_RESPMEM_PERSISTENT);
    response =
        MHD_create_response_from_buffer(reply->body.len, reply->body.data, MHD_RESPMEM_MUST_FREE);
    if (response != NULL)
        reply->body = (struct emu_text){0};
    return response;
}

static struct MHD_Response *make_response(struct exchange *exchange)
{
    struct emu_reply *reply = &exchange->reply;

    if (reply->streams)
        return MHD_create_response_from_callback(MHD_SIZE_UNKNOWN, BLOCK_SIZE, read_body, exchange,
                                                 NULL);
    if (body_end(reply) < reply->body.len)
        return MHD_create_response_from_callback(reply->body.len, BLOCK_SIZE, read_body, exchange,
                                                 NULL);
    return whole_response(reply);
}

static enum MHD_Result send_reply(struct exchange *exchange)
{
    const struct emu_reply *reply = &exchange->reply;
    struct MHD_Response *response;
    enum MHD_Result rc;

    if (reply->cut == EMU_CUT_BEFORE_HEAD)
        return MHD_NO; /* closes the connection */
    response = make_response(exchange);
    if (response == NULL)
        return MHD_NO;
    MHD_add_response_header(response, "content-type",
                            reply->streams ? "application/vnd.amazon.eventstream"
                                           : "application/json");
    MHD_add_response_header(response, "x-amzn-RequestId", reply->request_id);
    if (reply->error_type[0] != '\0')
        MHD_add_response_header(response, "x-amzn-ErrorType", reply->error_type);
    rc = MHD_queue_response(exchange->connection, (unsigned)reply->status, response);
    MHD_destroy_response(response);
    return rc;
}

/* Called with the head, with each part of the body, at its end, and after a delay. */
static enum MHD_Result handle(void *state, struct MHD_Connection *connection, const char *uri,
                              const char *method, const char *version, const char *upload,
                              size_t *upload_len, void **exchange_state)
{
    struct emu_server *server = state;
    struct exchange *exchange = *exchange_state;

    (void)connection;
    (void)uri; /* decoded: of no use */
    (void)version;
    if (exchange == NULL)
        return MHD_NO; /* there was no memory for it */
    if (!exchange->head_seen) {
        exchange->head_seen = true;
        return MHD_YES;
    }
    if (*upload_len > 0) {
        receive(exchange, upload, *upload_len);
        *upload_len = 0;
        return MHD_YES;
    }
    if (!exchange->answered)
        make_reply(server, exchange, method);
    if (exchange->reply.delay_ms > 0 && !server->stopping) {
        wait_until(exchange, now_us(CLOCK_MONOTONIC) + exchange->reply.delay_ms * 1000);
        exchange->reply.delay_ms = 0;
        return MHD_YES;
    }
    return send_reply(exchange);
}

/* ---- the server ---- */

struct emu_server *emu_server_start(struct emulator *emulator, uint16_t port)
{
    struct sockaddr_in address = {
        .sin_family = AF_INET, .sin_port = htons(port), .sin_addr.s_addr = htonl(INADDR_LOOPBACK)};
    struct emu_server *server = calloc(1, sizeof(*server));

    if (server == NULL)
        return NULL;
    server->emulator = emulator;
    TAILQ_INIT(&server->delayed);
    TAILQ_INIT(&server->stalled);
    server->watch_fd = epoll_create1(EPOLL_CLOEXEC);
    server->daemon = MHD_start_daemon(
        MHD_USE_EPOLL | MHD_ALLOW_SUSPEND_RESUME, port, NULL, NULL, handle, server,
        MHD_OPTION_SOCK_ADDR, &address, MHD_OPTION_URI_LOG_CALLBACK, begin_exchange, server,
        MHD_OPTION_NOTIFY_COMPLETED, end_exchange, server, MHD_OPTION_CONNECTION_LIMIT,
        (unsigned)MAX_CONNECTIONS, MHD_OPTION_CONNECTION_MEMORY_LIMIT, (size_t)MAX_HEADERS,
        MHD_OPTION_CONNECTION_TIMEOUT, (unsigned)IDLE_SECONDS, MHD_OPTION_LISTEN_BACKLOG_SIZE,
        (unsigned)LISTEN_BACKLOG, MHD_OPTION_END);
    if (server->daemon != NULL)
        return server;
    close(server->watch_fd);
    free(server);
    return NULL;
}

uint16_t emu_server_port(const struct emu_server *server)
{
    return MHD_get_daemon_info(server->daemon, MHD_DAEMON_INFO_BIND_PORT)->port;
}

/* How long to sleep at most: until libmicrohttpd or a delayed answer needs a turn. */
static int poll_timeout(struct emu_server *server)
{
    const struct exchange *first = TAILQ_FIRST(&server->delayed);
    int64_t timeout = INT_MAX;
    MHD_UNSIGNED_LONG_LONG wanted;

    if (MHD_get_timeout(server->daemon, &wanted) == MHD_YES && wanted < (unsigned)INT_MAX)
        timeout = (int64_t)wanted;
    if (first != NULL) {
        int64_t left = first->due_us - now_us(CLOCK_MONOTONIC);
        int64_t left_ms = left > 0 ? (left + 999) / 1000 : 0; /* not before its time */

        if (left_ms < timeout)
            timeout = left_ms;
    }
    return timeout == INT_MAX ? -1 : (int)timeout;
}

int emu_server_run(struct emu_server *server, int stop_fd)
{
    int epoll_fd = MHD_get_daemon_info(server->daemon, MHD_DAEMON_INFO_EPOLL_FD)->epoll_fd;
    struct pollfd fds[] = {
        {stop_fd, POLLIN, 0}, {epoll_fd, POLLIN, 0}, {server->watch_fd, POLLIN, 0}};

    while (fds[0].revents == 0) {
        if (poll(fds, 3, poll_timeout(server)) < 0 && errno != EINTR)
            return -1;
        notice_gone(server);
        resume_due(server, now_us(CLOCK_MONOTONIC));
        MHD_run(server->daemon);
    }
    return 0;
}

void emu_server_stop(struct emu_server *server)
{
    server->stopping = true;
    resume_due(server, INT64_MAX);
    while (!TAILQ_EMPTY(&server->stalled))
        resume(TAILQ_FIRST(&server->stalled));
    MHD_run(server->daemon); /* a suspended connection could not be closed */
    MHD_stop_daemon(server->daemon);
    close(server->watch_fd);
    free(server);
}
