/* SPDX-License-Identifier: MIT */
#include "catalogue_names.h"

/* What profiles go by. */
struct called {
    const char *word;
    enum {
        BY_ARN,
        BY_ALIAS,
        BY_NAME
    } as;
    const struct brc__listing *listing;
    bool is_new;
};

static int compare_called(const void *a, const void *b)
{
    const struct called *x = a, *y = b;
    int order = strcmp(x->word, y->word);

    return order != 0 ? order : strcmp(x->listing->arn, y->listing->arn);
}

static size_t call(struct called *called, const struct brc__listing *listing, bool is_new)
{
    size_t n = 0;

    called[n++] = (struct called){listing->arn, BY_ARN, listing, is_new};
    if (listing->alias != NULL)
        called[n++] = (struct called){listing->alias, BY_ALIAS, listing, is_new};
    if (listing->alias == NULL || strcmp(listing->alias, listing->name) != 0)
        called[n++] = (struct called){listing->name, BY_NAME, listing, is_new};
    return n;
}

/* Whether both ARNs are of one account and region, whose names AWS keeps apart. */
static bool are_neighbours(const struct brc__listing *a, const struct brc__listing *b)
{
    size_t n = (size_t)(strchr(a->arn, '/') - a->arn);

    return strncmp(a->arn, b->arn, n + 1) == 0;
}

/* Of two that go by the same word. */
static bool clash(const struct called *a, const struct called *b, bool names_may_repeat)
{
    if (!a->is_new && !b->is_new)
        return false;
    if (a->as == BY_NAME && b->as == BY_NAME)
        return !names_may_repeat && are_neighbours(a->listing, b->listing);
    return !names_may_repeat || (a->as != BY_NAME && b->as != BY_NAME);
}

static int refuse(const struct called *a, const struct called *b, struct brc__error *error)
{
    static const char *const as[] = {"ARN", "alias", "name"};

    if (a->as == BY_ARN)
        return brc__error_set(error, BRC_E_INVALID, "profile: %s comes twice", a->word);
    return brc__error_set(error, BRC_E_INVALID, "profile: \"%s\" is the %s of %s and the %s of %s",
                          a->word, as[a->as], a->listing->arn, as[b->as], b->listing->arn);
}

static int find_clash(struct called *called, size_t count, bool names_may_repeat,
                      struct brc__error *error)
{
    qsort(called, count, sizeof *called, compare_called);
    for (size_t i = 0; i < count; i++)
        for (size_t n = i + 1; n < count && strcmp(called[i].word, called[n].word) == 0; n++)
            if (clash(&called[i], &called[n], names_may_repeat))
                return refuse(&called[i], &called[n], error);
    return BRC_OK;
}

static int compare_listings(const void *a, const void *b)
{
    return strcmp((*(struct brc__listing *const *)a)->arn, (*(struct brc__listing *const *)b)->arn);
}

int brc__catalogue_check_names(const struct brc__catalogue *catalogue,
                               struct brc__listing **listings, size_t listing_count,
                               bool names_may_repeat, struct brc__error *error)
{
    size_t most = 3 * (listing_count + catalogue->listing_count), count = 0;

    struct called *called = calloc(most + 1, sizeof *called);
    if (called == NULL)
        return brc__error_set(error, BRC_E_NOMEM, "%s", brc_strerror(BRC_E_NOMEM));
    qsort(listings, listing_count, sizeof *listings, compare_listings);
    for (size_t i = 0; i < listing_count; i++)
        count += call(&called[count], listings[i], true);
    for (size_t i = 0; i < catalogue->listing_count; i++)
        if (bsearch(&catalogue->listings[i], listings, listing_count, sizeof *listings,
                    compare_listings) == NULL)
            count += call(&called[count], catalogue->listings[i], false);
    int rc = find_clash(called, count, names_may_repeat, error);
    free(called);
    return rc;
}

static int compare_words(const void *a, const void *b)
{
    return strcmp(*(const char *const *)a, *(const char *const *)b);
}

/* "a, b, c", sorted, each once, not more than a message has room for. */
static int list_words(const char **words, size_t count, struct brc__buf *to)
{
    enum {
        ROOM = 600
    };

    qsort(words, count, sizeof *words, compare_words);
    for (size_t i = 0; i < count && to->status == 0; i++) {
        if (i > 0 && strcmp(words[i - 1], words[i]) == 0)
            continue;
        if (to->length + strlen(words[i]) > ROOM) {
            brc__buf_text(to, ", ...");
            break;
        }
        brc__buf_appendf(to, "%s%s", to->length > 0 ? ", " : "", words[i]);
    }
    return to->status;
}

int brc__catalogue_list_tags(const struct brc__catalogue *catalogue, const char *key,
                             struct brc__buf *to)
{
    size_t most = 0, count = 0;

    for (size_t i = 0; i < catalogue->listing_count; i++)
        most += catalogue->listings[i]->tag_count;
    const char **words = calloc(most + 1, sizeof *words);
    if (words == NULL)
        return BRC_E_NOMEM;
    for (size_t i = 0; i < catalogue->listing_count; i++) {
        const struct brc__listing *listing = catalogue->listings[i];
        for (size_t n = 0; n < listing->tag_count; n++)
            if (key == NULL || strcmp(listing->tag[n].key, key) == 0)
                words[count++] = key == NULL ? listing->tag[n].key : listing->tag[n].value;
    }
    int rc = list_words(words, count, to);
    free(words);
    return rc;
}

int brc__catalogue_list_series(const struct brc__catalogue *catalogue, struct brc__buf *to)
{
    size_t count = 0;

    const char **words = calloc(catalogue->listing_count + 1, sizeof *words);
    if (words == NULL)
        return BRC_E_NOMEM;
    for (size_t i = 0; i < catalogue->listing_count; i++)
        if (catalogue->listings[i]->series != NULL)
            words[count++] = catalogue->listings[i]->series;
    int rc = list_words(words, count, to);
    free(words);
    return rc;
}

int brc__catalogue_list_names(const struct brc__catalogue *catalogue, struct brc__buf *to)
{
    size_t count = catalogue->listing_count;

    const char **words = calloc(count + 1, sizeof *words);
    if (words == NULL)
        return BRC_E_NOMEM;
    for (size_t i = 0; i < count; i++)
        words[i] = catalogue->listings[i]->alias != NULL ? catalogue->listings[i]->alias
                                                         : catalogue->listings[i]->name;
    int rc = list_words(words, count, to);
    free(words);
    return rc;
}
