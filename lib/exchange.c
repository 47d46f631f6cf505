/* SPDX-License-Identifier: MIT */
#include "exchange.h"
#include "clock.h"
#include "fault_points.h"
#include "memory.h"

#include <stdint.h>
#include <string.h>

enum {
    CONNECTION_AGE_MAX_S =
        20,           /* servers close idle connections; older ones are not worth the risk */
    KEEPALIVE_S = 60, /* gateways drop flows that are silent while a model thinks */
    NO_LIMIT_MS = INT32_MAX,
};

/* ---- lists */

void brc__exchange_append(struct brc__exchange_list *list, struct brc__exchange *exchange)
{
    enum brc__link link = list->link;

    exchange->links[link].next = NULL;
    exchange->links[link].previous = list->last;
    if (list->last != NULL)
        list->last->links[link].next = exchange;
    else
        list->first = exchange;
    list->last = exchange;
}

void brc__exchange_detach(struct brc__exchange_list *list, struct brc__exchange *exchange)
{
    enum brc__link link = list->link;
    struct brc__exchange *previous = exchange->links[link].previous;
    struct brc__exchange *next = exchange->links[link].next;

    if (previous != NULL)
        previous->links[link].next = next;
    else
        list->first = next;
    if (next != NULL)
        next->links[link].previous = previous;
    else
        list->last = previous;
}

void brc__exchange_note_news(struct brc__exchange *exchange)
{
    if (!exchange->has_news)
        brc__exchange_append(exchange->news, exchange);
    exchange->has_news = true;
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
        if (!exchange->head_began)
            BRC__FAULT(first_bytes);
        exchange->status = (int)status;
        exchange->head_began = true;
        brc__buf_truncate(&exchange->head, 0);
    }
    if (length <= 2 && (bytes[0] == '\r' || bytes[0] == '\n'))
        exchange->head_whole = exchange->status >= 200; /* 1xx heads come before the real one */
    return brc__buf_append(&exchange->head, bytes, length) < 0 ? 0 : length;
}

/* Bytes of a streamed answer. What was consumed makes room; without room libcurl keeps them. */
static size_t on_piece(struct brc__exchange *exchange, const char *bytes, size_t n)
{
    struct brc__buf *body = &exchange->body;
    size_t unread = body->length - exchange->read_at;

    if (unread >= exchange->wanted && unread + n > BRC__CEILING_INBOX) {
        exchange->full = true;
        return CURL_WRITEFUNC_PAUSE;
    }
    if (exchange->read_at > 0) {
        memmove(body->data, body->data + exchange->read_at, unread);
        brc__buf_truncate(body, unread);
        exchange->read_at = 0;
    }
    body->ceiling = unread + n > BRC__CEILING_INBOX ? BRC__CEILING_ANSWER : BRC__CEILING_INBOX;
    if (brc__buf_append(body, bytes, n) < 0)
        return 0;
    brc__exchange_note_news(exchange);
    return n;
}

static size_t on_body(char *bytes, size_t size, size_t n, void *user_data)
{
    struct brc__exchange *exchange = user_data;

    if (exchange->stream && exchange->status == 200)
        return on_piece(exchange, bytes, size * n);
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
        if (exchange->bytes_moved == 0)
            BRC__FAULT(after_send); /* the first bytes to move are the request's */
        exchange->bytes_moved = down + up;
        exchange->last_moved_at = brc__clock_steady_ms();
    }
    return 0;
}

/* ---- what a handle is told */

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
        {CURLOPT_SUPPRESS_CONNECT_HEADERS, 1}, /* what a proxy says is no answer of the service */
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

/* A request without a body is to libcurl a GET of another name, one with a body a POST. */
static CURLcode set_method(CURL *easy, const struct brc__http_request *request)
{
    bool has_body = request->body != NULL;
    const char *own_name = has_body ? "POST" : "GET";

    CURLcode rc = curl_easy_setopt(easy, CURLOPT_POSTFIELDS, request->body); /* makes it a POST */
    SET(CURLOPT_POSTFIELDSIZE_LARGE, (curl_off_t)request->body_length);
    SET(has_body ? CURLOPT_POST : CURLOPT_HTTPGET, 1L);
    SET(CURLOPT_CUSTOMREQUEST, strcmp(request->method, own_name) == 0 ? NULL : request->method);
    return rc;
}

static CURLcode set_for_request(CURL *easy, const struct brc__http_request *request,
                                struct curl_slist *lines)
{
    const char *ca_file = request->ca_file, *ca_folder = NULL;

    if (ca_file == NULL) { /* what libcurl was built with */
        curl_easy_getinfo(easy, CURLINFO_CAINFO, &ca_file);
        curl_easy_getinfo(easy, CURLINFO_CAPATH, &ca_folder);
    }
    CURLcode rc = set_method(easy, request);
    SET(CURLOPT_URL, request->url);
    SET(CURLOPT_HTTPHEADER, lines);
    SET(CURLOPT_NOPROXY, request->direct ? "*" : NULL);
    SET(CURLOPT_CONNECTTIMEOUT_MS, limit(request->connect_ms));
    SET(CURLOPT_TIMEOUT_MS, limit(request->total_ms));
    SET(CURLOPT_CAINFO, ca_file);
    SET(CURLOPT_CAPATH, ca_folder);
    return rc;
}
#undef SET

/* libcurl's list of headers, laid over the caller's bytes: no copy of the session token to wipe. */
static int set_headers(struct brc__exchange *exchange, const struct brc__http_request *request)
{
    char *line = request->headers, *end = request->headers + request->headers_length;
    size_t count = 0;

    while (line < end && count < BRC__HEADER_LINES_MAX) {
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

struct brc__exchange *brc__exchange_new(struct brc__transport *transport,
                                        struct brc__exchange_list *news)
{
    struct brc__exchange *exchange = calloc(1, sizeof *exchange);

    if (exchange == NULL)
        return NULL;
    exchange->transport = transport;
    exchange->news = news;
    exchange->head = BRC__BUF(BRC__CEILING_HEAD);
    exchange->body = BRC__BUF(BRC__CEILING_ANSWER);
    exchange->easy = curl_easy_init();
    if (exchange->easy == NULL || set_for_life(exchange->easy, exchange) != CURLE_OK) {
        brc__exchange_destroy(exchange);
        return NULL;
    }
    return exchange;
}

void brc__exchange_destroy(struct brc__exchange *exchange)
{
    curl_easy_cleanup(exchange->easy);
    brc__buf_free(&exchange->head);
    brc__buf_free(&exchange->body);
    free(exchange);
}

int brc__exchange_prepare(struct brc__exchange *exchange, const struct brc__http_request *request,
                          void *owner)
{
    exchange->owner = owner;
    exchange->idle_ms = request->idle_ms;
    exchange->deadline = INT64_MAX;
    exchange->stream = request->stream;
    exchange->body.ceiling = BRC__CEILING_ANSWER;
    exchange->body.secret = request->secret;
    exchange->wanted = 1;
    exchange->last_moved_at = brc__clock_steady_ms();
    exchange->message[0] = '\0';
    int rc = set_headers(exchange, request);
    if (rc < 0)
        return rc;
    CURLcode curl_rc = set_for_request(exchange->easy, request, exchange->lines);
    if (curl_rc == CURLE_OK)
        return BRC_OK;
    return curl_rc == CURLE_OUT_OF_MEMORY ? BRC_E_NOMEM : BRC_E_INVALID;
}

void brc__exchange_reset(struct brc__exchange *exchange)
{
    curl_easy_setopt(exchange->easy, CURLOPT_HTTPHEADER, NULL);
    curl_easy_setopt(exchange->easy, CURLOPT_POSTFIELDS, NULL);
    brc__buf_free(&exchange->body);
    brc__buf_truncate(&exchange->head, 0);
    *exchange = (struct brc__exchange){
        .transport = exchange->transport,
        .news = exchange->news,
        .easy = exchange->easy,
        .head = exchange->head,
        .body = exchange->body,
    };
}

/* ---- an answer read piece by piece */

const char *brc__exchange_unread(const struct brc__exchange *exchange, size_t *ret_n)
{
    const struct brc__buf *body = &exchange->body;

    *ret_n = exchange->stream && exchange->status == 200 ? body->length - exchange->read_at : 0;
    return *ret_n == 0 ? "" : body->data + exchange->read_at;
}

CURLcode brc__exchange_go_on(struct brc__exchange *exchange)
{
    size_t unread = exchange->body.length - exchange->read_at;

    if (!exchange->full || (unread >= exchange->wanted && unread > BRC__CEILING_INBOX / 2))
        return CURLE_OK;
    exchange->full = false;
    exchange->last_moved_at = brc__clock_steady_ms();
    return curl_easy_pause(exchange->easy, CURLPAUSE_CONT); /* which may call on_body() at once */
}

/* ---- how it ended */

int brc__exchange_code(const struct brc__exchange *exchange, CURLcode result)
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

const char *brc__exchange_why(const struct brc__exchange *exchange, CURLcode result, int code)
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

void *brc__exchange_owner(const struct brc__exchange *exchange)
{
    return exchange->owner;
}

bool brc__exchange_has_left(const struct brc__exchange *exchange)
{
    long request_bytes = 0;

    curl_easy_getinfo(exchange->easy, CURLINFO_REQUEST_SIZE, &request_bytes);
    return exchange->requests_begun > 0 && request_bytes > 0;
}

static enum brc__reach reach_of(const struct brc__exchange *exchange)
{
    if (exchange->code == BRC_OK)
        return BRC__COMPLETE;
    if (exchange->head_began)
        return BRC__CUT;
    return brc__exchange_has_left(exchange) ? BRC__SENT : BRC__UNSENT;
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
