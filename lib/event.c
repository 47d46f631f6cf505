/* SPDX-License-Identifier: MIT */
#include "event.h"

static const char *string(const char *text, size_t *ret_length)
{
    return brc__with_length(text, text == NULL ? 0 : strlen(text), ret_length);
}

int64_t brc_event_int(const brc_event *event, int field)
{
    if (event == NULL)
        return -1;
    return field == BRC_EVENT_TYPE ? event->type : field == BRC_EVENT_BLOCK ? event->block : -1;
}

const char *brc_event_text(const brc_event *event, int field, size_t *ret_length)
{
    if (event == NULL)
        return brc__with_length(NULL, 0, ret_length);
    const char *names = event->tool_names;
    switch (field) {
    case BRC_EVENT_TEXT:
        return brc__with_length(event->text.p, event->text.n, ret_length);
    case BRC_EVENT_ROLE:
        return event->type == BRC_EVENT_MESSAGE_START ? string(event->result->role, ret_length)
                                                      : string(NULL, ret_length);
    case BRC_EVENT_TOOL_USE_ID:
        return string(names, ret_length);
    case BRC_EVENT_TOOL_NAME:
        return string(names == NULL ? NULL : names + strlen(names) + 1, ret_length);
    case BRC_EVENT_STOP_REASON:
        return string(event->type == BRC_EVENT_MESSAGE_STOP ? event->result->stop_reason.data
                                                            : NULL,
                      ret_length);
    case BRC_EVENT_NAME:
        return string(event->name, ret_length);
    default:
        return string(NULL, ret_length);
    }
}

const char *brc_event_json(const brc_event *event, size_t *ret_length)
{
    return event == NULL ? brc__with_length(NULL, 0, ret_length)
                         : brc__with_length(event->json.p, event->json.n, ret_length);
}
