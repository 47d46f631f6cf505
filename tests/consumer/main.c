/* A program of somebody else's, as small as it gets.
 * SPDX-License-Identifier: MIT */
#include <bedrockcost/bedrockcost.h>
#include <stdio.h>

int main(void)
{
    printf("%s\n", brc_version());
    printf("%s\n", brc_profile_explain("anthropic.claude-3-haiku-20240307-v1:0"));
    return 0;
}
