/* ledger_rows: puts into a ledger and queries it, as stdin says: on each line a kind, or "query",
 * and its JSON behind a blank. Answers with the rows, if any, then a line "= " and why it failed,
 * or nothing.
 *
 *     ledger_rows LEDGER
 *
 * SPDX-License-Identifier: MIT */
#include <bedrockcost/bedrockcost.h>

#include <stdio.h>
#include <string.h>

static int print_row(const char *json, void *user_data)
{
    (void)user_data;
    puts(json);
    return 0;
}

int main(int argc, char **argv)
{
    static char line[65536];
    brc_ledger *ledger = NULL;
    char why[1024];

    int rc = argc == 2 ? brc_ledger_open(argv[1], &ledger) : BRC_E_INVALID;
    while (rc == 0 && fgets(line, sizeof line, stdin) != NULL) {
        char *json = strchr(line, ' ');
        if (json == NULL)
            break;
        *json++ = '\0';
        int64_t code = strcmp(line, "query") == 0 ? brc_ledger_query(ledger, json, print_row, NULL)
                                                  : brc_ledger_put(ledger, line, json);
        brc_ledger_error(ledger, why, sizeof why);
        printf("= %s\n", code < 0 ? why : "");
        fflush(stdout);
    }
    brc_ledger_free(ledger);
    return rc < 0;
}
