/* Amazon SNS: topics, what is published to them, and who subscribed.
 *
 * SPDX-License-Identifier: MIT
 */
#ifndef EMULATOR_SNS_H
#define EMULATOR_SNS_H

#include "call.h"

/* The state, {"topics": {}, "messages": []}; NULL if out of memory. A topic, by its ARN, is
 * {"attributes", "tags", "subscriptions"}. */
json_t *emu_topics_new(void);

/* All that was published, as GET /_emulator/messages answers it. */
json_t *emu_topics_messages(const struct emulator *emulator);

/* The topic that a parameter of the call names; NULL: the error is answered. */
json_t *emu_topic_find(struct emu_call *call, const char *parameter);

void emu_sns_publish(struct emu_call *call);
void emu_sns_create_topic(struct emu_call *call);
void emu_sns_get_topic_attributes(struct emu_call *call);
void emu_sns_list_topics(struct emu_call *call);
void emu_sns_delete_topic(struct emu_call *call);
void emu_sns_subscribe(struct emu_call *call);
void emu_sns_list_subscriptions(struct emu_call *call);

#endif
