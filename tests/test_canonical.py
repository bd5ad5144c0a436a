"""Canonical forms: put to the test against libxml2's, on documents made up of everything that has a rule of its own."""

from __future__ import annotations

import random

import pytest

from attachguard.errors import LimitExceeded, Malformed
from attachguard.signing import canonical
from attachguard.signing.canonical import Form
from attachguard.signing.xmltree import read_tree

ADDRESSES, PREFIXES = ("urn:a", "urn:b", "urn:c"), ("", "a", "b", "c")
TEXTS = ("text &lt; &gt;", "<!-- c -->", "<?pi d  e?>", "<![CDATA[<x>&]]>", "\n  ", "&#13;", "ß")
VALUES = ("v", " a &amp; b", "&#10;x", "&quot;q", "t&#9;t", "ü")


def tree(text: bytes):
    return read_tree(text, lambda: None)


def element(chance: random.Random, depth: int, scope: dict[str, str]) -> str:
    """A random element with declarations, undeclarations, several prefixes for one name space, and attributes in any order."""
    declared = {
        each: chance.choice(ADDRESSES + (("",) if not each else ())) for each in PREFIXES if chance.random() < 0.3
    }
    scope = {**scope, **declared}
    usable = [each for each in PREFIXES if not each or scope.get(each)]
    prefix = chance.choice(usable)
    name = (f"{prefix}:" if prefix else "") + chance.choice("xyz")
    attributes, seen = "", set()
    for _ in range(chance.randint(0, 3)):
        owner = chance.choice([*filter(None, usable), "", "xml"])
        local = chance.choice(("lang", "space") if owner == "xml" else ("k", "l", "m"))
        key = (owner if owner in ("", "xml") else scope[owner], local)
        if key not in seen:
            seen.add(key)
            attributes += (
                f' {owner + ":" if owner else ""}{local}="{"preserve" if local == "space" else chance.choice(VALUES)}"'
            )
    spaces = "".join(f' xmlns{":" + key if key else ""}="{value}"' for key, value in declared.items())
    inside = "".join(
        element(chance, depth + 1, scope) if chance.random() < 0.6 else chance.choice(TEXTS)
        for _ in range(chance.randint(0, 3) if depth < 5 else 0)
    )
    return f"<{name}{spaces}{attributes}>{inside}</{name}>"


def test_random_documents_come_out_as_libxml2_writes_them():
    etree = pytest.importorskip("lxml.etree", reason="lxml comes with pikepdf")
    chance = random.Random(20261122)
    for _ in range(150):
        around = chance.choice(("", "<!-- before -->\n<?p q?>")), chance.choice(("", "\n<!--after--><?r?>"))
        text = f'<?xml version="1.0"?>{around[0]}{element(chance, 0, {})}{around[1]}'.encode()
        theirs, ours = etree.fromstring(text), tree(text)
        for exclusive in (False, True):
            for comments in (False, True):
                prefixes = chance.choice(([], ["a"], ["b", "c"])) if exclusive else []
                wanted = etree.tostring(
                    theirs.getroottree(), method="c14n", exclusive=exclusive, with_comments=comments,
                    inclusive_ns_prefixes=prefixes or None,
                )  # fmt: skip
                assert canonical.document(ours, Form(exclusive, comments, prefixes=frozenset(prefixes))) == wanted
        elements = [each for each in theirs.iter() if isinstance(each.tag, str)]
        place = chance.randrange(len(elements))
        wanted = etree.tostring(elements[place], method="c14n", exclusive=True, with_comments=False, with_tail=False)
        assert canonical.element(list(ours.root.walk())[place], Form(exclusive=True)) == wanted


TEXT = b"""<?xml version="1.0"?>
<a:r xmlns:a="urn:a" xmlns:b="urn:b" xmlns="urn:d" xml:lang="de" xml:base="http://x/" a:z="1"><b:c xml:id="i" y="2"><d xmlns=""/></b:c></a:r>"""


def inner(form: Form) -> bytes | None:
    return canonical.element(next(tree(TEXT).root.elements()), form)


def test_an_element_keeps_the_name_spaces_and_attributes_of_its_place_in_the_inclusive_form():
    assert inner(Form()) == (
        b'<b:c xmlns="urn:d" xmlns:a="urn:a" xmlns:b="urn:b" y="2" xml:base="http://x/" xml:id="i" xml:lang="de"><d xmlns=""></d></b:c>'
    )


def test_lxml_loses_the_attributes_that_come_from_around_an_element_which_is_why_it_does_not_write_the_forms():
    etree = pytest.importorskip("lxml.etree", reason="lxml comes with pikepdf")
    theirs = etree.tostring(etree.fromstring(TEXT)[0], method="c14n", with_tail=False)
    assert b'xml:lang="de"' in (inner(Form()) or b"")
    assert b"xml:lang" not in theirs


def test_version_1_1_asks_for_joined_addresses_which_are_left_open():
    assert inner(Form(newer=True)) is None


def test_the_exclusive_form_writes_what_is_used_and_what_is_asked_for():
    assert inner(Form(exclusive=True)) == b'<b:c xmlns:b="urn:b" y="2" xml:id="i"><d></d></b:c>'
    asked = Form(exclusive=True, prefixes=frozenset({"", "a"}))
    assert inner(asked) == b'<b:c xmlns="urn:d" xmlns:a="urn:a" xmlns:b="urn:b" y="2" xml:id="i"><d xmlns=""></d></b:c>'


@pytest.mark.parametrize(
    ("text", "says"),
    [
        (b"<a>", "well-formed"),
        (b"<a:b/>", "not declared"),
        (b'<b a:c="1"/>', "not declared"),
        (b'<!DOCTYPE a [<!ENTITY e "x">]><a>&e;</a>', "document type"),
        (b"<a>" * 300 + b"</a>" * 300, "nested deeper"),
        (b"<a " + b" ".join(b'xmlns:n%d="urn:n"' % number for number in range(200)) + b"/>", "name spaces"),
        (b"<a>" + b"<b/>" * 500_000 + b"</a>", "more elements"),
        (b"\xff\xfe<\0a\0", "well-formed"),
        (b'<?xml version="1.0" encoding="x-nonsense"?><a/>', "well-formed"),
    ],
)
def test_what_no_signed_document_is_like_is_refused(text, says):
    with pytest.raises(Malformed, match=says):
        tree(text)


def test_reading_ends_when_time_is_over():
    def over():
        raise LimitExceeded("seconds", "over")

    with pytest.raises(LimitExceeded):
        read_tree(b"<a>" + b"<b/>" * 5000 + b"</a>", over)
