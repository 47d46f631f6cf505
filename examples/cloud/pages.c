/* Lists that AWS hands out page by page. SPDX-License-Identifier: MIT */
#include "cloud.h"

#include <stdio.h>
#include <string.h>

/* The operation for the page: a GET has its token behind it. */
static void page_operation(const struct pages *pages, const char *token,
                           char ret_operation[CLOUD_PATH])
{
    bool in_query = strncmp(pages->operation, "GET ", 4) == 0;

    snprintf(ret_operation, CLOUD_PATH, "%s", pages->operation);
    if (token == NULL || !in_query)
        return;
    size_t length = strlen(ret_operation);
    snprintf(ret_operation + length, CLOUD_PATH - length,
             "%c%s=", strchr(ret_operation, '?') != NULL ? '&' : '?', pages->token);
    path_append(ret_operation, token);
}

/* The token of the page behind, or NULL. */
static const char *next_token(const struct pages *pages, const json_t *answer)
{
    const char *name = pages->token_back != NULL ? pages->token_back : pages->token;
    const char *token = text_of(answer, name);

    return token != NULL && *token != '\0' ? token : NULL;
}

static int read_page(struct cloud *cloud, const struct pages *pages, const json_t *input,
                     json_t *items, json_t **token)
{
    const char *text = json_string_value(*token);
    char operation[CLOUD_PATH];
    json_t *answer, *page_input = input != NULL ? json_deep_copy(input) : NULL;

    page_operation(pages, text, operation);
    if (text != NULL && strncmp(operation, "GET ", 4) != 0) {
        page_input = page_input != NULL ? page_input : json_object();
        json_object_set_new(page_input, pages->token, json_string(text));
    }
    int rc = cloud_call(cloud, pages->service, operation, page_input, &answer);
    json_decref(*token);
    *token = NULL;
    if (rc < 0)
        return rc;
    json_t *page = json_object_get(answer, pages->items);
    if (json_is_array(page))
        rc = json_array_extend(items, page) < 0 ? BRC_E_NOMEM : 0;
    text = next_token(pages, answer);
    if (text != NULL)
        *token = json_string(text);
    json_decref(answer);
    return rc;
}

int cloud_list(struct cloud *cloud, const struct pages *pages, json_t *input, json_t **ret_items)
{
    json_t *items = json_array(), *token = NULL;
    int rc;

    do
        rc = read_page(cloud, pages, input, items, &token);
    while (rc == 0 && token != NULL);
    json_decref(token);
    json_decref(input);
    if (rc < 0) {
        json_decref(items);
        items = NULL;
    }
    *ret_items = items;
    return rc;
}
