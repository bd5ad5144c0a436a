"""What workbooks hold beside their sheets, in XML and in the binary form: macro sheets, links, connections, formulas that fetch or ask.

Values stay: a formula that depends on what goes leaves the value that it showed. References: ECMA-376 part 1, 18; [MS-XLSB].
"""

from __future__ import annotations

import re
from collections.abc import Callable, Iterable
from typing import Any, Final

from attachguard.formats.office._office.links import EXTERNAL
from attachguard.formats.office._office.xlslinks import formula_addresses
from attachguard.readers.references import USES, found_in, kind_of
from attachguard.sanitizers.openxml.binary import AUTOMATIC, records, rename_automatic, replace_books, without_sheets
from attachguard.sanitizers.openxml.package import Link, Package, local
from attachguard.sanitizers.openxml.unlink import remove, unlink
from attachguard.sanitizers.record import Refusal, Work

_MACRO_SHEETS: Final = frozenset({"xlmacrosheet", "xlintlmacrosheet"})
_BOOKS: Final = re.compile(r"\[(\d{1,5})\]")
_SERVICE: Final = re.compile(r"_xlfn\.(WEBSERVICE|IMAGE)\s*\((.{0,300})", re.IGNORECASE | re.DOTALL)
_LINKING: Final = re.compile(r"\b(HYPERLINK)\s*\(\s*\"([^\"]{1,2000})", re.IGNORECASE)
_ASKING: Final = re.compile(r"[\w.)\\\]]\|\s{0,20}(?:'[^!]{0,300}|[^!\s'\"&]{1,255})!", re.DOTALL)
_NAMED_MACRO: Final = re.compile(r"\b(?:EXEC|CALL|REGISTER(?:\.ID)?|FOPEN|INITIATE|EXECUTE)\(")


def macro_sheets(package: Package, work: Work) -> int:
    """Take the macro sheets out; how many there were."""
    links = [
        link for link in package.links
        if not link.external and (link.kind in _MACRO_SHEETS or "macrosheet" in package.media_type(link.target))
        and link.target in package.pack
    ]  # fmt: skip
    if not links:
        return 0
    for link in links:
        work.took(
            "macro-content", "xlm", "XLM macro sheet", package.read(link.target), member=package.actual(link.target)
        )
    source = links[0].source
    if source.endswith(".bin"):
        _binary_macro_sheets(package, source, links)
        return len(links)
    root = package.tree(source)
    idents = {link.id for link in links}
    sheets = [element for element in root.iter() if local(element) == "sheet"]
    users = [element for ident in idents for element, _ in package.users(source, ident)]
    gone = [element for element in sheets if any(element is user for user in users)]
    if len(gone) == len(sheets):
        raise Refusal("the workbook has no sheet but macro sheets")
    places = [index for index, element in enumerate(sheets) if any(element is each for each in gone)]
    names = [element.get("name", "") for element in gone]
    for link in links:
        unlink(package, link)
    _defined_names(root, places, names)
    for element in root.iter():
        if local(element) == "workbookView":
            for key in ("activeTab", "firstSheet"):
                value = element.get(key, "0")
                if value.isdigit() and value != "0":
                    element.set(key, str(max(0, int(value) - sum(place <= int(value) for place in places))))
    package.touch(source)
    for link in [link for link in package.links if link.kind == "calcchain"]:
        unlink(package, link)
    _stale_formulas(package, lambda formula: any(_mentions(formula, name) for name in names), (b"!",))
    return len(links)


def _binary_macro_sheets(package: Package, source: str, links: list[Link]) -> None:
    without_sheets(package, source, {link.id for link in links})
    rename_automatic(package, source)
    for link in links:
        package.cut(link)
        package.drop(link.target)
    for link in [link for link in package.links if link.kind == "calcchain"]:
        package.cut(link)


def _mentions(formula: str, sheet: str) -> bool:
    quoted = sheet.replace("'", "''")
    return f"{sheet}!" in formula or f"{quoted}'!" in formula


def _defined_names(root: Any, places: list[int], names: list[str]) -> None:
    """Names that point to sheets that went go too; those of one sheet keep it, although sheets are counted anew."""
    for element in [each for each in root.iter() if local(each) == "definedName"]:
        scope = element.get("localSheetId", "")
        formula = element.text or ""
        automatic = AUTOMATIC.match(element.get("name", "")) or element.get("xlm") in ("1", "true")
        if automatic or any(_mentions(formula, name) for name in names) or (scope.isdigit() and int(scope) in places):
            remove(element)
        elif scope.isdigit():
            element.set("localSheetId", str(int(scope) - sum(place < int(scope) for place in places)))
    for element in [each for each in root.iter() if local(each) == "definedNames" and len(each) == 0]:
        remove(element)


def macro_names(package: Package) -> None:
    """Names and shapes that call procedures: without macros they lead to nothing."""
    for name in package.names():
        content = package.read(name) if name.endswith((".xml", ".vml")) and name in package.pack else b""
        if b"vbProcedure" in content:
            for element in [each for each in package.tree(name).iter() if local(each) == "definedName"]:
                if element.get("vbProcedure") in ("1", "true"):
                    remove(element)
                    package.touch(name)
        if b"macro=" in content and b"<" in content:
            for element in package.tree(name).iter():
                if element.get("macro"):
                    element.set("macro", "")
                    package.touch(name)
        if b"FmlaMacro" in content and name.endswith(".vml"):
            package.pack.replace(name, re.sub(rb"<x:FmlaMacro>[^<]*</x:FmlaMacro>\s*", b"", content))


# -- links to other workbooks and to programs ------------------------------------------------------------------------------


def external_links(package: Package, work: Work) -> None:
    """Take out the links over DDE, to OLE objects and to other workbooks that are not wanted."""
    links = [link for link in package.links if link.kind == "externallink" and link.target in package.pack]
    _unrelated(package, work, {link.target for link in links})
    unwanted = [(link, reason) for link in links if (reason := _reason(package, link, work)) is not None]
    if not unwanted:
        return
    for link, reason in unwanted:
        work.took(*reason, package.read(link.target), member=package.actual(link.target))
    source = unwanted[0][0].source
    if source.endswith(".bin"):
        replace_books(package, source, {link.id for link, _ in unwanted})
        for link, _ in unwanted:
            package.cut(link)
        return
    # Formulas count the links, so all of them go; values stay.
    for link in links:
        if package.has(link) and link.source == source:
            unlink(package, link)
    root = package.tree(source)
    for element in [each for each in root.iter() if local(each) == "definedName" and _BOOKS.search(each.text or "")]:
        remove(element)
    for element in [
        each for each in root.iter() if local(each) in ("definedNames", "externalReferences") and len(each) == 0
    ]:
        remove(element)
    package.touch(source)
    _stale_formulas(package, lambda formula: _BOOKS.search(formula) is not None, (b"[",))


def _unrelated(package: Package, work: Work, known: set[str]) -> None:
    """Links over DDE in parts that nothing leads to."""
    for name in package.names():
        if name not in known and package.media_type(name) == "application/vnd.ms-excel.externallink":
            content = package.read(name)
            if _binary_book(content)[0] and work.wants("dde-link"):
                work.took("active-content", "dde-link", "DDE link", content, member=package.actual(name))
                package.drop(name)


def _reason(package: Package, link: Link, work: Work) -> tuple[str, str, str] | None:
    content = package.read(link.target)
    if link.target.endswith(".bin"):
        dynamic, linked = _binary_book(content)
        words = "DDE link"
    else:
        kinds = {local(element) for element in package.tree(link.target)}
        dynamic, linked = "ddeLink" in kinds, "oleLink" in kinds
        words = "DDE link"
    if dynamic:
        return ("active-content", "dde-link", words) if work.wants("dde-link") else None
    if linked:
        return (
            ("external-reference", "ole-link", "linked OLE object")
            if work.wants("ole-link", "ole-link-remote")
            else None
        )
    for each in package.of(link.target):
        kind = kind_of(EXTERNAL.get(each.kind, USES["workbook"]), each.target) if each.external else ""
        if kind and work.wants(kind):
            return "external-reference", kind, "linked workbook"
    return None


def _binary_book(content: bytes) -> tuple[bool, bool]:
    """Whether an external link in binary form is one over DDE, or to an OLE object ([MS-XLSB] 2.4.270)."""
    for kind, body in records(content):
        if kind == 360 and len(body) >= 2:
            return body[:2] == b"\1\0", body[:2] == b"\2\0"
    return False, False


def _stale_formulas(package: Package, stale: Callable[[str], bool], words: Iterable[bytes]) -> None:
    """Formulas that a question says yes to go; the values that they showed stay.

    Args:
        package: the workbook.
        stale: the question.
        words: of which one is in every sheet that has such a formula; the others are not read.
    """
    words = tuple(words)
    for link in [link for link in package.links if link.kind in ("worksheet", "chartsheet", "dialogsheet")]:
        name = link.target
        if name not in package.pack or not name.endswith(".xml"):
            continue
        content = package.read(name)
        if any(word in content for word in words) and _stale_in(package.tree(name), stale):
            package.touch(name)


def _stale_in(root: Any, stale: Callable[[str], bool]) -> bool:
    """Take what is stale out of one sheet; whether there was anything."""
    gone: list[Any] = []
    shared: set[str] = set()
    for element in root.iter():
        kind = local(element)
        if kind == "f":
            common = element.get("si") if element.get("t") == "shared" else None
            if stale(element.text or ""):
                gone.append(element)
                shared |= {common} if common else set()
            elif common in shared:
                gone.append(element)
        elif kind in ("cfRule", "dataValidation"):
            if any(stale(each.text or "") for each in element.iter() if local(each).startswith(("formula", "f"))):
                gone.append(element)
        elif kind == "oleObject" and element.get("link") and stale(element.get("link")):
            gone.append(element)
    for element in gone:
        remove(element)
    for element in list(root.iter()) if gone else ():
        if local(element) in ("dataValidations", "conditionalFormatting") and len(element) == 0:
            remove(element)
        elif local(element) == "dataValidations" and element.get("count"):
            element.set("count", str(len(element)))
    return bool(gone)


# -- connections and functions that fetch ----------------------------------------------------------------------------------


def connections(package: Package, work: Work) -> None:
    """Connections stay as names of what was there; where they led, what they asked and when they ran goes (18.13)."""
    for link in [link for link in package.links if link.kind == "connections" and link.target in package.pack]:
        name = link.target
        if name.endswith(".bin"):
            # Nothing in the workbook names its list of connections; queries of sheets count what is in it.
            if work.wants("data-connection", "network-path", "protocol-moniker"):
                if any(each.kind == "querytable" for each in package.links):
                    raise Refusal("queries of binary workbooks are not rewritten")
                work.took(
                    "external-reference",
                    "data-connection",
                    "data connections",
                    package.read(name),
                    member=package.actual(name),
                )
                package.cut(link)
                package.drop(name)
            continue
        for element in [each for each in package.tree(name) if local(each) == "connection"]:
            if not _leads_out(element):
                continue
            if not work.wants("data-connection"):
                continue
            from lxml import etree

            work.took(
                "external-reference",
                "data-connection",
                "data connection",
                etree.tostring(element),
                member=package.actual(name),
            )
            for child in list(element):
                element.remove(child)
            for key in list(element.attrib):
                if key not in ("id", "name", "type", "refreshedVersion", "description"):
                    del element.attrib[key]
            element.set("deleted", "1")
            package.touch(name)


def _leads_out(element: Any) -> bool:
    places = [element.get("sourceFile", ""), element.get("odcFile", "")]
    for child in element:
        places += [child.get(key, "") for key in ("url", "sourceFile", "connection")]
    return any(place and not place.lower().startswith(("provider=microsoft.mashup", "$workbook$")) for place in places)


def formulas(package: Package, work: Work) -> None:
    """Formulas that fetch from a server, ask a program, or lead to more than a page leave the value that they showed; names that do so go."""
    found: dict[str, tuple[str, str, str]] = {}

    def unwanted(formula: str) -> bool:
        reason = unwanted_formula(formula, work)
        if reason is not None:
            found[formula] = reason
        return reason is not None

    _stale_formulas(package, unwanted, (b"_xlfn.", b"|", b"YPERLINK", b"yperlink", b"&#", b"<![CDATA["))
    for name in [name for name in package.names() if name.endswith(".xml") and b"definedName" in package.read(name)]:
        for element in [each for each in package.tree(name).iter() if local(each) == "definedName"]:
            formula = element.text or ""
            if _NAMED_MACRO.search(formula) is not None and work.wants("xlm"):
                found[formula] = ("macro-content", "xlm", "XLM in a name")
            elif not unwanted(formula):
                continue
            remove(element)
            package.touch(name)
    for formula, reason in found.items():
        work.took(*reason, formula.encode("utf-8", "replace"))
    for name in package.names():
        if name.endswith(".bin") and package.media_type(name).startswith("application/vnd.ms-excel."):
            _blank_links(package, name, work)


def _blank_links(package: Package, name: str, work: Work) -> None:
    """Blanks take the place of the address in a link that a formula of a binary sheet makes."""
    content = package.read(name)
    new = content
    for address, start, end in formula_addresses(content, binary_package=True):
        kind = kind_of(USES["link"], address)
        if kind and work.wants(kind):
            said = address.encode("utf-8", "replace")
            work.took("external-reference", kind, f"function HYPERLINK: {address}", said, member=package.actual(name))
            new = new[:start] + b" \0" * ((end - start) // 2) + new[end:]
    if new != content:
        package.pack.replace(name, new)


def unwanted_formula(formula: str, work: Work) -> tuple[str, str, str] | None:
    """Reason code, kind and detail of a formula that is not wanted; None for one that stays."""
    if _ASKING.search(formula) is not None and work.wants("dde-formula"):
        return "active-content", "dde-formula", "DDE formula"
    for words, use in ((_SERVICE, USES["function"]), (_LINKING, USES["link"])):
        for call in words.finditer(formula):
            kind, _address = found_in(use, call[2].lstrip(' "'))
            kind = kind or ("fetching-function" if words is _SERVICE else "")
            if kind and work.wants(kind):
                return "external-reference", kind, f"spreadsheet function {call[1].upper()}"
    return None
