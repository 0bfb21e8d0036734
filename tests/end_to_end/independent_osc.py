"""A stranger's client, written from docs/PROTOCOL.md alone: plain `python-osc` over a line that loses datagrams.

`python independent_osc.py AUDIO START END RATE TAGS` repaints [START, END) and writes the `done` event as JSON.
The first sending of everything is lost on the way, in both directions.
"""

import json
import os
import socket
import sys
import time
import uuid
from pathlib import Path

from pythonosc.osc_message import OscMessage
from pythonosc.osc_message_builder import OscMessageBuilder

audio, start, end, rate, tags = sys.argv[1], int(sys.argv[2]), int(sys.argv[3]), int(sys.argv[4]), sys.argv[5]
connection = json.loads(Path(os.environ["DAWBRIDGE_HOME"], "connection.json").read_text(encoding="utf-8"))
bridge = (connection["osc"]["host"], connection["osc"]["port"])
mouth = socket.socket(socket.AF_INET, socket.SOCK_DGRAM)
ear = socket.socket(socket.AF_INET, socket.SOCK_DGRAM)
mouth.bind(("127.0.0.1", 0))
ear.bind(("127.0.0.1", 0))
ear.settimeout(0.2)
lost_sent, lost_heard, counts = set(), set(), {"repeats": 0}


def transmit(word, *arguments):
    builder = OscMessageBuilder(address=f"/dawbridge/1/{word}")
    for argument in (connection["key"], "stranger-osc", *arguments):
        builder.add_arg(argument)
    datagram = builder.build().dgram
    if len(datagram) >= 1_400:
        raise ValueError("too long for a datagram")
    mouth.sendto(datagram, bridge)


def send(word, message):
    name = (word, message.get("job") or message.get("id"))
    if name not in lost_sent:
        lost_sent.add(name)
        return
    transmit(word, json.dumps(message))


def receive():
    """The next event that gets through, or None."""
    try:
        datagram = ear.recv(65_536)
    except TimeoutError:
        return None
    if len(datagram) >= 1_400:
        sys.exit("a datagram of the bridge is too long")
    if datagram not in lost_heard and b"progress" not in datagram[:32]:
        lost_heard.add(datagram)
        return None
    message = OscMessage(datagram)
    word = message.address.split("/")[-1]
    if word == "progress":
        job, fraction, stage = message.params
        return {"event": "progress", "job": job, "fraction": fraction, "stage": stage}
    text = Path(message.params[0]).read_text(encoding="utf-8") if word == "file" else message.params[0]
    return json.loads(text)


transmit("port", ear.getsockname()[1])
job = uuid.uuid4().hex
request = {
    "job": job,
    "project": str(Path(audio).parent),
    "source": {"path": audio},
    "span": {"start": start, "end": end, "rate": rate},
    "tags": tags,
    "music": {"bpm": 120.0},
    "seed": 7,
}
seen, told, acks = set(), [], {}
asked, deadline = 0.0, time.monotonic() + 60
while time.monotonic() < deadline:
    if not told and time.monotonic() - asked > 0.3:
        asked = time.monotonic()
        send("repaint", request)
    event = receive()
    if event is None:
        continue
    seq = event.get("seq", 0)
    if seq:
        ack = acks.setdefault(seq, {"id": f"ack-{seq}", "seq": seq})
        send("ack", ack)
        if seq in seen:
            counts["repeats"] += 1
            continue
        seen.add(seq)
    if event.get("job") == job and event["event"] != "progress":
        told.append(event)
        if event["event"] in ("done", "failed", "cancelled", "refused"):
            break
else:
    sys.exit(f"no end of the job: {told}")

mouth.close()
ear.close()
told.sort(key=lambda event: event.get("seq", 0))
sys.stdout.write(json.dumps({"words": [event["event"] for event in told], "last": told[-1], **counts}))
