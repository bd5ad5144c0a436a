"""Streaming parser of mail: bytes in, leaves out, no I/O (RFC 5322, RFC 2045-2049, RFC 2231, RFC 2047).

`parser` goes through the input; `delimiters` finds the lines that end a body, `entity` reads a header block, `signed` keeps apart what a signature
covers, `record` gathers what there is to tell, as the `events` that the parser's caller gets.

Why our own: the standard library's parser wants the whole message, copies each body several times and takes four times the cost of everything else
that is done to a mail here.
"""

from attachguard.mail.message.entity import ELSEWHERE, Entity, Span
from attachguard.mail.message.events import Event, EventKind
from attachguard.mail.message.parser import MessageParser
from attachguard.mail.message.record import Record

__all__ = ["ELSEWHERE", "Entity", "Event", "EventKind", "MessageParser", "Record", "Span"]
