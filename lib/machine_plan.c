/* SPDX-License-Identifier: MIT */
#include "machine_plan.h"
#include "url.h"
#include "variable.h"

#include <string.h>
#include <strings.h>

static const char *variable(const struct brc__planner *planner, const char *name)
{
    return brc__environment_get(planner->environment, name);
}

/* The name of the first variable that is set, of two; NULL if neither is. */
static const char *first_set(const struct brc__planner *planner, const char *name,
                             const char *other)
{
    if (variable(planner, name) != NULL)
        return name;
    return variable(planner, other) != NULL ? other : NULL;
}

void brc__plan_environment(struct brc__planner *planner, struct brc__plan *plan)
{
    const char *id = variable(planner, "AWS_ACCESS_KEY_ID");
    const char *secret = variable(planner, "AWS_SECRET_ACCESS_KEY");

    if (id == NULL) {
        brc__plan_absent(planner, plan, "AWS_ACCESS_KEY_ID is not set%s",
                         secret != NULL ? ", though AWS_SECRET_ACCESS_KEY is" : "");
        return;
    }
    if (secret == NULL) {
        brc__plan_broken(planner, plan,
                         "AWS_ACCESS_KEY_ID is set, but AWS_SECRET_ACCESS_KEY is not: set both, "
                         "or neither");
        return;
    }
    const char *token = first_set(planner, "AWS_SECURITY_TOKEN", "AWS_SESSION_TOKEN");
    struct brc__base *base = brc__plan_ready(planner, plan, BRC__BASE_KEYS, NULL);
    base->keys.access_key_id = brc__plan_keep(planner, id);
    base->keys.secret_access_key = brc__plan_keep(planner, secret);
    if (token != NULL)
        base->keys.session_token = brc__plan_keep(planner, variable(planner, token));
    base->keys.expiration = brc__plan_keep(planner, variable(planner, "AWS_CREDENTIAL_EXPIRATION"));
}

/* ---- hosts that are spoken to in plain http */

static bool is_one_of(const struct brc__url *url, const char *const *hosts)
{
    for (; *hosts != NULL; hosts++)
        if (strlen(*hosts) == url->host_length &&
            strncasecmp(*hosts, url->host, url->host_length) == 0)
            return true;
    return false;
}

/* Credentials go in clear to this machine and to the addresses AWS names for it, to nobody else.
 * Says what is wrong with the URL; NULL if nothing is. */
static const char *fault_of(const char *text, const char *const *hosts)
{
    struct brc__url url;

    if (brc__url_parse(text, strlen(text), &url) < 0)
        return "is no http or https URL";
    if (!url.https && !brc__url_is_loopback(&url) && !is_one_of(&url, hosts))
        return "would send credentials in clear: it must be https, or name this machine or one of "
               "AWS's own addresses";
    return NULL;
}

/* ---- containers */

static const char *const container_hosts[] = {"169.254.170.2", "169.254.170.23", "[fd00:ec2::23]",
                                              NULL};

/* The URL, whole; NULL without memory. */
static const char *container_url(struct brc__planner *planner, const char *name)
{
    static const char host[] = "http://169.254.170.2";
    const char *value = variable(planner, name);

    if (strcmp(name, "AWS_CONTAINER_CREDENTIALS_FULL_URI") == 0)
        return brc__plan_keep(planner, value);
    size_t length = strlen(value);
    char *url = brc__plan_alloc(planner, sizeof host + length);
    if (url != NULL) {
        memcpy(url, host, sizeof host - 1);
        memcpy(url + sizeof host - 1, value, length + 1);
    }
    return url;
}

/* A copy that may be a header's value; false if it cannot be one. */
static bool take_authorization(struct brc__planner *planner, struct brc__base *base)
{
    const char *text = variable(planner, "AWS_CONTAINER_AUTHORIZATION_TOKEN");
    size_t length = text != NULL ? strlen(text) : 0;

    if (text == NULL)
        return true;
    while (length > 0 && (text[length - 1] == '\n' || text[length - 1] == '\r'))
        length--;
    if (strcspn(text, "\r\n") < length)
        return false;
    char *copy = brc__plan_alloc(planner, length + 1);
    if (copy != NULL)
        memcpy(copy, text, length);
    base->container.authorization = copy;
    return true;
}

void brc__plan_container(struct brc__planner *planner, struct brc__plan *plan)
{
    const char *name = first_set(planner, "AWS_CONTAINER_CREDENTIALS_RELATIVE_URI",
                                 "AWS_CONTAINER_CREDENTIALS_FULL_URI");

    if (name == NULL) {
        brc__plan_absent(planner, plan,
                         "neither AWS_CONTAINER_CREDENTIALS_RELATIVE_URI nor "
                         "AWS_CONTAINER_CREDENTIALS_FULL_URI is set");
        return;
    }
    const char *url = container_url(planner, name);
    if (url == NULL)
        return;
    /* Anything else in front would continue the host's name. */
    const char *fault = strcmp(name, "AWS_CONTAINER_CREDENTIALS_RELATIVE_URI") == 0 &&
                                *variable(planner, name) != '/'
                            ? "must begin with a slash"
                            : fault_of(url, container_hosts);
    if (fault != NULL) {
        brc__plan_broken(planner, plan, "%s %s", name, fault);
        return;
    }
    struct brc__base *base = brc__plan_ready(planner, plan, BRC__BASE_CONTAINER, NULL);
    base->container.url = url;
    const char *file = variable(planner, "AWS_CONTAINER_AUTHORIZATION_TOKEN_FILE");
    base->container.authorization_file = brc__plan_keep(planner, file);
    if (file == NULL && !take_authorization(planner, base))
        brc__plan_broken(planner, plan,
                         "AWS_CONTAINER_AUTHORIZATION_TOKEN holds a line break, which no header "
                         "can carry");
}

/* ---- the metadata service */

static const char *const imds_hosts[] = {"169.254.169.254", "[fd00:ec2::254]", NULL};

/* What a variable says, else what the profile says; *ret_name: which of them. */
static const char *imds_setting(struct brc__planner *planner, const char *name, const char *key,
                                const char **ret_name)
{
    const char *value = variable(planner, name);

    *ret_name = value != NULL ? name : key;
    return value != NULL ? value
                         : brc__profile_get(planner->profiles, planner->profiles->name, key);
}

/* A copy without the slash at its end. */
static const char *without_slash(struct brc__planner *planner, const char *url)
{
    size_t length = strlen(url);
    char *copy = brc__plan_alloc(planner, length + 1);

    while (length > 0 && url[length - 1] == '/')
        length--;
    if (copy != NULL)
        memcpy(copy, url, length);
    return copy;
}

static void plan_imds_endpoint(struct brc__planner *planner, struct brc__plan *plan)
{
    const char *endpoint_name, *mode_name;
    const char *endpoint = imds_setting(planner, "AWS_EC2_METADATA_SERVICE_ENDPOINT",
                                        "ec2_metadata_service_endpoint", &endpoint_name);
    const char *mode = imds_setting(planner, "AWS_EC2_METADATA_SERVICE_ENDPOINT_MODE",
                                    "ec2_metadata_service_endpoint_mode", &mode_name);
    bool ipv6 = mode != NULL && strcasecmp(mode, "IPv6") == 0;

    if (endpoint == NULL && mode != NULL && !ipv6 && strcasecmp(mode, "IPv4") != 0) {
        brc__plan_broken(planner, plan, "%s must be IPv4 or IPv6", mode_name);
        return;
    }
    if (endpoint == NULL)
        endpoint = ipv6 ? "http://[fd00:ec2::254]" : "http://169.254.169.254";
    const char *fault = fault_of(endpoint, imds_hosts);
    if (fault == NULL && strchr(endpoint, '?') != NULL)
        fault = "must have no query";
    if (fault != NULL) {
        brc__plan_broken(planner, plan, "%s %s", endpoint_name, fault);
        return;
    }
    brc__plan_ready(planner, plan, BRC__BASE_IMDS, NULL)->imds.endpoint =
        without_slash(planner, endpoint);
}

void brc__plan_imds(struct brc__planner *planner, struct brc__plan *plan)
{
    static const char name[] = "AWS_EC2_METADATA_DISABLED";
    struct brc__error error;
    bool disabled;

    if (brc__variable_flag(name, variable(planner, name), false, &disabled, &error) < 0)
        brc__plan_broken(planner, plan, "%s", error.text);
    else if (disabled)
        brc__plan_absent(planner, plan, "%s is set", name);
    else
        plan_imds_endpoint(planner, plan);
}
