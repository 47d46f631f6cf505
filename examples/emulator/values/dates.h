/* Days and moments of the calendar, in UTC.
 *
 * SPDX-License-Identifier: MIT
 */
#ifndef EMULATOR_DATES_H
#define EMULATOR_DATES_H

#include <stdbool.h>
#include <stdint.h>

#define EMU_SECOND_US INT64_C(1000000)
#define EMU_MINUTE_US (60 * EMU_SECOND_US)
#define EMU_DAY_US    (24 * 60 * EMU_MINUTE_US)

struct emu_date {
    int year;
    int month; /* 1 to 12 */
    int day;
};

struct emu_date emu_date_of(int64_t us);

/* The beginning of a day; months and days beyond the calendar's count on. */
int64_t emu_date_us(struct emu_date date);

/* YYYY-MM-DD, or the beginning of YYYY-MM-DDTHH:MM:SSZ with its time. False: it is neither. */
bool emu_date_parse(const char *text, int64_t *ret_us);

/* A moment as services that speak JSON-RPC have it. */
static inline double emu_seconds(int64_t us)
{
    return (double)(us / 1000) / 1000; /* AWS tells milliseconds */
}

/* YYYY-MM-DD */
void emu_date_format(char out[16], int64_t us);

/* YYYY-MM-DDTHH:MM:SSZ, and with microseconds */
void emu_format_time(char out[32], int64_t us);
void emu_format_time_us(char out[32], int64_t us);

#endif
