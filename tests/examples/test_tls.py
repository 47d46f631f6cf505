"""TLS as a user meets it: a CA file, and certificates that must not be accepted.

The server is Python's own; the certificates are made for the run with the openssl command.

usage: test_tls.py ASK

SPDX-License-Identifier: MIT
"""
import http.server
import json
import os
import ssl
import subprocess
import sys
import tempfile
import threading

from programs import contains, equal, run, tap

ask = sys.argv[1]
ARN = "arn:aws:bedrock:us-east-1:123456789012:application-inference-profile/abc123def456"
ANSWER = json.dumps(
    {
        "output": {"message": {"role": "assistant", "content": [{"text": "Over TLS."}]}},
        "stopReason": "end_turn",
        "usage": {"inputTokens": 3, "outputTokens": 4, "totalTokens": 7},
    }
).encode()
folder = tempfile.TemporaryDirectory()


def path(name):
    return os.path.join(folder.name, name)


def openssl(*arguments):
    subprocess.run(["openssl", *arguments], check=True, capture_output=True, cwd=folder.name)


def make_authority(name):
    openssl(
        *["req", "-x509", "-newkey", "ec", "-pkeyopt", "ec_paramgen_curve:prime256v1", "-nodes"],
        *["-keyout", f"{name}.key", "-out", f"{name}.pem", "-subj", f"/CN={name}", "-days", "2"],
    )


def make_certificate(name, authority, days, names):
    """A server's key and certificate in one file; negative days are over already."""
    with open(path(f"{name}.ext"), "w", encoding="ascii") as file:
        file.write(f"subjectAltName={names}\n")
    openssl(
        *["req", "-newkey", "ec", "-pkeyopt", "ec_paramgen_curve:prime256v1", "-nodes"],
        *["-keyout", f"{name}.key", "-out", f"{name}.csr", "-subj", f"/CN={name}"],
    )
    openssl(
        *["x509", "-req", "-in", f"{name}.csr", "-CA", f"{authority}.pem"],
        *["-CAkey", f"{authority}.key", "-CAcreateserial", "-days", str(days)],
        *["-extfile", f"{name}.ext", "-out", f"{name}.crt"],
    )
    with open(path(f"{name}.pem"), "w", encoding="ascii") as file:
        for part in [f"{name}.key", f"{name}.crt"]:
            with open(path(part), encoding="ascii") as source:
                file.write(source.read())


class Handler(http.server.BaseHTTPRequestHandler):
    protocol_version = "HTTP/1.1"

    def do_POST(self):
        self.rfile.read(int(self.headers["Content-Length"]))
        self.server.posts += 1
        self.send_response(200)
        self.send_header("Content-Length", str(len(ANSWER)))
        self.end_headers()
        self.wfile.write(ANSWER)

    def log_message(self, *_):
        pass


class Server(http.server.ThreadingHTTPServer):
    """Answers over TLS with one certificate."""

    def __init__(self, certificate):
        super().__init__(("127.0.0.1", 0), Handler)
        self.posts = 0
        context = ssl.SSLContext(ssl.PROTOCOL_TLS_SERVER)
        context.load_cert_chain(path(f"{certificate}.pem"))
        self.socket = context.wrap_socket(self.socket, server_side=True)
        threading.Thread(target=self.serve_forever, args=[0.02], daemon=True).start()

    def handle_error(self, *_):
        pass  # a client that hangs up in the handshake is what the tests are about


def ask_over_tls(certificate, host, ca_file, env=None):
    server = Server(certificate)
    trust = ["--ca-file", path(ca_file)] if ca_file else []
    url = f"https://{host}:{server.server_address[1]}"
    ended = run([ask, "--endpoint", url, *trust, ARN, "Hello"], **(env or {}))
    server.shutdown()
    server.server_close()
    return ended, server.posts


def variable(name):
    return {"AWS_CA_BUNDLE": path(name)}


def profile(name):
    """An environment whose profile has this bundle."""
    config = path("config")
    with open(config, "w", encoding="utf-8") as file:
        file.write(f"[default]\nca_bundle = {path(name)}\n")
    return {"AWS_CONFIG_FILE": config}


def answers(host, ca_file="authority.pem", env=None):
    ended, posts = ask_over_tls("good", host, ca_file, env)
    equal((ended.stderr.count("ask:"), ended.returncode, ended.stdout), (0, 0, b"Over TLS.\n"))
    equal(posts, 1)


def refuses(certificate, host, ca_file, env=None):
    ended, posts = ask_over_tls(certificate, host, ca_file, env)
    equal((ended.returncode, ended.stdout, posts), (1, b"", 0))
    contains(ended.stderr, "TLS failed")
    contains(ended.stderr, "not billed")


make_authority("authority")
make_authority("stranger")
make_certificate("good", "authority", 2, "DNS:localhost,IP:127.0.0.1")
make_certificate("other", "authority", 2, "DNS:bedrock.example.com")
make_certificate("past", "authority", -1, "DNS:localhost,IP:127.0.0.1")
tap(
    {
        "the CA file is trusted": lambda: answers("localhost"),
        "an address in the certificate": lambda: answers("127.0.0.1"),
        "an authority the system does not know": lambda: refuses("good", "localhost", None),
        "another authority": lambda: refuses("good", "localhost", "stranger.pem"),
        "another name": lambda: refuses("other", "localhost", "authority.pem"),
        "a certificate that is over": lambda: refuses("past", "localhost", "authority.pem"),
        "a CA file that is missing": lambda: refuses("good", "localhost", "missing.pem"),
        "AWS_CA_BUNDLE is trusted": lambda: answers("localhost", None, variable("authority.pem")),
        "the profile's bundle is": lambda: answers("localhost", None, profile("authority.pem")),
        "AWS_CA_BUNDLE before the profile's": lambda: answers(
            "localhost", None, {**profile("stranger.pem"), **variable("authority.pem")}
        ),
        "a CA file that was set before both": lambda: answers(
            "localhost", "authority.pem", {**profile("missing.pem"), **variable("stranger.pem")}
        ),
        "AWS_CA_BUNDLE with another authority": lambda: refuses(
            "good", "localhost", None, {**profile("authority.pem"), **variable("stranger.pem")}
        ),
        "AWS_CA_BUNDLE that is missing": lambda: refuses(
            "good", "localhost", None, variable("missing.pem")
        ),
    }
)
