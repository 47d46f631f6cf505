/* AWS's own readers of these files differ from one another. What they agree on holds here too;
 * where they do not:
 *
 * - A line that is neither header, `key = value`, comment nor continuation is an error, as for the
 *   command line tool. JavaScript skips it: a header with a forgotten bracket then gives its keys
 * to the profile above it.
 * - A section or key that comes twice is merged, and the last one counts, as in JavaScript. The
 *   command line tool refuses such a file.
 * - ` #` and ` ;` begin a comment after a value too, as in JavaScript.
 * - A line belongs to a block, or goes on with a value, if it is indented deeper than the key's own
 *   line, as for the command line tool. But what looks like `key = value` after a value is a key of
 *   its own, as in JavaScript.
 * - `key: value` is as good, as for the command line tool, but not in a block.
 * - Names of sections may be quoted and hold blanks, as for the command line tool.
 * - Keys are compared without case, as for the command line tool.
 *
 * SPDX-License-Identifier: MIT */
#include "config_file.h"

#include <stdbool.h>
#include <string.h>

/* The name of [default] in the config file; told from [profile default] by its address. */
static const char bare_default[] = "default";

struct brc__config_file {
    char *text; /* a copy, cut up in place */
    size_t text_size;
    struct brc__config_entry *entries;
    size_t count;
    size_t capacity;
};

struct reader {
    struct brc__config_file *file;
    enum brc__config_dialect dialect;
    const char *path;
    struct brc__error *error;
    int line;
    bool in_section;
    enum brc__config_kind kind;
    const char *section;
    const char *key; /* the last one at the level of the section; NULL behind a header */
    size_t indent;   /* of that key's line */
    char *value_end; /* of that key's value, which may go on; NULL: the key begins a block */
};

static bool is_blank(char c)
{
    return c == ' ' || (c >= '\t' && c <= '\r' && c != '\n');
}

static int refuse(const struct reader *r, const char *what)
{
    char path[300];

    brc__error_text(path, sizeof path, r->path, strlen(r->path));
    return brc__error_set(r->error, BRC_E_INVALID, "%s, line %d: %s", path, r->line, what);
}

static int no_memory(struct brc__error *error)
{
    return brc__error_set(error, BRC_E_NOMEM, "%s", brc_strerror(BRC_E_NOMEM));
}

static int add(struct reader *r, const char *key, const char *sub_key, const char *value)
{
    struct brc__config_file *file = r->file;

    if (r->kind == BRC__CONFIG_OTHER)
        return BRC_OK;
    if (file->count == file->capacity) {
        size_t capacity = file->capacity == 0 ? 32 : 2 * file->capacity;
        struct brc__config_entry *entries =
            realloc(file->entries, capacity * sizeof *file->entries);
        if (entries == NULL)
            return no_memory(r->error);
        file->entries = entries;
        file->capacity = capacity;
    }
    file->entries[file->count++] = (struct brc__config_entry){
        .kind = r->kind, .section = r->section, .key = key, .sub_key = sub_key, .value = value};
    return BRC_OK;
}

/* Cuts the blanks off both ends of a text that ends at `end`, where a NUL is put. */
static char *trim(char *start, char *end)
{
    while (start < end && is_blank(*start))
        start++;
    while (end > start && is_blank(end[-1]))
        end--;
    *end = '\0';
    return start;
}

static char *lower(char *text)
{
    for (char *p = text; *p != '\0'; p++)
        if (*p >= 'A' && *p <= 'Z')
            *p = (char)(*p - 'A' + 'a');
    return text;
}

/* ---- headers */

/* Takes one word off the front, in place: up to a blank that is not within quotes, which are left
 * out. NULL if there is none or if a quote is not closed. */
static char *take_word(char **at)
{
    char *from = *at, quote = '\0';

    while (is_blank(*from))
        from++;
    char *word = from, *to = from;
    for (; *from != '\0' && (quote != '\0' || !is_blank(*from)); from++) {
        if (quote == '\0' && (*from == '"' || *from == '\''))
            quote = *from;
        else if (quote != '\0' && *from == quote)
            quote = '\0';
        else
            *to++ = *from;
    }
    *at = *from != '\0' ? from + 1 : from;
    *to = '\0';
    return to > word && quote == '\0' ? word : NULL;
}

/* A header of the config file: `default`, or a kind and one name. Any other is of no use here. */
static void open_named(struct reader *r, char *header)
{
    static const struct {
        const char *word;
        enum brc__config_kind kind;
    } kinds[] = {
        {"profile", BRC__CONFIG_PROFILE},
        {"sso-session", BRC__CONFIG_SSO_SESSION},
        {"services", BRC__CONFIG_SERVICES},
    };

    if (strcmp(header, bare_default) == 0) {
        r->kind = BRC__CONFIG_PROFILE;
        r->section = bare_default;
        return;
    }
    const char *word = take_word(&header);
    const char *name = word != NULL ? take_word(&header) : NULL;
    while (is_blank(*header))
        header++;
    if (name == NULL || *header != '\0')
        return;
    for (size_t i = 0; i < sizeof kinds / sizeof kinds[0]; i++) {
        if (strcmp(word, kinds[i].word) == 0) {
            r->kind = kinds[i].kind;
            r->section = name;
        }
    }
}

static int read_header(struct reader *r, char *line)
{
    char *close = strrchr(line, ']');
    const char *behind = close;

    if (close == NULL)
        return refuse(r, "the header of a section has no closing bracket");
    do
        behind++;
    while (is_blank(*behind));
    if (*behind != '\0' && *behind != '#' && *behind != ';')
        return refuse(r, "something stands behind the header of a section");
    char *header = trim(line + 1, close);
    if (*header == '\0')
        return refuse(r, "the header of a section names nothing");
    r->in_section = true;
    r->key = NULL;
    r->kind = BRC__CONFIG_OTHER;
    if (r->dialect == BRC__CONFIG_DIALECT) {
        open_named(r, header);
    } else {
        r->kind = BRC__CONFIG_PROFILE;
        r->section = header;
    }
    return add(r, NULL, NULL, "");
}

/* [default] gives way to [profile default], wherever that stands. */
static void hide_bare_default(struct brc__config_file *file)
{
    bool hidden = false;

    for (size_t i = 0; i < file->count; i++) {
        const struct brc__config_entry *entry = &file->entries[i];
        hidden = hidden || (entry->kind == BRC__CONFIG_PROFILE && entry->section != bare_default &&
                            strcmp(entry->section, bare_default) == 0);
    }
    for (size_t i = 0; i < file->count; i++)
        if (hidden && file->entries[i].section == bare_default)
            file->entries[i].kind = BRC__CONFIG_OTHER;
}

/* ---- lines */

/* Where a comment begins: a # or ; at the start of the line or behind a blank. Else the end. */
static char *comment_of(char *line, char *end)
{
    for (char *p = line; p < end; p++)
        if ((*p == '#' || *p == ';') && (p == line || is_blank(p[-1])))
            return p;
    return end;
}

/* Whether a line with this `=` sets a key, and is not the next line of a value such as
 * `--option=x`. */
static bool names_key(const char *line, const char *equals)
{
    const char *p = line;

    while (p < equals && ((*p >= 'a' && *p <= 'z') || (*p >= 'A' && *p <= 'Z') || *p == '_' ||
                          (p > line && ((*p >= '0' && *p <= '9') || *p == '-'))))
        p++;
    const char *name_end = p;
    while (p < equals && is_blank(*p))
        p++;
    return name_end > line && p == equals;
}

/* What splits a line into key and value: the first `=`, or a colon right behind a name. */
static char *splitter_of(char *line, size_t length, char *equals)
{
    char *colon = memchr(line, ':', equals != NULL ? (size_t)(equals - line) : length);

    return colon != NULL && names_key(line, colon) ? colon : equals;
}

/* The line moves to the end of the value, behind a line feed. The two do not overlap: what ended
 * the line of the value stands between them. */
static void go_on(struct reader *r, const char *line, size_t length)
{
    *r->value_end++ = '\n';
    memmove(r->value_end, line, length + 1);
    r->value_end += length;
}

static int read_key(struct reader *r, char *line, char *equals, char *end, size_t indent,
                    bool in_block)
{
    const char *key = lower(trim(line, equals));
    char *value = trim(equals + 1, end);

    if (in_block)
        return add(r, r->key, key, value);
    r->key = key;
    r->indent = indent;
    r->value_end = *value != '\0' ? value + strlen(value) : NULL;
    return add(r, key, NULL, value);
}

/* One line from `start` to `end`, where its line feed or the end of the text is. */
static int read_line(struct reader *r, char *start, char *end)
{
    if (memchr(start, '\0', (size_t)(end - start)) != NULL)
        return refuse(r, "holds a NUL");
    end = comment_of(start, end);
    char *line = trim(start, end);
    if (*line == '\0')
        return BRC_OK;
    if (*line == '[')
        return read_header(r, line);
    if (!r->in_section)
        return refuse(r, "comes before the first [section]");

    size_t indent = (size_t)(line - start), length = strlen(line);
    char *equals = memchr(line, '=', length);
    bool is_deeper = r->key != NULL && indent > r->indent;
    if (is_deeper && r->value_end != NULL && (equals == NULL || !names_key(line, equals))) {
        go_on(r, line, length);
        return BRC_OK;
    }
    bool in_block = is_deeper && r->value_end == NULL;
    if (!in_block)
        equals = splitter_of(line, length, equals);
    if (equals == NULL || equals == line)
        return refuse(r, "is neither a [section], nor key = value, nor a comment");
    return read_key(r, line, equals, line + length, indent, in_block);
}

static int read_text(struct reader *r, char *at, char *end)
{
    static const char byte_order_mark[] = "\xef\xbb\xbf";

    if (end - at >= 3 && memcmp(at, byte_order_mark, 3) == 0)
        at += 3;
    while (at < end) {
        char *line_end = memchr(at, '\n', (size_t)(end - at));
        if (line_end == NULL)
            line_end = end;
        r->line++;
        int rc = read_line(r, at, line_end);
        if (rc < 0)
            return rc;
        at = line_end + 1;
    }
    return BRC_OK;
}

/* ---- the file */

struct brc__config_file *brc__config_file_free(struct brc__config_file *file)
{
    if (file == NULL)
        return NULL;
    brc__wipe(file->text, file->text_size);
    free(file->text);
    free(file->entries);
    free(file);
    return NULL;
}

static struct brc__config_file *file_new(const char *text, size_t length)
{
    brc__auto_config_file struct brc__config_file *file = calloc(1, sizeof *file);

    if (file == NULL)
        return NULL;
    file->text = brc__strndup(text, length);
    if (file->text == NULL)
        return NULL;
    file->text_size = length + 1;
    return brc__steal(file);
}

int brc__config_file_parse(enum brc__config_dialect dialect, const char *path, const char *text,
                           size_t length, struct brc__config_file **ret_file,
                           struct brc__error *error)
{
    struct reader r = {.dialect = dialect, .path = path, .error = error};
    char name[300];

    *ret_file = NULL;
    if (length > BRC__CONFIG_FILE_MAX) {
        brc__error_text(name, sizeof name, path, strlen(path));
        return brc__error_set(error, BRC_E_TOO_LARGE, "%s: is larger than %d bytes", name,
                              BRC__CONFIG_FILE_MAX);
    }
    brc__auto_config_file struct brc__config_file *file = file_new(text, length);
    if (file == NULL)
        return no_memory(error);
    r.file = file;
    int rc = read_text(&r, file->text, file->text + length);
    if (rc < 0)
        return rc;
    hide_bare_default(file);
    *ret_file = brc__steal(file);
    return BRC_OK;
}

const struct brc__config_entry *brc__config_file_entry(const struct brc__config_file *file,
                                                       size_t n)
{
    return file != NULL && n < file->count ? &file->entries[n] : NULL;
}

static bool is_in(const struct brc__config_entry *entry, enum brc__config_kind kind,
                  const char *section)
{
    return entry->kind == kind && strcmp(entry->section, section) == 0;
}

bool brc__config_file_has(const struct brc__config_file *file, enum brc__config_kind kind,
                          const char *section)
{
    for (size_t i = 0; file != NULL && i < file->count; i++)
        if (is_in(&file->entries[i], kind, section))
            return true;
    return false;
}

const char *brc__config_file_get(const struct brc__config_file *file, enum brc__config_kind kind,
                                 const char *section, const char *key, const char *sub_key)
{
    for (size_t i = file != NULL ? file->count : 0; i > 0; i--) {
        const struct brc__config_entry *entry = &file->entries[i - 1];
        if (*entry->value == '\0' || (entry->sub_key == NULL) != (sub_key == NULL) ||
            !is_in(entry, kind, section) || strcmp(entry->key, key) != 0)
            continue;
        if (sub_key == NULL || strcmp(entry->sub_key, sub_key) == 0)
            return entry->value;
    }
    return NULL;
}
