/* Signs and sends what it reads, over a socket of its own, so that every byte is the one signed.
 *
 * usage: interop_sender PORT < RECORDS
 *
 * A record is a list of fields, each "NAME LENGTH\n" and then LENGTH bytes and "\n". Its last field
 * says what to do with the others, has no bytes, and is `send` (brc_sign, then the request as it
 * stands) or `converse` (brc_converse; the usage record goes to stdout). All goes to
 * 127.0.0.1:PORT. `header` is sent and given to the signer, `unsigned` is only sent.
 *
 * SPDX-License-Identifier: MIT
 */
#include <bedrockcost/bedrockcost.h>

#include <arpa/inet.h>
#include <err.h>
#include <stdbool.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/socket.h>

enum field {
    METHOD,
    URL,
    REGION,
    SERVICE,
    TIME,
    BODY,
    ACCESS_KEY,
    SECRET_KEY,
    TOKEN,
    PROFILE,
    TEXT,
    FIELDS
};

static const char *const field_names[FIELDS] = {
    [METHOD] = "method",         [URL] = "url",     [REGION] = "region",
    [SERVICE] = "service",       [TIME] = "time",   [BODY] = "body",
    [ACCESS_KEY] = "access-key", [TOKEN] = "token", [SECRET_KEY] = "secret-key",
    [PROFILE] = "profile",       [TEXT] = "text",
};

enum {
    HEADERS_MAX = 64
};

struct record {
    char *values[FIELDS];
    size_t lengths[FIELDS];
    char *headers[HEADERS_MAX];
    size_t header_count;
    const char *signed_headers[HEADERS_MAX];
    size_t signed_count;
    char action[16];
};

static void check(int rc, const char *what)
{
    if (rc < 0)
        errx(1, "%s: %s", what, brc_strerror(rc));
}

/* ------------------------------------------------------------------ records */

static char *read_value(size_t length)
{
    char *value = malloc(length + 1);

    if (value == NULL || fread(value, 1, length, stdin) != length || getchar() != '\n')
        errx(1, "a record ends early");
    value[length] = '\0';
    return value;
}

static void keep_value(struct record *record, const char *name, char *value, size_t length)
{
    bool is_signed = strcmp(name, "header") == 0;

    if (is_signed || strcmp(name, "unsigned") == 0) {
        if (record->header_count == HEADERS_MAX)
            errx(1, "too many headers");
        record->headers[record->header_count++] = value;
        if (is_signed)
            record->signed_headers[record->signed_count++] = value;
        return;
    }
    for (int i = 0; i < FIELDS; i++) {
        if (strcmp(name, field_names[i]) == 0) {
            record->values[i] = value;
            record->lengths[i] = length;
            return;
        }
    }
    errx(1, "unknown field %s", name);
}

/* False at the end of the input. */
static bool read_record(struct record *ret_record)
{
    char name[16];
    size_t length;

    memset(ret_record, 0, sizeof *ret_record);
    while (scanf("%15s %zu", name, &length) == 2 && getchar() == '\n') {
        char *value = read_value(length);
        if (strcmp(name, "send") == 0 || strcmp(name, "converse") == 0) {
            free(value);
            strcpy(ret_record->action, name);
            return true;
        }
        keep_value(ret_record, name, value, length);
    }
    return false;
}

static void clear_record(struct record *record)
{
    for (int i = 0; i < FIELDS; i++)
        free(record->values[i]);
    for (size_t i = 0; i < record->header_count; i++)
        free(record->headers[i]);
}

/* -------------------------------------------------------------- credentials */

enum {
    IDENTITIES_MAX = 8
};

/* One object for each access key, so that signing keys are found again. */
struct identities {
    char *access_keys[IDENTITIES_MAX];
    brc_credentials *credentials[IDENTITIES_MAX];
    size_t count;
};

static brc_credentials *credentials_of(struct identities *all, const struct record *record)
{
    const char *access_key = record->values[ACCESS_KEY];

    for (size_t i = 0; i < all->count; i++)
        if (strcmp(all->access_keys[i], access_key) == 0)
            return all->credentials[i];
    if (all->count == IDENTITIES_MAX)
        errx(1, "too many identities");
    all->access_keys[all->count] = strdup(access_key);
    check(brc_credentials_new(access_key, record->values[SECRET_KEY], record->values[TOKEN],
                              &all->credentials[all->count]),
          access_key);
    return all->credentials[all->count++];
}

static void free_identities(struct identities *all)
{
    for (size_t i = 0; i < all->count; i++) {
        free(all->access_keys[i]);
        brc_credentials_free(all->credentials[i]);
    }
}

/* --------------------------------------------------------------------- send */

static FILE *connect_to(int port)
{
    struct sockaddr_in address = {
        .sin_family = AF_INET,
        .sin_port = htons((uint16_t)port),
        .sin_addr.s_addr = htonl(INADDR_LOOPBACK),
    };
    int fd = socket(AF_INET, SOCK_STREAM, 0);

    if (fd < 0 || connect(fd, (struct sockaddr *)&address, sizeof address) < 0)
        err(1, "port %d", port);
    FILE *stream = fdopen(fd, "w");
    if (stream == NULL)
        err(1, "port %d", port);
    return stream;
}

static void sign_and_send(const struct record *record, brc_credentials *credentials, FILE *to)
{
    const char *target = strstr(record->values[URL], "://") + 3;
    char *lines, *save = NULL;
    const brc_sign_input input = {
        .size = sizeof input,
        .method = record->values[METHOD],
        .url = record->values[URL],
        .headers = record->signed_headers,
        .header_count = record->signed_count,
        .body = record->values[BODY],
        .body_length = record->lengths[BODY],
        .region = record->values[REGION],
        .service = record->values[SERVICE],
        .time = strtoll(record->values[TIME], NULL, 10),
    };

    check(brc_sign(&input, credentials, &lines), record->values[URL]);
    target += strcspn(target, "/?");
    fprintf(to, "%s %s%s HTTP/1.1\r\n", input.method, *target == '/' ? "" : "/", target);
    for (size_t i = 0; i < record->header_count; i++)
        fprintf(to, "%s\r\n", record->headers[i]);
    for (char *line = strtok_r(lines, "\n", &save); line; line = strtok_r(NULL, "\n", &save))
        fprintf(to, "%s\r\n", line);
    fputs("\r\n", to);
    fwrite(input.body, 1, input.body_length, to);
    brc_free(lines);
}

/* ----------------------------------------------------------------- converse */

static void print_usage(const brc_usage *usage, void *user_data)
{
    (void)user_data;
    puts(brc_usage_json(usage));
}

/* A call that fails has said so in its usage record. */
static void converse(const struct record *record, brc_credentials *credentials, brc_client *client)
{
    brc_request *request;
    brc_result *result;

    check(brc_client_set_credentials(client, credentials), "credentials");
    check(brc_request_new(record->values[PROFILE], &request), record->values[PROFILE]);
    check(brc_request_add_text(request, "user", record->values[TEXT], record->lengths[TEXT]),
          "text");
    brc_converse(client, request, &result);
    brc_result_free(result);
    brc_request_free(request);
}

static brc_client *new_client(int port)
{
    char endpoint[32];
    brc_credentials *none;
    brc_client *client;

    snprintf(endpoint, sizeof endpoint, "http://127.0.0.1:%d", port);
    check(brc_credentials_new("none", "none", NULL, &none), "credentials");
    check(brc_client_new(none, &client), "client");
    brc_credentials_free(none);
    check(brc_client_set_endpoint(client, endpoint), endpoint);
    check(brc_client_set_usage(client, print_usage, NULL, NULL), "usage");
    return client;
}

int main(int argc, char **argv)
{
    struct identities identities = {.count = 0};
    struct record record;

    if (argc != 2)
        errx(2, "usage: interop_sender PORT < RECORDS");
    int port = atoi(argv[1]);
    FILE *to = connect_to(port);
    brc_client *client = new_client(port);

    while (read_record(&record)) {
        brc_credentials *credentials = credentials_of(&identities, &record);
        if (strcmp(record.action, "send") == 0)
            sign_and_send(&record, credentials, to);
        else
            converse(&record, credentials, client);
        clear_record(&record);
    }

    brc_client_free(client);
    free_identities(&identities);
    if (fclose(to) != 0)
        err(1, "port %d", port);
    return 0;
}
