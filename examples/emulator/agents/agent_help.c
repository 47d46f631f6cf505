/* The manual of IAM and of Bedrock agents.
 *
 * SPDX-License-Identifier: MIT
 */
#include "agent_help.h"

const char EMU_AGENT_HELP[] =
    "\n"
    "IAM has roles, their inline policies, managed policies of one version, and simulations. A\n"
    "session of a role that was created here may do what the role's policies say (with --settle:\n"
    "said so long ago), at every service but STS; anybody else may do anything. aws:ResourceTag "
    "is\n"
    "known of profiles and of what belongs to agents. Conditions know the String, Arn, Bool and\n"
    "Null operators; other ones and policy variables are refused when a policy is written, as are\n"
    "permissions boundaries.\n"
    "\n"
    "  bedrock-agent          agents, versions, aliases, action groups, tags. A change goes "
    "through\n"
    "                         the state that AWS has for it until it has settled. UpdateAgent\n"
    "                         replaces the draft, and looks whether the role may call a profile.\n"
    "                         An alias that is made or updated without a routingConfiguration\n"
    "                         gets a new version; at the draft only TSTALIASID points\n"
    "  bedrock-agent-runtime  InvokeAgent calls the model of the alias's version as the agent's\n"
    "                         role, and is billed like Converse; sessions remember nothing. What\n"
    "                         type of error a paused alias answers is unverified\n"
    "\n"
    "Without a signature:\n"
    "  GET /_emulator/organisation  what the organisation denies\n"
    "  PUT /_emulator/organisation  {\"policies\": [document, ...]}: service control policies,\n"
    "                               beside the one that allows everything\n";
