/* Starting, signing, sending, reading, expecting, and what many tests ask for.
 *
 * SPDX-License-Identifier: MIT
 */
#include "client.h"
#include "run.h"

#include <arpa/inet.h>
#include <dirent.h>
#include <signal.h>
#include <stdarg.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <strings.h>
#include <sys/prctl.h>
#include <sys/socket.h>
#include <sys/wait.h>
#include <unistd.h>

#define MAX_ARGUMENTS 32

const struct signer SIGNER = {
    .access_key = "AKIDEMULATOR00000000",
    .secret_key = "emulator/secret+key/for/tests/only/0000000",
    .region = "us-east-1",
    .service = "bedrock",
};

static char **command; /* the emulator's, from our own arguments */
static int command_length;
static pid_t emulator = -1;
static int port;

char *text(const char *format, ...)
{
    va_list args;
    char *out;
    int rc;

    va_start(args, format);
    rc = vasprintf(&out, format, args);
    va_end(args);
    ck_assert_int_ge(rc, 0);
    return out;
}

json_int_t milliseconds(void)
{
    struct timespec now;

    clock_gettime(CLOCK_MONOTONIC, &now);
    return (json_int_t)now.tv_sec * 1000 + now.tv_nsec / 1000000;
}

/* ---- the process ---- */

static void become_emulator(int out, const char *const *options)
{
    char *argv[MAX_ARGUMENTS + 1] = {NULL};
    int n = 0;

    for (int i = 0; i < command_length && n < MAX_ARGUMENTS; i++)
        argv[n++] = command[i];
    for (; options != NULL && *options != NULL && n < MAX_ARGUMENTS; options++)
        argv[n++] = strdup(*options);
    prctl(PR_SET_PDEATHSIG, SIGKILL); /* a failed test must not leave it behind */
    dup2(out, STDOUT_FILENO);
    execvp(argv[0], argv);
    _exit(127);
}

void emulator_start(const char *const *options)
{
    char line[128] = "";
    FILE *out;
    int fds[2];

    ck_assert_int_eq(pipe(fds), 0);
    emulator = fork();
    ck_assert_int_ge(emulator, 0);
    if (emulator == 0)
        become_emulator(fds[1], options);
    close(fds[1]);
    out = fdopen(fds[0], "r");
    ck_assert_ptr_nonnull(fgets(line, sizeof(line), out));
    ck_assert_int_eq(sscanf(line, "listening on http://127.0.0.1:%d\n", &port), 1);
    fclose(out);
}

void emulator_stop(void)
{
    int status;

    ck_assert_int_eq(kill(emulator, SIGTERM), 0);
    ck_assert_int_eq(waitpid(emulator, &status, 0), emulator);
    ck_assert_msg(WIFEXITED(status) && WEXITSTATUS(status) == 0, "ended with status %#x", status);
}

static void start_plain(void)
{
    emulator_start(NULL);
}

TCase *emulator_case(Suite *suite, const char *name)
{
    TCase *tcase = tcase_create(name);

    tcase_add_checked_fixture(tcase, start_plain, emulator_stop);
    suite_add_tcase(suite, tcase);
    return tcase;
}

int emulator_port(void)
{
    return port;
}

pid_t emulator_pid(void)
{
    return emulator;
}

int emulator_descriptors(void)
{
    char *path = text("/proc/%d/fd", (int)emulator);
    DIR *directory = opendir(path);
    int n = 0;

    ck_assert_ptr_nonnull(directory);
    while (readdir(directory) != NULL)
        n++;
    closedir(directory);
    free(path);
    return n;
}

/* ---- the wire ---- */

int connect_to_emulator(void)
{
    struct sockaddr_in address = {.sin_family = AF_INET,
                                  .sin_port = htons((uint16_t)port),
                                  .sin_addr.s_addr = htonl(INADDR_LOOPBACK)};
    int fd = socket(AF_INET, SOCK_STREAM | SOCK_CLOEXEC, 0);

    ck_assert_int_ge(fd, 0);
    ck_assert_int_eq(connect(fd, (struct sockaddr *)&address, sizeof(address)), 0);
    return fd;
}

void send_bytes(int fd, const char *bytes, size_t len)
{
    while (len > 0) {
        ssize_t n = send(fd, bytes, len, MSG_NOSIGNAL);

        if (n <= 0)
            return; /* it may refuse to read on; the answer tells */
        bytes += n;
        len -= (size_t)n;
    }
}

static void copy_header(const char *head, const char *name, char *out, size_t size)
{
    const char *found = strcasestr(head, name);

    out[0] = '\0';
    if (found != NULL) {
        found += strlen(name);
        snprintf(out, size, "%.*s", (int)strcspn(found, "\r"), found);
    }
}

static void parse_response(struct response *response, const char *bytes, size_t len)
{
    const char *head_end = memmem(bytes, len, "\r\n\r\n", 4);
    char length[32];
    char *head;

    if (head_end == NULL)
        return;
    head = strndup(bytes, (size_t)(head_end - bytes) + 2);
    sscanf(head, "HTTP/1.1 %d", &response->status);
    copy_header(head, "\r\nx-amzn-ErrorType: ", response->error_type, sizeof(response->error_type));
    copy_header(head, "\r\nx-amzn-RequestId: ", response->request_id, sizeof(response->request_id));
    copy_header(head, "\r\ncontent-type: ", response->content_type, sizeof(response->content_type));
    copy_header(head, "\r\ncontent-length: ", length, sizeof(length));
    free(head);
    response->body_len = len - (size_t)(head_end + 4 - bytes);
    response->body = calloc(1, response->body_len + 1);
    ck_assert_ptr_nonnull(response->body);
    memcpy(response->body, head_end + 4, response->body_len);
    response->complete = strtoul(length, NULL, 10) == response->body_len;
    response->json = json_loadb(response->body, response->body_len, JSON_ALLOW_NUL, NULL);
}

/* Reads to the end of the connection. */
struct response read_response(int fd)
{
    struct response response = {0};
    char *bytes = NULL;
    size_t len = 0;
    ssize_t n;

    do {
        bytes = realloc(bytes, len + 65536);
        ck_assert_ptr_nonnull(bytes);
        n = recv(fd, bytes + len, 65536, 0);
        len += n > 0 ? (size_t)n : 0;
    } while (n > 0);
    parse_response(&response, bytes, len);
    free(bytes);
    close(fd);
    return response;
}

void response_free(struct response *response)
{
    json_decref(response->json);
    free(response->body);
    *response = (struct response){0};
}

/* Sends a request and frees it; the connection to read the answer from. */
static int send_request(char *request)
{
    int fd = connect_to_emulator();

    send_bytes(fd, request, strlen(request));
    free(request);
    return fd;
}

struct response call_as(const struct signer *signer, const char *method, const char *target,
                        const char *body)
{
    return read_response(send_request(signed_request(signer, method, target, body)));
}

struct response call(const char *method, const char *target, const char *body)
{
    return call_as(&SIGNER, method, target, body);
}

struct response ask_with(const char *method, const char *target, const char *headers,
                         const char *body)
{
    const char *content = body != NULL ? body : "";
    char *request = text("%s %s HTTP/1.1\r\nHost: x\r\nConnection: close\r\n%s"
                         "Content-Length: %zu\r\n\r\n%s",
                         method, target, headers != NULL ? headers : "", strlen(content), content);

    return read_response(send_request(request));
}

struct response own(const char *method, const char *target, const char *body)
{
    return ask_with(method, target, NULL, body);
}

/* ---- expectations ---- */

void expect_error(struct response response, int status, const char *type, const char *part)
{
    const char *message = json_string_value(json_object_get(response.json, "message"));

    ck_assert_msg(response.status == status && strcmp(response.error_type, type) == 0,
                  "wanted %d %s, got %d %s: %s", status, type, response.status, response.error_type,
                  response.body != NULL ? response.body : "");
    ck_assert_int_eq((int)strlen(response.request_id), 36);
    ck_assert_str_eq(response.content_type, "application/json");
    ck_assert_ptr_nonnull(message);
    if (part != NULL)
        ck_assert_msg(strstr(message, part) != NULL, "'%s' is not in '%s'", part, message);
    response_free(&response);
}

json_t *expect_json(struct response response, int status)
{
    json_t *json = json_incref(response.json);

    ck_assert_msg(response.status == status, "wanted %d, got %d %s: %s", status, response.status,
                  response.error_type, response.body != NULL ? response.body : "");
    ck_assert(response.complete);
    ck_assert_int_eq((int)strlen(response.request_id), 36);
    ck_assert_ptr_nonnull(json);
    response_free(&response);
    return json;
}

json_int_t integer_at(const json_t *json, const char *outer, const char *member)
{
    const json_t *value = json_object_get(json_object_get(json, outer), member);

    ck_assert_msg(json_is_integer(value), "no integer %s.%s", outer, member);
    return json_integer_value(value);
}

/* ---- requests that many tests make ---- */

struct response converse(const char *model, const char *body)
{
    char *target = text("/model/%s/converse", model);
    struct response response = call("POST", target, body);

    free(target);
    return response;
}

int start_converse(void)
{
    return send_request(signed_request(&SIGNER, "POST", RAW_TARGET, HELLO));
}

json_t *get_bill(void)
{
    return expect_json(own("GET", "/_emulator/bill", NULL), 200);
}

void add_fault(const char *fault)
{
    json_decref(expect_json(own("POST", "/_emulator/faults", fault), 200));
}

size_t faults_left(void)
{
    json_t *json = expect_json(own("GET", "/_emulator/faults", NULL), 200);
    size_t n = json_array_size(json_object_get(json, "faults"));

    json_decref(json);
    return n;
}

char *profile_target(const char *identifier)
{
    char *encoded = encode(identifier);
    char *target = text("/inference-profiles/%s", encoded);

    free(encoded);
    return target;
}

char *create_profile(const char *name, const char *const *tags)
{
    json_t *list = json_array();
    json_t *created;
    char *body;
    char *arn;

    for (; tags != NULL && *tags != NULL; tags++) {
        const char *equals = strchr(*tags, '=');

        json_array_append_new(list, json_pack("{s:s%, s:s}", "key", *tags, (size_t)(equals - *tags),
                                              "value", equals + 1));
    }
    created =
        json_pack("{s:s, s:{s:s}, s:o}", "inferenceProfileName", name, "modelSource", "copyFrom",
                  "arn:aws:bedrock:us-east-1:123456789012:inference-profile/"
                  "us.anthropic.claude-haiku-4-5-20251001-v1:0",
                  "tags", list);
    body = json_dumps(created, 0);
    json_decref(created);
    created = expect_json(call("POST", "/inference-profiles", body), 201);
    free(body);
    arn = strdup(json_string_value(json_object_get(created, "inferenceProfileArn")));
    json_decref(created);
    return arn;
}

int run_suite(Suite *suite, int argc, char **argv)
{
    command = argv + 1;
    command_length = argc - 1;
    return run(suite);
}
