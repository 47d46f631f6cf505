/* What the profiles of a catalogue are called: that no two go by one word, and which words there
 * are. SPDX-License-Identifier: MIT */
#ifndef BRC__CATALOGUE_NAMES_H
#define BRC__CATALOGUE_NAMES_H

#include "buffer.h"
#include "catalogue.h"

/* Whether profiles can be put, which are sorted by ARN then: no ARN comes twice among them, and
 * none has an alias or name that another of them, or of those in the catalogue that they do not
 * replace, goes by. Names may repeat in other accounts and regions; with names_may_repeat, whatever
 * they are. Returns 0, BRC_E_INVALID with both in error, BRC_E_NOMEM. */
int brc__catalogue_check_names(const struct brc__catalogue *catalogue,
                               struct brc__listing **listings, size_t listing_count,
                               bool names_may_repeat, struct brc__error *error);

/* Appends a list for a message, "ads, search": of all values that the tag has, or without a key of
 * all keys; of all series; or of all profiles. Returns 0 or BRC_E_NOMEM. */
int brc__catalogue_list_tags(const struct brc__catalogue *catalogue, const char *key,
                             struct brc__buf *to);
int brc__catalogue_list_series(const struct brc__catalogue *catalogue, struct brc__buf *to);
int brc__catalogue_list_names(const struct brc__catalogue *catalogue, struct brc__buf *to);

#endif
