/* One request to one source of credentials, and what all the sources share.
 *
 * SPDX-License-Identifier: MIT
 */
#ifndef EMULATOR_VISIT_H
#define EMULATOR_VISIT_H

#include "identity.h"
#include "status.h"

struct emu_visit;

struct emu_source_error {
    const char *code; /* NULL ends an array of errors */
    int status;
};

/* Whoever hands out credentials. */
struct emu_source {
    const char *name;
    const struct emu_source_error *errors; /* the first of a status is the one usual for it */
    void (*answer)(struct emu_visit *visit);

    /* Writes an error as this source does. */
    void (*refuse)(struct emu_visit *visit, int status, const char *code, const char *message);
};

extern const struct emu_source EMU_STS;
extern const struct emu_source EMU_IMDS;
extern const struct emu_source EMU_CONTAINER;
extern const struct emu_source EMU_SSO;
extern const struct emu_source EMU_OIDC;

struct emu_visit {
    struct emu_identity *identity;
    const struct emu_source *source;
    const struct emu_request *request;
    struct emu_reply *reply;
    const char *operation;
    json_t *fault; /* or NULL */
};

/* Notes the operation, and takes the fault that is for it. False: the fault is an error, and is
 * answered. */
bool emu_visit_begin(struct emu_visit *visit, const char *operation);

/* Answers one of the source's errors. */
void emu_visit_refuse(struct emu_visit *visit, const char *code, const char *format, ...)
    __attribute__((format(printf, 3, 4)));

/* Answers with `json`, which is taken over; NULL (out of memory) becomes a 500. */
void emu_visit_json(struct emu_visit *visit, json_t *json);

/* The string of a member of the setup; "" if there is none. */
const char *emu_visit_told(const struct emu_visit *visit, const char *member);

/* The entry of the setup's list whose `member` is `value`, or NULL. */
json_t *emu_visit_find(const struct emu_visit *visit, const char *list, const char *member,
                       const char *value);

/* ---- faults ---- */

int emu_identity_fault_check(const json_t *fault, struct emu_text *message);

/* The fault for this visit, or NULL: a new reference. */
json_t *emu_identity_fault_take(struct emu_visit *visit);

/* True if the fault is an error, which is answered. */
bool emu_identity_fault_refuses(struct emu_visit *visit);

/* Takes the members out of an answer that the fault wants out. */
void emu_identity_fault_omit(const struct emu_visit *visit, json_t *answer);

/* Spoils the answer that is made. */
void emu_identity_fault_spoil(struct emu_visit *visit);

/* ---- the log ---- */

json_t *emu_identity_log_new(void);
int emu_identity_log_operation(json_t *log, const char *source, const char *operation);
int emu_identity_log_session(json_t *log, const char *source, const char *session);
void emu_identity_log_visit(json_t *log, const char *source, int status);

#endif
