/* What every unit test program has: how it ends (its suite run, told as TAP), and how long its long
 * rows are.
 * SPDX-License-Identifier: MIT */
#ifndef TEST_RUN_H
#define TEST_RUN_H

#include <check.h>
#include <stdlib.h>

/* The step through a long row of samples: 1, or `wide` in valgrind, where each takes so much
 * longer. */
static inline int sample_step(int wide)
{
    return getenv("TEST_WIDE_STEPS") != NULL ? wide : 1;
}

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
