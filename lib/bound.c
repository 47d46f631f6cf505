/* SPDX-License-Identifier: MIT */
#include "bound.h"
#include "json_text.h"
#include "nfkc.h"
#include "request_shape.h"
#include "text.h"

#include <stdio.h>
#include <string.h>

enum {
    NAMED_MAX = 64, /* more names than the shapes of a request have */
    PATH_NAME_MAX = 40,
    USES_MAX = 8 * BRC__CEILING_REQUEST /* groups make names longer, but not that much */
};

/* Where a walk is: names with their quotes, each within the one above. */
struct step {
    const struct step *above; /* NULL at the top */
    struct brc__json name;
    int64_t index; /* of an element; -1: the member itself */
};

struct walk {
    struct brc__bound *bound;
    struct {
        const char *group;
        const char *name;
    } named[NAMED_MAX];
    size_t named_count;
};

/* ---- bytes */

static int64_t grown_length(long c, struct brc__nfkc_run *run)
{
    const long replacement = 0xfffd;
    uint32_t point = (uint32_t)(c < 0 ? replacement : c);

    if (point < run->first || point > run->last)
        brc__nfkc_run_of(point, run);
    return run->bytes > 0 ? run->bytes : brc__utf8_length((long)point);
}

/* `as_json`: the model reads the JSON itself, so that an escape counts as what it says or as it is
 * written, whichever is longer. */
static int64_t count_bytes(const char *p, size_t n, bool as_json)
{
    struct brc__nfkc_run run = {.first = 0, .last = 0x7f};
    const char *end = p + n;
    int64_t bytes = 0;

    while (p < end) {
        size_t plain = (unsigned char)*p < 0x80 ? brc__plain_length(p, (size_t)(end - p)) : 0;
        bytes += (int64_t)plain;
        p += plain;
        if (p == end)
            break;
        const char *start = p;
        int64_t grown = grown_length(brc__json_character(&p, end), &run);
        bytes += as_json && *start == '\\' && p - start > grown ? p - start : grown;
    }
    return bytes;
}

int64_t brc__bound_bytes(const char *json, size_t n)
{
    return count_bytes(json, n, false);
}

/* ---- what is found on the way */

static size_t append_path(const struct step *step, char *to, size_t size)
{
    size_t n = step->above == NULL ? 0 : append_path(step->above, to, size);
    int length = step->name.n < PATH_NAME_MAX ? (int)step->name.n - 2 : PATH_NAME_MAX - 2;
    char index[24] = "";

    if (step->index >= 0)
        snprintf(index, sizeof index, "[%lld]", (long long)step->index);
    if (n < size)
        n += (size_t)snprintf(to + n, size - n, "%s%.*s%s", n > 0 ? "." : "", length,
                              step->name.p + 1, index);
    return n;
}

static void note_unbounded(struct walk *walk, const struct step *step)
{
    char path[512];

    if (walk->bound->unbounded[0] != '\0')
        return;
    append_path(step, path, sizeof path);
    brc__error_text(walk->bound->unbounded, sizeof walk->bound->unbounded, path, strlen(path));
}

/* Each name of a shape once; those that no shape has are few in any sane request. */
static void note_use(struct walk *walk, const char *group, const char *known, struct brc__json name)
{
    struct brc__buf *uses = &walk->bound->uses;

    for (size_t i = 0; known != NULL && i < walk->named_count; i++)
        if (walk->named[i].group == group && strcmp(walk->named[i].name, known) == 0)
            return;
    if (known != NULL && walk->named_count < NAMED_MAX) {
        walk->named[walk->named_count].group = group;
        walk->named[walk->named_count++].name = known;
    }
    brc__buf_text(uses, group);
    brc__json_unquote(name, uses);
    brc__buf_append(uses, "", 1);
}

static void take_max_tokens(struct walk *walk, const struct step *step, struct brc__json value)
{
    int64_t tokens;

    if (!brc__json_count(value, &tokens) || tokens < 1 || tokens > INT32_MAX) {
        note_unbounded(walk, step);
        return;
    }
    walk->bound->output = walk->bound->output_least = tokens;
}

static void take_tier(struct walk *walk, const struct step *step, struct brc__json value)
{
    char *tier = walk->bound->tier;
    size_t n = value.n - 2, size = sizeof walk->bound->tier;

    /* A name that is written with escapes is one nobody has a price for. */
    if (!brc__json_starts(value, '"') || n == 0 || n >= size ||
        brc__plain_length(value.p + 1, n) < n) {
        note_unbounded(walk, step);
    } else if (strcmp(tier, "optimized") != 0) {
        memcpy(tier, value.p + 1, n);
        tier[n] = '\0';
    }
}

static void take_latency(struct walk *walk, const struct step *step, struct brc__json value)
{
    if (brc__json_says(value, "optimized"))
        snprintf(walk->bound->tier, sizeof walk->bound->tier, "optimized");
    else if (!brc__json_says(value, "standard"))
        note_unbounded(walk, step);
}

static void take_role(struct walk *walk, const struct step *step, struct brc__json value)
{
    if (!brc__json_says(value, "user") && !brc__json_says(value, "assistant") &&
        !brc__json_says(value, "system"))
        note_unbounded(walk, step);
}

static void take_text(struct walk *walk, struct brc__json value)
{
    if (brc__json_starts(value, '"'))
        walk->bound->input += count_bytes(value.p + 1, value.n - 2, false);
    else
        walk->bound->input += count_bytes(value.p, value.n, true);
}

/* ---- the walk */

/* A value with nothing more to walk into; a container is here only by mistake. */
static void take_single(struct walk *walk, const struct step *step, enum brc__rule rule,
                        struct brc__json value)
{
    int64_t *input = &walk->bound->input;

    switch (rule) {
    case BRC__FREE:
        break;
    case BRC__TEXT:
        take_text(walk, value);
        break;
    case BRC__SIGNATURE:
        walk->bound->has_signature = true;
        *input += count_bytes(value.p, value.n, true);
        break;
    case BRC__JSON:
        *input += count_bytes(value.p, value.n, true);
        break;
    case BRC__ROLE:
        take_role(walk, step, value);
        break;
    case BRC__MAX_TOKENS:
        take_max_tokens(walk, step, value);
        break;
    case BRC__TIER:
        take_tier(walk, step, value);
        break;
    case BRC__LATENCY:
        take_latency(walk, step, value);
        break;
    case BRC__UNBOUNDED:
    case BRC__OBJECT:
    case BRC__LIST:
        note_unbounded(walk, step);
        break;
    }
}

static void take_value(struct walk *walk, const struct step *step, const struct brc__member *member,
                       struct brc__json value);

static struct brc__json inside_of(struct brc__json container)
{
    return (struct brc__json){container.p + 1, container.n - 2};
}

static void take_members(struct walk *walk, const struct step *above,
                         const struct brc__shape *shape, struct brc__json inside)
{
    static const struct brc__member unknown = {.rule = BRC__UNBOUNDED};
    struct brc__json name, value;
    size_t position = 0;

    while (brc__json_next_member_inside(inside, &position, &name, &value)) {
        const struct brc__member *member = brc__shape_member(shape, name);
        struct step step = {.above = above, .name = name, .index = -1};
        bool is_group = member != NULL && member->rule == BRC__OBJECT &&
                        member->shape->group != NULL && brc__json_starts(value, '{');
        if (shape->group != NULL && !is_group && (member == NULL || !member->is_common))
            note_use(walk, shape->group, member == NULL ? NULL : member->name, name);
        take_value(walk, &step, member == NULL ? &unknown : member, value);
    }
}

static void take_elements(struct walk *walk, const struct step *step,
                          const struct brc__shape *shape, struct brc__json inside)
{
    struct step at = *step;
    struct brc__json element;
    size_t position = 0;

    for (at.index = 0; brc__json_next_inside(inside, &position, &element); at.index++) {
        if (brc__json_starts(element, '{'))
            take_members(walk, &at, shape, inside_of(element));
        else
            note_unbounded(walk, &at);
    }
}

static void take_value(struct walk *walk, const struct step *step, const struct brc__member *member,
                       struct brc__json value)
{
    walk->bound->input += member->tokens;
    if (member->is_read) /* the name, a colon, a comma */
        walk->bound->input += (int64_t)step->name.n + 2;
    if (member->rule == BRC__OBJECT && brc__json_starts(value, '{'))
        take_members(walk, step, member->shape, inside_of(value));
    else if (member->rule == BRC__LIST && brc__json_starts(value, '['))
        take_elements(walk, step, member->shape, inside_of(value));
    else
        take_single(walk, step, member->rule, value);
}

static struct step top(const char *quoted_name, int64_t index)
{
    return (struct step){.name = {quoted_name, strlen(quoted_name)}, .index = index};
}

static struct brc__json text_of(const struct brc__buf *part)
{
    return (struct brc__json){part->data, part->length};
}

static void take_parts(struct walk *walk, const brc_request *request)
{
    struct step messages = top("\"messages\"", 0), system = top("\"system\"", 0);
    struct step inference = top("\"inferenceConfig\"", -1);

    take_elements(walk, &messages, &brc__message_shape, text_of(&request->messages));
    if (request->system.length > 0)
        note_use(walk, "", "system", system.name);
    take_elements(walk, &system, &brc__system_shape, text_of(&request->system));
    take_members(walk, &inference, &brc__inference_shape, text_of(&request->inference));
    if (request->members.length > 0)
        take_members(walk, NULL, &brc__request_shape, inside_of(text_of(&request->members)));
}

/* What the setters of the request put into inferenceConfig. */
static void take_shorthands(struct walk *walk, const brc_request *request)
{
    struct step max = top("\"maxTokens\"", -1), stops = top("\"stopSequences\"", -1);
    const char *group = brc__inference_shape.group;

    if (request->max_tokens > 0) {
        note_use(walk, group, "maxTokens", max.name);
        walk->bound->output = request->max_tokens;
        walk->bound->output_least = request->least_tokens;
    }
    if (request->stops.length > 0)
        note_use(walk, group, "stopSequences", stops.name);
}

/* The output can be no more than stated only if maxTokens does not allow more; and what is stated
 * cannot be lowered through maxTokens. */
static void take_stated(struct brc__bound *bound, const brc_request *request)
{
    if (request->bound_input < 0)
        return;
    bound->unbounded[0] = '\0';
    bound->input += request->bound_input;
    if (bound->output < request->bound_output)
        bound->output = request->bound_output;
    if (bound->output_least < request->bound_output)
        bound->output_least = request->bound_output;
}

int brc__bound_of(const brc_request *request, struct brc__bound *ret_bound)
{
    struct walk walk = {.bound = ret_bound};

    *ret_bound = (struct brc__bound){.tier = "default", .uses = BRC__BUF(USES_MAX)};
    take_parts(&walk, request);
    take_shorthands(&walk, request);
    take_stated(ret_bound, request);
    if (ret_bound->uses.status == 0)
        return BRC_OK;
    brc__bound_clear(ret_bound);
    return BRC_E_NOMEM;
}

void brc__bound_clear(struct brc__bound *bound)
{
    brc__buf_free(&bound->uses);
    *bound = (struct brc__bound){0};
}
