/* Profiles that the ledger knows, by whatever name. SPDX-License-Identifier: MIT */
#include "budget.h"
#include "cloud.h"

#include <string.h>

bool profile_is_called(const json_t *profile, const char *name)
{
    static const char *const members[] = {"arn", "alias", "name"};

    for (size_t i = 0; i < sizeof members / sizeof *members; i++) {
        if (strcmp(shown(profile, members[i]), name) == 0)
            return true;
    }
    return strcmp(arn_id(shown(profile, "arn")), name) == 0;
}

const json_t *profile_find(const json_t *profiles, const char *name)
{
    const json_t *profile, *found = NULL;
    size_t i, count = 0;

    json_array_foreach(profiles, i, profile)
    {
        if (!profile_is_called(profile, name))
            continue;
        found = profile;
        count++;
    }
    if (count == 0)
        failed("the ledger knows no profile %s: `budget profiles` lists them, `budget profiles "
               "fetch ARN` adds one",
               name);
    if (count > 1)
        failed("%zu profiles are called %s: name the one by its ARN", count, name);
    return count == 1 ? found : NULL;
}
