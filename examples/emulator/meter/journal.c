/* SPDX-License-Identifier: MIT */
#include "journal.h"

#include <stdbool.h>
#include <stdlib.h>
#include <string.h>

/* The number behind "attempt=" in a header such as "attempt=2; max=3"; 0: there is none. */
static int attempt_of(const char *header)
{
    const char *attempt = header != NULL ? strstr(header, "attempt=") : NULL;

    return attempt != NULL ? atoi(attempt + strlen("attempt=")) : 0;
}

int emu_journal_add(FILE *file, const struct emu_request *request, const char *id,
                    const struct emu_usage *usage)
{
    json_t *line;
    char *text;
    bool written;

    if (file == NULL)
        return EMU_OK;
    line = json_pack(
        "{s:s?, s:i, s:s, s:I, s:I, s:I, s:I, s:I}", "call",
        emu_request_header(request, "amz-sdk-invocation-id"), "attempt",
        attempt_of(emu_request_header(request, "amz-sdk-request")), "profile", id, "inputTokens",
        (json_int_t)usage->input, "outputTokens", (json_int_t)usage->output, "cacheReadInputTokens",
        (json_int_t)usage->cache_read, "cacheWrite5mInputTokens", (json_int_t)usage->cache_write_5m,
        "cacheWrite1hInputTokens", (json_int_t)usage->cache_write_1h);
    text = line != NULL ? json_dumps(line, JSON_COMPACT) : NULL;
    json_decref(line);
    if (text == NULL)
        return EMU_OUT_OF_MEMORY;
    written = fprintf(file, "%s\n", text) > 0 && fflush(file) == 0;
    free(text);
    return written ? EMU_OK : EMU_OUT_OF_MEMORY;
}
