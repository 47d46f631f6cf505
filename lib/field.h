/* A list of named slices that needs no heap while it is short.
 * SPDX-License-Identifier: MIT */
#ifndef BRC__FIELD_H
#define BRC__FIELD_H

#include <bedrockcost/base.h>

#include <stdbool.h>

/* A header, a query parameter, or (value unused) a segment of a path. Owns nothing. */
struct brc__field {
    const char *name;
    const char *value;
    size_t name_length;
    size_t value_length;
    size_t arrival; /* how many came before it */
    bool ragged;    /* the value has blanks to fold */
};

/* Not to be moved: it may point into itself. */
struct brc__fields {
    struct brc__field *items;
    size_t count;
    size_t capacity;
    struct brc__field few[24];
};

#define brc__auto_fields brc__cleanup(brc__fields_free)

void brc__fields_init(struct brc__fields *fields);

void brc__fields_free(struct brc__fields *fields);

/* Makes room for one more. Returns 0 or BRC_E_NOMEM. */
int brc__fields_grow(struct brc__fields *fields);

/* A new field at the end, numbered, the rest of it zero; NULL without memory. */
static inline struct brc__field *brc__fields_add(struct brc__fields *fields)
{
    if (fields->count == fields->capacity && brc__fields_grow(fields) < 0)
        return NULL;
    struct brc__field *field = &fields->items[fields->count];
    *field = (struct brc__field){.arrival = fields->count++};
    return field;
}

/* Allocates nothing for a short list. */
void brc__fields_sort(struct brc__fields *fields, int (*compare)(const void *, const void *));

#endif
