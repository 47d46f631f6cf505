/* SPDX-License-Identifier: MIT */
#include "money_patterns.h"

#include <string.h>

#define WORD           ALPHANUMERIC "_"
#define ACCOUNT_LENGTH 12

/* ---- pieces ---- */

static struct emu_slice from(struct emu_slice text, size_t at)
{
    return (struct emu_slice){text.s + at, text.len - at};
}

static bool starts_with(struct emu_slice text, const char *prefix)
{
    size_t len = strlen(prefix);

    return text.len >= len && memcmp(text.s, prefix, len) == 0;
}

/* As the picture has it: # a digit, * a hexadecimal digit, anything else itself. */
static bool looks_like(struct emu_slice text, const char *picture)
{
    if (text.len != strlen(picture))
        return false;
    for (size_t i = 0; i < text.len; i++) {
        struct emu_slice one = {text.s + i, 1};

        if (picture[i] == '#'   ? !emu_slice_only(one, DIGITS)
            : picture[i] == '*' ? !emu_slice_only(one, DIGITS "abcdefABCDEF")
                                : text.s[i] != picture[i])
            return false;
    }
    return true;
}

static bool is_account(struct emu_slice text)
{
    return text.len == ACCOUNT_LENGTH && emu_slice_only(text, DIGITS);
}

/* ([!-DEL]+/)?[word characters +=,.@-]+ */
static bool is_path_and_name(struct emu_slice text)
{
    size_t name = text.len;

    while (name > 0 && text.s[name - 1] != '/')
        name--;
    for (size_t i = 0; i < name; i++)
        if ((unsigned char)text.s[i] < 0x21 || (unsigned char)text.s[i] > 0x7f)
            return false;
    return name < text.len && name != 1 && emu_slice_only(from(text, name), WORD "+=,.@-");
}

/* arn:aws...:iam::, then 12 digits or "aws" if that is allowed, then `kind`/... */
static bool is_iam_arn(struct emu_slice text, const char *kind, bool may_be_of_aws)
{
    struct emu_slice rest = text;
    struct emu_slice partition;
    struct emu_slice account;

    if (!emu_slice_is(emu_slice_cut(&rest, ':'), "arn"))
        return false;
    partition = emu_slice_cut(&rest, ':');
    if (!starts_with(partition, "aws") || !emu_slice_only(partition, LOWER "-") ||
        !starts_with(rest, "iam::"))
        return false;
    rest = from(rest, strlen("iam::"));
    account = emu_slice_cut(&rest, ':');
    if (!is_account(account) && !(may_be_of_aws && emu_slice_is(account, "aws")))
        return false;
    return emu_slice_is(emu_slice_cut(&rest, '/'), kind) && rest.len > 0 && rest.s[0] != '/' &&
           is_path_and_name(rest);
}

/* ---- all services ---- */

static bool match_date(struct emu_slice text)
{
    return looks_like(text, "####-##-##") || looks_like(text, "####-##-##T##:##:##Z");
}

const struct emu_pattern EMU_PATTERN_DATE = {"(\\d{4}-\\d{2}-\\d{2})(T\\d{2}:\\d{2}:\\d{2}Z)?",
                                             match_date};

const struct emu_pattern EMU_PATTERN_ACCOUNT = {"\\d{12}", is_account};

static bool match_any_arn(struct emu_slice text)
{
    struct emu_slice rest = text;
    struct emu_slice partition;
    struct emu_slice service;
    struct emu_slice region;
    struct emu_slice account;

    if (!emu_slice_is(emu_slice_cut(&rest, ':'), "arn"))
        return false;
    partition = emu_slice_cut(&rest, ':');
    service = emu_slice_cut(&rest, ':');
    region = emu_slice_cut(&rest, ':');
    account = emu_slice_cut(&rest, ':');
    return starts_with(partition, "aws") && service.len > 0 &&
           emu_slice_only(service, LOWER DIGITS) && emu_slice_only(region, LOWER DIGITS "-") &&
           is_account(account) && rest.len > 0 && emu_slice_only(rest, WORD "-/:");
}

const struct emu_pattern EMU_PATTERN_ANY_ARN = {
    "arn:aws[-a-z0-9]*:[a-z0-9]+:[-a-z0-9]*:[0-9]{12}:[-a-zA-Z0-9/:_]+", match_any_arn};

static bool is_topic(struct emu_slice text)
{
    struct emu_slice rest = text;

    if (!match_any_arn(text) && memchr(text.s, '.', text.len) == NULL)
        return false;
    if (!emu_slice_is(emu_slice_cut(&rest, ':'), "arn") ||
        !starts_with(emu_slice_cut(&rest, ':'), "aws") ||
        !emu_slice_is(emu_slice_cut(&rest, ':'), "sns") || emu_slice_cut(&rest, ':').len == 0 ||
        !is_account(emu_slice_cut(&rest, ':')))
        return false;
    if (rest.len > 5 && memcmp(rest.s + rest.len - 5, ".fifo", 5) == 0)
        rest.len -= 5;
    return rest.len > 0 && emu_slice_only(rest, WORD "-");
}

bool emu_is_topic_arn(const char *text)
{
    return is_topic(emu_slice_of(text));
}

static bool is_email(struct emu_slice text)
{
    struct emu_slice domain = text;
    struct emu_slice name = emu_slice_cut(&domain, '@');
    int labels = 0;

    if (name.len == 0 || name.len == text.len)
        return false;
    while (domain.len > 0) {
        struct emu_slice label = emu_slice_cut(&domain, '.');

        if (label.len == 0 || !emu_slice_only(label, WORD "-"))
            return false;
        labels++;
    }
    return labels >= 2 && text.s[text.len - 1] != '.' &&
           emu_slice_only(name, WORD ".!#$%&'*+=?^{|}~-");
}

bool emu_is_email(const char *text)
{
    return is_email(emu_slice_of(text));
}

static bool match_address(struct emu_slice text)
{
    return is_email(text) || is_topic(text);
}

const struct emu_pattern EMU_PATTERN_ADDRESS = {
    "(^[a-zA-Z0-9.!#$%&'*+=?^_{|}~-]+@[a-zA-Z0-9_-]+(\\.[a-zA-Z0-9_-]+)+$)|"
    "(^arn:(aws[a-zA-Z-]*):sns:[a-zA-Z0-9-]+:[0-9]{12}:[a-zA-Z0-9_-]+(\\.fifo)?$)",
    match_address};

/* Letters of other scripts are taken on trust. */
static bool match_tag_text(struct emu_slice text)
{
    for (size_t i = 0; i < text.len; i++)
        if ((unsigned char)text.s[i] < 0x80 &&
            !emu_slice_only((struct emu_slice){text.s + i, 1}, WORD " .:/=+-@"))
            return false;
    return true;
}

const struct emu_pattern EMU_PATTERN_TAG_TEXT = {"^([\\p{L}\\p{Z}\\p{N}_.:/=+\\-@]*)$",
                                                 match_tag_text};

/* ---- AWS Budgets ---- */

static bool contains(struct emu_slice text, const char *part)
{
    return text.s != NULL && memmem(text.s, text.len, part, strlen(part)) != NULL;
}

static bool match_budget_name(struct emu_slice text)
{
    return text.len > 0 && memchr(text.s, ':', text.len) == NULL &&
           memchr(text.s, '\\', text.len) == NULL && !contains(text, "/action/") &&
           !(contains(text, "<script>") && contains(text, "</script>"));
}

const struct emu_pattern EMU_PATTERN_BUDGET_NAME = {
    "^(?![^:\\\\]*/action/|(?i).*<script>.*</script>.*)[^:\\\\]+$", match_budget_name};

static bool match_amount(struct emu_slice text)
{
    struct emu_slice rest = text;
    struct emu_slice whole = emu_slice_cut(&rest, '.');

    if (whole.len == text.len)
        return text.len > 0 && emu_slice_only(text, DIGITS);
    return emu_slice_only(whole, DIGITS) && rest.len > 0 && emu_slice_only(rest, DIGITS);
}

const struct emu_pattern EMU_PATTERN_AMOUNT = {"([0-9]*\\.)?[0-9]+", match_amount};

static bool match_role_arn(struct emu_slice text)
{
    return is_iam_arn(text, "role", false);
}

const struct emu_pattern EMU_PATTERN_ROLE_ARN = {
    "^arn:aws(-eusc|-cn|-us-gov|-iso|-iso-[a-z]{1})?:iam::\\d{12}:role(\\u002F[\\u0021-\\u007F]+"
    "\\u002F|\\u002F)[\\w+=,.@-]+$",
    match_role_arn};

static bool match_policy_arn(struct emu_slice text)
{
    return is_iam_arn(text, "policy", true);
}

const struct emu_pattern EMU_PATTERN_POLICY_ARN = {
    "^arn:aws(-eusc|-cn|-us-gov|-iso|-iso-[a-z]{1})?:iam::(\\d{12}|aws):policy(\\u002F[\\u0021-"
    "\\u007F]+\\u002F|\\u002F)[\\w+=,.@-]+$",
    match_policy_arn};

const struct emu_pattern EMU_PATTERN_PRINCIPAL = {"^([\\u0021-\\u007F]+\\u002F)?[\\w+=,.@-]+$",
                                                  is_path_and_name};

static bool match_uuid(struct emu_slice text)
{
    return looks_like(text, "********-****-****-****-************");
}

const struct emu_pattern EMU_PATTERN_UUID = {
    "^[a-fA-F0-9]{8}-[a-fA-F0-9]{4}-[a-fA-F0-9]{4}-[a-fA-F0-9]{4}-[a-fA-F0-9]{12}$", match_uuid};

static bool match_region(struct emu_slice text)
{
    struct emu_slice rest = text;
    struct emu_slice geography = emu_slice_cut(&rest, '-');

    return geography.len >= 2 && geography.len <= 4 && emu_slice_only(text, WORD "-") &&
           rest.len > 2 && rest.s[rest.len - 2] == '-' &&
           emu_slice_only(from(rest, rest.len - 1), DIGITS);
}

const struct emu_pattern EMU_PATTERN_REGION = {"^\\w{2,4}-\\w+(-\\w+)?-\\d$", match_region};

static bool match_policy_id(struct emu_slice text)
{
    return starts_with(text, "p-") && emu_slice_only(from(text, 2), WORD);
}

const struct emu_pattern EMU_PATTERN_POLICY_ID = {"^p-[0-9a-zA-Z_]{8,128}$", match_policy_id};

static bool match_policy_target(struct emu_slice text)
{
    return is_account(text) ||
           (starts_with(text, "ou-") && emu_slice_only(from(text, 3), LOWER DIGITS "-"));
}

const struct emu_pattern EMU_PATTERN_POLICY_TARGET = {
    "^(ou-[0-9a-z]{4,32}-[a-z0-9]{8,32}$)|(\\d{12})", match_policy_target};

static bool match_instance(struct emu_slice text)
{
    return text.len > 0 && emu_slice_only(text, WORD "-") && text.s[text.len - 1] != '-' &&
           emu_slice_only((struct emu_slice){text.s, 1}, ALPHANUMERIC);
}

const struct emu_pattern EMU_PATTERN_INSTANCE = {
    "^i-(\\w{8}|\\w{17})$|^[a-zA-Z]([\\w-]{0,61}\\w)?$", match_instance};

/* ---- CloudWatch ---- */

static bool match_namespace(struct emu_slice text)
{
    return text.len > 0 && text.s[0] != ':';
}

const struct emu_pattern EMU_PATTERN_NAMESPACE = {"[^:].*", match_namespace};
