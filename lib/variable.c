/* SPDX-License-Identifier: MIT */
#include "variable.h"

#include <inttypes.h>
#include <stdio.h>
#include <string.h>
#include <strings.h>

int brc__variable_flag(const char *name, const char *value, bool otherwise, bool *ret_flag,
                       struct brc__error *error)
{
    *ret_flag = otherwise;
    if (value == NULL || *value == '\0')
        return BRC_OK;
    bool is_true = strcasecmp(value, "true") == 0;
    if (!is_true && strcasecmp(value, "false") != 0)
        return brc__error_set(error, BRC_E_INVALID, "%s: must be true or false", name);
    *ret_flag = is_true;
    return BRC_OK;
}

int brc__variable_number(const char *name, const char *value, int64_t least, int64_t most,
                         int64_t otherwise, int64_t *ret_number, struct brc__error *error)
{
    int64_t number = 0;

    *ret_number = otherwise;
    if (value == NULL || *value == '\0')
        return BRC_OK;
    const char *p = value;
    for (; *p >= '0' && *p <= '9' && number <= most; p++)
        number = 10 * number + (*p - '0');
    if (*p != '\0' || number < least || number > most)
        return brc__error_set(error, BRC_E_INVALID,
                              "%s: must be a whole number from %" PRId64 " to %" PRId64, name,
                              least, most);
    *ret_number = number;
    return BRC_OK;
}

/* "a, b or c" */
static void list(char *to, size_t size, const char *const words[])
{
    size_t n = 0;

    for (size_t i = 0; words[i] != NULL && n < size; i++) {
        const char *before = i == 0 ? "" : words[i + 1] == NULL ? " or " : ", ";
        n += (size_t)snprintf(to + n, size - n, "%s%s", before, words[i]);
    }
}

int brc__variable_word(const char *name, const char *value, const char *const words[],
                       size_t *ret_place, struct brc__error *error)
{
    char all[200];

    *ret_place = 0;
    if (value == NULL || *value == '\0')
        return BRC_OK;
    for (size_t i = 0; words[i] != NULL; i++)
        if (strcasecmp(value, words[i]) == 0) {
            *ret_place = i;
            return BRC_OK;
        }
    list(all, sizeof all, words);
    return brc__error_set(error, BRC_E_INVALID, "%s: must be %s", name, all);
}
