/* AWS, as the programs call it: one client, calls with JSON on both sides, lists page by page, and
 * what to do next when something is refused. Shared by `budget`, `profiles` and `agent`.
 *
 * A function here that fails has said nothing yet, but for those that return DONE or FAILED.
 * SPDX-License-Identifier: MIT */
#ifndef CLOUD_CLOUD_H
#define CLOUD_CLOUD_H

#include "console.h"

#define MANAGED_TAG   "managed-by" /* of all that the programs have made, or adopted */
#define MANAGED_VALUE "libbedrockcost"

enum {
    CLOUD_ACCOUNT = 13, /* 12 digits and a NUL */
    CLOUD_REGION = 64,  /* more than the longest */
    CLOUD_HINT = 512,
    CLOUD_PATH = 3 * 2048 + 64 /* of an operation with the longest ARN in it, all of it escaped */
};

struct cloud {
    brc_client *client;
    const char *region;  /* to call; NULL for the environment's */
    const char *service; /* of the last call */
    char operation[64];  /* of the last call, with an asterisk for what it names */
    int code;            /* of the last call: 0 or a BRC_E_ code */
    int64_t calls;       /* made so far, repeated ones as well */
    int64_t pause_ms;    /* between two calls: 0 until AWS has throttled one */
    int64_t patience_ms; /* how long one call goes on when it is throttled */
    bool repeatable;     /* the program's writes do the same when made twice: one whose answer is
                            lost is made again. Without it, only what reads is */
};

/* ---------------------------------------------------------------- cloud.c */

/* A client with the credentials that the environment has. Returns DONE, or FAILED and has said why.
 */
int cloud_open(struct cloud *cloud, const char *region);
void cloud_close(struct cloud *cloud);

/* One call of brc_aws_call(); the input (NULL for none) is given up. When AWS throttles, it slows
 * down and calls again, for up to five minutes; when AWS fails or cannot be reached, a few times;
 * neither if AWS_MAX_ATTEMPTS is 1. Returns 0, and the answer if ret_answer is not NULL, to be
 * given up by the caller; or a BRC_E_ code. */
int cloud_call(struct cloud *cloud, const char *service, const char *operation, json_t *input,
               json_t **ret_answer);

/* The same in another region; NULL: in the same. */
int cloud_call_in(struct cloud *cloud, const char *region, const char *service,
                  const char *operation, json_t *input, json_t **ret_answer);

/* AWS's type of the last failure, as "ResourceNotFoundException"; "" if it has none. */
const char *cloud_error_type(const struct cloud *cloud);
bool cloud_error_is(const struct cloud *cloud, const char *type);

/* Says that the last call failed: what for, what AWS says, and what to do next. Returns FAILED. */
__attribute__((format(printf, 2, 3))) int cloud_failed(const struct cloud *cloud,
                                                       const char *format, ...);

void cloud_wait(int64_t ms);

/* The account of the credentials, by GetCallerIdentity. DONE or FAILED. */
int cloud_account(struct cloud *cloud, char ret_account[CLOUD_ACCOUNT]);

/* ---------------------------------------------------------------- pages.c */

/* A list that comes in pages. A GET gets the token in its query, anything else in its input. */
struct pages {
    const char *service, *operation;
    const char *items;      /* the member with the page's items */
    const char *token;      /* the member with the token, in input and answer: "nextToken" */
    const char *token_back; /* in the answer, if it has another name there: IAM's Marker has none */
};

/* All items of all pages, in order, to be given up by the caller; the input is given up. Returns 0
 * or a BRC_E_ code. */
int cloud_list(struct cloud *cloud, const struct pages *pages, json_t *input, json_t **ret_items);

/* ---------------------------------------------------------------- arn.c */

/* Appends text to a path as one segment or one value of a query, escaped. Returns the path. */
char *path_append(char path[CLOUD_PATH], const char *text);

/* The n-th part of an ARN, from 0: "arn", partition, service, region, account, resource. Returns
 * ret_part; "" if it is no ARN. */
const char *arn_part(const char *arn, int n, char ret_part[CELL]);

/* What stands behind the last / of an ARN, or, if it has none, behind the last colon (models have
 * colons in their ids); a text that is no ARN as it is. */
const char *arn_id(const char *arn);

/* ---------------------------------------------------------------- hint.c */

/* What to do about the failure of the last call: a sentence without its full stop; "" if there is
 * nothing to add. For a call past cloud_call() the caller sets service, operation and code. */
const char *cloud_hint(const struct cloud *cloud, char ret_hint[CLOUD_HINT]);

/* ---------------------------------------------------------------- permission.c */

/* The permission that the last operation takes, as a policy names it: "bedrock:TagResource". */
const char *cloud_permission(const struct cloud *cloud, char ret_action[CELL]);

/* ---------------------------------------------------------------- progress.c */

/* How far a long work is: one line on stderr, redrawn on a terminal, told every ten seconds
 * elsewhere. */
struct progress {
    const char *doing; /* "creating profiles" */
    size_t done, of;
    int64_t told_ms;
};

void progress_begin(struct progress *progress, const char *doing, size_t of);
void progress_step(struct progress *progress);
void progress_end(struct progress *progress);

#endif
