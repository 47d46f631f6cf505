/* JSON-RPC: all is posted to "/", the header X-Amz-Target names the operation, and an error names
 * itself in the body.
 *
 * SPDX-License-Identifier: MIT
 */
#include "services.h"
#include "uri.h"
#include "wire.h"

#include <stdio.h>
#include <string.h>

static int find(const struct emu_request *request, struct emu_asked *asked)
{
    const char *target = emu_request_header(request, "x-amz-target");
    struct emu_slice operation = emu_slice_of(target != NULL ? target : "");
    struct emu_slice prefix = emu_slice_cut(&operation, '.');

    if (strcmp(request->method, "POST") != 0 || emu_uri_path_length(request->uri) != 1 ||
        !emu_slice_is(prefix, asked->service->target))
        return EMU_INVALID;
    for (const struct emu_operation *one = asked->service->operations; one->name != NULL; one++) {
        if (emu_slice_is(operation, one->name)) {
            asked->operation = one;
            return EMU_OK;
        }
    }
    return EMU_INVALID;
}

/* A member that is null is one that is not there. */
static void drop_nulls(json_t *value)
{
    const char *name;
    json_t *member;
    void *next;
    size_t i;

    json_object_foreach_safe(value, next, name, member)
    {
        if (json_is_null(member))
            json_object_del(value, name);
        else
            drop_nulls(member);
    }
    json_array_foreach(value, i, member)
    {
        drop_nulls(member);
    }
}

static int gather(const struct emu_request *request, const struct emu_asked *asked,
                  json_t **ret_input)
{
    (void)asked;
    if (request->body_len > 0) {
        int rc = emu_request_json(request, ret_input);

        drop_nulls(*ret_input);
        return rc;
    }
    *ret_input = json_object();
    return *ret_input != NULL ? EMU_OK : EMU_OUT_OF_MEMORY;
}

/* The code as an API that once spoke query would give it. */
static void add_query_error(const struct emu_request *request, const struct emu_service *service,
                            struct emu_reply *reply)
{
    const char *mode = emu_request_header(request, "x-amzn-query-mode");

    if (!service->query_mode || mode == NULL || strcmp(mode, "true") != 0)
        return;
    snprintf(reply->query_error, sizeof(reply->query_error), "%s;%s",
             emu_service_query_code(service, reply->error_type),
             reply->status < 500 ? "Sender" : "Receiver");
    reply->header[0] = "x-amzn-query-error";
    reply->header[1] = reply->query_error;
}

/* Gives the error its name, and its text the name that the service has for it. */
static int complete_error(json_t *error, const char *type, const char *member)
{
    json_t *message = json_object_get(error, "message");

    if (json_object_set_new(error, "__type", json_string(type)) < 0)
        return EMU_OUT_OF_MEMORY;
    if (member == NULL || message == NULL)
        return EMU_OK;
    if (json_object_set(error, member, message) < 0)
        return EMU_OUT_OF_MEMORY;
    json_object_del(error, "message");
    return EMU_OK;
}

static void write_error(const struct emu_request *request, const struct emu_service *service,
                        struct emu_reply *reply)
{
    json_t *error = json_incref(reply->json);
    char type[sizeof(reply->error_type)];

    memcpy(type, reply->error_type, sizeof(type));
    add_query_error(request, service, reply);
    if (complete_error(error, type, service->message) < 0) {
        json_decref(error);
        emu_reply_out_of_memory(reply);
    } else {
        emu_reply_error_json(reply, reply->status, type, error);
    }
}

static void write(const struct emu_request *request, const struct emu_asked *asked,
                  struct emu_reply *reply)
{
    snprintf(reply->content_type, sizeof(reply->content_type), "application/x-amz-json-%s",
             asked->service->version);
    reply->error_in_body = true;
    if (reply->error_type[0] != '\0' && reply->json != NULL)
        write_error(request, asked->service, reply);
}

const struct emu_wire EMU_WIRE_JSON_RPC = {find, gather, write};
