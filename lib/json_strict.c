/* SPDX-License-Identifier: MIT */
#include "json_strict.h"
#include "json_text.h"
#include "memory.h"
#include "text.h"

#include <stdbool.h>
#include <stdint.h>
#include <string.h>

/* What is open stands on one stack: for each array or object a mark, behind it, of an object, the
 * names of its members so far. */
struct entry {
    const char *name; /* behind its opening quote; NULL: a mark */
    size_t length;    /* of the name, as written; of a mark: which entry is the mark around it */
    const char *next; /* the opening quote of the next member's name, once it came */
    uint32_t hash;    /* of the name, as it is meant */
    char closes;      /* of a mark: the bracket */
};

enum {
    FEW = 64 /* entries that need no heap */
};

struct walk {
    const char *start, *p, *end;
    char *text; /* the same, where members named twice are taken out; else NULL */
    const char *reason;
    int depth, deepest;
    size_t mark; /* of the innermost array or object; none if depth is 0 */
    struct entry *entries;
    size_t count, capacity;
    struct entry few[FEW];
};

/* Begin and end of what is to be taken out: neither can be part of a text that was accepted. */
#define OUT_FROM '\1'
#define OUT_TO   '\2'

static int fault(struct walk *w, const char *reason)
{
    w->reason = reason;
    return BRC_E_INVALID;
}

static void skip_space(struct walk *w)
{
    while (w->p < w->end && (*w->p == ' ' || *w->p == '\n' || *w->p == '\r' || *w->p == '\t'))
        w->p++;
}

static bool at(const struct walk *w, char c)
{
    return w->p < w->end && *w->p == c;
}

static int grow(struct walk *w)
{
    size_t size = w->capacity * sizeof *w->entries;
    struct entry *more = size > SIZE_MAX / 2 ? NULL : malloc(2 * size);

    if (more == NULL)
        return BRC_E_NOMEM;
    memcpy(more, w->entries, size);
    if (w->entries != w->few)
        free(w->entries);
    w->entries = more;
    w->capacity *= 2;
    return 0;
}

static int push(struct walk *w, struct entry entry)
{
    int rc = w->count < w->capacity ? 0 : grow(w);

    if (rc == 0)
        w->entries[w->count++] = entry;
    return rc;
}

/* FNV-1a over the characters, so that it does not matter which of them are escaped. */
static uint32_t hash_name(const char *p, const char *end)
{
    uint32_t hash = 2166136261U;

    while (p < end) {
        bool stands_for_itself = (*p & 0x80) == 0 && *p != '\\';
        long c = stands_for_itself ? *p++ : brc__json_character(&p, end);
        hash = (hash ^ (uint32_t)c) * 16777619U;
    }
    return hash;
}

/* Any order will do that has the same names beside one another. */
static int compare_names(const struct entry *a, const struct entry *b)
{
    const char *p = a->name, *p_end = p + a->length, *q = b->name, *q_end = q + b->length;

    if (a->hash != b->hash)
        return a->hash < b->hash ? -1 : 1;
    while (p < p_end && q < q_end) {
        long c = brc__json_character(&p, p_end), d = brc__json_character(&q, q_end);
        if (c != d)
            return c < d ? -1 : 1;
    }
    return (p < p_end) - (q < q_end);
}

/* Of the same name, the earlier one is the smaller. */
static bool is_smaller(const struct entry *a, const struct entry *b)
{
    int order = compare_names(a, b);

    return order < 0 || (order == 0 && a->name < b->name);
}

static void sift_down(struct entry *heap, size_t i, size_t count)
{
    struct entry moved = heap[i];

    for (size_t child = 2 * i + 1; child < count; child = 2 * i + 1) {
        if (child + 1 < count && is_smaller(&heap[child], &heap[child + 1]))
            child++;
        if (!is_smaller(&moved, &heap[child]))
            break;
        heap[i] = heap[child];
        i = child;
    }
    heap[i] = moved;
}

/* A heap sort: needs no memory, and no names make it slow, whoever chose them. */
static void sort(struct entry *names, size_t count)
{
    for (size_t i = count / 2; i > 0; i--)
        sift_down(names, i - 1, count);
    for (size_t rest = count - 1; rest > 0; rest--) {
        struct entry largest = names[0];
        names[0] = names[rest];
        names[rest] = largest;
        sift_down(names, 0, rest);
    }
}

static void take_out(struct walk *w, const struct entry *member)
{
    w->text[member->name - 1 - w->start] = OUT_FROM;
    w->text[member->next - 1 - w->start] = OUT_TO;
}

/* At the end of an object: each name once? */
static int check_names(struct walk *w, struct entry *names, size_t count)
{
    const struct entry *twice = NULL;

    for (size_t i = 0; i < count; i++)
        names[i].hash = hash_name(names[i].name, names[i].name + names[i].length);
    sort(names, count);
    for (size_t i = 1; i < count; i++) {
        if (compare_names(&names[i - 1], &names[i]) != 0)
            continue;
        if (w->text != NULL)
            take_out(w, &names[i - 1]);
        else if (twice == NULL || names[i].name < twice->name)
            twice = &names[i];
    }
    if (twice == NULL)
        return 0;
    w->p = twice->name + twice->length;
    return fault(w, "duplicate name");
}

/* At a bracket that opens. */
static int open_container(struct walk *w)
{
    int rc = push(w, (struct entry){.length = w->mark, .closes = *w->p == '{' ? '}' : ']'});

    if (rc < 0)
        return rc;
    w->mark = w->count - 1;
    w->depth++;
    w->p++;
    return 0;
}

/* At the bracket that closes. */
static int close_container(struct walk *w)
{
    size_t first = w->mark + 1;
    int rc = w->count - first < 2 ? 0 : check_names(w, w->entries + first, w->count - first);

    if (rc < 0)
        return rc;
    w->count = w->mark;
    w->mark = w->entries[w->mark].length;
    w->depth--;
    w->p++;
    return 0;
}

/* At a backslash. */
static int read_escape(struct walk *w)
{
    const char *p = w->p;
    long c = brc__json_character(&p, w->end);

    if (c < 0)
        return fault(w, p - w->p == 6 ? "lone surrogate" : "invalid escape");
    if (c == 0)
        return fault(w, "NUL character");
    w->p = p;
    return 0;
}

/* At an opening quote; moves behind the closing one. */
static int read_string(struct walk *w)
{
    for (w->p++;;) {
        w->p += brc__literal_length(w->p, (size_t)(w->end - w->p));
        if (w->p == w->end)
            return fault(w, "premature end of input");
        if (*w->p == '"')
            break;
        if (*w->p != '\\')
            return fault(w, (*w->p & 0x80) != 0 ? "invalid UTF-8"
                            : *w->p == '\0'     ? "NUL character"
                                                : "control character in a string");
        int rc = read_escape(w);
        if (rc < 0)
            return rc;
    }
    w->p++;
    return 0;
}

/* The name of a member and the colon; the reason is what else could have stood there. */
static int read_name(struct walk *w, const char *reason)
{
    struct entry *last = &w->entries[w->count - 1];

    skip_space(w);
    if (!at(w, '"'))
        return fault(w, reason);
    if (last->name != NULL)
        last->next = w->p;
    const char *name = w->p + 1;
    int rc = read_string(w);
    if (rc < 0)
        return rc;
    rc = push(w, (struct entry){.name = name, .length = (size_t)(w->p - 1 - name)});
    if (rc < 0)
        return rc;
    skip_space(w);
    if (!at(w, ':'))
        return fault(w, "':' expected");
    w->p++;
    return 0;
}

static int read_digits(struct walk *w)
{
    const char *first = w->p;

    while (w->p < w->end && *w->p >= '0' && *w->p <= '9')
        w->p++;
    return w->p > first ? 0 : fault(w, "digit expected");
}

static int read_number(struct walk *w)
{
    int rc = 0;

    if (at(w, '-'))
        w->p++;
    if (at(w, '0'))
        w->p++;
    else
        rc = read_digits(w);
    if (rc == 0 && at(w, '.')) {
        w->p++;
        rc = read_digits(w);
    }
    if (rc == 0 && (at(w, 'e') || at(w, 'E'))) {
        w->p++;
        if (at(w, '+') || at(w, '-'))
            w->p++;
        rc = read_digits(w);
    }
    return rc;
}

static int read_word(struct walk *w)
{
    static const char *const words[] = {"true", "false", "null"};
    const char *first = w->p;

    while (w->p < w->end && ((*w->p >= 'a' && *w->p <= 'z') || (*w->p >= 'A' && *w->p <= 'Z')))
        w->p++;
    struct brc__json word = {first, (size_t)(w->p - first)};
    for (size_t i = 0; i < sizeof words / sizeof *words; i++)
        if (brc__json_is(word, words[i]))
            return 0;
    if (word.n > 0)
        w->p--; /* its last letter is what was read last */
    return fault(w, w->p == w->end ? "premature end of input" : "value expected");
}

/* Reads a value as far as a string, a number, a word or an empty array or object: then 0 is
 * returned, and what is open around it may go on. */
static int read_value(struct walk *w)
{
    for (;;) {
        skip_space(w);
        if (w->depth == w->deepest)
            return fault(w, "nested too deeply");
        if (at(w, '"'))
            return read_string(w);
        if (at(w, '-') || (w->p < w->end && *w->p >= '0' && *w->p <= '9'))
            return read_number(w);
        if (!at(w, '{') && !at(w, '['))
            return read_word(w);
        int rc = open_container(w);
        if (rc < 0)
            return rc;
        char closes = w->entries[w->mark].closes;
        skip_space(w);
        if (at(w, closes))
            return close_container(w);
        rc = closes == '}' ? read_name(w, "string or '}' expected") : 0;
        if (rc < 0)
            return rc;
    }
}

/* Behind a value: closes all that ends with it. Returns 1 before another value, 0 at the end. */
static int go_on(struct walk *w)
{
    for (;;) {
        skip_space(w);
        if (w->depth == 0)
            return w->p == w->end ? 0 : fault(w, "end of input expected");
        bool in_object = w->entries[w->mark].closes == '}';
        if (at(w, ',')) {
            w->p++;
            int rc = in_object ? read_name(w, "string expected") : 0;
            return rc < 0 ? rc : 1;
        }
        if (!at(w, w->entries[w->mark].closes))
            return fault(w, in_object ? "',' or '}' expected" : "',' or ']' expected");
        int rc = close_container(w);
        if (rc < 0)
            return rc;
    }
}

static int walk(struct walk *w, const char *text, size_t n, int deepest, char *writable)
{
    w->start = w->p = text == NULL ? "" : text;
    w->end = text == NULL ? w->p : text + n;
    w->text = writable;
    w->reason = NULL;
    w->depth = 0;
    w->deepest = deepest;
    w->mark = w->count = 0;
    w->entries = w->few;
    w->capacity = FEW;
    int rc;
    do {
        rc = read_value(w);
        rc = rc < 0 ? rc : go_on(w);
    } while (rc > 0);
    if (w->entries != w->few)
        free(w->entries);
    return rc;
}

static struct brc__json_fault locate(const struct walk *w)
{
    struct brc__json_fault found = {w->reason, 1, 0};
    const char *end = w->p < w->end ? w->p + 1 : w->end;

    for (const char *p = w->start; p < end; p++) {
        if (*p == '\n' && p < w->p) {
            found.line++;
            found.column = 0;
        } else if ((*p & 0xc0) != 0x80) {
            found.column++;
        }
    }
    return found;
}

int brc__json_strict(const char *text, size_t n, int deepest, struct brc__json_fault *ret_fault)
{
    struct walk w;
    int rc = walk(&w, text, n, deepest, NULL);

    if (ret_fault != NULL)
        *ret_fault = rc == BRC_E_INVALID ? locate(&w) : (struct brc__json_fault){0};
    return rc;
}

int brc__json_keep_last(char *text, size_t *length)
{
    struct walk w;
    size_t kept = 0, out = 0;
    int rc = walk(&w, text, *length, BRC__JSON_DEEPEST, text);

    if (rc < 0)
        return rc;
    for (size_t i = 0; i < *length; i++) {
        if (text[i] == OUT_FROM)
            out++;
        else if (text[i] == OUT_TO)
            out--;
        else if (out == 0)
            text[kept++] = text[i];
    }
    *length = kept;
    return 0;
}
