/* Members of an object in the declaration: which there may be, and where a mistake stands.
 * SPDX-License-Identifier: MIT */
#include "declaration.h"

#include <ctype.h>
#include <stdarg.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

enum {
    SHOWN = 60 /* bytes of a name or a value in a message */
};

const char *shorten(char ret_text[CELL], const char *text)
{
    size_t length = strlen(text), kept = length > SHOWN ? SHOWN : length;

    while (kept < length && kept > 0 && ((unsigned char)text[kept] & 0xc0) == 0x80)
        kept--; /* not within a character */
    for (size_t i = 0; i < kept; i++)
        ret_text[i] = iscntrl((unsigned char)text[i]) ? '?' : text[i];
    snprintf(ret_text + kept, CELL - kept, "%s", kept < length ? "..." : "");
    return ret_text;
}

const char *shorten_value(char ret_text[CELL], const json_t *value)
{
    char *text = json_dumps(value, JSON_COMPACT | JSON_ENCODE_ANY);

    shorten(ret_text, text != NULL ? text : "");
    free(text);
    return ret_text;
}

const char *place_of(char ret_place[PLACE], const char *place, const char *name)
{
    char text[CELL];

    snprintf(ret_place, PLACE, "%s%s%s", place, *place != '\0' ? "." : "", shorten(text, name));
    return ret_place;
}

const char *place_in(char ret_place[PLACE], const char *place, size_t index)
{
    snprintf(ret_place, PLACE, "%s[%zu]", place, index);
    return ret_place;
}

/* A text as one line of UTF-8, whatever bytes of the file jansson has quoted in it. */
static json_t *as_line(char *text)
{
    for (char *c = text; *c != '\0'; c++)
        *c = iscntrl((unsigned char)*c) ? '?' : *c;
    json_t *line = json_string(text);
    for (char *c = text; line == NULL && *c != '\0'; c++)
        *c = (unsigned char)*c < 0x80 ? *c : '?';
    return line != NULL ? line : json_string(text);
}

__attribute__((format(printf, 4, 0))) static void note(struct remarks *remarks, json_t *list,
                                                       const char *place, const char *format,
                                                       va_list arguments)
{
    char text[2048];

    vsnprintf(text, sizeof text, format, arguments);
    json_t *remark = json_pack("{ss so}", "place", place, "message", as_line(text));
    if (json_array_append_new(list, remark) < 0)
        remarks->failed = true;
}

void mistake(struct remarks *remarks, const char *place, const char *format, ...)
{
    va_list arguments;

    va_start(arguments, format);
    note(remarks, remarks->mistakes, place, format, arguments);
    va_end(arguments);
}

void warn(struct remarks *remarks, const char *place, const char *format, ...)
{
    va_list arguments;

    va_start(arguments, format);
    note(remarks, remarks->warnings, place, format, arguments);
    va_end(arguments);
}

static bool has_type(const json_t *value, const struct member *member)
{
    switch (member->type) {
    case TEXT:
        return json_is_string(value);
    case FLAG:
        return json_is_boolean(value);
    case COUNT:
        return json_is_integer(value);
    case OBJECT:
        return json_is_object(value);
    case LIST:
        return json_is_array(value);
    }
    return false;
}

static const struct member *find_member(const struct member *members, const char *name)
{
    while (members->name != NULL && strcmp(members->name, name) != 0)
        members++;
    return members->name != NULL ? members : NULL;
}

static void note_unknown(struct remarks *remarks, const char *place, const struct member *members)
{
    char names[1024] = "";

    for (; members->name != NULL; members++) {
        size_t length = strlen(names);
        snprintf(names + length, sizeof names - length, "%s%s", length > 0 ? ", " : "",
                 members->name);
    }
    mistake(remarks, place, "there is no such member; what can stand here: %s", names);
}

void check_members(struct remarks *remarks, const char *place, json_t *object,
                   const struct member *members)
{
    char inner[PLACE], text[CELL];
    const char *name;
    json_t *value;

    json_object_foreach(object, name, value)
    {
        const struct member *member = find_member(members, name);
        place_of(inner, place, name);
        if (member == NULL)
            note_unknown(remarks, inner, members);
        else if (!has_type(value, member))
            mistake(remarks, inner, "takes %s, and not %s", member->takes,
                    shorten_value(text, value));
    }
    for (; members->name != NULL; members++) {
        if (members->required && json_object_get(object, members->name) == NULL)
            mistake(remarks, place_of(inner, place, members->name), "is missing; it takes %s",
                    members->takes);
    }
}

bool is_name(const char *text)
{
    const char *c = text;

    for (; isalnum((unsigned char)*c) || (*c != '\0' && strchr(" _-", *c) != NULL); c++) {
        if (!isalnum((unsigned char)*c) && (c == text || !isalnum((unsigned char)c[1])))
            return false;
    }
    return *c == '\0' && c > text;
}
