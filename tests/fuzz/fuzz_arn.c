/* Any bytes as a model id: what is taken for a profile's ARN is one, to the letter, and names no
 * host but AWS's.
 * SPDX-License-Identifier: MIT */
#include <arn.h>
#include <endpoint.h>
#include <memory.h>
#include <url.h>

#include <bedrockcost/request.h>

#include <stdbool.h>

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size);

static void must(bool truth)
{
    if (!truth)
        abort();
}

static bool is_label(const char *p, size_t n)
{
    return n > 0 && strspn(p, "abcdefghijklmnopqrstuvwxyz0123456789-") >= n;
}

/* The ARN put together again from its parts is the same text. */
static void check_parts(const char *id, const struct brc__arn *arn)
{
    static const char between[] = ":bedrock:", type[] = ":application-inference-profile/";
    const char *account = arn->region + arn->region_length + 1;

    must(strlen(id) <= BRC__ARN_LENGTH_MAX);
    must(strncmp(id, "arn:", 4) == 0 && arn->partition == id + 4);
    must(is_label(arn->partition, arn->partition_length));
    must(strncmp(arn->partition, "aws", 3) == 0);
    must(arn->region == arn->partition + arn->partition_length + strlen(between));
    must(strncmp(arn->partition + arn->partition_length, between, strlen(between)) == 0);
    must(is_label(arn->region, arn->region_length));
    must(account[-1] == ':' && strspn(account, "0123456789") == 12);
    must(strncmp(account + 12, type, strlen(type)) == 0);
    must(strlen(account) > 12 + strlen(type));
}

/* The host is AWS's own, with the region as one label of it. */
static void check_endpoint(const struct brc__arn *arn)
{
    static const char start[] = "bedrock-runtime.", end[] = ".amazonaws.";
    brc__auto_buf struct brc__buf endpoint = BRC__BUF(BRC__CEILING_URL);
    struct brc__error error;
    struct brc__url url;

    if (brc__endpoint_of(arn, (struct brc__endpoint_kind){0}, &endpoint, &error) < 0)
        return;
    must(brc__url_parse(endpoint.data, endpoint.length, &url) == 0);
    must(url.https && url.port == 443 && url.path_length == 0 && !url.has_query);
    must(strncmp(url.host, start, strlen(start)) == 0);
    must(strncmp(url.host + strlen(start), arn->region, arn->region_length) == 0);
    must(strncmp(url.host + strlen(start) + arn->region_length, end, strlen(end)) == 0);
}

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
    brc__auto_free char *id = brc__strndup((const char *)data, size);
    struct brc__arn arn;

    if (id == NULL)
        return 0;
    must(*brc_profile_explain(id) != '\0');
    if (brc__arn_parse(id, &arn) == 0) {
        check_parts(id, &arn);
        check_endpoint(&arn);
    } else {
        must(arn.partition == NULL && arn.region == NULL);
    }
    return 0;
}
