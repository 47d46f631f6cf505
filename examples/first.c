/* The program of README.md: one question through a tagged profile.
 *
 *     cc first.c -o first $(pkg-config --cflags --libs libbedrockcost)
 *     ./first arn:aws:bedrock:us-east-1:123456789012:application-inference-profile/abc123def456
 *
 * SPDX-License-Identifier: MIT */
#include <bedrockcost/bedrockcost.h>
#include <inttypes.h>
#include <stdio.h>

static void on_usage(const brc_usage *usage, void *file)
{
    fprintf(file, "%s: %" PRId64 " tokens in, %" PRId64 " out\n",
            brc_usage_text(usage, BRC_USAGE_PROFILE_ARN),
            brc_usage_int(usage, BRC_USAGE_INPUT_TOKENS),
            brc_usage_int(usage, BRC_USAGE_OUTPUT_TOKENS));
}

int main(int argc, char **argv)
{
    const char *profile_arn = argc > 1 ? argv[1] : "";
    brc_request *request;
    brc_credentials *credentials;
    brc_client *client;
    brc_result *result;

    if (brc_request_new(profile_arn, &request) < 0) {
        fprintf(stderr, "%s\n", brc_profile_explain(profile_arn));
        return 1;
    }
    brc_request_add_text(request, "user", "Why is the sky blue?", 20);
    brc_credentials_new_chain(NULL, &credentials);
    brc_client_new(credentials, &client);
    brc_client_set_usage(client, on_usage, stderr, NULL);

    /* What failed above left a NULL, and a NULL here is an error, not a crash. */
    int rc = brc_converse(client, request, &result);
    if (rc == 0)
        printf("%s\n", brc_result_text(result, NULL));
    else
        fprintf(stderr, "%s\n", brc_client_error(client));

    brc_result_free(result);
    brc_client_free(client);
    brc_credentials_free(credentials);
    brc_request_free(request);
    return rc < 0;
}
