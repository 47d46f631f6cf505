/* What `plan` and `apply` are asked for. SPDX-License-Identifier: MIT */
#include "agent.h"

#include <ctype.h>
#include <stddef.h>

/* What AWS takes for the name of an alias: better known before anything is changed. */
static bool is_name(const char *text)
{
    size_t count = 0;

    while (isalnum((unsigned char)*text) && count++ < 100) {
        text++;
        text += *text == '-' || *text == '_';
    }
    return count > 0 && *text == '\0';
}

int request_read(struct agent *agent, int argc, char **argv, struct request *request,
                 const char **ret_name)
{
    const struct choice choices[] = {
        {"profile", .text = &request->profile},
        {"alias", .list = &request->aliases},
        {"all-aliases", .flag = &request->all_aliases},
        {"new-alias", .text = &request->new_alias},
        {"prompts", .flag = &request->prompts},
        {"draft-changes", .flag = &request->draft_changes},
        {"no-role", .flag = &request->no_role},
        {"print", .flag = &request->print},
        {.name = NULL},
    };

    *request = (struct request){.profile = NULL};
    int rc = agent_begin(agent, argc, argv, choices, 1, ret_name);
    if (rc != DONE || agent->console.help)
        return rc;
    if (request->profile == NULL)
        return misused("%s: --profile ARN is missing", argv[0]);
    if (request->all_aliases && request->aliases != NULL)
        return misused("%s: --alias and --all-aliases exclude each other", argv[0]);
    if (request->new_alias != NULL && !is_name(request->new_alias))
        return misused(
            "%s: --new-alias takes letters, digits, and single - and _ between them, 100 "
            "at most, and not %s",
            argv[0], request->new_alias);
    return DONE;
}

void request_free(struct request *request)
{
    json_decref(request->aliases);
    *request = (struct request){.profile = NULL};
}
