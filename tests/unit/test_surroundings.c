/* What is set around a program, and what the calls of a client make of it: regions, endpoints, and
 * values that cannot be. SPDX-License-Identifier: MIT */
#include "calling.h"
#include "run.h"
#include "sent.h"

#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

static struct calling c;
static char config[] = "/tmp/surroundings-test-XXXXXX";
static char url[64]; /* of the server */

static void start(void)
{
    calling_start(&c);
    unsetenv("AWS_ENDPOINT_URL");
    snprintf(url, sizeof url, "%s", server_url(c.server));
    strcpy(strrchr(config, '-') + 1, "XXXXXX");
    close(mkstemp(config));
    setenv("AWS_CONFIG_FILE", config, 1);
}

static void stop(void)
{
    remove(config);
    calling_stop(&c);
}

/* A template with the server's URL wherever an @ stands. */
static void expand(const char *template, char *to, size_t size)
{
    size_t n = 0;

    for (; *template != '\0' && n + sizeof url < size; template ++)
        n += (size_t)(*template == '@' ? snprintf(to + n, size - n, "%s", url)
                                       : snprintf(to + n, size - n, "%c", *template));
}

/* Variables as "NAME=value" lines, and the config file; then a new client. */
static void surround(const char *variables, const char *file)
{
    char lines[1024] = "", text[1024] = "", *rest = lines;
    FILE *stream = fopen(config, "w");

    expand(variables, lines, sizeof lines);
    for (char *line; (line = strsep(&rest, "\n")) != NULL && *line != '\0';) {
        char *value = strchr(line, '=');
        *value = '\0';
        setenv(line, value + 1, 1);
    }
    expand(file, text, sizeof text);
    fputs(text, stream);
    fclose(stream);
    calling_renew(&c, NULL);
}

/* Converse by the same client, which minds endpoints and flags, and whose region is the profile's.
 */
static int converse(void)
{
    brc_request *request;
    brc_result *result;

    ck_assert_int_eq(brc_request_new(FIXTURE_ARN, &request), 0);
    ck_assert_int_eq(brc_request_add_text(request, "user", "Hi", 2), 0);
    int rc = brc_converse(c.client, request, &result);
    brc_result_free(result);
    brc_request_free(request);
    return rc;
}

/* ---- regions */

static const struct {
    const char *variables, *file, *region;
} regions[] = {
    {"AWS_ENDPOINT_URL=@\nAWS_REGION=eu-west-1\nAWS_DEFAULT_REGION=eu-west-2\n",
     "[default]\nregion=eu-west-3\n", "eu-west-1"},
    {"AWS_ENDPOINT_URL=@\nAWS_DEFAULT_REGION=eu-west-2\n", "[default]\nregion=eu-west-3\n",
     "eu-west-2"},
    {"AWS_ENDPOINT_URL=@\n", "[default]\nregion=eu-west-3\n", "eu-west-3"},
    {"AWS_ENDPOINT_URL=@\nAWS_PROFILE=p\n",
     "[default]\nregion=eu-west-3\n[profile p]\nregion=eu-north-1\n", "eu-north-1"},
    {"AWS_ENDPOINT_URL=@\nAWS_REGION=\n", "[default]\nregion=eu-west-3\n", "eu-west-3"},
};

START_TEST(region_is_found)
{
    surround(regions[_i].variables, regions[_i].file);
    ck_assert_msg(calling_call(&c, "dynamodb", NULL, "GetItem", "{}") == 0, "%s",
                  brc_client_error(c.client));
    const char *wrong =
        sent_wrong(calling_request(&c), c.credentials, "dynamodb", regions[_i].region);
    ck_assert_msg(wrong == NULL, "%s", wrong);
    /* One that is given counts before all of them; a service of the whole partition has its own. */
    ck_assert_int_eq(calling_call(&c, "dynamodb", "sa-east-1", "GetItem", "{}"), 0);
    ck_assert_ptr_null(sent_wrong(calling_request(&c), c.credentials, "dynamodb", "sa-east-1"));
    ck_assert_int_eq(calling_call(&c, "ce", NULL, "GetTags", NULL), 0);
    ck_assert_ptr_null(sent_wrong(calling_request(&c), c.credentials, "ce", "us-east-1"));
}
END_TEST

/* Asked of the machine once, and kept. */
START_TEST(region_of_the_machine)
{
    static const char token[] = "HTTP/1.1 200 OK\r\nContent-Length: 3\r\n\r\ntok";
    static const char region[] = "HTTP/1.1 200 OK\r\nContent-Length: 9\r\n\r\neu-west-1";
    static const char answer[] = "HTTP/1.1 200 OK\r\nContent-Length: 2\r\n\r\n{}";
    const struct server_reply replies[] = {{.bytes = token}, {.bytes = region}, {.bytes = answer}};

    surround("AWS_EC2_METADATA_DISABLED=false\nAWS_EC2_METADATA_SERVICE_ENDPOINT=@\n"
             "AWS_ENDPOINT_URL=@\n",
             "");
    server_script(c.server, replies, 3);
    ck_assert_msg(calling_call(&c, "dynamodb", NULL, "GetItem", "{}") == 0, "%s",
                  brc_client_error(c.client));
    ck_assert_uint_eq(server_requests(c.server), 3);
    ck_assert_ptr_null(sent_wrong(calling_request(&c), c.credentials, "dynamodb", "eu-west-1"));
    ck_assert_int_eq(calling_call(&c, "dynamodb", NULL, "GetItem", "{}"), 0);
    ck_assert_uint_eq(server_requests(c.server), 4);
}
END_TEST

/* A call that says its region asks no machine; nor does Converse. */
START_TEST(machine_is_not_asked_in_vain)
{
    surround("AWS_EC2_METADATA_DISABLED=false\nAWS_EC2_METADATA_SERVICE_ENDPOINT=@\n"
             "AWS_ENDPOINT_URL=@\n",
             "");
    ck_assert_int_eq(calling_call(&c, "dynamodb", "eu-west-1", "GetItem", "{}"), 0);
    ck_assert_uint_eq(server_requests(c.server), 1);
    calling_reply(&c, "200 OK", "", fixture_answer_body);
    ck_assert_int_eq(converse(), 0);
    ck_assert_uint_eq(server_requests(c.server), 2);
}
END_TEST

START_TEST(machine_without_a_region)
{
    surround("AWS_EC2_METADATA_DISABLED=false\nAWS_EC2_METADATA_SERVICE_ENDPOINT=@\n"
             "AWS_ENDPOINT_URL=@\n",
             "");
    calling_reply(&c, "404 Not Found", "", "");
    ck_assert_int_eq(calling_call(&c, "dynamodb", NULL, "GetItem", "{}"), BRC_E_INVALID);
    ck_assert_ptr_nonnull(strstr(brc_client_error(c.client), "AWS_REGION"));
    ck_assert_ptr_null(brc_client_error_detail(c.client, BRC_ERROR_HTTP_STATUS));
    ck_assert_uint_eq(server_requests(c.server), 1);
}
END_TEST

/* ---- endpoints */

#define NOWHERE "http://127.0.0.1:1"

static const struct {
    const char *variables, *file;
    const char *service, *operation; /* NULL: Converse */
    const char *path;                /* NULL: it does not come to the server */
} endpoints[] = {
    {"AWS_ENDPOINT_URL=@/all/\n", "", "bedrock", "GET /x", "GET /all/x "},
    {"AWS_ENDPOINT_URL=@/all\n", "", "ce", "GetTags", "POST /all/ "},
    {"AWS_ENDPOINT_URL=@/all\n", "", NULL, NULL, "POST /all/model/arn%3A"},
    {"AWS_ENDPOINT_URL=" NOWHERE "\nAWS_ENDPOINT_URL_BEDROCK=@\n", "", "bedrock", "GET /x",
     "GET /x "},
    {"AWS_ENDPOINT_URL=" NOWHERE "\nAWS_ENDPOINT_URL_BEDROCK=@\n", "", "ce", "GetTags", NULL},
    {"AWS_ENDPOINT_URL=" NOWHERE "\nAWS_ENDPOINT_URL_COST_EXPLORER=@\n", "", "ce", "GetTags",
     "POST / "},
    {"AWS_ENDPOINT_URL=" NOWHERE "\nAWS_ENDPOINT_URL_BEDROCK_RUNTIME=@\n", "", NULL, NULL,
     "POST /model/arn%3A"},
    {"AWS_ENDPOINT_URL=" NOWHERE "\nAWS_ENDPOINT_URL_BEDROCK_RUNTIME=@\n", "", "bedrock", "GET /x",
     NULL},
    {"", "[default]\nendpoint_url=@/p\n", "bedrock", "GET /x", "GET /p/x "},
    {"", "[default]\nendpoint_url=@/p\n", NULL, NULL, "POST /p/model/arn%3A"},
    {"",
     "[default]\nendpoint_url=" NOWHERE "\nservices=s\n[services s]\nbedrock=\n"
     "  endpoint_url=@/s\nbedrock_runtime=\n  endpoint_url=@/r\n",
     "bedrock", "GET /x", "GET /s/x "},
    {"",
     "[default]\nendpoint_url=" NOWHERE "\nservices=s\n[services s]\nbedrock=\n"
     "  endpoint_url=@/s\nbedrock_runtime=\n  endpoint_url=@/r\n",
     NULL, NULL, "POST /r/model/arn%3A"},
    {"AWS_ENDPOINT_URL=@/e\n", "[default]\nendpoint_url=" NOWHERE "\n", "bedrock", "GET /x",
     "GET /e/x "},
};

START_TEST(endpoint_is_found)
{
    surround(endpoints[_i].variables, endpoints[_i].file);
    calling_reply(&c, "200 OK", "", endpoints[_i].service == NULL ? fixture_answer_body : "{}");
    int rc = endpoints[_i].service == NULL ? converse()
                                           : calling_call(&c, endpoints[_i].service, "us-east-1",
                                                          endpoints[_i].operation, NULL);
    if (endpoints[_i].path == NULL) {
        ck_assert_int_eq(rc, BRC_E_CONNECT);
        ck_assert_uint_eq(server_connections(c.server), 0);
        return;
    }
    ck_assert_msg(rc == 0, "%s", brc_client_error(c.client));
    ck_assert_msg(strncmp(calling_request(&c), endpoints[_i].path, strlen(endpoints[_i].path)) == 0,
                  "%s", c.request);
}
END_TEST

/* Where it would be sent, without a byte leaving: the log line that says so frees the client. */
static char heard[512];

static void hear(int level, const char *text, void *user_data)
{
    (void)level, (void)user_data;
    if (strstr(text, "https://") != NULL)
        snprintf(heard, sizeof heard, "%s", text);
    brc_client_free(c.client);
}

static const struct {
    const char *variables, *file, *service, *operation, *host;
} hosts[] = {
    {"", "", "ce", "GetTags", "https://ce.us-east-1.amazonaws.com/"},
    {"AWS_ENDPOINT_URL=" NOWHERE "\nAWS_IGNORE_CONFIGURED_ENDPOINT_URLS=true\n",
     "[default]\nendpoint_url=" NOWHERE "\n", "bedrock", "GET /x",
     "https://bedrock.us-east-1.amazonaws.com/x"},
    {"AWS_ENDPOINT_URL=" NOWHERE "\nAWS_IGNORE_CONFIGURED_ENDPOINT_URLS=true\n",
     "[default]\nendpoint_url=" NOWHERE "\n", NULL, NULL,
     "https://bedrock-runtime.us-east-1.amazonaws.com/model/"},
    {"", "[default]\nignore_configured_endpoint_urls=true\nendpoint_url=" NOWHERE "\n", "bedrock",
     "GET /x", "https://bedrock.us-east-1.amazonaws.com/x"},
    {"AWS_USE_FIPS_ENDPOINT=true\nAWS_ENDPOINT_URL_DYNAMODB=https://db\n", "", "bedrock", "GET /x",
     "https://bedrock-fips.us-east-1.amazonaws.com/x"},
    {"AWS_USE_FIPS_ENDPOINT=true\nAWS_ENDPOINT_URL_DYNAMODB=https://db\n", "", NULL, NULL,
     "https://bedrock-runtime-fips.us-east-1.amazonaws.com/model/"},
    {"AWS_USE_FIPS_ENDPOINT=true\n", "", "bedrock", "GET /x",
     "https://bedrock-fips.us-east-1.amazonaws.com/x"},
    {"AWS_USE_FIPS_ENDPOINT=true\n", "", NULL, NULL,
     "https://bedrock-runtime-fips.us-east-1.amazonaws.com/model/"},
    {"AWS_USE_DUALSTACK_ENDPOINT=true\n", "", "sts", "GetCallerIdentity",
     "https://sts.us-east-1.api.aws/"},
    {"AWS_USE_DUALSTACK_ENDPOINT=true\n", "", NULL, NULL,
     "https://bedrock-runtime.us-east-1.api.aws/model/"},
    {"", "[default]\nuse_fips_endpoint=true\nuse_dualstack_endpoint=true\n", NULL, NULL,
     "https://bedrock-runtime-fips.us-east-1.api.aws/model/"},
};

START_TEST(host_follows_from_the_flags)
{
    *heard = '\0';
    surround(hosts[_i].variables, hosts[_i].file);
    /* Nothing may leave for AWS, not even a question for its address: a proxy that is not there. */
    setenv("https_proxy", NOWHERE, 1);
    ck_assert_int_eq(brc_client_set_log(c.client, BRC_LOG_INFO, hear, NULL, NULL), 0);
    int rc = hosts[_i].service == NULL
                 ? converse()
                 : calling_call(&c, hosts[_i].service, "us-east-1", hosts[_i].operation, NULL);
    c.client = NULL;
    ck_assert_int_eq(rc, BRC_E_CANCELED);
    ck_assert_msg(strstr(heard, hosts[_i].host) != NULL, "%s", heard);
}
END_TEST

/* ---- values that cannot be */

static const struct {
    const char *variables, *file;
    const char *said; /* names the variable, or the key */
    int all;          /* calls fail, Converse as well */
} broken[] = {
    {"AWS_ENDPOINT_URL=http://bedrock.example.com\n", "", "AWS_ENDPOINT_URL:", 1},
    {"AWS_ENDPOINT_URL=nonsense\n", "", "AWS_ENDPOINT_URL:", 1},
    {"AWS_ENDPOINT_URL=@/?a=b\n", "", "AWS_ENDPOINT_URL:", 1},
    {"AWS_ENDPOINT_URL_BEDROCK=nonsense\n", "", "AWS_ENDPOINT_URL_BEDROCK:", 0},
    {"", "[default]\nendpoint_url=nonsense\n", "the profile's endpoint_url:", 1},
    {"", "[default]\nservices=s\n[services s]\nbedrock=\n  endpoint_url=nonsense\n",
     "endpoint_url of the services' bedrock:", 0},
    {"", "[default]\nservices=s\n", "[services s]", 1},
    {"AWS_USE_FIPS_ENDPOINT=perhaps\n", "", "AWS_USE_FIPS_ENDPOINT", 1},
    {"AWS_USE_DUALSTACK_ENDPOINT=2\n", "", "AWS_USE_DUALSTACK_ENDPOINT", 1},
    {"AWS_IGNORE_CONFIGURED_ENDPOINT_URLS=2\n", "", "AWS_IGNORE_CONFIGURED_ENDPOINT_URLS", 1},
    {"", "[default]\nuse_fips_endpoint=perhaps\n", "use_fips_endpoint", 1},
    {"AWS_ENDPOINT_URL=@\nAWS_USE_FIPS_ENDPOINT=true\n", "", "AWS_ENDPOINT_URL: an endpoint of", 1},
    {"AWS_ENDPOINT_URL=@\n", "[default]\nuse_dualstack_endpoint=true\n",
     "AWS_ENDPOINT_URL: an endpoint of", 1},
    {"AWS_REGION=US East\n", "", "AWS_REGION:", 0},
    {"", "[default]\nregion=us_east_1\n", "the profile's region:", 0},
    {"AWS_REGION=xx-nowhere-1\n", "", "AWS_REGION:", 0},
    {"AWS_MAX_ATTEMPTS=many\n", "", "AWS_MAX_ATTEMPTS", 1},
    {"", "[default]\nmax_attempts=many\n", "max_attempts", 1},
};

START_TEST(broken_value_is_named)
{
    surround(broken[_i].variables, broken[_i].file);
    ck_assert_int_eq(calling_call(&c, "bedrock", NULL, "GET /x", NULL), BRC_E_INVALID);
    if (strstr(broken[_i].said, "egion") == NULL && strstr(broken[_i].said, "REGION") == NULL)
        ck_assert_int_eq(calling_call(&c, "bedrock", "us-east-1", "GET /x", NULL), BRC_E_INVALID);
    ck_assert_msg(strstr(brc_client_error(c.client), broken[_i].said) != NULL, "%s",
                  brc_client_error(c.client));
    if (broken[_i].all) {
        ck_assert_int_eq(converse(), BRC_E_INVALID);
        ck_assert_msg(strstr(brc_client_error(c.client), broken[_i].said) != NULL, "%s",
                      brc_client_error(c.client));
    }
    ck_assert_uint_eq(server_connections(c.server), 0);
}
END_TEST

int main(void)
{
    Suite *suite = suite_create("surroundings");
    TCase *tests = tcase_create("surroundings");

    tcase_add_checked_fixture(tests, start, stop);
    tcase_add_loop_test(tests, region_is_found, 0, sizeof regions / sizeof *regions);
    tcase_add_test(tests, region_of_the_machine);
    tcase_add_test(tests, machine_is_not_asked_in_vain);
    tcase_add_test(tests, machine_without_a_region);
    tcase_add_loop_test(tests, endpoint_is_found, 0, sizeof endpoints / sizeof *endpoints);
    tcase_add_loop_test(tests, host_follows_from_the_flags, 0, sizeof hosts / sizeof *hosts);
    tcase_add_loop_test(tests, broken_value_is_named, 0, sizeof broken / sizeof *broken);
    suite_add_tcase(suite, tests);
    return run(suite);
}
