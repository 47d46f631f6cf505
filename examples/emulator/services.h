/* The services there are: which one a request is for, and what they call their errors.
 *
 * SPDX-License-Identifier: MIT
 */
#ifndef EMULATOR_SERVICES_H
#define EMULATOR_SERVICES_H

#include <stddef.h>

#include "service.h"

/* NULL after the last. */
const struct emu_service *emu_service_at(size_t index);

/* Its place in the table, where it must be. */
size_t emu_service_index(const struct emu_service *service);

/* The service that a request claims to be for: the first of its credential scope, that of its
 * X-Amz-Target, or the first of all. Nothing of it is verified. */
const struct emu_service *emu_service_addressed(const struct emu_request *request);

/* An error that the operations of any service may answer, as this one calls it. */
const char *emu_service_error_name(const struct emu_service *service, const char *type);

/* What the header x-amzn-query-error calls an error. */
const char *emu_service_query_code(const struct emu_service *service, const char *type);

/* The status of an error of this service. */
int emu_service_error_status(const struct emu_service *service, const char *type);

/* The error usual for a status; NULL: there is none. */
const char *emu_service_error_type(const struct emu_service *service, int status);

#endif
