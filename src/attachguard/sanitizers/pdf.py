"""PDF (ISO 32000-2): actions that run or reach outside, XFA, multimedia, attached files.

qpdf, through pikepdf, reads and writes the file; what is taken out is found by a walk of our own over every object and every container in it, so no
place is missed where an action can hang: catalog, names, pages, annotations, fields, outlines, structure, private data, chains behind kept actions.
Saving leaves behind what nothing refers to any more, and every older revision.
"""

from __future__ import annotations

import io
from typing import Any, Final

from attachguard.formats.pdf.actions import reference_kind
from attachguard.formats.pdf.facts import INVOICES
from attachguard.readers.libraries import by_pybind, unheard
from attachguard.sanitizers.record import Cleaned, Refusal, Work

TYPES: Final = frozenset({"pdf"})
REMOVES: Final = {
    "pdf-javascript": "scripts, wherever they hang; a harmless action behind one stays",
    "pdf-launch": "actions that start a program",
    "pdf-reference": "form submission, data import, links into other documents, addresses that open by themselves",
    "pdf-multimedia": "sound, film, 3D and rich media: the annotation stays without its content",
    "pdf-xfa-form": "XFA, where the form has ordinary fields as well",
    "pdf-attachment": "attached files, portfolios; the XML of an electronic invoice stays where it is clean",
}
KEEPS: Final = (
    "Pages, text, outlines, web links, form fields and their values, layers, metadata, thumbnails; encryption with the empty password, rights, and "
    "linearization are as before."
)
REFUSES: Final = "Signed files, files that need a password, forms that are XFA only, and files whose cross-reference table has to be guessed."

#: Types of actions by the kind of fact that they are, and their words.
_ACTIONS: Final = {
    "/JavaScript": ("active-content", "pdf-javascript", "PDF JavaScript"),
    "/Launch": ("active-content", "pdf-launch", "PDF Launch"),
    "/SubmitForm": ("external-reference", "pdf-reference", "PDF form submission"),
    "/ImportData": ("external-reference", "pdf-reference", "PDF data import"),
    "/GoToR": ("external-reference", "pdf-reference", "PDF link to another document"),
    "/GoToE": ("external-reference", "pdf-reference", "PDF link into another document"),
    "/Rendition": ("multimedia-content", "pdf-multimedia", "PDF rendition"),
    "/Movie": ("multimedia-content", "pdf-multimedia", "PDF film"),
    "/Sound": ("multimedia-content", "pdf-multimedia", "PDF sound"),
    "/RichMediaExecute": ("multimedia-content", "pdf-multimedia", "PDF rich media"),
    "/GoTo3DView": ("multimedia-content", "pdf-multimedia", "PDF 3D view"),
}
#: What media annotations hold.
_MEDIA: Final = {
    "/RichMedia": ("/RichMediaContent", "/RichMediaSettings"),
    "/3D": ("/3DD", "/3DA", "/3DV"),
    "/Sound": ("/Sound",),
    "/Movie": ("/Movie", "/A"),
    "/Screen": ("/A", "/AA", "/MK"),
}
_DEEPEST: Final = 200
_CHAIN: Final = 1000
_SCRIPT: Final = 8 << 20
_FAILURES: Final = (RuntimeError, ValueError, TypeError, KeyError, AttributeError, IndexError, NotImplementedError)


@by_pybind
def sanitize(work: Work) -> Cleaned:
    """The file without what is not wanted."""
    import pikepdf

    try:
        with (
            unheard("pikepdf._core"),
            pikepdf.open(io.BytesIO(work.data), password="") as pdf,
        ):  # the password of nobody
            if any("reconstruct" in str(warning) for warning in pdf.get_warnings()):
                raise Refusal("the cross-reference table is damaged, and another reader may see another document")
            _Cleaner(pikepdf, pdf, work).run()
            return Cleaned(_saved(pdf))
    except pikepdf.PasswordError as error:
        raise Refusal("encrypted: it cannot be changed, only kept back") from error
    except (pikepdf.PdfError, *_FAILURES) as error:
        raise Refusal(f"too damaged to be rewritten ({type(error).__name__})") from error


def _saved(pdf: Any) -> bytes:
    target = io.BytesIO()
    pdf._count_orphaned_widgets = lambda: 0  # noqa: SLF001 - a warning of the library about fields that only pages refer to
    pdf.save(
        target,
        encryption=True if pdf.is_encrypted else None,
        linearize=bool(pdf.is_linearized),
        fix_metadata_version=False,
        deterministic_id=not pdf.is_encrypted,
    )
    return target.getvalue()


class _Cleaner:
    """One pass over one file."""

    def __init__(self, library: Any, pdf: Any, work: Work) -> None:
        self._dictionary, self._stream, self._array, self._name = (
            library.Dictionary, library.Stream, library.Array, library.Name,
        )  # fmt: skip
        self._pdf = pdf
        self._work = work
        self._kept: set[tuple[int, int]] = set()
        self._all_files = work.wants("pdf-attachment")

    def run(self) -> None:
        root = self._pdf.Root
        self._xfa(root)
        self._invoices()
        self._document_scripts(root)
        if self._all_files:
            names = root.get("/Names")
            if isinstance(names, self._dictionary) and "/EmbeddedFiles" in names:
                self._file_tree(names)
            if "/Collection" in root:
                del root["/Collection"]
        # Usage rights are nobody's signature, and they do not survive a change.
        permissions = root.get("/Perms")
        if isinstance(permissions, self._dictionary) and ("/UR3" in permissions or "/UR" in permissions):
            del root["/Perms"]
        for number, each in enumerate(self._pdf.objects):
            if number % 1000 == 0:
                self._work.budget.check_time()
            self._walk(each, 0)
        self._walk(self._pdf.trailer, 0)

    # -- the walk -----------------------------------------------------------------------------------------------------------

    def _walk(self, holder: Any, depth: int) -> None:
        """Look at a container and at those that stand in it directly."""
        if depth > _DEEPEST:
            raise Refusal("nested too deeply")
        if isinstance(holder, self._array):
            self._walk_array(holder, depth)
        elif isinstance(holder, (self._dictionary, self._stream)):
            self._mend(holder)
            for key, value in list(holder.items()):
                if self._unwanted(value):
                    if not _spelled(key):
                        raise Refusal("an action hangs at a name that cannot be written")
                    self._replace(holder, key, value)
                    value = holder.get(key)
                if isinstance(value, (self._dictionary, self._array)) and not value.is_indirect:
                    self._walk(value, depth + 1)

    def _walk_array(self, holder: Any, depth: int) -> None:
        kept: list[Any] = []
        changed = False
        for value in list(holder):
            if self._unwanted(value):
                self._took(value, "")
                kept += self._following(value)
                changed = True
            else:
                kept.append(value)
        if changed:
            while len(holder):
                del holder[len(holder) - 1]
            for value in kept:
                holder.append(value)
        for value in holder:
            if isinstance(value, (self._dictionary, self._array)) and not value.is_indirect:
                self._walk(value, depth + 1)

    def _unwanted(self, value: Any) -> bool:
        """Whether something is an action that has to go."""
        if not isinstance(value, (self._dictionary, self._stream)):
            return False
        kind = value.get("/S")
        if not isinstance(kind, self._name):
            return False
        named = _name(kind)
        if named == "/URI" and self._unusual(value.get("/URI")):
            return True
        row = _ACTIONS.get(named)
        if row is None or value.get("/Type") == "/StructElem" or "/Pg" in value:
            return False
        return self._work.wants(row[1]) or ("/JS" in value and self._work.wants("pdf-javascript"))

    def _unusual(self, address: Any) -> bool:
        """Whether a link does more than lead to the web, and is not wanted."""
        if address is None or isinstance(address, (self._dictionary, self._stream, self._array)):
            return False
        kind = reference_kind(_name(address), click=True)
        return kind not in ("", "pdf-reference") and self._work.wants(kind)

    def _replace(self, holder: Any, key: str, action: Any) -> None:
        """Take an action out; what is to follow it and may stay takes its place."""
        self._took(action, key)
        following = self._following(action)
        if not following:
            del holder[key]
        elif len(following) == 1 or key == "/Next":
            holder[key] = following[0] if len(following) == 1 else self._array(following)
        else:
            first = following[0]
            more = first.get("/Next")
            rest = [*([] if more is None else self._listed(more)), *following[1:]]
            first["/Next"] = rest[0] if len(rest) == 1 else self._array(rest)
            holder[key] = first

    def _following(self, action: Any) -> list[Any]:
        """The wanted actions behind an unwanted one, those behind others that are unwanted among them."""
        kept: list[Any] = []
        waiting = self._listed(action.get("/Next"))
        seen: set[tuple[int, int]] = set()
        for _ in range(_CHAIN):
            if not waiting:
                return kept
            each = waiting.pop(0)
            if not isinstance(each, (self._dictionary, self._stream)) or (each.is_indirect and each.objgen in seen):
                continue
            if each.is_indirect:
                seen.add(each.objgen)
            if self._unwanted(each):
                waiting = [*self._listed(each.get("/Next")), *waiting]
            else:
                kept.append(each)
        return kept

    def _listed(self, value: Any) -> list[Any]:
        if value is None:
            return []
        return list(value) if isinstance(value, self._array) else [value]

    # -- what stands in dictionaries of certain kinds ------------------------------------------------------------------------

    def _mend(self, holder: Any) -> None:
        """Annotations with media, file specifications, addresses that open by themselves."""
        subtype = _name(holder.get("/Subtype")) if isinstance(holder.get("/Subtype"), self._name) else ""
        if (
            subtype in _MEDIA
            and ("/Rect" in holder or holder.get("/Type") == "/Annot")
            and self._work.wants("pdf-multimedia")
        ):
            for key in _MEDIA[subtype]:
                if key in holder:
                    self._work.took(
                        "multimedia-content",
                        "pdf-multimedia",
                        f"PDF {subtype[1:]} annotation",
                        self._bytes(holder[key]),
                    )
                    del holder[key]
        if (
            "/Renditions" in holder
            and "/Dests" not in holder.get("/Renditions", {})
            and self._work.wants("pdf-multimedia")
        ):
            del holder["/Renditions"]
        if "/EF" in holder:
            self._specification(holder)
        if holder.get("/FS") == "/URL" and self._work.wants("pdf-reference"):
            self._work.took(
                "external-reference", "pdf-reference", "PDF file at an address", _name(holder.get("/F", "")).encode()
            )
            for key in ("/FS", "/F", "/UF"):
                if key in holder:
                    del holder[key]
        if self._work.wants("pdf-reference"):
            self._self_opening(holder)

    def _self_opening(self, holder: Any) -> None:
        events = holder.get("/AA")
        places = [(holder, "/OpenAction")] if "/OpenAction" in holder else []
        if isinstance(events, self._dictionary):
            places += [(events, key) for key in list(events.keys()) if _spelled(key)]
        for place, key in places:
            action = place.get(key)
            if isinstance(action, self._dictionary) and action.get("/S") == "/URI":
                address = self._bytes(action.get("/URI"))
                self._work.took("external-reference", "pdf-reference", "PDF address that opens by itself", address)
                following = [each for each in self._following(action) if each.get("/S") != "/URI"]
                if following:
                    place[key] = following[0]
                else:
                    del place[key]
        if isinstance(events, self._dictionary) and not len(events.keys()):
            del holder["/AA"]

    def _document_scripts(self, root: Any) -> None:
        names = root.get("/Names")
        if isinstance(names, self._dictionary) and "/JavaScript" in names and self._work.wants("pdf-javascript"):
            tree = names["/JavaScript"]
            before = len(self._work.removed)
            self._tree_scripts(tree)
            if len(self._work.removed) == before:
                self._work.took("active-content", "pdf-javascript", "PDF JavaScript (document scripts)")
            del names["/JavaScript"]

    def _tree_scripts(self, tree: Any) -> None:
        waiting: list[Any] = [tree]
        seen: set[tuple[int, int]] = set()
        while waiting and len(seen) < self._work.budget.limits.parts:
            node = waiting.pop()
            if not isinstance(node, (self._dictionary, self._stream)) or (node.is_indirect and node.objgen in seen):
                continue
            seen.add(node.objgen if node.is_indirect else (0, -len(seen)))
            kids, pairs = node.get("/Kids"), node.get("/Names")
            waiting += list(kids) if isinstance(kids, self._array) else []
            for each in list(pairs)[1::2] if isinstance(pairs, self._array) else []:
                if isinstance(each, (self._dictionary, self._stream)):
                    self._took(each, "/Names")

    # -- XFA ------------------------------------------------------------------------------------------------------------------

    def _xfa(self, root: Any) -> None:
        form = root.get("/AcroForm")
        if (
            not isinstance(form, self._dictionary)
            or "/XFA" not in form
            or not self._work.wants("pdf-xfa-form", "pdf-xfa-script")
        ):
            return
        fields = form.get("/Fields")
        if root.get("/NeedsRendering") or not isinstance(fields, self._array) or not len(fields):
            raise Refusal("the form is XFA only: without it there is only a notice on the page")
        packets = form["/XFA"]
        content = (
            b"".join(self._bytes(each) for each in packets)
            if isinstance(packets, self._array)
            else self._bytes(packets)
        )
        self._work.took("form-fields-present", "pdf-xfa-form", "PDF XFA", content)
        del form["/XFA"]

    # -- attached files ---------------------------------------------------------------------------------------------------------

    def _invoices(self) -> None:
        """Remember the XML of an electronic invoice, where it is clean by itself and the policy does not want it out."""
        if self._work.wants("pdf-invoice"):
            return
        for each in self._pdf.objects:
            if isinstance(each, self._dictionary) and "/EF" in each and self._file_name(each).lower() in INVOICES:
                for stream in self._streams(each):
                    content = self._bytes(stream)
                    child = self._work.child(self._file_name(each), content)
                    if child.data == content and content.lstrip(b"\xef\xbb\xbf \t\r\n").startswith(b"<"):
                        self._kept.add(each.objgen)

    def _file_tree(self, names: Any) -> None:
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

    def _specification(self, holder: Any) -> None:
        """A file specification: its content goes, or is cleaned, or stays."""
        if holder.is_indirect and holder.objgen in self._kept:
            return
        name = self._file_name(holder)
        if self._all_files:
            content = next((self._bytes(stream) for stream in self._streams(holder)), b"")
            self._work.took("embedded-file", "pdf-attachment", f"PDF attachment: {name}", content, member=name)
            for key in ("/EF", "/RF"):
                if key in holder:
                    del holder[key]
        elif name in self._work.concerned:
            for stream in self._streams(holder):
                self._clean_stream(name, stream, holder)

    def _clean_stream(self, name: str, stream: Any, holder: Any) -> None:
        content = self._bytes(stream)
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
                return _name(value)
        return ""

    # -- the record -------------------------------------------------------------------------------------------------------------

    def _took(self, action: Any, key: str) -> None:
        kind = _name(action.get("/S"))
        code, name, words = _ACTIONS.get(kind, _ACTIONS["/JavaScript"])
        if kind == "/URI":
            code, name, words = "external-reference", reference_kind(_name(action.get("/URI")), click=True), "PDF link"
        if "/JS" in action and not self._work.wants(name):
            code, name, words = _ACTIONS["/JavaScript"]
        source = next((action.get(each) for each in ("/JS", "/F", "/Win", "/URI") if each in action), None)
        place = {
            "/OpenAction": "open action",
            "/A": "on click",
            "/Next": "following action",
            "/Names": "document script",
        }
        where = place.get(key, key.strip("/")) if key else ""
        self._work.took(
            code, name, f"{words} ({where})" if where else words, self._bytes(source) if source is not None else None
        )

    def _bytes(self, value: Any) -> bytes:
        """The content of a stream or string, for the record."""
        if isinstance(value, self._stream):
            try:
                content: bytes = value.read_bytes()
            except (RuntimeError, ValueError, TypeError):
                content = value.read_raw_bytes()
            self._work.budget.charge(len(content))
            return content
        if isinstance(value, (self._dictionary, self._array)):
            return b""
        return (
            bytes(value)
            if not isinstance(value, (int, float, bool, str)) and value is not None
            else str(value).encode()
        )


def _name(value: Any) -> str:
    """A name or string as text; empty where its bytes are none."""
    try:
        return str(value)
    except UnicodeDecodeError:
        return ""


def _spelled(key: str) -> bool:
    """Whether the library takes a key that it has given."""
    try:
        key.encode("utf-8")
    except UnicodeEncodeError:
        return False
    return True
