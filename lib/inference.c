/* SPDX-License-Identifier: MIT */
#include "inference.h"
#include "field.h"
#include "memory.h"
#include "text.h"

#include <string.h>

static const char *const closed_services[] = {
    "bedrock-runtime", "bedrock-agent-runtime", "bedrock-agentcore", "bedrock-data-automation",
    "bedrock-mantle",  "runtime.sagemaker",     "sagemaker-runtime",
};

/* Operations by their path: `*` is one segment, `**` any number of them. Reading and deleting are
 * never closed. */
struct closed {
    const char *method; /* NULL: each that is neither GET nor DELETE */
    const char *path;
    const char *why;
};

static const char runtime[] = "it belongs to bedrock-runtime, which runs models";
static const char mantle[] = "it belongs to bedrock-mantle, which runs models";
static const char agents[] = "it belongs to bedrock-agent-runtime, which runs models";

static const struct closed closed_paths[] = {
    /* bedrock: jobs that ask models */
    {NULL, "model-invocation-job", "a batch job asks a model for each of its records"},
    {NULL, "evaluation-jobs", "an evaluation asks the models it compares, and a judge"},
    {NULL, "advanced-prompt-optimization-jobs", "an optimization of prompts asks models"},
    {NULL, "model-customization-jobs", "a customization bills tokens, and may ask a teacher"},
    /* ... and what asks models of AWS's own to read texts or to find tests */
    {NULL, "automated-reasoning-policies/**/start", "a build asks a model to read documents"},
    {NULL, "automated-reasoning-policies/**/test-workflows", "a test asks a model to read it"},
    /* bedrock-agent: what embeds documents; a POST to the same paths lists */
    {"PUT", "knowledgebases/**/ingestionjobs", "an ingestion asks an embedding model"},
    {"PUT", "knowledgebases/**/documents", "an ingestion asks an embedding model"},
    /* Services that run models share the signing name. An endpoint of the user's own may lead to
     * them, so their paths are closed as well. */
    {NULL, "model/**", runtime},
    {NULL, "async-invoke", runtime},
    {NULL, "guardrail/**/apply", runtime},
    {NULL, "guardrail-checks/**", runtime},
    {NULL, "openai/**", runtime},
    {NULL, "anthropic/**", mantle},
    {NULL, "v1/**", mantle},
    {NULL, "agents/**/text", agents},
    {NULL, "flows/**/executions", agents},
    {"POST", "flows/**/aliases/*", agents},
    {NULL, "generatequery", agents},
    {NULL, "knowledgebases/**/retrieve", agents},
    {NULL, "optimize-prompt", agents},
    {NULL, "rerank", agents},
    {NULL, "retrieveandgenerate", agents},
    {NULL, "retrieveandgeneratestream", agents},
    {NULL, "endpoints/**/invocations", "it belongs to sagemaker-runtime, which runs models"},
};

static int refuse(struct brc__error *error, const char *what, const char *why)
{
    return brc__error_set(error, BRC_E_INVALID,
                          "%s: %s; models run through an application inference profile, with "
                          "brc_converse()",
                          what, why);
}

static char small(char c)
{
    return c >= 'A' && c <= 'Z' ? (char)(c | 0x20) : c;
}

static bool begins(const char *p, size_t n, const char *word)
{
    size_t length = strlen(word), i = 0;

    while (i < length && i < n && small(p[i]) == word[i])
        i++;
    return i == length;
}

int brc__inference_refuse_service(const char *service, struct brc__error *error)
{
    for (size_t i = 0; i < sizeof closed_services / sizeof *closed_services; i++)
        if (begins(service, strlen(service), closed_services[i]))
            return refuse(error, closed_services[i], "the service runs models");
    return BRC_OK;
}

/* Any label may be the service's: before it stand those of a private endpoint. */
int brc__inference_refuse_host(const char *host, size_t n, const char *what,
                               struct brc__error *error)
{
    const char *p = host, *end = host + n;

    for (;;) {
        for (size_t i = 0; i < sizeof closed_services / sizeof *closed_services; i++)
            if (begins(p, (size_t)(end - p), closed_services[i]))
                return refuse(error, what, "the host is that of a service that runs models");
        const char *dot = memchr(p, '.', (size_t)(end - p));
        if (dot == NULL)
            return BRC_OK;
        p = dot + 1;
    }
}

static int digit(char c)
{
    if (c >= '0' && c <= '9')
        return c - '0';
    c = small(c);
    return c >= 'a' && c <= 'f' ? c - 'a' + 10 : -1;
}

/* The byte that the two digits after a percent sign at p stand for, or -1. */
static int encoded_byte(const char *p, const char *end)
{
    if (end - p < 3 || digit(p[1]) < 0 || digit(p[2]) < 0)
        return -1;
    return digit(p[1]) << 4 | digit(p[2]);
}

/* Decodes in place until nothing is left to decode: from the end on, so that a percent sign finds
 * what follows it decoded already. Returns the length. */
static size_t decode(char *text, size_t n)
{
    size_t start = n;

    for (size_t i = n; i-- > 0;) {
        text[--start] = text[i];
        while (text[start] == '%') {
            int byte = encoded_byte(text + start, text + n);
            if (byte < 0)
                break;
            start += 2;
            text[start] = (char)byte;
        }
    }
    memmove(text, text + start, n - start);
    return n - start;
}

/* Small letters; a segment ends before its parameters; a query or fragment that came out of the
 * decoding is none of the path. Returns the length. */
static size_t simplify(char *text, size_t n)
{
    bool parameters = false;
    size_t length = 0;

    for (size_t i = 0; i < n && text[i] != '?' && text[i] != '#'; i++) {
        char c = text[i] == '\\' ? '/' : small(text[i]);
        parameters = c == ';' || (parameters && c != '/');
        /* Blanks and control characters stand for nothing that has a name. */
        if (!parameters && (unsigned char)c > ' ')
            text[length++] = c;
    }
    return length;
}

/* Segments in order, without those that are empty or dots. */
static int split(const char *p, size_t n, struct brc__fields *segments)
{
    const char *end = p + n;

    while (p < end) {
        const char *slash = memchr(p, '/', (size_t)(end - p));
        size_t length = (size_t)((slash == NULL ? end : slash) - p);
        if (length == 2 && p[0] == '.' && p[1] == '.') {
            segments->count -= segments->count > 0;
        } else if (length > 1 || (length == 1 && p[0] != '.')) {
            struct brc__field *segment = brc__fields_add(segments);
            if (segment == NULL)
                return BRC_E_NOMEM;
            *segment = (struct brc__field){.name = p, .name_length = length};
        }
        p += length + (slash != NULL);
    }
    return BRC_OK;
}

/* Whether the segments, from one on, are those of the pattern. */
static bool fits(const char *pattern, const struct brc__field *segment, size_t count)
{
    size_t n = strcspn(pattern, "/");
    const char *rest = pattern[n] == '/' ? pattern + n + 1 : pattern + n;

    if (n == 0)
        return count == 0;
    if (n == 2 && memcmp(pattern, "**", 2) == 0) {
        while (!fits(rest, segment, count) && count > 0) {
            segment++;
            count--;
        }
        return count > 0 || *rest == '\0';
    }
    bool same =
        count > 0 && ((n == 1 && *pattern == '*') ||
                      (segment->name_length == n && memcmp(segment->name, pattern, n) == 0));
    return same && fits(rest, segment + 1, count - 1);
}

static const struct closed *find_closed(const char *method, const struct brc__field *segments,
                                        size_t count)
{
    for (size_t i = 0; i < sizeof closed_paths / sizeof *closed_paths; i++) {
        const struct closed *closed = &closed_paths[i];
        if ((closed->method == NULL || strcmp(closed->method, method) == 0) &&
            fits(closed->path, segments, count))
            return closed;
    }
    return NULL;
}

int brc__inference_refuse_path(const char *method, const char *path, size_t n,
                               struct brc__error *error)
{
    brc__auto_free char *text = brc__strndup(path, n);
    brc__auto_fields struct brc__fields segments;

    brc__fields_init(&segments);
    if (strcmp(method, "GET") == 0 || strcmp(method, "DELETE") == 0)
        return BRC_OK;
    int rc = text == NULL ? BRC_E_NOMEM : split(text, simplify(text, decode(text, n)), &segments);
    if (rc < 0)
        return brc__error_set(error, rc, "%s", brc_strerror(rc));
    /* A path may stand below another, such as that of an endpoint. */
    const struct closed *closed = NULL;
    for (size_t i = 0; closed == NULL && i < segments.count; i++)
        closed = find_closed(method, segments.items + i, segments.count - i);
    return closed == NULL ? BRC_OK : refuse(error, "operation", closed->why);
}

/* ASCII that may stand encoded in a segment, where it can change nobody's mind about the path. */
static bool is_harmless(int byte)
{
    return byte > ' ' && byte < 0x7f && strchr("%;\\?#", byte) == NULL;
}

/* The segment p[0..n) is neither empty nor made of one or two dots, nor are its parts between
 * encoded slashes. */
static bool segment_is_plain(const char *p, const char *end)
{
    size_t length = 0, dots = 0;
    bool fits = true;

    for (; p < end && fits; p++) {
        int byte = *p == '%' ? encoded_byte(p, end) : brc__is_unreserved(*p) ? *p : -1;
        p += *p == '%' && byte >= 0 ? 2 : 0;
        fits = is_harmless(byte) && (byte != '/' || length > dots || length > 2);
        length = byte == '/' ? 0 : length + 1;
        dots = byte == '/' ? 0 : dots + (byte == '.');
    }
    return fits && (length > dots || length > 2);
}

bool brc__path_is_plain(const char *path, size_t n)
{
    const char *p = path, *end = path + n;

    if (n == 0 || *p != '/')
        return false;
    for (p++; p < end; p++) {
        const char *slash = memchr(p, '/', (size_t)(end - p));
        const char *segment_end = slash == NULL ? end : slash;
        if (!segment_is_plain(p, segment_end))
            return false;
        p = segment_end;
    }
    return true;
}
