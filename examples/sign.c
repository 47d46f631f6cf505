/* sign: the AWS Signature Version 4 headers of any HTTP request, to send it with curl or anything
 * else.
 *
 *     export AWS_ACCESS_KEY_ID=... AWS_SECRET_ACCESS_KEY=... AWS_REGION=us-east-1
 *     url='https://bedrock.us-east-1.amazonaws.com/inference-profiles?type=APPLICATION'
 *     sign GET "$url" | curl -H @- "$url"
 *
 * The headers are for exactly this request: what sign is told and what is sent must be the same.
 * SPDX-License-Identifier: MIT */
#include <bedrockcost/bedrockcost.h>

#include <getopt.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <time.h>

enum {
    DONE = 0,
    FAILED = 1,
    MISUSED = 2,
    HEADERS_MAX = 100
};

static const char help[] =
    "usage: sign [OPTIONS] METHOD URL\n"
    "\n"
    "Prints the headers that sign a request with AWS Signature Version 4, one a line.\n"
    "\n"
    "  -H, --header 'Name: value'  a header that will be sent; may come more than once\n"
    "  --body FILE                 the body that will be sent; - for stdin\n"
    "  --region REGION             region to sign for; without it AWS_REGION\n"
    "  --service NAME              service to sign for; without it bedrock\n"
    "  --time SECONDS              when, in seconds since 1970-01-01 UTC; without it now\n"
    "  --help                      print this\n"
    "\n"
    "Credentials come from AWS_ACCESS_KEY_ID, AWS_SECRET_ACCESS_KEY and AWS_SESSION_TOKEN.\n"
    "Exit code: 0 signed, 1 failed, 2 wrong usage.\n";

struct options {
    const char *headers[HEADERS_MAX];
    size_t header_count;
    const char *method, *url, *region, *service, *body_file;
    int64_t time;
    int help;
};

static int misused(const char *why)
{
    fprintf(stderr, "sign: %s; see sign --help\n", why);
    return MISUSED;
}

static int failed(const char *why)
{
    fprintf(stderr, "sign: %s\n", why);
    return FAILED;
}

static int parse_option(int option, struct options *options)
{
    char *end;

    switch (option) {
    case 'H':
        if (options->header_count == HEADERS_MAX)
            return misused("there are too many headers");
        options->headers[options->header_count++] = optarg;
        return DONE;
    case 'b':
        options->body_file = optarg;
        return DONE;
    case 'r':
        options->region = optarg;
        return DONE;
    case 's':
        options->service = optarg;
        return DONE;
    case 't':
        options->time = strtoll(optarg, &end, 10);
        return end == optarg || *end != '\0' ? misused("--time takes a number of seconds") : DONE;
    case 'h':
        options->help = 1;
        return DONE;
    default: /* getopt_long() has said what is wrong */
        return MISUSED;
    }
}

static int parse(int argc, char **argv, struct options *options)
{
    static const struct option known[] = {
        {"header", required_argument, NULL, 'H'},
        {"body", required_argument, NULL, 'b'},
        {"region", required_argument, NULL, 'r'},
        {"service", required_argument, NULL, 's'},
        {"time", required_argument, NULL, 't'},
        {"help", no_argument, NULL, 'h'},
        {NULL, 0, NULL, 0},
    };
    int option;

    while ((option = getopt_long(argc, argv, "H:", known, NULL)) != -1) {
        int rc = parse_option(option, options);
        if (rc != DONE || options->help)
            return rc;
    }
    if (argc - optind != 2)
        return misused("METHOD and URL are needed");
    if (options->region == NULL || *options->region == '\0')
        return misused("--region is needed where AWS_REGION is not set");
    options->method = argv[optind];
    options->url = argv[optind + 1];
    return DONE;
}

/* Reads all there is; the bytes are the caller's to free. */
static int read_all(FILE *file, char **ret_bytes, size_t *ret_length)
{
    size_t capacity = 0, length = 0;
    char *bytes = NULL;

    do {
        if (length == capacity) {
            capacity = capacity == 0 ? 64 * 1024 : 2 * capacity;
            char *larger = realloc(bytes, capacity);
            if (larger == NULL) {
                free(bytes);
                return failed("out of memory");
            }
            bytes = larger;
        }
        length += fread(bytes + length, 1, capacity - length, file);
    } while (!feof(file) && !ferror(file));
    if (ferror(file)) {
        free(bytes);
        return failed("the body cannot be read");
    }
    *ret_bytes = bytes;
    *ret_length = length;
    return DONE;
}

static int read_body(const char *name, char **ret_bytes, size_t *ret_length)
{
    if (name == NULL)
        return DONE;
    if (strcmp(name, "-") == 0)
        return read_all(stdin, ret_bytes, ret_length);
    FILE *file = fopen(name, "rb");
    if (file == NULL)
        return failed("the file of the body cannot be opened");
    int rc = read_all(file, ret_bytes, ret_length);
    fclose(file);
    return rc;
}

static const char *explain(int code)
{
    switch (code) {
    case BRC_E_INVALID:
        return "the method, the URL, a header, the region or the service is malformed, or it is a "
               "header that only signing makes";
    case BRC_E_RANGE:
        return "the time is before 1970 or after the year 9999";
    case BRC_E_CREDENTIALS:
        return "AWS_ACCESS_KEY_ID and AWS_SECRET_ACCESS_KEY are not both set to usable keys";
    default:
        return brc_strerror(code);
    }
}

static int sign(const struct options *options)
{
    brc_credentials *credentials;
    char *body = NULL, *headers = NULL;
    size_t body_length = 0;

    int rc = read_body(options->body_file, &body, &body_length);
    if (rc != DONE)
        return rc;
    brc_sign_input input = {
        .size = sizeof input,
        .method = options->method,
        .url = options->url,
        .headers = options->headers,
        .header_count = options->header_count,
        .body = body,
        .body_length = body_length,
        .region = options->region,
        .service = options->service,
        .time = options->time,
    };
    rc = brc_credentials_new_chain(NULL, &credentials);
    if (rc == 0)
        rc = brc_sign(&input, credentials, &headers);
    if (rc == 0)
        fputs(headers, stdout);
    brc_free(headers);
    brc_credentials_free(credentials);
    free(body);
    return rc < 0 ? failed(explain(rc)) : DONE;
}

int main(int argc, char **argv)
{
    struct options options = {
        .region = getenv("AWS_REGION"),
        .service = "bedrock",
        .time = time(NULL),
    };

    int rc = parse(argc, argv, &options);
    if (rc == DONE && options.help)
        fputs(help, stdout);
    else if (rc == DONE)
        rc = sign(&options);
    if (fflush(stdout) == EOF || ferror(stdout))
        return failed("stdout cannot be written");
    return rc;
}
