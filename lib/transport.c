/* SPDX-License-Identifier: MIT */
#include "transport.h"
#include "clock.h"
#include "exchange.h"
#include "sockets.h"

#include <bedrockcost/client.h>

#include <pthread.h>
#include <stdio.h>
#include <stdlib.h>

enum {
    SPARE_MAX = 64, /* handles kept for the next exchanges */
};

struct brc__transport {
    CURLM *multi;
    struct brc__exchange_list active, ended, resting, spare, news;
    int spare_count;
    int64_t late_due; /* no exchange is idle for too long, or past its deadline, before this */
    brc__watch_fn watch;
    void *user_data;
    bool watch_failed;
    int64_t curl_due; /* when libcurl wants to be called; INT64_MAX: never */
    struct brc__sockets sockets;
};

/* ---- sockets: libcurl opens and closes them through us, so that we know which there are */

static curl_socket_t on_open(void *user_data, curlsocktype purpose, struct curl_sockaddr *address)
{
    struct brc__transport *transport = user_data;

    (void)purpose;
    int fd = brc__sockets_open(&transport->sockets, address->family, address->socktype,
                               address->protocol);
    return fd < 0 ? CURL_SOCKET_BAD : fd;
}

static int on_close(void *user_data, curl_socket_t fd)
{
    struct brc__transport *transport = user_data;

    return brc__sockets_close(&transport->sockets, fd);
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
    transport->late_due = INT64_MAX;
    transport->curl_due = INT64_MAX;
    transport->news.link = BRC__BY_NEWS;
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
    while (transport->resting.first != NULL)
        brc__exchange_free(transport->resting.first);
    while (transport->spare.first != NULL) {
        struct brc__exchange *exchange = transport->spare.first;
        brc__exchange_detach(&transport->spare, exchange);
        brc__exchange_destroy(exchange);
    }
    curl_multi_cleanup(transport->multi);
    brc__sockets_free(&transport->sockets);
    free(transport);
    return NULL;
}

void brc__transport_keep(struct brc__transport *transport, int64_t connections)
{
    curl_multi_setopt(transport->multi, CURLMOPT_MAXCONNECTS, (long)connections);
}

void brc__transport_disown(struct brc__transport *transport)
{
    curl_multi_setopt(transport->multi, CURLMOPT_SOCKETFUNCTION, NULL);
    curl_multi_setopt(transport->multi, CURLMOPT_TIMERFUNCTION, NULL);
    brc__sockets_disown(&transport->sockets);
}

/* ---- time limits of our own: without a byte for too long, or past a deadline */

static int64_t late_at(const struct brc__exchange *exchange)
{
    int64_t idle_at = exchange->idle_ms == 0 || exchange->full || exchange->held
                          ? INT64_MAX
                          : exchange->last_moved_at + exchange->idle_ms;

    return idle_at < exchange->deadline ? idle_at : exchange->deadline;
}

static void note_late(const struct brc__exchange *exchange)
{
    int64_t at = late_at(exchange);

    if (at < exchange->transport->late_due)
        exchange->transport->late_due = at;
}

/* They are looked through only when the earliest of them may be due, as it was when they were last
 * looked through. */
static void end_late(struct brc__transport *transport)
{
    int64_t now = brc__clock_steady_ms();
    struct brc__exchange *next;

    if (now < transport->late_due)
        return;
    transport->late_due = INT64_MAX;
    for (struct brc__exchange *e = transport->active.first; e != NULL; e = next) {
        next = e->links[BRC__BY_STATE].next;
        if (e->deadline <= now)
            brc__exchange_break(e, BRC_E_TIMEOUT, "the answer did not end in time");
        else if (late_at(e) <= now)
            brc__exchange_break(e, BRC_E_TIMEOUT,
                                "no byte came or went within the idle time limit");
        else
            note_late(e);
    }
}

void brc__exchange_set_deadline(struct brc__exchange *exchange, int64_t at)
{
    exchange->deadline = at;
    note_late(exchange);
}

/* ---- submitting */

static struct brc__exchange *take_exchange(struct brc__transport *transport)
{
    struct brc__exchange *exchange = transport->spare.last; /* the one still in the caches */

    if (exchange != NULL) {
        brc__exchange_detach(&transport->spare, exchange);
        transport->spare_count--;
        return exchange;
    }
    exchange = brc__exchange_new(transport, &transport->news);
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
    brc__exchange_append(&transport->spare, exchange);
    transport->spare_count++;
}

int brc__transport_submit(struct brc__transport *transport, const struct brc__http_request *request,
                          void *owner, struct brc__exchange **ret_exchange,
                          struct brc__error *error)
{
    *ret_exchange = NULL;
    struct brc__exchange *exchange = take_exchange(transport);
    if (exchange == NULL)
        return brc__error_set(error, BRC_E_NOMEM, "%s", brc_strerror(BRC_E_NOMEM));
    int rc = brc__exchange_prepare(exchange, request, owner);
    if (rc == 0 && curl_multi_add_handle(transport->multi, exchange->easy) != CURLM_OK)
        rc = BRC_E_NOMEM;
    if (rc < 0) {
        give_back(exchange);
        return brc__error_set(error, rc, "%s",
                              rc == BRC_E_NOMEM ? brc_strerror(rc)
                                                : "libcurl does not take the request");
    }
    exchange->state = BRC__EXCHANGE_ACTIVE;
    brc__exchange_append(&transport->active, exchange);
    note_late(exchange);
    *ret_exchange = exchange;
    return BRC_OK;
}

/* ---- ending */

/* The list of an exchange that has ended. */
static struct brc__exchange_list *ended_list(const struct brc__exchange *exchange)
{
    struct brc__transport *transport = exchange->transport;

    return exchange->state == BRC__EXCHANGE_ENDED ? &transport->ended : &transport->resting;
}

static void file_ended(struct brc__exchange *exchange)
{
    size_t unread;

    brc__exchange_unread(exchange, &unread);
    exchange->state = exchange->held && unread > 0 ? BRC__EXCHANGE_RESTING : BRC__EXCHANGE_ENDED;
    brc__exchange_append(ended_list(exchange), exchange);
}

static void refile_ended(struct brc__exchange *exchange)
{
    brc__exchange_detach(ended_list(exchange), exchange);
    file_ended(exchange);
}

/* Ends an exchange that is in no list now. */
static void finish(struct brc__exchange *exchange, int code, const char *message)
{
    struct brc__transport *transport = exchange->transport;

    curl_multi_remove_handle(transport->multi, exchange->easy);
    file_ended(exchange);
    exchange->code = code;
    /* libcurl's own words say more, but not of what was our doing. */
    if (exchange->message[0] == '\0' || code == BRC_E_TIMEOUT || code == BRC_E_TOO_LARGE ||
        exchange->result == CURLE_ABORTED_BY_CALLBACK)
        snprintf(exchange->message, sizeof exchange->message, "%s", message);
    if (transport->active.first == NULL)
        transport->late_due = INT64_MAX;
}

void brc__exchange_break(struct brc__exchange *exchange, int code, const char *message)
{
    if (exchange->state != BRC__EXCHANGE_ACTIVE)
        return;
    brc__exchange_detach(&exchange->transport->active, exchange);
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
    brc__exchange_detach(ended_list(exchange), exchange);
    if (exchange->has_news)
        brc__exchange_detach(&exchange->transport->news, exchange);
    give_back(exchange);
    return NULL;
}

/* ---- answers read piece by piece */

struct brc__exchange *brc__transport_news(struct brc__transport *transport)
{
    struct brc__exchange *exchange = transport->news.first;

    if (exchange != NULL) {
        brc__exchange_detach(&transport->news, exchange);
        exchange->has_news = false;
    }
    return exchange;
}

bool brc__transport_has_more(const struct brc__transport *transport)
{
    return transport->news.first != NULL || transport->ended.first != NULL;
}

void brc__exchange_consume(struct brc__exchange *exchange, size_t n, size_t wanted)
{
    exchange->read_at += n;
    exchange->wanted = wanted;
    if (exchange->state == BRC__EXCHANGE_RESTING)
        refile_ended(exchange);
    if (exchange->state != BRC__EXCHANGE_ACTIVE)
        return;
    CURLcode rc = brc__exchange_go_on(exchange);
    if (rc != CURLE_OK) {
        int code = brc__exchange_code(exchange, rc);
        brc__exchange_break(exchange, code, brc__exchange_why(exchange, rc, code));
    } else {
        note_late(exchange);
    }
}

void brc__exchange_hold(struct brc__exchange *exchange, bool held)
{
    size_t unread;

    if (exchange->held == held)
        return;
    exchange->held = held;
    brc__exchange_unread(exchange, &unread);
    if (!held) {
        exchange->last_moved_at = brc__clock_steady_ms();
        if (unread > 0)
            brc__exchange_note_news(exchange);
    }
    if (exchange->state == BRC__EXCHANGE_ACTIVE)
        note_late(exchange);
    else
        refile_ended(exchange);
}

/* In two steps, because libcurl looks through its messages for each handle that is removed. */
static void harvest(struct brc__transport *transport)
{
    struct brc__exchange_list finished = {.link = BRC__BY_STATE};
    CURLMsg *message;
    int left;

    while ((message = curl_multi_info_read(transport->multi, &left)) != NULL) {
        struct brc__exchange *exchange;
        curl_easy_getinfo(message->easy_handle, CURLINFO_PRIVATE, (char **)&exchange);
        exchange->result = message->data.result;
        brc__exchange_detach(&transport->active, exchange);
        brc__exchange_append(&finished, exchange);
    }
    while (finished.first != NULL) {
        struct brc__exchange *exchange = finished.first;
        int code = brc__exchange_code(exchange, exchange->result);
        brc__exchange_detach(&finished, exchange);
        finish(exchange, code, brc__exchange_why(exchange, exchange->result, code));
    }
}

/* What follows whenever libcurl has moved. An error of the whole handle says that memory or
 * descriptors have run out. */
static void after_moving(struct brc__transport *transport, CURLMcode rc)
{
    harvest(transport);
    end_late(transport);
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

/* Waiting comes first: libcurl does not wait while it has anything to do at once. */
void brc__transport_turn(struct brc__transport *transport, int wait_ms)
{
    CURLMcode rc = CURLM_OK;
    int running;

    if (wait_ms > 0 && !brc__transport_has_more(transport))
        rc = curl_multi_poll(transport->multi, NULL, 0, until(transport->late_due, wait_ms), NULL);
    if (rc == CURLM_OK)
        rc = curl_multi_perform(transport->multi, &running);
    after_moving(transport, rc);
}

int brc__transport_wakeup(struct brc__transport *transport)
{
    return curl_multi_wakeup(transport->multi) == CURLM_OK ? BRC_OK : BRC_E_NOMEM;
}

/* ---- driving by somebody's loop */

/* For want of memory libcurl may forget a socket that it never told of. */
static int on_watch(CURL *easy, curl_socket_t fd, int what, void *user_data, void *watched)
{
    struct brc__transport *transport = user_data;
    int events = 0;

    (void)easy;
    if (what == CURL_POLL_REMOVE && watched == NULL)
        return 0;
    if (what == CURL_POLL_IN || what == CURL_POLL_INOUT)
        events |= BRC_WATCH_READ;
    if (what == CURL_POLL_OUT || what == CURL_POLL_INOUT)
        events |= BRC_WATCH_WRITE;
    if (watched == NULL)
        curl_multi_assign(transport->multi, fd, transport);
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
    return transport->curl_due < transport->late_due ? transport->curl_due : transport->late_due;
}
