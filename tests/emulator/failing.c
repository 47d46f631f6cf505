/* SPDX-License-Identifier: MIT */
#include "failing.h"

#include <check.h>
#include <jansson.h>
#include <stdio.h>
#include <stdlib.h>

void *__real_malloc(size_t size);
void *__real_calloc(size_t n, size_t size);
void *__real_realloc(void *old, size_t size);

long fail_at;
long allocations;
bool armed;

static bool fails(void)
{
    return armed && ++allocations == fail_at;
}

void *__wrap_malloc(size_t size)
{
    return fails() ? NULL : __real_malloc(size);
}

void *__wrap_calloc(size_t n, size_t size)
{
    return fails() ? NULL : __real_calloc(n, size);
}

void *__wrap_realloc(void *old, size_t size)
{
    return fails() ? NULL : __real_realloc(old, size);
}

void fail_each_allocation(bool (*run)(void *state), void *state, long least)
{
    long n = 0;
    bool good;

    json_object_seed(1); /* the same allocations in every run */
    json_set_alloc_funcs(__wrap_malloc, free);
    fail_at = 0;
    ck_assert_msg(run(state), "with nothing failing");
    do {
        fail_at = ++n;
        allocations = 0;
        good = run(state);
    } while (allocations >= fail_at);
    fail_at = 0;
    json_set_alloc_funcs(malloc, free);
    ck_assert(good);
    ck_assert_int_gt(n, least);
    printf("# %ld allocations failed, one after the other\n", n - 1);
}
