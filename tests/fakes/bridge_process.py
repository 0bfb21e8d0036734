"""`python -m tests.fakes.bridge_process`: `python -m bridge_server` with the fake engine, which starts faster."""

import sys
from functools import partial
from unittest import mock

from bridge_server import __main__ as program
from bridge_server.config import Settings
from tests.fakes.bridge import FAKE_ENGINE

if __name__ == "__main__":
    with mock.patch.object(program, "Settings", partial(Settings, engine_command=FAKE_ENGINE)):
        sys.exit(program.main())
