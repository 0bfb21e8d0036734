"""`dawbridge up --share`: an address that is none is told before a bridge is started."""

from collections.abc import Callable
from pathlib import Path

import pytest

from bridge_server.home import Home
from bridge_server.launch import is_alive
from tests.cli.conftest import Said


@pytest.mark.parametrize("address", ["foo", "tcp://0.0.0.0", "tcp://0.0.0.0:99999", "tcp://0.0.0.0:0", "udp://1:2"])
def test_an_address_that_is_none_is_refused(dawbridge: Callable[..., Said], home: Path, address: str) -> None:
    said = dawbridge("up", "--share", address)
    assert said.code == 2
    assert "tcp://0.0.0.0:39952" in said.err
    assert not is_alive(Home(home))
