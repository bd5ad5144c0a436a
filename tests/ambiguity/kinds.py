"""Content-Type that readers resolve differently."""

from __future__ import annotations

from collections.abc import Iterator

from tests.ambiguity.build import EXE, LETTER, PLAIN, Case, head, multipart, note, part

LEAF, MULTI = b"Content-Type: text/plain\r\n", b"Content-Type: multipart/mixed; boundary=bar\r\n"
#: Two parts between delimiters `bar`; the second is a program.
INNER = b"--bar\r\nContent-Type: text/plain\r\n\r\nhallo\r\n--bar\r\n" + part(EXE) + b"\r\n--bar--\r\n"
SAME = b"--bar\r\nContent-Type: text/plain\r\n\r\nhallo\r\n--bar\r\n" + note() + b"\r\n--bar--\r\n"

#: Several types in one header.
SEVERAL = {
    "leaf-first": LEAF + MULTI,
    "leaf-last": MULTI + LEAF,
    "leaf-apart": LEAF + b"X-A: b\r\nX-C: d\r\n" + MULTI,
    "other-case": LEAF.lower() + MULTI.replace(b"Content-Type", b"CONTENT-TYPE"),
    "three": LEAF + b"Content-Type: text/html\r\n" + MULTI,
    "garbage-first": b"Content-Type: garbage\r\n" + MULTI,
    "garbage-last": MULTI + b"Content-Type: garbage\r\n",
    "empty-first": b"Content-Type:\r\n" + MULTI,
    "empty-last": MULTI + b"Content-Type:\r\n",
    "two-subtypes": b"Content-Type: multipart/alternative; boundary=foo\r\n" + MULTI,
    "list": b"Content-Type: text/plain, multipart/mixed; boundary=bar\r\n",
    "list-reversed": b"Content-Type: multipart/mixed, text/plain; boundary=bar\r\n",
    "list-of-parameters": b"Content-Type: text/plain; multipart/mixed; boundary=bar\r\n",
    "parameters-first": b"Content-Type: boundary=bar; multipart/mixed\r\n",
    "doubled-value": b"Content-Type: text/plain multipart/mixed; boundary=bar\r\n",
    "two-boundaries": b"Content-Type: multipart/mixed; boundary=foo; boundary=bar\r\n",
    "two-boundaries-reversed": b"Content-Type: multipart/mixed; boundary=bar; boundary=foo\r\n",
    "two-boundaries-other-case": b"Content-Type: multipart/mixed; boundary=BAR; Boundary=bar\r\n",
    "two-fields": b"Content-Type: multipart/mixed; boundary=foo\r\n" + MULTI,
    "two-fields-other-case": b"Content-Type: multipart/mixed; boundary=BAR\r\n" + MULTI,
    "nameless": b": text/plain\r\n" + MULTI,
    "return-between": b"Content-Type: text/plain\rContent-Type: multipart/mixed; boundary=bar\r\n",
    "nul-between": b"Content-Type: text/plain\0multipart/mixed; boundary=bar\r\n",
}
#: One type outside the grammar.
ODD = {
    "doubled-name": b"Content-Type: Content-Type: multipart/mixed; boundary=bar\r\n",
    "quoted": b'Content-Type: "multipart/mixed"; boundary=bar\r\n',
    "spaces": b"Content-Type: multipart / mixed; boundary=bar\r\n",
    "colon": b"Content-Type: multipart/mixed: boundary=bar\r\n",
    "comma": b"Content-Type: multipart/mixed, boundary=bar\r\n",
    "backslash": b"Content-Type: multipart\\mixed; boundary=bar\r\n",
    "no-subtype": b"Content-Type: multipart; boundary=bar\r\n",
    "no-type": b"Content-Type: mixed; boundary=bar\r\n",
    "nothing": b"Content-Type: ; boundary=bar\r\n",
    "parameter-only": b"Content-Type: boundary=bar\r\n",
    "text-with-boundary": b"Content-Type: text/plain; boundary=bar\r\n",
    "page-with-boundary": b"Content-Type: text/html; boundary=bar\r\n",
    "octets-with-boundary": b"Content-Type: application/octet-stream; boundary=bar\r\n",
    "comment": b"Content-Type: (text/plain;) multipart/mixed; boundary=bar\r\n",
    "comment-inside": b"Content-Type: multipart/(x)mixed; boundary=bar\r\n",
    "comments-everywhere": b"Content-Type: multipart/mixed (x); (y) boundary (z) = (q) bar (r)\r\n",
    "comment-open": b"Content-Type: multipart/mixed; (x boundary=bar\r\n",
    "comment-with-boundary": b"Content-Type: multipart/mixed (; boundary=bar); boundary=foo\r\n",
    "encoded-word": b"Content-Type: =?us-ascii?Q?multipart/mixed?=; boundary=bar\r\n",
    "encoded-word-whole": b"Content-Type: =?utf-8?B?bXVsdGlwYXJ0L21peGVkOyBib3VuZGFyeT1iYXI=?=\r\n",
    "nul": b"Content-Type: multi\0part/mixed; boundary=bar\r\n",
    "nul-behind": b"Content-Type: multipart/mixed\0; boundary=bar\r\n",
    "space-before-colon": b"Content-Type : multipart/mixed; boundary=bar\r\n",
    "folded-inside": b"Content-Type: multi\r\n part/mixed; boundary=bar\r\n",
    "eight-bit-parameter": b'Content-Type: multipart/mixed; x="\xff"; boundary=bar\r\n',
    "open-string": b'Content-Type: multipart/mixed; x="y; boundary=bar\r\n',
    "escaped-string": b'Content-Type: multipart/mixed; x="y\\"; boundary=bar\r\n',
    "no-semicolon": b"Content-Type: multipart/mixed boundary=bar\r\n",
    "no-second-semicolon": b"Content-Type: multipart/mixed; charset=x boundary=bar\r\n",
}
#: What looks like a trick, and reads alike for all.
HARMLESS = {
    "upper-case": b"CONTENT-TYPE: MULTIPART/Mixed; BOUNDARY=bar\r\n",
    "folded": b"Content-Type:\r\n multipart/mixed;\r\n\tboundary=bar\r\n",
    "trailing-semicolon": b"Content-Type: multipart/mixed; boundary=bar;\r\n",
    "two-semicolons": b"Content-Type: multipart/mixed;; boundary=bar\r\n",
    "comment": b"Content-Type: multipart/mixed (two parts); boundary=bar\r\n",
    "twice-alike": MULTI + MULTI,
    "unknown-subtype": b"Content-Type: multipart/x-own; boundary=bar\r\n",
    "string-with-semicolon": b'Content-Type: multipart/mixed; x="; boundary=foo"; boundary=bar\r\n',
    "other-parameters": b"Content-Type: multipart/mixed; charset=utf-8; format=flowed; boundary=bar\r\n",
}


def types() -> Iterator[Case]:
    """Content-Type that readers resolve differently: of the message, and of a part."""
    twins = [head(kind) + SAME for kind in HARMLESS.values()]
    inside = [multipart(kind + b"\r\n" + SAME) for kind in HARMLESS.values()]
    for number, (name, kind) in enumerate({**SEVERAL, **ODD}.items()):
        place = number % len(twins)
        yield Case(f"type-{name}", head(kind) + INNER, twins[place])
        yield Case(f"type-in-part-{name}", multipart(kind + b"\r\n" + INNER), inside[place])
    yield Case("no-version", head(MULTI, version=b"") + INNER, head(PLAIN, version=b"") + LETTER)
    unused = head(b"Content-Type: text/plain; boundary=bar\r\n") + b"--bar\r\n" + LETTER
    yield Case("text-with-its-boundary", head(ODD["text-with-boundary"]) + INNER, unused)
