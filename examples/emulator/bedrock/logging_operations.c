/* Where invocations are logged: one configuration a Region, which is put as a whole.
 *
 * SPDX-License-Identifier: MIT
 */
#include "operations.h"

void emu_put_logging(struct emu_call *call)
{
    json_t *config = json_deep_copy(json_object_get(call->input, "loggingConfig"));

    if (json_object_set_new(call->emulator->logging, call->region, config) < 0)
        emu_reply_out_of_memory(call->reply);
    else
        emu_reply_json(call->reply, 200, json_object());
}

void emu_get_logging(struct emu_call *call)
{
    json_t *config = json_object_get(call->emulator->logging, call->region);

    emu_reply_json(call->reply, 200,
                   config != NULL ? json_pack("{s:O}", "loggingConfig", config) : json_object());
}

void emu_delete_logging(struct emu_call *call)
{
    json_object_del(call->emulator->logging, call->region);
    emu_reply_json(call->reply, 200, json_object());
}
