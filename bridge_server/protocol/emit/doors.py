"""Facts of the three doors that no struct can tell: addresses, file names, sizes, times.

`tests/protocol/test_door_facts.py` holds them against the doors.
"""

from typing import Any

from bridge_server.protocol import VERSION

ZMQ: dict[str, Any] = {
    "answered_up_to": 16 << 20,
}

OSC: dict[str, Any] = {
    "prefix": f"/dawbridge/{VERSION}/",
    "file": f"/dawbridge/{VERSION}/file",
    "port": f"/dawbridge/{VERSION}/port",
    "largest_datagram": 1_400,
    "largest_event": 1_300,
    "resend_seconds": [0.5, 1.0, 2.0],
    "flat": {"progress": ["job", "fraction", "stage"]},
}

MAILBOX: dict[str, Any] = {
    "inbox": "in",
    "outbox": "out",
    "temporary": ".tmp",
    "letter": ".json",
    "kept": "%012d-%s.json",
    "progress": "progress-%s.json",
    "answer": "answer-%s.json",
    "refused": "refused-%s.json",
    "engine": "engine.json",
    "models": "models.json",
    "queue": "queue.json",
}
"""`kept` takes `seq` and the event's word, others the job or id; folders lie below the mailbox."""

CONNECTION: dict[str, Any] = {
    "release": "0.1.0",
    "pid": 4711,
    "started": "2026-01-01T12:00:00+00:00",
    "key": "0f1e2d3c4b5a69788796a5b4c3d2e1f0" * 2,
    "zmq": "tcp://127.0.0.1:51234",
    "osc": {"host": "127.0.0.1", "port": 39951},
    "mailbox": "/home/ana/.local/share/dawbridge/mailbox",
    "home": "/home/ana/.local/share/dawbridge",
    "shared": "",
}
"""An example of connection.json, without its version."""
