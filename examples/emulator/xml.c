/* Elements, indented as AWS does it.
 *
 * SPDX-License-Identifier: MIT
 */
#include "xml.h"

static void add_escaped(struct emu_text *out, const char *string)
{
    for (; *string != '\0'; string++) {
        switch (*string) {
        case '<':
            emu_text_puts(out, "&lt;");
            break;
        case '>':
            emu_text_puts(out, "&gt;");
            break;
        case '&':
            emu_text_puts(out, "&amp;");
            break;
        case '"':
            emu_text_puts(out, "&quot;");
            break;
        case '\r':
            emu_text_puts(out, "&#xD;");
            break;
        default:
            emu_text_add(out, string, 1);
        }
    }
}

void emu_xml_add(struct emu_text *out, json_t *object, int depth)
{
    const char *name;
    json_t *value;

    json_object_foreach(object, name, value)
    {
        emu_text_printf(out, "%*s<%s>", 2 * depth, "", name);
        if (json_is_object(value)) {
            emu_text_puts(out, "\n");
            emu_xml_add(out, value, depth + 1);
            emu_text_printf(out, "%*s", 2 * depth, "");
        } else if (json_is_integer(value)) {
            emu_text_printf(out, "%lld", (long long)json_integer_value(value));
        } else {
            add_escaped(out, json_string_value(value));
        }
        emu_text_printf(out, "</%s>\n", name);
    }
}
