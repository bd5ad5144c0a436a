"""What an XML signature refers to, brought into the octets that were digested, and compared (XML Signature 1.1, 4.4.3 and 6.6).

References name the document of the signature, an element in it, or a file of the same package. One that differs is a failure. One that cannot be
compared, because a transform is not supported or the content is not there, leaves the answer open: nothing passes that was not compared.

Why our own: the packages for XML signatures trust the first element with an identifier, fetch addresses, and raise where the answer is open.
"""

from __future__ import annotations

import binascii
import hashlib
import re
from collections.abc import Callable, Container, Iterable
from typing import Final
from urllib.parse import parse_qs, unquote

from attachguard.errors import Malformed
from attachguard.later import later
from attachguard.signing import canonical, relations
from attachguard.signing.asic import DIGEST_URIS
from attachguard.signing.canonical import Form, form_of
from attachguard.signing.verify import BROKEN
from attachguard.signing.xmltree import Node, Tree, read_tree
from attachguard.types.letters import shown

DSIG: Final = "http://www.w3.org/2000/09/xmldsig#"
_ENVELOPED: Final = DSIG + "enveloped-signature"
_XPATH: Final = "http://www.w3.org/TR/1999/REC-xpath-19991116"
_XPATH_FILTER: Final = "http://www.w3.org/2002/06/xmldsig-filter2"
#: The two expressions that are in use: everything but the signatures.
_NO_SIGNATURE: Final = later(r"\s*not\(\s*ancestor-or-self::([\w.-]{1,40}):Signature\s*\)\s*", re.ASCII)
_SIGNATURES: Final = later(r"\s*(?:/descendant(?:-or-self)?::|//)([\w.-]{1,40}):Signature\s*", re.ASCII)
_BY_ID: Final = re.compile(r"#xpointer\(id\(['\"]([^'\"]{1,500})['\"]\)\)")
LARGEST: Final = 8 << 20
_MOST_REFERENCES: Final = 2000
#: Octets that are digested for one signature; those of elements have to be written first and count more.
_MOST_OCTETS: Final = 256 << 20
_COSTLY: Final = 8
_MOST_DEPTH: Final = 3

Resolve = Callable[[str], bytes | None]


class Findings:
    """What comparing the references of one signature has brought so far."""

    def __init__(self) -> None:
        #: Names of the files whose digests are right.
        self.covered: set[str] = set()
        #: Of files of relationships: which of them are.
        self.related: dict[str, frozenset[str]] = {}
        self.differs = ""
        self.open = ""
        #: Name of a broken digest that is relied upon.
        self.weak = ""
        #: Whether the whole document is covered that the signature is in.
        self.document = False
        self._left = _MOST_REFERENCES
        self._octets = _MOST_OCTETS

    def more(self, octets: int) -> bool:
        """Whether another reference may be compared, after so many octets for the last one."""
        self._left -= 1
        self._octets -= octets
        enough = self._left < 0 or self._octets < 0
        if enough:
            self.open = self.open or "more references than are compared"
        return not enough


class References:
    """Compares the references of one signature.

    Args:
        signature: its element.
        tree: the document it is in.
        resolve: gives the content of a file of the same package, None for what is not there.
        tick: called now and then; raises where time is over.
    """

    def __init__(self, signature: Node, tree: Tree, resolve: Resolve, tick: Callable[[], None]) -> None:
        self._signature = signature
        self._tree = tree
        self._resolve = resolve
        self._tick = tick
        self._types: Node | None = None
        self.findings = Findings()

    def compare(self, references: Iterable[Node], depth: int = 0) -> None:
        """Compare each with what it names; a manifest that is signed has references of its own."""
        findings = self.findings
        octets = 0
        for reference in references:
            if not findings.more(octets):
                return
            self._tick()
            uri = reference.get("URI")
            digest = DIGEST_URIS.get(algorithm(reference.first(DSIG, "DigestMethod")), "")
            value = reference.first(DSIG, "DigestValue")
            claimed = decoded(value.text()) if value is not None else None
            inside = not uri or uri.startswith("#")
            name = unquote(uri.partition("?")[0]).lstrip("/")
            target = self._target(uri) if inside else None
            content = self._inside(target, uri, reference) if inside else self._file(name, reference)
            octets = len(content or b"") * (_COSTLY if inside else 1)
            what = "an element" if inside else f"the file {shown(name, end=True)}"
            if content is None or not digest or claimed is None:
                findings.open = findings.open or f"{what} could not be compared"
                continue
            findings.weak = findings.weak or BROKEN.get(digest, "")
            if hashlib.new(digest, content, usedforsecurity=False).digest() != claimed:
                what = "what is signed" if inside else what
                findings.differs = findings.differs or f"the digest of {what} differs from the signed one"
            elif not inside:
                self._check_type(name, uri)
                findings.covered.add(name)
            elif target is not None:
                findings.document = findings.document or target is self._tree.root
                if depth < _MOST_DEPTH:
                    manifests = [target] if target.is_a(DSIG, "Manifest") else target.every(DSIG, "Manifest")
                    for manifest in manifests:
                        self.compare(manifest.every(DSIG, "Reference"), depth + 1)

    def _target(self, uri: str) -> Node | None:
        """The element that a reference names; None where there is none, or more than one: that is how signatures are wrapped around other content."""
        if uri in ("", "#xpointer(/)"):
            return self._tree.root
        named = _BY_ID.fullmatch(uri)
        return self._tree.named(named[1] if named else unquote(uri[1:]))

    def _inside(self, target: Node | None, uri: str, reference: Node) -> bytes | None:
        """The octets of an element after its transforms; None where one of them is not supported."""
        form: Form | None = canonical.DEFAULT
        without: Container[Node] = ()
        for transform in _transforms(reference):
            if form is None or target is None:
                return None
            name = algorithm(transform)
            if name == _ENVELOPED:
                without = (self._signature,)
            elif name in (_XPATH, _XPATH_FILTER):
                if not _leaves_signatures_out(transform):
                    return None
                without = frozenset(each for each in self._tree.root.walk() if each.is_a(DSIG, "Signature"))
            else:
                form = form_of(transform)
        if form is None or target is None:
            return None
        if not uri.startswith("#xpointer("):
            form = form._replace(comments=False)  # 4.4.3.3: such references are about content without its comments
        if target is self._tree.root:
            # An element that is named has nothing around it, not even where it is the root.
            return (
                canonical.element(target, form, without) if uri[1:] else canonical.document(self._tree, form, without)
            )
        return canonical.element(target, form, without)

    def _file(self, name: str, reference: Node) -> bytes | None:
        """The octets of a file of the package after its transforms; None where it is not there or a transform is not supported."""
        content = self._resolve(name)
        if content is None:
            return None
        ids: frozenset[str] | None = None
        for transform in _transforms(reference):
            if len(content) > LARGEST:
                return None
            form = form_of(transform)
            if form is None and algorithm(transform) != relations.TRANSFORM:
                return None
            try:
                tree = read_tree(content, self._tick, named_type=True)
            except Malformed:
                return None
            if form is not None:
                content = canonical.document(tree, form)
                continue
            picked = relations.pick(tree.root, transform)
            if picked is None:
                return None
            content, ids = picked
        if ids is not None:
            self.findings.related[name] = self.findings.related.get(name, frozenset()) | ids
        return content

    def _check_type(self, name: str, uri: str) -> None:
        """Compare the content type that a reference names with the package's own: another type makes another file of a part."""
        said = parse_qs(uri.partition("?")[2]).get("ContentType")
        if not said:
            return
        if self._types is None:
            content = self._resolve(relations.CONTENT_TYPES)
            try:
                self._types = read_tree(content or b"", self._tick).root
            except Malformed:
                self.findings.open = self.findings.open or "the content types of the package cannot be read"
                return
        if relations.content_type(self._types, name).lower() != said[0].replace(" ", "+").lower():
            self.findings.differs = (
                self.findings.differs or f"the content type of {shown(name, end=True)} differs from the signed one"
            )


def _transforms(reference: Node) -> list[Node]:
    holder = reference.first(DSIG, "Transforms")
    return list(holder.every(DSIG, "Transform")) if holder is not None else []


def _leaves_signatures_out(transform: Node) -> bool:
    """Whether an XPath transform says no more than: without the signatures."""
    expressions = [each for each in transform.elements() if each.local == "XPath"]
    if len(expressions) != 1:
        return False
    expression = expressions[0]
    if algorithm(transform) == _XPATH:
        found = _NO_SIGNATURE.fullmatch(expression.text())
    else:
        found = _SIGNATURES.fullmatch(expression.text()) if expression.get("Filter") == "subtract" else None
    return found is not None and expression.scope.get(found[1]) == DSIG


def algorithm(element: Node | None) -> str:
    """The algorithm that an element names."""
    return element.get("Algorithm") if element is not None else ""


def decoded(text: str) -> bytes | None:
    """Base64; None if it is not."""
    try:
        return binascii.a2b_base64(text) if text and text.isascii() else None
    except binascii.Error:
        return None
