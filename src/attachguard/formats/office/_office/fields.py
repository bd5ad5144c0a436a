"""Field codes of Word, as RTF and XML files write them: which of them run or fetch something.

`DDE` and `DDEAUTO` start a program and talk to it; `INCLUDEPICTURE`, `INCLUDETEXT`, `IMPORT`, `LINK` and `RD` fetch a file when the document is
opened or its fields are updated.

References: ECMA-376 part 1, section 17.16.5 (field definitions); Word's help on the DDE and DDEAUTO fields.
"""

from __future__ import annotations

import re
from collections.abc import Iterable, Iterator
from typing import TYPE_CHECKING, Final

from attachguard.formats.markup.shared import is_remote, shown
from attachguard.part import Part

if TYPE_CHECKING:
    from attachguard.inspector import Fact

_MOST_FINDINGS: Final = 20
#: A field begins at the start of the text or, nested, behind a mark or brace.
_DDE: Final = re.compile(r"(?:^|[\x01{}])\s*(DDE(?:AUTO)?)(?![A-Za-z0-9])(.{0,200})", re.IGNORECASE | re.DOTALL)
_FETCH: Final = re.compile(
    r"(?:^|[\x01{}])\s*(INCLUDEPICTURE|INCLUDETEXT|INCLUDE|IMPORT|LINK|RD)\s(.{0,1000})", re.IGNORECASE | re.DOTALL
)
_REMOTE: Final = re.compile(
    r"(?:https?|ftp|smb):/{1,3}[^\s\"]+|(?:\\\\){1,2}[^\s\\\"][^\s\"]+|file:[/\\]{2,}[^\s\"]+", re.IGNORECASE
)
_HOST: Final = re.compile(r"[a-z]*:?[/\\]*[^/\\]*", re.IGNORECASE)


def field_facts(part: Part, codes: Iterable[str]) -> Iterator[Fact]:
    """Facts about field codes.

    Args:
        part: the document.
        codes: the text of each field code.
    """
    said: set[str] = set()
    for code in codes:
        dynamic = _DDE.search(code)
        detail = key = ""
        if dynamic is not None:
            detail = key = f"DDE field: {dynamic[1].upper()} {shown(dynamic[2].strip())}"
        else:
            fetch = _FETCH.search(code)
            target = _REMOTE.search(fetch[2]) if fetch is not None else None
            if fetch is not None and target is not None:
                # Field codes write a backslash twice.
                url = target[0].replace("\\\\", "\\")
                url = "\\" + url if url.startswith("\\") and not url.startswith("\\\\") else url
                if is_remote(url):
                    detail = f"{fetch[1].upper()} field: {shown(url)}"
                    # A mail with twenty pictures from one host says one thing.
                    host = _HOST.match(url)
                    key = fetch[1].upper() + (host[0].lower() if host is not None else url)
        if detail and key not in said:
            said.add(key)
            yield part.finding("dde-field" if dynamic is not None else "fetching-field", detail)
            if len(said) >= _MOST_FINDINGS:
                return
