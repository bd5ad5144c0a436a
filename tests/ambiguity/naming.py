"""File names that readers take differently; the content is a script, which only its name makes one."""

from __future__ import annotations

from collections.abc import Iterator

from tests.ambiguity.build import SCRIPT, TEXT, Case, multipart, note, part

#: What stands behind `Content-Disposition: attachment; `: a name that ends in .vbs, to some.
SHOWN = {
    "two-parameters": b"filename=a.txt; filename=a.vbs", "two-parameters-reversed": b"filename=a.vbs; filename=a.txt",
    "three-parameters": b"filename=a.txt; filename=b.txt; filename=a.vbs", "empty-first": b'filename=""; filename=a.vbs',
    "extended": b"filename=a.txt; filename*=utf-8''a.vbs", "extended-reversed": b"filename=a.vbs; filename*=utf-8''a.txt",
    "extended-twice": b"filename*=utf-8''a.txt; filename*=utf-8''a.vbs", "extended-twice-reversed": b"filename*=utf-8''a.vbs; filename*=utf-8''a.txt",
    "extended-and-pieces": b"filename*=utf-8''a.txt; filename*0=a.; filename*1=vbs", "plain-and-pieces": b"filename=a.txt; filename*0=a.; filename*1=vbs",
    "pieces-repeated": b"filename*0=a.; filename*1=txt; filename*1=vbs", "pieces-repeated-reversed": b"filename*0=a.; filename*1=vbs; filename*1=txt",
    "continuation-out-of-order": b"filename*1=.vbs; filename*0=a", "continuation-from-one": b"filename*1=a.; filename*2=vbs",
    "continuation-with-gap": b"filename*0=a.; filename*2=vbs", "language-tag": b"filename*=utf-8'de'a.vbs", "extended-without-charset": b"filename*=a.vbs",
    "extended-half": b"filename*=utf-8'a.vbs", "extended-unknown-charset": b"filename*=xxx''a.vbs", "extended-nul": b"filename*=utf-8''a.vbs%00.txt",
    "extended-nul-inside": b"filename*=utf-8''a.txt%00.vbs", "extended-utf-7": b"filename*=utf-7''a+AC4-vbs",
    "extended-utf-16": b"filename*=utf-16le''a%00.%00v%00b%00s%00", "extended-encoded-word": b"filename*=utf-8''=?utf-8?Q?a.vbs?=",
    "encoded-word": b'filename="=?utf-8?Q?a.vbs?="', "encoded-word-bare": b"filename==?utf-8?Q?a.vbs?=", "encoded-word-b": b'filename="=?utf-8?B?YS52YnM?="',
    "encoded-word-partly": b'filename="a.=?utf-8?Q?vbs?="', "encoded-word-split": b'filename="=?utf-8?Q?a.v?= =?utf-8?Q?bs?="',
    "encoded-word-joined": b'filename="=?utf-8?B?YS52?==?utf-8?B?YnM=?="', "encoded-word-folded": b'filename="=?utf-8?B?YS52?=\r\n =?utf-8?B?YnM=?="',
    "encoded-word-blank": b'filename="=?utf-8?Q?a b.vbs?="', "encoded-word-unknown-charset": b'filename="=?xxx?Q?a.vbs?="',
    "encoded-word-utf-7": b'filename="=?utf-7?Q?a+AC4-vbs?="', "encoded-word-utf-16": b'filename="=?utf-16le?B?YQAuAHYAYgBzAA==?="',
    "encoded-word-nul": b'filename="=?utf-8?Q?a.vbs=00.txt?="', "encoded-word-override": b'filename="=?utf-8?Q?a=E2=80=AEtxt.vbs?="',
    "unquoted-space": b"filename=a b.vbs", "unquoted-semicolon": b"filename=a;b.vbs", "unquoted-semicolon-behind": b"filename=a.txt;.vbs",
    "unquoted-list": b"filename=a.txt, a.vbs", "apostrophes": b"filename='a.vbs'", "open-string": b'filename="a.vbs', "closing-quote": b'filename=a.vbs"',
    "behind-string": b'filename="a.txt".vbs', "two-strings": b'filename="a.txt" ".vbs"', "comment": b"filename=a.(x)vbs", "comment-behind": b"filename=a.vbs (txt)",
    "comments-everywhere": b"(x) filename (y) = (z) a.vbs", "backslash": b'filename="a.v\\bs"', "folded-in-quotes": b'filename="a\r\n b.vbs"',
    "folded-away": b'filename="a.txt\r\n\t.vbs"', "return": b"filename=a.txt\r.vbs", "nul": b'filename="a.vbs\0.txt"', "nul-behind": b'filename="a.txt\0.vbs"',
    "nul-inside": b'filename="a.v\0bs"', "control-inside": b'filename="a.v\x01bs"', "path": b'filename="..\\\\..\\\\a.vbs"', "path-slash": b'filename="a.txt/b.vbs"',
    "trailing-dot": b'filename="a.vbs."', "trailing-dots-and-blanks": b'filename="a.vbs. . ."', "trailing-space": b'filename="a.vbs "',
    "no-break-space": 'filename="a.vbs\u00a0"'.encode(), "override": 'filename="a\u202etxt.vbs"'.encode(), "stream": b'filename="a.vbs::$DATA"',
    "padded": b'filename="a.txt' + b" " * 60 + b'.vbs"', "long": b"filename=" + b"a" * 300 + b".vbs", "name-parameter": b"name=a.vbs",
    "behind-eight-bit": b"x=\xff; filename=a.vbs", "behind-open-string": b'x="y; filename=a.vbs', "behind-escape": b'x="y\\"; filename=a.vbs',
    "behind-many": b"; ".join(b"p%d=x" % number for number in range(250)) + b"; filename=a.vbs",
}  # fmt: skip
#: The field as a whole.
FIELDS = {
    "no-type": b"filename=a.vbs", "no-semicolon": b"attachment filename=a.vbs", "comma": b"attachment, filename=a.vbs", "empty-type": b"; filename=a.vbs",
    "unknown-type": b"foo; filename=a.vbs", "inline": b"inline; filename=a.vbs", "upper-case": b"ATTACHMENT; FILENAME=A.VBS",
}  # fmt: skip
#: In Content-Type, with no other name.
TYPED = {
    "type-only": b"text/plain; name=a.vbs", "type-only-extended": b"text/plain; name*=utf-8''a.vbs", "type-only-pieces": b"text/plain; name*0=a.; name*1=vbs",
    "type-only-encoded-word": b'text/plain; name="=?utf-8?Q?a.vbs?="', "type-only-filename": b"text/plain; filename=a.vbs",
    "type-only-twice": b"text/plain; name=a.txt; name=a.vbs", "type-only-nul": b'text/plain; name="a.vbs\0.txt"',
}  # fmt: skip
#: Names that look like a trick and are one name, of one type, to everybody.
HARMLESS = (
    b"filename=brief.txt", b"filename=a.txt; filename=b.txt", b"filename=a.txt; filename*=utf-8''%C3%A4.txt", b'filename*0="brief an "; filename*1=alle.txt',
    b"filename*0*=utf-8''br%C3%BC; filename*1=cke.txt", b"filename*=iso-8859-1'de'Gr%FC%DFe.txt", b'filename="=?utf-8?Q?Gr=C3=BC=C3=9Fe.txt?="',
    b"filename==?utf-8?Q?Gr=C3=BC=C3=9Fe.txt?=", b'filename="=?iso-8859-1?Q?Gr=FC=DF?=\r\n =?iso-8859-1?Q?e.txt?="', b"filename=a b.txt",
    b'filename="a\r\n b.txt"', b'filename="brief; an (alle).txt"', b'filename="sein \\"Brief\\".txt"', b"filename='brief.txt'",
    'filename="Grüße.txt"'.encode(), b'filename="Gr\xfc\xdfe.txt"', b'filename="brief.txt"; size=210; creation-date="Mon, 2 Nov 2026 10:00:00 +0100"',
    b'filename="=?UTF-8?B?R3LDvMOfZS50eHQ=?="; filename*=UTF-8\'\'Gr%C3%BC%C3%9Fe.txt', b'filename="ohne Endung"', b'filename="brief.v2.final.txt"',
)  # fmt: skip


def _named(field: bytes, kind: bytes = b"text/plain") -> bytes:
    shown = b"Content-Disposition: " + field + b"\r\n"
    return multipart(part(SCRIPT, kind=b"Content-Type: " + kind + b"\r\n", shown=shown))


def names() -> Iterator[Case]:
    """File names that readers take differently."""
    twins = [multipart(note(shown=b"Content-Disposition: attachment; " + shown + b"\r\n")) for shown in HARMLESS]
    hostile = {
        **{name: _named(b"attachment; " + shown) for name, shown in SHOWN.items()},
        **{name: _named(field) for name, field in FIELDS.items()},
        **{name: _named(b"attachment", kind) for name, kind in TYPED.items()},
        "two-fields": _named(b"attachment; filename=a.txt", b"text/plain; name=a.vbs"),
        "two-fields-reversed": _named(b"attachment; filename=a.vbs", b"text/plain; name=a.txt"),
    }
    for number, (name, message) in enumerate(hostile.items()):
        yield Case(f"name-{name}", message, twins[number % len(twins)])
    first, second = (b"Content-Disposition: attachment; filename=a." + ending + b"\r\n" for ending in (b"txt", b"vbs"))
    twice = multipart(note(shown=TEXT + TEXT))
    yield Case("name-two-dispositions", multipart(part(SCRIPT, shown=first + second)), twice)
    yield Case("name-two-dispositions-reversed", multipart(part(SCRIPT, shown=second + first)), twice)
