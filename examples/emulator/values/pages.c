/* The page that a call asks for, cut out and answered.
 *
 * SPDX-License-Identifier: MIT
 */
#include "pages.h"
#include "page.h"

#include <stdio.h>

void emu_pages_init(struct emu_pages *pages)
{
    *pages = (struct emu_pages){.items = json_object()};
    pages->failed = pages->items == NULL;
}

void emu_pages_free(struct emu_pages *pages)
{
    json_decref(pages->items);
    *pages = (struct emu_pages){0};
}

void emu_pages_add(struct emu_pages *pages, const char *key, json_t *item)
{
    if (json_object_set_new(pages->items, key, item) < 0)
        pages->failed = true;
}

void emu_pages_append(struct emu_pages *pages, json_t *item)
{
    char key[24];

    snprintf(key, sizeof(key), "%06zu", json_object_size(pages->items));
    emu_pages_add(pages, key, item);
}

json_t *emu_pages_all(const struct emu_pages *pages)
{
    return pages->failed ? NULL : pages->items;
}

static int add_counts(json_t *answer, const struct emu_page *page, size_t n)
{
    json_t *counts =
        json_pack("{s:I, s:I}", "ReturnSize", (json_int_t)json_array_size(page->values),
                  "TotalSize", (json_int_t)n);
    int rc = json_object_update(answer, counts);

    json_decref(counts);
    return rc == 0 ? EMU_OK : EMU_OUT_OF_MEMORY;
}

/* NULL if out of memory. */
static json_t *page_json(const struct emu_page *page, size_t n, const struct emu_page_names *names)
{
    json_t *answer = json_pack("{s:O}", names->items, page->values);
    int rc = names->counted ? add_counts(answer, page, n) : EMU_OK;

    if (page->token.len > 0 &&
        json_object_set_new(answer, names->token, json_string(page->token.data)) < 0)
        rc = EMU_OUT_OF_MEMORY;
    if (rc == EMU_OK)
        return answer;
    json_decref(answer);
    return NULL;
}

static size_t page_size(const struct emu_call *call, const struct emu_page_names *names)
{
    const json_t *wanted = names->size != NULL ? json_object_get(call->input, names->size) : NULL;

    return json_integer_value(wanted) > 0 ? (size_t)json_integer_value(wanted) : names->usual_size;
}

void emu_pages_answer(struct emu_pages *pages, struct emu_call *call,
                      const struct emu_page_names *names)
{
    const char *token = emu_call_string(call, names->token);
    struct emu_page page = {0};
    int rc = emu_page_take(&page, emu_pages_all(pages), token, page_size(call, names));

    if (rc == EMU_OK)
        emu_reply_json(call->reply, 200, page_json(&page, json_object_size(pages->items), names));
    else if (rc == EMU_INVALID)
        emu_reply_error(call->reply, names->bad_token, "The %s is not one that was answered here.",
                        names->token);
    else
        emu_reply_out_of_memory(call->reply);
    emu_page_free(&page);
    emu_pages_free(pages);
}
