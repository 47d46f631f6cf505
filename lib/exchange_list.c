/* SPDX-License-Identifier: MIT */
#include "exchange_list.h"

void brc__exchange_append(struct brc__exchange_list *list, struct brc__exchange *exchange)
{
    enum brc__link link = list->link;

    exchange->links[link].next = NULL;
    exchange->links[link].previous = list->last;
    if (list->last != NULL)
        list->last->links[link].next = exchange;
    else
        list->first = exchange;
    list->last = exchange;
}

void brc__exchange_detach(struct brc__exchange_list *list, struct brc__exchange *exchange)
{
    enum brc__link link = list->link;
    struct brc__exchange *previous = exchange->links[link].previous;
    struct brc__exchange *next = exchange->links[link].next;

    if (previous != NULL)
        previous->links[link].next = next;
    else
        list->first = next;
    if (next != NULL)
        next->links[link].previous = previous;
    else
        list->last = previous;
}
