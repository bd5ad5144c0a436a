"""One pass over a PDF: every object and every container in it, for actions, media, attached files and forms that have to go."""

from __future__ import annotations

from typing import Any, Final

from attachguard.formats.pdf.actions import reference_kind
from attachguard.sanitizers.pdf.attached import Attached
from attachguard.sanitizers.pdf.values import bytes_of, name_of, spelled
from attachguard.sanitizers.record import Refusal, Work

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
#: Where a file is named (7.11.3).
_FILE_NAMES: Final = ("/F", "/UF", "/DOS", "/Unix", "/Mac")
_DEEPEST: Final = 200
_CHAIN: Final = 1000
_SCRIPT: Final = 8 << 20


class Cleaner:
    """One pass over one file.

    Args:
        library: pikepdf.
        pdf: the file, opened.
        work: what is wanted, and notes what goes.
    """

    def __init__(self, library: Any, pdf: Any, work: Work) -> None:
        self._dictionary, self._stream, self._array, self._name, self._string = (
            library.Dictionary, library.Stream, library.Array, library.Name, library.String,
        )  # fmt: skip
        self._pdf = pdf
        self._work = work
        self._attached = Attached(library, pdf, work)
        self._all_files = work.wants("pdf-attachment")

    def run(self) -> None:
        """Take out of the opened file what is not wanted."""
        root = self._pdf.Root
        self._xfa(root)
        self._attached.remember_invoices()
        self._document_scripts(root)
        if self._all_files:
            names = root.get("/Names")
            if isinstance(names, self._dictionary) and "/EmbeddedFiles" in names:
                self._attached.clean_tree(names)
            if "/Collection" in root:
                self._work.took("embedded-file", "pdf-attachment", "PDF portfolio")
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
        """Look at a container and at those that are in it directly."""
        if depth > _DEEPEST:
            raise Refusal("nested too deeply")
        if isinstance(holder, self._array):
            self._walk_array(holder, depth)
        elif isinstance(holder, (self._dictionary, self._stream)):
            self._mend(holder)
            for key, value in list(holder.items()):
                if self._unwanted(value):
                    if not spelled(key):
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
        named = name_of(kind)
        if named == "/URI" and self._unusual(value.get("/URI")):
            return True
        row = _ACTIONS.get(named)
        if row is None or value.get("/Type") == "/StructElem" or "/Pg" in value:
            return False
        return self._work.wants(row[1]) or ("/JS" in value and self._work.wants("pdf-javascript"))

    def _unusual(self, address: Any) -> bool:
        """Whether a link does more than lead to the web, and is not wanted."""
        if not isinstance(address, self._string):
            return False
        kind = reference_kind(name_of(address), click=True)
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
        """The wanted actions after an unwanted one, those after others that are unwanted among them."""
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

    # -- what is in dictionaries of certain kinds ------------------------------------------------------------------------

    def _mend(self, holder: Any) -> None:
        """Annotations with media, file specifications, addresses that open by themselves."""
        subtype = name_of(holder.get("/Subtype")) if isinstance(holder.get("/Subtype"), self._name) else ""
        if (
            subtype in _MEDIA
            and ("/Rect" in holder or holder.get("/Type") == "/Annot")
            and self._work.wants("pdf-multimedia")
        ):
            self._still(holder, subtype)
        if (
            "/Renditions" in holder
            and "/Dests" not in holder.get("/Renditions", {})
            and self._work.wants("pdf-multimedia")
        ):
            del holder["/Renditions"]
        if "/OnInstantiate" in holder and self._work.wants("pdf-javascript"):
            script = self._content(holder["/OnInstantiate"])
            self._work.took("active-content", "pdf-javascript", "PDF JavaScript (start of a 3D scene)", script)
            del holder["/OnInstantiate"]
        if "/EF" in holder:
            self._attached.clean_specification(holder)
        self._shares(holder)
        if holder.get("/FS") == "/URL" and self._work.wants("pdf-reference"):
            self._work.took(
                "external-reference", "pdf-reference", "PDF file at an address", name_of(holder.get("/F", "")).encode()
            )
            for key in ("/FS", "/F", "/UF"):
                if key in holder:
                    del holder[key]
        if self._work.wants("pdf-reference"):
            self._self_opening(holder)

    def _still(self, holder: Any, subtype: str) -> None:
        """An annotation that played something: its content goes, and it becomes a frame that shows what it showed at rest."""
        for key in [key for key in _MEDIA[subtype] if key in holder]:
            self._work.took(
                "multimedia-content", "pdf-multimedia", f"PDF {subtype[1:]} annotation", self._content(holder[key])
            )
            del holder[key]
            holder["/Subtype"] = self._name.Square
            holder["/Border"] = self._array([0, 0, 0])

    def _shares(self, holder: Any) -> None:
        """Files on network paths that are named outside of actions: of pictures, forms and articles, and the base of all links."""
        outer = holder.get("/Ref")
        base = holder.get("/URI")
        if isinstance(base, self._dictionary) and self._unusual(base.get("/Base")):
            self._share(holder, "/URI", base["/Base"])
        if isinstance(outer, self._dictionary):
            names = outer.get("/F") if isinstance(outer.get("/F"), self._dictionary) else outer
            told = next((names[key] for key in _FILE_NAMES if self._unusual(names.get(key))), None)
            if told is not None:
                self._share(holder, "/Ref", told)
        for key in _FILE_NAMES:
            if self._unusual(holder.get(key)):
                self._share(holder, key, holder[key])
                if isinstance(holder, self._stream):
                    for filtered in ("/FFilter", "/FDecodeParms"):
                        if filtered in holder:
                            del holder[filtered]

    def _share(self, holder: Any, key: str, address: Any) -> None:
        said = name_of(address)
        self._work.took(
            "external-reference",
            reference_kind(said, click=True),
            "PDF file on a share",
            said.encode("utf-8", "replace"),
        )
        del holder[key]

    def _self_opening(self, holder: Any) -> None:
        events = holder.get("/AA")
        places = [(holder, "/OpenAction")] if "/OpenAction" in holder else []
        if isinstance(events, self._dictionary):
            places += [(events, key) for key in list(events.keys()) if spelled(key)]
        for place, key in places:
            action = place.get(key)
            if isinstance(action, self._dictionary) and action.get("/S") == "/URI":
                address = self._content(action.get("/URI"))
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
            b"".join(self._content(each) for each in packets)
            if isinstance(packets, self._array)
            else self._content(packets)
        )
        self._work.took("form-fields-present", "pdf-xfa-form", "PDF XFA", content)
        del form["/XFA"]

    # -- the record -------------------------------------------------------------------------------------------------------------

    def _took(self, action: Any, key: str) -> None:
        kind = name_of(action.get("/S"))
        code, name, words = _ACTIONS.get(kind, _ACTIONS["/JavaScript"])
        if kind == "/URI":
            code, name, words = (
                "external-reference",
                reference_kind(name_of(action.get("/URI")), click=True),
                "PDF link",
            )
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
            code, name, f"{words} ({where})" if where else words, self._content(source) if source is not None else None
        )

    def _content(self, value: Any) -> bytes:
        return bytes_of(value, self._work)
