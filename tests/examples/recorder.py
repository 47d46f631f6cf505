"""A server in front of the emulator that keeps what is asked of it, and can hold an answer back.

SPDX-License-Identifier: MIT
"""
import contextlib
import http.client
import http.server
import json
import threading

FIRST_BYTES = 1500  # of a stream: some words, of many
may_go_on = threading.Event()
may_go_on.set()


class Recorder(http.server.BaseHTTPRequestHandler):
    """Passes a request on to the emulator, and the answer back as it comes; keeps the body."""

    protocol_version = "HTTP/1.1"

    def do_POST(self):
        body = self.rfile.read(int(self.headers["Content-Length"]))
        self.server.bodies.append(json.loads(body))
        there = http.client.HTTPConnection(self.server.there)
        try:
            self.pass_on(there, body)
        except (http.client.HTTPException, OSError):
            self.close_connection = True  # as the other side has done
        there.close()

    def pass_on(self, there, body):
        there.putrequest("POST", self.path, skip_host=True, skip_accept_encoding=True)
        for name, value in self.headers.items():
            there.putheader(name, value)
        there.endheaders(body)
        answer = there.getresponse()
        self.send_response_only(answer.status)
        for name, value in answer.getheaders():
            if name.lower() not in ("transfer-encoding", "content-length", "connection"):
                self.send_header(name, value)
        self.send_header("Transfer-Encoding", "chunked")
        self.end_headers()
        if not may_go_on.is_set():
            self.put(answer.read(FIRST_BYTES))
            may_go_on.wait()
        while piece := answer.read1(65536):
            self.put(piece)
        self.put(b"")

    def put(self, piece):
        self.wfile.write(b"%x\r\n%b\r\n" % (len(piece), piece))

    def log_message(self, *_):
        pass


@contextlib.contextmanager
def recorder(url):
    """An endpoint, and the list of what is sent to it and passed on to the one at that URL."""
    with http.server.ThreadingHTTPServer(("127.0.0.1", 0), Recorder) as server:
        server.daemon_threads, server.bodies, server.there = True, [], url.split("//")[1]
        threading.Thread(target=server.serve_forever, daemon=True).start()
        yield f"http://127.0.0.1:{server.server_port}", server.bodies
        server.shutdown()


@contextlib.contextmanager
def held_back():
    """Meanwhile an answer stops behind its first words; it goes on afterwards."""
    may_go_on.clear()
    try:
        yield
    finally:
        may_go_on.set()
