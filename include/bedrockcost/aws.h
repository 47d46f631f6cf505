/**
 * @file aws.h
 * @brief Signed calls of other AWS services: profiles, budgets, costs, metrics.
 *
 * What runs models is closed here, however it is spelled: brc_converse() and brc_converse_stream()
 * are the only ways to it, for only they go through a profile and leave a record.
 *
 * SPDX-License-Identifier: MIT
 */
#ifndef BEDROCKCOST_AWS_H
#define BEDROCKCOST_AWS_H

#include <bedrockcost/client.h>

#ifdef __cplusplus
extern "C" {
#endif

/**
 * @brief Calls an operation of an AWS service, and waits for the answer.
 *
 * Signed with the client's credentials, attempted as often as brc_client_set_retries() says. What
 * an answer has more of (nextToken) is for the caller to ask for.
 * @param client The client. The endpoint is that of the service in the region, or the one that
 *        AWS_ENDPOINT_URL_<SERVICE>, AWS_ENDPOINT_URL or the profile's endpoint_url name;
 *        brc_client_set_endpoint() does not matter here.
 * @param service `bedrock`, `bedrock-agent`, `budgets`, `ce`, `dynamodb`, `iam`, `monitoring` (or
 *        `cloudwatch`), `pricing`, `sns`, `sso`, `sso-oidc`, `sts`. Copied.
 * @param region For example "us-east-1"; NULL for what AWS_REGION, AWS_DEFAULT_REGION or the
 *        profile says, or else for the region of the EC2 instance, asked of its metadata service.
 * Services that a whole partition has once sign for their own. Copied.
 * @param operation Of `bedrock`, `bedrock-agent`, `sso` and `sso-oidc` the method and the path, its
 *        parts percent-encoded, for example "GET /inference-profiles?maxResults=10"; of the others
 *        the bare name, for example "GetCostAndUsage". Copied.
 * @param json The operation's input as a JSON object, NUL-terminated UTF-8, judged as by
 *        brc_request_set_json(); NULL for none. For `iam`, `sns` and `sts` it becomes a form.
 * Copied.
 * @param[out] ret_json The answer as JSON; with an error of AWS that has members beside its
 * message, those; or NULL. Of `iam`, `sns` and `sts` the elements of their XML, named as there, a
 * list of `member` being an array. Owned, whatever the code; free with brc_free(), which wipes it.
 * @return 0; before anything is sent BRC_E_INVALID (an argument is NULL, no such service, no
 * region, no such operation, JSON that cannot be accepted, an operation that runs models, the
 * client has a loop), BRC_E_TOO_LARGE, BRC_E_CREDENTIALS, BRC_E_NOMEM, BRC_E_RECURSION,
 *         BRC_E_FORKED; then BRC_E_CONNECT, BRC_E_TLS, BRC_E_TIMEOUT, BRC_E_PROTOCOL,
 *         BRC_E_TOO_LARGE, BRC_E_CREDENTIALS, BRC_E_ACCESS_DENIED, BRC_E_THROTTLED, BRC_E_REJECTED,
 *         BRC_E_SERVICE, BRC_E_NOMEM; BRC_E_CANCELED if a callback frees the client.
 *         brc_client_error() and brc_client_error_detail() say more.
 * @par Threads
 * The client's.
 * @since 0.1
 */
BRC_API int brc_aws_call(brc_client *client, const char *service, const char *region,
                         const char *operation, const char *json, char **ret_json);

#ifdef __cplusplus
}
#endif

#endif
