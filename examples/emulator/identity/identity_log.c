/* What was asked, as the JSON that GET /_identity/log answers.
 *
 * SPDX-License-Identifier: MIT
 */
#include "visit.h"

#define MAX_SESSIONS 100 /* the last so many are kept */

json_t *emu_identity_log_new(void)
{
    static const char *const SOURCES[] = {"sts", "imds", "container", "sso", "oidc"};
    json_t *log = json_object();

    for (size_t i = 0; i < sizeof(SOURCES) / sizeof(SOURCES[0]) && log != NULL; i++) {
        json_t *account = json_pack("{s:i, s:i, s:i, s:{}, s:[]}", "seen", 0, "refused", 0,
                                    "issued", 0, "operations", "sessions");

        if (json_object_set_new(log, SOURCES[i], account) < 0) {
            json_decref(log);
            log = NULL;
        }
    }
    return log;
}

static void add_one(json_t *object, const char *member)
{
    json_t *n = json_object_get(object, member);

    json_integer_set(n, json_integer_value(n) + 1);
}

int emu_identity_log_operation(json_t *log, const char *source, const char *operation)
{
    json_t *operations = json_object_get(json_object_get(log, source), "operations");

    if (json_object_get(operations, operation) == NULL &&
        json_object_set_new(operations, operation, json_integer(0)) < 0)
        return EMU_OUT_OF_MEMORY;
    add_one(operations, operation);
    return EMU_OK;
}

int emu_identity_log_session(json_t *log, const char *source, const char *session)
{
    json_t *account = json_object_get(log, source);
    json_t *sessions = json_object_get(account, "sessions");

    if (json_array_append_new(sessions, json_string(session)) < 0)
        return EMU_OUT_OF_MEMORY;
    if (json_array_size(sessions) > MAX_SESSIONS)
        json_array_remove(sessions, 0);
    add_one(account, "issued");
    return EMU_OK;
}

void emu_identity_log_visit(json_t *log, const char *source, int status)
{
    json_t *account = json_object_get(log, source);

    add_one(account, "seen");
    if (status >= 300)
        add_one(account, "refused");
}
