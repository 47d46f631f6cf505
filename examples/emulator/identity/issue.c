/* Ids, secrets and tokens of the forms that AWS gives them, from the seed.
 *
 * SPDX-License-Identifier: MIT
 */
#include "issue.h"
#include "arn.h"
#include "dates.h"
#include "fault_list.h"
#include "keyring.h"

#include <string.h>

#define UPPER_AND_DIGITS "ABCDEFGHIJKLMNOPQRSTUVWXYZ234567"
#define TOKEN_START      "IQoJb3JpZ2luX2Vj"
#define SHORTEST_TOKEN   600
#define ROLE_ID_LENGTH   21

/* The same for the same role, as AWS has it. */
static void make_role_id(char out[ROLE_ID_LENGTH + 1], const char *role_arn)
{
    struct emu_random random = emu_random_from(0, role_arn, strlen(role_arn));

    memcpy(out, "AROA", 4);
    emu_random_string(&random, out + 4, ROLE_ID_LENGTH - 4, UPPER_AND_DIGITS);
}

static int name_session(struct emu_issued *issued, const struct emu_session *session)
{
    char role_id[ROLE_ID_LENGTH + 1];
    struct emu_arn arn;
    const char *name;

    if (!emu_arn_parse(&arn, emu_slice_of(session->role_arn)) || !emu_slice_is(arn.type, "role") ||
        !emu_slice_is(arn.service, "iam") || arn.account.len == 0)
        return EMU_INVALID;
    name = strrchr(session->role_arn, '/') + 1; /* the path before it is left out */
    make_role_id(role_id, session->role_arn);
    emu_text_printf(&issued->arn, "arn:%.*s:sts::%.*s:assumed-role/%s/%s", (int)arn.partition.len,
                    arn.partition.s, (int)arn.account.len, arn.account.s, name, session->name);
    emu_text_printf(&issued->user_id, "%s:%s", role_id, session->name);
    return issued->arn.failed || issued->user_id.failed ? EMU_OUT_OF_MEMORY : EMU_OK;
}

static void make_secrets(struct emu_issued *issued, struct emu_random *random, size_t token_length)
{
    size_t start = strlen(TOKEN_START);

    if (token_length == 0)
        token_length = SHORTEST_TOKEN + emu_random_below(random, SHORTEST_TOKEN);
    memcpy(issued->access_key, "ASIA", 4);
    emu_random_string(random, issued->access_key + 4, 16, UPPER_AND_DIGITS);
    emu_random_string(random, issued->secret_key, 40, ALPHANUMERIC "+/");
    memcpy(issued->session_token, TOKEN_START, start);
    emu_random_string(random, issued->session_token + start, token_length - start,
                      ALPHANUMERIC "+/");
    memcpy(issued->session_token + token_length - 2, "==", 2);
}

/* A fault's word counts more than the setup's, and that more than the session's own. */
static void set_expiration(struct emu_issued *issued, const struct emu_visit *visit,
                           int64_t seconds)
{
    int64_t told = emu_fault_integer(visit->identity->setup, "lifetimeSeconds", seconds);

    told = emu_fault_integer(visit->fault, "expiresIn", told);
    issued->expires_us = (visit->request->now_us / 1000000 + told) * 1000000;
    emu_format_time(issued->expiration, issued->expires_us);
}

int emu_issue(struct emu_visit *visit, const struct emu_session *session,
              struct emu_issued *ret_issued)
{
    struct emu_identity *identity = visit->identity;
    int rc;

    *ret_issued = (struct emu_issued){0};
    rc = name_session(ret_issued, session);
    if (rc < 0)
        return rc;
    make_secrets(ret_issued, &identity->random,
                 (size_t)emu_fault_integer(identity->setup, "tokenLength", 0));
    set_expiration(ret_issued, visit, session->seconds);
    rc = emu_keyring_add(identity->keyring,
                         &(struct emu_key){
                             .credentials = {ret_issued->access_key, ret_issued->secret_key,
                                             ret_issued->session_token},
                             .expires_us = ret_issued->expires_us,
                             .arn = ret_issued->arn.data,
                             .user_id = ret_issued->user_id.data,
                             .role_arn = session->role_arn,
                         });
    if (rc < 0)
        return rc;
    return emu_identity_log_session(identity->log, visit->source->name, session->name);
}

void emu_issued_free(struct emu_issued *issued)
{
    emu_text_free(&issued->arn);
    emu_text_free(&issued->user_id);
}
