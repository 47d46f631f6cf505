/* What to do next, by what AWS says. The first row that fits counts: those that say more about a
 * failure stand above those that say less. SPDX-License-Identifier: MIT */
#include "cloud.h"

#include <stdio.h>
#include <string.h>

#define NOTHING_TWICE "what is done already is not done twice"

static const struct hint {
    const char *service;   /* NULL here and below: any */
    const char *operation; /* as struct cloud has it */
    int code;              /* 0: any */
    const char *types;     /* of AWS, separated by | */
    const char *message;   /* a part of AWS's */
    const char *hint;      /* %s: the permission that the operation takes */
} hints[] = {
    /* Who asks: credentials, clock, region. */
    {.types = "ExpiredToken|ExpiredTokenException",
     .hint = "Sign in again (`aws sso login`, or a new session of the role) and run it again; "
             "`credentials` says whose keys these are"},
    {.types = "RequestTimeTooSkewed|RequestInTheFuture|RequestExpired",
     .hint = "Set this machine's clock (`timedatectl set-ntp true`), then run it again"},
    {.types = "InvalidSignatureException|SignatureDoesNotMatch",
     .message = "expired",
     .hint = "Set this machine's clock (`timedatectl set-ntp true`), then run it again"},
    {.types = "InvalidSignatureException|SignatureDoesNotMatch",
     .message = "not yet current",
     .hint = "Set this machine's clock (`timedatectl set-ntp true`), then run it again"},
    {.types = "InvalidSignatureException|SignatureDoesNotMatch|IncompleteSignature|"
              "IncompleteSignatureException",
     .hint =
         "Copy the secret key again: it is not that of the access key; `credentials` says where "
         "both come from"},
    {.types = "UnrecognizedClientException|InvalidClientTokenId|InvalidAccessKeyId|AuthFailure",
     .hint =
         "Check with `credentials` whose keys these are. If they work elsewhere, the account has "
         "not opted in to this region: have it enabled, or name another with --region"},
    {.types = "InvalidToken|MissingAuthenticationToken|MissingAuthenticationTokenException",
     .hint = "Get a whole set of keys: with a session token all three parts belong together; "
             "`credentials --explain` says where each comes from"},
    {.types = "RegionDisabledException|OptInRequired",
     .hint =
         "Have the region enabled for the account (`aws account enable-region`), or name another "
         "with --region"},
    {.types = "SubscriptionRequiredException",
     .hint = "Finish the sign-up of the account for this service in its console"},
    {.code = BRC_E_CREDENTIALS,
     .hint = "`credentials --explain` says where keys were looked for: sign in there, or set "
             "AWS_PROFILE"},

    /* The way there. */
    {.code = BRC_E_CONNECT,
     .hint =
         "Check the network and HTTPS_PROXY; that --region or AWS_REGION names a region that has "
         "this service; and AWS_ENDPOINT_URL, if that is set. Then run it again: " NOTHING_TWICE},
    {.code = BRC_E_TLS,
     .hint = "Set AWS_CA_BUNDLE to the certificates of your proxy, if there is one that opens "
             "connections; or set this machine's clock"},
    {.code = BRC_E_TIMEOUT, .hint = "Run it again: " NOTHING_TWICE},
    {.code = BRC_E_PROTOCOL,
     .hint = "What answered is not AWS: check AWS_ENDPOINT_URL and HTTPS_PROXY, then run it again"},
    {.code = BRC_E_TOO_LARGE, .hint = "Take fewer at a time: name single aliases"},
    {.code = BRC_E_NOMEM, .hint = "Free memory on this machine, then run it again: " NOTHING_TWICE},
    {.code = BRC_E_INVALID, .hint = "Correct that; a region is named by --region, or by the file"},

    /* What the caller may. */
    {.code = BRC_E_ACCESS_DENIED,
     .message = "in a service control policy",
     .hint = "The organization forbids it, so that no policy of this account helps: ask those who "
             "keep its policies to let %s through, or name a region that they leave open"},
    {.code = BRC_E_ACCESS_DENIED,
     .message = "in a resource control policy",
     .hint = "The organization forbids it, so that no policy of this account helps: ask those who "
             "keep its policies to let %s through"},
    {.code = BRC_E_ACCESS_DENIED,
     .message = "permissions boundary",
     .hint = "Add %s to the permissions boundary of this role or user: its policies alone do not "
             "help"},
    {.code = BRC_E_ACCESS_DENIED,
     .message = "session policy",
     .hint = "Assume the role without the session policy, or with one that allows %s"},
    {.code = BRC_E_ACCESS_DENIED,
     .message = "explicit deny",
     .hint = "Take %s out of the Deny that AWS names: no Allow outweighs it"},
    {.code = BRC_E_ACCESS_DENIED,
     .message = "iam:PassRole",
     .hint =
         "Allow iam:PassRole on the role that AWS names; `profiles iam operator` prints the whole "
         "policy"},
    {.service = "ce",
     .code = BRC_E_ACCESS_DENIED,
     .message = "Linked account",
     .hint =
         "Use credentials of the organization's management account: it alone sees and activates "
         "cost allocation tags"},
    {.service = "bedrock-runtime",
     .code = BRC_E_ACCESS_DENIED,
     .message = "access to the model",
     .hint = "Have the model enabled for the account: in Bedrock's console, under Model access"},
    {.service = "bedrock-runtime",
     .code = BRC_E_ACCESS_DENIED,
     .hint = "Allow %s on the profile and on its models in every region: `profiles iam` prints the "
             "policy; one that was attached just now takes some seconds"},
    {.code = BRC_E_ACCESS_DENIED,
     .hint = "Allow %s to these credentials: `profiles iam operator` prints a policy that does"},

    /* How much. */
    {.service = "bedrock-runtime",
     .code = BRC_E_THROTTLED,
     .hint =
         "Run it again in a minute; if it lasts, have the model's quota raised (Service Quotas, "
         "Amazon Bedrock)"},
    {.code = BRC_E_THROTTLED,
     .hint = "Run it again later: others use up the account's rate, and " NOTHING_TWICE},
    {.service = "bedrock",
     .types = "ServiceQuotaExceededException",
     .hint = "Remove profiles that nobody needs (`profiles delete`), or have the quota raised "
             "(Service Quotas, Amazon Bedrock)"},
    {.service = "bedrock-agent",
     .types = "ServiceQuotaExceededException",
     .hint = "Delete versions and aliases of the agent that nobody needs, or have the quota raised "
             "(Service Quotas, Amazon Bedrock)"},
    {.types = "TooManyTagsException",
     .hint = "Remove tags (`profiles untag`, or from the file): a resource can have 50"},
    {.service = "iam",
     .types = "LimitExceeded|LimitExceededException",
     .hint =
         "Take policies off the role, or put several into one: IAM limits how many and how long "
         "they are"},
    {.types = "LimitExceededException|CreationLimitExceededException|ServiceQuotaExceededException|"
              "LimitExceeded|LimitExceededFault",
     .hint = "Delete what nobody needs, or have the quota raised (Service Quotas)"},

    /* Somebody else. */
    {.service = "bedrock-agent",
     .types = "ConflictException",
     .hint = "Wait until the agent is prepared: somebody is changing it now. Then run it "
             "again: " NOTHING_TWICE},
    {.types = "ConflictException|ConcurrentModification|ConcurrentModificationException|"
              "ResourceLockedException",
     .hint = "Wait until whoever changes it too is done, then run it again: " NOTHING_TWICE},
    {.types = "EntityAlreadyExists|DuplicateRecordException",
     .hint = "Choose another name, or remove what has it; then run it again"},
    {.types = "DeleteConflict|DeleteConflictException",
     .hint = "Detach the policy from everything it is attached to, then delete it"},

    /* What there is not. */
    {.service = "bedrock-agent",
     .types = "ResourceNotFoundException",
     .hint = "Check the ids and the region: `aws bedrock-agent list-agents` shows what is there"},
    {.service = "bedrock-runtime",
     .types = "ResourceNotFoundException",
     .hint = "Run `profiles plan`: the profile or its model is gone"},
    {.service = "bedrock",
     .types = "ResourceNotFoundException",
     .hint = "Check its name and the region: `profiles list` shows what is there"},
    {.service = "iam",
     .types = "NoSuchEntity|NoSuchEntityException",
     .hint =
         "Check the name and the account (`credentials`): IAM knows no such role or policy here"},
    {.service = "sns",
     .types = "NotFound|NotFoundException|ResourceNotFoundException",
     .hint = "Create the topic (`aws sns create-topic`), or correct its ARN and region"},
    {.types = "NotFoundException|ResourceNotFoundException|ResourceNotFound|"
              "UnknownMonitorException|UnknownSubscriptionException",
     .hint = "Check its name, the account and the region; if somebody removed it, run it again"},

    /* What AWS does not accept. */
    {.service = "bedrock",
     .operation = "PUT /logging/*",
     .types = "ValidationException",
     .hint =
         "Let bedrock.amazonaws.com write there: the bucket's policy needs s3:PutObject for it, "
         "the role logs:CreateLogStream and logs:PutLogEvents; bucket and group have to be in "
         "this region"},
    {.service = "bedrock",
     .operation = "POST /inference-profiles",
     .types = "ValidationException",
     .hint = "Correct the file: `profiles models` lists what can be copied from in this region"},
    {.types = "MalformedPolicyDocument|MalformedPolicyDocumentException",
     .hint = "Correct the account id and the ARNs that stand in the policy"},
    {.service = "sns",
     .types = "InvalidParameter|InvalidParameterException",
     .hint = "Correct the topic's ARN: arn:aws:sns:REGION:ACCOUNT:NAME"},
    {.service = "ce",
     .types = "DataUnavailableException",
     .hint = "Open Cost Explorer once in the billing console: its first data takes up to 24 hours"},
    {.service = "ce",
     .types = "BillExpirationException",
     .hint = "Ask for a later time: Cost Explorer keeps about a year"},
    {.code = BRC_E_REJECTED, .hint = "Correct what AWS names, then run it again: " NOTHING_TWICE},
    {.code = BRC_E_SERVICE,
     .hint = "Run it again in a minute: " NOTHING_TWICE
             "; https://health.aws.amazon.com tells of larger failures"},

    /* Our own. */
    {.code = BRC_E_BUDGET,
     .hint = "Wait for the next window, or let it go on: `budget override NAME --limit USD --until "
             "MOMENT --by WHO --why TEXT`"},
    {.code = BRC_E_UNPRICED, .hint = "Import a price for the model: `budget prices import FILE`"},
    {.code = BRC_E_UNBOUNDED,
     .hint = "Import the model's limits with its prices: `budget prices import FILE`"},
    {.code = BRC_E_LEDGER,
     .hint =
         "Check the ledger's folder and its free space: `budget verify` says what is wrong with "
         "the file"},
    {.code = BRC_E_UNRECORDED,
     .hint = "Make room for the ledger; the call is paid for: `budget unreported` lists it"},
    {.code = BRC_E_UNTAGGED,
     .hint = "Set the tag: `profiles apply`, or `profiles tag ALIAS KEY=VALUE`"},
};

/* Whether a type is one of those separated by |. */
static bool is_among(const char *types, const char *type)
{
    size_t length = strlen(type);

    for (; types != NULL; types = strchr(types, '|')) {
        types += *types == '|';
        if (length > 0 && strncmp(types, type, length) == 0 &&
            (types[length] == '|' || types[length] == '\0'))
            return true;
    }
    return false;
}

static bool fits(const struct hint *hint, const struct cloud *cloud, const char *message)
{
    return (hint->service == NULL || strcmp(hint->service, cloud->service) == 0) &&
           (hint->operation == NULL || strcmp(hint->operation, cloud->operation) == 0) &&
           (hint->code == 0 || hint->code == cloud->code) &&
           (hint->types == NULL || is_among(hint->types, cloud_error_type(cloud))) &&
           (hint->message == NULL || strstr(message, hint->message) != NULL);
}

const char *cloud_hint(const struct cloud *cloud, char ret_hint[CLOUD_HINT])
{
    const char *message = brc_client_error(cloud->client);
    char action[CELL];

    ret_hint[0] = '\0';
    cloud_permission(cloud, action);
    for (size_t i = 0; i < sizeof hints / sizeof *hints && ret_hint[0] == '\0'; i++) {
        if (!fits(&hints[i], cloud, message != NULL ? message : ""))
            continue;
        const char *place = strstr(hints[i].hint, "%s");
        int before = place != NULL ? (int)(place - hints[i].hint) : (int)strlen(hints[i].hint);
        snprintf(ret_hint, CLOUD_HINT, "%.*s%s%s", before, hints[i].hint,
                 place != NULL ? action : "", place != NULL ? place + 2 : "");
    }
    return ret_hint;
}
