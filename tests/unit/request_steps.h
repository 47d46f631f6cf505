/* Requests built by tables: one row of a table is a call of the API.
 * SPDX-License-Identifier: MIT */
#ifndef TEST_REQUEST_STEPS_H
#define TEST_REQUEST_STEPS_H

#include <request.h>

#include <check.h>
#include <inttypes.h>
#include <stdio.h>

#define ARN "arn:aws:bedrock:us-east-1:123456789012:application-inference-profile/abc.DEF:1-2"

/* One call of the API. */
struct step {
    enum {
        NONE,
        TEXT,    /* role, text */
        MESSAGE, /* -, JSON */
        STOP,    /* -, text */
        JSON,    /* member, JSON */
        MAX,     /* -, "MAX LEAST" */
    } call;
    const char *name;
    const char *value;
};

static inline int take_step(brc_request *request, struct step step)
{
    size_t length = step.value == NULL ? 0 : strlen(step.value);
    int64_t max, least;

    switch (step.call) {
    case TEXT:
        return brc_request_add_text(request, step.name, step.value, length);
    case MESSAGE:
        return brc_request_add_message(request, step.value, length);
    case STOP:
        return brc_request_add_stop(request, step.value, length);
    case JSON:
        return brc_request_set_json(request, step.name, step.value, length);
    case MAX:
        sscanf(step.value, "%" SCNd64 "%" SCNd64, &max, &least);
        return brc_request_set_max_tokens(request, max, least);
    case NONE:
        break;
    }
    return BRC_OK;
}

static inline brc_request *new_request(void)
{
    brc_request *request;

    ck_assert_int_eq(brc_request_new(ARN, &request), 0);
    return request;
}

/* Builds a request of at most STEPS calls that all succeed. */
enum {
    STEPS = 6
};
static inline brc_request *build(const struct step steps[STEPS])
{
    brc_request *request = new_request();

    for (int i = 0; i < STEPS && steps[i].call != NONE; i++)
        ck_assert_msg(take_step(request, steps[i]) == 0, "step %d: %s", i,
                      brc_request_error(request));
    return request;
}

/* The body; to be freed. */
static inline char *body_of(const brc_request *request)
{
    struct brc__buf body = BRC__BUF(BRC__CEILING_REQUEST);
    struct brc__error error = {0};

    ck_assert_msg(brc__request_body(request, &body, &error) == 0, "%s", error.text);
    ck_assert_uint_eq(strlen(body.data), body.length);
    return brc__buf_steal(&body);
}

#endif
