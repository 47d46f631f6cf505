/* JSON as YAML: blocks, every text in double quotes, so that nothing is taken for a number, a date
 * or `no`. SPDX-License-Identifier: MIT */
#include "cfn.h"

#include <ctype.h>
#include <stdio.h>
#include <string.h>

static void print_value(json_t *value, int depth, bool in_list);

/* In double quotes YAML takes the escapes of JSON. */
static void print_scalar(const json_t *value)
{
    json_dumpf(value, stdout, JSON_ENCODE_ANY | JSON_ENSURE_ASCII);
    putchar('\n');
}

static void print_key(const char *key)
{
    const char *c = key;

    while (isalnum((unsigned char)*c) || (*c == ':' && c[1] != '\0'))
        c++;
    if (*c == '\0' && isalpha((unsigned char)*key)) {
        fputs(key, stdout);
    } else {
        json_t *text = json_string(key);
        json_dumpf(text, stdout, JSON_ENCODE_ANY | JSON_ENSURE_ASCII);
        json_decref(text);
    }
    putchar(':');
}

static void print_object(json_t *object, int depth, bool in_list)
{
    const char *key;
    json_t *value;

    json_object_foreach(object, key, value)
    {
        printf("%*s", in_list ? 0 : depth, "");
        in_list = false;
        print_key(key);
        print_value(value, depth, false);
    }
}

static void print_list(json_t *list, int depth)
{
    json_t *value;
    size_t i;

    json_array_foreach(list, i, value)
    {
        printf("%*s- ", depth, "");
        print_value(value, depth, true);
    }
}

/* What stands behind "key:" or "- ", and the lines below it. */
static void print_value(json_t *value, int depth, bool in_list)
{
    bool is_empty = json_object_size(value) + json_array_size(value) == 0;

    if (json_is_object(value) && !is_empty) {
        fputs(in_list ? "" : "\n", stdout);
        print_object(value, depth + 2, in_list);
    } else if (json_is_array(value) && !is_empty) {
        putchar('\n');
        print_list(value, depth + 2);
    } else {
        fputs(in_list ? "" : " ", stdout);
        print_scalar(value);
    }
}

void print_yaml(json_t *value)
{
    print_object(value, 0, false);
}
