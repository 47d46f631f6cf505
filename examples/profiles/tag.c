/* `profiles tag` and `untag`. SPDX-License-Identifier: MIT */
#include "profiles.h"

#include <stdio.h>
#include <string.h>

/* What a command says: which profiles, and which tags. */
struct tagging {
    struct profiles *profiles;
    struct state state;
    char **names;
    int name_count;
    json_t *tags; /* an object */
    bool force;   /* whatever the tag policy says */
};

/* Words with = are tags, KEY=VALUE; those before it are profiles: their names have none. */
static int read_words(struct tagging *tagging, char **words, int count, const char *command)
{
    tagging->tags = json_object();
    tagging->names = words;
    for (int i = 0; i < count; i++) {
        const char *equals = strchr(words[i], '=');
        if (equals == NULL && json_object_size(tagging->tags) > 0)
            return misused("%s: %s: profiles come first, then tags, as KEY=VALUE", command,
                           words[i]);
        if (equals == words[i])
            return misused("%s: %s: a tag is KEY=VALUE", command, words[i]);
        if (equals == NULL) {
            tagging->name_count++;
            continue;
        }
        char key[1024];
        snprintf(key, sizeof key, "%.*s", (int)(equals - words[i]), words[i]);
        json_object_set_new(tagging->tags, key, json_string(equals + 1));
    }
    if (tagging->name_count == 0 || json_object_size(tagging->tags) == 0)
        return misused("%s: which profiles, and which tags? `profiles %s NAME... KEY=%s...`",
                       command, command, strcmp(command, "tag") == 0 ? "VALUE" : "[VALUE]");
    return DONE;
}

/* What the policy of the file objects to in what the profile would have, and did not before. */
static int judge(const struct tagging *tagging, const struct existing *existing, json_t *tags)
{
    json_t *before = json_array(), *after = json_array(), *finding, *old;
    const json_t *policy = tagging->state.declaration.tag_policy;
    size_t count = 0, i, n;

    tag_policy_judge(policy, existing->name, existing->tags, before);
    tag_policy_judge(policy, existing->name, tags, after);
    json_array_foreach(after, i, finding)
    {
        bool is_old = false;
        json_array_foreach(before, n, old) is_old = is_old || json_equal(old, finding);
        if (is_old)
            continue;
        count++;
        failed("%s: %s; %s", existing->name, shown(finding, "message"), shown(finding, "remedy"));
    }
    json_decref(before);
    json_decref(after);
    if (count == 0 || tagging->force)
        return DONE;
    return failed("%s: nothing was done; --force does it all the same", existing->name);
}

/* The file is what the next `apply` goes by. */
static void warn_of_file(const struct tagging *tagging, const struct existing *existing,
                         const json_t *tags)
{
    const struct plan_step *step = plan_step_of(&tagging->state.plan, existing);
    const char *key;
    json_t *value;

    if (step == NULL || step->wanted == NULL)
        return;
    json_object_foreach(step->wanted->tags, key, value)
    {
        if (!json_equal(json_object_get(tags, key), value))
            failed(
                "%s: the file says %s=%s, and the next `profiles apply` sets it; change it there",
                existing->name, key, json_string_value(value));
    }
}

static int say_changed(const struct tagging *tagging, const struct existing *existing, json_t *tags,
                       bool changes)
{
    char text[CELL];
    json_t *row = json_pack("{ss ss sb sO}", "name", existing->name, "arn", existing->arn,
                            "changed", changes, "tags", tags);

    return say(&tagging->profiles->console, row, "%s: %s%s\n", existing->name,
               changes ? "" : "as it was: ", tags_text(tags, text));
}

static int tag_one(struct tagging *tagging, const struct existing *existing)
{
    json_t *tags = json_deep_copy(existing->tags);

    json_object_update(tags, tagging->tags);
    bool changes = !json_equal(tags, existing->tags);
    int rc = judge(tagging, existing, tags);
    if (rc == DONE && changes)
        rc = change_set_tags(&tagging->profiles->cloud, existing, tagging->tags);
    if (rc == DONE)
        rc = say_changed(tagging, existing, tags, changes);
    if (rc == DONE)
        warn_of_file(tagging, existing, tags);
    json_decref(tags);
    return rc;
}

/* KEY= whatever its value is, KEY=VALUE only if it is that. */
static int untag_one(struct tagging *tagging, const struct existing *existing)
{
    json_t *tags = json_deep_copy(existing->tags), *keys = json_array(), *value;
    const char *key;

    json_object_foreach(tagging->tags, key, value)
    {
        const char *is = text_of(tags, key), *wanted = json_string_value(value);
        if (is == NULL || (*wanted != '\0' && strcmp(is, wanted) != 0))
            continue;
        json_array_append_new(keys, json_string(key));
        json_object_del(tags, key);
    }
    bool changes = json_array_size(keys) > 0;
    int rc = judge(tagging, existing, tags);
    if (rc == DONE && changes)
        rc = change_remove_tags(&tagging->profiles->cloud, existing, keys);
    if (rc == DONE)
        rc = say_changed(tagging, existing, tags, changes);
    if (rc == DONE)
        warn_of_file(tagging, existing, tags);
    json_decref(keys);
    json_decref(tags);
    return rc;
}

static int run(struct profiles *profiles, int argc, char **argv,
               int (*one)(struct tagging *tagging, const struct existing *existing))
{
    struct tagging tagging = {.profiles = profiles};
    const struct choice choices[] = {{"force", .flag = &tagging.force}, {.name = NULL}};
    char **words;
    int count;

    int rc = take_options(&profiles->console, argc, argv, choices, 0, -1, &words, &count);
    if (rc != DONE || profiles->console.help)
        return rc;
    rc = read_words(&tagging, words, count, argv[0]);
    if (rc == DONE)
        rc = state_look(profiles, &tagging.state);
    for (int i = 0; i < tagging.name_count && rc == DONE; i++)
        rc = pick(&tagging.state, tagging.names[i]) != NULL ? DONE : FAILED;
    for (int i = 0; i < tagging.name_count && rc == DONE; i++)
        rc = one(&tagging, pick(&tagging.state, tagging.names[i]));
    json_decref(tagging.tags);
    state_free(&tagging.state);
    return rc;
}

int run_tag(void *program, int argc, char **argv)
{
    return run(program, argc, argv, tag_one);
}

int run_untag(void *program, int argc, char **argv)
{
    return run(program, argc, argv, untag_one);
}
