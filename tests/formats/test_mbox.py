"""Mailboxes: each message is a part; a line in a message that begins like a separator is not one."""

from __future__ import annotations

import pytest

from attachguard.formats.mail import mbox as inspector
from attachguard.limits import Budget, Limits
from attachguard.part import Part
from attachguard.types.filetypes import filetype
from tests.fixtures import mbox


def messages(data):
    part = Part("a.mbox", data, role="attachment", budget=Budget(Limits()))
    part.load()
    part.types = [filetype("mbox")]
    found = list(inspector.inspect(part))
    for message in found:
        message.load()
    return found


@pytest.mark.parametrize("line_end", ["\n", "\r\n"])
def test_each_message_is_a_part(line_end):
    found = messages(mbox.mailbox(3, line_end))
    assert [message.name for message in found] == ["message-1.eml", "message-2.eml", "message-3.eml"]
    assert [message.data.rstrip() for message in found] == [
        mbox.message(number).replace("\n", line_end).rstrip().encode() for number in (1, 2, 3)
    ]


def test_a_separator_needs_a_blank_line_before_it():
    data = b"From a Mon Jun 01 10:00:00 2009\nSubject: x\n\nText\nFrom the text goes on.\n"
    assert len(messages(data)) == 1


def test_messages_are_identified_and_looked_into(scan):
    report = scan(mbox.mailbox(), "eingang.mbox")
    assert report.parts[0].type.id == "mbox"
    assert [part.type.id for part in report.parts if part.name.startswith("message-")] == ["eml"] * 3


def test_more_messages_than_the_budget_has_room_for_end_in_a_finding(codes):
    assert "resource-limit-exceeded" in codes(b"From a Mon Jun 01 10:00:00 2009\nA: b\n\nx\n\n" * 6_000, "a.mbox")
