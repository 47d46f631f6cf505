/* Pages of IAM's lists.
 *
 * SPDX-License-Identifier: MIT
 */
#include "iam_state.h"
#include "page.h"

#include <string.h>

#define DEFAULT_PAGE_SIZE 100

static json_t *page_json(const struct emu_page *page, const char *member)
{
    bool more = page->token.len > 0;
    json_t *answer = json_pack("{s:O, s:b}", member, page->values, "IsTruncated", (int)more);

    if (!more || json_object_set_new(answer, "Marker", json_string(page->token.data)) == 0)
        return answer;
    json_decref(answer);
    return NULL;
}

void emu_iam_answer_page(struct emu_call *call, const char *member, struct emu_pages *list)
{
    const json_t *max_items = json_object_get(call->input, "MaxItems");
    size_t size =
        json_is_integer(max_items) ? (size_t)json_integer_value(max_items) : DEFAULT_PAGE_SIZE;
    struct emu_page page;

    switch (emu_page_take(&page, emu_pages_all(list), emu_call_string(call, "Marker"), size)) {
    case EMU_OK:
        emu_reply_json(call->reply, 200, page_json(&page, member));
        break;
    case EMU_INVALID:
        emu_reply_error(call->reply, "ValidationError", "Invalid Marker.");
        break;
    default:
        emu_reply_out_of_memory(call->reply);
    }
    emu_page_free(&page);
    emu_pages_free(list);
}

bool emu_iam_has_prefix(const struct emu_call *call, const char *path)
{
    const char *prefix = emu_call_string(call, "PathPrefix");

    return prefix == NULL || strncmp(path, prefix, strlen(prefix)) == 0;
}
