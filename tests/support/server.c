/* SPDX-License-Identifier: MIT */
#include "server.h"

#include <arpa/inet.h>
#include <netinet/in.h>
#include <netinet/tcp.h>
#include <poll.h>
#include <pthread.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <strings.h>
#include <sys/eventfd.h>
#include <sys/socket.h>
#include <time.h>
#include <unistd.h>

enum {
    REPLIES_MAX = 16,
    KEPT_MAX = 4096,
    SEEN_MAX = 32,
    REQUEST_SIZE = 64 * 1024, /* larger than most: what is moved stays in a freed block */
    THREADS_MAX = 4096
};

struct server {
    int listener;
    int end; /* readable once the server stops */
    char url[64];
    pthread_t acceptor;
    pthread_mutex_t lock; /* over what follows */
    struct server_reply replies[REPLIES_MAX];
    size_t reply_count, next_reply;
    server_choose_fn choose; /* NULL: by the script */
    void *choose_data;
    size_t requests, connections, bytes, replied, closed;
    pthread_cond_t released;
    int held;
    char *seen[SEEN_MAX]; /* the first requests, and the last one */
    size_t seen_count;
    void *kept[KEPT_MAX]; /* bytes of replies, until the end: a thread may still send them */
    size_t kept_count;
    int stopping;
    pthread_t threads[THREADS_MAX];
    size_t thread_count;
};

struct connection {
    struct server *server;
    int fd;
};

/* Waits until the socket can be read; 0 when the server stops. */
static int wait_readable(struct server *server, int fd)
{
    struct pollfd either[] = {{.fd = fd, .events = POLLIN}, {.fd = server->end, .events = POLLIN}};

    while (poll(either, 2, -1) < 0)
        ;
    return either[1].revents == 0;
}

static size_t content_length(const char *head)
{
    const char *line = strcasestr(head, "\r\ncontent-length:");
    return line == NULL ? 0 : strtoul(line + strlen("\r\ncontent-length:"), NULL, 10);
}

/* Reads one whole request; NULL when the peer goes or the server stops. */
static char *read_request(struct connection *c)
{
    size_t length = 0, capacity = REQUEST_SIZE, wanted = 0;
    char *request = malloc(capacity + 1);

    for (;;) {
        if (length == capacity)
            request = realloc(request, (capacity *= 2) + 1);
        if (!wait_readable(c->server, c->fd))
            break;
        ssize_t n = recv(c->fd, request + length, capacity - length, 0);
        if (n <= 0)
            break;
        length += (size_t)n;
        request[length] = '\0';
        pthread_mutex_lock(&c->server->lock);
        c->server->bytes += (size_t)n;
        pthread_mutex_unlock(&c->server->lock);
        const char *blank = wanted > 0 ? NULL : strstr(request, "\r\n\r\n");
        if (blank != NULL)
            wanted = (size_t)(blank - request) + 4 + content_length(request);
        if (wanted > 0 && length >= wanted)
            return request;
    }
    free(request);
    return NULL;
}

/* Requests hold secrets, which tests look for in freed blocks: not to be found in the server's. */
static void forget(char *request)
{
    if (request != NULL)
        explicit_bzero(request, strlen(request));
    free(request);
}

static void note_request(struct server *server, char *request)
{
    if (server->seen_count == SEEN_MAX)
        forget(server->seen[--server->seen_count]);
    server->seen[server->seen_count++] = request;
}

static server_choose_fn chooser(struct server *server, void **ret_user_data)
{
    pthread_mutex_lock(&server->lock);
    server_choose_fn choose = server->choose;
    *ret_user_data = server->choose_data;
    pthread_mutex_unlock(&server->lock);
    return choose;
}

static struct server_reply take_reply(struct server *server, char *request)
{
    struct server_reply reply = {0};
    void *user_data;

    server_choose_fn choose = chooser(server, &user_data);
    if (choose != NULL)
        reply = choose(request, user_data);
    pthread_mutex_lock(&server->lock);
    server->requests++;
    note_request(server, request);
    if (choose == NULL && server->reply_count > 0)
        reply = server->replies[server->next_reply];
    if (choose == NULL && server->next_reply + 1 < server->reply_count)
        server->next_reply++;
    pthread_mutex_unlock(&server->lock);
    return reply;
}

static void sleep_ms(int ms)
{
    nanosleep(&(struct timespec){ms / 1000, ms % 1000 * 1000000L}, NULL);
}

static int send_reply(int fd, const struct server_reply *reply)
{
    size_t length = reply->bytes == NULL ? 0
                    : reply->length > 0  ? reply->length
                                         : strlen(reply->bytes);
    size_t chunk = reply->chunk > 0 ? reply->chunk : length;

    sleep_ms(reply->delay_ms);
    for (size_t sent = 0; sent < length;) {
        size_t n = length - sent < chunk ? length - sent : chunk;
        ssize_t went = send(fd, reply->bytes + sent, n, MSG_NOSIGNAL);
        if (went <= 0)
            return -1;
        sent += (size_t)went;
        if (reply->chunk > 0)
            sleep_ms(1);
    }
    return 0;
}

static void count(struct server *server, size_t *what)
{
    pthread_mutex_lock(&server->lock);
    ++*what;
    pthread_mutex_unlock(&server->lock);
}

static void wait_released(struct server *server)
{
    pthread_mutex_lock(&server->lock);
    while (server->held && !server->stopping)
        pthread_cond_wait(&server->released, &server->lock);
    pthread_mutex_unlock(&server->lock);
}

static void *serve(void *user_data)
{
    struct connection c = *(struct connection *)user_data;
    char *request;

    free(user_data);
    while ((request = read_request(&c)) != NULL) {
        struct server_reply reply = take_reply(c.server, request);
        wait_released(c.server);
        if (send_reply(c.fd, &reply) < 0)
            break;
        count(c.server, &c.server->replied);
        if (reply.then == SERVER_CLOSE)
            break;
        if (reply.then == SERVER_RESET) {
            setsockopt(c.fd, SOL_SOCKET, SO_LINGER, &(struct linger){1, 0}, sizeof(struct linger));
            break;
        }
        if (reply.then == SERVER_HANG) {
            char byte;
            while (wait_readable(c.server, c.fd) && recv(c.fd, &byte, 1, 0) > 0)
                ;
            break;
        }
    }
    close(c.fd);
    count(c.server, &c.server->closed);
    return NULL;
}

static void *accept_all(void *user_data)
{
    struct server *server = user_data;

    while (wait_readable(server, server->listener)) {
        int fd = accept4(server->listener, NULL, NULL, SOCK_CLOEXEC);
        if (fd < 0)
            continue;
        setsockopt(fd, IPPROTO_TCP, TCP_NODELAY, &(int){1}, sizeof(int));
        struct connection *c = malloc(sizeof *c);
        *c = (struct connection){server, fd};
        pthread_mutex_lock(&server->lock);
        server->connections++;
        if (server->thread_count == THREADS_MAX)
            abort();
        pthread_create(&server->threads[server->thread_count++], NULL, serve, c);
        pthread_mutex_unlock(&server->lock);
    }
    return NULL;
}

struct server *server_start(void)
{
    struct server *server = calloc(1, sizeof *server);
    struct sockaddr_in address = {.sin_family = AF_INET, .sin_addr = {htonl(INADDR_LOOPBACK)}};
    socklen_t size = sizeof address;

    server->listener = socket(AF_INET, SOCK_STREAM | SOCK_CLOEXEC, 0);
    if (bind(server->listener, (struct sockaddr *)&address, size) < 0 ||
        listen(server->listener, 128) < 0 ||
        getsockname(server->listener, (struct sockaddr *)&address, &size) < 0)
        abort();
    snprintf(server->url, sizeof server->url, "http://127.0.0.1:%d", ntohs(address.sin_port));
    server->end = eventfd(0, EFD_CLOEXEC);
    pthread_mutex_init(&server->lock, NULL);
    pthread_cond_init(&server->released, NULL);
    pthread_create(&server->acceptor, NULL, accept_all, server);
    return server;
}

void server_stop(struct server *server)
{
    pthread_mutex_lock(&server->lock);
    server->stopping = 1;
    pthread_cond_broadcast(&server->released);
    pthread_mutex_unlock(&server->lock);
    eventfd_write(server->end, 1);
    pthread_join(server->acceptor, NULL);
    for (size_t i = 0; i < server->thread_count; i++)
        pthread_join(server->threads[i], NULL);
    close(server->listener);
    close(server->end);
    pthread_mutex_destroy(&server->lock);
    pthread_cond_destroy(&server->released);
    for (size_t i = 0; i < server->kept_count; i++)
        free(server->kept[i]);
    for (size_t i = 0; i < server->seen_count; i++)
        forget(server->seen[i]);
    free(server);
}

const char *server_url(const struct server *server)
{
    return server->url;
}

/* A copy of a reply's bytes that lives as long as the server. */
static const char *keep(struct server *server, const struct server_reply *reply)
{
    size_t length = reply->length > 0 ? reply->length : strlen(reply->bytes);

    if (server->kept_count == KEPT_MAX)
        abort();
    char *copy = malloc(length + 1);
    memcpy(copy, reply->bytes, length);
    copy[length] = '\0';
    server->kept[server->kept_count++] = copy;
    return copy;
}

void server_script(struct server *server, const struct server_reply *replies, size_t count)
{
    if (count > REPLIES_MAX)
        abort();
    pthread_mutex_lock(&server->lock);
    for (size_t i = 0; i < count; i++) {
        server->replies[i] = replies[i];
        if (replies[i].bytes != NULL)
            server->replies[i].bytes = keep(server, &replies[i]);
    }
    server->reply_count = count;
    server->next_reply = 0;
    pthread_mutex_unlock(&server->lock);
}

void server_choose(struct server *server, server_choose_fn choose, void *user_data)
{
    pthread_mutex_lock(&server->lock);
    server->choose = choose;
    server->choose_data = user_data;
    pthread_mutex_unlock(&server->lock);
}

void server_hold(struct server *server, int held)
{
    pthread_mutex_lock(&server->lock);
    server->held = held;
    pthread_cond_broadcast(&server->released);
    pthread_mutex_unlock(&server->lock);
}

static size_t read_count(struct server *server, const size_t *count)
{
    pthread_mutex_lock(&server->lock);
    size_t value = *count;
    pthread_mutex_unlock(&server->lock);
    return value;
}

size_t server_requests(struct server *server)
{
    return read_count(server, &server->requests);
}

size_t server_connections(struct server *server)
{
    return read_count(server, &server->connections);
}

size_t server_bytes(struct server *server)
{
    return read_count(server, &server->bytes);
}

size_t server_replies(struct server *server)
{
    return read_count(server, &server->replied);
}

size_t server_closed(struct server *server)
{
    return read_count(server, &server->closed);
}

char *server_last_request(struct server *server)
{
    pthread_mutex_lock(&server->lock);
    size_t count = server->seen_count;
    char *copy = strdup(count == 0 ? "" : server->seen[count - 1]);
    pthread_mutex_unlock(&server->lock);
    return copy;
}

char *server_request(struct server *server, size_t i)
{
    pthread_mutex_lock(&server->lock);
    char *copy = strdup(i < server->seen_count ? server->seen[i] : "");
    pthread_mutex_unlock(&server->lock);
    return copy;
}

char *server_answer(const char *status, const char *headers, const char *body)
{
    size_t size = strlen(status) + strlen(headers) + strlen(body) + 64;
    char *answer = malloc(size);

    snprintf(answer, size, "HTTP/1.1 %s\r\n%sContent-Length: %zu\r\n\r\n%s", status, headers,
             strlen(body), body);
    return answer;
}
