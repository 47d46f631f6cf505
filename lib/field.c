/* SPDX-License-Identifier: MIT */
#include "field.h"

#include <stdlib.h>
#include <string.h>

void brc__fields_init(struct brc__fields *fields)
{
    fields->items = fields->few;
    fields->count = 0;
    fields->capacity = sizeof fields->few / sizeof fields->few[0];
}

void brc__fields_free(struct brc__fields *fields)
{
    if (fields->items != fields->few)
        free(fields->items);
}

int brc__fields_grow(struct brc__fields *fields)
{
    size_t capacity = 2 * fields->capacity;

    struct brc__field *items = malloc(capacity * sizeof *items);
    if (items == NULL)
        return BRC_E_NOMEM;
    memcpy(items, fields->items, fields->count * sizeof *items);
    brc__fields_free(fields);
    fields->items = items;
    fields->capacity = capacity;
    return BRC_OK;
}

/* By insertion, for qsort() may allocate, and few are few. */
void brc__fields_sort(struct brc__fields *fields, int (*compare)(const void *, const void *))
{
    if (fields->items != fields->few) {
        qsort(fields->items, fields->count, sizeof fields->items[0], compare);
        return;
    }
    for (size_t i = 1; i < fields->count; i++) {
        struct brc__field field = fields->items[i];
        size_t to = i;
        for (; to > 0 && compare(&fields->items[to - 1], &field) > 0; to--)
            fields->items[to] = fields->items[to - 1];
        fields->items[to] = field;
    }
}
