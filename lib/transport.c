/* SPDX-License-Identifier: MIT */
#include "transport.h"
#include "clock.h"

#include <curl/curl.h>
#include <pthread.h>
#include <stdint.h>
#include <stdio.h>

enum {
    CONNECTION_AGE_MAX_S =
        20,           /* servers close idle connections; older ones are not worth the risk */
    KEEPALIVE_S = 60, /* gateways drop flows that are silent while a model thinks */
    HEADER_LINES_MAX = 32,
    NO_LIMIT_MS = INT32_MAX,
};

struct brc__exchange {
    struct brc__transport *transport;
    struct brc__exchange *next; /* in the transport's list of exchanges, or of spare ones */
    void *owner;
    CURL *easy;
    struct curl_slist lines[HEADER_LINES_MAX];
    bool active; /* in the multi handle */
    bool ended;
    int requests_begun;
    bool head_began, head_whole;
    int status;
    int64_t idle_ms, last_moved_at;
    curl_off_t bytes_moved;
    struct brc__buf head, body;
    int code;
    char message[CURL_ERROR_SIZE];
};

struct brc__transport {
    CURLM *multi;
    struct brc__exchange *exchanges;
    struct brc__exchange *spare; /* one that ended, kept with its handle for the next */
};

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
    transport->multi = curl_multi_init();
    if (transport->multi == NULL) {
        free(transport);
        return BRC_E_NOMEM;
    }
    *ret_transport = transport;
    return BRC_OK;
}

static void destroy_exchange(struct brc__exchange *exchange)
{
    curl_easy_cleanup(exchange->easy);
    brc__buf_free(&exchange->head);
    brc__buf_free(&exchange->body);
    free(exchange);
}

struct brc__transport *brc__transport_free(struct brc__transport *transport)
{
    if (transport == NULL)
        return NULL;
    while (transport->exchanges != NULL)
        brc__exchange_free(transport->exchanges);
    if (transport->spare != NULL)
        destroy_exchange(transport->spare);
    curl_multi_cleanup(transport->multi);
    free(transport);
    return NULL;
}

/* ---- what libcurl calls while it moves an exchange; they only note and refuse */

static size_t on_head(char *bytes, size_t size, size_t n, void *user_data)
{
    struct brc__exchange *exchange = user_data;
    size_t length = size * n;

    if (exchange->head_whole) /* trailers of a chunked body */
        return length;
    if (length >= 5 && memcmp(bytes, "HTTP/", 5) == 0) {
        long status = 0;
        curl_easy_getinfo(exchange->easy, CURLINFO_RESPONSE_CODE, &status);
        exchange->status = (int)status;
        exchange->head_began = true;
        brc__buf_truncate(&exchange->head, 0);
    }
    if (length <= 2 && (bytes[0] == '\r' || bytes[0] == '\n'))
        exchange->head_whole = exchange->status >= 200; /* 1xx heads come before the real one */
    return brc__buf_append(&exchange->head, bytes, length) < 0 ? 0 : length;
}

static size_t on_body(char *bytes, size_t size, size_t n, void *user_data)
{
    struct brc__exchange *exchange = user_data;

    return brc__buf_append(&exchange->body, bytes, size * n) < 0 ? 0 : size * n;
}

/* Runs each time libcurl is about to send the request on a connection. A second time means that a
 * connection it had kept turned out dead; if bytes of the request left on that one, the server may
 * have read it, and sending again could be paid twice. */
static int on_send(void *user_data, char *remote, char *local, int remote_port, int local_port)
{
    struct brc__exchange *exchange = user_data;
    long bytes = 0;

    (void)remote, (void)local, (void)remote_port, (void)local_port;
    if (exchange->requests_begun++ == 0)
        return CURL_PREREQFUNC_OK;
    curl_easy_getinfo(exchange->easy, CURLINFO_REQUEST_SIZE, &bytes);
    return bytes == 0 ? CURL_PREREQFUNC_OK : CURL_PREREQFUNC_ABORT;
}

static int on_progress(void *user_data, curl_off_t down_total, curl_off_t down, curl_off_t up_total,
                       curl_off_t up)
{
    struct brc__exchange *exchange = user_data;

    (void)down_total, (void)up_total;
    if (exchange->idle_ms > 0 && down + up != exchange->bytes_moved) {
        exchange->bytes_moved = down + up;
        exchange->last_moved_at = brc__clock_steady_ms();
    }
    return 0;
}

/* ---- submitting */

/* Set once for the life of a handle. */
static CURLcode set_for_life(CURL *easy, struct brc__exchange *exchange)
{
    const struct {
        CURLoption option;
        long value;
    } longs[] = {
        {CURLOPT_NOSIGNAL, 1},
        {CURLOPT_NOPROGRESS, 0},
        {CURLOPT_FOLLOWLOCATION, 0},
        {CURLOPT_PATH_AS_IS, 1}, /* the path that was signed is the path that is sent */
        {CURLOPT_HTTP_VERSION, CURL_HTTP_VERSION_1_1},
        {CURLOPT_MAXAGE_CONN, CONNECTION_AGE_MAX_S},
        {CURLOPT_TCP_KEEPALIVE, 1},
        {CURLOPT_TCP_KEEPIDLE, KEEPALIVE_S},
        {CURLOPT_TCP_KEEPINTVL, KEEPALIVE_S},
        {CURLOPT_NETRC, CURL_NETRC_IGNORED},
        {CURLOPT_POST, 1},
    };
    CURLcode rc = CURLE_OK;

    for (size_t i = 0; rc == CURLE_OK && i < sizeof longs / sizeof *longs; i++)
        rc = curl_easy_setopt(easy, longs[i].option, longs[i].value);
#define SET(option, value)                                                                         \
    if (rc == CURLE_OK)                                                                            \
    rc = curl_easy_setopt(easy, option, value)
    SET(CURLOPT_PROTOCOLS_STR, "http,https");
    SET(CURLOPT_USERAGENT, "libbedrockcost");
    SET(CURLOPT_ERRORBUFFER, exchange->message);
    SET(CURLOPT_PRIVATE, exchange);
    SET(CURLOPT_HEADERFUNCTION, on_head);
    SET(CURLOPT_HEADERDATA, exchange);
    SET(CURLOPT_WRITEFUNCTION, on_body);
    SET(CURLOPT_WRITEDATA, exchange);
    SET(CURLOPT_PREREQFUNCTION, on_send);
    SET(CURLOPT_PREREQDATA, exchange);
    SET(CURLOPT_XFERINFOFUNCTION, on_progress);
    SET(CURLOPT_XFERINFODATA, exchange);
    return rc;
}

static long limit(int64_t ms)
{
    return ms == 0 ? NO_LIMIT_MS : (long)ms; /* to libcurl 0 is a limit of its own choice */
}

static CURLcode set_for_post(CURL *easy, const struct brc__post *post, struct curl_slist *lines)
{
    const char *ca_file = post->ca_file, *ca_folder = NULL;

    if (ca_file == NULL) { /* what libcurl was built with */
        curl_easy_getinfo(easy, CURLINFO_CAINFO, &ca_file);
        curl_easy_getinfo(easy, CURLINFO_CAPATH, &ca_folder);
    }
    CURLcode rc = curl_easy_setopt(easy, CURLOPT_URL, post->url);
    SET(CURLOPT_HTTPHEADER, lines);
    SET(CURLOPT_POSTFIELDS, post->body);
    SET(CURLOPT_POSTFIELDSIZE_LARGE, (curl_off_t)post->body_length);
    SET(CURLOPT_NOPROXY, post->loopback ? "*" : NULL);
    SET(CURLOPT_CONNECTTIMEOUT_MS, limit(post->connect_ms));
    SET(CURLOPT_TIMEOUT_MS, limit(post->total_ms));
    SET(CURLOPT_CAINFO, ca_file);
    SET(CURLOPT_CAPATH, ca_folder);
    return rc;
}
#undef SET

/* libcurl's list of headers, laid over the caller's bytes: no copy of the session token to wipe. */
static int set_headers(struct brc__exchange *exchange, const struct brc__post *post)
{
    char *line = post->headers, *end = post->headers + post->headers_length;
    size_t count = 0;

    while (line < end && count < HEADER_LINES_MAX) {
        char *feed = memchr(line, '\n', (size_t)(end - line));
        if (feed == NULL)
            return BRC_E_INVALID;
        *feed = '\0';
        exchange->lines[count] = (struct curl_slist){.data = line};
        if (count > 0)
            exchange->lines[count - 1].next = &exchange->lines[count];
        count++;
        line = feed + 1;
    }
    return line == end && count > 0 ? BRC_OK : BRC_E_INVALID;
}

static struct brc__exchange *take_exchange(struct brc__transport *transport)
{
    struct brc__exchange *exchange = brc__steal(transport->spare);

    if (exchange != NULL)
        return exchange;
    exchange = calloc(1, sizeof *exchange);
    if (exchange == NULL)
        return NULL;
    exchange->transport = transport;
    exchange->head = BRC__BUF(BRC__CEILING_HEAD);
    exchange->body = BRC__BUF(BRC__CEILING_ANSWER);
    exchange->easy = curl_easy_init();
    if (exchange->easy == NULL || set_for_life(exchange->easy, exchange) != CURLE_OK) {
        destroy_exchange(exchange);
        return NULL;
    }
    return exchange;
}

int brc__transport_submit(struct brc__transport *transport, const struct brc__post *post,
                          void *owner, struct brc__exchange **ret_exchange,
                          struct brc__error *error)
{
    *ret_exchange = NULL;
    struct brc__exchange *exchange = take_exchange(transport);
    if (exchange == NULL)
        return brc__error_set(error, BRC_E_NOMEM, "%s", brc_strerror(BRC_E_NOMEM));
    exchange->next = transport->exchanges;
    transport->exchanges = exchange;
    exchange->owner = owner;
    exchange->idle_ms = post->idle_ms;
    exchange->last_moved_at = brc__clock_steady_ms();
    exchange->message[0] = '\0';

    int rc = set_headers(exchange, post);
    CURLcode curl_rc = CURLE_OK;
    if (rc == 0)
        curl_rc = set_for_post(exchange->easy, post, exchange->lines);
    if (rc == 0 && curl_rc == CURLE_OK &&
        curl_multi_add_handle(transport->multi, exchange->easy) != CURLM_OK)
        curl_rc = CURLE_OUT_OF_MEMORY;
    if (rc == 0 && curl_rc == CURLE_OK) {
        exchange->active = true;
        *ret_exchange = exchange;
        return BRC_OK;
    }
    brc__exchange_free(exchange);
    if (curl_rc == CURLE_OUT_OF_MEMORY)
        return brc__error_set(error, BRC_E_NOMEM, "%s", brc_strerror(BRC_E_NOMEM));
    return brc__error_set(error, BRC_E_INVALID, "libcurl does not take the request: %s",
                          curl_easy_strerror(curl_rc));
}

/* ---- taking turns */

static int code_of(const struct brc__exchange *exchange, CURLcode result)
{
    switch (result) {
    case CURLE_OK: /* also when the connection closed within the head */
        return exchange->head_whole ? BRC_OK : BRC_E_PROTOCOL;
    case CURLE_OUT_OF_MEMORY:
        return BRC_E_NOMEM;
    case CURLE_OPERATION_TIMEDOUT:
        return BRC_E_TIMEOUT;
    case CURLE_WRITE_ERROR: /* a buffer of ours refused */
        if (exchange->head.status < 0)
            return exchange->head.status;
        return exchange->body.status < 0 ? exchange->body.status : BRC_E_PROTOCOL;
    case CURLE_SSL_CONNECT_ERROR:
    case CURLE_PEER_FAILED_VERIFICATION:
    case CURLE_SSL_CACERT_BADFILE:
    case CURLE_SSL_CERTPROBLEM:
    case CURLE_SSL_CIPHER:
    case CURLE_SSL_ISSUER_ERROR:
    case CURLE_SSL_CRL_BADFILE:
    case CURLE_SSL_ENGINE_INITFAILED:
    case CURLE_SSL_ENGINE_NOTFOUND:
    case CURLE_SSL_ENGINE_SETFAILED:
    case CURLE_SSL_INVALIDCERTSTATUS:
    case CURLE_SSL_PINNEDPUBKEYNOTMATCH:
    case CURLE_SSL_SHUTDOWN_FAILED:
    case CURLE_USE_SSL_FAILED:
        return BRC_E_TLS;
    case CURLE_COULDNT_RESOLVE_HOST:
    case CURLE_COULDNT_RESOLVE_PROXY:
    case CURLE_COULDNT_CONNECT:
    case CURLE_PROXY:
    case CURLE_GOT_NOTHING:
    case CURLE_SEND_ERROR:
    case CURLE_SEND_FAIL_REWIND:
    case CURLE_ABORTED_BY_CALLBACK: /* on_send() refused to send twice */
    case CURLE_RECV_ERROR:
        return exchange->head_began ? BRC_E_PROTOCOL : BRC_E_CONNECT;
    default:
        return BRC_E_PROTOCOL;
    }
}

static void end(struct brc__exchange *exchange, int code, const char *message)
{
    curl_multi_remove_handle(exchange->transport->multi, exchange->easy);
    exchange->active = false;
    exchange->ended = true;
    exchange->code = code;
    if (exchange->message[0] == '\0' || code == BRC_E_TIMEOUT || code == BRC_E_TOO_LARGE)
        snprintf(exchange->message, sizeof exchange->message, "%s", message);
}

static const char *why_of(const struct brc__exchange *exchange, CURLcode result, int code)
{
    if (code == BRC_OK)
        return "";
    if (code == BRC_E_TIMEOUT)
        return exchange->requests_begun == 0 ? "connecting took longer than its time limit"
                                             : "the attempt took longer than its time limit";
    if (code == BRC_E_TOO_LARGE)
        return "the answer is larger than its ceiling";
    if (result == CURLE_ABORTED_BY_CALLBACK)
        return "the connection closed after the request was sent and before an answer began";
    if (result == CURLE_OK)
        return "the connection closed within the head of the answer";
    return curl_easy_strerror(result);
}

static void harvest(struct brc__transport *transport)
{
    CURLMsg *message;
    int left;

    while ((message = curl_multi_info_read(transport->multi, &left)) != NULL) {
        struct brc__exchange *exchange;
        CURLcode result = message->data.result;
        curl_easy_getinfo(message->easy_handle, CURLINFO_PRIVATE, (char **)&exchange);
        int code = code_of(exchange, result);
        end(exchange, code, why_of(exchange, result, code));
    }
}

/* Ends exchanges without a byte for too long; returns how long the next such end is away, at most
 * wait_ms. */
static int end_idle(struct brc__transport *transport, int wait_ms)
{
    int64_t now = brc__clock_steady_ms();
    int64_t wait = wait_ms;

    for (struct brc__exchange *e = transport->exchanges; e != NULL; e = e->next) {
        if (!e->active || e->idle_ms == 0)
            continue;
        int64_t left = e->last_moved_at + e->idle_ms - now;
        if (left <= 0)
            end(e, BRC_E_TIMEOUT, "no byte came or went within the idle time limit");
        else if (left < wait)
            wait = left;
    }
    return (int)wait;
}

/* libcurl cannot go on, which it says only when memory or descriptors have run out. */
static void end_all(struct brc__transport *transport, const char *why)
{
    for (struct brc__exchange *e = transport->exchanges; e != NULL; e = e->next)
        if (e->active)
            end(e, BRC_E_NOMEM, why);
}

void brc__transport_turn(struct brc__transport *transport, int wait_ms)
{
    int running;

    CURLMcode rc = curl_multi_perform(transport->multi, &running);
    harvest(transport);
    int wait = end_idle(transport, wait_ms);
    if (rc == CURLM_OK && running > 0 && brc__transport_ended(transport) == NULL)
        rc = curl_multi_poll(transport->multi, NULL, 0, wait, NULL);
    if (rc != CURLM_OK)
        end_all(transport, curl_multi_strerror(rc));
}

struct brc__exchange *brc__transport_ended(struct brc__transport *transport)
{
    for (struct brc__exchange *e = transport->exchanges; e != NULL; e = e->next)
        if (e->ended)
            return e;
    return NULL;
}

/* ---- an exchange's end */

void *brc__exchange_owner(const struct brc__exchange *exchange)
{
    return exchange->owner;
}

static enum brc__reach reach_of(const struct brc__exchange *exchange)
{
    long request_bytes = 0;

    if (exchange->code == BRC_OK)
        return BRC__COMPLETE;
    if (exchange->head_began)
        return BRC__CUT;
    curl_easy_getinfo(exchange->easy, CURLINFO_REQUEST_SIZE, &request_bytes);
    return exchange->requests_begun > 0 && request_bytes > 0 ? BRC__SENT : BRC__UNSENT;
}

struct brc__ending brc__exchange_ending(struct brc__exchange *exchange)
{
    return (struct brc__ending){
        .reach = reach_of(exchange),
        .code = exchange->code,
        .status = exchange->status,
        .head = exchange->head.data == NULL ? "" : exchange->head.data,
        .body = &exchange->body,
        .message = exchange->message,
    };
}

struct brc__exchange *brc__exchange_free(struct brc__exchange *exchange)
{
    if (exchange == NULL)
        return NULL;
    struct brc__transport *transport = exchange->transport;
    struct brc__exchange **link = &transport->exchanges;
    while (*link != exchange)
        link = &(*link)->next;
    *link = exchange->next;

    if (exchange->active)
        curl_multi_remove_handle(transport->multi, exchange->easy);
    curl_easy_setopt(exchange->easy, CURLOPT_HTTPHEADER, NULL);
    curl_easy_setopt(exchange->easy, CURLOPT_POSTFIELDS, NULL);
    brc__buf_free(&exchange->body);
    if (transport->spare != NULL) {
        destroy_exchange(exchange);
        return NULL;
    }
    brc__buf_truncate(&exchange->head, 0);
    *exchange = (struct brc__exchange){.transport = transport,
                                       .easy = exchange->easy,
                                       .head = exchange->head,
                                       .body = exchange->body};
    transport->spare = exchange;
    return NULL;
}
