/* Reading a request: one of its headers, its body as JSON.
 *
 * SPDX-License-Identifier: MIT
 */
#include "request.h"
#include "status.h"
#include "text.h"

#include <string.h>
#include <strings.h>
#include <zlib.h>

#define MAX_UNPACKED (32 * 1024 * 1024) /* as long as a body may be */

const char *emu_request_header(const struct emu_request *request, const char *name)
{
    for (size_t i = 0; i < request->n_headers; i++)
        if (strcasecmp(request->headers[i].name, name) == 0)
            return request->headers[i].value;
    return NULL;
}

/* ---- the body ---- */

/* Appends what the gzip stream holds. EMU_MALFORMED: it is none, or holds too much. */
static int inflate_all(z_stream *stream, struct emu_text *out)
{
    char piece[16384];
    int rc = Z_OK;

    while (rc == Z_OK && out->len <= MAX_UNPACKED) {
        stream->next_out = (Bytef *)piece;
        stream->avail_out = sizeof(piece);
        rc = inflate(stream, Z_NO_FLUSH);
        emu_text_add(out, piece, sizeof(piece) - stream->avail_out);
    }
    if (out->failed)
        return EMU_OUT_OF_MEMORY;
    return rc == Z_STREAM_END && stream->avail_in == 0 ? EMU_OK : EMU_MALFORMED;
}

/* AWS's clients compress what is long, where the service's model allows it. */
static int unpack(const struct emu_request *request, struct emu_text *out)
{
    const int gzip_only = 16 + MAX_WBITS;
    z_stream stream = {.next_in = (Bytef *)(uintptr_t)request->body,
                       .avail_in = (uInt)request->body_len};
    int rc;

    if (inflateInit2(&stream, gzip_only) != Z_OK)
        return EMU_OUT_OF_MEMORY;
    rc = inflate_all(&stream, out);
    inflateEnd(&stream);
    return rc;
}

static int load(const char *body, size_t len, json_t **ret_json)
{
    json_t *json = json_loadb(body, len, JSON_ALLOW_NUL, NULL);

    if (json_is_object(json)) {
        *ret_json = json;
        return EMU_OK;
    }
    json_decref(json);
    return EMU_MALFORMED; /* jansson does not tell a failed allocation from bad syntax */
}

int emu_request_json(const struct emu_request *request, json_t **ret_json)
{
    const char *encoding = emu_request_header(request, "content-encoding");
    emu_auto_text unpacked = {0};
    int rc;

    *ret_json = NULL;
    if (encoding == NULL || strcasecmp(encoding, "gzip") != 0)
        return load(request->body, request->body_len, ret_json);
    rc = unpack(request, &unpacked);
    return rc == EMU_OK ? load(emu_text_string(&unpacked), unpacked.len, ret_json) : rc;
}
