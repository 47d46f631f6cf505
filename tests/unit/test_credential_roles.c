/* Profiles that assume roles: what with, in which order, how deep, and in no circle; which source
 * of the whole chain comes first. SPDX-License-Identifier: MIT */
#include "planned.h"
#include "run.h"

#include <stdio.h>
#include <string.h>

#define KEYS "AWS_ACCESS_KEY_ID=AKID\nAWS_SECRET_ACCESS_KEY=shh\n"
#define ROLE "[default]\nrole_arn=arn:r\n"
#define BASE "[profile b]\naws_access_key_id=a\naws_secret_access_key=s\n"
#define WITH "keys of=b id=a secret=s > arn:r of=default"

static const struct row {
    const char *variables, *config, *credentials, *plan;
} rows[] = {
    {"", NULL, NULL, "absent: profile default has no role_arn"},
    {"", "[default]\nsource_profile=b\n" BASE, NULL, "absent: profile default has no role_arn"},
    {"", ROLE "web_identity_token_file=/f\nsource_profile=b\n" BASE, NULL,
     "absent: the role_arn of profile default is for its web identity"},
    {"", ROLE "source_profile=b\n" BASE, NULL, "ready: " WITH},
    {"",
     ROLE "source_profile=b\nrole_session_name=n\nexternal_id=e\nduration_seconds=900\n"
          "region=q\n" BASE,
     NULL, "ready: " WITH " name=n external=e region=q for=900"},
    {"AWS_REGION=e\nAWS_DEFAULT_REGION=f\n", ROLE "source_profile=b\n" BASE, NULL,
     "ready: " WITH " region=e"},
    {"AWS_DEFAULT_REGION=f\n", ROLE "source_profile=b\n" BASE, NULL, "ready: " WITH " region=f"},
    {"AWS_REGION=e\n", ROLE "source_profile=b\nregion=q\n" BASE, NULL, "ready: " WITH " region=q"},
    {"", ROLE "source_profile=b\n", "[b]\naws_access_key_id=a\naws_secret_access_key=s",
     "ready: " WITH},
    {"", NULL, ROLE "source_profile=b\n[b]\naws_access_key_id=a\naws_secret_access_key=s",
     "ready: " WITH},
    {"", ROLE "source_profile=c\n" BASE, "[default]\nsource_profile=b", "ready: " WITH},
    /* durations */
    {"", ROLE "source_profile=b\nduration_seconds=899\n" BASE, NULL,
     "broken: profile default: duration_seconds: must be a whole number from 900 to 43200"},
    {"", ROLE "source_profile=b\nduration_seconds=43201\n" BASE, NULL,
     "broken: profile default: duration_seconds: must be a whole number from 900 to 43200"},
    {"", ROLE "source_profile=b\nduration_seconds=1h\n" BASE, NULL,
     "broken: profile default: duration_seconds: must be a whole number from 900 to 43200"},
    {"", ROLE "source_profile=b\nduration_seconds=43200\n" BASE, NULL, "ready: " WITH " for=43200"},
    /* with what */
    {"", ROLE, NULL,
     "broken: profile default has a role_arn, but nothing to assume it with: add source_profile or "
     "credential_source"},
    {"", ROLE "source_profile=b\ncredential_source=Environment\n" BASE, NULL,
     "broken: profile default has both source_profile and credential_source: remove one"},
    {"", ROLE "source_profile=c\n" BASE, NULL,
     "broken: the source_profile of profile default, c, does not exist in /aws/credentials (there "
     "is no such file) and /aws/config"},
    {"", ROLE "source_profile=b\n[profile b]\n", NULL,
     "broken: profile b, a source_profile, has no credentials: no keys, no role, no "
     "web_identity_token_file, no SSO, no credential_process"},
    {"", ROLE "source_profile=b\n[profile b]\naws_access_key_id=a\n", NULL,
     "broken: profile b has an aws_access_key_id, but no aws_secret_access_key in /aws/config"},
    {"", ROLE "source_profile=b\n[profile b]\nlogin_session=x", NULL,
     "broken: profile b has a login_session, which is not served here: use a profile "
     "whose credential_process is `aws configure export-credentials --profile b`"},
    {"", ROLE "source_profile=b\n[profile b]\ncredential_process=x", NULL,
     "ready: process of=b command=x > arn:r of=default"},
    {"AWS_WEB_IDENTITY_TOKEN_FILE=/t\nAWS_ROLE_ARN=arn:e\n",
     ROLE "source_profile=b\n[profile b]\nrole_arn=arn:w\nweb_identity_token_file=/f", NULL,
     "ready: web-identity of=b file=/f arn=arn:w > arn:r of=default"},
    {"HOME=/h\n",
     ROLE "source_profile=b\n[profile b]\nsso_start_url=u\nsso_region=q\nsso_account_id=1\n"
          "sso_role_name=r\n",
     NULL,
     "ready: sso of=b url=u region=q account=1 role=r "
     "cache=/h/.aws/sso/cache/51e69892ab49df85c6230ccc57f8e1d1606caccc.json > arn:r of=default"},
    {KEYS, ROLE "credential_source=Environment\n", NULL,
     "ready: keys id=AKID secret=shh > arn:r of=default"},
    {"", ROLE "credential_source=Environment\n", NULL,
     "broken: profile default has credential_source = Environment, but AWS_ACCESS_KEY_ID is not "
     "set"},
    {"", ROLE "credential_source=Ec2InstanceMetadata\n", NULL,
     "ready: imds endpoint=http://169.254.169.254 > arn:r of=default"},
    {"AWS_EC2_METADATA_DISABLED=true\n", ROLE "credential_source=Ec2InstanceMetadata\n", NULL,
     "broken: profile default has credential_source = Ec2InstanceMetadata, but "
     "AWS_EC2_METADATA_DISABLED is set"},
    {"AWS_CONTAINER_CREDENTIALS_RELATIVE_URI=/x\n", ROLE "credential_source=EcsContainer\n", NULL,
     "ready: container url=http://169.254.170.2/x > arn:r of=default"},
    {"", ROLE "credential_source=EcsContainer\n", NULL,
     "broken: profile default has credential_source = EcsContainer, but neither "
     "AWS_CONTAINER_CREDENTIALS_RELATIVE_URI nor AWS_CONTAINER_CREDENTIALS_FULL_URI is set"},
    {"", ROLE "credential_source=environment\n", NULL,
     "broken: credential_source of profile default is none of Environment, Ec2InstanceMetadata, "
     "EcsContainer"},
    {"", ROLE "source_profile=b\nmfa_serial=arn:m\n" BASE, NULL,
     "broken: profile default has an mfa_serial: nobody is here to be asked for the code. Sign in "
     "elsewhere and use the keys of that session, SSO, or a credential_process"},
    /* chains */
    {"",
     ROLE "source_profile=c\n[profile c]\nrole_arn=arn:c\nregion=x\nsource_profile=d\n"
          "[profile d]\nrole_arn=arn:d\nsource_profile=b\n" BASE,
     NULL, "ready: keys of=b id=a secret=s > arn:d of=d > arn:c of=c region=x > arn:r of=default"},
    {"", ROLE "source_profile=c\n[profile c]\nrole_arn=arn:c\ncredential_source=EcsContainer\n",
     NULL,
     "broken: profile c has credential_source = EcsContainer, but neither "
     "AWS_CONTAINER_CREDENTIALS_RELATIVE_URI nor AWS_CONTAINER_CREDENTIALS_FULL_URI is set"},
    {"",
     ROLE "source_profile=c\n[profile c]\nrole_arn=arn:c\nsource_profile=b\nmfa_serial=m\n" BASE,
     NULL,
     "broken: profile c has an mfa_serial: nobody is here to be asked for the code. Sign in "
     "elsewhere and use the keys of that session, SSO, or a credential_process"},
    /* keys of a source_profile come before its role */
    {"", ROLE "source_profile=b\n" BASE "role_arn=arn:b\nsource_profile=c\n", NULL, "ready: " WITH},
    /* circles */
    {"", ROLE "source_profile=default\n", NULL,
     "broken: the source_profile of profile default, default, leads in a circle: one of them needs "
     "keys of its own"},
    {"", ROLE "source_profile=default\naws_access_key_id=a\naws_secret_access_key=s\n", NULL,
     "ready: keys of=default id=a secret=s > arn:r of=default"},
    {"", ROLE "source_profile=default\n",
     "[default]\naws_access_key_id=a\naws_secret_access_key=s\n",
     "ready: keys of=default id=a secret=s > arn:r of=default"},
    {"", ROLE "source_profile=c\n[profile c]\nrole_arn=arn:c\nsource_profile=default\n", NULL,
     "broken: the source_profile of profile c, default, leads in a circle: one of them needs keys "
     "of its own"},
    {"",
     ROLE "source_profile=c\n[profile c]\nrole_arn=arn:c\nsource_profile=d\n"
          "[profile d]\nrole_arn=arn:d\nsource_profile=c\n",
     NULL,
     "broken: the source_profile of profile d, c, leads in a circle: one of them needs keys of its "
     "own"},
    {"", ROLE "source_profile=c\n[profile c]\nrole_arn=arn:c\nsource_profile=c\n", NULL,
     "broken: the source_profile of profile c, c, leads in a circle: one of them needs keys of its "
     "own"},
    /* names are cleaned */
    {"", ROLE "source_profile=b\n[profile b]\nlogin_session=x",
     "[default]\nsource_profile="
     "\x01\n",
     "broken: the source_profile of profile default,  , does not exist in /aws/credentials and "
     "/aws/config"},
};

START_TEST(profiles_with_roles)
{
    const struct row *row = &rows[_i];
    struct brc__environment environment = environment_of(row->variables);
    brc__auto_plans struct brc__plans *plans = NULL;
    struct brc__profiles profiles;
    char told[1000];

    ck_assert_int_eq(profiles_of(&environment, row->config, row->credentials, &profiles), 0);
    ck_assert_int_eq(brc__plans_new(&environment, &profiles, "assume-role", &plans), 0);
    brc__profiles_destroy(&profiles);
    describe_plan(&plans->at[0], told, sizeof told);
    ck_assert_str_eq(told, row->plan);
}
END_TEST

/* `roles` profiles, each the source of the one before, then one with keys. */
static void plan_deep(int roles, char *told, size_t size)
{
    struct brc__environment environment = environment_of("AWS_PROFILE=p0\n");
    brc__auto_buf struct brc__buf config = BRC__BUF(100000);
    brc__auto_plans struct brc__plans *plans = NULL;
    struct brc__profiles profiles;

    for (int i = 0; i < roles; i++)
        brc__buf_appendf(&config, "[profile p%d]\nrole_arn=%d\nsource_profile=p%d\n", i, i, i + 1);
    brc__buf_appendf(&config, "[profile p%d]\ncredential_process=x\n", roles);
    ck_assert_int_eq(profiles_of(&environment, config.data, NULL, &profiles), 0);
    ck_assert_int_eq(brc__plans_new(&environment, &profiles, "assume-role", &plans), 0);
    brc__profiles_destroy(&profiles);
    int n = 0;
    for (const struct brc__role *role = plans->at[0].roles; role != NULL; role = role->next)
        ck_assert_int_eq(atoi(role->role_arn), roles - ++n);
    ck_assert_int_eq(n, plans->at[0].state == BRC__PLAN_READY ? roles : 0);
    describe_plan(&plans->at[0], told, size);
}

START_TEST(depth_has_an_end)
{
    char told[10000];

    plan_deep(BRC__ROLES_MAX, told, sizeof told);
    ck_assert(strncmp(told, "ready: process of=p100 command=x > 99 of=p99 > ", 46) == 0);
    plan_deep(BRC__ROLES_MAX + 1, told, sizeof told);
    ck_assert_str_eq(told, "broken: the source_profiles of profile p0 are more than 100");
}
END_TEST

/* ---- which source comes first */

#define EVERYTHING                                                                                 \
    "sso_start_url=u\nsso_region=q\nsso_account_id=1\nsso_role_name=r\ncredential_process=x\n"     \
    "login_session=l\naws_access_key_id=c\naws_secret_access_key=d\n"

static const struct {
    const char *variables, *config, *credentials, *source;
} firsts[] = {
    {KEYS, ROLE "source_profile=b\n" BASE, NULL, "environment"},
    {KEYS "AWS_PROFILE=default\n", ROLE "source_profile=b\n" BASE, NULL, "environment"},
    {"AWS_ACCESS_KEY_ID=a\n", ROLE "source_profile=b\n" BASE, NULL, "environment"},
    {"", ROLE EVERYTHING "source_profile=b\n" BASE, NULL, "assume-role"},
    {"", ROLE EVERYTHING "web_identity_token_file=f\n", NULL, "web-identity"},
    {"HOME=/h\n", "[default]\n" EVERYTHING,
     "[default]\naws_access_key_id=a\naws_secret_access_key=s", "sso"},
    {"", "[default]\ncredential_process=x\nlogin_session=l\n",
     "[default]\naws_access_key_id=a\naws_secret_access_key=s", "shared-credentials-file"},
    {"", "[default]\ncredential_process=x\nlogin_session=l\n", NULL, "login"},
    {"", "[default]\ncredential_process=x\naws_access_key_id=c\naws_secret_access_key=d", NULL,
     "process"},
    {"AWS_CONTAINER_CREDENTIALS_RELATIVE_URI=/x\n",
     "[default]\naws_access_key_id=c\naws_secret_access_key=d", NULL, "config-file"},
    {"AWS_CONTAINER_CREDENTIALS_RELATIVE_URI=/x\n", NULL, NULL, "container"},
    {"", NULL, NULL, "imds"},
    {"AWS_EC2_METADATA_DISABLED=true\n", NULL, NULL, "none"},
    {"AWS_PROFILE=none\n", NULL, NULL, "assume-role"}, /* broken */
    {"", "[x", NULL, "assume-role"},
};

START_TEST(first_in_the_chain)
{
    struct brc__environment environment = environment_of(firsts[_i].variables);
    brc__auto_plans struct brc__plans *plans = NULL;
    struct brc__profiles profiles;
    size_t i = 0;

    ck_assert_int_eq(
        profiles_of(&environment, firsts[_i].config, firsts[_i].credentials, &profiles), 0);
    ck_assert_int_eq(brc__plans_new(&environment, &profiles, NULL, &plans), 0);
    while (i < plans->count && plans->at[i].state == BRC__PLAN_ABSENT)
        i++;
    ck_assert_str_eq(i < plans->count ? brc__source_name(plans->at[i].source) : "none",
                     firsts[_i].source);
    brc__profiles_destroy(&profiles);
}
END_TEST

int main(void)
{
    Suite *suite = suite_create("credential_roles");
    TCase *cases = tcase_create("credential_roles");

    suite_add_tcase(suite, cases);
    tcase_add_loop_test(cases, profiles_with_roles, 0, sizeof rows / sizeof rows[0]);
    tcase_add_test(cases, depth_has_an_end);
    tcase_add_loop_test(cases, first_in_the_chain, 0, sizeof firsts / sizeof firsts[0]);
    return run(suite);
}
