/* Patterns of policies: plain ones, and those of ARNs.
 *
 * SPDX-License-Identifier: MIT
 */
#include "policy_parts.h"
#include "text.h"

#include <string.h>
#include <strings.h>

#define N_ARN_PARTS 6

static bool same(char a, char b, bool ignore_case)
{
    return ignore_case ? strncasecmp(&a, &b, 1) == 0 : a == b;
}

/* Goes back to the last star only: an earlier one could not do better. */
bool emu_pattern_matches(struct emu_slice pattern, struct emu_slice text, bool ignore_case)
{
    size_t p = 0;
    size_t t = 0;
    size_t star = pattern.len; /* none yet */
    size_t resume = 0;

    while (t < text.len) {
        if (p < pattern.len && pattern.s[p] == '*') {
            star = p++;
            resume = t;
        } else if (p < pattern.len &&
                   (pattern.s[p] == '?' || same(pattern.s[p], text.s[t], ignore_case))) {
            p++;
            t++;
        } else if (star < pattern.len) {
            p = star + 1;
            t = ++resume;
        } else {
            return false;
        }
    }
    while (p < pattern.len && pattern.s[p] == '*')
        p++;
    return p == pattern.len;
}

/* Cuts an ARN into its parts, of which the last may contain the separator. How many there are. */
static size_t cut_arn(struct emu_slice arn, struct emu_slice parts[N_ARN_PARTS])
{
    size_t n = 0;

    while (n < N_ARN_PARTS - 1 && memchr(arn.s, ':', arn.len) != NULL)
        parts[n++] = emu_slice_cut(&arn, ':');
    parts[n++] = arn;
    return n;
}

/* What stands in front of the separator is the type, and has to be written out. */
static bool has_type_pattern(struct emu_slice resource)
{
    for (size_t i = 0; i < resource.len; i++) {
        if (resource.s[i] == '/' || resource.s[i] == ':')
            return memchr(resource.s, '*', i) != NULL || memchr(resource.s, '?', i) != NULL;
    }
    return false;
}

bool emu_arn_like(struct emu_slice pattern, struct emu_slice arn)
{
    struct emu_slice wanted[N_ARN_PARTS];
    struct emu_slice parts[N_ARN_PARTS];
    size_t n = cut_arn(pattern, wanted);

    if (cut_arn(arn, parts) < N_ARN_PARTS)
        return false;
    for (size_t i = 0; i < n; i++)
        if (!emu_pattern_matches(wanted[i], parts[i], false))
            return false;
    return n == N_ARN_PARTS;
}

bool emu_resource_matches(struct emu_slice pattern, struct emu_slice arn)
{
    struct emu_slice wanted[N_ARN_PARTS];
    emu_auto_text full = {0};
    size_t n = cut_arn(pattern, wanted);

    if (emu_slice_is(pattern, "*"))
        return true;
    if (n == N_ARN_PARTS)
        return !has_type_pattern(wanted[N_ARN_PARTS - 1]) && emu_arn_like(pattern, arn);
    emu_text_add(&full, pattern.s, pattern.len);
    for (; n < N_ARN_PARTS; n++)
        emu_text_puts(&full, ":*");
    return !full.failed && emu_arn_like(emu_slice_of(full.data), arn);
}

size_t emu_values_count(const json_t *value)
{
    return json_is_array(value) ? json_array_size(value) : value != NULL;
}

const json_t *emu_values_get(const json_t *value, size_t index)
{
    return json_is_array(value) ? json_array_get(value, index) : value;
}
