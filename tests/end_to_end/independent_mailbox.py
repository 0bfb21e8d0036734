"""A stranger's client, written from docs/PROTOCOL.md alone: the standard library and a folder.

`python independent_mailbox.py AUDIO START END RATE TAGS` repaints [START, END) and writes the `done` event as JSON.
"""

import json
import os
import sys
import time
import uuid
from pathlib import Path

audio, start, end, rate, tags = sys.argv[1], int(sys.argv[2]), int(sys.argv[3]), int(sys.argv[4]), sys.argv[5]
connection = json.loads(Path(os.environ["DAWBRIDGE_HOME"], "connection.json").read_text(encoding="utf-8"))
mailbox = Path(connection["mailbox"])
mine = mailbox / "out" / "stranger.mailbox"


def post(message):
    letter = {"version": 1, "key": connection["key"], "client": mine.name, "message": message}
    part = mailbox / "in" / f"{uuid.uuid4().hex}.tmp"
    part.write_text(json.dumps(letter), encoding="utf-8")
    part.rename(part.with_suffix(".json"))


def fetch(wanted, seconds=60):
    """Everything that lies in the mailbox, in the order of the names, until `wanted` says that it was there."""
    deadline = time.monotonic() + seconds
    while time.monotonic() < deadline:
        for path in sorted(mine.glob("*.json")):
            event = json.loads(path.read_text(encoding="utf-8"))
            path.unlink(missing_ok=True)
            yield path.name, event
            if wanted(event):
                return
        time.sleep(0.02)
    sys.exit("nothing in the mailbox")


post({"request": "hello", "id": "hello.1"})
names = [name for name, _ in fetch(lambda event: event.get("id") == "hello.1")]
if "answer-hello.1.json" not in names:
    sys.exit(f"the answer has another name: {names}")

job = uuid.uuid4().hex
post(
    {
        "request": "repaint",
        "job": job,
        "project": str(Path(audio).parent),
        "source": {"path": audio},
        "span": {"start": start, "end": end, "rate": rate},
        "tags": tags,
        "music": {"bpm": 120.0},
        "seed": 7,
        "handles": 480,
    }
)
ends = ("done", "failed", "cancelled", "refused")
told = []
for name, event in fetch(lambda event: event.get("job") == job and event["event"] in ends):
    if event.get("job") == job and event["event"] != "progress":
        told.append(event)
        if event["event"] != "refused" and name != f"{event['seq']:012d}-{event['event']}.json":
            sys.exit(f"unexpected name {name}")
sys.stdout.write(json.dumps({"words": [event["event"] for event in told], "last": told[-1]}))
