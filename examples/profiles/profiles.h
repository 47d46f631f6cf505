/* What the files of `profiles` share. SPDX-License-Identifier: MIT */
#ifndef PROFILES_PROFILES_H
#define PROFILES_PROFILES_H

#include "book.h"
#include "cloud.h"

#define DECLARATION "profiles.json" /* the file, where none is named */

/* The program. */
struct profiles {
    struct console console;
    const char *path;               /* of the declaration */
    const char *region;             /* if there is no declaration, or it has several */
    const char *ledger;             /* its path, or NULL */
    struct cloud cloud;             /* opened by the commands that need it */
    char file_region[CLOUD_REGION]; /* for profiles_open() */
};

/* ---------------------------------------------------------------- help.c */

extern const char profiles_help[];

/* ---------------------------------------------------------------- open.c */

/* Opens the cloud for a command that does not need the declaration: in the region of --region, or
 * of the file if there is one, or of the environment. DONE or FAILED. */
int profiles_open(struct profiles *profiles);

/* ---------------------------------------------------------------- declaration/declaration.c
 *
 * The file says which profiles there are to be:
 *
 *   {
 *     "account": "123456789012",      optional: with other credentials nothing is done
 *     "region": "us-east-1",
 *     "tagPolicy": { ... },           see below
 *     "tags": {"cost-center": "cc-410"},                          of every profile
 *     "workloads": {
 *       "support-bot": {
 *         "tags": {"owner-team": "support", "workload-type": "chatbot"},
 *         "environments": {
 *           "prod": {
 *             "copyFrom": "anthropic.claude-3-haiku-20240307-v1:0",
 *             "description": "...",
 *             "tags": {...},
 *             "budget": {"limit": "500", "window": "month", "shadow": true},
 *             "degradeTo": "support-bot-small-prod",              an alias of the file
 *             "accepts": ["toolConfig"],
 *             "maxOutput": 4096,
 *             "agent": true                                       called by agents only
 *           }
 *         }
 *       }
 *     }
 *   }
 *
 * copyFrom is a model id, the id of a system-defined profile, or the ARN of either. "application"
 * and "environment" are tags of each profile without being said; a profile's tags go before its
 * workload's, those before the file's. An alias is WORKLOAD-ENVIRONMENT. doc/profiles.md has each
 * member. */

/* A profile that there is to be. All texts are the declaration's. */
struct wanted {
    char *alias;
    const char *workload, *environment;
    char source[2048 + 1]; /* copyFrom as an ARN; in an account that is not known yet, without it */
    const char *description; /* or NULL */
    json_t *tags;            /* an object: all that the file says, and MANAGED_TAG */
    json_t *declared;        /* the object of the file, for budget, degradeTo, accepts ... */
};

struct declaration {
    const char *path;
    json_t *file;
    const char *account;   /* or NULL */
    const char *region;    /* the file's, or --region */
    json_t *tag_policy;    /* or NULL */
    struct wanted *wanted; /* in the order of the file */
    size_t count;
    json_t *places;   /* aliases -> their places in the array */
    json_t *warnings; /* what declaration_warn() prints */
};

/* Reads the file of the program. DONE; FAILED, and has said of each
 * mistake where it stands ("workloads.support-bot.environments.prod.copyFrom: ...") and what to
 * write instead. To be freed in either case. */
int declaration_read(struct profiles *profiles, struct declaration *ret_declaration);
/* Prints what is no mistake, but hardly meant so: before something is made of the file. */
void declaration_warn(const struct declaration *declaration);
void declaration_free(struct declaration *declaration);
const struct wanted *declaration_find(const struct declaration *declaration, const char *alias);

/* ---------------------------------------------------------------- declaration/tag_policy.c
 *
 *   "tagPolicy": {
 *     "requiredTags": ["application", "environment", "owner-team", "cost-center", "workload-type"],
 *     "allowedEnvironments": ["dev", "staging", "prod"],
 *     "namingRule": "lowercase-with-hyphens",       of the values of required tags
 *     "allowedValues": {"cost-center": ["cc-410", "cc-411"]}
 *   }
 *
 * Findings are objects {"subject", "rule", "tag", "value", "message", "remedy"}; tag and value are
 * left out where the finding is about none. */

enum {
    TAGS_MOST = 50 /* of a profile: AWS's limit */
};

/* Appends a finding. `tag` and `value` may be NULL. -1: no memory. */
__attribute__((format(printf, 7, 8))) int finding_add(json_t *findings, const char *subject,
                                                      const char *rule, const char *tag,
                                                      const char *value, const char *remedy,
                                                      const char *format, ...);

/* The names of the rules that "namingRule" takes, with a NULL behind them. */
extern const char *const naming_rules[];

/* Whether a text has only characters that keys and values of tags may have. */
bool has_tag_characters(const char *text);

/* Appends what is wrong with the tags (an object) of one profile. Rules: "requiredTags",
 * "allowedEnvironments", "namingRule", "allowedValues", and "tagSyntax" for what AWS does not take.
 * `policy` is a checked one, or NULL. -1: no memory. */
int tag_policy_judge(const json_t *policy, const char *subject, json_t *tags, json_t *findings);

/* ---------------------------------------------------------------- declaration/tag_spelling.c */

/* Appends what would split a report: values of one key, over all profiles, that differ in case,
 * hyphens, underscores and blanks only, and keys that do; rule "spelling". `profiles` is an array
 * of
 * {"subject", "tags"}. -1: no memory. */
int tag_policy_compare(json_t *profiles, json_t *findings);

/* ---------------------------------------------------------------- account.c */

/* An application inference profile that there is. */
struct existing {
    json_t *profile; /* as ListInferenceProfiles has it */
    const char *arn, *id, *name;
    const char *model; /* the id of the model, behind the last / of the first modelArn */
    const char *scope; /* "in-region", "geo", "global": by its models */
    json_t *tags;      /* an object; NULL if they were not asked for */
};

struct account {
    struct existing *existing; /* by name, and of one name the older first */
    size_t count;
    json_t *systems; /* the system-defined profiles, as AWS lists them; NULL if not asked for */
};

/* All application profiles of the cloud's region; their tags as well, which takes a call for each.
 * DONE or FAILED. */
int account_read(struct cloud *cloud, bool with_tags, struct account *ret_account);
void account_free(struct account *account);
const struct existing *account_find(const struct account *account, const char *name_id_or_arn);

/* All profiles of a type, "APPLICATION" or "SYSTEM_DEFINED", as AWS lists them. DONE or FAILED. */
int account_list(struct cloud *cloud, const char *type, json_t **ret_profiles);

/* Whether one of these programs has made or adopted what has these tags. */
bool is_managed(const json_t *tags);

/* One profile's tags as an object; NULL: FAILED, and it has said why. */
json_t *account_tags(struct cloud *cloud, const char *arn);

/* The system-defined profiles as well. DONE or FAILED. */
int account_read_systems(struct cloud *cloud, struct account *account);
const json_t *account_system(const struct account *account, const char *id_or_arn);

/* "in-region", "geo" or "global", by the regions that the models of a profile are in. */
const char *models_scope(const json_t *models);
/* Whether both have the same models, in whatever order. */
bool models_equal(const json_t *one, const json_t *other);

/* ---------------------------------------------------------------- plan.c
 *
 * AWS's name of a profile is its alias, or ALIAS_2, ALIAS_3 ... where a new model has replaced an
 * older one: only tags can be changed. One counts as ours if it has such a name and MANAGED_TAG. */

enum plan_action {
    PLAN_KEEP, /* it is as it should be */
    PLAN_CREATE,
    PLAN_TAG,     /* tags are to be set or removed */
    PLAN_REPLACE, /* another model: a new profile behind the alias; the old one stays */
    PLAN_RETIRED, /* replaced by a later one, or its alias is no longer in the file; kept until
                     `delete` or `apply --prune` */
    PLAN_FOREIGN, /* has the name, but is not ours: `import` adopts it */
};

struct plan_step {
    enum plan_action action;
    const struct wanted *wanted;     /* NULL: RETIRED, and its alias is not in the file */
    const struct existing *existing; /* NULL: CREATE */
    char name[65];                   /* AWS's, of what is made or is there */
    json_t *set_tags;                /* an object, or NULL */
    json_t *other_tags; /* an array of keys that the file does not have, or NULL: somebody else may
                           have set them, so they stay, but for --prune-tags */
    json_t *notes;      /* an array of sentences: what differs and cannot be changed; or NULL */
    bool removes_tags;  /* with --prune-tags */
    bool deletes;       /* with --prune: `existing`, when all else is done */
};

struct plan {
    struct plan_step *steps; /* in the order of the file; what its aliases have had before behind
                                each; at the end what is in no file */
    size_t count;
    size_t changes; /* steps that `apply` would carry out */
};

/* Of ALIAS_2: 2, and the length of the alias; 0 if it is no such name. */
int plan_generation(const char *name, size_t *ret_length);

/* Pure, and quick with 1,000 profiles. The account has tags, and the system-defined profiles if the
 * declaration copies from any. DONE or FAILED. */
int plan_make(const struct declaration *declaration, const struct account *account,
              struct plan *ret_plan);
void plan_free(struct plan *plan);

/* What the options of `apply` add to it. */
struct pruning {
    bool replaced; /* profiles that a later one has replaced, or does in this plan */
    bool unlisted; /* and those whose alias is not in the file: another file may have it */
    bool tags;     /* tags that the file does not have */
};

/* Options of `plan` and `apply`, for a table of them. */
#define PRUNING_CHOICES(pruning)                                                                   \
    {"prune", .flag = &(pruning).replaced}, {"prune-unlisted", .flag = &(pruning).unlisted},       \
    {                                                                                              \
        "prune-tags", .flag = &(pruning).tags                                                      \
    }

void plan_prune(struct plan *plan, const struct pruning *pruning);

/* ---------------------------------------------------------------- plan_print.c */

const char *plan_action_text(enum plan_action action);
/* A step as JSON: action, alias, name, arn, copyFrom, setTags ... */
json_t *plan_step_json(const struct plan_step *step);
/* The whole plan, for people or as rows; `all`: also what stays as it is. DONE or FAILED. */
int plan_print(const struct console *console, const struct plan *plan, bool all);
/* {"summary": {"keep": 3, ...}, "changes", "requests"} */
json_t *plan_summary(const struct plan *plan, const struct cloud *cloud);

/* ---------------------------------------------------------------- state.c */

/* What is wanted, what there is, and what has to be done. */
struct state {
    struct declaration declaration;
    struct account account;
    struct plan plan;
};

/* Reads the program's file, opens its cloud, and makes sure that the credentials are those of the
 * file's account; then reads the account, and makes the plan. DONE or FAILED. To be freed only if
 * DONE. */
int state_read(struct profiles *profiles, struct state *ret_state);
void state_free(struct state *state);

/* The same for commands that need no file: where none was named, and there is no DECLARATION, only
 * the account is read. To be freed in either case. */
int state_look(struct profiles *profiles, struct state *ret_state);

/* Says what the file's tag policy objects to in the file itself. DONE: nothing. */
int state_judge(const struct declaration *declaration);

/* The existing profile that stands behind an alias now, or NULL. */
const struct existing *plan_current(const struct plan *plan, const char *alias);

/* ---------------------------------------------------------------- pick.c */

/* The profile with this name, id or ARN, or the one behind this alias; NULL, and has said why. */
const struct existing *pick(const struct state *state, const char *word);
const struct plan_step *plan_step_of(const struct plan *plan, const struct existing *existing);
/* What is told of it: name, alias, arn, model, scope, tags, standing, status, createdAt,
 * description. */
json_t *existing_json(const struct state *state, const struct existing *existing);

/* ---------------------------------------------------------------- change.c */

enum {
    PROFILE_ARN = 2048 + 1
};

/* Each is DONE, also if it was done before; or FAILED, and has said why. */

/* Creates step->name; ret_arn is "" if AWS knows of another creation of that name, with other tags.
 * With a `salt` it is another creation, even if AWS remembers one. */
int change_create(struct cloud *cloud, const struct plan_step *step, const char *salt,
                  char ret_arn[PROFILE_ARN]);
int change_set_tags(struct cloud *cloud, const struct existing *existing, json_t *tags);
int change_remove_tags(struct cloud *cloud, const struct existing *existing, json_t *keys);
int change_delete(struct cloud *cloud, const struct existing *existing);

/* ---------------------------------------------------------------- verify/checks.c */

enum check_state {
    CHECK_PASS,
    CHECK_FAIL,
    CHECK_NOT_YET, /* AWS needs time: the text says how long */
    CHECK_BY_HAND, /* the text is the command */
};

/* ---------------------------------------------------------------- commands */

int run_plan(void *program, int argc, char **argv);
int run_apply(void *program, int argc, char **argv);
int run_drift(void *program, int argc, char **argv);
int run_list(void *program, int argc, char **argv);
int run_show(void *program, int argc, char **argv);
int run_tag(void *program, int argc, char **argv);
int run_untag(void *program, int argc, char **argv);
int run_models(void *program, int argc, char **argv);
int run_delete(void *program, int argc, char **argv);
int run_export(void *program, int argc, char **argv);
int run_import(void *program, int argc, char **argv);
int run_lint(void *program, int argc, char **argv);
int run_cfn(void *program, int argc, char **argv);
int run_iam(void *program, int argc, char **argv);
int run_activate(void *program, int argc, char **argv);
int run_verify(void *program, int argc, char **argv);
int run_logging(void *program, int argc, char **argv);

#endif
