/* Each source of the chain: ready, absent, broken; the order of what is looked at.
 * SPDX-License-Identifier: MIT */
#include "planned.h"
#include "run.h"

#include <stdio.h>
#include <string.h>

#define HOME "HOME=/h\n"
#define ID   "AWS_ACCESS_KEY_ID=AKID\n"
#define KEYS ID "AWS_SECRET_ACCESS_KEY=shh\n"
#define BOTH " in /aws/credentials and /aws/config"
#define NO_FILES                                                                                   \
    " in /aws/credentials (there is no such file) and /aws/config (there is no such file)"
#define IDENTITY "AWS_WEB_IDENTITY_TOKEN_FILE=/t\nAWS_ROLE_ARN=arn:e\nAWS_ROLE_SESSION_NAME=n\n"
#define RELATIVE "AWS_CONTAINER_CREDENTIALS_RELATIVE_URI"
#define FULL     "AWS_CONTAINER_CREDENTIALS_FULL_URI"
#define IN_CLEAR                                                                                   \
    " would send credentials in clear: it must be https, or name this machine or one of AWS's "    \
    "own addresses"
#define IMDS "AWS_EC2_METADATA_SERVICE_ENDPOINT"

static const struct row {
    const char *source, *variables, *config, *credentials, *plan;
} rows[] = {
    /* ---- environment */
    {"environment", "", NULL, NULL, "absent: AWS_ACCESS_KEY_ID is not set"},
    {"environment", "AWS_ACCESS_KEY_ID=\n", NULL, NULL, "absent: AWS_ACCESS_KEY_ID is not set"},
    {"environment", "AWS_SECRET_ACCESS_KEY=shh\n", NULL, NULL,
     "absent: AWS_ACCESS_KEY_ID is not set, though AWS_SECRET_ACCESS_KEY is"},
    {"environment", ID, NULL, NULL,
     "broken: AWS_ACCESS_KEY_ID is set, but AWS_SECRET_ACCESS_KEY is not: set both, or neither"},
    {"environment", KEYS, NULL, NULL, "ready: keys id=AKID secret=shh"},
    {"environment", KEYS "AWS_SESSION_TOKEN=t\nAWS_CREDENTIAL_EXPIRATION=2\n", NULL, NULL,
     "ready: keys id=AKID secret=shh token=t until=2"},
    {"environment", KEYS "AWS_SECURITY_TOKEN=old\n", NULL, NULL,
     "ready: keys id=AKID secret=shh token=old"},
    {"environment", KEYS "AWS_SECURITY_TOKEN=old\nAWS_SESSION_TOKEN=new\n", NULL, NULL,
     "ready: keys id=AKID secret=shh token=old"},
    {"environment", KEYS "AWS_PROFILE=none\n", "[broken", NULL, "ready: keys id=AKID secret=shh"},
    /* ---- the profile that counts */
    {"process", "", NULL, NULL, "absent: there is no profile default" NO_FILES},
    {"process", "AWS_PROFILE=default\n", NULL, NULL,
     "absent: there is no profile default" NO_FILES},
    {"process", "AWS_PROFILE=a\n", NULL, NULL,
     "broken: there is no profile a, which AWS_PROFILE names," NO_FILES},
    {"process", "AWS_PROFILE=a\n", "[a]\ncredential_process=x", "[b]",
     "broken: there is no profile a, which AWS_PROFILE names," BOTH},
    {"process", "AWS_PROFILE=a\nAWS_DEFAULT_PROFILE=b\n", "[profile a]", NULL,
     "absent: profile a has no credential_process"},
    {"process", "AWS_PROFILE=\nAWS_DEFAULT_PROFILE=b\n", "[profile a]", NULL,
     "broken: there is no profile b, which AWS_DEFAULT_PROFILE names, in /aws/credentials (there "
     "is no such file) and /aws/config"},
    {"process", "AWS_PROFILE=a\n", "[profile a]\ncredential_process=x", NULL,
     "ready: process of=a command=x"},
    {"process", "AWS_DEFAULT_PROFILE=a\nAWS_PROFILE=\n", "[profile a]\ncredential_process=x", NULL,
     "ready: process of=a command=x"},
    {"process", "", "[default]\nx\n", NULL,
     "broken: /aws/config, line 2: is neither a [section], nor key = value, nor a comment"},
    {"imds", "", "[default]\nx\n", NULL, "ready: imds endpoint=http://169.254.169.254"},
    /* ---- web identity */
    {"web-identity", "", NULL, NULL,
     "absent: AWS_WEB_IDENTITY_TOKEN_FILE is not set, and profile default has no "
     "web_identity_token_file"},
    {"web-identity", "AWS_ROLE_ARN=arn:e\n", NULL, NULL,
     "absent: AWS_WEB_IDENTITY_TOKEN_FILE is not set, and profile default has no "
     "web_identity_token_file"},
    {"web-identity", IDENTITY, NULL, NULL, "ready: web-identity file=/t arn=arn:e name=n"},
    {"web-identity", IDENTITY "AWS_REGION=r\n",
     "[default]\nweb_identity_token_file=/f\nrole_arn=arn:f", NULL,
     "ready: web-identity file=/t arn=arn:e name=n region=r"},
    {"web-identity", "AWS_WEB_IDENTITY_TOKEN_FILE=/t\n", NULL, NULL,
     "broken: there is a token file of a web identity, but no role for it: set AWS_ROLE_ARN, or "
     "role_arn in the profile"},
    {"web-identity", "AWS_WEB_IDENTITY_TOKEN_FILE=/t\n", "[default]\nrole_arn=arn:f", NULL,
     "ready: web-identity file=/t arn=arn:f"},
    {"web-identity", "",
     "[default]\nweb_identity_token_file=/f\nrole_arn=arn:f\nrole_session_name=m\nregion=q", NULL,
     "ready: web-identity of=default file=/f arn=arn:f name=m region=q"},
    {"web-identity", IDENTITY "AWS_PROFILE=none\n", NULL, NULL,
     "ready: web-identity file=/t arn=arn:e name=n"},
    /* ---- sso */
    {"sso", HOME, "[default]\nregion=x", NULL,
     "absent: profile default has no sso_account_id and sso_role_name"},
    {"sso", HOME, "[default]\nsso_session=s", NULL,
     "absent: profile default has no sso_account_id and sso_role_name"},
    {"sso", HOME,
     "[default]\nsso_session=s\nsso_account_id=1\nsso_role_name=r\n"
     "[sso-session s]\nsso_region=q\nsso_start_url=u",
     NULL,
     "ready: sso of=default session=s url=u region=q account=1 role=r "
     "cache=/h/.aws/sso/cache/a0f1490a20d0211c997b44bc357e1972deab8ae3.json"},
    {"sso", HOME, "[default]\nsso_start_url=u\nsso_region=q\nsso_account_id=1\nsso_role_name=r\n",
     NULL,
     "ready: sso of=default url=u region=q account=1 role=r "
     "cache=/h/.aws/sso/cache/51e69892ab49df85c6230ccc57f8e1d1606caccc.json"},
    {"sso", HOME,
     "[default]\nsso_session=s\nsso_account_id=1\nsso_role_name=r\nsso_start_url=u\n"
     "[sso-session s]\nsso_region=q\nsso_start_url=u",
     NULL,
     "ready: sso of=default session=s url=u region=q account=1 role=r "
     "cache=/h/.aws/sso/cache/a0f1490a20d0211c997b44bc357e1972deab8ae3.json"},
    {"sso", HOME,
     "[default]\nsso_session=s\nsso_account_id=1\nsso_role_name=r\nsso_start_url=v\n"
     "[sso-session s]\nsso_region=q\nsso_start_url=u",
     NULL,
     "broken: sso_start_url of profile default and of its sso-session s differ: remove that of the "
     "profile"},
    {"sso", HOME, "[default]\nsso_session=s\nsso_account_id=1\nsso_role_name=r\n", NULL,
     "broken: profile default names the sso_session s, but there is no [sso-session s] in the "
     "config file"},
    {"sso", HOME, "[default]\nsso_account_id=1\nsso_start_url=u\nsso_region=q", NULL,
     "broken: profile default is set up for SSO, but sso_role_name is missing: it belongs in the "
     "profile"},
    {"sso", HOME, "[default]\nsso_role_name=1\nsso_start_url=u\nsso_region=q", NULL,
     "broken: profile default is set up for SSO, but sso_account_id is missing: it belongs in the "
     "profile"},
    {"sso", HOME,
     "[default]\nsso_session=s\nsso_account_id=1\nsso_role_name=r\n[sso-session s]\nsso_region=q",
     NULL,
     "broken: profile default is set up for SSO, but sso_start_url is missing: it belongs in its "
     "sso-session"},
    {"sso", HOME, "[default]\nsso_account_id=1\nsso_role_name=r\nsso_start_url=u", NULL,
     "broken: profile default is set up for SSO, but sso_region is missing: it belongs in the "
     "profile"},
    {"sso", "", "[default]\nsso_start_url=u\nsso_region=q\nsso_account_id=1\nsso_role_name=r\n",
     NULL,
     "broken: profile default is set up for SSO, but HOME, where its sign-in would be, is not set"},
    /* ---- keys in the files */
    {"shared-credentials-file", "", NULL, NULL, "absent: there is no profile default" NO_FILES},
    {"shared-credentials-file", "", "[default]\naws_access_key_id=a", "[b]",
     "absent: there is no profile default in /aws/credentials"},
    {"shared-credentials-file", "", NULL, "[default]\naws_access_key_id=",
     "absent: profile default has no aws_access_key_id in /aws/credentials"},
    {"shared-credentials-file", "", NULL, "[default]\naws_secret_access_key=s",
     "absent: profile default has no aws_access_key_id in /aws/credentials, though it has an "
     "aws_secret_access_key"},
    {"shared-credentials-file", "", "[default]\naws_secret_access_key=s",
     "[default]\naws_access_key_id=a",
     "broken: profile default has an aws_access_key_id, but no aws_secret_access_key in "
     "/aws/credentials"},
    {"shared-credentials-file", "", NULL,
     "[default]\naws_access_key_id=a\naws_secret_access_key=s\naws_session_token=t\n"
     "aws_account_id=1",
     "ready: keys of=default id=a secret=s token=t"},
    {"shared-credentials-file", "", NULL,
     "[default]\naws_access_key_id=a\naws_secret_access_key=s\naws_session_token=t\n"
     "aws_security_token=o",
     "ready: keys of=default id=a secret=s token=o"},
    {"config-file", "", "[profile default]\naws_access_key_id=c\naws_secret_access_key=d",
     "[default]\naws_access_key_id=a\naws_secret_access_key=s",
     "ready: keys of=default id=c secret=d"},
    {"config-file", "", "[default]", "[default]\naws_access_key_id=a",
     "absent: profile default has no aws_access_key_id in /aws/config"},
    /* ---- login, process */
    {"login", "", "[default]", NULL, "absent: profile default has no login_session"},
    {"login", "", "[default]\nlogin_session=x", NULL,
     "broken: profile default has a login_session, which is not served here: use a profile "
     "whose credential_process is `aws configure export-credentials --profile default`"},
    {"process", "", "[default]", NULL, "absent: profile default has no credential_process"},
    {"process", "", "[default]\ncredential_process = \"/a b\" --c\n  d", NULL,
     "ready: process of=default command=\"/a b\" --c\nd"},
    {"process", "", "[default]\ncredential_process=x", "[default]\ncredential_process=y",
     "ready: process of=default command=y"},
    /* ---- containers */
    {"container", "", NULL, NULL, "absent: neither " RELATIVE " nor " FULL " is set"},
    {"container", RELATIVE "=/v2/x?a=b\n" FULL "=http://127.0.0.1/\n", NULL, NULL,
     "ready: container url=http://169.254.170.2/v2/x?a=b"},
    {"container", RELATIVE "=@example.com/\n", NULL, NULL,
     "broken: " RELATIVE " must begin with a slash"},
    {"container", RELATIVE "=/a b\n", NULL, NULL, "broken: " RELATIVE " is no http or https URL"},
    {"container", FULL "=https://example.com/x\n", NULL, NULL,
     "ready: container url=https://example.com/x"},
    {"container", FULL "=http://localhost:8080/x\n", NULL, NULL,
     "ready: container url=http://localhost:8080/x"},
    {"container", FULL "=http://127.9.9.9/\n", NULL, NULL,
     "ready: container url=http://127.9.9.9/"},
    {"container", FULL "=http://[::1]/\n", NULL, NULL, "ready: container url=http://[::1]/"},
    {"container", FULL "=http://169.254.170.2/x\n", NULL, NULL,
     "ready: container url=http://169.254.170.2/x"},
    {"container", FULL "=http://169.254.170.23/v1/credentials\n", NULL, NULL,
     "ready: container url=http://169.254.170.23/v1/credentials"},
    {"container", FULL "=http://[FD00:EC2::23]/v1\n", NULL, NULL,
     "ready: container url=http://[FD00:EC2::23]/v1"},
    {"container", FULL "=http://169.254.170.24/\n", NULL, NULL, "broken: " FULL IN_CLEAR},
    {"container", FULL "=http://169.254.169.254/\n", NULL, NULL, "broken: " FULL IN_CLEAR},
    {"container", FULL "=http://example.com/\n", NULL, NULL, "broken: " FULL IN_CLEAR},
    {"container", FULL "=http://localhost.example.com/\n", NULL, NULL, "broken: " FULL IN_CLEAR},
    {"container", FULL "=http://169.254.170.2.example.com/\n", NULL, NULL,
     "broken: " FULL IN_CLEAR},
    {"container", FULL "=http://169.254.170.2@example.com/\n", NULL, NULL,
     "broken: " FULL " is no http or https URL"},
    {"container", FULL "=file:///etc/passwd\n", NULL, NULL,
     "broken: " FULL " is no http or https URL"},
    {"container", RELATIVE "=/x\nAWS_CONTAINER_AUTHORIZATION_TOKEN=Basic a|\n", NULL, NULL,
     "ready: container url=http://169.254.170.2/x authorization=Basic a"},
    {"container", RELATIVE "=/x\nAWS_CONTAINER_AUTHORIZATION_TOKEN=Basic a|X: y\n", NULL, NULL,
     "broken: AWS_CONTAINER_AUTHORIZATION_TOKEN holds a line break, which no header can carry"},
    {"container",
     RELATIVE "=/x\nAWS_CONTAINER_AUTHORIZATION_TOKEN=a|b\n"
              "AWS_CONTAINER_AUTHORIZATION_TOKEN_FILE=/f\n",
     NULL, NULL, "ready: container url=http://169.254.170.2/x authorization-file=/f"},
    /* ---- the metadata service */
    {"imds", "", NULL, NULL, "ready: imds endpoint=http://169.254.169.254"},
    {"imds", "AWS_EC2_METADATA_DISABLED=True\n", NULL, NULL,
     "absent: AWS_EC2_METADATA_DISABLED is set"},
    {"imds", "AWS_EC2_METADATA_DISABLED=false\n", NULL, NULL,
     "ready: imds endpoint=http://169.254.169.254"},
    {"imds", "AWS_EC2_METADATA_DISABLED=1\n", NULL, NULL,
     "broken: AWS_EC2_METADATA_DISABLED: must be true or false"},
    {"imds", IMDS "_MODE=ipv6\n", NULL, NULL, "ready: imds endpoint=http://[fd00:ec2::254]"},
    {"imds", IMDS "_MODE=IPv4\n", "[default]\nec2_metadata_service_endpoint_mode=IPv6", NULL,
     "ready: imds endpoint=http://169.254.169.254"},
    {"imds", "", "[default]\nec2_metadata_service_endpoint_mode=IPv6", NULL,
     "ready: imds endpoint=http://[fd00:ec2::254]"},
    {"imds", IMDS "_MODE=6\n", NULL, NULL, "broken: " IMDS "_MODE must be IPv4 or IPv6"},
    {"imds", IMDS "=http://localhost:1338/\n" IMDS "_MODE=6\n", NULL, NULL,
     "ready: imds endpoint=http://localhost:1338"},
    {"imds", IMDS "=http://169.254.169.254:80/a//\n", NULL, NULL,
     "ready: imds endpoint=http://169.254.169.254:80/a"},
    {"imds", IMDS "=http://example.com\n", NULL, NULL, "broken: " IMDS IN_CLEAR},
    {"imds", IMDS "=https://example.com\n", NULL, NULL, "ready: imds endpoint=https://example.com"},
    {"imds", IMDS "=https://example.com/?a\n", NULL, NULL, "broken: " IMDS " must have no query"},
    {"imds", "", "[default]\nec2_metadata_service_endpoint=169.254.169.254", NULL,
     "broken: ec2_metadata_service_endpoint is no http or https URL"},
};

START_TEST(each_source)
{
    const struct row *row = &rows[_i];
    struct brc__environment environment = environment_of(row->variables);
    brc__auto_plans struct brc__plans *plans = NULL;
    struct brc__profiles profiles;
    char told[1000];

    ck_assert_int_eq(profiles_of(&environment, row->config, row->credentials, &profiles), 0);
    ck_assert_int_eq(brc__plans_new(&environment, &profiles, row->source, &plans), 0);
    brc__profiles_destroy(&profiles); /* all was copied */
    ck_assert_uint_eq(plans->count, 1);
    ck_assert_str_eq(brc__source_name(plans->at[0].source), row->source);
    describe_plan(&plans->at[0], told, sizeof told);
    ck_assert_str_eq(told, row->plan);
}
END_TEST

static const struct {
    const char *list;
    const char *sources; /* NULL: not known */
} lists[] = {
    {NULL, "environment assume-role web-identity sso shared-credentials-file login process "
           "config-file container imds "},
    {"imds", "imds "},
    {"imds,environment", "imds environment "},
    {"", NULL},
    {",", NULL},
    {"imds,", NULL},
    {",imds", NULL},
    {"imds,imds", NULL},
    {"imds, environment", NULL},
    {"IMDS", NULL},
    {"imd", NULL},
    {"imdss", NULL},
};

START_TEST(order_of_sources)
{
    struct brc__environment environment = environment_of(KEYS);
    struct brc__plans *plans = NULL;
    struct brc__profiles profiles;
    char told[1000] = "";

    ck_assert_int_eq(profiles_of(&environment, NULL, NULL, &profiles), 0);
    int rc = brc__plans_new(&environment, &profiles, lists[_i].list, &plans);
    ck_assert_int_eq(rc, lists[_i].sources != NULL ? BRC_OK : BRC_E_INVALID);
    ck_assert((plans != NULL) == (rc == 0));
    for (size_t i = 0; rc == 0 && i < plans->count; i++) {
        strcat(told, brc__source_name(plans->at[i].source));
        strcat(told, " ");
    }
    ck_assert(rc < 0 || strcmp(told, lists[_i].sources) == 0);
    ck_assert_ptr_null(brc__plans_free(plans));
    brc__profiles_destroy(&profiles);
}
END_TEST

static const struct {
    const char *variables, *config, *credentials;
} paths[] = {
    {"HOME=/h\n", "/h/.aws/config", "/h/.aws/credentials"},
    {"", "", ""},
    {"AWS_CONFIG_FILE=/c\n", "/c", ""},
    {"HOME=/h\nAWS_CONFIG_FILE=~/c\nAWS_SHARED_CREDENTIALS_FILE=~\n", "/h/c", "/h"},
    {"HOME=/h\nAWS_CONFIG_FILE=~c\nAWS_SHARED_CREDENTIALS_FILE=/a~/b\n", "~c", "/a~/b"},
    {"AWS_CONFIG_FILE=~/c\n", "", ""},
    {"HOME=/h\nAWS_CONFIG_FILE=\nAWS_SHARED_CREDENTIALS_FILE=rel\n", "/h/.aws/config", "rel"},
};

static void check_path(const struct brc__environment *environment, enum brc__shared_file which,
                       const char *expected)
{
    brc__auto_buf struct brc__buf path = BRC__BUF(BRC__CEILING_URL);

    ck_assert_int_eq(brc__shared_file_path(environment, which, &path), 0);
    ck_assert_str_eq(path.data != NULL ? path.data : "", expected);
}

START_TEST(places_of_the_files)
{
    struct brc__environment environment = environment_of(paths[_i].variables);

    check_path(&environment, BRC__CONFIG_FILE, paths[_i].config);
    check_path(&environment, BRC__CREDENTIALS_FILE, paths[_i].credentials);
}
END_TEST

START_TEST(files_that_are_nowhere)
{
    const struct brc__shared_text texts[] = {{.path = ""}, {.path = ""}};
    struct brc__environment environment = environment_of("");
    struct brc__profiles profiles;

    ck_assert_int_eq(brc__profiles_init(&profiles, &environment, texts), 0);
    ck_assert_str_eq(profiles.looked_at, "no credentials file, since HOME is not set and no config "
                                         "file, since HOME is not set");
    ck_assert(!brc__profile_exists(&profiles, "default"));
    brc__profiles_destroy(&profiles);
}
END_TEST

int main(void)
{
    Suite *suite = suite_create("credential_plan");
    TCase *cases = tcase_create("credential_plan");

    suite_add_tcase(suite, cases);
    tcase_add_loop_test(cases, each_source, 0, sizeof rows / sizeof rows[0]);
    tcase_add_loop_test(cases, order_of_sources, 0, sizeof lists / sizeof lists[0]);
    tcase_add_loop_test(cases, places_of_the_files, 0, sizeof paths / sizeof paths[0]);
    tcase_add_test(cases, files_that_are_nowhere);
    return run(suite);
}
