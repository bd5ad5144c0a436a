"""Attached files of a PDF (ISO 32000-2, 7.11): out, cleaned in their place, or left; the XML of an electronic invoice stays."""

from __future__ import annotations

from typing import Any

from attachguard.formats.pdf.facts import INVOICES
from attachguard.sanitizers.pdf.values import bytes_of, name_of
from attachguard.sanitizers.record import Work


class Attached:
    """The files attached to one PDF.

    Args:
        library: pikepdf.
        pdf: the file, opened.
        work: what is wanted, and notes what goes.
    """

    def __init__(self, library: Any, pdf: Any, work: Work) -> None:
        self._dictionary, self._stream, self._array = library.Dictionary, library.Stream, library.Array
        self._pdf = pdf
        self._work = work
        self._kept: set[tuple[int, int]] = set()
        self._all_files = work.wants("pdf-attachment")

    def remember_invoices(self) -> None:
        """Remember the XML of an electronic invoice, where it is clean by itself and the policy does not want it out."""
        if self._work.wants("pdf-invoice"):
            return
        for each in self._pdf.objects:
            if isinstance(each, self._dictionary) and "/EF" in each and self._file_name(each).lower() in INVOICES:
                for stream in self._streams(each):
                    content = self._content(stream)
                    child = self._work.child(self._file_name(each), content)
                    if child.data == content and content.lstrip(b"\xef\xbb\xbf \t\r\n").startswith(b"<"):
                        self._kept.add(each.objgen)

    def clean_tree(self, names: Any) -> None:
        """The list of attached files, without those that go."""
        kept: list[Any] = []
        waiting: list[Any] = [names["/EmbeddedFiles"]]
        seen: set[tuple[int, int]] = set()
        while waiting and len(seen) < self._work.budget.limits.parts:
            node = waiting.pop(0)
            if not isinstance(node, self._dictionary) or (node.is_indirect and node.objgen in seen):
                continue
            seen.add(node.objgen if node.is_indirect else (0, -len(seen)))
            kids, pairs = node.get("/Kids"), node.get("/Names")
            waiting += list(kids) if isinstance(kids, self._array) else []
            entries = list(pairs) if isinstance(pairs, self._array) else []
            for name, each in zip(entries[::2], entries[1::2], strict=False):
                if isinstance(each, self._dictionary) and each.is_indirect and each.objgen in self._kept:
                    kept += [name, each]
        if kept:
            names["/EmbeddedFiles"] = self._dictionary(Names=self._array(kept))
        else:
            del names["/EmbeddedFiles"]

    def clean_specification(self, holder: Any) -> None:
        """A file specification: its content goes, or is cleaned, or stays."""
        if holder.is_indirect and holder.objgen in self._kept:
            return
        name = self._file_name(holder)
        if self._all_files:
            content = next((self._content(stream) for stream in self._streams(holder)), b"")
            self._work.took("embedded-file", "pdf-attachment", f"PDF attachment: {name}", content, member=name)
            for key in ("/EF", "/RF"):
                if key in holder:
                    del holder[key]
        elif name in self._work.concerned:
            for stream in self._streams(holder):
                self._clean_stream(name, stream, holder)

    def _clean_stream(self, name: str, stream: Any, holder: Any) -> None:
        content = self._content(stream)
        child = self._work.child(name, content)
        if child.data is None:
            code, kind = child.reasons[0] if child.reasons else ("embedded-file", "pdf-attachment")
            self._work.took(code, kind, "attached file that is not accepted", content, member=name)
            if "/EF" in holder:
                del holder["/EF"]
        elif child.data != content:
            stream.write(child.data)
            if child.name:
                for key in ("/F", "/UF"):
                    if key in holder:
                        holder[key] = child.name
            if "/Params" in stream:
                del stream["/Params"]

    def _streams(self, specification: Any) -> list[Any]:
        held = specification.get("/EF")
        if not isinstance(held, self._dictionary):
            return []
        found: list[Any] = []
        for key in held.keys():  # noqa: SIM118 - not a mapping
            stream = held.get(key)
            if isinstance(stream, self._stream) and all(stream.objgen != each.objgen for each in found):
                found.append(stream)
        return found

    def _file_name(self, specification: Any) -> str:
        for key in ("/UF", "/F", "/Unix", "/DOS", "/Mac"):
            value = specification.get(key)
            if value is not None and not isinstance(value, (self._dictionary, self._stream, self._array)):
                return name_of(value)
        return ""

    def _content(self, stream: Any) -> bytes:
        return bytes_of(stream, self._work)
