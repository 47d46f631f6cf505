/* Requests to a machine's own metadata service, in its version 2: a token first, then what is asked
 * with it. SPDX-License-Identifier: MIT */
#ifndef BRC__IMDS_H
#define BRC__IMDS_H

#include "errand.h"

/* Both return 0, BRC_E_NOMEM or BRC_E_TOO_LARGE, and say so in client->error. */
int brc__imds_token(brc_client *client, const char *endpoint, struct brc__errand **ret_errand);
int brc__imds_get(brc_client *client, const char *endpoint, const char *path, const char *token,
                  struct brc__errand **ret_errand);

#endif
