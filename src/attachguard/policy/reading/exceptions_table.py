"""What a policy file says beside its rules: agreed exceptions, checks that somebody else carries out, sentences that no machine decides."""

from __future__ import annotations

import datetime as dt
from typing import Final

from attachguard.codes import CODES, OWN_FAILURES
from attachguard.model import Action
from attachguard.policy.judging.narrowing import OF_EXCEPTIONS, keys, read
from attachguard.policy.judging.records import CHECKS, NotDecidable, Waiver
from attachguard.policy.judging.rules import OWN_FAILURE_ACTIONS
from attachguard.policy.reading.values import Section

_WAIVER_KEYS: Final = ("name", "code", "codes", "action", "proven", "valid-from", "valid-until", "cite")
_SENTENCE_KEYS: Final = ("what", "because", "cite", "what-de", "because-de")


def read_waivers(top: Section, included: list[Waiver], today: dt.date | None) -> tuple[Waiver, ...]:
    """The `[[exception]]` tables: the file's own, then included ones."""
    waivers: list[Waiver] = []
    for path, table in top.tables("exception"):
        section = Section(top.document, path, table, (*_WAIVER_KEYS, *keys(OF_EXCEPTIONS)))
        waiver = _read_waiver(section)
        if today and waiver.ends and waiver.ends < today:
            section.document.warn(
                (*path, "valid-until"), f"the exception has ended on {waiver.ends}: remove it, or agree on a new date"
            )
        if section.text("name") and any(other.name == waiver.name for other in waivers):
            section.document.warn((*path, "name"), "another exception has it too: reports could not tell them apart")
        waivers.append(waiver)
    return (*waivers, *included)


def _read_waiver(section: Section) -> Waiver:
    codes = (*section.words("code", CODES, "reason code"), *section.words("codes", CODES, "reason code"))
    if "code" not in section and "codes" not in section:
        section.error("", 'an exception needs the reason codes that it lets through, as in codes = ["active-content"]')
    for code in sorted(OWN_FAILURES & set(codes)):
        section.error(
            "codes", f"{code} is the scanner's own failure: nobody can agree to let through what was not inspected"
        )
    action = section.choice("action", Action, Action.FLAG)
    if not action.delivers:
        section.error("action", "an exception lets something through: deliver or flag")
    begins, ends = section.validity()
    waiver = Waiver(
        name=section.text("name") or section.place.rpartition("/")[2],
        codes=frozenset(codes),
        action=action,
        given=read(OF_EXCEPTIONS, section),
        proven=section.flag("proven") is not False,
        begins=begins,
        ends=ends,
        cite=section.text("cite"),
        place=section.place,
    )
    if not waiver.names("mail", "file"):
        section.error("", "an exception for everybody is a rule: name a sender, recipient, case or fingerprint")
    return waiver


def read_checks(top: Section, included: list[dict[str, Action]], *, report_only: bool) -> dict[str, Action]:
    """The `[not-evaluated]` table: what a check leads to that nobody carried out."""
    section = top.section("not-evaluated", tuple(CHECKS))
    unchecked: dict[str, Action] = {}
    for each in included:
        unchecked.update(each)
    for key in CHECKS:
        if key not in section:
            continue
        action = section.choice(key, Action, Action.FLAG)
        if report_only and not action.delivers:
            section.error(key, 'a policy with mode = "report" refuses nothing: use flag or deliver')
        elif CHECKS[key] in OWN_FAILURES and not action.delivers and action not in OWN_FAILURE_ACTIONS:
            section.error(
                key, "a check that nobody made is not the sender's fault: use deliver, flag, defer or quarantine"
            )
        elif action is Action.DISCARD:
            section.error(
                key, "a check that nobody made must not make a mail vanish: use flag, defer, quarantine or reject"
            )
        unchecked[key] = action
    return unchecked


def read_sentences(top: Section, included: list[NotDecidable]) -> tuple[NotDecidable, ...]:
    """The `[[not-decidable]]` tables."""
    sentences: list[NotDecidable] = []
    for path, table in top.tables("not-decidable"):
        section = Section(top.document, path, table, _SENTENCE_KEYS)
        for key in ("what", "because"):
            if not section.text(key):
                section.error(key if key in section else "", f'{key} is missing: write {key} = "…"')
        sentences.append(
            NotDecidable(
                what=section.text("what"),
                because=section.text("because"),
                cite=section.text("cite"),
                what_de=section.text("what-de"),
                because_de=section.text("because-de"),
            )
        )
    return (*sentences, *included)
