/* Names of calls: their form, and that no two are the same.
 * SPDX-License-Identifier: MIT */
#include "run.h"

#include <uuid.h>

#include <string.h>

START_TEST(uuid_has_the_form_of_version_4)
{
    static const char form[] = "xxxxxxxx-xxxx-4xxx-vxxx-xxxxxxxxxxxx";
    char uuid[BRC__UUID_SIZE];

    ck_assert_int_eq(brc__uuid(uuid), 0);
    ck_assert_uint_eq(strlen(uuid), strlen(form));
    for (size_t i = 0; i < strlen(form); i++) {
        const char allowed_here[] = {form[i], '\0'};
        const char *allowed = form[i] == 'x'   ? "0123456789abcdef"
                              : form[i] == 'v' ? "89ab"
                                               : allowed_here;
        ck_assert_msg(strchr(allowed, uuid[i]) != NULL, "%s", uuid);
    }
}
END_TEST

START_TEST(uuids_differ)
{
    enum {
        COUNT = 300
    };
    static char uuids[COUNT][BRC__UUID_SIZE];

    for (int i = 0; i < COUNT; i++) {
        ck_assert_int_eq(brc__uuid(uuids[i]), 0);
        for (int other = 0; other < i; other++)
            ck_assert_str_ne(uuids[i], uuids[other]);
    }
}
END_TEST

int main(void)
{
    Suite *suite = suite_create("uuid");
    TCase *tests = tcase_create("uuid");

    tcase_add_loop_test(tests, uuid_has_the_form_of_version_4, 0, 20);
    tcase_add_test(tests, uuids_differ);
    suite_add_tcase(suite, tests);
    return run(suite);
}
