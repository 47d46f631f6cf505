/* Credentials for the session of a role.
 *
 * SPDX-License-Identifier: MIT
 */
#ifndef EMULATOR_ISSUE_H
#define EMULATOR_ISSUE_H

#include "visit.h"

#define EMU_SESSION_SECONDS 3600

struct emu_session {
    const char *role_arn; /* arn:PARTITION:iam::ACCOUNT:role/PATH/NAME */
    const char *name;
    int64_t seconds; /* they last, unless the setup or a fault says otherwise */
};

struct emu_issued {
    char access_key[21];
    char secret_key[41];
    char session_token[4097];
    char expiration[32]; /* ISO 8601 */
    int64_t expires_us;
    struct emu_text arn; /* of the session */
    struct emu_text user_id;
};

/* Makes credentials that nobody had before and that can sign from now on. EMU_INVALID: the role's
 * ARN is none. Free the result on every path. */
int emu_issue(struct emu_visit *visit, const struct emu_session *session,
              struct emu_issued *ret_issued);
void emu_issued_free(struct emu_issued *issued);

#endif
