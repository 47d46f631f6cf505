// AWS's client of SNS: topics, what is published to them, who subscribed, and what is refused.
// SPDX-License-Identifier: MIT
import assert from "node:assert/strict";
import * as module from "@aws-sdk/client-sns";
import { Client } from "./client.mjs";
import { Emulator } from "./emulator.mjs";
import { failEveryWay } from "./every_error.mjs";

const OTHERS = "arn:aws:sns:us-east-1:111111111111:theirs";

async function testMaking(client) {
  const { TopicArn } = await client.succeed("CreateTopic", {
    Name: "alerts",
    Attributes: { DisplayName: "Money & <more>" },
    Tags: [{ Key: "team", Value: "search" }],
  });
  assert.equal(TopicArn, "arn:aws:sns:us-east-1:123456789012:alerts");
  assert.equal((await client.succeed("CreateTopic", { Name: "alerts" })).TopicArn, TopicArn);
  await client.fail(
    "CreateTopic",
    { Name: "alerts", Attributes: { DisplayName: "other" } },
    "InvalidParameterException",
  );
  const { Attributes } = await client.succeed("GetTopicAttributes", { TopicArn });
  assert.equal(Attributes.DisplayName, "Money & <more>");
  assert.deepEqual([Attributes.TopicArn, Attributes.Owner], [TopicArn, "123456789012"]);
  for (const Name of ["", "a b", "n".repeat(257), ".fifo", "ä"])
    await client.fail("CreateTopic", { Name }, "InvalidParameterException", /Topic Name/);
  return TopicArn;
}

async function testPublish(client, emulator, TopicArn) {
  const message = {
    TopicArn,
    Subject: "Budget at 80 %",
    Message: 'team search: "80 %" & <more>\n\u00e4\u6f22\ud83d\ude42',
    MessageAttributes: {
      level: { DataType: "String", StringValue: "warn" },
      percent: { DataType: "Number", StringValue: "80" },
      raw: { DataType: "Binary", BinaryValue: Buffer.from("hi") },
    },
  };
  const { MessageId } = await client.succeed("Publish", message);
  const json = { MessageStructure: "json", Message: JSON.stringify({ default: "d", sms: "s" }) };
  await client.succeed("Publish", { TopicArn, ...json });
  const [first, second] = await emulator.own("messages");
  const { Timestamp, ...rest } = first;
  assert.ok(Math.abs(Timestamp * 1000 - Date.now()) < 60000);
  assert.deepEqual(rest, {
    ...message,
    MessageId,
    MessageAttributes: {
      ...message.MessageAttributes,
      raw: { DataType: "Binary", BinaryValue: "aGk=" },
    },
  });
  assert.deepEqual([second.Message, second.Subject], [json.Message, undefined]);
}

const badMessages = [
  [{ Message: "" }, /Empty message/],
  [{ Message: "m".repeat(262145) }, /too long/],
  [{ Subject: "s".repeat(101) }, /Subject/],
  [{ Subject: "two\nlines" }, /Subject/],
  [{ Subject: "\u00e4" }, /Subject/],
  [{ MessageStructure: "json" }, /default/],
  [{ TopicArn: "alerts" }, /TopicArn/],
  [{ TopicArn: "arn:aws:sns:eu-west-1:123456789012:alerts" }, /us-east-1/],
  [{ TopicArn: undefined }, /TopicArn/],
  [{ MessageAttributes: { a: { DataType: "Blob", StringValue: "x" } } }, /MessageAttributes/],
];

async function testRefused(client, TopicArn) {
  for (const [more, text] of badMessages)
    await client.fail(
      "Publish",
      { TopicArn, Message: "m", ...more },
      "InvalidParameterException",
      text,
    );
  const none = `${TopicArn}-none`;
  await client.fail("Publish", { TopicArn: none, Message: "m" }, "NotFoundException", /not exist/);
  await client.fail("GetTopicAttributes", { TopicArn: none }, "NotFoundException");
  await client.fail("Publish", { TopicArn: OTHERS, Message: "m" }, "AuthorizationErrorException");
}

async function testSubscriptions(client, TopicArn) {
  const endpoint = (Endpoint) => ({ TopicArn, Protocol: "email", Endpoint });
  const { SubscriptionArn } = await client.succeed("Subscribe", endpoint("a@example.com"));
  const again = await client.succeed("Subscribe", endpoint("a@example.com"));
  assert.equal(again.SubscriptionArn, SubscriptionArn);
  for (let i = 0; i < 120; i += 1) await client.succeed("Subscribe", endpoint(`${i}@example.com`));
  const first = await client.succeed("ListSubscriptionsByTopic", { TopicArn });
  assert.equal(first.Subscriptions.length, 100);
  const { NextToken } = first;
  const rest = await client.succeed("ListSubscriptionsByTopic", { TopicArn, NextToken });
  const all = [...first.Subscriptions, ...rest.Subscriptions];
  assert.equal(new Set(all.map(({ Endpoint }) => Endpoint)).size, 121);
  assert.equal(rest.NextToken, undefined);
  for (const wrong of [{ Protocol: "pigeon" }, { Endpoint: undefined }])
    await client.fail(
      "Subscribe",
      { ...endpoint("a@example.com"), ...wrong },
      "InvalidParameterException",
    );
}

async function testListAndDelete(client, TopicArn) {
  for (let i = 0; i < 101; i += 1) await client.succeed("CreateTopic", { Name: `topic-${i}` });
  const first = await client.succeed("ListTopics", {});
  const rest = await client.succeed("ListTopics", { NextToken: first.NextToken });
  const arns = [...first.Topics, ...rest.Topics].map((topic) => topic.TopicArn);
  assert.equal(new Set(arns).size, 102);
  await client.fail("ListTopics", { NextToken: "?" }, "InvalidParameterException", /NextToken/);
  await client.succeed("DeleteTopic", { TopicArn });
  await client.succeed("DeleteTopic", { TopicArn });
  await client.fail("GetTopicAttributes", { TopicArn }, "NotFoundException");
}

export async function testTopics(tap, { build }) {
  await Emulator.use(build, [], async (emulator) => {
    const client = new Client("@aws-sdk/client-sns", module, "SNSClient", emulator.endpoint, {
      json: false,
    });
    let arn;
    await tap.run("topics: made, and told about", async () => (arn = await testMaking(client)));
    await tap.run("topics: published", () => testPublish(client, emulator, arn));
    await tap.run("topics: refused", () => testRefused(client, arn));
    await tap.run("topics: subscriptions", () => testSubscriptions(client, arn));
    await tap.run("topics: every error", async () => {
      const inputs = {
        Publish: { TopicArn: arn, Message: "m" },
        CreateTopic: { Name: "alerts" },
        Subscribe: { TopicArn: arn, Protocol: "email", Endpoint: "a@example.com" },
      };
      assert.ok((await failEveryWay(emulator, client, inputs)) >= 20);
    });
    await tap.run("topics: listed, deleted", () => testListAndDelete(client, arn));
    tap.ok(client.seen.size === 7, `topics: ${client.seen.size} operations succeeded`);
    client.destroy();
  });
}
