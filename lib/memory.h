/* Memory: cleanup by attribute, wiping, overflow-checked sizes.
 * SPDX-License-Identifier: MIT */
#ifndef BRC__MEMORY_H
#define BRC__MEMORY_H

#include <stddef.h>
#include <stdlib.h>

/* Runs fn(&variable) when the variable's scope ends, whichever way. */
#define brc__cleanup(fn) __attribute__((cleanup(fn)))

/* char pointer freed at the end of its scope. */
#define brc__auto_free brc__cleanup(brc__free_p)

/* Takes the pointer out of a variable, so that its cleanup finds NULL. */
#define brc__steal(pointer)                                                                        \
    __extension__({                                                                                \
        __typeof__(pointer) stolen_ = (pointer);                                                   \
        (pointer) = NULL;                                                                          \
        stolen_;                                                                                   \
    })

static inline void brc__free_p(char **p)
{
    free(*p);
}

/* Overwrites with zeros in a way no compiler removes. */
void brc__wipe(void *p, size_t n);

/* NUL-terminated copy of n bytes; NULL without memory. */
char *brc__strndup(const char *s, size_t n);

/* Wipes a string up to its NUL, then frees it; NULL is fine. */
void brc__free_secret(char *s);

#endif
