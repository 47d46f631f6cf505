"""An agent such as the emulator has none: with fields that nobody knows yet, and an update that
loses some. As much of AWS as `agent apply --no-role` asks of it, and no signatures.

SPDX-License-Identifier: MIT
"""
import contextlib
import http.server
import json
import threading
import urllib.parse

from programs import MODEL, REGION

ACCOUNT = "123456789012"
AGENT = "AGENT00001"
PROFILE = f"arn:aws:bedrock:{REGION}:{ACCOUNT}:application-inference-profile/abc123def456"
READ_ONLY = {"agentId", "agentArn", "agentVersion", "agentStatus", "createdAt", "updatedAt"}


class OddAgent(http.server.BaseHTTPRequestHandler):
    def answer(self):
        odd = self.server
        body = self.rfile.read(int(self.headers.get("Content-Length") or 0))
        path = urllib.parse.unquote(self.path)
        if path == f"/agents/{AGENT}/" and self.command == "PUT":
            odd.sent = json.loads(body)
            kept = {name: odd.agent[name] for name in READ_ONLY}
            odd.agent = {**kept, **odd.sent, "agentStatus": "NOT_PREPARED"}
            odd.agent.pop(odd.loses, None)
        if path == f"/agents/{AGENT}/" and self.command == "POST":
            odd.agent["agentStatus"] = "PREPARED"
            odd.was_prepared = True
        answers = {
            f"/agents/{AGENT}/": {"agent": odd.agent},
            f"/agents/{AGENT}/agentaliases/": {"agentAliasSummaries": []},
            f"/agents/{AGENT}/agentversions/": {"agentVersionSummaries": []},
            f"/inference-profiles/{PROFILE}": {"models": [{"modelArn": MODEL}]},
            "/listTagsForResource": {"tags": [{"key": "team", "value": "news"}]},
        }
        text = json.dumps(answers.get(path, {})).encode()
        self.send_response(200)
        self.send_header("Content-Type", "application/json")
        self.send_header("Content-Length", str(len(text)))
        self.end_headers()
        self.wfile.write(text)

    do_GET = do_POST = do_PUT = answer

    def log_message(self, *_):
        pass


@contextlib.contextmanager
def odd_agent(loses=None, **fields):
    """Serves an agent with these fields beside the necessary ones. `loses`: one that its update
    drops. What it was sent is in `sent` afterwards."""
    server = http.server.ThreadingHTTPServer(("127.0.0.1", 0), OddAgent)
    server.sent, server.loses, server.was_prepared = None, loses, False
    server.agent = {
        "agentId": AGENT,
        "agentArn": f"arn:aws:bedrock:{REGION}:{ACCOUNT}:agent/{AGENT}",
        "agentName": "Odd",
        "agentVersion": "DRAFT",
        "agentStatus": "PREPARED",
        "foundationModel": MODEL,
        "agentResourceRoleArn": f"arn:aws:iam::{ACCOUNT}:role/Odd",
        "createdAt": "2026-01-01T00:00:00Z",
        "updatedAt": "2026-01-01T00:00:00Z",
        **fields,
    }
    thread = threading.Thread(target=server.serve_forever, kwargs={"poll_interval": 0.02})
    thread.start()
    try:
        yield server
    finally:
        server.shutdown()
        thread.join()
        server.server_close()
