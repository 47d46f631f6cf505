"""Signs requests in the test's own process, for tests that make thousands of them by hand.

SPDX-License-Identifier: MIT
"""
import contextlib
import datetime
import hashlib
import hmac
import http.client
import json
import urllib.parse

from programs import ENVIRONMENT, PATIENCE_S, REGION, Emulator


def canonical_query(query):
    pairs = urllib.parse.parse_qsl(query, keep_blank_values=True)
    quoted = [[urllib.parse.quote(part, safe="") for part in pair] for pair in pairs]
    return "&".join("=".join(pair) for pair in sorted(quoted))


def sign(method, url, body, headers, service):
    """The headers, and those that sign them."""
    parts = urllib.parse.urlsplit(url)
    now = datetime.datetime.now(datetime.timezone.utc).strftime("%Y%m%dT%H%M%SZ")
    signed = {name.lower(): value for name, value in headers.items()}
    signed.update({"host": parts.netloc, "x-amz-date": now})
    names = ";".join(sorted(signed))
    lines = [method, urllib.parse.quote(parts.path or "/"), canonical_query(parts.query)]
    lines += [f"{name}:{signed[name]}" for name in sorted(signed)]
    lines += ["", names, hashlib.sha256(body).hexdigest()]
    scope = [now[:8], REGION, service, "aws4_request"]
    digest = hashlib.sha256("\n".join(lines).encode()).hexdigest()
    text = "\n".join(["AWS4-HMAC-SHA256", now, "/".join(scope), digest])
    key = ("AWS4" + ENVIRONMENT["AWS_SECRET_ACCESS_KEY"]).encode()
    for part in [*scope, text]:
        key = hmac.new(key, part.encode(), hashlib.sha256).digest()
    who = f"{ENVIRONMENT['AWS_ACCESS_KEY_ID']}/{'/'.join(scope)}"
    value = f"AWS4-HMAC-SHA256 Credential={who}, SignedHeaders={names}, Signature={key.hex()}"
    return {**signed, "authorization": value}


class QuickEmulator(Emulator):
    """An emulator that is asked without a process for each signature."""

    def send(self, method, path, body, headers, service="bedrock"):
        """Status and text of the answer."""
        signed = sign(method, self.url + path, body, headers, service)
        place = urllib.parse.urlsplit(self.url).netloc
        with contextlib.closing(http.client.HTTPConnection(place, timeout=PATIENCE_S)) as connection:
            connection.request(method, path, body or None, signed)
            answer = connection.getresponse()
            return answer.status, answer.read().decode()

    def call(self, method, path, document=None):
        body = b"" if document is None else json.dumps(document).encode()
        headers = {"Content-Type": "application/json"} if body else {}
        status, text = self.send(method, path, body, headers)
        return status, json.loads(text or "null")
