/* SPDX-License-Identifier: MIT */
#include "profile_answer.h"
#include "json_text.h"
#include "row.h"

#include <stdbool.h>

#define FOUNDATION_MODEL ":foundation-model/"

/* The regions that a profile's calls can be served in. */
struct regions {
    bool several;  /* more than one */
    bool anywhere; /* a model without a region: of a global profile */
    const char *first;
    size_t first_length;
};

/* The region of arn:PARTITION:bedrock:REGION:...; NULL if it has none. */
static const char *region_of(const char *arn, size_t *ret_length)
{
    const char *p = arn;

    for (int i = 0; i < 3 && p != NULL; i++) {
        p = strchr(p, ':');
        p = p == NULL ? NULL : p + 1;
    }
    const char *end = p == NULL ? NULL : strchr(p, ':');
    *ret_length = end == NULL ? 0 : (size_t)(end - p);
    return end == NULL ? NULL : p;
}

static void add_region(struct regions *regions, const char *region, size_t length)
{
    if (length == 0)
        regions->anywhere = true;
    else if (regions->first == NULL)
        *regions = (struct regions){regions->several, regions->anywhere, region, length};
    else if (length != regions->first_length || memcmp(region, regions->first, length) != 0)
        regions->several = true;
}

/* A text of an answer, with its NUL; false where there is none, or memory was lacking before or is
 * now, which stays in the status. */
static bool text_of(struct brc__json value, struct brc__buf *to)
{
    if (to->status < 0)
        return false;
    brc__buf_truncate(to, 0);
    return brc__json_unquote(value, to) && brc__buf_append(to, "", 0) == 0 &&
           strlen(to->data) == to->length;
}

/* The ARNs of all models, each with its NUL. */
static void read_models(struct brc__json models, struct brc__buf *arns)
{
    brc__auto_buf struct brc__buf arn = BRC__BUF(arns->ceiling);
    struct brc__json model;
    size_t position = 0;

    while (brc__json_next(models, &position, &model))
        if (text_of(brc__json_member(model, "modelArn"), &arn))
            brc__buf_append(arns, arn.data, arn.length + 1);
    if (arn.status < 0)
        arns->status = arn.status;
}

/* The model is that of the first; how far the profile reaches, all of them say. What is no
 * foundation model has no price that a table could list. */
static void write_model(struct brc__buf *to, const struct brc__buf *arns)
{
    struct regions regions = {0};

    for (size_t i = 0; i < arns->length; i += strlen(arns->data + i) + 1) {
        size_t length;
        const char *region = region_of(arns->data + i, &length);
        if (region != NULL)
            add_region(&regions, region, length);
    }
    const char *name = arns->length == 0 ? NULL : strstr(arns->data, FOUNDATION_MODEL);
    if (name != NULL && name[strlen(FOUNDATION_MODEL)] != '\0')
        brc__row_text(to, "model", name + strlen(FOUNDATION_MODEL));
    if (regions.anywhere || regions.first != NULL)
        brc__row_text(to, "scope",
                      regions.anywhere  ? "global"
                      : regions.several ? "geo"
                                        : "in-region");
}

static void write_tags(struct brc__buf *to, struct brc__json tags)
{
    static const char *const names[] = {"key", "value"};
    brc__auto_buf struct brc__buf text = BRC__BUF(to->ceiling);
    struct brc__json tag, values[2];
    size_t position = 0;

    brc__row_open(to, "tags", '{');
    for (bool first = true; brc__json_next(tags, &position, &tag); first = false) {
        brc__json_members(tag, names, values, 2);
        if (!first)
            brc__buf_append(to, ",", 1);
        for (int i = 0; i < 2; i++) {
            bool is_text = text_of(values[i], &text);
            brc__json_quote(to, is_text ? text.data : "", is_text ? text.length : 0);
            if (i == 0)
                brc__buf_append(to, ":", 1);
        }
    }
    brc__row_close(to, '}');
    if (text.status < 0)
        to->status = text.status;
}

static int wrong(struct brc__error *error, const char *arn, const char *what)
{
    return brc__error_set(error, BRC_E_PROTOCOL, "what AWS says of %s %s", arn, what);
}

int brc__profile_answer(const char *arn, const char *profile_json, const char *tags_json,
                        struct brc__buf *to, struct brc__error *error)
{
    static const char *const names[] = {"inferenceProfileArn", "inferenceProfileName", "models"};
    brc__auto_buf struct brc__buf text = BRC__BUF(BRC__CEILING_ANSWER);
    brc__auto_buf struct brc__buf arns = BRC__BUF(BRC__CEILING_ANSWER);
    struct brc__json values[3];
    struct brc__json tags = brc__json_member(brc__json_of(tags_json, strlen(tags_json)), "tags");

    brc__json_members(brc__json_of(profile_json, strlen(profile_json)), names, values, 3);
    bool is_same = text_of(values[0], &text) && strcmp(text.data, arn) == 0;
    if (text.status == 0 && !is_same)
        return wrong(error, arn, "is of another profile, or of none");
    bool is_named = text_of(values[1], &text);
    if (text.status == 0 && (!is_named || text.length == 0))
        return wrong(error, arn, "has no name");
    if (!brc__json_starts(tags, '['))
        return wrong(error, arn, "has no list of tags");
    read_models(values[2], &arns);
    brc__row_open(to, NULL, '{');
    brc__row_text(to, "arn", arn);
    brc__row_text(to, "name", text.length == 0 ? NULL : text.data);
    write_model(to, &arns);
    write_tags(to, tags);
    brc__row_close(to, '}');
    int rc = text.status < 0 ? text.status : arns.status < 0 ? arns.status : to->status;
    return rc < 0 ? brc__error_set(error, rc, "%s", brc_strerror(rc)) : BRC_OK;
}
