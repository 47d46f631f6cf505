/* Amazon SNS: topics, what is published to them, and who subscribed.
 *
 * SPDX-License-Identifier: MIT
 */
#ifndef EMULATOR_SNS_H
#define EMULATOR_SNS_H

#include "call.h"

#define EMU_MAX_MESSAGES 10000 /* the newest are kept, and so many mails */

/* The state, {"topics": {}, "messages": [], "mails": []}; NULL if out of memory. A topic, by its
 * ARN, is {"attributes", "tags", "subscriptions"}. */
json_t *emu_topics_new(void);

/* All that was published, as GET /_emulator/messages answers it, and all that was mailed past
 * topics: GET /_emulator/mails. */
json_t *emu_topics_messages(const struct emulator *emulator);
json_t *emu_topics_mails(const struct emulator *emulator);

/* What a service of AWS tells on its own. To a topic that is not there nothing is published.
 * EMU_OK or EMU_OUT_OF_MEMORY. */
int emu_topic_tell(struct emulator *emulator, const char *arn, const char *subject,
                   const char *message, int64_t now_us);
int emu_topics_mail(struct emulator *emulator, const char *address, const char *subject,
                    const char *message, int64_t now_us);

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
