/* Citations: one for each source of the prompt that is to be cited.
 *
 * SPDX-License-Identifier: MIT
 */
#include "message.h"

#define EXCERPT_CHARACTERS 40

/* The bytes that the first characters of a text take. */
static size_t excerpt_length(const char *text, json_int_t *ret_characters)
{
    size_t len = 0;

    *ret_characters = 0;
    for (; text[len] != '\0'; len++) {
        if (((unsigned char)text[len] & 0xC0) == 0x80)
            continue;
        if (*ret_characters == EXCERPT_CHARACTERS)
            break;
        ++*ret_characters;
    }
    return len;
}

static const char *first_text(const json_t *parts)
{
    return json_string_value(json_object_get(json_array_get(parts, 0), "text"));
}

/* A document's text, or NULL if it is in no form that can be read here. */
static const char *document_text(const json_t *document)
{
    const json_t *source = json_object_get(document, "source");
    const char *text = json_string_value(json_object_get(source, "text"));

    return text != NULL ? text : first_text(json_object_get(source, "content"));
}

static json_t *cite_document(const json_t *document, json_int_t index)
{
    const char *name = json_string_value(json_object_get(document, "name"));
    const char *text = document_text(document);
    json_int_t characters;
    size_t len;

    if (text == NULL)
        return json_pack("{s:s, s:{s:{s:I, s:i, s:i}}}", "title", name, "location", "documentPage",
                         "documentIndex", index, "start", 1, "end", 2);
    len = excerpt_length(text, &characters);
    return json_pack("{s:s, s:[{s:s%}], s:{s:{s:I, s:i, s:I}}}", "title", name, "sourceContent",
                     "text", text, len, "location", "documentChar", "documentIndex", index, "start",
                     0, "end", characters);
}

static json_t *cite_search_result(const json_t *result, json_int_t index)
{
    const char *text = first_text(json_object_get(result, "content"));
    json_int_t characters;
    size_t len = excerpt_length(text != NULL ? text : "", &characters);

    return json_pack("{s:s, s:s, s:[{s:s%}], s:{s:{s:I, s:i, s:i}}}", "title",
                     json_string_value(json_object_get(result, "title")), "source",
                     json_string_value(json_object_get(result, "source")), "sourceContent", "text",
                     text != NULL ? text : "", len, "location", "searchResultLocation",
                     "searchResultIndex", index, "start", 0, "end", 1);
}

static bool is_to_be_cited(const json_t *source)
{
    return json_is_true(json_object_get(json_object_get(source, "citations"), "enabled"));
}

/* Documents and search results are numbered apart, those that are not cited among them. */
struct numbers {
    json_int_t documents;
    json_int_t search_results;
};

static int cite_block(json_t *citations, const json_t *block, struct numbers *next)
{
    const json_t *document = json_object_get(block, "document");
    const json_t *result = json_object_get(block, "searchResult");
    int rc = 0;

    if (is_to_be_cited(document))
        rc = json_array_append_new(citations, cite_document(document, next->documents));
    if (is_to_be_cited(result))
        rc = json_array_append_new(citations, cite_search_result(result, next->search_results));
    next->documents += json_is_object(document);
    next->search_results += json_is_object(result);
    return rc;
}

json_t *emu_citations(const json_t *messages)
{
    json_t *citations = json_array();
    struct numbers next = {0};
    const json_t *message;
    const json_t *block;
    size_t i, j;

    json_array_foreach(messages, i, message)
    {
        json_array_foreach(json_object_get(message, "content"), j, block)
        {
            if (cite_block(citations, block, &next) < 0) {
                json_decref(citations);
                return NULL;
            }
        }
    }
    return citations;
}
