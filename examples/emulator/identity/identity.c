/* Which source a path belongs to, and the resources of /_identity.
 *
 * SPDX-License-Identifier: MIT
 */
#include "identity.h"
#include "fault_list.h"
#include "identity_setup.h"
#include "uri.h"
#include "visit.h"

#include <string.h>

#define OWN_PREFIX "/_identity/"

int emu_identity_init(struct emu_identity *identity, uint64_t seed, json_t *keyring)
{
    *identity = (struct emu_identity){
        .keyring = json_incref(keyring),
        .setup = emu_setup_new(),
        .faults = json_array(),
        .log = emu_identity_log_new(),
        .imds_tokens = json_object(),
        .random = emu_random_from(seed, "identity", strlen("identity")),
    };
    if (identity->setup != NULL && identity->faults != NULL && identity->log != NULL &&
        identity->imds_tokens != NULL)
        return EMU_OK;
    emu_identity_free(identity);
    return EMU_OUT_OF_MEMORY;
}

void emu_identity_free(struct emu_identity *identity)
{
    json_decref(identity->keyring);
    json_decref(identity->setup);
    json_decref(identity->faults);
    json_decref(identity->log);
    json_decref(identity->imds_tokens);
    *identity = (struct emu_identity){0};
}

/* ---- the sources ---- */

static const struct {
    const char *path; /* with a slash at its end: and all below it */
    const struct emu_source *source;
} PATHS[] = {
    {"/", &EMU_STS},
    {"/latest/", &EMU_IMDS},
    {"/v1/credentials", &EMU_CONTAINER},
    {"/v2/credentials/", &EMU_CONTAINER},
    {"/role/", &EMU_CONTAINER},
    {"/federation/credentials", &EMU_SSO},
    {"/token", &EMU_OIDC},
};

static const struct emu_source *find_source(const char *uri)
{
    size_t path_len = emu_uri_path_length(uri);

    for (size_t i = 0; i < sizeof(PATHS) / sizeof(PATHS[0]); i++) {
        size_t len = strlen(PATHS[i].path);
        bool goes_on = len > 1 && PATHS[i].path[len - 1] == '/';

        if (strncmp(uri, PATHS[i].path, len) == 0 && (path_len == len || goes_on))
            return PATHS[i].source;
    }
    return NULL;
}

static void answer_source(struct emu_identity *identity, const struct emu_source *source,
                          const struct emu_request *request, struct emu_reply *reply)
{
    struct emu_visit visit = {
        .identity = identity, .source = source, .request = request, .reply = reply};

    if (request->too_large)
        emu_visit_refuse(&visit, "RequestEntityTooLarge", "The body is too large.");
    else
        source->answer(&visit);
    emu_identity_log_visit(identity->log, source->name, reply->status);
    if (visit.fault != NULL)
        emu_identity_fault_spoil(&visit);
    json_decref(visit.fault);
}

/* ---- /_identity ---- */

static void add_setup(struct emu_identity *identity, const struct emu_request *request,
                      struct emu_reply *reply)
{
    emu_auto_text message = {0};
    json_t *setup;
    int rc = emu_request_json(request, &setup);

    if (rc == EMU_OK)
        rc = emu_identity_set_up(identity, setup, &message);
    if (rc == EMU_INVALID || rc == EMU_MALFORMED)
        emu_reply_error(reply, "ValidationException", "%s",
                        message.len > 0 ? message.data : "A setup is a JSON object.");
    else if (rc < 0)
        emu_reply_out_of_memory(reply);
    else
        emu_reply_json(reply, 200, json_incref(identity->setup));
    json_decref(setup);
}

static void answer_setup(struct emu_identity *identity, const struct emu_request *request,
                         struct emu_reply *reply)
{
    if (strcmp(request->method, "POST") == 0)
        add_setup(identity, request, reply);
    else if (strcmp(request->method, "DELETE") == 0 && emu_identity_reset(identity) < 0)
        emu_reply_out_of_memory(reply);
    else
        emu_reply_json(reply, 200, json_incref(identity->setup));
}

static void answer_log(struct emu_identity *identity, const struct emu_request *request,
                       struct emu_reply *reply)
{
    if (strcmp(request->method, "DELETE") == 0) {
        json_t *log = emu_identity_log_new();

        if (log == NULL) {
            emu_reply_out_of_memory(reply);
            return;
        }
        json_decref(identity->log);
        identity->log = log;
    }
    emu_reply_json(reply, 200, json_incref(identity->log));
}

static void forget_tokens(struct emu_identity *identity, struct emu_reply *reply)
{
    json_object_clear(identity->imds_tokens);
    emu_reply_json(reply, 200, json_object());
}

static void answer_own(struct emu_identity *identity, const struct emu_request *request,
                       struct emu_reply *reply)
{
    const char *resource = request->uri + strlen(OWN_PREFIX);
    const char *method = request->method;
    bool deletes = strcmp(method, "DELETE") == 0;
    bool get_or_delete = deletes || strcmp(method, "GET") == 0;

    if (strcmp(resource, "setup") == 0 && (get_or_delete || strcmp(method, "POST") == 0))
        answer_setup(identity, request, reply);
    else if (strcmp(resource, "log") == 0 && get_or_delete)
        answer_log(identity, request, reply);
    else if (strcmp(resource, "imds-tokens") == 0 && deletes)
        forget_tokens(identity, reply);
    else if (strcmp(resource, "faults") != 0 ||
             !emu_fault_list_answer(identity->faults, emu_identity_fault_check, request, reply))
        emu_reply_error(
            reply, "UnknownOperationException",
            "Here are: GET, POST, DELETE setup; GET, DELETE log; DELETE imds-tokens; GET, "
            "POST, DELETE faults.");
}

bool emu_identity_answer(struct emu_identity *identity, const struct emu_request *request,
                         struct emu_reply *reply)
{
    const struct emu_source *source = find_source(request->uri);

    if (strncmp(request->uri, OWN_PREFIX, strlen(OWN_PREFIX)) == 0)
        answer_own(identity, request, reply);
    else if (source != NULL)
        answer_source(identity, source, request, reply);
    else
        return false;
    return true;
}
