/* What the files of `profiles iam` share. SPDX-License-Identifier: MIT */
#ifndef PROFILES_IAM_H
#define PROFILES_IAM_H

#include "profiles.h"

/* What is said behind `iam`. */
struct iam {
    const char *into; /* what takes the policy: "managed", "role", "group", "user", "scp" */
    int64_t part;     /* of a policy that is too long for one, from 1 on; 0: the whole */
    json_t *except;   /* ARNs, or NULL */
};

/* Makes a policy about some profiles: `count` of an array of {"arn", "models", "system"}, from
 * `first` on. NULL: no memory. */
typedef json_t *(*policy_fn)(const json_t *profiles, size_t first, size_t count);

/* ---------------------------------------------------------------- invoke.c */

/* To call the profiles, and their models through them only. */
json_t *policy_to_call(const json_t *profiles, size_t first, size_t count);
/* Not to call the profiles, whatever else is allowed. */
json_t *policy_to_stop(const json_t *profiles, size_t first, size_t count);

/* ---------------------------------------------------------------- select.c */

/* About "team" KEY=VALUE, "workload" NAME, "profile" ALIAS or "agent" ALIAS: their profiles, and
 * those that their calls are degraded to. */
int iam_about(struct profiles *profiles, const struct iam *iam, policy_fn make, const char *kind,
              const char *name);

/* ---------------------------------------------------------------- bypass.c */

int iam_deny(struct profiles *profiles, const struct iam *iam);

/* ---------------------------------------------------------------- operator.c */

/* `operator [PROGRAM...]` */
int iam_operator(struct profiles *profiles, const struct iam *iam, char **programs, int count);

/* ---------------------------------------------------------------- size.c */

/* How many characters AWS counts of a policy. */
size_t iam_size(const json_t *policy);

/* What `into` takes; 0 if there is no such thing. */
size_t iam_room(const char *into);

/* Prints a policy, and says on stderr how long it is. It is given up. */
int iam_print(const struct profiles *profiles, const struct iam *iam, json_t *policy,
              const char *note);

/* Appends a text, if it is not there yet. */
void iam_append(json_t *list, const char *text);

/* A text; an ARN that begins with "arn:*:" gets the partition of the program's Region. */
json_t *iam_text(const struct profiles *profiles, const char *text);

#endif
