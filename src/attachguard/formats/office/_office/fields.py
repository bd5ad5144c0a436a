"""Field codes of Word, as RTF, binary and XML files write them: which of them run or fetch something.

`DDE` and `DDEAUTO` start a program and talk to it; `INCLUDEPICTURE`, `INCLUDETEXT`, `IMPORT`, `LINK`, `DATABASE` and `RD` fetch a file when the
document is opened or its fields are updated; `HYPERLINK` leads where a click goes.

References: ECMA-376 part 1, section 17.16.5 (field definitions); Word's help on the DDE and DDEAUTO fields.
"""

from __future__ import annotations

import re
from collections import Counter
from collections.abc import Iterable, Iterator
from typing import TYPE_CHECKING, Final

from attachguard.errors import LimitExceeded
from attachguard.formats.markup.shared import shown
from attachguard.later import later
from attachguard.part import Part
from attachguard.readers.references import USES, Use, found_in

if TYPE_CHECKING:
    from attachguard.inspector import Fact

_MOST_FINDINGS: Final = 20
#: Fields that are taken apart.
_MOST_FIELDS: Final = 50_000
#: What taking one apart takes, see `Budget.spare`; the same again says nothing new.
_LOOKS: Final = 2
#: What makes it worth taking a code apart: words of fields that run or fetch, and what no ordinary link to the web has.
TELLING: Final = later(
    r"DDE|INCLUDE|IMPORT|DATABASE|\bLINK\b|\bRD\b|\\\\|file:|smb:|dav|script|ms-|search|mk:|its:|mhtml|soap|shell:|jnlp",
    re.IGNORECASE,
)
#: A field begins at the start of the text or, nested, after a mark or brace.
_DDE: Final = later(r"(?:^|[\x01{}])\s*(DDE(?:AUTO)?)(?![A-Za-z0-9])(.{0,200})", re.IGNORECASE | re.DOTALL)
_FETCH: Final = later(
    r"(?:^|[\x01{}])\s*(INCLUDEPICTURE|INCLUDETEXT|INCLUDE|IMPORT|LINK|DATABASE|RD|HYPERLINK)(?![A-Za-z0-9])(.{0,2000})",
    re.IGNORECASE | re.DOTALL,
)
_USES: Final[dict[str, Use]] = {
    "INCLUDEPICTURE": USES["picture"]._replace(kind="fetching-field"),
    "IMPORT": USES["picture"]._replace(kind="fetching-field"),
    "HYPERLINK": USES["link"],
    # An object of OLE, whatever program serves it: what comes from the web may be a script.
    "LINK": USES["object"]._replace(kind="fetching-field", anywhere=False),
}
#: A word of a code: quoted, or up to a blank. Switches are a backslash and one letter.
_WORD: Final = later(r"\"([^\"]*)\"?|\u201c([^\u201d\"]*)[\u201d\"]?|(\S+)")
_SWITCH: Final = later(r"\\.?\Z", re.DOTALL)
_MOST_WORDS: Final = 20
_HOST: Final = later(r"[a-z]*:?[/\\]*[^/\\]*", re.IGNORECASE)


def field_facts(part: Part, codes: Iterable[str]) -> Iterator[Fact]:
    """Facts about field codes.

    Args:
        part: the document.
        codes: the text of each field code.

    Raises:
        LimitExceeded: there are too many.
    """
    said: set[str] = set()
    seen: set[str] = set()
    counts: Counter[str] = Counter()
    for number, code in enumerate(codes):
        if number >= _MOST_FIELDS:
            raise LimitExceeded("parts", f"more than {_MOST_FIELDS} fields that may run or fetch something")
        if code in seen:
            continue
        seen.add(code)
        part.budget.look("fields that may run or fetch something", _LOOKS)
        dynamic = _DDE.search(code)
        if dynamic is not None:
            if counts["dde-field"] >= _MOST_FINDINGS:
                continue
            kind, detail = "dde-field", f"DDE field: {dynamic[1].upper()} {shown(dynamic[2].strip())}"
            key = detail
        else:
            fetch = _FETCH.search(code)
            kind, address = target(fetch[1].upper(), fetch[2]) if fetch is not None else ("", "")
            if fetch is None or not kind:
                continue
            detail = f"{fetch[1].upper()} field: {shown(address)}"
            # A mail with twenty pictures from one host says one thing.
            host = _HOST.match(address)
            key = kind + fetch[1].upper() + (host[0].lower() if host is not None else address)
        # Many of one kind say nothing new, and hide none of another.
        if key not in said and counts[kind] < _MOST_FINDINGS:
            said.add(key)
            counts[kind] += 1
            yield part.finding(kind, detail)


def target(name: str, arguments: str) -> tuple[str, str]:
    """Where a field leads to, and the kind of that; two empty strings where it leads nowhere that matters."""
    use = _USES.get(name, USES["field"])
    for number, word in enumerate(_WORD.finditer(arguments)):
        if number >= _MOST_WORDS:
            break
        text = (word[1] or word[2] or word[3] or "").strip()
        if not text or _SWITCH.match(text):
            continue
        # Field codes write a backslash twice.
        address = text.replace("\\\\", "\\")
        address = "\\" + address if address.startswith("\\") and not address.startswith("\\\\") else address
        kind, address = found_in(use, address)
        if kind:
            return kind, address
    return "", ""
