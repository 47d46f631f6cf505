/* Any bytes as a shared file, in both dialects: every entry is text without what its place
 * excludes, look-ups find the last one, and no error shows a byte of the file.
 * SPDX-License-Identifier: MIT */
#include <config_file.h>

#include <string.h>

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size);

static void must(bool truth)
{
    if (!truth)
        abort();
}

static void check_name(const char *text, const char *without)
{
    must(*text != '\0' && strpbrk(text, without) == NULL);
}

static void check_entry(const struct brc__config_file *file, const struct brc__config_entry *entry)
{
    must(entry->section != NULL && entry->value != NULL);
    if (entry->kind == BRC__CONFIG_OTHER)
        return;
    check_name(entry->section, "\n");
    must(brc__config_file_has(file, entry->kind, entry->section));
    if (entry->key == NULL) {
        must(entry->sub_key == NULL && *entry->value == '\0');
        return;
    }
    check_name(entry->key, "=\nABCDEFGHIJKLMNOPQRSTUVWXYZ");
    if (entry->sub_key != NULL)
        check_name(entry->sub_key, "=\nABCDEFGHIJKLMNOPQRSTUVWXYZ");
    if (*entry->value != '\0')
        must(brc__config_file_get(file, entry->kind, entry->section, entry->key, entry->sub_key) !=
             NULL);
}

static void check(enum brc__config_dialect dialect, const uint8_t *data, size_t size)
{
    struct brc__error error = {0};
    brc__auto_config_file struct brc__config_file *file = NULL;
    const struct brc__config_entry *entry;

    int rc = brc__config_file_parse(dialect, "f", (const char *)data, size, &file, &error);
    must((rc == 0) == (file != NULL));
    must(rc == 0 || strncmp(error.text, "f, line ", 8) == 0);
    for (size_t i = 0; i < 1000 && (entry = brc__config_file_entry(file, i)) != NULL; i++)
        check_entry(file, entry);
}

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
    if (size > 100000)
        return 0;
    check(BRC__CONFIG_DIALECT, data, size);
    check(BRC__CREDENTIALS_DIALECT, data, size);
    return 0;
}
