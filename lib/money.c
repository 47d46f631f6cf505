/* Money in whole picodollars: read, written, compared.
 * SPDX-License-Identifier: MIT */
#include "money.h"

#include <bedrockcost/budget.h>

#include <limits.h>
#include <stdbool.h>
#include <string.h>

enum {
    DECIMALS = 12,
    AMOUNT_DIGITS = 19,           /* of 2^63 - 1 */
    FAR_EXPONENT = 1000 * 1000000 /* further than any text can make up for */
};

/* A number as it is written: its digits, and where the point belongs. */
struct number {
    const char *digits; /* the point may be among them */
    size_t length;
    int64_t count;    /* of digits */
    int64_t exponent; /* the value is digits x 10^exponent, the digits read as one whole number */
};

static size_t digits_at(const char *text, size_t n)
{
    size_t i = 0;
    while (i < n && text[i] >= '0' && text[i] <= '9')
        i++;
    return i;
}

/* Reads what stands behind the digits: "e-07". What is too large to matter is only large. */
static int read_exponent(const char *text, size_t n, int64_t *ret_exponent)
{
    bool negative = n > 1 && text[1] == '-';
    size_t start = n > 1 && (text[1] == '-' || text[1] == '+') ? 2 : 1;
    if (n <= start || digits_at(text + start, n - start) != n - start)
        return BRC_E_INVALID;
    int64_t value = 0;
    for (size_t i = start; i < n; i++)
        value = value > FAR_EXPONENT ? value : value * 10 + (text[i] - '0');
    *ret_exponent = negative ? -value : value;
    return 0;
}

static int read_number(const char *text, size_t n, int exponent, struct number *ret_number)
{
    size_t whole = digits_at(text, n), fraction = 0, length = whole;
    if (whole == 0)
        return BRC_E_INVALID;
    if (length < n && text[length] == '.') {
        fraction = digits_at(text + length + 1, n - length - 1);
        if (fraction == 0 || (!exponent && fraction > DECIMALS))
            return BRC_E_INVALID;
        length += 1 + fraction;
    }
    int64_t power = 0;
    if (exponent && length < n && (text[length] == 'e' || text[length] == 'E')) {
        int rc = read_exponent(text + length, n - length, &power);
        if (rc < 0)
            return rc;
    } else if (length < n) {
        return BRC_E_INVALID;
    }
    *ret_number =
        (struct number){text, length, (int64_t)(whole + fraction), power - (int64_t)fraction};
    return 0;
}

/* The number x 10^shift as a whole one, rounded up. */
static int whole_of(const struct number *number, int64_t shift, int64_t *ret_value)
{
    const char *p = number->digits, *end = p + number->length;
    int64_t left = number->count;
    for (; p < end && (*p == '0' || *p == '.'); p++)
        left -= *p == '0';
    if (left == 0)
        return 0;
    int64_t wanted = left + number->exponent + shift;
    if (wanted > AMOUNT_DIGITS)
        return BRC_E_RANGE;
    brc__wide value = 0;
    for (; p < end && wanted > 0; p++) {
        if (*p == '.')
            continue;
        value = value * 10 + (brc__wide)(*p - '0');
        wanted--;
    }
    for (; wanted > 0; wanted--)
        value *= 10;
    bool rest = false;
    for (; p < end; p++)
        rest = rest || (*p != '0' && *p != '.');
    value += rest;
    if (value > INT64_MAX)
        return BRC_E_RANGE;
    *ret_value = (int64_t)value;
    return 0;
}

int brc__money_read(const char *text, size_t n, int shift, int exponent, int64_t *ret_picodollars)
{
    *ret_picodollars = 0;
    struct number number;
    int rc = read_number(text, n, exponent, &number);
    if (rc < 0)
        return rc;
    return whole_of(&number, (int64_t)shift + DECIMALS, ret_picodollars);
}

int brc__wide_money_text(brc__wide picodollars, char ret_text[BRC__WIDE_MONEY_SIZE])
{
    /* From the last digit to the first; zeros are left out as long as more than two decimals
     * follow. */
    char reversed[BRC__WIDE_MONEY_SIZE];
    int n = 0;
    for (int decimals = DECIMALS; decimals > 0; decimals--) {
        int digit = (int)(picodollars % 10);
        picodollars /= 10;
        if (digit != 0 || n > 0 || decimals <= 2)
            reversed[n++] = (char)('0' + digit);
    }
    reversed[n++] = '.';
    do {
        reversed[n++] = (char)('0' + (int)(picodollars % 10));
        picodollars /= 10;
    } while (picodollars > 0);
    for (int i = 0; i < n; i++)
        ret_text[i] = reversed[n - 1 - i];
    ret_text[n] = '\0';
    return n;
}

int brc__money_text(int64_t picodollars, char ret_text[BRC__MONEY_SIZE])
{
    char text[BRC__WIDE_MONEY_SIZE];
    int n = brc__wide_money_text(picodollars > 0 ? (brc__wide)picodollars : 0, text);
    memcpy(ret_text, text, (size_t)n + 1);
    return n;
}

int brc__money_reaches(int64_t part, int64_t whole, int64_t percent)
{
    __extension__ typedef __int128 product;
    return (product)part * 100 >= (product)whole * percent;
}

int brc_money_parse(const char *usd, int64_t *ret_picodollars)
{
    if (ret_picodollars == NULL)
        return BRC_E_INVALID;
    *ret_picodollars = 0;
    if (usd == NULL)
        return BRC_E_INVALID;
    return brc__money_read(usd, strlen(usd), 0, 0, ret_picodollars);
}

int brc_money_format(int64_t picodollars, char *ret_text, size_t size)
{
    if (ret_text == NULL || size == 0)
        return BRC_E_INVALID;
    ret_text[0] = '\0';
    if (picodollars < 0)
        return BRC_E_RANGE;
    char text[BRC__MONEY_SIZE];
    int n = brc__money_text(picodollars, text);
    if ((size_t)n >= size)
        return BRC_E_RANGE;
    memcpy(ret_text, text, (size_t)n + 1);
    return n;
}
