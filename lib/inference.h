/* What makes AWS run a model, and so is closed to signed calls, however it is spelled.
 *
 * A table of what is closed is only as good as the spellings it sees through: a path is judged
 * decoded, in small letters, without empty and dotted segments. What is not spelled the plain way
 * is refused besides, by brc__path_is_plain().
 * SPDX-License-Identifier: MIT */
#ifndef BRC__INFERENCE_H
#define BRC__INFERENCE_H

#include "error.h"

#include <stdbool.h>
#include <stddef.h>

/* Returns 0, or BRC_E_INVALID for a service that does nothing but run models; the text says what to
 * do instead. */
int brc__inference_refuse_service(const char *service, struct brc__error *error);

/* The same for a host that somebody set as an endpoint: it may be a service that runs models under
 * the name of one that does not. `what` says where it was set. */
int brc__inference_refuse_host(const char *host, size_t n, const char *what,
                               struct brc__error *error);

/* The same for a request to bedrock or bedrock-agent. The path is the whole one, as it will be
 * sent. */
int brc__inference_refuse_path(const char *method, const char *path, size_t n,
                               struct brc__error *error);

/* True if a path is spelled the plain way: it begins with a slash; no empty segment but a last one,
 * none that is dots, encoded or not; only unreserved characters, and percent signs before two
 * hexadecimal digits that stand for visible ASCII characters other than % ; \ ? #. */
bool brc__path_is_plain(const char *path, size_t n);

#endif
