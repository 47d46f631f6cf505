/* Elements, indented as AWS does it, and the two documents that they are in.
 *
 * SPDX-License-Identifier: MIT
 */
#include "xml.h"

#include <stdio.h>
#include <string.h>

static void add_object(struct emu_text *out, json_t *object, int depth);

/* XML has no other control characters. */
static bool is_character(char c)
{
    return (unsigned char)c >= ' ' || c == '\t' || c == '\n';
}

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
            emu_text_add(out, is_character(*string) ? string : "?", 1);
        }
    }
}

static void add_scalar(struct emu_text *out, const json_t *value)
{
    if (json_is_integer(value))
        emu_text_printf(out, "%lld", (long long)json_integer_value(value));
    else if (json_is_real(value))
        emu_text_printf(out, "%.17g", json_real_value(value));
    else if (json_is_boolean(value))
        emu_text_puts(out, json_is_true(value) ? "true" : "false");
    else
        add_escaped(out, json_string_value(value));
}

static void add_element(struct emu_text *out, const char *name, json_t *value, int depth)
{
    bool is_map = strcmp(name, "entry") == 0;
    json_t *member;
    size_t i;

    if (json_is_null(value))
        return;
    if (json_is_array(value) && is_map) {
        json_array_foreach(value, i, member)
        {
            add_element(out, name, member, depth);
        }
        return;
    }
    emu_text_printf(out, "%*s<%s>", 2 * depth, "", name);
    if (json_is_object(value) || json_is_array(value)) {
        emu_text_puts(out, "\n");
        add_object(out, value, depth + 1);
        json_array_foreach(value, i, member)
        {
            add_element(out, "member", member, depth + 1);
        }
        emu_text_printf(out, "%*s", 2 * depth, "");
    } else {
        add_scalar(out, value);
    }
    emu_text_printf(out, "</%s>\n", name);
}

/* Nothing, if it is no object. */
static void add_object(struct emu_text *out, json_t *object, int depth)
{
    const char *name;
    json_t *value;

    json_object_foreach(object, name, value)
    {
        add_element(out, name, value, depth);
    }
}

static void answer(struct emu_reply *reply, int status, struct emu_text *xml)
{
    emu_text_free(&reply->body);
    reply->status = status;
    snprintf(reply->content_type, sizeof(reply->content_type), "text/xml");
    reply->body = *xml;
    *xml = (struct emu_text){0};
    if (reply->body.failed)
        emu_reply_out_of_memory(reply);
}

void emu_xml_result(struct emu_reply *reply, const char *xmlns, const char *operation,
                    json_t *result)
{
    emu_auto_text name = {0};
    emu_auto_text xml = {0};
    json_t *document;

    emu_text_printf(&name, "%sResult", operation);
    document = json_pack("{s:o, s:{s:s}}", emu_text_string(&name), result, "ResponseMetadata",
                         "RequestId", reply->request_id);
    xml.failed = document == NULL || name.failed;
    emu_text_printf(&xml, "<%sResponse xmlns=\"%s\">\n", operation, xmlns);
    add_object(&xml, document, 1);
    emu_text_printf(&xml, "</%sResponse>\n", operation);
    answer(reply, 200, &xml);
    json_decref(document);
}

void emu_xml_error(struct emu_reply *reply, const char *xmlns, int status, const char *code,
                   const char *message)
{
    json_t *document =
        json_pack("{s:{s:s, s:s, s:s}, s:s}", "Error", "Type", status < 500 ? "Sender" : "Receiver",
                  "Code", code, "Message", message, "RequestId", reply->request_id);
    emu_auto_text xml = {0};

    xml.failed = document == NULL;
    emu_text_printf(&xml, "<ErrorResponse xmlns=\"%s\">\n", xmlns);
    add_object(&xml, document, 1);
    emu_text_puts(&xml, "</ErrorResponse>\n");
    answer(reply, status, &xml);
    json_decref(document);
}
