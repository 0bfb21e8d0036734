"""What the installer says: pip's output as sentences, progress on terminals and in logs."""

import errno
import io
import os
import sys
from pathlib import Path

import pytest

from installer import trouble
from installer.environment import OPTIONS, Environment, empty_folder, headline
from installer.progress import Progress


@pytest.mark.parametrize(
    ("output", "part"),
    [
        ("ERROR: Could not install packages due to an OSError: [Errno 28] No space left on device", "disk is full"),
        ("OSError: [WinError 112] There is not enough space on the disk", "disk is full"),
        ("ERROR: Could not install packages due to an OSError: [Errno 13] Permission denied: 'x'", "cannot be written"),
        ("WARNING: Retrying (Retry(total=0)) after connection broken by 'ProxyError('Cannot connect')'", "index"),
        ("socket.gaierror: [Errno -3] Temporary failure in name resolution", "cannot reach its package index"),
        ("ERROR: Could not find a version that satisfies soxr>=0.5 (from versions: none)", "cannot reach its package"),
        ("ERROR: No matching distribution found for soxr>=0.5", "another Python"),
        ("noise\nERROR: something odd\nmore noise", "The installation failed (something odd)"),
        ("", "it said nothing"),
    ],
)
def test_output_of_pip_becomes_a_sentence(output: str, part: str) -> None:
    log = Path("install.log")
    sentence = str(trouble.from_output(output.splitlines(), Path("here"), 400, log))
    assert part in sentence
    assert sentence.endswith("The full log is install.log")
    assert "run the same command again" in sentence


def test_a_network_fault_that_was_got_over_is_not_blamed() -> None:
    output = ["WARNING: Retrying after ReadTimeoutError", *["Collecting more"] * 100, "ERROR: something odd"]
    assert "something odd" in str(trouble.from_output(output, Path("here"), 400, Path("install.log")))


@pytest.mark.parametrize(
    ("number", "part"),
    [(errno.ENOSPC, "disk is full"), (errno.EROFS, "cannot be written"), (errno.EIO, "remove")],
)
def test_errors_of_the_file_system_become_sentences(number: int, part: str) -> None:
    assert part in str(trouble.from_os(OSError(number, "said the system", "file"), Path("here"), 400))


def test_headlines_of_pip() -> None:
    assert headline("Collecting python-osc>=1.9 (from dawbridge==0.1.0)") == (2, "collecting python-osc")
    assert headline("Processing /wheels/numpy-2.4.6-cp311-cp311-linux_x86_64.whl (from x)") == (2, "collecting numpy")
    assert headline("Processing C:\\wheels\\soxr-1.1.0-cp311-win_amd64.whl") == (2, "collecting soxr")
    assert headline("Installing collected packages: a, b, c") == (3, "installing 3 packages")
    assert headline("  Downloading numpy.whl (16 MB)") == (0, "")


class Terminal(io.StringIO):
    def isatty(self) -> bool:
        return True


def test_progress_on_a_terminal_is_one_line_that_ends_empty(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("COLUMNS", "40")
    terminal = Terminal()
    progress = Progress(terminal, 3)
    progress.say(2, "collecting a-package-with-a-rather-long-name-indeed")
    progress.say(3, "installing 28 packages")
    progress.close()
    frames = terminal.getvalue().split("\r")[1:]
    assert "\n" not in terminal.getvalue()
    assert {len(frame) for frame in frames[:-1]} == {39}
    assert frames[0].startswith("[2/3] collecting a-package")
    assert frames[0].rstrip().endswith("  0 s")
    assert any(frame.startswith("[3/3] installing 28 packages  0 s") for frame in frames)
    assert not "".join(frames[-2:]).strip()


def test_progress_in_a_log_is_one_line_per_change() -> None:
    log = io.StringIO()
    progress = Progress(log, 3)
    for text in ("collecting numpy", "collecting numpy", "collecting soxr"):
        progress.say(2, text)
    progress.close()
    assert log.getvalue() == "[2/3] collecting numpy\n[2/3] collecting soxr\n"


def test_empty_folder_removes_whatever_was_there(tmp_path: Path) -> None:
    path = tmp_path / ".venv"
    path.write_text("a file")
    empty_folder(path)
    (path / "deep").mkdir()
    (path / "deep" / "file").touch()
    empty_folder(path)
    assert path.is_dir()
    assert not list(path.iterdir())


@pytest.mark.skipif(os.name == "nt", reason="Windows lets few users make links")
def test_empty_folder_spares_what_a_link_points_to(tmp_path: Path) -> None:
    (tmp_path / "kept").mkdir()
    (tmp_path / "kept" / "file").touch()
    (tmp_path / ".venv").symlink_to(tmp_path / "kept")
    empty_folder(tmp_path / ".venv")
    assert (tmp_path / "kept" / "file").exists()
    assert not (tmp_path / ".venv").is_symlink()


PIP = "import sys; sys.exit(any('nobody' in word for word in sys.argv))"


def test_an_option_that_cannot_be_had_is_named_and_the_other_is_there(tmp_path: Path) -> None:
    (tmp_path / "pyproject.toml").write_text(
        "[project.optional-dependencies]\nvoice = ['a', 'b']\npanel = ['nobody-has-this', 'c']\ntrain = ['d']\n"
    )
    log, progress = io.StringIO(), Progress(io.StringIO(), 3)
    assert Environment(tmp_path).add_options([sys.executable, "-c", PIP], log, progress) == ["panel"]
    tried = [line.split(PIP)[1].split() for line in log.getvalue().splitlines() if PIP in line]
    assert tried == [["a", "b", "nobody-has-this", "c"], ["a", "b"], ["nobody-has-this", "c"]]


def test_the_options_are_extras_of_the_project() -> None:
    root = Path(trouble.__file__).parent.parent
    assert set(Environment(root).packages_of_options()) == set(OPTIONS)
