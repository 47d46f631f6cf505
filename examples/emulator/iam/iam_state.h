/* How IAM's files see its state.
 *
 * A role is {"detail": as GetRole answers it, "policies": {name: policy}, "attached": {ARN: name},
 * "changedUs": when the last two changed, "before": {"policies", "attached"} until then}. An inline
 * policy is {"text", "document"}, a managed one has "detail" besides.
 *
 * SPDX-License-Identifier: MIT
 */
#ifndef EMULATOR_IAM_STATE_H
#define EMULATOR_IAM_STATE_H

#include "call.h"
#include "iam.h"
#include "pages.h"

#define EMU_MAX_ROLES              1000
#define EMU_MAX_POLICIES           1500
#define EMU_MAX_ATTACHED           10    /* to a role */
#define EMU_MAX_INLINE_CHARACTERS  10240 /* of a role; white space is not counted */
#define EMU_MAX_MANAGED_CHARACTERS 6144

/* The role or managed policy that the member RoleName or PolicyArn names; NULL: the error is
 * answered. */
json_t *emu_iam_role(struct emu_call *call);
json_t *emu_iam_policy(struct emu_call *call);

/* To be called before a role's policies change: what they were until now stays in force until the
 * change has settled. EMU_OUT_OF_MEMORY or 0. */
int emu_iam_touch(const struct emulator *emulator, json_t *role, int64_t now_us);

/* The policies that a principal's role has and that have settled: an array of {"id", "document"},
 * an empty one of what is no role. NULL if out of memory. */
json_t *emu_iam_in_force(const struct emulator *emulator, const char *principal, int64_t now_us);

/* What all of such an array say. */
enum emu_decision emu_iam_judge_sources(const json_t *sources, const struct emu_access *access);

/* How many roles the policy is attached to. */
json_int_t emu_iam_attachments(const struct emu_iam *iam, const char *policy_arn);

/* {"text", "document"} of the policy in that member; NULL: the error is answered. */
json_t *emu_iam_read_policy(struct emu_call *call, const char *member, enum emu_policy_kind kind);

#define EMU_IAM_ID_LENGTH 21

/* An id like AROA..., of 21 characters. */
void emu_iam_new_id(struct emu_call *call, const char *prefix, char id[EMU_IAM_ID_LENGTH + 1]);

/* The call's Path, or "/". */
const char *emu_iam_path(const struct emu_call *call);

/* Sets a member of the input, if it has it. 0, or less if out of memory. */
int emu_iam_copy(json_t *to, const struct emu_call *call, const char *member);

/* As IAM writes documents: percent-encoded. NULL if out of memory. */
json_t *emu_iam_encoded(const char *text);

size_t emu_iam_characters(const char *text); /* but white space */

/* "2026-11-25T17:45:09Z" */
json_t *emu_iam_time(int64_t now_us);

/* ---- pages ---- */

/* Answers a page of a list, sorted by its keys, and frees it: {`member`: [..], "IsTruncated",
 * "Marker"}, as the call's Marker and MaxItems want it. */
void emu_iam_answer_page(struct emu_call *call, const char *member, struct emu_pages *list);

/* Is the path, or the path in front of a name, what PathPrefix asks for? */
bool emu_iam_has_prefix(const struct emu_call *call, const char *path);

#endif
