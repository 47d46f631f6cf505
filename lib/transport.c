/* SPDX-License-Identifier: MIT */
#include "transport.h"
#include "clock.h"
#include "exchange.h"

#include <bedrockcost/converse.h>

#include <fcntl.h>
#include <pthread.h>
#include <stdio.h>
#include <stdlib.h>
#include <sys/socket.h>
#include <unistd.h>

enum {
    SPARE_MAX = 64, /* handles kept for the next exchanges */
};

struct list {
    struct brc__exchange *first, *last;
};

struct brc__transport {
    CURLM *multi;
    struct list active, ended, spare;
    int spare_count;
    int64_t idle_due; /* no exchange is idle for too long before this; INT64_MAX: none ever */
    brc__watch_fn watch;
    void *user_data;
    bool watch_failed;
    int64_t curl_due; /* when libcurl wants to be called; INT64_MAX: never */
    int *sockets;     /* those that are open, for a child process to let go of */
    size_t socket_count, socket_capacity;
};

/* ---- lists */

static void append(struct list *list, struct brc__exchange *exchange)
{
    exchange->next = NULL;
    exchange->previous = list->last;
    if (list->last != NULL)
        list->last->next = exchange;
    else
        list->first = exchange;
    list->last = exchange;
}

static void detach(struct list *list, struct brc__exchange *exchange)
{
    if (exchange->previous != NULL)
        exchange->previous->next = exchange->next;
    else
        list->first = exchange->next;
    if (exchange->next != NULL)
        exchange->next->previous = exchange->previous;
    else
        list->last = exchange->previous;
}

/* ---- sockets: libcurl opens and closes them through us, so that we know which there are */

static curl_socket_t on_open(void *user_data, curlsocktype purpose, struct curl_sockaddr *address)
{
    struct brc__transport *transport = user_data;

    (void)purpose;
    if (transport->socket_count == transport->socket_capacity) {
        size_t capacity = 2 * transport->socket_capacity + 16;
        int *sockets = realloc(transport->sockets, capacity * sizeof *sockets);
        if (sockets == NULL)
            return CURL_SOCKET_BAD;
        transport->sockets = sockets;
        transport->socket_capacity = capacity;
    }
    int fd = socket(address->family, address->socktype | SOCK_CLOEXEC, address->protocol);
    if (fd >= 0)
        transport->sockets[transport->socket_count++] = fd;
    return fd;
}

static int on_close(void *user_data, curl_socket_t fd)
{
    struct brc__transport *transport = user_data;

    for (size_t i = 0; i < transport->socket_count; i++)
        if (transport->sockets[i] == fd)
            transport->sockets[i] = transport->sockets[--transport->socket_count];
    return close(fd);
}

/* ---- life */

/* curl_global_init() once a process. One that fails for want of memory is tried again next time. */
static int init_curl(void)
{
    static pthread_mutex_t lock = PTHREAD_MUTEX_INITIALIZER;
    static bool done;

    pthread_mutex_lock(&lock);
    if (!done)
        done = curl_global_init(CURL_GLOBAL_DEFAULT) == CURLE_OK;
    int rc = done ? BRC_OK : BRC_E_NOMEM;
    pthread_mutex_unlock(&lock);
    return rc;
}

int brc__transport_new(struct brc__transport **ret_transport)
{
    *ret_transport = NULL;
    int rc = init_curl();
    if (rc < 0)
        return rc;
    struct brc__transport *transport = calloc(1, sizeof *transport);
    if (transport == NULL)
        return BRC_E_NOMEM;
    transport->idle_due = INT64_MAX;
    transport->curl_due = INT64_MAX;
    transport->multi = curl_multi_init();
    if (transport->multi == NULL) {
        free(transport);
        return BRC_E_NOMEM;
    }
    *ret_transport = transport;
    return BRC_OK;
}

struct brc__transport *brc__transport_free(struct brc__transport *transport)
{
    if (transport == NULL)
        return NULL;
    while (transport->active.first != NULL)
        brc__exchange_free(transport->active.first);
    while (transport->ended.first != NULL)
        brc__exchange_free(transport->ended.first);
    while (transport->spare.first != NULL) {
        struct brc__exchange *exchange = transport->spare.first;
        detach(&transport->spare, exchange);
        brc__exchange_destroy(exchange);
    }
    curl_multi_cleanup(transport->multi);
    free(transport->sockets);
    free(transport);
    return NULL;
}

void brc__transport_keep(struct brc__transport *transport, int64_t connections)
{
    curl_multi_setopt(transport->multi, CURLMOPT_MAXCONNECTS, (long)connections);
}

void brc__transport_disown(struct brc__transport *transport)
{
    int nowhere = open("/dev/null", O_RDWR | O_CLOEXEC);

    curl_multi_setopt(transport->multi, CURLMOPT_SOCKETFUNCTION, NULL);
    curl_multi_setopt(transport->multi, CURLMOPT_TIMERFUNCTION, NULL);
    for (size_t i = 0; nowhere >= 0 && i < transport->socket_count; i++)
        dup2(nowhere, transport->sockets[i]);
    if (nowhere >= 0)
        close(nowhere);
}

/* ---- submitting */

static struct brc__exchange *take_exchange(struct brc__transport *transport)
{
    struct brc__exchange *exchange = transport->spare.last; /* the one still in the caches */

    if (exchange != NULL) {
        detach(&transport->spare, exchange);
        transport->spare_count--;
        return exchange;
    }
    exchange = brc__exchange_new(transport);
    if (exchange == NULL)
        return NULL;
    if (curl_easy_setopt(exchange->easy, CURLOPT_OPENSOCKETFUNCTION, on_open) != CURLE_OK ||
        curl_easy_setopt(exchange->easy, CURLOPT_OPENSOCKETDATA, transport) != CURLE_OK ||
        curl_easy_setopt(exchange->easy, CURLOPT_CLOSESOCKETFUNCTION, on_close) != CURLE_OK ||
        curl_easy_setopt(exchange->easy, CURLOPT_CLOSESOCKETDATA, transport) != CURLE_OK) {
        brc__exchange_destroy(exchange);
        return NULL;
    }
    return exchange;
}

static void give_back(struct brc__exchange *exchange)
{
    struct brc__transport *transport = exchange->transport;

    if (transport->spare_count == SPARE_MAX) {
        brc__exchange_destroy(exchange);
        return;
    }
    brc__exchange_reset(exchange);
    append(&transport->spare, exchange);
    transport->spare_count++;
}

int brc__transport_submit(struct brc__transport *transport, const struct brc__post *post,
                          void *owner, struct brc__exchange **ret_exchange,
                          struct brc__error *error)
{
    *ret_exchange = NULL;
    struct brc__exchange *exchange = take_exchange(transport);
    if (exchange == NULL)
        return brc__error_set(error, BRC_E_NOMEM, "%s", brc_strerror(BRC_E_NOMEM));
    int rc = brc__exchange_prepare(exchange, post, owner);
    if (rc == 0 && curl_multi_add_handle(transport->multi, exchange->easy) != CURLM_OK)
        rc = BRC_E_NOMEM;
    if (rc < 0) {
        give_back(exchange);
        return brc__error_set(error, rc, "%s",
                              rc == BRC_E_NOMEM ? brc_strerror(rc)
                                                : "libcurl does not take the request");
    }
    exchange->state = BRC__EXCHANGE_ACTIVE;
    append(&transport->active, exchange);
    if (exchange->idle_ms > 0 && exchange->last_moved_at + exchange->idle_ms < transport->idle_due)
        transport->idle_due = exchange->last_moved_at + exchange->idle_ms;
    *ret_exchange = exchange;
    return BRC_OK;
}

/* ---- ending */

/* Ends an exchange that is in no list now. */
static void finish(struct brc__exchange *exchange, int code, const char *message)
{
    struct brc__transport *transport = exchange->transport;

    curl_multi_remove_handle(transport->multi, exchange->easy);
    append(&transport->ended, exchange);
    exchange->state = BRC__EXCHANGE_ENDED;
    exchange->code = code;
    if (exchange->message[0] == '\0' || code == BRC_E_TIMEOUT || code == BRC_E_TOO_LARGE)
        snprintf(exchange->message, sizeof exchange->message, "%s", message);
    if (transport->active.first == NULL)
        transport->idle_due = INT64_MAX;
}

void brc__exchange_break(struct brc__exchange *exchange, int code, const char *message)
{
    if (exchange->state != BRC__EXCHANGE_ACTIVE)
        return;
    detach(&exchange->transport->active, exchange);
    finish(exchange, code, message);
}

void brc__transport_break(struct brc__transport *transport, int code, const char *message)
{
    while (transport->active.first != NULL)
        brc__exchange_break(transport->active.first, code, message);
}

struct brc__exchange *brc__transport_ended(struct brc__transport *transport)
{
    return transport->ended.first;
}

struct brc__exchange *brc__exchange_free(struct brc__exchange *exchange)
{
    if (exchange == NULL)
        return NULL;
    brc__exchange_break(exchange, BRC_E_CANCELED, "");
    detach(&exchange->transport->ended, exchange);
    give_back(exchange);
    return NULL;
}

/* In two steps, because libcurl looks through its messages for each handle that is removed. */
static void harvest(struct brc__transport *transport)
{
    struct list finished = {NULL, NULL};
    CURLMsg *message;
    int left;

    while ((message = curl_multi_info_read(transport->multi, &left)) != NULL) {
        struct brc__exchange *exchange;
        curl_easy_getinfo(message->easy_handle, CURLINFO_PRIVATE, (char **)&exchange);
        exchange->result = message->data.result;
        detach(&transport->active, exchange);
        append(&finished, exchange);
    }
    while (finished.first != NULL) {
        struct brc__exchange *exchange = finished.first;
        int code = brc__exchange_code(exchange, exchange->result);
        detach(&finished, exchange);
        finish(exchange, code, brc__exchange_why(exchange, exchange->result, code));
    }
}

/* Ends exchanges without a byte for too long. They are looked through only when the earliest of
 * them may be due, as it was when they were last looked through. */
static void end_idle(struct brc__transport *transport)
{
    int64_t now = brc__clock_steady_ms();
    struct brc__exchange *next;

    if (now < transport->idle_due)
        return;
    transport->idle_due = INT64_MAX;
    for (struct brc__exchange *e = transport->active.first; e != NULL; e = next) {
        next = e->next;
        if (e->idle_ms == 0)
            continue;
        int64_t due = e->last_moved_at + e->idle_ms;
        if (due <= now)
            brc__exchange_break(e, BRC_E_TIMEOUT,
                                "no byte came or went within the idle time limit");
        else if (due < transport->idle_due)
            transport->idle_due = due;
    }
}

/* What follows whenever libcurl has moved. An error of the whole handle says that memory or
 * descriptors have run out. */
static void after_moving(struct brc__transport *transport, CURLMcode rc)
{
    harvest(transport);
    end_idle(transport);
    if (rc != CURLM_OK)
        brc__transport_break(transport, BRC_E_NOMEM, curl_multi_strerror(rc));
    if (transport->watch_failed)
        brc__transport_break(transport, BRC_E_CANCELED,
                             "the application's loop does not watch a descriptor");
    transport->watch_failed = false;
}

/* ---- driving by turns */

static int until(int64_t due, int wait_ms)
{
    int64_t left = due == INT64_MAX ? wait_ms : due - brc__clock_steady_ms();

    return left < 0 ? 0 : left < wait_ms ? (int)left : wait_ms;
}

void brc__transport_turn(struct brc__transport *transport, int wait_ms)
{
    int running;

    after_moving(transport, curl_multi_perform(transport->multi, &running));
    if (transport->ended.first != NULL || wait_ms == 0)
        return;
    CURLMcode rc =
        curl_multi_poll(transport->multi, NULL, 0, until(transport->idle_due, wait_ms), NULL);
    if (rc == CURLM_OK)
        rc = curl_multi_perform(transport->multi, &running);
    after_moving(transport, rc);
}

int brc__transport_wakeup(struct brc__transport *transport)
{
    return curl_multi_wakeup(transport->multi) == CURLM_OK ? BRC_OK : BRC_E_NOMEM;
}

/* ---- driving by somebody's loop */

static int on_watch(CURL *easy, curl_socket_t fd, int what, void *user_data, void *socket_data)
{
    struct brc__transport *transport = user_data;
    int events = 0;

    (void)easy, (void)socket_data;
    if (what == CURL_POLL_IN || what == CURL_POLL_INOUT)
        events |= BRC_WATCH_READ;
    if (what == CURL_POLL_OUT || what == CURL_POLL_INOUT)
        events |= BRC_WATCH_WRITE;
    if (transport->watch(fd, events, transport->user_data) != 0 && events != 0)
        transport->watch_failed = true;
    return 0;
}

static int on_timer(CURLM *multi, long timeout_ms, void *user_data)
{
    struct brc__transport *transport = user_data;

    (void)multi;
    transport->curl_due = timeout_ms < 0 ? INT64_MAX : brc__clock_steady_ms() + timeout_ms;
    return 0;
}

int brc__transport_set_loop(struct brc__transport *transport, brc__watch_fn watch, void *user_data)
{
    transport->watch = watch;
    transport->user_data = user_data;
    if (curl_multi_setopt(transport->multi, CURLMOPT_SOCKETFUNCTION, on_watch) != CURLM_OK ||
        curl_multi_setopt(transport->multi, CURLMOPT_SOCKETDATA, transport) != CURLM_OK ||
        curl_multi_setopt(transport->multi, CURLMOPT_TIMERFUNCTION, on_timer) != CURLM_OK ||
        curl_multi_setopt(transport->multi, CURLMOPT_TIMERDATA, transport) != CURLM_OK)
        return BRC_E_NOMEM;
    return BRC_OK;
}

void brc__transport_notify(struct brc__transport *transport, int fd, int events)
{
    int running, flags = 0;

    if (events & BRC_WATCH_READ)
        flags |= CURL_CSELECT_IN;
    if (events & BRC_WATCH_WRITE)
        flags |= CURL_CSELECT_OUT;
    if (fd < 0)
        transport->curl_due = INT64_MAX; /* it says anew if there is more to wait for */
    after_moving(transport,
                 curl_multi_socket_action(transport->multi, fd < 0 ? CURL_SOCKET_TIMEOUT : fd,
                                          flags, &running));
}

int64_t brc__transport_due(const struct brc__transport *transport)
{
    return transport->curl_due < transport->idle_due ? transport->curl_due : transport->idle_due;
}
