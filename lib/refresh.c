/* SPDX-License-Identifier: MIT */
#include "refresh.h"
#include "clock.h"
#include "fetch.h"

#include <inttypes.h>
#include <stdio.h>

enum {
    BEFORE_END_S = 5 * 60,      /* fetched anew so long before the keys end */
    AGAIN_AFTER_MS = 60 * 1000, /* and not more often than this */
    STABILITY_S = 10 * 60,      /* a machine's keys are used on while there are no others */
    PROCESS_MAX_MS = 60 * 1000, /* a process may ask somebody for a code */
    PROCESS_LOOK_MS = 20,
    PAUSE_MS = 500, /* so long without being driven may make a source look slow */
};

struct brc__refresh {
    bool running;
    struct brc__fetch fetch;
    brc_credentials *credentials; /* a reference, while it runs */
    struct brc__errand *next;     /* to be sent */
    struct brc__errand *sent;     /* under way */
    int64_t not_before;           /* on the steady clock */
    int64_t process_due;          /* when the process has to have ended */
    int64_t left_at;              /* when the application turned to other things */
    bool neglected;               /* since the request was sent, and for long */
    bool ended;                   /* nobody was told yet */
    int code;
    struct brc__error error;
};

/* Of STS and SSO. The client's limits are for models, which may take a quarter of an hour. */
static const struct brc__limits service_limits = {5 * 1000, 30 * 1000, 3};

static int64_t now_s(const brc_client *client)
{
    return (brc__clock_utc_ms() + client->skew.offset_ms) / 1000;
}

/* ---- the end of a fetch */

/* Keys of a machine whose metadata service has no others are used on: AWS may accept them, unless
 * it has refused them already, and a service that is down for a while must not stop everything. It
 * may also hand out such keys. */
static bool use_on(brc_client *client, struct brc__refresh *refresh, const struct brc__keys *old)
{
    const struct brc__fetch *fetch = &refresh->fetch;
    const struct brc__keys *last = fetch->keys != NULL ? fetch->keys : old;
    int64_t until = now_s(client) + STABILITY_S;
    struct brc__keys *keys;

    if (fetch->plan->base.kind != BRC__BASE_IMDS || fetch->plan->roles != NULL || last == NULL)
        return false;
    if (last == old && atomic_load(&old->spent))
        return false;
    if (last == old && !brc__keys_end_by(old, until))
        return true; /* somebody else had more luck */
    if (brc__keys_new(last->access_key_id, last->secret_access_key, last->session_token, until,
                      &keys) < 0)
        return false;
    brc__credentials_put(refresh->credentials, keys);
    return true;
}

/* Keys that have ended are no success. */
static int judge(brc_client *client, const struct brc__fetch *fetch)
{
    return brc__keys_end_by(fetch->keys, now_s(client))
               ? brc__error_set(&client->error, BRC_E_CREDENTIALS,
                                "the keys it gave had ended %" PRId64 " s before",
                                now_s(client) - fetch->keys->expires_at)
               : BRC_OK;
}

static void log_end(brc_client *client, const char *why)
{
    client->noting++;
    brc__log_line(&client->log, *why != '\0' ? BRC_LOG_WARNING : BRC_LOG_INFO, "credentials: %s",
                  *why != '\0' ? why : "fetched");
    client->noting--;
}

static void end(brc_client *client, struct brc__refresh *refresh, int code)
{
    const struct brc__chain *chain = brc__credentials_chain(refresh->credentials);
    brc__auto_keys struct brc__keys *old = brc__credentials_snapshot(refresh->credentials);
    struct brc__fetch *fetch = &refresh->fetch;
    char why[sizeof client->error.text];

    if (code == 0)
        code = judge(client, fetch);
    snprintf(why, sizeof why, "%s%.900s",
             code < 0 && old != NULL && atomic_load(&old->spent)
                 ? "AWS takes its last keys no longer, and it gave no others: "
                 : "",
             client->error.text);
    if (code == 0)
        brc__credentials_put(refresh->credentials, brc__steal(fetch->keys));
    else if (use_on(client, refresh, old))
        code = 0;
    else if (code != BRC_E_NOMEM)
        code = brc__chain_explain(chain, why, &client->error);
    log_end(client, why);
    refresh->running = false;
    refresh->not_before = brc__clock_steady_ms() + AGAIN_AFTER_MS;
    refresh->ended = true;
    refresh->code = code;
    refresh->error = client->error;
    brc__fetch_free(fetch);
    refresh->credentials = brc_credentials_free(refresh->credentials);
}

/* ---- its steps */

static void on_answer(brc_client *client, struct brc__errand *errand, void *user_data);

/* What a step of the fetch returned. */
static void follow(brc_client *client, struct brc__refresh *refresh, int rc,
                   struct brc__errand *errand)
{
    if (rc == BRC__FETCH_ASKS) {
        errand->done = on_answer;
        errand->user_data = refresh;
        errand->call.urgent = true;
        if (errand->call.limits == NULL)
            errand->call.limits = &service_limits;
        refresh->next = errand;
    } else if (rc == BRC__FETCH_RUNS) {
        refresh->process_due = brc__clock_steady_ms() + PROCESS_MAX_MS;
    } else {
        if (rc == BRC__FETCH_KEYS)
            brc__error_clear(&client->error);
        end(client, refresh, rc);
    }
}

static void go_on(brc_client *client, struct brc__refresh *refresh, const struct brc__buf *answer)
{
    struct brc__errand *errand;

    int rc = brc__fetch_go_on(client, &refresh->fetch, answer, now_s(client), &errand);
    follow(client, refresh, rc, errand);
}

static void take_first_step(brc_client *client, struct brc__refresh *refresh)
{
    struct brc__errand *errand;

    refresh->neglected = false;
    int rc = brc__fetch_begin(client, &refresh->fetch, now_s(client), &errand);
    follow(client, refresh, rc, errand);
}

static void start_over(brc_client *client, struct brc__refresh *refresh)
{
    struct brc__fetch again = {.plan = refresh->fetch.plan};

    memcpy(again.region, refresh->fetch.region, sizeof again.region);
    brc__fetch_free(&refresh->fetch);
    refresh->fetch = again;
    take_first_step(client, refresh);
}

static void on_answer(brc_client *client, struct brc__errand *errand, void *user_data)
{
    struct brc__refresh *refresh = user_data;
    struct brc__errand *next;

    refresh->sent = NULL;
    if (errand->call.code == BRC_E_TIMEOUT && refresh->neglected) {
        start_over(client, refresh);
        return;
    }
    if (errand->call.code == 0) {
        go_on(client, refresh, &errand->answer);
        return;
    }
    int rc = brc__fetch_refused(client, &refresh->fetch, errand->call.code, now_s(client), &next);
    follow(client, refresh, rc, next);
}

static int begin(brc_client *client, const struct brc__plan *plan, const char *region)
{
    struct brc__refresh *refresh = client->refresh;

    if (refresh == NULL)
        refresh = client->refresh = calloc(1, sizeof *refresh);
    if (refresh == NULL)
        return brc__error_set(&client->error, BRC_E_NOMEM, "%s", brc_strerror(BRC_E_NOMEM));
    refresh->running = true;
    refresh->ended = false;
    refresh->process_due = INT64_MAX;
    refresh->credentials = brc_credentials_ref(client->credentials);
    refresh->fetch = (struct brc__fetch){.plan = plan};
    snprintf(refresh->fetch.region, sizeof refresh->fetch.region, "%s", region);
    take_first_step(client, refresh);
    return BRC_OK;
}

/* ---- what calls see of it */

static bool is_usable(const brc_client *client, const struct brc__keys *keys)
{
    return keys != NULL && !brc__keys_end_by(keys, now_s(client));
}

/* Keys that lived for less than the time between two fetches are a reason not to wait for it. */
static bool may_begin(const struct brc__refresh *refresh, bool usable)
{
    if (refresh == NULL)
        return true;
    return !refresh->running && !refresh->ended &&
           (brc__clock_steady_ms() >= refresh->not_before || (refresh->code == 0 && !usable));
}

/* There are no keys that could be used, and no fetch is under way: the last one says why. */
static int say_why_not(brc_client *client, const struct brc__chain *chain)
{
    const struct brc__refresh *refresh = client->refresh;

    if (refresh == NULL || refresh->code == 0)
        return brc__chain_explain(chain, NULL, &client->error);
    client->error = refresh->error;
    return refresh->code;
}

/* Who has the keys of a shared file looked for ought to know that they are open to others; once. */
static void warn_of_open_file(brc_client *client)
{
    brc__auto_free char *path = brc__steal(client->surroundings.open_to_others);

    if (path != NULL)
        brc__log_line(&client->log, BRC_LOG_WARNING,
                      "%s: others may read it: run `chmod 600` on it", path);
}

int brc__refresh_need(brc_client *client, const char *region)
{
    const struct brc__chain *chain = brc__credentials_chain(client->credentials);
    brc__auto_keys struct brc__keys *keys = NULL;
    int rc = BRC_OK;

    if (chain == NULL)
        return BRC_OK;
    warn_of_open_file(client);
    keys = brc__credentials_snapshot(client->credentials);
    const struct brc__plan *plan = brc__chain_plan(chain);
    if (keys != NULL && !brc__keys_end_by(keys, now_s(client) + BEFORE_END_S))
        return BRC_OK;
    bool usable = is_usable(client, keys);
    if (plan != NULL && may_begin(client->refresh, usable))
        rc = begin(client, plan, region);
    if (usable)
        return BRC_OK;
    if (rc < 0)
        return rc;
    if (client->refresh != NULL && (client->refresh->running || client->refresh->ended))
        return 1;
    return say_why_not(client, chain);
}

struct brc__errand *brc__refresh_next(brc_client *client)
{
    struct brc__refresh *refresh = client->refresh;

    if (refresh == NULL || refresh->next == NULL)
        return NULL;
    refresh->neglected = false;
    refresh->left_at = brc__clock_steady_ms();
    refresh->sent = refresh->next;
    return brc__steal(refresh->next);
}

void brc__refresh_rest(brc_client *client)
{
    if (client->refresh != NULL && client->refresh->sent != NULL)
        client->refresh->left_at = brc__clock_steady_ms();
}

void brc__refresh_resume(brc_client *client)
{
    struct brc__refresh *refresh = client->refresh;

    if (refresh != NULL && refresh->sent != NULL &&
        brc__clock_steady_ms() - refresh->left_at >= PAUSE_MS)
        refresh->neglected = true;
}

static void on_unwanted_answer(brc_client *client, struct brc__errand *errand, void *user_data)
{
    (void)client, (void)errand, (void)user_data;
}

struct brc__errand *brc__refresh_leave(brc_client *client)
{
    struct brc__errand *sent = client->refresh == NULL ? NULL : client->refresh->sent;

    if (sent != NULL)
        sent->done = on_unwanted_answer;
    return sent;
}

/* A fetch that failed counts only if no other client had more luck, with the same credentials. */
bool brc__refresh_take_end(brc_client *client, int *ret_code)
{
    struct brc__refresh *refresh = client->refresh;
    brc__auto_keys struct brc__keys *keys = NULL;

    if (refresh == NULL || !refresh->ended)
        return false;
    refresh->ended = false;
    keys = brc__credentials_snapshot(client->credentials);
    *ret_code = is_usable(client, keys) ? BRC_OK : refresh->code;
    client->error = refresh->error;
    return true;
}

/* ---- a process */

static int fault_of(brc_client *client, const struct brc__process *process, int status)
{
    const char *complained = process->complained.data == NULL ? "" : process->complained.data;

    return brc__error_set(&client->error, BRC_E_CREDENTIALS, "the process %s %d%s%s",
                          status < 0 ? "was ended by signal" : "exited with",
                          status < 0 ? -status : status, *complained == '\0' ? "" : ": ",
                          complained);
}

void brc__refresh_poll(brc_client *client)
{
    struct brc__refresh *refresh = client->refresh;
    int status;

    if (refresh == NULL || !refresh->running || refresh->process_due == INT64_MAX)
        return;
    struct brc__process *process = &refresh->fetch.process;
    int rc = brc__process_read(process);
    if (rc < 0) {
        end(client, refresh,
            brc__error_set(&client->error, rc, "%s",
                           rc == BRC_E_TOO_LARGE ? "the process printed more than credentials need"
                                                 : brc_strerror(rc)));
    } else if (process->output < 0 && brc__process_ended(process, &status)) {
        refresh->process_due = INT64_MAX;
        if (status != 0)
            end(client, refresh, fault_of(client, process, status));
        else
            go_on(client, refresh, &process->said);
    } else if (brc__clock_steady_ms() >= refresh->process_due) {
        end(client, refresh,
            brc__error_set(&client->error, BRC_E_CREDENTIALS,
                           "the process did not end within a minute"));
    }
}

int64_t brc__refresh_due(const brc_client *client)
{
    const struct brc__refresh *refresh = client->refresh;

    if (refresh == NULL)
        return INT64_MAX;
    if (refresh->ended || refresh->next != NULL)
        return 0;
    return refresh->running && refresh->process_due != INT64_MAX
               ? brc__clock_steady_ms() + PROCESS_LOOK_MS
               : INT64_MAX;
}

struct brc__refresh *brc__refresh_free(struct brc__refresh *refresh)
{
    if (refresh == NULL)
        return NULL;
    if (refresh->next != NULL)
        brc__call_free(&refresh->next->call);
    brc__fetch_free(&refresh->fetch);
    brc_credentials_free(refresh->credentials);
    free(refresh);
    return NULL;
}
