/* SPDX-License-Identifier: MIT */
#include "heap.h"

#include <errno.h>
#include <stdatomic.h>
#include <stdint.h>
#include <stdlib.h>
#include <string.h>

void *__libc_malloc(size_t size);
void *__libc_calloc(size_t count, size_t size);
void *__libc_realloc(void *p, size_t size);
void __libc_free(void *p);

extern const char __executable_start, etext;

enum {
    NEEDLES_MAX = 8
};

/* Stands in front of every block. */
struct mark {
    _Alignas(max_align_t) size_t size;
    int ours;
};

static _Thread_local long fail_in, tried, live; /* fail_in 0: not armed */
static _Thread_local int all_later;
static const char *needles[NEEDLES_MAX + 1];
static atomic_long found[2]; /* in blocks of others, in ours */

void heap_fail(long n, int and_all_later)
{
    fail_in = n;
    all_later = and_all_later;
    tried = 0;
}

long heap_tried(void)
{
    return tried;
}

long heap_live(void)
{
    return live;
}

void heap_watch(const char *const list[])
{
    size_t n = 0;

    for (; list[n] != NULL && n < NEEDLES_MAX; n++)
        needles[n] = list[n];
    needles[n] = NULL;
    atomic_store(&found[0], 0);
    atomic_store(&found[1], 0);
}

long heap_found(int in_ours)
{
    return atomic_load(&found[in_ours != 0]);
}

static int fails(size_t size)
{
    tried++;
    if (size <= PTRDIFF_MAX - sizeof(struct mark)) {
        if (fail_in == 0 || --fail_in > 0)
            return 0;
        if (all_later)
            fail_in = 1;
    }
    errno = ENOMEM;
    return 1;
}

static void *begin(struct mark *block, size_t size, const void *caller)
{
    if (block == NULL)
        return NULL;
    block->size = size;
    block->ours = (const char *)caller >= &__executable_start && (const char *)caller < &etext;
    live += block->ours;
    return block + 1;
}

/* Wiped when it was searched: or it would be found again in the next block of this memory, which
 * may be somebody else's. */
static void search(struct mark *block)
{
    if (needles[0] == NULL)
        return;
    for (size_t i = 0; needles[i] != NULL; i++)
        if (memmem(block + 1, block->size, needles[i], strlen(needles[i])) != NULL)
            atomic_fetch_add(&found[block->ours], 1);
    explicit_bzero(block + 1, block->size);
}

void *malloc(size_t size)
{
    if (fails(size))
        return NULL;
    return begin(__libc_malloc(size + sizeof(struct mark)), size, __builtin_return_address(0));
}

void *calloc(size_t count, size_t size)
{
    size_t total = size > 0 && count > PTRDIFF_MAX / size ? SIZE_MAX : count * size;

    if (fails(total))
        return NULL;
    return begin(__libc_calloc(1, total + sizeof(struct mark)), total, __builtin_return_address(0));
}

/* Always moves, so that the old bytes are seen as freed ones. */
void *realloc(void *p, size_t size)
{
    if (fails(size))
        return NULL;
    void *moved =
        begin(__libc_malloc(size + sizeof(struct mark)), size, __builtin_return_address(0));
    if (p != NULL && moved != NULL) {
        const struct mark *old = (const struct mark *)p - 1;
        memcpy(moved, p, old->size < size ? old->size : size);
        free(p);
    }
    return moved;
}

void free(void *p)
{
    if (p == NULL)
        return;
    struct mark *block = (struct mark *)p - 1;
    search(block);
    live -= block->ours;
    __libc_free(block);
}
