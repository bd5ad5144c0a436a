"""What a `[[bound]]` can bound: one record each, with all that there is to say about it.

To add one, add its record here, a word to the block in `docs/policies.md`, and a sample to `tests/policies/test_bounds_exceptions.py`, which fails
for a record that nobody has tried.
"""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from typing import Final, NamedTuple

from attachguard.model import Envelope
from attachguard.part import Part
from attachguard.policy.judging.rule_conditions import Sentence


class Counted(NamedTuple):
    """What is measured.

    Args:
        octets: those of the message as they came over the wire.
        parts: every part.
        attachments: those of the message itself; for a bound on each file only that one.
        envelope: what the mail server knows.
    """

    octets: int
    parts: Sequence[Part]
    attachments: Sequence[Part]
    envelope: Envelope


class Measure(NamedTuple):
    """One thing that can be bounded.

    Args:
        on: its word in the file.
        code: the reason code of what goes past a bound.
        advised: the kind of finding where the bound is only an advice.
        octets: whether it is a size, which needs a unit.
        each: whether it is measured of each file by itself, so that a bound may depend on the file's type.
        amounts: how it is measured, by `basis`; an empty one where there is only one way.
        sentence: a sentence with its place for the figure.
    """

    on: str
    code: str
    advised: str
    octets: bool
    each: bool
    amounts: Mapping[str, Callable[[Counted], int]]
    sentence: Sentence


def _attached(counted: Counted) -> int:
    return sum(part.size or 0 for part in counted.attachments)


def _decoded(counted: Counted) -> int:
    return sum(part.size or 0 for part in counted.parts if part.role in ("body", "inline")) + _attached(counted)


#: Every measure, in the order in which they are judged.
MEASURES: Final = (
    Measure(
        on="message-size",
        code="message-too-large",
        advised="message-size-advised",
        octets=True,
        each=False,
        amounts={"wire": lambda counted: counted.octets, "decoded": _decoded},
        sentence=("The whole message has at most {most}", "Die ganze Nachricht hat höchstens {most}"),
    ),
    Measure(
        on="attachment-size",
        code="attachment-too-large",
        advised="attachment-size-advised",
        octets=True,
        each=True,
        amounts={"": _attached},
        sentence=("One attachment has at most {most}", "Eine Anlage hat höchstens {most}"),
    ),
    Measure(
        on="attachments-size",
        code="attachment-too-large",
        advised="attachment-size-advised",
        octets=True,
        each=False,
        amounts={"": _attached},
        sentence=("All attachments together have at most {most}", "Alle Anlagen zusammen haben höchstens {most}"),
    ),
    Measure(
        on="attachments",
        code="too-many-attachments",
        advised="attachments-advised",
        octets=False,
        each=False,
        amounts={"": lambda counted: len(counted.attachments)},
        sentence=("A message has at most {most} attachments", "Eine Nachricht hat höchstens {most} Anlagen"),
    ),
    Measure(
        on="recipients",
        code="too-many-recipients",
        advised="recipients-advised",
        octets=False,
        each=False,
        amounts={"": lambda counted: len(counted.envelope.recipients)},
        sentence=("A message has at most {most} recipients", "Eine Nachricht hat höchstens {most} Empfänger"),
    ),
)

BOUNDS: Final = {measure.on: measure for measure in MEASURES}
