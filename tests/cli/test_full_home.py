"""A home on a full disk: nothing can be written there, not even why."""

from pathlib import Path

import pytest

from bridge_server.home import Home
from bridge_server.launch import is_alive, start_bridge
from bridge_server.protocol.errors import DiskFull
from tests.fakes.small_disk import fill, small_disk

KIBIBYTE = 1 << 10


@pytest.mark.parametrize("room", [0, 24 * KIBIBYTE, 60 * KIBIBYTE, 96 * KIBIBYTE])
def test_a_bridge_without_room_for_its_home_says_so(tmp_path: Path, room: int) -> None:
    """Without room for folders, for the journal's index, for the journal, for the address."""
    with small_disk(tmp_path / "disk", 1 << 20) as disk:
        ballast = fill(disk, leave=room)
        home = Home(disk / "home")
        with pytest.raises(DiskFull) as caught:
            start_bridge(home, "--osc-port", "0")
        assert "DAWBRIDGE_HOME" in caught.value.hint
        assert not is_alive(home)
        ballast.unlink()
