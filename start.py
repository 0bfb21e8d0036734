"""Install Dawbridge into `.venv` beside this file, then start it. Needs Python 3.11 and nothing else.

python3 start.py                 install, then play the demo
python3 start.py test            install with the test tools, then run every check (further words go to pytest)
python3 start.py install reaper  install, then put the scripts into REAPER (or ableton, or ardour)
python3 start.py panel           install, then open the panel in your browser
python3 start.py up              install, then leave the bridge running for your DAW
python3 start.py WORD ...        install, then run `dawbridge WORD ...`
python3 start.py --help          this text

The first run takes about a minute and shows what it does; later runs start at once.
"""

# In words that Python 2.7 can read, types in comments, so that an old Python ends in a sentence and not in a traceback.
from __future__ import print_function

import os
import subprocess
import sys

OLDEST = (3, 11)


def too_old(version):
    # type: (tuple[int, int]) -> str
    """The sentence for a Python that is too old; empty for one that will do."""
    if version >= OLDEST:
        return ""
    return (
        "Dawbridge needs Python %d.%d or newer; this is %d.%d. Install a newer one beside it and start with that,"
        " for instance `python3.12 start.py`." % (OLDEST + version)
    )


def command_for(words, python, dawbridge):
    # type: (list[str], str, str) -> list[str]
    """What to run inside the environment for the words after `start.py`."""
    if words[:1] == ["test"]:
        return [python, "-m", "tests.check"] + words[1:]
    if not words or words[0].startswith("-"):
        words = ["demo"] + words
    return [dawbridge] + words


def become(command):
    # type: (list[str]) -> int
    """Hand terminal and signals over to the command, and return its exit status where that leaves us here."""
    sys.stdout.flush()
    sys.stderr.flush()
    if os.name != "nt":
        os.execv(command[0], command)
    process = subprocess.Popen(command)
    while True:
        try:
            return process.wait()
        except KeyboardInterrupt:
            # The console sent Ctrl-C to the command as well, and the command has the last word.
            continue


def main(words):
    # type: (list[str]) -> int
    complaint = too_old(sys.version_info[:2])
    if complaint:
        print(complaint, file=sys.stderr)
        return 1
    if words[:1] in (["-h"], ["--help"]):
        print(__doc__)
        return 0
    from installer.environment import Environment
    from installer.trouble import Trouble

    environment = Environment(os.path.dirname(os.path.abspath(__file__)))
    testing = words[:1] == ["test"]
    try:
        environment.prepare("test" if testing else "", sys.stderr)
    except Trouble as trouble:
        print(trouble, file=sys.stderr)
        return 1
    except KeyboardInterrupt:
        print("Stopped before it was complete: run the same command again to go on.", file=sys.stderr)
        return 130
    if testing:
        os.chdir(str(environment.root))
    return become(command_for(words, str(environment.python), str(environment.tool("dawbridge"))))


if __name__ == "__main__":
    sys.exit(main(sys.argv[1:]))
