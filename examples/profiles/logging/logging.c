/* `profiles logging`: where Bedrock writes what it was asked and what it answered. The setting is
 * one for the whole account and region, and a write replaces all of it: so it is read, changed
 * where it is to change, shown, written, and read again. SPDX-License-Identifier: MIT */
#include "logging.h"

#include <stdio.h>
#include <string.h>
#include <time.h>

#define LOGGING_PATH "/logging/modelinvocations"

enum {
    LOOKS = 20, /* at what was written, until AWS shows it */
    BETWEEN_LOOKS_MS = 250
};

int logging_read(struct cloud *cloud, json_t **ret_config)
{
    json_t *answer;

    *ret_config = NULL;
    if (cloud_call(cloud, "bedrock", "GET " LOGGING_PATH, NULL, &answer) < 0)
        return cloud_failed(cloud, "the invocation logging cannot be read");
    *ret_config = json_incref(json_object_get(answer, "loggingConfig"));
    if (*ret_config == NULL)
        *ret_config = json_object();
    json_decref(answer);
    return DONE;
}

/* ------------------------------------------------------------------- show */

static void say_bucket(const char *what, const json_t *bucket)
{
    const char *prefix = text_of(bucket, "keyPrefix");

    if (bucket != NULL)
        printf("%s s3://%s/%s\n", what, shown(bucket, "bucketName"), prefix != NULL ? prefix : "");
}

static int show(const struct logging *logging, const json_t *config)
{
    const json_t *group = json_object_get(config, "cloudWatchConfig");
    bool on = json_object_size(config) > 0;

    if (logging->profiles->console.json) {
        print_json(config);
        return DONE;
    }
    printf("Invocation logging%s is %s.\n", logging->where, on ? "on" : "off");
    say_bucket("  to        ", json_object_get(config, "s3Config"));
    if (group != NULL)
        printf("  to         log group %s, as %s\n", shown(group, "logGroupName"),
               shown(group, "roleArn"));
    say_bucket("  large data", json_object_get(group, "largeDataDeliveryS3Config"));
    for (size_t i = 0; on && i < LOGGING_KINDS; i++)
        printf("  %-9s  %s\n", logging_kinds[i].name,
               json_is_true(json_object_get(config, logging_kinds[i].member)) ? "with it"
                                                                              : "without it");
    return DONE;
}

/* ------------------------------------------------------------------ write */

static void wait_ms(long ms)
{
    struct timespec time = {ms / 1000, ms % 1000 * 1000000};

    nanosleep(&time, NULL);
}

/* Somebody may have written since, while the question was on the screen. */
static int check_unchanged(struct cloud *cloud, const json_t *before)
{
    json_t *now;

    int rc = logging_read(cloud, &now);
    if (rc == DONE && !logging_same(before, now))
        rc = failed(
            "somebody else changed the invocation logging meanwhile, and nothing of this was "
            "written: look at it (`profiles logging show`), then run it again");
    json_decref(now);
    return rc;
}

/* AWS may show for a moment what was there before; anything else is somebody else's. */
static int check_written(struct cloud *cloud, const json_t *before, const json_t *after)
{
    bool is_there = false, is_old = true;

    for (int i = 0; i < LOOKS && !is_there && is_old; i++) {
        json_t *now;
        if (i > 0)
            wait_ms(BETWEEN_LOOKS_MS);
        if (logging_read(cloud, &now) != DONE)
            return FAILED;
        is_there = logging_same(after, now);
        is_old = logging_same(before, now);
        json_decref(now);
    }
    if (is_there)
        return DONE;
    if (is_old)
        return failed("it was written, and AWS does not show it yet: look again in a minute "
                      "(`profiles logging show`)");
    return failed(
        "it was written, but somebody else wrote at the same time, and theirs is there now: "
        "agree with them, look at it (`profiles logging show`), then run it again");
}

static int write_config(struct logging *logging, const json_t *before, const json_t *after)
{
    struct cloud *cloud = &logging->profiles->cloud;
    int rc;

    if (json_object_size(after) == 0)
        rc = cloud_call(cloud, "bedrock", "DELETE " LOGGING_PATH, NULL, NULL);
    else
        rc = cloud_call(cloud, "bedrock", "PUT " LOGGING_PATH,
                        json_pack("{sO}", "loggingConfig", after), NULL);
    if (rc < 0)
        return cloud_failed(cloud, "the invocation logging cannot be written");
    return check_written(cloud, before, after);
}

static int change(struct logging *logging, const json_t *before, const json_t *after)
{
    const struct console *console = &logging->profiles->console;
    json_t *changes = logging_changes(before, after);
    int rc = DONE;

    if (json_array_size(changes) == 0) {
        rc = say(console, json_pack("{sO, so}", "changes", changes, "done", json_true()),
                 "Nothing to change: the invocation logging%s is so already.\n", logging->where);
        json_decref(changes);
        return rc;
    }
    if (!console->json)
        logging_print_changes(changes);
    rc = confirm(logging->yes, "Change the invocation logging%s, for all of the account?",
                 logging->where);
    if (rc == DONE)
        rc = check_unchanged(&logging->profiles->cloud, before);
    if (rc == DONE)
        rc = write_config(logging, before, after);
    if (rc == DONE)
        rc = say(console, json_pack("{sO, so}", "changes", changes, "done", json_true()),
                 "Done: the invocation logging%s is %s.\n", logging->where,
                 json_object_size(after) > 0 ? "on" : "off");
    json_decref(changes);
    return rc;
}

/* ---------------------------------------------------------------- command */

static int run_word(struct logging *logging, const char *word)
{
    json_t *before = NULL, *after = NULL;

    int rc = logging_read(&logging->profiles->cloud, &before);
    if (rc == DONE && strcmp(word, "show") == 0)
        rc = show(logging, before);
    else if (rc == DONE && strcmp(word, "off") == 0)
        rc = change(logging, before, after = json_object());
    else if (rc == DONE && (rc = logging_apply(logging, before, &after)) == DONE)
        rc = change(logging, before, after);
    json_decref(before);
    json_decref(after);
    return rc;
}

static int check_word(const struct logging *logging, const char *word)
{
    bool sets = strcmp(word, "set") == 0;

    if (!sets && strcmp(word, "show") != 0 && strcmp(word, "off") != 0)
        return misused("logging: there is no %s; it takes show, set or off", word);
    if (sets == logging_says_nothing(logging))
        return misused(sets ? "logging set: say what, as --s3 BUCKET or --no-text"
                            : "logging %s takes no settings: logging set does",
                       word);
    return DONE;
}

int run_logging(void *program, int argc, char **argv)
{
    struct logging logging = {.profiles = program};
    struct choice choices[LOGGING_CHOICES];
    char **words;
    int count;

    logging_choices(&logging, choices);
    int rc = take_options(&logging.profiles->console, argc, argv, choices, 1, 1, &words, &count);
    if (rc != DONE || logging.profiles->console.help)
        return rc;
    rc = check_word(&logging, words[0]);
    if (rc == DONE)
        rc = profiles_open(logging.profiles);
    if (rc != DONE)
        return rc;
    if (logging.profiles->cloud.region != NULL)
        snprintf(logging.where, sizeof logging.where, " of %s", logging.profiles->cloud.region);
    return run_word(&logging, words[0]);
}
