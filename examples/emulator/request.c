/* Reading a request: one of its headers, its body as JSON.
 *
 * SPDX-License-Identifier: MIT
 */
#include "request.h"
#include "status.h"

#include <string.h>
#include <strings.h>

const char *emu_request_header(const struct emu_request *request, const char *name)
{
    for (size_t i = 0; i < request->n_headers; i++)
        if (strcasecmp(request->headers[i].name, name) == 0)
            return request->headers[i].value;
    return NULL;
}

int emu_request_json(const struct emu_request *request, json_t **ret_json)
{
    json_t *json = json_loadb(request->body, request->body_len, JSON_ALLOW_NUL, NULL);

    if (json_is_object(json)) {
        *ret_json = json;
        return EMU_OK;
    }
    json_decref(json);
    *ret_json = NULL;
    return EMU_MALFORMED; /* jansson does not tell a failed allocation from bad syntax */
}
