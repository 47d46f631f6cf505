/* What the files of `agent` share. SPDX-License-Identifier: MIT */
#ifndef AGENT_AGENT_H
#define AGENT_AGENT_H

#include "cloud.h"

#define TEST_ALIAS "TSTALIASID" /* the alias that AWS makes, which is DRAFT for ever */
#define DRAFT      "DRAFT"

/* Tags of an agent, see record.c. */
#define TAG_PREVIOUS "bedrockcost-previous-"
#define TAG_MODEL    TAG_PREVIOUS "model"
#define TAG_VERSION  TAG_PREVIOUS "version"
#define TAG_OFF      "bedrockcost-switched-off"

enum {
    VERSION = 8 /* bytes of a version's number, with its NUL */
};

/* The program. */
struct agent {
    struct console console;
    const char *region;  /* or NULL: the environment's */
    const char *wait;    /* the option: seconds */
    bool yes;            /* nobody is asked */
    int64_t patience_ms; /* how long AWS may take for one thing */
    int64_t attempts;    /* that a call makes */
    struct cloud cloud;
};

/* Begins every command: reads the words, which are an agent or nothing, and opens the cloud. */
int agent_begin(struct agent *agent, int argc, char **argv, const struct choice *choices, int words,
                const char **ret_word);

/* ---------------------------------------------------------------- subject.c, aliases.c */

/* An agent as AWS has it now. */
struct subject {
    json_t *draft;    /* GetAgent's */
    json_t *aliases;  /* ListAgentAliases', all of them */
    json_t *versions; /* GetAgentVersion's, by number, as they were asked for */
    json_t *tags;     /* an object */
    const char *id, *name, *arn, *role, *model; /* the draft's */
};

/* By id or name. DONE; FAILED, and has said why. */
int subject_read(struct agent *agent, const char *id_or_name, struct subject *ret_subject);
/* Its draft, or its aliases, anew. */
int subject_reread(struct agent *agent, struct subject *subject);
int subject_reread_aliases(struct agent *agent, struct subject *subject);
void subject_free(struct subject *subject);

/* A version, DRAFT among them; NULL: FAILED, and has said why. */
json_t *subject_version(struct agent *agent, struct subject *subject, const char *number);

/* The numbers of all versions, newest first, an array; NULL: FAILED, and has said why. */
json_t *subject_numbers(struct agent *agent, const struct subject *subject);

/* An alias by its id or name, or NULL. */
const json_t *subject_alias(const struct subject *subject, const char *id_or_name);
const char *alias_id(const json_t *alias);
const char *alias_name(const json_t *alias);
const char *alias_version(const json_t *alias); /* "" if it has none */
bool alias_is_test(const json_t *alias);
bool alias_rejects(const json_t *alias);
/* What it pays for capacity that it has bought, which goes past any profile; or NULL. */
const char *alias_throughput(const json_t *alias);

/* The aliases that --alias and --all-aliases name, an array of borrowed rows; all of them if
 * `names` is NULL. The test alias is none of them. NULL: FAILED, and has said why. */
json_t *subject_chosen(const struct subject *subject, const json_t *names);

/* Operations on an agent: "GET /agents/ID/" and what follows; the parts end with NULL. */
const char *agent_operation(char operation[CLOUD_PATH], const char *method, const char *id,
                            const char *part, const char *value);

/* ---------------------------------------------------------------- list.c */

/* Summaries of all agents of the region. DONE or FAILED. */
int agents_list(struct agent *agent, json_t **ret_summaries);

/* ---------------------------------------------------------------- fields.c */

/* What UpdateAgent is sent so that everything stays: a new object; what GetAgent has that is not
 * known here goes along, and is named on stderr. */
json_t *fields_kept(json_t *draft);

/* The names of fields that differ, models aside, joined by ", ": ret_names is "" if none does. */
bool fields_differ(json_t *one, json_t *other, bool versions, char ret_names[CELL]);

/* Prompts that have a model of their own: an object, prompt type to model; to be given up. */
json_t *prompt_models(const json_t *draft_or_version);
/* Sets each prompt's model in UpdateAgent's input to that of `models`; "" removes it. */
void prompt_set_models(json_t *input, const json_t *models);

/* ---------------------------------------------------------------- target.c */

/* The profile that an agent is to be put onto. */
struct target {
    const char *arn, *id;
    json_t *profile; /* as GetInferenceProfile has it */
};

/* Whether a model is an application inference profile, by its ARN. */
bool is_profile(const char *model);

/* Checks that --profile is one, in the agent's region and account, that exists and has tags. DONE;
 * FAILED, and has said what is wrong and what to do. */
int target_read(struct agent *agent, const struct subject *subject, const char *arn,
                struct target *ret_target);
void target_free(struct target *target);
/* How many tags a profile has. DONE or FAILED. */
int target_tags(struct agent *agent, const char *arn, size_t *ret_count);

/* ---------------------------------------------------------------- policy.c */

enum {
    POLICY_NAME = 129
};

/* What the agent's role needs for a profile. */
json_t *policy_document(const struct target *target);
const char *policy_name(const struct subject *subject, const char *profile_id,
                        char ret_name[POLICY_NAME]);
/* The role of the agent, as IAM names it; NULL: FAILED, it is in another account. */
const char *policy_role(const struct subject *subject);

/* Whether the role has the policy as it should be. DONE or FAILED. */
int policy_is_there(struct agent *agent, const struct subject *subject, const struct target *target,
                    bool *ret_there);
int policy_put(struct agent *agent, const struct subject *subject, const struct target *target);

/* The names of the policies that this program has given the role for this agent. */
int policy_names(struct agent *agent, const struct subject *subject, json_t **ret_names);
int policy_delete(struct agent *agent, const struct subject *subject, const char *name);

/* ---------------------------------------------------------------- wait.c */

/* Something AWS is asked for again and again, at first often. */
struct wait {
    int64_t left_ms, pause_ms, begun_ms, tell_ms;
};

void wait_begin(const struct agent *agent, struct wait *wait);
/* Sleeps; says what for, now and then; false when patience is over. */
__attribute__((format(printf, 2, 3))) bool wait_on(struct wait *wait, const char *format, ...);

/* Until AWS is done with the agent, whatever has come out; reads it anew. */
int wait_for_agent(struct agent *agent, struct subject *subject);
/* Until the alias is PREPARED; reads the aliases anew. */
int wait_for_alias(struct agent *agent, struct subject *subject, const char *id);

/* ---------------------------------------------------------------- plan.c */

/* What `apply` is asked for. */
struct request {
    const char *profile;
    json_t *aliases; /* names; or NULL */
    bool all_aliases;
    const char *new_alias;
    bool prompts;       /* put their models onto the profile as well */
    bool draft_changes; /* publish whatever else is new in DRAFT */
    bool no_role;       /* somebody else attaches the policy */
    bool print;         /* the policy, and nothing else */
};

struct plan {
    struct target target;
    json_t *steps; /* rows: {"step", "of", "action", "from", "to"} */
    bool put_policy, update, prepare, create_alias;
    json_t *prompts;     /* to be set: types to models */
    json_t *moves;       /* ids of the aliases to be routed */
    char known[VERSION]; /* the version that they can run, "" if there is none yet */
    json_t *record;      /* tags to be set, an object */
    size_t changes;
};

int plan_make(struct agent *agent, struct subject *subject, const struct request *request,
              struct plan *ret_plan);
void plan_free(struct plan *plan);

/* ---------------------------------------------------------------- request.c */

int request_read(struct agent *agent, int argc, char **argv, struct request *ret_request,
                 const char **ret_name);
void request_free(struct request *request);

/* ---------------------------------------------------------------- plan.c */

/* Adds a row to the steps of a plan; the last two texts may be NULL. */
void plan_step(json_t *steps, const char *step, const char *of, const char *action,
               const char *from, const char *to);
int steps_print(const struct agent *agent, const json_t *steps);

/* ---------------------------------------------------------------- apply.c */

/* Says, when the program is interrupted, that nothing is lost. */
void mind_interrupts(void);
/* Waits until AWS is done with the agent and its aliases. */
int settle(struct agent *agent, struct subject *subject);

/* ---------------------------------------------------------------- record.c */

/* What the tags say: the value of a tag whose name is prefix and suffix, or NULL. */
const char *record_of(const struct subject *subject, const char *prefix, const char *suffix);
/* Adds to `record` what is there now, unless the tags have it; `on_a_profile`: or have another. */
void record_add(const struct subject *subject, const char *prefix, const char *suffix,
                const char *now, bool on_a_profile, json_t *record);
int record_write(struct agent *agent, struct subject *subject, json_t *record);
/* Removes all tags whose name begins so. */
int record_remove(struct agent *agent, struct subject *subject, const char *prefix);

/* ---------------------------------------------------------------- update.c */

/* UpdateAgent with everything kept but the models, and PrepareAgent; reads the agent anew. */
int update_draft(struct agent *agent, struct subject *subject, const char *model,
                 const json_t *prompts);
int prepare_draft(struct agent *agent, struct subject *subject);
/* Whether it is prepared as it is now. */
bool draft_is_prepared(const struct subject *subject);
/* Say why, and what to do. FAILED. */
int agent_has_failed(const struct subject *subject);
int alias_has_failed(struct agent *agent, const struct subject *subject, const json_t *alias);

/* ---------------------------------------------------------------- route.c */

/* The newest version that is DRAFT as it is now, "" if there is none. */
int route_known(struct agent *agent, struct subject *subject, char ret_number[VERSION]);
/* Has the alias run a version; if `number` is "", one that is like DRAFT, or else a new one. Waits,
 * checks its model, and hands its number out. */
int route_alias(struct agent *agent, struct subject *subject, const char *id, char number[VERSION],
                const char *model);
int route_new_alias(struct agent *agent, struct subject *subject, const char *name,
                    char number[VERSION], const char *model);
/* UpdateAgentAlias with all that the alias has; what is not NULL is changed. */
int alias_update(struct agent *agent, const struct subject *subject, const json_t *alias,
                 const char *number, const char *state);

/* ---------------------------------------------------------------- commands */

int run_list(void *program, int argc, char **argv);
int run_show(void *program, int argc, char **argv);
int run_plan(void *program, int argc, char **argv);
int run_apply(void *program, int argc, char **argv);
int run_verify(void *program, int argc, char **argv);
int run_undo(void *program, int argc, char **argv);
int run_switch_off(void *program, int argc, char **argv);
int run_switch_on(void *program, int argc, char **argv);

#endif
