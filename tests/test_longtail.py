"""libmagic: asked only where nothing of ours matched, and missing without harm."""

from __future__ import annotations

import subprocess
import sys
import threading

import pytest

from attachguard import Policy, Scanner
from attachguard.types.identify import identify, longtail
from tests.fixtures.zip import Member, archive


def test_it_says_what_is_in_use():
    assert longtail.available().startswith(("libmagic 5.", "no libmagic"))


def test_text_and_known_types_do_not_load_it():
    code = (
        "import sys; from attachguard.types.identify import identify;"
        "identify(b'Guten Tag' * 50, 'a.txt'); identify(b'%PDF-1.7' + bytes(99), 'a.pdf'); identify(b'PK\\3\\4' + bytes(99));"
        "assert 'magic' not in sys.modules and 'ctypes' not in sys.modules"
    )
    subprocess.run([sys.executable, "-c", code], check=True)


def test_each_thread_has_its_own_handle():
    engines = []
    threads = [
        threading.Thread(target=lambda: (longtail.guess(bytes(100)), engines.append(longtail._STATE.engine)))
        for _ in range(3)
    ]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    if longtail._engine() is not None:
        assert len({id(engine) for engine in engines}) == 3


def test_without_any_library_there_is_no_answer_and_no_error(monkeypatch):
    monkeypatch.setattr(longtail, "_STATE", longtail._State())
    monkeypatch.setitem(sys.modules, "magic", None)
    monkeypatch.setattr(longtail, "_bundled", lambda: None)
    assert longtail.guess(b"\x01\xda\x01\x01" + bytes(100)) == ""
    assert "install" in longtail.available()
    assert identify(bytes(range(7, 107))) == []


def test_the_bundled_library_is_used_where_the_system_has_none(monkeypatch):
    if longtail._bundled() is None:
        pytest.skip("pylibmagic is not installed")
    import os

    before = dict(os.environ)
    monkeypatch.setattr(longtail, "_STATE", longtail._State())
    monkeypatch.setitem(sys.modules, "magic", None)
    assert "pylibmagic" in longtail.available()
    assert longtail.guess(b"\x89PNG\r\n\x1a\n\0\0\0\rIHDR" + bytes(60)) == "png"
    assert dict(os.environ) == before
    assert "pylibmagic" not in sys.modules


def test_it_never_makes_a_program_of_anything():
    assert longtail.guess(b"MZ" + bytes(200)) == ""


def test_a_scan_asks_for_so_many_parts_and_then_says_that_it_looks_no_further(monkeypatch):
    """Thousands of members of nothing known cost what a thousand do."""
    asked = []
    monkeypatch.setattr(longtail, "guess", lambda data: asked.append(data) or "")
    monkeypatch.setattr(longtail, "_MOST", 3)
    content = bytes(range(128, 192))
    made = archive(*(Member(f"{number}.bin", content + bytes((number,))) for number in range(5)))
    report = Scanner(Policy.load("audit")).scan(made, name="a.zip")
    details = [finding.detail for finding in report.findings if finding.kind == "type-unknown"]
    assert len(asked) == 3
    assert details == 3 * ["no known signature or structure"] + 2 * [
        "no known signature or structure; too many of the kind to look further"
    ]
