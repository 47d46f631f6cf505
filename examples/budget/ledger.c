/* The ledger of `budget`. SPDX-License-Identifier: MIT */
#include "budget.h"

#include <errno.h>
#include <string.h>
#include <unistd.h>

int open_ledger(struct budget *budget, bool make)
{
    const char *path = budget->path;

    if (path == NULL || *path == '\0')
        return misused("which ledger? Give --ledger FILE, or set BEDROCKCOST_LEDGER");
    if (!make && access(path, F_OK) < 0)
        return failed("%s: %s. `budget profiles import`, `prices import` and `settings` make a "
                      "ledger where there is none",
                      path, strerror(errno));
    return book_open(path, &budget->ledger);
}
