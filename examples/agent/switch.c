/* `agent switch-off` and `switch-on`: an alias that rejects invocations is a cap for an emergency.
 * What it does not stop is said. SPDX-License-Identifier: MIT */
#include "agent.h"

#include <stdio.h>
#include <string.h>

struct turn {
    bool off;
    json_t *names; /* --alias */
    bool all;
    json_t *ids; /* of those to be switched */
    json_t *steps;
};

static const char *state_of(const struct turn *turn)
{
    return turn->off ? "REJECT_INVOCATIONS" : "ACCEPT_INVOCATIONS";
}

/* Without a word, switch-on takes those that switch-off has switched, and leaves the others. */
static json_t *choose(const struct subject *subject, const struct turn *turn)
{
    json_t *chosen, *names = turn->names;
    const json_t *alias;
    size_t i;

    if (turn->all || names != NULL)
        return subject_chosen(subject, turn->all ? NULL : names);
    chosen = json_array();
    json_array_foreach(subject->aliases, i, alias)
    {
        if (record_of(subject, TAG_OFF, alias_id(alias)) != NULL)
            json_array_append_new(chosen, json_string(alias_id(alias)));
    }
    return chosen;
}

static int plan_turn(const struct subject *subject, struct turn *turn, json_t *record)
{
    json_t *chosen = choose(subject, turn), *id;
    size_t i;

    if (chosen == NULL)
        return FAILED;
    turn->ids = json_array();
    turn->steps = json_array();
    json_array_foreach(chosen, i, id)
    {
        const json_t *alias = subject_alias(subject, json_string_value(id));
        bool done = alias_rejects(alias) == turn->off;
        plan_step(turn->steps, "alias", alias_name(alias),
                  done        ? "keep"
                  : turn->off ? "switch off"
                              : "switch on",
                  shown(alias, "aliasInvocationState"), done ? NULL : state_of(turn));
        if (done)
            continue;
        json_array_append(turn->ids, id);
        if (turn->off)
            record_add(subject, TAG_OFF, json_string_value(id), "yes", false, record);
    }
    json_decref(chosen);
    return DONE;
}

static bool is_there(const struct subject *subject, const char *id, bool off)
{
    const json_t *alias = subject_alias(subject, id);

    return alias == NULL || alias_rejects(alias) == off;
}

/* Until AWS says that the alias is as it should be. */
static int switch_one(struct agent *agent, struct subject *subject, const char *id,
                      const struct turn *turn)
{
    struct wait wait;

    for (wait_begin(agent, &wait); !is_there(subject, id, turn->off);) {
        const json_t *alias = subject_alias(subject, id);
        if (alias_update(agent, subject, alias, NULL, state_of(turn)) < 0 &&
            !cloud_error_is(&agent->cloud, "ConflictException"))
            return cloud_failed(&agent->cloud, "alias %s of agent %s cannot be switched",
                                alias_name(alias), subject->name);
        int rc = wait_for_alias(agent, subject, id);
        if (rc != DONE)
            return rc;
        if (!is_there(subject, id, turn->off) && !wait_on(&wait, "waiting: alias %s", id))
            return failed("alias %s of agent %s still does not say %s; run this again", id,
                          subject->name, state_of(turn));
    }
    return DONE;
}

static int carry_out(struct agent *agent, struct subject *subject, const struct turn *turn,
                     json_t *record)
{
    int rc = record_write(agent, subject, record);
    json_t *id;
    size_t i;

    json_array_foreach(turn->ids, i, id)
    {
        rc = rc == DONE ? switch_one(agent, subject, json_string_value(id), turn) : rc;
    }
    json_array_foreach(turn->steps, i, id) /* by name: those that were on already as well */
    {
        char tag[CELL];
        const json_t *alias = subject_alias(subject, shown(id, "of"));
        snprintf(tag, sizeof tag, "%s-%s", TAG_OFF, alias_id(alias));
        if (rc == DONE && !turn->off)
            rc = record_remove(agent, subject, tag);
    }
    return rc;
}

static const char *const after_off =
    "\nSwitched off: new invocations through these aliases are refused by AWS. Not stopped are\n"
    "invocations under way, the test alias (TSTALIASID runs DRAFT for whoever may call it), and\n"
    "other aliases. `agent switch-on` takes it back.\n";

static int do_turn(struct agent *agent, struct subject *subject, struct turn *turn)
{
    json_t *record = json_object();

    int rc = plan_turn(subject, turn, record);
    if (rc == DONE && json_array_size(turn->steps) == 0)
        rc = turn->off || turn->all || turn->names != NULL
                 ? failed("agent %s has no alias but AWS's test alias, which cannot be switched",
                          subject->name)
                 : failed("no alias of agent %s was switched off by `agent switch-off`; --alias "
                          "or --all-aliases switches others on",
                          subject->name);
    if (rc == DONE)
        rc = steps_print(agent, turn->steps);
    if (rc == DONE && json_array_size(turn->ids) > 0)
        rc = confirm(agent->yes, "Switch these aliases of agent %s %s?", subject->name,
                     turn->off ? "off" : "on");
    if (rc == DONE)
        rc = carry_out(agent, subject, turn, record);
    if (rc == DONE && !agent->console.json)
        fputs(turn->off ? after_off : "\nSwitched on.\n", stdout);
    json_decref(record);
    return rc;
}

static int run_switch(struct agent *agent, int argc, char **argv, bool off)
{
    struct subject subject = {.draft = NULL};
    struct turn turn = {.off = off};
    const struct choice choices[] = {
        {"alias", .list = &turn.names}, {"all-aliases", .flag = &turn.all}, {.name = NULL}};
    const char *name;

    int rc = agent_begin(agent, argc, argv, choices, 1, &name);
    if (rc == DONE && !agent->console.help) {
        mind_interrupts();
        if (off && !turn.all && turn.names == NULL)
            rc = misused("%s: --alias NAME or --all-aliases is missing", argv[0]);
        if (rc == DONE)
            rc = subject_read(agent, name, &subject);
        if (rc == DONE)
            rc = do_turn(agent, &subject, &turn);
    }
    json_decref(turn.names);
    json_decref(turn.ids);
    json_decref(turn.steps);
    subject_free(&subject);
    return rc;
}

int run_switch_off(void *program, int argc, char **argv)
{
    return run_switch(program, argc, argv, true);
}

int run_switch_on(void *program, int argc, char **argv)
{
    return run_switch(program, argc, argv, false);
}
