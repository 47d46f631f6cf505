/* The text of AWS's shared files: every quirk of their grammar, what is refused, ceilings.
 * SPDX-License-Identifier: MIT */
#include "run.h"

#include <config_file.h>

#include <stdio.h>
#include <string.h>

#define CONFIG      BRC__CONFIG_DIALECT
#define CREDENTIALS BRC__CREDENTIALS_DIALECT

/* Every entry as "kind:section:key.sub_key=value", joined by '|'; headers without key. */
static void list(const struct brc__config_file *file, char *to, size_t size)
{
    static const char *const kinds[] = {"hidden", "profile", "sso", "services"};
    const struct brc__config_entry *entry;
    size_t n = 0;

    *to = '\0';
    for (size_t i = 0; (entry = brc__config_file_entry(file, i)) != NULL; i++)
        n += (size_t)snprintf(to + n, size - n, "%s%s:%s%s%s%s%s%s%s", i > 0 ? "|" : "",
                              kinds[entry->kind], entry->section, entry->key ? ":" : "",
                              entry->key ? entry->key : "", entry->sub_key ? "." : "",
                              entry->sub_key ? entry->sub_key : "", entry->key ? "=" : "",
                              entry->value);
}

static const struct {
    enum brc__config_dialect dialect;
    const char *text, *entries;
} texts[] = {
    {CONFIG, "", ""},
    {CONFIG, "\n\n \t\n", ""},
    {CONFIG, "# nothing\n; at all\n   # here\n", ""},
    {CONFIG, "[default]", "profile:default"},
    {CONFIG, "[default]\nregion = eu-west-1\n", "profile:default|profile:default:region=eu-west-1"},
    {CONFIG, "[default]\r\nregion=x\r\n", "profile:default|profile:default:region=x"},
    {CONFIG, "[default]\nregion=x", "profile:default|profile:default:region=x"},
    {CONFIG, "\xef\xbb\xbf[default]\na=b", "profile:default|profile:default:a=b"},
    {CONFIG, "  [ default ]  \na=b", "profile:default|profile:default:a=b"},
    /* headers */
    {CONFIG, "[profile a]", "profile:a"},
    {CONFIG, "[profile\ta]", "profile:a"},
    {CONFIG, "[ profile   a ]", "profile:a"},
    {CONFIG, "[profile \"a\"]", "profile:a"},
    {CONFIG, "[profile 'a']", "profile:a"},
    {CONFIG, "[profile \"a b\"]", "profile:a b"},
    {CONFIG, "[profile a\" \"b]", "profile:a b"},
    {CONFIG, "[profile \"it's\"]", "profile:it's"},
    {CONFIG, "[profile a]b]", "profile:a]b"},
    {CONFIG, "[profile \xc3\xa9]", "profile:\xc3\xa9"},
    {CONFIG, "[profile default]", "profile:default"},
    {CONFIG, "[sso-session s]\nsso_region=x", "sso:s|sso:s:sso_region=x"},
    {CONFIG, "[services s]", "services:s"},
    {CONFIG, "[default] # comment", "profile:default"},
    {CONFIG, "[default];comment", "profile:default"},
    {CONFIG, "[default] # [other]", "profile:default"},
    {CONFIG, "[profile a b]\nx=y", ""},
    {CONFIG, "[profile]\nx=y", ""},
    {CONFIG, "[profile \"\"]\nx=y", ""},
    {CONFIG, "[profile it's]\nx=y", ""},
    {CONFIG, "[profilea]\nx=y", ""},
    {CONFIG, "[Default]\nx=y", ""},
    {CONFIG, "[Profile a]\nx=y", ""},
    {CONFIG, "[a]\nx=y\n[default]\nz=1", "profile:default|profile:default:z=1"},
    {CREDENTIALS, "[a]\nx=y", "profile:a|profile:a:x=y"},
    {CREDENTIALS, "[ a b ]", "profile:a b"},
    {CREDENTIALS, "[profile a]", "profile:profile a"},
    {CREDENTIALS, "[\"a\"]", "profile:\"a\""},
    {CREDENTIALS, "[default]", "profile:default"},
    {CREDENTIALS, "[sso-session s]", "profile:sso-session s"},
    /* the two defaults */
    {CONFIG, "[default]\na=1\n[profile default]\nb=2",
     "hidden:default|hidden:default:a=1|profile:default|profile:default:b=2"},
    {CONFIG, "[profile default]\nb=2\n[default]\na=1",
     "profile:default|profile:default:b=2|hidden:default|hidden:default:a=1"},
    /* keys and values */
    {CONFIG, "[default]\nA_Key=Value", "profile:default|profile:default:a_key=Value"},
    {CONFIG, "[default]\na=b=c", "profile:default|profile:default:a=b=c"},
    {CONFIG, "[default]\n\ta \t= \t b c \t ", "profile:default|profile:default:a=b c"},
    {CONFIG, "[default]\na=\"b\"", "profile:default|profile:default:a=\"b\""},
    {CONFIG, "[default]\na=b;c", "profile:default|profile:default:a=b;c"},
    {CONFIG, "[default]\na=b#c", "profile:default|profile:default:a=b#c"},
    {CONFIG, "[default]\na=b ;c", "profile:default|profile:default:a=b"},
    {CONFIG, "[default]\na=b\t#c", "profile:default|profile:default:a=b"},
    {CONFIG, "[default]\na=#c", "profile:default|profile:default:a=#c"},
    {CONFIG, "[default]\na= #c", "profile:default|profile:default:a="},
    {CONFIG, "[default]\na=1\na=2", "profile:default|profile:default:a=1|profile:default:a=2"},
    {CONFIG, "[default]\n  a=1\n  b=2", "profile:default|profile:default:a=1|profile:default:b=2"},
    {CONFIG, "[default]\na=1\n  b=2", "profile:default|profile:default:a=1|profile:default:b=2"},
    {CONFIG, "[default]\nA : b=c", "profile:default|profile:default:a=b=c"},
    {CONFIG, "[default]\na:", "profile:default|profile:default:a="},
    {CONFIG, "[default]\na b:c=d", "profile:default|profile:default:a b:c=d"},
    {CONFIG, "[default]\na=b\n  c:d", "profile:default|profile:default:a=b\nc:d"},
    {CONFIG, "[default]\ns3:\n  a:b=c",
     "profile:default|profile:default:s3=|profile:default:s3.a:b=c"},
    /* blocks */
    {CONFIG, "[default]\nS3 =\n  Max=1\n  min = 2 # x\nb=3",
     "profile:default|profile:default:s3=|profile:default:s3.max=1|profile:default:s3.min=2|"
     "profile:default:b=3"},
    {CONFIG, "[default]\ns3 =\n\n  # x\n  a=1", /* a blank line does not end it */
     "profile:default|profile:default:s3=|profile:default:s3.a=1"},
    {CONFIG, "[default]\ns3 =\na=1", "profile:default|profile:default:s3=|profile:default:a=1"},
    {CONFIG, "[default]\n  s3 =\n  a=1", "profile:default|profile:default:s3=|profile:default:a=1"},
    {CONFIG, "[default]\n  s3 =\n    a=1\n  b=2",
     "profile:default|profile:default:s3=|profile:default:s3.a=1|profile:default:b=2"},
    {CONFIG, "[default]\ns3 =\n  a=\n    b=1",
     "profile:default|profile:default:s3=|profile:default:s3.a=|profile:default:s3.b=1"},
    {CONFIG, "[services s]\nbedrock_runtime =\n  endpoint_url = http://x\n",
     "services:s|services:s:bedrock_runtime=|services:s:bedrock_runtime.endpoint_url=http://x"},
    {CONFIG, "[default]\ns3 =\n[profile a]\n  b=1",
     "profile:default|profile:default:s3=|profile:a|profile:a:b=1"},
    /* values of several lines */
    {CONFIG, "[default]\na=b\n  c d", "profile:default|profile:default:a=b\nc d"},
    {CONFIG, "[default]\na=b   \n\n# x\n \t c\n  d ;x\ne=f",
     "profile:default|profile:default:a=b\nc\nd|profile:default:e=f"},
    {CONFIG, "[default]\na=b\n  --c=d\n  e --f=g",
     "profile:default|profile:default:a=b\n--c=d\ne --f=g"},
    {CONFIG, "[other]\na=b\n  c\n[default]", "profile:default"},
};

START_TEST(reads)
{
    struct brc__error error = {0};
    struct brc__config_file *file;
    char entries[1000];

    int rc = brc__config_file_parse(texts[_i].dialect, "f", texts[_i].text, strlen(texts[_i].text),
                                    &file, &error);
    ck_assert_msg(rc == 0, "%s", error.text);
    list(file, entries, sizeof entries);
    ck_assert_str_eq(entries, texts[_i].entries);
    ck_assert_ptr_null(brc__config_file_free(file));
}
END_TEST

#define NEITHER "is neither a [section], nor key = value, nor a comment"

static const struct {
    const char *text;
    size_t length; /* 0: up to the NUL */
    const char *error;
} faults[] = {
    {"region = x", 0, "dir/config, line 1: comes before the first [section]"},
    {"# x\n\nsecret-marker", 0, "dir/config, line 3: comes before the first [section]"},
    {"[default]\nsecret-marker\n", 0, "dir/config, line 2: " NEITHER},
    {"[default]\n=secret-marker", 0, "dir/config, line 2: " NEITHER},
    {"[default]\n  secret-marker", 0, "dir/config, line 2: " NEITHER},
    {"[default]\na=b\nsecret-marker", 0, "dir/config, line 3: " NEITHER},
    {"[default]\n  a=b\n  secret-marker", 0, "dir/config, line 3: " NEITHER},
    {"[default]\na=\n  secret-marker", 0, "dir/config, line 3: " NEITHER},
    {"[default]\nrole_arn secret-marker:x", 0, "dir/config, line 2: " NEITHER},
    {"[default]\n:secret-marker", 0, "dir/config, line 2: " NEITHER},
    {"[default]\ns3=\n a:secret-marker", 0, "dir/config, line 3: " NEITHER},
    {"[other]\nsecret-marker", 0, "dir/config, line 2: " NEITHER},
    {"[default", 0, "dir/config, line 1: the header of a section has no closing bracket"},
    {"[default]\na=b\n[x #]", 0,
     "dir/config, line 3: the header of a section has no closing bracket"},
    {"[default] a=b", 0, "dir/config, line 1: something stands behind the header of a section"},
    {"[]", 0, "dir/config, line 1: the header of a section names nothing"},
    {"[ ]", 0, "dir/config, line 1: the header of a section names nothing"},
    {"[default]\na=b\0c\n", 16, "dir/config, line 2: holds a NUL"},
    {"[default]\n\0", 11, "dir/config, line 2: holds a NUL"},
};

START_TEST(refuses)
{
    struct brc__error error = {0};
    struct brc__config_file *file = NULL;
    size_t length = faults[_i].length > 0 ? faults[_i].length : strlen(faults[_i].text);

    int rc = brc__config_file_parse(CONFIG, "dir/config", faults[_i].text, length, &file, &error);
    ck_assert_int_eq(rc, BRC_E_INVALID);
    ck_assert_int_eq(error.code, rc);
    ck_assert_str_eq(error.text, faults[_i].error);
    ck_assert_ptr_null(file);
}
END_TEST

START_TEST(looks_up)
{
    static const char text[] = "[profile a]\nx=1\nx=2\ny=\nz=3\nz=\n[profile b]\nx=4\n"
                               "[profile a]\nw=5\ns3=\n q=6\n q=7\nx=8\n[services a]\nx=9\n";
    struct brc__error error = {0};
    brc__auto_config_file struct brc__config_file *file = NULL;

    ck_assert_int_eq(brc__config_file_parse(CONFIG, "f", text, strlen(text), &file, &error), 0);
#define GET(section, key, sub_key)                                                                 \
    brc__config_file_get(file, BRC__CONFIG_PROFILE, section, key, sub_key)
    ck_assert_str_eq(GET("a", "x", NULL), "8");
    ck_assert_str_eq(GET("a", "w", NULL), "5");
    ck_assert_str_eq(GET("a", "z", NULL), "3");
    ck_assert_str_eq(GET("a", "s3", "q"), "7");
    ck_assert_str_eq(GET("b", "x", NULL), "4");
    ck_assert_ptr_null(GET("a", "y", NULL));
    ck_assert_ptr_null(GET("a", "s3", NULL));
    ck_assert_ptr_null(GET("a", "x", "q"));
    ck_assert_ptr_null(GET("a", "q", NULL));
    ck_assert_ptr_null(GET("b", "w", NULL));
    ck_assert_ptr_null(GET("c", "x", NULL));
    ck_assert_str_eq(brc__config_file_get(file, BRC__CONFIG_SERVICES, "a", "x", NULL), "9");
    ck_assert(brc__config_file_has(file, BRC__CONFIG_PROFILE, "a"));
    ck_assert(!brc__config_file_has(file, BRC__CONFIG_PROFILE, "c"));
    ck_assert(!brc__config_file_has(file, BRC__CONFIG_SERVICES, "b"));
}
END_TEST

START_TEST(no_file_has_nothing)
{
    ck_assert(!brc__config_file_has(NULL, BRC__CONFIG_PROFILE, "default"));
    ck_assert_ptr_null(brc__config_file_get(NULL, BRC__CONFIG_PROFILE, "default", "a", NULL));
    ck_assert_ptr_null(brc__config_file_entry(NULL, 0));
    ck_assert_ptr_null(brc__config_file_free(NULL));
}
END_TEST

START_TEST(has_a_ceiling)
{
    struct brc__error error = {0};
    struct brc__config_file *file;
    char *text = malloc(BRC__CONFIG_FILE_MAX + 1);

    ck_assert_ptr_nonnull(text);
    memset(text, '\n', BRC__CONFIG_FILE_MAX + 1);
    memcpy(text, "[default]", 9);
    memcpy(text + BRC__CONFIG_FILE_MAX - 3, "a=b", 3);
    ck_assert_int_eq(brc__config_file_parse(CONFIG, "f", text, BRC__CONFIG_FILE_MAX, &file, &error),
                     0);
    ck_assert_str_eq(brc__config_file_get(file, BRC__CONFIG_PROFILE, "default", "a", NULL), "b");
    brc__config_file_free(file);
    ck_assert_int_eq(
        brc__config_file_parse(CONFIG, "f", text, BRC__CONFIG_FILE_MAX + 1, &file, &error),
        BRC_E_TOO_LARGE);
    ck_assert_str_eq(error.text, "f: is larger than 1048576 bytes");
    ck_assert_ptr_null(file);
    free(text);
}
END_TEST

int main(void)
{
    Suite *suite = suite_create("config_file");
    TCase *cases = tcase_create("config_file");

    suite_add_tcase(suite, cases);
    tcase_add_loop_test(cases, reads, 0, sizeof texts / sizeof texts[0]);
    tcase_add_loop_test(cases, refuses, 0, sizeof faults / sizeof faults[0]);
    tcase_add_test(cases, looks_up);
    tcase_add_test(cases, no_file_has_nothing);
    tcase_add_test(cases, has_a_ceiling);
    return run(suite);
}
