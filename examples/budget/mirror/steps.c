/* The steps from what there is to what there is to be. SPDX-License-Identifier: MIT */
#include "mirror.h"

#include <inttypes.h>
#include <stdarg.h>
#include <stdio.h>
#include <string.h>

json_t *step_add(struct mirror *mirror, const char *action, const char *kind, const char *name)
{
    json_t *step = json_pack("{ss ss ss ss s[]}", "action", action, "kind", kind, "name", name,
                             "text", "", "calls");

    json_array_append_new(mirror->steps, step);
    return step;
}

void step_say(json_t *step, const char *format, ...)
{
    const char *before = shown(step, "text");
    char more[1024];
    va_list arguments;

    va_start(arguments, format);
    vsnprintf(more, sizeof more, format, arguments);
    va_end(arguments);
    json_object_set_new(step, "text",
                        json_sprintf("%s%s%s", before, *before != '\0' ? "; " : "", more));
}

void step_call_in(json_t *step, const char *region, const char *service, const char *operation,
                  json_t *input)
{
    json_t *call =
        json_pack("{ss ss so}", "service", service, "operation", operation, "input", input);

    if (region != NULL)
        json_object_set_new(call, "region", json_string(region));
    if (strcmp(shown(step, "action"), "keep") == 0)
        json_object_set_new(step, "action", json_string("change"));
    json_array_append_new(json_object_get(step, "calls"), call);
}

void step_call(json_t *step, const char *service, const char *operation, json_t *input)
{
    step_call_in(step, NULL, service, operation, input);
}

void mirror_note(struct mirror *mirror, const char *format, ...)
{
    char note[1024];
    va_list arguments;

    va_start(arguments, format);
    vsnprintf(note, sizeof note, format, arguments);
    va_end(arguments);
    json_array_append_new(mirror->notes, json_string(note));
}

static bool is(const json_t *step, const char *action)
{
    return strcmp(shown(step, "action"), action) == 0;
}

static size_t count_of(const struct mirror *mirror, const char *action)
{
    const json_t *step;
    size_t i, count = 0;

    json_array_foreach(mirror->steps, i, step)
    {
        count += is(step, action);
    }
    return count;
}

size_t steps_calls(const struct mirror *mirror)
{
    const json_t *step;
    size_t i, count = 0;

    json_array_foreach(mirror->steps, i, step)
    {
        count += json_array_size(json_object_get(step, "calls")) > 0;
    }
    return count;
}

size_t steps_open(const struct mirror *mirror)
{
    return json_array_size(mirror->steps) - count_of(mirror, "keep") - count_of(mirror, "skip");
}

static char sign_of(const json_t *step)
{
    static const struct {
        const char *action;
        char sign;
    } signs[] = {{"create", '+'}, {"change", '~'}, {"remove", '-'}, {"keep", '='}, {"skip", '.'}};

    for (size_t i = 0; i < sizeof signs / sizeof *signs; i++) {
        if (is(step, signs[i].action))
            return signs[i].sign;
    }
    return '!';
}

static void show_for_people(const struct mirror *mirror)
{
    const json_t *step, *note;
    size_t i;

    json_array_foreach(mirror->steps, i, step)
    {
        const char *text = shown(step, "text");
        printf("%c %s %s%s%s\n", sign_of(step), shown(step, "kind"), shown(step, "name"),
               *text != '\0' ? ": " : "", text);
    }
    json_array_foreach(mirror->notes, i, note)
    {
        printf("note: %s\n", json_string_value(note));
    }
    printf("%zu to create (+), %zu to change (~), %zu to remove (-), %zu as it should be (=), %zu "
           "left out (.)\n",
           count_of(mirror, "create"), count_of(mirror, "change"), count_of(mirror, "remove"),
           count_of(mirror, "keep"), count_of(mirror, "skip"));
    printf("%" PRId64 " requests to look, %" PRId64 " of them charged by Cost Explorer\n",
           mirror->cloud.calls, mirror->charged);
}

void steps_show(const struct mirror *mirror)
{
    json_t *note;
    size_t i;

    if (!mirror->budget->console.json) {
        show_for_people(mirror);
        return;
    }
    print_rows(mirror->steps);
    json_array_foreach(mirror->notes, i, note)
    {
        json_t *row = json_pack("{ss sO}", "action", "note", "text", note);
        print_json(row);
        json_decref(row);
    }
}

/* Whether the failure means that an answer which was lost has done it already. */
static bool is_done_already(const struct mirror *mirror, const char *operation)
{
    if (strncmp(operation, "Delete", strlen("Delete")) == 0)
        return cloud_error_is(&mirror->cloud, "NotFoundException") ||
               cloud_error_is(&mirror->cloud, "UnknownMonitorException") ||
               cloud_error_is(&mirror->cloud, "UnknownSubscriptionException");
    return cloud_error_is(&mirror->cloud, "DuplicateRecordException");
}

/* A budget of this name is there: it was made by the call before, or by somebody else. */
static int check_budget(struct mirror *mirror, const char *name)
{
    char arn[4 * CELL];

    snprintf(arn, sizeof arn, "arn:%s:budgets::%s:budget/%s", mirror->partition, mirror->account,
             name);
    int ours = mirror_is_ours(mirror, NULL, "budgets", arn);
    if (ours == 0)
        return failed(
            "budget %s: somebody else has made one of this name meanwhile: `budget mirror "
            "plan` says what to do",
            name);
    return ours == 1 ? DONE : FAILED;
}

/* A monitor gets its ARN when it is made; whoever names it before that does so by its name. False:
 * it was not made. */
static bool name_monitors(json_t *input, const json_t *arns)
{
    json_t *outer = json_object_get(input, "AnomalySubscription");
    json_t *list = json_object_get(outer != NULL ? outer : input, "MonitorArnList");
    bool all = true;

    for (size_t i = 0; i < json_array_size(list); i++) {
        const char *monitor = json_string_value(json_array_get(list, i));
        bool has_arn = strncmp(monitor, "arn:", strlen("arn:")) == 0;
        if (!has_arn && text_of(arns, monitor) != NULL)
            json_array_set(list, i, json_object_get(arns, monitor));
        else
            all = all && has_arn;
    }
    return all;
}

static int carry_out_call(struct mirror *mirror, const json_t *step, const json_t *call,
                          json_t *arns)
{
    const char *region = text_of(call, "region"), *service = shown(call, "service");
    const char *operation = shown(call, "operation");
    json_t *input = json_deep_copy(json_object_get(call, "input")), *answer = NULL;

    if (!name_monitors(input, arns)) {
        json_decref(input);
        return failed("%s %s: one of its monitors could not be made: see above",
                      shown(step, "kind"), shown(step, "name"));
    }
    int rc = cloud_call_in(&mirror->cloud, region, service, operation, input, &answer);
    if (rc == 0 && text_of(answer, "MonitorArn") != NULL)
        json_object_set(arns, shown(step, "name"), json_object_get(answer, "MonitorArn"));
    json_decref(answer);
    if (rc < 0 && !is_done_already(mirror, operation))
        return cloud_failed(&mirror->cloud, "%s %s: %s", shown(step, "kind"), shown(step, "name"),
                            operation);
    bool made_twice = rc < 0 && strcmp(operation, "CreateBudget") == 0;
    return made_twice ? check_budget(mirror, shown(step, "name")) : DONE;
}

static int carry_out(struct mirror *mirror, const json_t *step, json_t *arns)
{
    const json_t *call;
    int rc = DONE;
    size_t i;

    json_array_foreach(json_object_get(step, "calls"), i, call)
    {
        if (rc == DONE)
            rc = carry_out_call(mirror, step, call, arns);
    }
    return rc;
}

/* One that fails keeps nothing from the others. */
int steps_carry_out(struct mirror *mirror)
{
    json_t *arns = json_object();
    struct progress progress;
    const json_t *step;
    size_t i, failures = 0, count = steps_calls(mirror);

    progress_begin(&progress, "carrying it out", count);
    json_array_foreach(mirror->steps, i, step)
    {
        if (json_array_size(json_object_get(step, "calls")) == 0)
            continue;
        failures += carry_out(mirror, step, arns) != DONE;
        progress_step(&progress);
    }
    progress_end(&progress);
    json_decref(arns);
    if (failures > 0)
        return failed("%zu of %zu steps failed; what is done is not done again: correct that, and "
                      "run it again",
                      failures, count);
    return DONE;
}
