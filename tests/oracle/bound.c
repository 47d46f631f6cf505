/* Reads requests, a line each: "m MESSAGE", "s SYSTEM", "t TOOLCONFIG"; an empty line ends one, and
 * is answered with the bound of its input and what has none. SPDX-License-Identifier: MIT */
#include <bound.h>

#include <inttypes.h>
#include <stdio.h>
#include <stdlib.h>

#define ARN "arn:aws:bedrock:us-east-1:123456789012:application-inference-profile/abc"

static int add_part(brc_request *request, const char *line, size_t n)
{
    if (*line == 'm')
        return brc_request_add_message(request, line + 2, n - 2);
    return brc_request_set_json(request, *line == 's' ? "system" : "toolConfig", line + 2, n - 2);
}

int main(void)
{
    brc_request *request = NULL;
    struct brc__bound bound;
    char *line = NULL;
    size_t size = 0;
    int rc = brc_request_new(ARN, &request);

    for (ssize_t n = getline(&line, &size, stdin); rc == 0 && n > 0;
         n = getline(&line, &size, stdin)) {
        if (n > 1) {
            rc = add_part(request, line, (size_t)n - 1);
            continue;
        }
        rc = brc__bound_of(request, &bound);
        printf("%" PRId64 " %s\n", bound.input, bound.unbounded);
        brc__bound_clear(&bound);
        brc_request_free(request);
        if (rc == 0)
            rc = brc_request_new(ARN, &request);
    }
    brc_request_free(request);
    free(line);
    return rc < 0;
}
