#!/usr/bin/env python3
"""ask with asyncio: many questions at once, in one thread, driven by asyncio's own event loop.

AsyncClient is what to copy; the rest is ask.py, which lies beside this file.

SPDX-License-Identifier: MIT
"""
import asyncio
import os
import sys
from ctypes import CFUNCTYPE, POINTER, byref, c_int, c_int64, c_size_t, c_void_p, string_at

import ask
from ask import BRC_EVENT_GO_ON, EVENT_FN, Failure, Misuse

HELP = """\
usage: ask_async.py [--stream] PROFILE_ARN PROMPT...

Asks all the questions at once, through one application inference profile. Each answer goes to
stdout when it comes, below its question; what it used goes to stderr. A PROMPT of - is read from
stdin. Ctrl-C cancels what is in flight.

  --stream   print the answers in the order of their questions, each while it comes

Credentials come from where the AWS SDKs look for them; `credentials` says where that is.
Exit code: 0 all answered, 1 something failed, 2 wrong usage.
"""

BRC_WATCH_READ = 1
BRC_WATCH_WRITE = 2
PIECES_AHEAD = 100  # of a stream, before it is paused

WATCH_FN = CFUNCTYPE(c_int, c_int, c_int, c_void_p)  # (fd, events, user_data)
TIMER_FN = CFUNCTYPE(c_int, c_int64, c_void_p)  # (timeout_ms, user_data)
DONE_FN = CFUNCTYPE(None, c_void_p, c_int64, c_int, c_void_p, c_void_p)
# (client, id, code, result, user_data)

ask.PROTOTYPES.update(
    {
        "brc_client_set_loop": (c_int, [c_void_p, WATCH_FN, TIMER_FN, c_void_p, c_void_p]),
        "brc_client_notify": (c_int, [c_void_p, c_int, c_int]),
        "brc_start": (
            c_int,
            [c_void_p, c_void_p, EVENT_FN, DONE_FN, c_void_p, c_void_p, POINTER(c_int64)],
        ),
        "brc_cancel": (c_int, [c_void_p, c_int64, c_int]),
        "brc_pause": (c_int, [c_void_p, c_int64, c_int]),
    }
)


class CallFailure(Failure):
    """A call that failed; `answer` is what arrived nevertheless, or None."""

    def __init__(self, why, answer):
        super().__init__(why)
        self.answer = answer


class AsyncClient:
    """A client driven by asyncio's loop: any number of ask() and stream() at once."""

    def __init__(self, brc, client):
        self.brc, self.client, self.timer = brc, client, None
        self.answers, self.streams = {}, {}
        self.loop = asyncio.get_running_loop()
        # They have to live as long as the library may call them.
        self.watch_fn, self.timer_fn = WATCH_FN(self.watch), TIMER_FN(self.set_timer)
        self.event_fn, self.done_fn = EVENT_FN(self.on_event), DONE_FN(self.on_done)
        if brc.brc_client_set_loop(client, self.watch_fn, self.timer_fn, None, None) < 0:
            raise Failure(brc.brc_client_error(client).decode())

    def watch(self, fd, events, _):
        self.loop.remove_reader(fd)
        self.loop.remove_writer(fd)
        try:
            if events & BRC_WATCH_READ:
                self.loop.add_reader(fd, self.notify, fd, BRC_WATCH_READ)
            if events & BRC_WATCH_WRITE:
                self.loop.add_writer(fd, self.notify, fd, BRC_WATCH_WRITE)
        except OSError:
            return -1
        return 0

    def set_timer(self, timeout_ms, _):
        if self.timer is not None:
            self.timer.cancel()
        self.timer = None
        if timeout_ms >= 0:
            self.timer = self.loop.call_later(timeout_ms / 1000, self.notify, -1, 0)
        return 0

    def notify(self, fd, events):
        self.brc.brc_client_notify(self.client, fd, events)

    def start(self, request, event_fn):
        call = c_int64()
        arguments = request, event_fn, self.done_fn, None, None, byref(call)
        if self.brc.brc_start(self.client, *arguments) < 0:
            raise Failure(self.brc.brc_client_error(self.client).decode())
        return call.value

    async def ask(self, request):
        """The answer as bytes, or CallFailure. To cancel the task cancels the call."""
        call, answer = self.start(request, EVENT_FN()), self.loop.create_future()
        self.answers[call] = answer
        try:
            return await answer
        except asyncio.CancelledError:
            self.brc.brc_cancel(self.client, call, 0)  # on_done() still comes, and the usage record
            raise

    def stream(self, request):
        """Asks at once; `async for` then gives the answer in pieces, and CallFailure at the end."""
        call, pieces = self.start(request, self.event_fn), asyncio.Queue()
        self.streams[call] = pieces
        return self.take(call, pieces)

    async def take(self, call, pieces):
        try:
            while isinstance(piece := await pieces.get(), bytes):
                yield piece
                if pieces.empty():
                    self.brc.brc_pause(self.client, call, 0)
            if piece is not None:
                raise piece
        finally:
            self.brc.brc_cancel(self.client, call, 0)  # which is nothing to one that is done

    def on_event(self, _client, call, event, _):
        pieces, text = self.streams[call], ask.event_text(self.brc, event)
        if text:
            pieces.put_nowait(text)
        if pieces.qsize() >= PIECES_AHEAD:
            self.brc.brc_pause(self.client, call, 1)
        return BRC_EVENT_GO_ON

    def on_done(self, client, call, code, result, _):
        brc, length = self.brc, c_size_t()
        read = brc.brc_result_text(result, byref(length))
        read = read or brc.brc_result_json(result, byref(length))
        text = string_at(read, length.value) if read else None  # a copy
        failure = CallFailure(brc.brc_client_error(client).decode(), text) if code < 0 else None
        brc.brc_result_free(result)
        if call in self.streams:
            self.streams.pop(call).put_nowait(failure)
        elif (answer := self.answers.pop(call)).cancelled():
            pass
        elif failure is not None:
            answer.set_exception(failure)
        else:
            answer.set_result(text)

    def close(self):
        """Frees the client; what is still under way fails."""
        self.brc.brc_client_free(self.client)
        self.set_timer(-1, None)


async def answer(client, request, prompt):
    """Prints the answer when it comes, and says whether it is one."""
    text, failure = None, None
    try:
        text = await client.ask(request)
    except CallFailure as failed:  # what arrived is paid for
        text, failure = failed.answer, failed
    if text is not None:
        ask.write(b"> " + prompt + b"\n" + text + b"\n")
    if failure is not None:
        print(f"ask_async: {os.fsdecode(prompt)}: {failure}", file=sys.stderr)
    return failure is None


async def answers_in_order(client, requests, prompts):
    """Prints each answer while it comes. Those that come early wait; a long one is paused."""
    streams, good = [client.stream(request) for request in requests], []
    for prompt, stream in zip(prompts, streams):
        ask.write(b"> " + prompt + b"\n")
        failure = None
        try:
            async for piece in stream:
                ask.write(piece)
        except CallFailure as failed:
            failure = failed
        ask.write(b"\n")
        if failure is not None:
            print(f"ask_async: {os.fsdecode(prompt)}: {failure}", file=sys.stderr)
        good.append(failure is None)
    return good


async def ask_all(brc, in_order, profile_arn, prompts):
    handle, requests = c_void_p(), [c_void_p() for _ in prompts]
    client = None

    @ask.USAGE_FN
    def on_usage(usage, _):
        print(ask.usage_line(brc, usage), file=sys.stderr)

    try:
        for request, prompt in zip(requests, prompts):
            ask.make_request(brc, request, {}, profile_arn, prompt)
        ask.make_client(brc, handle, {}, on_usage)
        client = AsyncClient(brc, handle)
        if in_order:
            return await answers_in_order(client, requests, prompts)
        return await asyncio.gather(*(answer(client, *pair) for pair in zip(requests, prompts)))
    finally:
        for request in requests:
            brc.brc_request_free(request)
        if client is not None:
            client.close()
        else:
            brc.brc_client_free(handle)


def main():
    arguments = [os.fsencode(argument) for argument in sys.argv[1:]]
    in_order = arguments[:1] == [b"--stream"]
    profile_arn, *prompts = arguments[in_order:] or [b""]
    try:
        if arguments == [b"--help"]:
            ask.write(HELP.encode())
        elif not prompts:
            raise Misuse("PROFILE_ARN and a PROMPT are needed")
        elif not all(asyncio.run(ask_all(ask.load(), in_order, profile_arn, prompts))):
            return 1
    except Misuse as misuse:
        print(f"ask_async: {misuse}; see ask_async --help", file=sys.stderr)
        return 2
    except Failure as failure:
        print(f"ask_async: {failure}", file=sys.stderr)
        return 1
    except KeyboardInterrupt:
        print("ask_async: interrupted", file=sys.stderr)
        return 1
    return 0


if __name__ == "__main__":
    sys.exit(main())
