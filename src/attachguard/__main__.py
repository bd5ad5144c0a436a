"""The program: `attachguard`, and `python -m attachguard`.

It loads nothing of the command line by itself, as that takes a few tenths of a second in which Ctrl-C would end in a traceback of imports.
"""

from __future__ import annotations

import os
import signal
import sys
from typing import Final, NoReturn

_REPAIR: Final = (
    "`pip check` names what is missing, and attachguard may be installed again with pip install --force-reinstall"
)


def main() -> int:
    """Run the command line; returns the exit status."""
    _stand_in()
    if hasattr(signal, "SIGCHLD"):
        # Who ignores it leaves that to whom he starts, and then a command that failed would look like one that did not.
        signal.signal(signal.SIGCHLD, signal.SIG_DFL)
    ours = (
        signal.getsignal(signal.SIGINT) is signal.default_int_handler
    )  # not where the signal is ignored, as under `nohup`
    if ours:
        signal.signal(signal.SIGINT, _leave)
    try:
        from attachguard.cli.main import main as run

        if ours:
            signal.signal(signal.SIGINT, signal.default_int_handler)
        return run()
    except ImportError as error:
        # A library of the system that has gone, a package that was removed by hand: nothing in the files that were to be scanned.
        sys.stderr.write(f"attachguard: this installation is broken: {error}; {_REPAIR}\n")
        return 2
    finally:
        if ours:  # who presses the keys once more while the interpreter ends must not see its complaints
            signal.signal(signal.SIGINT, _leave)


def _stand_in() -> None:
    """Have something in the place of standard streams that are closed: what is opened first would take their numbers, and get what libraries say."""
    for name, mode in (("stdin", "r"), ("stdout", "w"), ("stderr", "w")):
        if getattr(sys, name) is None:
            setattr(sys, name, open(os.devnull, mode, encoding="utf-8"))  # noqa: PTH123, SIM115 - open to the end


def _leave(_number: int, _frame: object) -> NoReturn:
    """End at once and without a word; there is nothing yet, or nothing any more, to put in order."""
    os._exit(130)


if __name__ == "__main__":
    raise SystemExit(main())
