/* The digests against published values, HMAC against OpenSSL's own for every length that matters,
 * and base64. SPDX-License-Identifier: MIT */
#include "crypto.h"
#include "run.h"
#include "text.h"

#include <openssl/hmac.h>
#include <string.h>

static struct brc__hasher *hasher;

static void set_up(void)
{
    ck_assert_int_eq(brc__hasher_new(&hasher), BRC_OK);
}

static void tear_down(void)
{
    ck_assert_ptr_null(brc__hasher_free(hasher));
}

static const char *hex(const unsigned char digest[BRC__SHA256_SIZE])
{
    static char text[2 * BRC__SHA256_SIZE + 1];

    brc__hex(text, digest, BRC__SHA256_SIZE);
    return text;
}

/* From FIPS 180-2, appendix B, and the well-known one of nothing. */
static const struct {
    const char *text;
    const char *digest;
} digests[] = {
    {"", "e3b0c44298fc1c149afbf4c8996fb92427ae41e4649b934ca495991b7852b855"},
    {"abc", "ba7816bf8f01cfea414140de5dae2223b00361a396177a9cb410ff61f20015ad"},
    {"abcdbcdecdefdefgefghfghighijhijkijkljklmklmnlmnomnopnopq",
     "248d6a61d20638b8e5c026930c3e6039a33ce45964ff2167f6ecedd419db06c1"},
};

START_TEST(hashes)
{
    unsigned char digest[BRC__SHA256_SIZE];
    const char *text = digests[_i].text;

    ck_assert_int_eq(brc__sha256(hasher, text, strlen(text), digest), BRC_OK);
    ck_assert_str_eq(hex(digest), digests[_i].digest);
}
END_TEST

START_TEST(hashes_a_million_in_pieces)
{
    char piece[1000];
    unsigned char digest[BRC__SHA256_SIZE];

    memset(piece, 'a', sizeof piece);
    ck_assert_int_eq(brc__sha256_begin(hasher), BRC_OK);
    for (int i = 0; i < 1000; i++)
        ck_assert_int_eq(brc__sha256_update(hasher, piece, sizeof piece), BRC_OK);
    ck_assert_int_eq(brc__sha256_end(hasher, digest), BRC_OK);
    ck_assert_str_eq(hex(digest),
                     "cdc76e5c9914fb9281a1c7e284d73e67f1809a48a497200e046d39ccc7112cd0");
}
END_TEST

/* A hash that was begun and never ended leaves nothing behind. */
START_TEST(begins_anew)
{
    unsigned char digest[BRC__SHA256_SIZE];

    ck_assert_int_eq(brc__sha256_begin(hasher), BRC_OK);
    ck_assert_int_eq(brc__sha256_update(hasher, "left over", 9), BRC_OK);
    ck_assert_int_eq(brc__sha256(hasher, NULL, 0, digest), BRC_OK);
    ck_assert_str_eq(hex(digest), digests[0].digest);
}
END_TEST

/* From RFC 4231, case 2. */
START_TEST(authenticates)
{
    struct brc__key mac;
    static const char text[] = "what do ya want for nothing?";

    ck_assert_int_eq(brc__hmac_sha256(hasher, "Jefe", 4, text, sizeof text - 1, &mac), BRC_OK);
    ck_assert_str_eq(hex(mac.b),
                     "5bdcc146bf60754e6a042426089575c75a003f089d2739839dec58b964ec3843");
}
END_TEST

START_TEST(authenticates_every_length)
{
    static const size_t key_lengths[] = {0, 1, 32, 63, 64, 65, 200};
    unsigned char key[200], text[400], expected[BRC__SHA256_SIZE];
    struct brc__key mac;
    size_t key_length = key_lengths[_i];

    for (size_t i = 0; i < sizeof key; i++)
        key[i] = (unsigned char)(i * 7 + 1);
    for (size_t i = 0; i < sizeof text; i++)
        text[i] = (unsigned char)(i * 13 + 5);
    for (size_t n = 0; n <= sizeof text; n++) {
        ck_assert_int_eq(brc__hmac_sha256(hasher, key, key_length, text, n, &mac), BRC_OK);
        ck_assert_ptr_nonnull(HMAC(EVP_sha256(), key, (int)key_length, text, n, expected, NULL));
        ck_assert_mem_eq(mac.b, expected, sizeof expected);
    }
}
END_TEST

START_TEST(takes_the_key_from_its_result)
{
    struct brc__key chained = {{1, 2, 3}}, apart;

    ck_assert_int_eq(brc__hmac_sha256(hasher, chained.b, sizeof chained.b, "x", 1, &apart), BRC_OK);
    ck_assert_int_eq(brc__hmac_sha256(hasher, chained.b, sizeof chained.b, "x", 1, &chained),
                     BRC_OK);
    ck_assert_mem_eq(chained.b, apart.b, sizeof apart.b);
}
END_TEST

START_TEST(wipes_keys)
{
    struct brc__key key, zero = {{0}};

    memset(&key, 0x5a, sizeof key);
    brc__key_wipe(&key);
    ck_assert_mem_eq(&key, &zero, sizeof key);
}
END_TEST

START_TEST(frees_nothing)
{
    ck_assert_ptr_null(brc__hasher_free(NULL));
}
END_TEST

/* ---- base64 */

/* RFC 4648, section 10, and the two characters that are no letters or digits. */
static const struct {
    const char *bytes;
    const char *text;
} base64[] = {
    {"", ""},
    {"f", "Zg=="},
    {"fo", "Zm8="},
    {"foo", "Zm9v"},
    {"foob", "Zm9vYg=="},
    {"fooba", "Zm9vYmE="},
    {"foobar", "Zm9vYmFy"},
    {"\xfb\xef\xff", "++//"},
};

START_TEST(codes_base64)
{
    brc__auto_buf struct brc__buf text = BRC__BUF(1000), bytes = BRC__BUF(1000);
    const char *expected = base64[_i].bytes;

    brc__buf_text(&text, ">");
    brc__buf_text(&bytes, ">");
    ck_assert_int_eq(brc__base64_encode(&text, expected, strlen(expected)), 0);
    ck_assert_str_eq(text.data + 1, base64[_i].text);
    ck_assert_uint_eq(text.length, strlen(text.data));
    ck_assert_int_eq(brc__base64_decode(&bytes, text.data + 1, text.length - 1), 0);
    ck_assert_str_eq(bytes.data + 1, expected);
    ck_assert_uint_eq(bytes.length, 1 + strlen(expected));
}
END_TEST

static const char *const no_base64[] = {
    "Z",        "Zg",           "Zg=",      "=",        "==",       "====",  "Z===",
    "Zm9v=",    "Zg==Zg==",     "Zm=v",     "Zm9vZ===", "Zm9v====", " Zm9",  "    Zm9v",
    "Zm9v    ", "Zm9v\n\n\n\n", "Zm9v----", "Zm9-",     "Zm9_",     "Zm\\v", "Zm\xc3\xa9",
};

/* Nothing is appended. */
START_TEST(refuses_what_is_no_base64)
{
    brc__auto_buf struct brc__buf bytes = BRC__BUF(1000);
    const char *text = no_base64[_i];

    brc__buf_text(&bytes, "before");
    ck_assert_msg(brc__base64_decode(&bytes, text, strlen(text)) == BRC_E_INVALID, "%s", text);
    ck_assert_str_eq(bytes.data, "before");
    ck_assert_int_eq(bytes.status, 0);
    ck_assert_int_eq(brc__base64_decode(&bytes, "Zg==\0\0\0\0", 8), BRC_E_INVALID);
}
END_TEST

/* Every length, every byte, against the copy; a buffer that is full says so. */
START_TEST(codes_base64_of_every_length)
{
    char source[300];

    for (size_t i = 0; i < sizeof source; i++)
        source[i] = (char)(i * 7);
    for (size_t n = 0; n <= sizeof source; n++) {
        brc__auto_buf struct brc__buf text = BRC__BUF((n + 2) / 3 * 4);
        brc__auto_buf struct brc__buf bytes = BRC__BUF((n + 2) / 3 * 3);
        ck_assert_int_eq(brc__base64_encode(&text, source, n), 0);
        ck_assert_int_eq(brc__base64_decode(&bytes, text.data, text.length), 0);
        ck_assert_uint_eq(bytes.length, n);
        ck_assert(n == 0 || memcmp(bytes.data, source, n) == 0);
    }
    brc__auto_buf struct brc__buf narrow = BRC__BUF(7);
    ck_assert_int_eq(brc__base64_encode(&narrow, source, 4), BRC_E_TOO_LARGE);
    brc__buf_truncate(&narrow, 0);
    ck_assert_int_eq(brc__base64_decode(&narrow, "AAAAAAAAAAAA", 12), BRC_E_TOO_LARGE);
}
END_TEST

int main(void)
{
    Suite *suite = suite_create("crypto");
    TCase *cases = tcase_create("crypto");

    suite_add_tcase(suite, cases);
    tcase_add_checked_fixture(cases, set_up, tear_down);
    tcase_add_loop_test(cases, hashes, 0, sizeof digests / sizeof digests[0]);
    tcase_add_test(cases, hashes_a_million_in_pieces);
    tcase_add_test(cases, begins_anew);
    tcase_add_test(cases, authenticates);
    tcase_add_loop_test(cases, authenticates_every_length, 0, 7);
    tcase_add_test(cases, takes_the_key_from_its_result);
    tcase_add_test(cases, wipes_keys);
    tcase_add_test(cases, frees_nothing);
    tcase_add_loop_test(cases, codes_base64, 0, sizeof base64 / sizeof *base64);
    tcase_add_loop_test(cases, refuses_what_is_no_base64, 0, sizeof no_base64 / sizeof *no_base64);
    tcase_add_test(cases, codes_base64_of_every_length);
    return run(suite);
}
