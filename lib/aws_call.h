/* Signed calls of other AWS services, as errands.
 * SPDX-License-Identifier: MIT */
#ifndef BRC__AWS_CALL_H
#define BRC__AWS_CALL_H

#include "errand.h"

/* An errand to a service, signed by the client if the operation is signed at all. `region` NULL:
 * that of the program's surroundings. `json` NULL or "": none. Returns 0, or BRC_E_INVALID,
 * BRC_E_NOMEM, BRC_E_TOO_LARGE with the reason in client->error. */
int brc__aws_errand(brc_client *client, const char *service, const char *region,
                    const char *operation, const char *json, struct brc__errand **ret_errand);

#endif
