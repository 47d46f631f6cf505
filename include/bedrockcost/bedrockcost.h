/**
 * @file bedrockcost.h
 * @brief All of libbedrockcost.
 *
 * SPDX-License-Identifier: MIT
 */
#ifndef BEDROCKCOST_BEDROCKCOST_H
#define BEDROCKCOST_BEDROCKCOST_H

#include <bedrockcost/aws.h>
#include <bedrockcost/base.h>
#include <bedrockcost/budget.h>
#include <bedrockcost/client.h>
#include <bedrockcost/converse.h>
#include <bedrockcost/request.h>
#include <bedrockcost/sign.h>
#include <bedrockcost/usage.h>

#endif
