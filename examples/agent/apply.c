/* `agent plan` and `agent apply`: puts an agent onto a profile, step by step. Each step looks first
 * whether it is done already, so that a run that was broken off goes on where it stopped.
 * SPDX-License-Identifier: MIT */
#include "agent.h"

#include <signal.h>
#include <stdio.h>
#include <string.h>
#include <unistd.h>

static void say_interrupted(int signal_number)
{
    static const char text[] = "agent: interrupted; what is done stays done, and running it again "
                               "does the rest\n";

    if (write(STDERR_FILENO, text, sizeof text - 1) < 0)
        _exit(FAILED);
    _exit(128 + signal_number);
}

void mind_interrupts(void)
{
    signal(SIGINT, say_interrupted);
    signal(SIGTERM, say_interrupted);
}

/* Nothing is judged while AWS is still busy with it, perhaps for a run that was broken off. */
int settle(struct agent *agent, struct subject *subject)
{
    json_t *ids = subject_chosen(subject, NULL), *id;
    int rc = wait_for_agent(agent, subject);
    size_t i;

    json_array_foreach(ids, i, id)
    {
        rc = rc == DONE ? wait_for_alias(agent, subject, json_string_value(id)) : rc;
    }
    json_decref(ids);
    return rc;
}

static int prepare(struct agent *agent, const char *name, const struct request *request,
                   struct subject *subject, struct plan *plan)
{
    int rc = subject_read(agent, name, subject);

    if (rc == DONE && !request->print)
        rc = settle(agent, subject);
    return rc == DONE ? plan_make(agent, subject, request, plan) : rc;
}

/* For whoever owns IAM. */
static int print_policy(const struct plan *plan)
{
    json_t *document = policy_document(&plan->target);

    json_dumpf(document, stdout, JSON_INDENT(2));
    putchar('\n');
    json_decref(document);
    return DONE;
}

static void print_heading(const struct agent *agent, const struct subject *subject,
                          const struct plan *plan)
{
    if (!agent->console.json)
        printf("agent %s (%s) and profile %s (%s)\n\n", subject->name, subject->id,
               shown(plan->target.profile, "inferenceProfileName"), plan->target.id);
}

/* What the table cannot say. */
static void print_remarks(const struct agent *agent, const struct plan *plan)
{
    const json_t *step;
    bool prompts = false, aliases = false;
    size_t i;

    json_array_foreach(plan->steps, i, step)
    {
        bool left = strcmp(shown(step, "action"), "leave") == 0;
        prompts = prompts || (left && strcmp(shown(step, "step"), "prompt") == 0);
        aliases = aliases || (left && strcmp(shown(step, "step"), "alias") == 0);
    }
    if (agent->console.json)
        return;
    if (prompts)
        printf("\nA prompt calls a model of its own, past the profile: --prompts puts it onto the "
               "profile too.\n");
    if (aliases)
        printf("\nAn alias stays on a version that is not on the profile: name it with --alias, or "
               "say --all-aliases.\n");
}

static int show(const struct agent *agent, const struct subject *subject, const struct plan *plan)
{
    print_heading(agent, subject, plan);
    int rc = steps_print(agent, plan->steps);
    print_remarks(agent, plan);
    return rc;
}

/* Reads the words, plans, and does with the plan what the command is there for. */
static int run_with_plan(struct agent *agent, int argc, char **argv,
                         int (*use)(struct agent *agent, struct subject *subject,
                                    const struct request *request, struct plan *plan))
{
    struct subject subject = {.draft = NULL};
    struct request request;
    struct plan plan = {.changes = 0};
    const char *name;

    int rc = request_read(agent, argc, argv, &request, &name);
    if (rc == DONE && !agent->console.help) {
        rc = prepare(agent, name, &request, &subject, &plan);
        if (rc == DONE)
            rc = request.print ? print_policy(&plan) : use(agent, &subject, &request, &plan);
    }
    plan_free(&plan);
    subject_free(&subject);
    request_free(&request);
    return rc;
}

static int tell(struct agent *agent, struct subject *subject, const struct request *request,
                struct plan *plan)
{
    int rc = show(agent, subject, plan);

    (void)request;
    if (rc == DONE && !agent->console.json)
        printf("\n%zu changes; `agent apply` with the same words makes them.\n", plan->changes);
    return rc;
}

int run_plan(void *program, int argc, char **argv)
{
    return run_with_plan(program, argc, argv, tell);
}

static void note(const struct agent *agent, const char *done, const char *of)
{
    if (!agent->console.json)
        printf("%s %s\n", done, of);
    fflush(stdout);
}

static int carry_out_draft(struct agent *agent, struct subject *subject, const struct plan *plan)
{
    int rc = DONE;

    if (plan->put_policy) {
        rc = policy_put(agent, subject, &plan->target);
        if (rc == DONE)
            note(agent, "put the policy into", arn_id(subject->role));
    }
    if (rc == DONE)
        rc = record_write(agent, subject, plan->record);
    if (rc == DONE && plan->update) {
        rc = update_draft(agent, subject, plan->target.arn, plan->prompts);
        if (rc == DONE)
            note(agent, "updated", DRAFT);
    }
    if (rc == DONE && plan->prepare) {
        rc = prepare_draft(agent, subject);
        if (rc == DONE)
            note(agent, "prepared", DRAFT);
    }
    return rc;
}

static int carry_out_aliases(struct agent *agent, struct subject *subject,
                             const struct request *request, const struct plan *plan)
{
    char number[VERSION] = "";
    json_t *id;
    int rc = DONE;
    size_t i;

    json_array_foreach(plan->moves, i, id)
    {
        if (rc == DONE)
            rc = route_alias(agent, subject, json_string_value(id), number, plan->target.arn);
        if (rc == DONE)
            note(agent, "routed to the profile: alias",
                 alias_name(subject_alias(subject, json_string_value(id))));
    }
    if (rc == DONE && plan->create_alias) {
        rc = route_new_alias(agent, subject, request->new_alias, number, plan->target.arn);
        if (rc == DONE)
            note(agent, "created alias", request->new_alias);
    }
    return rc;
}

static int carry_out(struct agent *agent, struct subject *subject, const struct request *request,
                     struct plan *plan)
{
    int rc = show(agent, subject, plan);

    if (rc != DONE)
        return rc;
    if (plan->changes == 0)
        return say(&agent->console, json_pack("{si}", "changes", 0), "\nNothing to do.\n");
    rc = confirm(agent->yes, "Make %zu changes to agent %s?", plan->changes, subject->name);
    if (rc == DONE)
        rc = carry_out_draft(agent, subject, plan);
    if (rc == DONE)
        rc = carry_out_aliases(agent, subject, request, plan);
    if (rc != DONE)
        return rc;
    return say(&agent->console, json_pack("{sI}", "changes", (json_int_t)plan->changes),
               "\nDone. `agent verify %s` checks it.\n", subject->id);
}

int run_apply(void *program, int argc, char **argv)
{
    mind_interrupts();
    return run_with_plan(program, argc, argv, carry_out);
}
