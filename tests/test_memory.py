"""What a scan has held is gone with it: nothing of a message waits for the garbage collector, which comes when it likes."""

from __future__ import annotations

import gc
from collections.abc import Iterator

import pytest

from attachguard import Policy, Scanner
from attachguard.context import Context
from attachguard.part import Part
from tests.fixtures import all_samples
from tests.gateway.mails import mail

GROUPS = 4
#: Every fourth sample: all formats have some.
SAMPLES = list(all_samples().items())[::4]


def held() -> int:
    """Parts and contexts that somebody still has."""
    return sum(type(each) in (Part, Context) for each in gc.get_objects())


def scans(group: int) -> Iterator[str]:
    """Scan each sample of a group as a file and as an attachment; gives its name after that."""
    scanner = Scanner(Policy.load("strict"), rewrite=True)
    for name, build in SAMPLES[group::GROUPS]:
        content, short = build(), name.rpartition("/")[2]
        scanner.scan(content, name=short)
        scanner.scan(mail(short, content), kind="message")
        yield name


@pytest.mark.parametrize("group", range(GROUPS))
def test_no_part_of_what_was_scanned_stays(group):
    # What is loaded by the first scan of a kind may keep something of it; the second may not.
    for _ in scans(group):
        pass
    gc.collect()
    before = held()
    gc.disable()
    try:
        for number, name in enumerate(scans(group)):
            if number % 16 == 0:
                assert held() == before, f"at {name} or one of the sixteen before it"
        assert held() == before
    finally:
        gc.enable()
