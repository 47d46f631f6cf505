/* What the tests of SSO share: a profile, the file that its token is kept in, the portal.
 * SPDX-License-Identifier: MIT */
#ifndef TEST_SSO_STEPS_H
#define TEST_SSO_STEPS_H

#include "fetch_steps.h"

#include <date.h>

#include <time.h>

/* SHA-1 of the session's name, and of the start URL. */
#define OF_SESSION "ee0bfd2552fbd840c02cc48b6e823320543c450f"
#define OF_URL     "f7c9b39d0b4c7a7d82c79307585f77e1c5e74378"
#define KEYS                                                                                       \
    "{\"roleCredentials\":{\"accessKeyId\":\"" KEY_ID "\",\"secretAccessKey\":\"" SECRET           \
    "\",\"sessionToken\":\"" TOKEN "\",\"expiration\":32472144000000}}"
#define PORTAL "GET /federation/credentials?role_name=some%2Brole&account_id=123456789012"
#define SESSION                                                                                    \
    "[default]\nsso_session = corp\nsso_account_id = 123456789012\nsso_role_name = some+role\n"    \
    "[sso-session corp]\nsso_region = eu-west-1\nsso_start_url = https://corp.example/start\n"
#define NO_SESSION                                                                                 \
    "[default]\nsso_account_id = 123456789012\nsso_role_name = some+role\n"                        \
    "sso_region = eu-west-1\nsso_start_url = https://corp.example/start\n"
#define RENEWABLE                                                                                  \
    "\"clientId\": \"client\", \"clientSecret\": \"client-\\u0073ecret\", "                        \
    "\"refresh\\u0054oken\": "                                                                     \
    "\"refresh\""

static char cache_file[160]; /* within the folder */

/* A token that ends so many seconds from now, with these members besides. */
static inline void write_token(int ends_in_s, const char *others)
{
    char text[1024], end[BRC__ISO_DATE_SIZE];

    brc__iso_date_text(time(NULL) + ends_in_s, end);
    snprintf(text, sizeof text,
             "{\"startUrl\": \"https://corp.example/start\", \"accessToken\": \"kept-token\", "
             "\"expiresAt\": \"%s\"%s%s}",
             end, *others == '\0' ? "" : ", ", others);
    write_file(cache_file, text, 0600);
}

static inline void write_config(const char *config, const char *file)
{
    write_file("config", config, 0600);
    set("AWS_CONFIG_FILE", path_of("config"));
    snprintf(cache_file, sizeof cache_file, ".aws/sso/cache/%s.json", file);
}

static inline void start_sso(void)
{
    start();
    ck_assert_int_eq(mkdir(path_of(".aws"), 0700), 0);
    ck_assert_int_eq(mkdir(path_of(".aws/sso"), 0700), 0);
    ck_assert_int_eq(mkdir(path_of(".aws/sso/cache"), 0700), 0);
    write_config(SESSION, OF_SESSION);
}

enum {
    DAY_S = 24 * 60 * 60,
    SOON_S = 14 * 60, /* so near its end a token is renewed */
};

/* ---- the portal */

static inline void check_portal(size_t i, const char *token)
{
    char header[256];

    snprintf(header, sizeof header, "x-amz-sso_bearer_token: %s", token);
    check_request(i, PORTAL, LINES(header));
    ck_assert(!request_has(i, "Authorization:"));
}

#endif
