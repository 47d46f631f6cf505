/* Filter expressions, evaluated for one line.
 *
 * SPDX-License-Identifier: MIT
 */
#include "cost.h"
#include "lists.h"

#include <string.h>
#include <strings.h>

static bool value_fits(const char *value, const char *wanted, const json_t *options)
{
    size_t len = strlen(value);
    size_t part = strlen(wanted);

    if (emu_has_string(options, "STARTS_WITH"))
        return strncmp(value, wanted, part) == 0;
    if (emu_has_string(options, "ENDS_WITH"))
        return len >= part && strcmp(value + len - part, wanted) == 0;
    if (emu_has_string(options, "CONTAINS"))
        return strstr(value, wanted) != NULL;
    if (emu_has_string(options, "CASE_INSENSITIVE"))
        return strcasecmp(value, wanted) == 0;
    return strcmp(value, wanted) == 0;
}

/* {"Values", "MatchOptions"} of a value that may be absent (NULL). */
static bool leaf_fits(const json_t *leaf, const char *value)
{
    const json_t *options = json_object_get(leaf, "MatchOptions");
    const json_t *values = json_object_get(leaf, "Values");
    const json_t *wanted;
    size_t i;

    if (emu_has_string(options, "ABSENT"))
        return value == NULL;
    if (json_array_size(values) == 0)
        return value != NULL;
    json_array_foreach(values, i, wanted)
    {
        const char *text = json_string_value(wanted);

        if (value != NULL ? value_fits(value, text, options) : text[0] == '\0')
            return true;
    }
    return false;
}

static bool all_fit(const struct emulator *emulator, struct emu_cost_line *line, const json_t *list,
                    bool wanted)
{
    const json_t *one;
    size_t i;

    json_array_foreach(list, i, one)
    {
        if (emu_cost_fits(emulator, line, one) != wanted)
            return false;
    }
    return true;
}

static const char *key_of(const json_t *leaf)
{
    const char *key = json_string_value(json_object_get(leaf, "Key"));

    return key != NULL ? key : "";
}

bool emu_cost_fits(const struct emulator *emulator, struct emu_cost_line *line,
                   const json_t *expression)
{
    const json_t *part;

    if (expression == NULL || json_is_null(expression))
        return true;
    if ((part = json_object_get(expression, "And")) != NULL)
        return all_fit(emulator, line, part, true);
    if ((part = json_object_get(expression, "Or")) != NULL)
        return !all_fit(emulator, line, part, false);
    if ((part = json_object_get(expression, "Not")) != NULL)
        return !emu_cost_fits(emulator, line, part);
    if ((part = json_object_get(expression, "Dimensions")) != NULL)
        return leaf_fits(part, emu_cost_dimension(line, key_of(part)));
    if ((part = json_object_get(expression, "Tags")) != NULL)
        return leaf_fits(part, emu_cost_tag(emulator, line, key_of(part)));
    return leaf_fits(json_object_get(expression, "CostCategories"), NULL);
}
