"""The plain types that values are made of: paths and counts."""

from typing import Annotated

from msgspec import Meta

from bridge_server.protocol.span import LONGEST

Path = Annotated[str, Meta(min_length=1, max_length=4096, pattern=r"^[^\x00]*$", description="absolute path of a file")]
Folder = Annotated[
    str, Meta(max_length=4096, pattern=r"^[^\x00]*$", description="absolute path of a folder; empty for none")
]
Count = Annotated[int, Meta(ge=0, le=LONGEST, description="whole samples")]
