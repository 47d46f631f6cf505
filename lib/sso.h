/* Keys for a role by way of IAM Identity Center (SSO): the token that `aws sso login` keeps in a
 * file, renewed if it may be, and the keys that the portal gives for it. SPDX-License-Identifier:
 * MIT */
#ifndef BRC__SSO_H
#define BRC__SSO_H

#include "fetch_state.h"

int brc__sso_begin(brc_client *client, struct brc__fetch *fetch, int64_t now,
                   struct brc__errand **ret_errand);
int brc__sso_after(brc_client *client, struct brc__fetch *fetch, const struct brc__buf *answer,
                   int64_t now, struct brc__errand **ret_errand);

/* In place of an answer came a failure, which is in client->error: there may be another way. */
int brc__sso_refused(brc_client *client, struct brc__fetch *fetch, int64_t now,
                     struct brc__errand **ret_errand);

#endif
