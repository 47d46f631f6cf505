/* `budget notify`: tells each edge to those who want to know, until they have got it.
 * SPDX-License-Identifier: MIT */
#include "cloud.h"
#include "notify.h"

#include <stdio.h>

enum {
    LOOK_S = 1 /* how often --follow looks */
};

/* Each has a name of its own in the ledger, under which it is delivered to: one that fails keeps
 * nothing from the others. */
struct consumer {
    char name[CONSUMER];
    tell_fn *tell;
    void *teller;
};

struct notify {
    struct budget *budget;
    struct consumer consumers[2];
    size_t count;
};

/* Delivered is what the consumer got and was content with: a death between the two brings it again.
 */
static int deliver(struct budget *budget, const struct consumer *consumer, const json_t *edge)
{
    json_int_t id = json_integer_value(json_object_get(edge, "id"));

    int rc = consumer->tell(consumer->teller, edge);
    if (rc == DONE)
        rc = book_put(budget->ledger, "delivery",
                      json_pack("{sI ss}", "edge", id, "to", consumer->name));
    if (rc != DONE)
        return rc;
    return say(&budget->console, json_pack("{sI ss}", "edge", id, "to", consumer->name),
               "%lld: %s %s: delivered\n", (long long)id, shown(edge, "budget"),
               shown(edge, "kind"));
}

/* All that there are, in order; the first that fails ends it. */
static int deliver_all(struct budget *budget, const struct consumer *consumer)
{
    json_t *edges = book_query(budget->ledger,
                               json_pack("{ss ss}", "kind", "edge", "undelivered", consumer->name));
    const json_t *edge;
    int rc = edges != NULL ? DONE : FAILED;
    size_t i;

    json_array_foreach(edges, i, edge)
    {
        if (rc == DONE && !is_interrupted())
            rc = deliver(budget, consumer, edge);
    }
    json_decref(edges);
    fflush(stdout);
    return rc;
}

static int look(void *state)
{
    const struct notify *notify = state;
    int rc = DONE;

    for (size_t i = 0; i < notify->count; i++) {
        if (deliver_all(notify->budget, &notify->consumers[i]) != DONE)
            rc = FAILED;
    }
    return rc;
}

static struct consumer *add(struct notify *notify, tell_fn *tell, void *teller)
{
    struct consumer *consumer = &notify->consumers[notify->count++];

    consumer->tell = tell;
    consumer->teller = teller;
    return consumer;
}

/* Its command keeps the name that it has had from the start. */
static void add_consumers(struct notify *notify, const char **command, struct topic *topic)
{
    if (*command != NULL)
        snprintf(add(notify, tell_command, command)->name, CONSUMER, "notify");
    if (topic->arn != NULL)
        snprintf(add(notify, tell_topic, topic)->name, CONSUMER, "sns:%s", topic->arn);
}

int run_notify(void *program, int argc, char **argv)
{
    struct budget *budget = program;
    struct notify notify = {.budget = budget};
    struct cloud cloud = {.client = NULL};
    struct topic topic = {.cloud = &cloud};
    const char *command = NULL;
    bool follows = false;
    const struct choice choices[] = {{"exec", .text = &command},
                                     {"sns", .text = &topic.arn},
                                     {"follow", .flag = &follows},
                                     {.name = NULL}};
    char **words;
    int count;

    int rc = take_options(&budget->console, argc, argv, choices, 0, 0, &words, &count);
    if (rc != DONE || budget->console.help)
        return rc;
    if (command == NULL && topic.arn == NULL)
        return misused("notify: --exec CMD is missing, or --sns TOPIC_ARN");
    if (topic.arn != NULL)
        rc = topic_check("--sns", topic.arn);
    if (rc == DONE)
        rc = open_ledger(budget, false);
    if (rc == DONE && topic.arn != NULL)
        rc = cloud_open(&cloud, NULL);
    if (rc != DONE)
        return rc;
    add_consumers(&notify, &command, &topic);
    rc = follow(follows, LOOK_S, look, &notify);
    cloud_close(&cloud);
    return rc;
}
