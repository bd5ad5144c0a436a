"""The quarantine by itself: what the tests of the fronts cannot bring about."""

from __future__ import annotations

import pytest

from attachguard import Envelope
from attachguard.gateway.serve import quarantine
from attachguard.gateway.serve.quarantine import Full, Quarantine


def keep(store, *pieces):
    return store.keep(pieces, sum(map(len, pieces)), "http", "x", None, Envelope(), b"{}")


def test_mails_that_come_at_once_do_not_take_the_same_room(tmp_path):
    store = Quarantine(tmp_path, 1500)

    def pieces():
        yield b"x" * 500
        with pytest.raises(Full):
            keep(store, b"y" * 1000)
        yield b"x" * 500

    store.keep(pieces(), 1000, "http", "x", None, Envelope(), b"{}")
    assert keep(store, b"z" * 500)


def test_a_mail_that_is_being_looked_at_keeps_its_room(tmp_path):
    store = Quarantine(tmp_path, 1500)
    name = keep(store, b"x" * 1000)
    with store.taken(name), pytest.raises(Full):
        keep(store, b"y" * 1000)
    assert store.mail(name) is not None


def test_what_killed_programs_have_left_comes_back_or_goes_after_a_day_and_a_half(tmp_path, monkeypatch):
    store = Quarantine(tmp_path, 1500)
    name = keep(store, b"x" * 1000)
    (tmp_path / "new" / name).rename(tmp_path / "tmp" / f"{name}.held")
    half = tmp_path / "tmp" / "20261130T100000-0123456789ab"
    half.write_bytes(b"half a ma")
    assert Quarantine(tmp_path).mail(name) is None
    assert half.exists()
    monkeypatch.setattr(quarantine, "_STALE", -1)
    assert [entry.id for entry in Quarantine(tmp_path).entries()] == [name]
    assert not half.exists()
