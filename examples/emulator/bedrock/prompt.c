/* Measures prompts. A cache point splits the prompt in front of it
 * off as a prefix, written when seen for the first time and read ever after.
 *
 * SPDX-License-Identifier: MIT
 */
#include "prompt.h"

#include <openssl/evp.h>
#include <openssl/sha.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

/* A walk through the prompt, in the order in which the model reads it. */
struct walk {
    EVP_MD_CTX *hash; /* of the model and all blocks so far */
    enum emu_tokenizer tokenizer;
    json_t *caches;
    struct emu_usage usage;
    int64_t weight;         /* of all so far */
    int64_t counted_tokens; /* up to the last cache point */
    bool has_cache_point;
};

/* Weight of all strings called "text", however deep. */
static int64_t weigh(enum emu_tokenizer tokenizer, const json_t *value)
{
    int64_t n = 0;
    const json_t *member;
    const char *key;
    size_t i;

    if (json_is_array(value)) {
        json_array_foreach(value, i, member)
        {
            n += weigh(tokenizer, member);
        }
    } else if (json_is_object(value)) {
        json_object_foreach((json_t *)(uintptr_t)value, key, member)
        {
            if (json_is_string(member) && strcmp(key, "text") == 0)
                n += emu_weigh(tokenizer, json_string_value(member), json_string_length(member));
            else
                n += weigh(tokenizer, member);
        }
    }
    return n;
}

static int hash_json(struct walk *walk, const json_t *value)
{
    char *text = json_dumps(value, JSON_COMPACT | JSON_SORT_KEYS | JSON_ENCODE_ANY);

    if (text == NULL)
        return EMU_OUT_OF_MEMORY;
    EVP_DigestUpdate(walk->hash, text, strlen(text) + 1);
    free(text);
    return EMU_OK;
}

/* The hash so far, in hexadecimal. */
static int prefix_key(const struct walk *walk, char key[2 * SHA256_DIGEST_LENGTH + 1])
{
    unsigned char digest[SHA256_DIGEST_LENGTH];
    EVP_MD_CTX *copy = EVP_MD_CTX_new();
    bool done = copy != NULL && EVP_MD_CTX_copy_ex(copy, walk->hash) == 1 &&
                EVP_DigestFinal_ex(copy, digest, NULL) == 1;

    EVP_MD_CTX_free(copy);
    for (size_t i = 0; done && i < sizeof(digest); i++)
        snprintf(key + 2 * i, 3, "%02x", digest[i]);
    return done ? EMU_OK : EMU_OUT_OF_MEMORY;
}

/* The prefix that ends here was read if it is known. What is in front of it was then read, too. */
static int pass_cache_point(struct walk *walk, const json_t *cache_point)
{
    const char *ttl = json_string_value(json_object_get(cache_point, "ttl"));
    int64_t tokens = emu_tokens_of(walk->weight);
    char key[2 * SHA256_DIGEST_LENGTH + 1];
    int rc = prefix_key(walk, key);

    if (rc < 0)
        return rc;
    walk->has_cache_point = true;
    if (json_object_get(walk->caches, key) != NULL) {
        walk->usage = (struct emu_usage){.cache_read = tokens};
    } else {
        int64_t written = tokens - walk->counted_tokens;

        if (ttl != NULL && strcmp(ttl, "1h") == 0)
            walk->usage.cache_write_1h += written;
        else
            walk->usage.cache_write_5m += written;
        if (json_object_set_new(walk->caches, key, json_true()) < 0)
            return EMU_OUT_OF_MEMORY;
    }
    walk->counted_tokens = tokens;
    return EMU_OK;
}

/* A list of blocks; in a model's own request a string may stand for it. */
static int walk_blocks(struct walk *walk, const json_t *blocks)
{
    const json_t *block;
    size_t i;
    int rc = EMU_OK;

    if (json_is_string(blocks)) {
        walk->weight +=
            emu_weigh(walk->tokenizer, json_string_value(blocks), json_string_length(blocks));
        return hash_json(walk, blocks);
    }
    json_array_foreach(blocks, i, block)
    {
        const json_t *cache_point = json_object_get(block, "cachePoint");

        if (json_is_object(cache_point)) {
            rc = pass_cache_point(walk, cache_point);
        } else {
            rc = hash_json(walk, block);
            walk->weight += weigh(walk->tokenizer, block);
        }
        if (rc < 0)
            return rc;
    }
    return EMU_OK;
}

static int walk_prompt(struct walk *walk, const json_t *input)
{
    const json_t *message;
    size_t i;
    int rc = walk_blocks(walk, json_object_get(input, "system"));

    json_array_foreach(json_object_get(input, "messages"), i, message)
    {
        if (rc == EMU_OK)
            rc = hash_json(walk, json_object_get(message, "role"));
        if (rc == EMU_OK)
            rc = walk_blocks(walk, json_object_get(message, "content"));
    }
    return rc;
}

int emu_prompt_measure(enum emu_tokenizer tokenizer, const json_t *input, const char *model_id,
                       json_t *caches, struct emu_usage *usage, bool *ret_has_cache_point)
{
    struct walk walk = {.hash = EVP_MD_CTX_new(), .tokenizer = tokenizer, .caches = caches};
    int rc = EMU_OUT_OF_MEMORY;

    if (walk.hash != NULL && EVP_DigestInit_ex(walk.hash, EVP_sha256(), NULL) == 1) {
        EVP_DigestUpdate(walk.hash, model_id, strlen(model_id) + 1);
        rc = walk_prompt(&walk, input);
    }
    EVP_MD_CTX_free(walk.hash);
    walk.weight += emu_weigh_frame(
        tokenizer, json_array_size(json_object_get(input, "messages")),
        json_array_size(json_object_get(json_object_get(input, "toolConfig"), "tools")));
    walk.usage.input = emu_tokens_of(walk.weight) - walk.counted_tokens;
    *usage = walk.usage;
    *ret_has_cache_point = walk.has_cache_point;
    return rc;
}
