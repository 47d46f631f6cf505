/* Points at which the tests kill, stop or delay a process: between them lies all that has to be one
 * step, or to be found again afterwards. Nothing is left of them in the library itself.
 * SPDX-License-Identifier: MIT */
#ifndef BRC__FAULT_POINTS_H
#define BRC__FAULT_POINTS_H

#define BRC__FAULT_POINTS(X)                                                                       \
    X(after_owner_locked)                                                                          \
    X(before_hold_commit)                                                                          \
    X(after_hold_commit)                                                                           \
    X(after_sign)                                                                                  \
    X(after_send)                                                                                  \
    X(first_bytes)                                                                                 \
    X(before_settle_commit)                                                                        \
    X(after_settle_commit)                                                                         \
    X(before_checkpoint)                                                                           \
    X(after_checkpoint)                                                                            \
    X(before_notice_delivered)                                                                     \
    X(before_resolution_commit)

#ifdef BRC__FAULTS
/* The test's; gets the point's name. */
void brc__fault(const char *point);
#define BRC__FAULT(point) brc__fault(#point)
#else
#define BRC__FAULT(point) ((void)0)
#endif

#endif
