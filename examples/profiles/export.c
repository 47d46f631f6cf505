/* `profiles export`: what services and the ledger need of the profiles. SPDX-License-Identifier:
 * MIT */
#include "export.h"

#include <ctype.h>
#include <inttypes.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

/* "support-bot-prod" as SUPPORT_BOT_PROD. */
static const char *variable_of(const char *alias, char ret_name[CELL])
{
    snprintf(ret_name, CELL, "%s%s", isdigit((unsigned char)*alias) ? "_" : "", alias);
    for (char *c = ret_name; *c != '\0'; c++)
        *c = isalnum((unsigned char)*c) ? (char)toupper((unsigned char)*c) : '_';
    return ret_name;
}

static int print_variables(const struct state *state)
{
    json_t *seen = json_object();
    char name[CELL];
    int rc = DONE;

    for (size_t i = 0; i < state->declaration.count && rc == DONE; i++) {
        const char *alias = state->declaration.wanted[i].alias;
        const struct existing *existing = plan_current(&state->plan, alias);
        if (existing == NULL)
            continue;
        const char *other = text_of(seen, variable_of(alias, name));
        if (other != NULL)
            rc = failed("%s and %s would both be %s: rename one of them in the file", other, alias,
                        name);
        else
            printf("%s=%s\n", name, existing->arn);
        json_object_set_new(seen, name, json_string(alias));
    }
    json_decref(seen);
    return rc;
}

/* `budget set` for each: what is not the default of that is said. */
static void print_commands(const struct state *state)
{
    json_t *budgets = catalogue_budgets(state), *budget;
    size_t i;

    json_array_foreach(budgets, i, budget)
    {
        const json_t *notice = json_object_get(budget, "noticeAt");
        const json_t *degrade = json_object_get(budget, "degradeAt");
        int minutes = (int)json_integer_value(json_object_get(budget, "offsetMinutes"));
        printf("budget set '%s' --limit %s --window %s --series '%s'", shown(budget, "name"),
               shown(budget, "limit"), shown(budget, "window"),
               shown(json_object_get(budget, "owner"), "series"));
        if (minutes != 0)
            printf(" --offset %c%02d:%02d", minutes < 0 ? '-' : '+', abs(minutes) / 60,
                   abs(minutes) % 60);
        if (notice != NULL)
            printf(" --notice %d", (int)json_integer_value(notice));
        if (degrade != NULL)
            printf(" --degrade %d", (int)json_integer_value(degrade));
        puts(json_is_true(json_object_get(budget, "shadow")) ? " --shadow" : "");
    }
    json_decref(budgets);
}

static int print_catalogue(const struct console *console, const struct state *state)
{
    json_t *catalogue = catalogue_of(state);

    if (catalogue == NULL)
        return failed("%s", brc_strerror(BRC_E_NOMEM));
    if (console->json) {
        print_json(catalogue);
    } else {
        json_dumpf(catalogue, stdout, JSON_INDENT(2));
        putchar('\n');
    }
    json_decref(catalogue);
    return DONE;
}

/* What the file has and the account has not. */
static int report_missing(const struct state *state)
{
    int rc = DONE;

    for (size_t i = 0; i < state->declaration.count; i++) {
        const char *alias = state->declaration.wanted[i].alias;
        if (plan_current(&state->plan, alias) == NULL)
            rc = failed("%s: there is no such profile yet, so it is left out; `profiles apply` "
                        "makes it",
                        alias);
    }
    return rc;
}

/* --ledger itself, and not the environment's. */
static bool is_ledger_given(const struct profiles *profiles)
{
    return profiles->ledger != NULL && profiles->ledger != getenv("BEDROCKCOST_LEDGER");
}

int run_export(void *program, int argc, char **argv)
{
    struct profiles *profiles = program;
    bool env = false, budgets = false;
    const struct choice choices[] = {
        {"env", .flag = &env}, {"budgets", .flag = &budgets}, {.name = NULL}};
    struct state state;
    char **words;
    int count;

    int rc = take_options(&profiles->console, argc, argv, choices, 0, 0, &words, &count);
    if (rc != DONE || profiles->console.help)
        return rc;
    bool ledger = is_ledger_given(profiles);
    if (env + budgets + ledger > 1)
        return misused("export: one of --env, --budgets and --ledger FILE");
    rc = state_read(profiles, &state);
    if (rc != DONE)
        return rc;
    if (env)
        rc = print_variables(&state);
    else if (budgets)
        print_commands(&state);
    else
        rc = ledger ? catalogue_put(profiles, &state) : print_catalogue(&profiles->console, &state);
    if (rc == DONE)
        rc = report_missing(&state);
    state_free(&state);
    return rc;
}
