"""The real Ardour takes what `install --register` wrote: actions run from their slots, the watcher by itself."""

from pathlib import Path, PurePosixPath

import pytest

from bridge_server.home import Home
from bridge_server.install.change import carry_out
from bridge_server.install.hosts import HOSTS
from bridge_server.install.plan import plan_installation
from bridge_server.install.registration import register
from bridge_server.install.ui_scripts import slots_of
from tests.ardour import program, settings
from tests.fakes.waiting import until

ACTION = """ardour {{ ["type"] = "EditorAction", name = "Dawbridge: Test", license = "x", author = "x" }}
function factory()
  local count = 0
  return function()
    count = count + 1
    local file = io.open("{folder}/pressed", "w")
    file:write(count, " in ", Session:name())
    file:close()
  end
end
"""
HOOK = """ardour {{ ["type"] = "EditorHook", name = "Dawbridge: Watcher", license = "x", author = "x" }}
function signals() return LuaSignal.Set():add({{ [LuaSignal.LuaTimerDS] = true }}) end
function factory()
  local count = 0
  return function(signal)
    count = count + 1
    local file = io.open("{folder}/ticks", "w")
    file:write(count)
    file:close()
  end
end
"""


@pytest.mark.skipif(bool(program.missing()), reason="Ardour 7 and Xvfb are not installed")
def test_registered_scripts_run_in_the_real_ardour(at: Home, tmp_path: Path) -> None:
    user = tmp_path / "ana"
    settings.write(user, 48_000, program.HERE / "probe.lua")
    place = HOSTS["ardour"].place_at(settings.config_folder(user))
    scripts = {"dawbridge_test": ACTION, "dawbridge_watcher": HOOK}
    wanted = {
        PurePosixPath(f"scripts/{name}.lua"): text.format(folder=tmp_path).encode() for name, text in scripts.items()
    }
    plan = plan_installation(place, wanted, None, "1.0", force=False)
    carry_out([register(HOSTS["ardour"], plan, "linux", is_running=False)], at)
    slots = {name: number for number, (name, _) in slots_of((place.folder / "ui_scripts").read_bytes()).items()}
    assert slots == {settings.PROBE: 1, "Dawbridge: Test": 2}
    program.run_lua(user, "make_session.lua", user / "song", "song", 48_000, "One")
    pressed, ticks = tmp_path / "pressed", tmp_path / "ticks"
    with program.screen() as display, program.Ardour(user, user / "song", display, at.root) as ardour:
        for count in (1, 2):
            ardour.send("/access_action", f"LuaAction/script-{slots['Dawbridge: Test']}")
            until(
                lambda count=count: pressed.exists() and pressed.read_text() == f"{count} in song", 20, "it is pressed"
            )
        until(lambda: ticks.exists() and int(ticks.read_text() or 0) > 5, 20, "the watcher ticks")
