/* SPDX-License-Identifier: MIT */
#include "outcome.h"

#include <bedrockcost/usage.h>

#include <stddef.h>
#include <string.h>

int brc__outcome(enum brc__reach reach, int status, bool usage)
{
    if (reach == BRC__UNSENT)
        return BRC_OUTCOME_NOT_BILLED;
    if (reach != BRC__COMPLETE)
        return BRC_OUTCOME_UNREPORTED;
    switch (status) {
    case 200:
        return usage ? BRC_OUTCOME_REPORTED : BRC_OUTCOME_UNREPORTED;
    case 408: /* ModelTimeoutException: the model ran, and too long */
    case 424: /* ModelErrorException: the model ran, and failed */
        return BRC_OUTCOME_UNREPORTED;
    case 500:
    case 502:
    case 503:
    case 504:
        return BRC_OUTCOME_NOT_BILLED;
    default:
        return status >= 300 && status < 500 ? BRC_OUTCOME_NOT_BILLED : BRC_OUTCOME_UNREPORTED;
    }
}

/* Types that say the credentials are unknown, ended or signed wrongly. */
static bool is_about_credentials(const char *aws_type)
{
    static const char *const types[] = {
        "AuthFailure",
        "ExpiredToken",
        "ExpiredTokenException",
        "IncompleteSignature",
        "IncompleteSignatureException",
        "InvalidAccessKeyId",
        "InvalidClientTokenId",
        "InvalidSignatureException",
        "InvalidToken",
        "MissingAuthenticationToken",
        "MissingAuthenticationTokenException",
        "RequestExpired",
        "RequestInTheFuture",
        "RequestTimeTooSkewed",
        "SignatureDoesNotMatch",
        "UnrecognizedClientException",
    };

    for (size_t i = 0; i < sizeof types / sizeof *types; i++)
        if (strcmp(aws_type, types[i]) == 0)
            return true;
    return false;
}

int brc__status_code(int status, const char *aws_type)
{
    if (status == 200)
        return BRC_OK;
    if (status == 401 || status == 403)
        return is_about_credentials(aws_type) ? BRC_E_CREDENTIALS : BRC_E_ACCESS_DENIED;
    if (status == 429)
        return strcmp(aws_type, "ModelNotReadyException") == 0 ? BRC_E_SERVICE : BRC_E_THROTTLED;
    if (status == 408 || status == 424 || (status >= 500 && status < 600))
        return BRC_E_SERVICE;
    if (status >= 400 && status < 500)
        return BRC_E_REJECTED;
    return BRC_E_PROTOCOL;
}

int brc__exception_code(const char *aws_type)
{
    if (strcmp(aws_type, "ThrottlingException") == 0)
        return BRC_E_THROTTLED;
    return strcmp(aws_type, "ValidationException") == 0 ? BRC_E_REJECTED : BRC_E_SERVICE;
}
