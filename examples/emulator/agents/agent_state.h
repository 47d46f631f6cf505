/* How the files of Bedrock agents see their state.
 *
 * An agent is {"region", "draft": as GetAgent shows it but for its status and AWS's own prompts,
 * "prepared": the draft as it was when it was last prepared, "status", "aliases": {id: {"detail",
 * "status"}}, "versions": {number: as GetAgentVersion shows it}, "lastVersion", "groups": {id:
 * action group of the draft}, "versionGroups": {number: {id: action group}}}.
 *
 * A status is {"now", "then", "sinceUs"}: what it is until the change has settled, and after that.
 * What is deleted is DELETING until then, and taken out when somebody looks after that.
 *
 * SPDX-License-Identifier: MIT
 */
#ifndef EMULATOR_AGENT_STATE_H
#define EMULATOR_AGENT_STATE_H

#include "agents.h"
#include "call.h"
#include "pages.h"

#define EMU_AGENT_ID_LENGTH         10
#define EMU_TEST_ALIAS              "TSTALIASID" /* which is the draft for ever */
#define EMU_DRAFT                   "DRAFT"
#define EMU_MAX_VERSIONS            10 /* of an agent, as are the next two */
#define EMU_MAX_ALIASES             10
#define EMU_MAX_GROUPS              20
#define EMU_MAX_AGENTS              1000 /* in a Region */
#define EMU_DEFAULT_SESSION_SECONDS 600

/* ---- agent_state.c ---- */

/* Takes out what was deleted, once that has settled. */
void emu_agents_sweep(struct emu_call *call);

/* The agent and alias that the call names; NULL: the error is answered. */
json_t *emu_agent_find(struct emu_call *call);
json_t *emu_agent_alias_find(struct emu_call *call, json_t *agent);

/* What a status is at the moment of the call. */
const char *emu_agent_status(const struct emu_call *call, const json_t *of);

/* Sets the status of an agent or an alias. 0, or less if out of memory. */
int emu_agent_set_status(const struct emu_call *call, json_t *of, const char *now,
                         const char *then);

/* An agent or alias is deleted from now on; its tags are gone at once. 0, or less if out of memory.
 */
int emu_agent_delete(const struct emu_call *call, json_t *of, const char *arn);

/* True if it is being deleted, and has no use any more. */
bool emu_agent_is_deleted(const json_t *of);

/* Answers a ConflictException, and true, while the agent or the alias is being changed. */
bool emu_agent_refuse_busy(struct emu_call *call, const char *what, const json_t *of);

void emu_agent_new_id(struct emu_call *call, char id[EMU_AGENT_ID_LENGTH + 1]);

/* arn:PARTITION:bedrock:REGION:ACCOUNT:TYPE/ID or .../ID/OTHER_ID. NULL if out of memory. */
json_t *emu_agent_arn(const struct emu_call *call, const char *type, const char *id,
                      const char *other_id);

/* With fractions of a second. */
json_t *emu_agent_time(const struct emu_call *call);

/* Sets or removes the members of `names`, as the input has or has not got them. */
int emu_agent_take(json_t *to, const json_t *from, const char *const *names);

/* Answers a page of a list, and frees it: {`member`: [...], "nextToken"}. */
void emu_agent_answer_page(struct emu_call *call, const char *member, struct emu_pages *list,
                           size_t largest);

/* True if a creation brings too many tags; the error is answered. */
bool emu_agent_refuse_tags(struct emu_call *call);

/* Keeps the tags of a creation, if it has any. False: out of memory, as is answered. */
bool emu_agent_keep_tags(struct emu_call *call, const char *arn);

/* ---- agent_model.c ---- */

/* True if the model exists in the Region and the role may call it; else the error is answered. */
bool emu_agent_may_use(struct emu_call *call, const char *role, const char *model);

/* ---- agent_prompts.c ---- */

/* Answers a ValidationException, and true, if a prompt that is AWS's own has parts of its own. */
bool emu_agent_refuse_prompts(struct emu_call *call);

/* Adds AWS's own prompts to a copy that is to be shown. 0, or less if out of memory. */
int emu_agent_add_prompts(json_t *shown);

/* ---- agent_versions.c ---- */

/* Makes the next version of what is prepared; its number, or NULL: the error is answered. */
json_t *emu_agent_new_version(struct emu_call *call, json_t *agent);

#endif
