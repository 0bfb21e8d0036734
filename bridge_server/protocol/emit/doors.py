"""Facts of the three doors that no struct can tell: addresses, file names, sizes, times."""

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
}
"""`kept` takes `seq` and the event's word, the others the job or id; folders lie below the mailbox."""
