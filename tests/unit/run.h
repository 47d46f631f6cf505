/* How every unit test program ends: its suite run, told as TAP.
 * SPDX-License-Identifier: MIT */
#ifndef TEST_RUN_H
#define TEST_RUN_H

#include <check.h>
#include <stdlib.h>

static inline int run(Suite *suite)
{
    SRunner *runner = srunner_create(suite);

    srunner_set_tap(runner, "-");
    srunner_run_all(runner, CK_SILENT);
    int failed = srunner_ntests_failed(runner);
    srunner_free(runner);
    return failed == 0 ? EXIT_SUCCESS : EXIT_FAILURE;
}

#endif
