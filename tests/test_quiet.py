"""The library says nothing by itself, and sets up no logging for the program it is embedded in."""

from __future__ import annotations

import subprocess
import sys
import textwrap


def test_damaged_and_locked_documents_leave_nothing_on_standard_error():
    script = """
        import logging
        from attachguard import Policy, Scanner
        from tests.fixtures import all_samples
        scanner = Scanner(Policy.load("audit"), passwords=["wrong"])
        for name, build in all_samples().items():
            if name.startswith(("xls/", "doc/", "ppt/", "ooxmlenc/", "pdf/")):
                data = build()
                for piece in (data, data[: len(data) * 2 // 3]):
                    scanner.scan(piece, name=name.rpartition("/")[2], kind="file")
        assert not logging.getLogger().handlers
    """
    done = subprocess.run([sys.executable, "-c", textwrap.dedent(script)], check=True, capture_output=True, text=True)
    assert (done.stdout, done.stderr) == ("", "")


def test_what_others_log_is_still_heard(caplog):
    import logging

    from attachguard.readers.libraries import unheard

    with unheard("pikepdf._core"):
        logging.getLogger("pikepdf._core").error("about content")
    logging.getLogger("pikepdf._core").error("about something else")
    assert [record.message for record in caplog.records] == ["about something else"]
