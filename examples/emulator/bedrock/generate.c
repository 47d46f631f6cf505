/* Text and tool inputs from a seeded generator.
 *
 * SPDX-License-Identifier: MIT
 */
#include "generate.h"
#include "prompt.h"

#include <string.h>

static const char *const WORDS[] = {
    "account", "budget",   "café",    "déjà",   "every",  "façade",      "gauge", "history",
    "invoice", "jalapeño", "känguru", "ledger", "market", "naïve",       "of",    "profile",
    "quota",   "résumé",   "smörgås", "token",  "über",   "values",      "with",  "xenon",
    "year",    "zero",     "東京",    "請求書", "한국어", "счёт",        "λόγος", "مرحبا",
    "नमस्ते",    "✓",        "€",       "🧾",   "🚀",      "👩‍💻", "the",   "and",
    "is",      "a",        "to",      "in",     "for",
};

#define N_WORDS (sizeof(WORDS) / sizeof(WORDS[0]))

static const char *random_word(struct emu_random *random)
{
    return WORDS[emu_random_below(random, N_WORDS)];
}

/* Back to the start of a character. */
static size_t character_start(const struct emu_text *text, size_t at)
{
    while (at > 0 && ((unsigned char)text->data[at] & 0xC0) == 0x80)
        at--;
    return at;
}

void emu_generate_text(struct emu_text *out, struct emu_random *random, int64_t tokens)
{
    size_t start = out->len;
    size_t len = (size_t)tokens * EMU_BYTES_PER_TOKEN;

    while (out->len - start < len && !out->failed)
        emu_text_printf(out, "%s%s", random_word(random),
                        emu_random_below(random, 12) == 0 ? ".\n" : " ");
    if (out->len - start > len)
        emu_text_truncate(out, character_start(out, start + len));
}

static json_t *generate_value(struct emu_random *random, const json_t *schema)
{
    const char *type = json_string_value(json_object_get(schema, "type"));
    const json_t *values = json_object_get(schema, "enum");

    if (json_array_size(values) > 0)
        return json_deep_copy(
            json_array_get(values, emu_random_below(random, json_array_size(values))));
    if (type == NULL || strcmp(type, "string") == 0)
        return json_string(random_word(random));
    if (strcmp(type, "integer") == 0)
        return json_integer((json_int_t)emu_random_below(random, 1000));
    if (strcmp(type, "number") == 0)
        return json_real((double)emu_random_below(random, 1000) / 8);
    if (strcmp(type, "boolean") == 0)
        return json_boolean(emu_random_below(random, 2));
    if (strcmp(type, "array") == 0)
        return json_array();
    return strcmp(type, "object") == 0 ? json_object() : json_null();
}

json_t *emu_generate_input(struct emu_random *random, const json_t *schema)
{
    json_t *input = json_object();
    const char *name;
    json_t *property;

    json_object_foreach(json_object_get(schema, "properties"), name, property)
    {
        if (json_object_set_new(input, name, generate_value(random, property)) < 0) {
            json_decref(input);
            return NULL;
        }
    }
    return input;
}
