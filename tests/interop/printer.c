/* Says what the library reads in shared files, a line of JSON for each file: its entries, or a
 * string that says what is wrong.
 *
 * usage: interop_printer < FILES
 *
 * A file is `config` or `credentials`, a blank, its length, a line feed, and that many bytes of
 * UTF-8. An entry is [KIND, SECTION, KEY, SUB-KEY, VALUE]; a header has no key.
 *
 * SPDX-License-Identifier: MIT
 */
#include <config_file.h>
#include <json_text.h>

#include <err.h>
#include <stdio.h>
#include <string.h>

static void put_string(struct brc__buf *to, const char *text)
{
    if (text == NULL)
        brc__buf_text(to, "null");
    else
        brc__json_quote(to, text, strlen(text));
}

static void put_entry(struct brc__buf *to, const struct brc__config_entry *entry)
{
    static const char *const kinds[] = {"", "profile", "sso-session", "services"};
    const char *const parts[] = {kinds[entry->kind], entry->section, entry->key, entry->sub_key,
                                 entry->value};

    for (size_t i = 0; i < sizeof parts / sizeof parts[0]; i++) {
        brc__buf_text(to, i == 0 ? "[" : ",");
        put_string(to, parts[i]);
    }
    brc__buf_text(to, "]");
}

static void print(enum brc__config_dialect dialect, const char *text, size_t length)
{
    brc__auto_config_file struct brc__config_file *file = NULL;
    brc__auto_buf struct brc__buf line = BRC__BUF(BRC__CEILING_ANSWER);
    const struct brc__config_entry *entry;
    struct brc__error error;

    if (brc__config_file_parse(dialect, "file", text, length, &file, &error) < 0) {
        put_string(&line, error.text);
    } else {
        brc__buf_text(&line, "[");
        for (size_t i = 0; (entry = brc__config_file_entry(file, i)) != NULL; i++) {
            if (i > 0)
                brc__buf_text(&line, ",");
            put_entry(&line, entry);
        }
        brc__buf_text(&line, "]");
    }
    if (line.status < 0)
        errx(1, "%s", brc_strerror(line.status));
    puts(line.data);
}

int main(void)
{
    char dialect[16];
    size_t length;

    while (scanf("%15s %zu", dialect, &length) == 2 && getchar() == '\n') {
        char *text = malloc(length + 1);
        if (text == NULL || fread(text, 1, length, stdin) != length)
            errx(1, "a file ends early");
        print(strcmp(dialect, "config") == 0 ? BRC__CONFIG_DIALECT : BRC__CREDENTIALS_DIALECT, text,
              length);
        free(text);
    }
    return 0;
}
