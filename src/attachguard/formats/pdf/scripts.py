"""JavaScript in PDF (ISO 32000-2, 12.6.4.17): where it hangs, and whether it is more than a form's own formatting.

Acrobat writes calls of its own functions (`AFNumber_Format`, `AFSimple_Calculate`, …) into every form whose fields have a format or a sum. Viewers
have these functions built in, so a form without another line of script acts by its fields only. It is a kind of its own; anything else in a script,
be it a comment, is script like any other.
"""

from __future__ import annotations

import re
from collections import Counter
from collections.abc import Iterator
from typing import Final

from attachguard.formats.pdf.actions import Places
from attachguard.formats.pdf.file import Document
from attachguard.formats.pdf.syntax import Stream, Value, text
from attachguard.inspector import Fact
from attachguard.part import Part
from attachguard.types.filetypes import filetype

#: Decoded bytes of one script, of all of them, and distinct scripts of one file.
_SCRIPT: Final = 8 << 20
_ALL_SCRIPTS: Final = 16 << 20
_SCRIPTS: Final = 10_000
#: Scripts whose text is read at all, the same ones too.
_READ: Final = 20_000
#: Findings of one kind about one file.
_LISTED: Final = 50

#: Functions of Acrobat's form plug-in that format, check or sum up fields (Acrobat JavaScript, AForm.js).
_FUNCTIONS: Final = rb"AF(?:Number|Percent|Date|Time|Special)_(?:Format|Keystroke)(?:Ex)?|AFSimple_Calculate|AFRange_Validate|AFMergeChange"
#: Arguments that are written out: numbers, words without an escape, and lists of them. Each alternative begins with another letter, so that no text
#: makes the search go back.
_WORD: Final = rb"""(?:"[^"\\\r\n]{0,500}"|'[^'\\\r\n]{0,500}'|-?\d[\d.]{0,20}|true|false|null)"""
_LIST: Final = (
    rb"(?:new\s{1,4}Array\s{0,4}\(\s{0,9}(?:%b\s{0,9},?\s{0,9}){0,500}\)|\[\s{0,9}(?:%b\s{0,9},?\s{0,9}){0,500}\])"
    % (
        _WORD,
        _WORD,
    )
)
_CALL: Final = re.compile(
    rb"\s{0,99}(?:%b)\s{0,4}\(\s{0,9}(?:(?:%b|%b)\s{0,9},?\s{0,9}){0,20}\)\s{0,9}(?:;\s{0,99}|$)"
    % (_FUNCTIONS, _WORD, _LIST)
)
#: Longest script that is looked at for such calls, and how many it makes.
_FORM_SCRIPT: Final = 8192
_CALLS: Final = 20


def only_form_functions(source: bytes) -> bool:
    """Whether a script does nothing but call Acrobat's own functions for fields, with arguments that are written out."""
    if not source.strip() or len(source) > _FORM_SCRIPT:
        return False
    at = 0
    for _ in range(_CALLS):
        call = _CALL.match(source, at)
        if call is None:
            return False
        at = call.end()
        if at == len(source):
            return True
    return False


def scripts(
    part: Part,
    document: Document,
    found: list[tuple[int, tuple[str, ...], Value]],
    places: Places,
    *,
    locked: bool,
    given: set[int],
) -> Iterator[Fact]:
    """Where a file's scripts hang, and their text for the rules.

    Args:
        part: the PDF.
        document: its objects.
        found: number of the object, keys that lead to the action, and the script of each.
        places: names what starts them.
        locked: whether their text is encrypted and stays so.
        given: hashes of contents that another reading has given already; added to.
    """
    where: dict[str, Counter[str]] = {"pdf-javascript": Counter(), "pdf-form-function": Counter()}
    sources: set[bytes] = set()
    read: dict[Value, bool] = {}
    left = _ALL_SCRIPTS
    room = _READ
    for number, path, script in found:
        part.budget.check_time()
        key = script if isinstance(script, (tuple, bytes)) and not isinstance(script, Stream) else None
        harmless = read.get(key) if key is not None else None
        if harmless is None:
            full = len(sources) >= _SCRIPTS or left <= 0 or room <= 0
            versions = () if full or locked else (script, *document.earlier(script))
            room -= len(versions)
            harmless = bool(versions)
            for version in versions:
                source = _source(document, version, left)
                harmless = harmless and only_form_functions(source)
                if source.strip() and source not in sources:
                    left -= len(source)
                    sources.add(source)
            if key is not None:
                read[key] = harmless
        where["pdf-form-function" if harmless else "pdf-javascript"][places.name(number, path)] += 1
    for kind, words in (("pdf-javascript", "PDF JavaScript"), ("pdf-form-function", "PDF form functions")):
        for place, times in where[kind].most_common(_LISTED):
            yield part.finding(kind, f"{words}: {place}" + (f" ({times} scripts)" if times > 1 else ""))
    if left <= 0 or room <= 0 or len(sources) >= _SCRIPTS:
        yield part.finding(
            "resource-limit-exceeded", f"PDF: more script than {_ALL_SCRIPTS} bytes or {_SCRIPTS} pieces"
        )
    # In the order of their text, not of the file: a form that is filled in and saved again keeps the fingerprint of its scripts.
    content = b"\n".join(sorted(sources))
    if content and hash(content) not in given:
        given.add(hash(content))
        yield part.layer("javascript", content, filetype("js"))


def _source(document: Document, script: Value, most: int) -> bytes:
    script = document.resolve(script)
    if isinstance(script, Stream):
        script = document.content_up_to(script, min(_SCRIPT, most))
    if not isinstance(script, bytes):
        return b""
    return text(script[:most]).encode("utf-8", "replace")
