/* The checklist, line by line as it comes. SPDX-License-Identifier: MIT */
#include "verify.h"

#include <stdarg.h>
#include <stdio.h>
#include <string.h>

static const struct {
    const char *for_people, *for_machines;
} states[CHECK_STATES] = {
    [CHECK_PASS] = {"pass", "pass"},
    [CHECK_FAIL] = {"FAIL", "fail"},
    [CHECK_NOT_YET] = {"not yet", "notYet"},
    [CHECK_BY_HAND] = {"by hand", "byHand"},
};

static void print_row(enum check_state state, const char *what, const char *whom, const char *next,
                      const char *text)
{
    json_t *row = json_pack("{ss, ss, ss, ss, ss?}", "state", states[state].for_machines, "check",
                            what, "subject", whom, "text", text, "next", next);

    print_json(row);
    json_decref(row);
}

void check(struct checklist *list, enum check_state state, const char *what, const char *whom,
           const char *next, const char *format, ...)
{
    char text[2048];
    va_list arguments;

    va_start(arguments, format);
    vsnprintf(text, sizeof text, format, arguments);
    va_end(arguments);
    list->counts[state]++;
    if (list->profiles->console.json) {
        print_row(state, what, whom, next, text);
        return;
    }
    printf("%-7s  %-11s  %s%s%s\n", states[state].for_people, what, whom, *whom != '\0' ? ": " : "",
           text);
    if (next != NULL)
        printf("%22s%s%s\n", "", state == CHECK_BY_HAND ? "$ " : "next: ", next);
    fflush(stdout); /* the next check may take its time */
}

void check_call_failed(struct checklist *list, const struct cloud *cloud, const char *what,
                       const char *whom)
{
    const char *why = brc_client_error(cloud->client);
    char hint[CLOUD_HINT];

    cloud_hint(cloud, hint);
    check(list, CHECK_FAIL, what, whom, *hint != '\0' ? hint : NULL, "%s",
          why != NULL && *why != '\0' ? why : brc_strerror(cloud->code));
}

const struct existing *checked_profile(const struct checklist *list, const struct wanted *wanted)
{
    return plan_current(&list->state.plan, wanted->alias);
}
