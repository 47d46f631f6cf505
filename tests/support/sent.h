/* A request as the scripted server got it: its headers, and whether its signature is right.
 * SPDX-License-Identifier: MIT */
#ifndef TEST_SENT_H
#define TEST_SENT_H

#include <bedrockcost/sign.h>

/* The value of a header, or NULL; good until the next question but three. */
const char *sent_header(const char *request, const char *name);

/* What follows the head. */
const char *sent_body(const char *request);

/* NULL if brc_sign() signs the very same way with these credentials, for that service and region,
 * at the time the request says; else what is wrong. */
const char *sent_wrong(const char *request, brc_credentials *credentials, const char *service,
                       const char *region);

#endif
