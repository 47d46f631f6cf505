/* Pages: the token is the key of the last value shown, behind a word that tells it from others.
 *
 * SPDX-License-Identifier: MIT
 */
#include "page.h"

#include <stdlib.h>
#include <string.h>

#define TOKEN "after-"

static int compare(const void *a, const void *b)
{
    return strcmp(*(const char *const *)a, *(const char *const *)b);
}

/* The object's keys in their order; NULL if out of memory. */
static const char **sorted_keys(json_t *all)
{
    const char **keys = calloc(json_object_size(all) + 1, sizeof(*keys));
    size_t n = 0;
    const char *key;
    json_t *value;

    if (keys == NULL)
        return NULL;
    json_object_foreach(all, key, value)
    {
        keys[n++] = key;
    }
    qsort(keys, n, sizeof(*keys), compare);
    return keys;
}

/* `keys` ends with NULL. */
static int fill(struct emu_page *page, json_t *all, const char *const *keys, size_t size)
{
    const char *last = NULL;

    for (; *keys != NULL; keys++) {
        if (json_array_size(page->values) == size) {
            emu_text_printf(&page->token, TOKEN "%s", last);
            return page->token.failed ? EMU_OUT_OF_MEMORY : EMU_OK;
        }
        last = *keys;
        if (json_array_append(page->values, json_object_get(all, last)) < 0)
            return EMU_OUT_OF_MEMORY;
    }
    return EMU_OK;
}

int emu_page_take(struct emu_page *page, json_t *all, const char *token, size_t size)
{
    const char **keys = sorted_keys(all);
    const char *const *first = keys;
    int rc = EMU_OUT_OF_MEMORY;

    *page = (struct emu_page){.values = json_array()};
    if (token != NULL && strncmp(token, TOKEN, strlen(TOKEN)) != 0) {
        rc = EMU_INVALID;
    } else if (all != NULL && keys != NULL && page->values != NULL) {
        while (token != NULL && *first != NULL && strcmp(*first, token + strlen(TOKEN)) <= 0)
            first++;
        rc = fill(page, all, first, size);
    }
    free(keys);
    return rc;
}

void emu_page_free(struct emu_page *page)
{
    json_decref(page->values);
    emu_text_free(&page->token);
    *page = (struct emu_page){0};
}
