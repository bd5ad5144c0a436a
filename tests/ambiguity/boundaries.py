"""Boundaries and delimiter lines that readers take differently."""

from __future__ import annotations

from collections.abc import Iterator

from tests.ambiguity.build import EXE, LETTER, B, Case, around, head, multipart, note, part

#: A parameter, and what the delimiters of the body use.
PARAMETERS = {
    "continuation-and-plain": (b"boundary=foo; boundary*0=gren; boundary*1=ze", b"grenze"),
    "continuation-before-plain": (b"boundary*0=f; boundary*1=oo; boundary=grenze", b"grenze"),
    "continuation-from-one": (b"boundary*1=gren; boundary*2=ze", b"grenze"),
    "continuation-with-gap": (b"boundary*0=gren; boundary*2=ze", b"grenze"),
    "continuation-with-gap-cut": (b"boundary*0=grenze; boundary*2=x", b"grenze"),
    "continuation-in-zeros": (b"boundary*00=gren; boundary*01=ze", b"grenze"),
    "extended-and-plain": (b"boundary=grenze; boundary*=us-ascii''foo", b"grenze"),
    "extended-in-utf-16": (b"boundary*=utf-16le''g%00r%00e%00n%00z%00e%00", b"grenze"),
    "repeated-section": (b"boundary*0=grenze; boundary*0=foo", b"grenze"),
    "repeated-section-last": (b"boundary*0=foo; boundary*0=grenze", b"grenze"),
    "percent-in-plain": (b"boundary=gr%65nze", b"gr%65nze"),
    "encoded-word-literal": (b'boundary="=?us-ascii?Q?grenze?="', b"=?us-ascii?Q?grenze?="),
    "encoded-word-decoded": (b'boundary="=?us-ascii?Q?grenze?="', b"grenze"),
    "encoded-word-bare": (b"boundary==?us-ascii?B?Z3Jlbnpl?=", b"grenze"),
    "encoded-word-partly": (b'boundary="gr=?us-ascii?Q?enze?="', b"grenze"),
    "comment": (b"boundary=grenze(foo)", b"grenze"),
    "comment-kept": (b"boundary=grenze(foo)", b"grenze(foo)"),
    "comment-in-name": (b"boundary(a(b))=grenze", b"grenze"),
    "half-quoted": (b'boundary="grenze', b"grenze"),
    "half-quoted-end": (b'boundary=grenze"', b"grenze"),
    "half-quoted-kept": (b'boundary=gren"ze', b'gren"ze'),
    "quoted-middle": (b'boundary=g"renz"e', b"grenze"),
    "behind-quotes": (b'boundary="grenze"foo', b"grenze"),
    "behind-quotes-and-blank": (b'boundary="grenze" foo', b"grenze"),
    "apostrophes": (b"boundary='grenze'", b"'grenze'"),
    "apostrophes-stripped": (b"boundary='grenze'", b"grenze"),
    "outer-space": (b'boundary=" grenze "', b"grenze"),
    "outer-space-kept": (b'boundary=" grenze"', b" grenze"),
    "outer-tab": (b'boundary="grenze\t"', b"grenze"),
    "no-break-space": (b"boundary=grenze\xa0", b"grenze"),
    "unquoted-space": (b"boundary=gren ze", b"gren"),
    "unquoted-space-kept": (b"boundary=gren ze", b"gren ze"),
    "unquoted-comma": (b"boundary=gren,ze", b"gren"),
    "unquoted-semicolon": (b"boundary=gren;ze", b"gren"),
    "nul-truncates": (b'boundary="grenze\0foo"', b"grenze"),
    "nul-dropped": (b'boundary="gren\0ze"', b"grenze"),
    "spaces-round-equals": (b"boundary = grenze", b"grenze"),
    "two-equals": (b"boundary==grenze", b"grenze"),
    "folded-behind-equals": (b"boundary=\r\n grenze", b"grenze"),
    "folded-inside": (b'boundary="gren\r\n ze"', b"grenze"),
    "backslash": (b'boundary="gren\\ze"', b"grenze"),
    "backslash-kept": (b'boundary="gren\\ze"', b"gren\\ze"),
    "long": (b"boundary=" + b"x" * 90, b"x" * 90),
    "long-cut": (b"boundary=" + b"x" * 90, b"x" * 70),
    "very-long": (b"boundary=" + b"x" * 300, b"x" * 300),
    "empty": (b'boundary=""', b"grenze"),
    "nothing": (b"boundary=", b"grenze"),
    "nothing-but-semicolon": (b"boundary=;", b"grenze"),
    "blanks": (b'boundary="   "', b"grenze"),
    "absent": (b"charset=x", b"grenze"),
    "wrong": (b"boundary=foo", b"grenze"),
}
#: Parameters that say in an unusual way what everybody understands.
LEGAL = {
    "quoted": (b'boundary="grenze"', b"grenze"),
    "quoted-blank-inside": (b'boundary="gren ze"', b"gren ze"),
    "all-characters": (b'boundary="\'()+_,-./:=?x"', b"'()+_,-./:=?x"),
    "seventy": (b"boundary=" + b"x" * 70, b"x" * 70),
    "continuation": (b"boundary*0=gren; boundary*1=ze", b"grenze"),
    "continuation-quoted": (b'boundary*0="gren"; boundary*1="ze"', b"grenze"),
    "continuation-extended": (b"boundary*0*=us-ascii''gr; boundary*1*=%65nze", b"grenze"),
    "extended": (b"boundary*=us-ascii''grenze", b"grenze"),
    "extended-escaped": (b"boundary*=us-ascii'de'gr%65nze", b"grenze"),
    "dashes": (b"boundary=----=_Part_1", b"----=_Part_1"),
}
#: A line between two parts that is a delimiter to some.
LINES = {
    "prefix": b"--" + B + b"-mehr\r\n",
    "text-behind": b"--" + B + b" text\r\n",
    "comment-behind": b"--" + B + b" (x)\r\n",
    "nul-behind": b"--" + B + b"\0\r\n",
    "no-break-space-behind": b"--" + B + b"\xa0\r\n",
    "vertical-tab-behind": b"--" + B + b"\x0b\r\n",
    "return-behind": b"--" + B + b"\r\r\n",
    "many-blanks-behind": b"--" + B + b" " * 1500 + b"\r\n",
    "one-dash-behind": b"--" + B + b"-\r\n",
    "indented": b" --" + B + b"\r\n",
    "tab": b"\t--" + B + b"\r\n",
    "return-only": b"--" + B + b"\r",
    "return-in-front": b"\r--" + B + b"\r\n",
    "line-feed-only": b"--" + B + b"\n",
    "early-close": b"--" + B + b"--\r\n--" + B + b"\r\n",
    "early-close-with-text": b"--" + B + b"--x\r\n--" + B + b"\r\n",
    "twice": (b"--" + B + b"\r\n") * 2,
}


def _message(parameter: bytes, used: bytes, *parts: bytes) -> bytes:
    body = multipart(*parts).partition(b"\r\n\r\n")[2].replace(B, used)
    return head(b"Content-Type: multipart/mixed; " + parameter + b"\r\n") + body


def parameters() -> Iterator[Case]:
    """Boundaries that readers take differently."""
    twins = [_message(parameter, used, note()) for parameter, used in LEGAL.values()]
    for number, (name, (parameter, used)) in enumerate({**PARAMETERS, **LEGAL}.items()):
        yield Case(f"boundary-{name}", _message(parameter, used, part(EXE)), twins[number % len(twins)])


def delimiters() -> Iterator[Case]:
    """Lines that are delimiters to some, and parts where nobody expects them."""
    shown, plain = multipart(part(EXE)), multipart(note())
    mark = b"--" + B + b"\r\nContent-Type: application"
    quoted = plain.replace(LETTER[:20], b"> --" + B + b"\r\n" + LETTER[:20], 1)
    for name, line in LINES.items():
        yield Case(f"delimiter-{name}", shown.replace(mark, line + b"Content-Type: application"), quoted)
    for name, end in {"prefixed": b"0\r\n", "return": b"\r", "line-feed": b"\n", "blanks": b" \t\r\n"}.items():
        yield Case(
            f"delimiters-all-{name}", shown.replace(B + b"\r\n", B + end), plain.replace(B + b"\r\n", B + b" \r\n")
        )
    yield Case("close-missing", shown.removesuffix(b"--" + B + b"--\r\n"), plain + b"Ende\r\n")
    footer = plain + b"\r\n-- \r\nListe: http://example.org\r\n"
    yield Case("close-early", shown.replace(mark, b"--" + B + b"--\r\n" + mark), footer)
    yield Case(
        "entity-in-preamble", around(part(EXE), b""), around(b"This is a multi-part message in MIME format.", b"")
    )
    yield Case("entity-in-epilogue", around(b"", part(EXE)), around(b"", b"_______\r\nListe: http://example.org"))
    unshown = b"--" + B + b"x\r\n" + part(EXE)
    yield Case("entity-in-preamble-delimited", around(unshown, b""), around(b"--" + B[:3] + b"\r\nHinweis", b""))
    yield Case("entity-in-epilogue-delimited", around(b"", b"--" + B + b"\r\n" + part(EXE)), footer)
    delimited = b"\r\n\r\n--" + B + b"\r\n" + part(EXE)
    for name, used in {"outer-boundary": b"; boundary=" + B, "no-boundary": b""}.items():
        yield Case(f"inner-multipart-{name}", multipart(b"Content-Type: multipart/mixed" + used + delimited), plain)
    nested = b"Content-Type: multipart/mixed; boundary=%s\r\n\r\n--%s\r\n%s\r\n--%s--\r\n"
    for name, inner in {
        "extends-outer": B + b"-2",
        "is-prefix-of-outer": B[:-1],
        "is-outer-in-dashes": B + b"--",
    }.items():
        hostile = multipart(nested % (inner, inner, part(EXE), inner))
        yield Case(f"boundary-{name}", hostile, multipart(nested % (b"innen", b"innen", note(), b"innen")))
    unclosed = b"Content-Type: multipart/mixed; boundary=innen\r\n\r\n--innen\r\n%s"
    yield Case("inner-close-missing", multipart(unclosed % part(EXE)), multipart(unclosed % note(), note()))
    # Behind a delimiter of the outer multipart the inner one is over, but not for everybody.
    first = b"--innen\r\nContent-Type: text/plain\r\n\r\nhallo\r\n"
    boxed = b"Content-Type: multipart/mixed; boundary=innen\r\n\r\n"
    last = b"--innen\r\n" + part(EXE) + b"\r\n--innen--\r\n"
    benign = multipart(boxed + first + b"--innen--\r\n", note())
    for name, body in {
        "outer-close-inside": first + b"--" + B + b"--\r\n" + last,
        "outer-delimiter-inside": first + b"--" + B + b"\r\n" + last,
        "entity-in-inner-preamble": part(EXE) + b"\r\n" + first + b"--innen--\r\n",
        "entity-in-inner-epilogue": first + b"--innen--\r\n" + part(EXE) + b"\r\n",
    }.items():
        yield Case(f"nested-{name}", multipart(boxed + body), benign)
