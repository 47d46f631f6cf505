/* What the organisation forbids the account, told through /_emulator/organisation.
 *
 * SPDX-License-Identifier: MIT
 */
#include "iam.h"

#include <stdlib.h>
#include <string.h>

/* The documents of a list, as emu_policy_read() makes them; NULL with a message. */
static json_t *read_policies(json_t *list, struct emu_text *message)
{
    json_t *policies = json_array();
    json_t *one;
    size_t i;

    json_array_foreach(list, i, one)
    {
        char *text = json_dumps(one, JSON_COMPACT | JSON_ENCODE_ANY);
        json_t *policy = NULL;
        int rc = text != NULL ? emu_policy_read(text, EMU_IDENTITY_POLICY, &policy, message)
                              : EMU_OUT_OF_MEMORY;

        free(text);
        if (rc < 0 || json_array_append_new(policies, policy) < 0) {
            json_decref(policies);
            return NULL;
        }
    }
    return policies;
}

static void put(struct emu_iam *iam, const struct emu_request *request, struct emu_reply *reply)
{
    emu_auto_text message = {0};
    json_t *told = NULL;
    json_t *list;
    json_t *policies = NULL;

    emu_request_json(request, &told);
    list = json_object_get(told, "policies");
    if (json_is_array(list))
        policies = read_policies(list, &message);
    else
        emu_text_puts(&message, "The body must be {\"policies\": [document, ...]}.");
    json_decref(told);
    if (policies == NULL) {
        emu_reply_error(reply, "ValidationException", "%s", emu_text_string(&message));
        return;
    }
    json_decref(iam->organisation);
    iam->organisation = policies;
    emu_reply_json(reply, 200, json_object());
}

bool emu_organisation_answer(struct emu_iam *iam, const struct emu_request *request,
                             struct emu_reply *reply)
{
    if (strcmp(request->method, "GET") == 0)
        emu_reply_json(reply, 200, json_pack("{s:O}", "policies", iam->organisation));
    else if (strcmp(request->method, "PUT") == 0)
        put(iam, request, reply);
    else
        return false;
    return true;
}
