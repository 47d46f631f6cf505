/* What became of an attempt: every status, type and reach.
 * SPDX-License-Identifier: MIT */
#include "run.h"

#include <outcome.h>

#include <bedrockcost/usage.h>

static const struct {
    enum brc__reach reach;
    int status;
    bool usage;
    int outcome;
} outcomes[] = {
    {BRC__UNSENT, 0, false, BRC_OUTCOME_NOT_BILLED},
    {BRC__SENT, 0, false, BRC_OUTCOME_UNREPORTED},
    /* whatever the status, the rest of the answer is lost */
    {BRC__CUT, 200, false, BRC_OUTCOME_UNREPORTED},
    {BRC__CUT, 200, true, BRC_OUTCOME_UNREPORTED},
    {BRC__CUT, 400, false, BRC_OUTCOME_UNREPORTED},
    {BRC__CUT, 429, false, BRC_OUTCOME_UNREPORTED},
    {BRC__CUT, 503, false, BRC_OUTCOME_UNREPORTED},
    {BRC__CUT, 307, false, BRC_OUTCOME_UNREPORTED},
    {BRC__COMPLETE, 200, true, BRC_OUTCOME_REPORTED},
    {BRC__COMPLETE, 200, false, BRC_OUTCOME_UNREPORTED},
    {BRC__COMPLETE, 201, false, BRC_OUTCOME_UNREPORTED},
    {BRC__COMPLETE, 204, true, BRC_OUTCOME_UNREPORTED},
    {BRC__COMPLETE, 206, false, BRC_OUTCOME_UNREPORTED},
    {BRC__COMPLETE, 299, false, BRC_OUTCOME_UNREPORTED},
    {BRC__COMPLETE, 300, false, BRC_OUTCOME_NOT_BILLED},
    {BRC__COMPLETE, 301, false, BRC_OUTCOME_NOT_BILLED},
    {BRC__COMPLETE, 307, false, BRC_OUTCOME_NOT_BILLED},
    {BRC__COMPLETE, 400, false, BRC_OUTCOME_NOT_BILLED},
    {BRC__COMPLETE, 401, false, BRC_OUTCOME_NOT_BILLED},
    {BRC__COMPLETE, 403, false, BRC_OUTCOME_NOT_BILLED},
    {BRC__COMPLETE, 404, false, BRC_OUTCOME_NOT_BILLED},
    {BRC__COMPLETE, 408, false, BRC_OUTCOME_UNREPORTED},
    {BRC__COMPLETE, 413, false, BRC_OUTCOME_NOT_BILLED},
    {BRC__COMPLETE, 424, false, BRC_OUTCOME_UNREPORTED},
    {BRC__COMPLETE, 429, false, BRC_OUTCOME_NOT_BILLED},
    {BRC__COMPLETE, 499, false, BRC_OUTCOME_NOT_BILLED},
    {BRC__COMPLETE, 500, false, BRC_OUTCOME_NOT_BILLED},
    {BRC__COMPLETE, 501, false, BRC_OUTCOME_UNREPORTED},
    {BRC__COMPLETE, 502, false, BRC_OUTCOME_NOT_BILLED},
    {BRC__COMPLETE, 503, false, BRC_OUTCOME_NOT_BILLED},
    {BRC__COMPLETE, 504, false, BRC_OUTCOME_NOT_BILLED},
    {BRC__COMPLETE, 505, false, BRC_OUTCOME_UNREPORTED},
    {BRC__COMPLETE, 529, false, BRC_OUTCOME_UNREPORTED},
    {BRC__COMPLETE, 100, false, BRC_OUTCOME_UNREPORTED},
    {BRC__COMPLETE, 600, false, BRC_OUTCOME_UNREPORTED},
    {BRC__COMPLETE, 999, false, BRC_OUTCOME_UNREPORTED},
};

START_TEST(outcome_of_an_attempt)
{
    ck_assert_msg(brc__outcome(outcomes[_i].reach, outcomes[_i].status, outcomes[_i].usage) ==
                      outcomes[_i].outcome,
                  "reach %d, status %d", (int)outcomes[_i].reach, outcomes[_i].status);
}
END_TEST

static const struct {
    int status;
    const char *type;
    int code;
} answers[] = {
    {200, "", BRC_OK},
    {201, "", BRC_E_PROTOCOL},
    {204, "", BRC_E_PROTOCOL},
    {100, "", BRC_E_PROTOCOL},
    {301, "", BRC_E_PROTOCOL},
    {307, "", BRC_E_PROTOCOL},
    {600, "", BRC_E_PROTOCOL},
    {400, "", BRC_E_REJECTED},
    {400, "ValidationException", BRC_E_REJECTED},
    {400, "ServiceQuotaExceededException", BRC_E_REJECTED},
    {400, "ConflictException", BRC_E_REJECTED},
    {402, "", BRC_E_REJECTED},
    {404, "ResourceNotFoundException", BRC_E_REJECTED},
    {413, "", BRC_E_REJECTED},
    {499, "", BRC_E_REJECTED},
    {403, "", BRC_E_ACCESS_DENIED},
    {401, "", BRC_E_ACCESS_DENIED},
    {403, "AccessDeniedException", BRC_E_ACCESS_DENIED},
    {403, "SomethingNewException", BRC_E_ACCESS_DENIED},
    {403, "UnrecognizedClientExceptions", BRC_E_ACCESS_DENIED},
    {401, "UnrecognizedClientException", BRC_E_CREDENTIALS},
    {403, "AuthFailure", BRC_E_CREDENTIALS},
    {403, "ExpiredToken", BRC_E_CREDENTIALS},
    {403, "ExpiredTokenException", BRC_E_CREDENTIALS},
    {403, "IncompleteSignature", BRC_E_CREDENTIALS},
    {403, "IncompleteSignatureException", BRC_E_CREDENTIALS},
    {403, "InvalidAccessKeyId", BRC_E_CREDENTIALS},
    {403, "InvalidClientTokenId", BRC_E_CREDENTIALS},
    {403, "InvalidSignatureException", BRC_E_CREDENTIALS},
    {403, "InvalidToken", BRC_E_CREDENTIALS},
    {403, "MissingAuthenticationToken", BRC_E_CREDENTIALS},
    {403, "MissingAuthenticationTokenException", BRC_E_CREDENTIALS},
    {403, "RequestExpired", BRC_E_CREDENTIALS},
    {403, "RequestInTheFuture", BRC_E_CREDENTIALS},
    {403, "RequestTimeTooSkewed", BRC_E_CREDENTIALS},
    {403, "SignatureDoesNotMatch", BRC_E_CREDENTIALS},
    {403, "UnrecognizedClientException", BRC_E_CREDENTIALS},
    {429, "", BRC_E_THROTTLED},
    {429, "ThrottlingException", BRC_E_THROTTLED},
    {429, "ModelNotReadyException", BRC_E_SERVICE},
    {408, "ModelTimeoutException", BRC_E_SERVICE},
    {408, "", BRC_E_SERVICE},
    {424, "ModelErrorException", BRC_E_SERVICE},
    {424, "", BRC_E_SERVICE},
    {500, "InternalServerException", BRC_E_SERVICE},
    {500, "", BRC_E_SERVICE},
    {502, "", BRC_E_SERVICE},
    {503, "ServiceUnavailableException", BRC_E_SERVICE},
    {504, "", BRC_E_SERVICE},
    {599, "", BRC_E_SERVICE},
};

START_TEST(code_of_an_answer)
{
    ck_assert_msg(brc__status_code(answers[_i].status, answers[_i].type) == answers[_i].code,
                  "%d %s", answers[_i].status, answers[_i].type);
}
END_TEST

int main(void)
{
    Suite *suite = suite_create("outcome");
    TCase *tests = tcase_create("outcome");

    tcase_add_loop_test(tests, outcome_of_an_attempt, 0, sizeof outcomes / sizeof *outcomes);
    tcase_add_loop_test(tests, code_of_an_answer, 0, sizeof answers / sizeof *answers);
    suite_add_tcase(suite, tests);
    return run(suite);
}
