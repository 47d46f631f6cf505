// An HTTP/1.1 server that keeps requests as they came: Node's own parser refuses folded headers and
// joins repeated ones.
// SPDX-License-Identifier: MIT
import net from "node:net";

export class WireRequest {
  constructor(head) {
    const [line, ...rest] = head.split("\r\n");
    [this.method, this.target] = line.split(" ");
    // A line that begins with a blank goes on with the one before it.
    const fields = rest.join("\r\n").split(/\r?\n(?![ \t])/);
    this.headers = fields.filter(Boolean).map((field) => {
      const colon = field.indexOf(":");
      return { name: field.slice(0, colon).toLowerCase(), value: field.slice(colon + 1) };
    });
    this.body = Buffer.alloc(0);
  }

  get path() {
    return this.target.split("?")[0];
  }

  get query() {
    const mark = this.target.indexOf("?");
    const text = mark < 0 ? "" : this.target.slice(mark + 1);
    return text
      .split("&")
      .filter(Boolean)
      .map((pair) => {
        const equals = pair.indexOf("=");
        const halves = equals < 0 ? [pair, ""] : [pair.slice(0, equals), pair.slice(equals + 1)];
        return halves.map(decodeURIComponent);
      });
  }

  all(name) {
    const same = this.headers.filter((header) => header.name === name);
    return same.map(({ value }) => value.replace(/^[ \t\r\n]+|[ \t\r\n]+$/g, ""));
  }

  header(name) {
    return this.all(name)[0];
  }
}

// Cuts a connection's bytes into requests; a body is as long as its content-length says.
class RequestReader {
  bytes = [];
  length = 0;
  request = null;

  push(chunk) {
    this.bytes.push(chunk);
    this.length += chunk.length;
    const complete = [];
    while (this.request ? this.readBody(complete) : this.readHead());
    return complete;
  }

  take(n, skip) {
    const all = Buffer.concat(this.bytes);
    this.bytes = [all.subarray(n + skip)];
    this.length -= n + skip;
    return all.subarray(0, n);
  }

  readHead() {
    const end = Buffer.concat(this.bytes).indexOf("\r\n\r\n");
    if (end < 0) return false;
    this.request = new WireRequest(this.take(end, 4).toString());
    this.missing = Number(this.request.header("content-length") ?? 0);
    return true;
  }

  readBody(complete) {
    if (this.length < this.missing) return false;
    this.request.body = Buffer.from(this.take(this.missing, 0));
    complete.push(this.request);
    this.request = null;
    return true;
  }
}

// Answers with what `answer(request)` gives: { status, headers, body }, or nothing at all.
export class WireServer {
  requests = [];

  constructor(answer = () => null) {
    this.server = net.createServer((socket) => {
      const reader = new RequestReader();
      socket.on("error", () => socket.destroy());
      socket.on("data", (chunk) => {
        for (const request of reader.push(chunk)) {
          this.requests.push(request);
          const reply = answer(request);
          if (reply) socket.write(format(reply));
        }
      });
    });
  }

  async listen() {
    await new Promise((resolve) => this.server.listen(0, "127.0.0.1", resolve));
    this.port = this.server.address().port;
    return this;
  }

  close() {
    return new Promise((resolve) => this.server.close(resolve));
  }
}

function format({ status, headers, body }) {
  const lines = Object.entries({ ...headers, "content-length": Buffer.byteLength(body) });
  return `HTTP/1.1 ${status} Reason\r\n${lines.map((line) => `${line.join(": ")}\r\n`).join("")}\r\n${body}`;
}
