"""The real Ardour on a screen that nobody sees, and what a user does with it."""

from __future__ import annotations

import os
import re
import shutil
import socket
import subprocess
import time
from collections.abc import Iterator
from contextlib import contextmanager, suppress
from pathlib import Path
from types import TracebackType

import psutil
from pythonosc.osc_message_builder import OscMessageBuilder

from daw_scripts.ardour.build import ACTIONS
from tests.ardour import settings
from tests.fakes.waiting import until

HERE = Path(__file__).parent
VERSION = settings.VERSION
PROGRAMS = ("ardour", f"ardour{VERSION}-lua", "Xvfb", "xdotool")
OSC_PORTS = range(3819, 3839)
START_SECONDS = 120.0
ANSWER_SECONDS = 60.0
DIALOG_SECONDS = 60.0
SEND_AGAIN_SECONDS = 3.0
NAME_X, FIRST_NAME_Y, ROW_HEIGHT = 60, 276, 68
"""Where the names of tracks stand in a new window of 1600 by 900, in pixels."""
ROUTES = """for route in Session:get_routes():iter() do
  if not route:is_monitor() and not route:is_auditioner() then
    tell(route:name(), route:presentation_info_ptr():order())
  end
end"""
SELECTION = """local found = Editor:get_selection()
tell(found.time:start_sample(), found.time:end_sample())
for route in found.tracks:routelist():iter() do tell(route:name()) end"""


def missing() -> list[str]:
    """Programs that these tests need and that are not installed."""
    return [name for name in PROGRAMS if shutil.which(name) is None]


def other_version() -> str:
    """Name of the session interpreter of another Ardour than the one that these tests know; empty if there is none."""
    if shutil.which(f"ardour{VERSION}-lua"):
        return ""
    others = (f"ardour{number}-lua" for number in range(6, 20))
    return next((name for name in others if shutil.which(name)), "")


def plain_environment(home: Path) -> dict[str, str]:
    # 7.3's own mathematics for AVX-512 spoils the heap now and then; 0 selects the plain one.
    own = {"HOME": str(home), "NO_AT_BRIDGE": "1", "ARDOUR_FPU_FLAGS": "0", "LC_ALL": "C.UTF-8"}
    return {name: value for name, value in os.environ.items() if not name.startswith("XDG_")} | own


def run_lua(home: Path, script: str, *arguments: object) -> str:
    """What a script of ours says in the session interpreter. It exits with 0 even when the script breaks."""
    command = [f"ardour{VERSION}-lua", str(HERE / script), *map(str, arguments)]
    done = subprocess.run(
        command,
        env=plain_environment(home),
        stdin=subprocess.DEVNULL,
        stdout=subprocess.PIPE,
        stderr=subprocess.STDOUT,
        text=True,
        timeout=60,
        check=False,
    )
    assert "Error: " not in done.stdout, done.stdout
    return done.stdout


@contextmanager
def screen() -> Iterator[str]:
    """An X display of its own, as `:7`."""
    read, write = os.pipe()
    process = subprocess.Popen(
        ["Xvfb", "-displayfd", str(write), "-screen", "0", "1600x900x24", "-nolisten", "tcp"],
        pass_fds=[write],
        stdout=subprocess.DEVNULL,
        stderr=subprocess.DEVNULL,
    )
    try:
        os.close(write)
        yield ":" + os.read(read, 16).decode().strip()
    finally:
        os.close(read)
        process.terminate()
        process.wait(10)


def osc_port(pid: int) -> int:
    """The port on which the Ardour with that process id hears; 0 while there is none."""
    process = psutil.Process(pid)
    for each in (process, *process.children()):
        # What Ardour runs while it starts may have ended meanwhile.
        with suppress(psutil.NoSuchProcess):
            for one in each.net_connections(kind="udp4"):
                if one.laddr and one.laddr.port in OSC_PORTS:
                    return int(one.laddr.port)
    return 0


class Ardour:
    """`with Ardour(home, session, display, dawbridge=…) as ardour:` one run of the program, with our scripts in it."""

    def __init__(self, home: Path, session: Path, display: str, dawbridge: Path) -> None:
        self.session = session
        self.log = home / "ardour.log"
        self._probe = home / "probe"
        self._probe.mkdir(exist_ok=True)
        self._environment = {
            **plain_environment(home),
            "PATH": f"{home / 'bin'}{os.pathsep}{os.environ['PATH']}",
            "DISPLAY": display,
            "DAWBRIDGE_HOME": str(dawbridge),
            "DAWBRIDGE_PROBE": str(self._probe),
        }
        self._slots = settings.slots(home)
        self._process: subprocess.Popen[bytes] | None = None
        self._udp = socket.socket(socket.AF_INET, socket.SOCK_DGRAM)
        self._port = 0

    def __enter__(self) -> Ardour:
        with self.log.open("ab") as log:
            self._process = subprocess.Popen(
                ["ardour", "-n", "-a", "-d", str(self.session)],
                env=self._environment,
                stdin=subprocess.DEVNULL,
                stdout=log,
                stderr=log,
                start_new_session=True,
            )
        deadline = time.monotonic() + START_SECONDS
        while not self._answers():
            assert time.monotonic() < deadline, (
                f"Ardour does not start:\n{self.log.read_text(errors='replace')[-2000:]}"
            )
        return self

    def __exit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        self.quit()
        self._udp.close()

    def _last_words(self) -> str:
        return self.log.read_text(errors="replace")[-2000:]

    def quit(self) -> None:
        """Close the program without saving."""
        self._end(15)

    def kill(self) -> None:
        """The program dies at once."""
        self._end(9)

    def _end(self, signal: int) -> None:
        if self._process is None:
            return
        self._process.send_signal(signal)
        try:
            self._process.wait(10)
        except subprocess.TimeoutExpired:
            self._process.kill()
            self._process.wait(10)
        self._process = None

    def send(self, address: str, *arguments: str | int) -> None:
        builder = OscMessageBuilder(address)
        for argument in arguments:
            builder.add_arg(argument)
        self._udp.sendto(builder.build().dgram, ("127.0.0.1", self._port))

    # scripts

    def press(self, verb: str) -> None:
        """Run our action, as its key does."""
        slot = self._slots[f"Dawbridge: {ACTIONS[verb][0]}"]
        self.send("/access_action", f"LuaAction/script-{slot}")

    def ask(self, lua: str, within_seconds: float = ANSWER_SECONDS) -> list[list[str]]:
        """Run `lua` inside Ardour, where `tell(…)` makes a line of the answer. Fails if it breaks."""
        answer = self.start_asking(lua)
        send_again = time.monotonic() + SEND_AGAIN_SECONDS

        def has_come() -> bool:
            nonlocal send_again
            if time.monotonic() > send_again and (self._probe / "ask.lua").exists():
                # A datagram may get lost; a question that is pressed twice is answered once.
                self._press_probe()
                send_again = time.monotonic() + SEND_AGAIN_SECONDS
            return answer.exists()

        until(has_come, within_seconds, f"Ardour answers {lua!r}")
        lines = [line.split("\t") for line in answer.read_text(encoding="utf-8").splitlines()]
        assert lines[-1][0] == "FINE", lines[-1]
        return lines[:-1]

    def start_asking(self, lua: str) -> Path:
        answer = self._probe / "answer.txt"
        answer.unlink(missing_ok=True)
        part = self._probe / "ask.part"
        part.write_text("local tell = ...\n" + lua, encoding="utf-8")
        part.rename(self._probe / "ask.lua")
        self._press_probe()
        return answer

    def _press_probe(self) -> None:
        self.send("/access_action", f"LuaAction/script-{self._slots[settings.PROBE]}")

    def _answers(self) -> bool:
        assert self._process is not None
        assert self._process.poll() is None, f"Ardour ended:\n{self._last_words()}"
        self._port = osc_port(self._process.pid)
        if not self._port:
            time.sleep(0.1)
            return False
        # The actions exist a moment after the port does.
        answer = self.start_asking("tell(Session:name())")
        end = time.monotonic() + 0.5
        while time.monotonic() < end:
            if answer.exists():
                return True
            time.sleep(0.02)
        return False

    # what a user sees and types

    def _xdotool(self, *arguments: str) -> str:
        done = subprocess.run(
            ["xdotool", *arguments], env=self._environment, capture_output=True, text=True, timeout=20, check=False
        )
        return done.stdout

    def select(self, track: str, start: int, end: int) -> None:
        """Select a range on one track, as its user does: click the track's name, then take the loop range."""
        self.ask(f"Editor:set_loop_range(Temporal.timepos_t({start}), Temporal.timepos_t({end}), 'loop')")
        until(lambda: self._click(track), DIALOG_SECONDS, f"{track} is selected")
        self.send("/access_action", "Editor/select-loop-range")
        wanted = [[str(start), str(end)], [track]]
        until(lambda: self.ask(SELECTION) == wanted, DIALOG_SECONDS, f"{wanted} is selected")

    def _click(self, track: str) -> bool:
        """Click the name of a track. True if Ardour has it selected then."""
        # A new track may have scrolled the others away.
        self.send("/access_action", "Editor/scroll-tracks-up")
        order = sorted((int(line[1]), line[0]) for line in self.ask(ROUTES))
        row = [name for _, name in order].index(track)
        self._xdotool("mousemove", str(NAME_X), str(FIRST_NAME_Y + ROW_HEIGHT * row), "click", "1")
        # Not at once: a second click on the name would begin to rename the track.
        end = time.monotonic() + 1.0
        while self.ask(SELECTION)[1:] != [[track]]:
            if time.monotonic() > end:
                return False
            time.sleep(0.05)
        return True

    def windows(self) -> dict[str, str]:
        """Titles of the windows on the screen, by their numbers."""
        numbers = self._xdotool("search", "--onlyvisible", "--name", "Dawbridge").split()
        return {number: self._xdotool("getwindowname", number).strip() for number in numbers}

    def dialog(self, title: str) -> str:
        """Wait for the dialog called `title`; its number."""

        def find() -> str | None:
            return next((number for number, name in self.windows().items() if name == title), None)

        found = until(find, DIALOG_SECONDS, f"the dialog {title!r}; there are {self.windows()}")
        assert found is not None
        return found

    def keys(self, window: str, *keys: str) -> None:
        self._xdotool("windowfocus", "--sync", window)
        self._xdotool("key", "--clearmodifiers", *keys)

    def close(self, window: str, key: str) -> None:
        """Press `key` until the window has closed: one that has only just opened may not hear it."""

        def is_closed() -> bool:
            self.keys(window, key)
            end = time.monotonic() + 1.5
            while window in self.windows():
                if time.monotonic() > end:
                    return False
                time.sleep(0.02)
            return True

        until(is_closed, DIALOG_SECONDS, f"the window {window} closes")

    def type(self, window: str, text: str) -> None:
        self._xdotool("windowfocus", "--sync", window)
        self._xdotool("type", "--delay", "5", text)

    def pick(self, window: str, steps: int) -> None:
        """Choose the entry `steps` below the one that the list at the top of a dialog shows."""
        geometry = self._xdotool("getwindowgeometry", "--shell", window)
        width = next(int(line[6:]) for line in geometry.splitlines() if line.startswith("WIDTH="))
        self._xdotool("windowfocus", "--sync", window)
        self._xdotool("mousemove", "--window", window, str(width - 56), "25", "click", "1")
        time.sleep(0.3)  # the list drops down
        self._xdotool("key", *["Down"] * steps, "Return")

    def accept_any(self) -> None:
        """Press Return in whatever small window is open."""
        for number in self._xdotool("search", "--onlyvisible", "--class", "ardour").split():
            width, height = re.findall(r"(?:WIDTH|HEIGHT)=(\d+)", self._xdotool("getwindowgeometry", "--shell", number))
            if 100 < int(width) < 900 and int(height) > 50:
                self.keys(number, "Return")
        time.sleep(0.2)

    def move(self, window: str, x: int, y: int) -> None:
        """Put a window where it is wanted, and the mouse where no hint pops up."""
        self._xdotool("windowmove", "--sync", window, str(x), str(y))
        self._xdotool("mousemove", "900", "640")

    def picture(self, path: Path) -> None:
        subprocess.run(["import", "-window", "root", str(path)], env=self._environment, check=True, timeout=30)
