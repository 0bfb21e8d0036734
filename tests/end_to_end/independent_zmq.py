"""A stranger's client, written from docs/PROTOCOL.md alone: `zmq` and the plain `msgpack` package, nothing of ours.

`python independent_zmq.py AUDIO START END RATE TAGS` repaints [START, END) and writes the `done` event as JSON.
"""

import json
import os
import sys
import time
import uuid
from pathlib import Path

import msgpack
import zmq

audio, start, end, rate, tags = sys.argv[1], int(sys.argv[2]), int(sys.argv[3]), int(sys.argv[4]), sys.argv[5]
connection = json.loads(Path(os.environ["DAWBRIDGE_HOME"], "connection.json").read_text(encoding="utf-8"))
if connection["version"] != 1:
    sys.exit(f"The bridge speaks version {connection['version']}, not 1.")

context = zmq.Context()
socket = context.socket(zmq.DEALER)
socket.setsockopt(zmq.LINGER, 0)
socket.connect(connection["zmq"])


def send(message):
    letter = {"version": 1, "key": connection["key"], "client": "stranger-zmq", "message": message}
    socket.send(msgpack.packb(letter, use_bin_type=True))


def events(seconds=60):
    deadline = time.monotonic() + seconds
    while socket.poll(max(0, int((deadline - time.monotonic()) * 1000))):
        yield msgpack.unpackb(socket.recv(), raw=False)
    sys.exit("no word from the bridge")


def ask(message):
    message = {"id": uuid.uuid4().hex, **message}
    send(message)
    return next(event for event in events() if event.get("id") == message["id"])


welcome = ask({"request": "hello"})
if welcome["event"] != "welcome" or welcome["version"] != 1:
    sys.exit(f"not welcome: {welcome}")

job = uuid.uuid4().hex
send(
    {
        "request": "repaint",
        "job": job,
        "project": str(Path(audio).parent),
        "source": {"path": audio},
        "span": {"start": start, "end": end, "rate": rate},
        "tags": tags,
        "music": {"bpm": 120.0},
        "seed": 7,
        "form": "whole",
    }
)
told = []
for event in events():
    if event.get("job") != job:
        continue
    if event["event"] != "progress":
        told.append(event)
    if event["event"] in ("done", "failed", "cancelled", "refused"):
        break

# A client that comes back asks for what it missed, and is told the same again.
send({"request": "hello", "id": "back", "after": told[0]["seq"] - 1})
again = []
for event in events():
    if event.get("job") == job and event["event"] != "progress":
        again.append(event)
    if event.get("job") == job and event["event"] == told[-1]["event"]:
        break
if again != told:
    sys.exit(f"told differently: {again}")

listing = ask({"request": "list", "what": "takes", "project": str(Path(audio).parent)})
if job not in [take["job"] for take in listing["takes"]]:
    sys.exit("the take is not in the list")

socket.close()
context.term()
sys.stdout.write(json.dumps({"words": [event["event"] for event in told], "last": told[-1]}))
