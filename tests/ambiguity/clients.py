"""Mail as programs and lists write it, with the habits and small faults of each: nothing in it reads in two ways."""

from __future__ import annotations

import base64
import re

from tests.ambiguity.build import LETTER, lines, qp

PDF = (
    b"%PDF-1.4\n1 0 obj\n<< /Type /Catalog /Pages 2 0 R >>\nendobj\n2 0 obj\n<< /Type /Pages /Kids [] /Count 0 >>\nendobj\n"
    b"xref\n0 3\n0000000000 65535 f \n0000000009 00000 n \n0000000058 00000 n \ntrailer\n<< /Size 3 /Root 1 0 R >>\nstartxref\n107\n%%EOF\n"
)
PNG = base64.b64decode("iVBORw0KGgoAAAANSUhEUgAAAAEAAAABCAQAAAC1HAwCAAAAC0lEQVR42mNk+A8AAQUBAScY42YAAAAASUVORK5CYII=")
TOP = b"From: a@example.org\r\nTo: b@example.org\r\nSubject: Unterlagen\r\nDate: Mon, 2 Nov 2026 10:00:00 +0100\r\nMessage-ID: <1@example.org>\r\n"
MIME = b"MIME-Version: 1.0\r\n"
FOOTER = b"_______________________________________________\r\nListe mailing list\r\nliste@lists.example.org\r\nhttps://lists.example.org/listinfo/liste\r\n"
HTML = b"<html><body><p>Guten Tag, <a href=3D'https://example.org/?a=3D1'>hier</a></p></body></html>\r\n"


def mail(
    kind: bytes, *parts: bytes, boundary: bytes, before: bytes = b"", behind: bytes = b"", more: bytes = b""
) -> bytes:
    """A multipart message: its Content-Type without boundary, its parts, text around them, fields in front."""
    return (
        TOP
        + more
        + MIME
        + b"Content-Type: "
        + kind
        + b"\r\n\r\n"
        + many(*parts, boundary=boundary, before=before, behind=behind)
    )


def many(*parts: bytes, boundary: bytes, before: bytes = b"", behind: bytes = b"") -> bytes:
    """The body of a multipart."""
    return (
        before
        + b"".join(b"--" + boundary + b"\r\n" + part + b"\r\n" for part in parts)
        + b"--"
        + boundary
        + b"--\r\n"
        + behind
    )


def field(*names: bytes) -> bytes:
    """Fields of a part, one a line, and the blank line."""
    return b"".join(name + b"\r\n" for name in names) + b"\r\n"


TEXT = (
    field(b'Content-Type: text/plain; charset="utf-8"', b"Content-Transfer-Encoding: 8bit")
    + "Grüße\r\n".encode()
    + LETTER
)
PAGE = field(b"Content-Type: text/html; charset=utf-8", b"Content-Transfer-Encoding: quoted-printable") + HTML


def pdf(*shown: bytes, kind: bytes = b"application/pdf") -> bytes:
    """An attached document."""
    return field(b"Content-Type: " + kind, b"Content-Transfer-Encoding: base64", *shown) + lines(PDF)


ATTACHED = pdf(b'Content-Disposition: attachment; filename="bescheid.pdf"')


def _outlook() -> bytes:
    inner = many(TEXT, PAGE, boundary=b"_000_AM0PR02_")
    image = field(
        b'Content-Type: image/png; name="image001.png"', b"Content-Description: image001.png",
        b'Content-Disposition: inline; filename="image001.png"; size=68;\r\n\tcreation-date="Mon, 02 Nov 2026 09:00:00 GMT";\r\n'
        b'\tmodification-date="Mon, 02 Nov 2026 09:00:00 GMT"', b"Content-ID: <image001.png@01DA>", b"Content-Transfer-Encoding: base64",
    ) + lines(PNG)  # fmt: skip
    related = many(
        field(b'Content-Type: multipart/alternative;\r\n\tboundary="_000_AM0PR02_"') + inner,
        image,
        boundary=b"_004_AM0PR02_",
    )
    document = pdf(
        b"Content-Description: =?iso-8859-1?Q?Bescheid_M=FCller.pdf?=",
        b'Content-Disposition: attachment;\r\n\tfilename="=?iso-8859-1?Q?Bescheid_M=FCller.pdf?="; size=290',
        kind=b'application/pdf;\r\n\tname="=?iso-8859-1?Q?Bescheid_M=FCller.pdf?="',
    )
    top = (
        field(b'Content-Type: multipart/related;\r\n\tboundary="_004_AM0PR02_";\r\n\ttype="multipart/alternative"')
        + related
    )
    return mail(
        b'multipart/mixed;\r\n\tboundary="_005_AM0PR02_"',
        top,
        document,
        boundary=b"_005_AM0PR02_",
        more=b"X-MS-Has-Attach: yes\r\nX-MS-TNEF-Correlator:\r\n",
    )


def _thunderbird() -> bytes:
    named = (
        b'Content-Type: application/pdf;\r\n name="=?UTF-8?Q?Bescheid_=C3=BCber_die_Erteilung_einer_Genehmigung_f=C3=BC?=\r\n =?UTF-8?Q?r_M=C3=BCller=2Epdf?="',
        b"Content-Disposition: attachment;\r\n filename*0*=UTF-8''%42%65%73%63%68%65%69%64%20%C3%BC%62%65%72%20%64%69%65%20;\r\n filename*1*=%45%72%74%65%69%6C%75%6E%67%20%65%69%6E%65%72%20%47%65%6E%65%68%6D;\r\n filename*2*=%69%67%75%6E%67%20%66%C3%BC%72%20%4D%C3%BCller.pdf",
        b"Content-Transfer-Encoding: base64",
    )  # fmt: skip
    flowed = (
        field(b"Content-Type: text/plain; charset=UTF-8; format=flowed", b"Content-Transfer-Encoding: 8bit") + LETTER
    )
    note = b"This is a multi-part message in MIME format.\r\n"
    boundary = b"------------0yJ7Ww8QlLfVtGk5"
    return mail(
        b'multipart/mixed; boundary="' + boundary + b'"',
        flowed,
        field(*named) + lines(PDF),
        boundary=boundary,
        before=note,
    )


def _apple() -> bytes:
    named = pdf(
        b"Content-Disposition: attachment;\r\n\tfilename*=utf-8''Gru%CC%88%C3%9Fe.pdf",
        kind=b'application/pdf;\r\n\tx-unix-mode=0644;\r\n\tname="=?utf-8?Q?Gru=CC=88=C3=9Fe=2Epdf?="',
    )
    boundary = b"Apple-Mail=_7DDA4E52-9F5D"
    return mail(
        b'multipart/mixed;\r\n\tboundary="' + boundary + b'"',
        TEXT,
        named,
        TEXT,
        boundary=boundary,
        before=b"\r\n",
        more=b"X-Mailer: Apple Mail (2.3826)\r\n",
    )


def _gmail() -> bytes:
    boundary = b"000000000000a1b2c305f0e1d2c3"
    inner = field(b'Content-Type: multipart/alternative; boundary="000000000000a1b2c105f0e1d2c1"') + many(
        TEXT, PAGE, boundary=b"000000000000a1b2c105f0e1d2c1"
    )
    named = pdf(
        b'Content-Disposition: attachment; filename="=?UTF-8?B?R3LDvMOfZS5wZGY=?="', b"Content-ID: <f_abc0>", b"X-Attachment-Id: f_abc0",
        kind=b'application/pdf; name="=?UTF-8?B?R3LDvMOfZS5wZGY=?="',
    )  # fmt: skip
    return mail(
        b'multipart/mixed; boundary="' + boundary + b'"',
        inner,
        named,
        boundary=boundary,
        more=b"X-Received: by 2002:a17:906:0 with SMTP id x;\r\n        Mon, 02 Nov 2026 01:00:00 -0800 (PST)\r\n",
    )


def _bounce(original: bytes) -> bytes:
    boundary = b"JAB03225.986577786/mx.example.org"
    said = b"\r\nThe original message was received at Fri, 6 Apr 2026 09:23:03 -0800\r\nfrom localhost\r\n"
    status = (
        field(b"Content-Type: message/delivery-status")
        + b"Reporting-MTA: dns; mx.example.org\r\n\r\nFinal-Recipient: rfc822; b@example.org\r\nAction: failed\r\nStatus: 5.4.6\r\n"
    )
    kind = b'multipart/report; report-type=delivery-status;\r\n\tboundary="' + boundary + b'"'
    return mail(
        kind,
        said,
        status,
        original,
        boundary=boundary,
        before=b"This is a MIME-encapsulated message\r\n\r\n",
        more=b"Auto-Submitted: auto-generated (failure)\r\n",
    )


def _signed(protocol: bytes, micalg: bytes, signature: bytes) -> bytes:
    kind = b'multipart/signed; micalg="' + micalg + b'";\r\n protocol="' + protocol + b'";\r\n boundary="sig-1"'
    return mail(
        kind,
        TEXT,
        signature,
        boundary=b"sig-1",
        before=b"This is an OpenPGP/MIME signed message (RFC 4880 and 3156)\r\n",
    )


ARMOR = b"-----BEGIN PGP SIGNATURE-----\r\n\r\niHUEABYKAB0WIQQ=\r\n=abcd\r\n-----END PGP SIGNATURE-----\r\n"
ORIGINAL = (
    TOP + MIME + b'Content-Type: multipart/mixed; boundary="orig-1"\r\n\r\n' + many(TEXT, ATTACHED, boundary=b"orig-1")
)
PLAIN = TOP + MIME + b"Content-Type: text/plain; charset=utf-8\r\n"
BASE64_TEXT = PLAIN + b"Content-Transfer-Encoding: base64\r\n\r\n" + lines("Grüße an alle\r\n".encode() * 9 + b"!")

#: Programs.
PROGRAMS: dict[str, bytes] = {
    "outlook": _outlook(), "thunderbird": _thunderbird(), "apple": _apple(), "gmail": _gmail(),
    "notes": mail(b'multipart/mixed; boundary="=_mixed 0054DB6BC1257B5A_="', TEXT, ATTACHED, boundary=b"=_mixed 0054DB6BC1257B5A_="),
    "pine": TOP + MIME + b"Content-Type: TEXT/PLAIN; charset=US-ASCII; format=flowed\r\nContent-Transfer-Encoding: 7BIT\r\n\r\n" + LETTER,
    "pine-attached": mail(b'MULTIPART/MIXED; BOUNDARY="-559023410-851401618-847981560=:1"', field(b"Content-Type: TEXT/PLAIN; charset=US-ASCII") + LETTER, pdf(b'Content-Disposition: attachment; filename="a.pdf"', kind=b'APPLICATION/PDF; name="a.pdf"').replace(b"base64", b"BASE64"), boundary=b"-559023410-851401618-847981560=:1", before=b"  This message is in MIME format.\r\n\r\n"),
    "next": TOP + b"Mime-Version: 1.0 (NeXT Mail 3.3 v118.2)\r\nContent-Type: text/plain; charset=us-ascii (Plain text)\r\nContent-Transfer-Encoding: 7bit (ASCII)\r\n\r\n" + LETTER,
    "rfc-1049": TOP + b"Content-Type: text\r\nContent-Length: 210\r\nStatus: RO\r\n\r\n" + LETTER,
    "no-mime": TOP + b"\r\n" + LETTER,
    "cron": b"From: root@host (Cron Daemon)\r\nTo: root@host\r\nSubject: Cron <root@host> test -x /usr/sbin/anacron || run-parts\r\nX-Cron-Env: <SHELL=/bin/sh>\r\nX-Cron-Env: <PATH=/usr/bin:/bin>\r\nContent-Type: text/plain; charset=UTF-8\r\nContent-Transfer-Encoding: 8bit\r\n\r\nrun-parts: failed\r\n",
    "mbox-line": b"From a@example.org Mon Nov  2 10:00:00 2026\r\n" + PLAIN + b"\r\n" + LETTER,
    "quoted-mbox-line": b">From a@example.org Mon Nov  2 10:00:00 2026\r\n" + PLAIN + b"\r\n" + LETTER,
    "php-no-blanks": TOP + MIME + b"Content-type:text/html;charset=UTF-8\r\n\r\n<p>Guten Tag</p>\r\n",
    "php-version-twice": TOP + MIME + MIME + b"Content-Type: text/plain; charset=utf-8;\r\n\r\n" + LETTER,
    "php-unused-boundary": TOP + MIME + b'Content-Type: text/html; charset="utf-8"; boundary="b1_0a"\r\n\r\n<p>Guten Tag</p>\r\n',
    "php-prefixed-boundaries": mail(b"multipart/mixed; boundary=b1", field(b"Content-Type: multipart/alternative; boundary=b1-alt") + many(TEXT, PAGE, boundary=b"b1-alt"), ATTACHED, boundary=b"b1"),
    "calendar": mail(b'multipart/alternative; boundary="cal"', TEXT, PAGE, field(b'Content-Type: text/calendar; charset="UTF-8"; method=REQUEST', b"Content-Transfer-Encoding: 7bit") + b"BEGIN:VCALENDAR\r\nMETHOD:REQUEST\r\nEND:VCALENDAR\r\n", boundary=b"cal"),
    "charset-twice": TOP + MIME + b"Content-Type: text/plain; charset=utf-8; charset=iso-8859-1\r\n\r\n" + LETTER,
    "charset-half-quoted": TOP + MIME + b'Content-Type: text/plain; charset="utf-8\r\n\r\n' + LETTER,
    "charset-empty": TOP + MIME + b"Content-Type: text/plain; charset=\r\n\r\n" + LETTER,
    "encoded-multipart-in-name-only": mail(b"multipart/mixed; boundary=b1\r\nContent-Transfer-Encoding: 8bit", TEXT, ATTACHED, boundary=b"b1"),
    "names-of-versions": mail(b"multipart/mixed; boundary=b1", TEXT, pdf(b'Content-Disposition: attachment; filename="Version 2.0.pdf"', kind=b'application/pdf; name="Version 2.0"'), boundary=b"b1"),
    "name-with-blanks": mail(b"multipart/mixed; boundary=b1", TEXT, pdf(b"Content-Disposition: attachment; filename=Bescheid vom Amt.pdf", kind=b"application/pdf; name=Bescheid vom Amt.pdf"), boundary=b"b1"),
}  # fmt: skip

#: Lists and servers.
SERVERS: dict[str, bytes] = {
    "mailman-footer-part": mail(b'multipart/mixed; boundary="===============7330845974216740156=="', TEXT, ATTACHED, field(b'Content-Type: text/plain; charset="us-ascii"', b"MIME-Version: 1.0", b"Content-Transfer-Encoding: 7bit", b"Content-Disposition: inline") + FOOTER, boundary=b"===============7330845974216740156==", more=b"List-Id: <liste.lists.example.org>\r\nPrecedence: list\r\n"),
    "footer-behind-parts": mail(b"multipart/mixed; boundary=b1", TEXT, ATTACHED, boundary=b"b1", behind=b"\r\n" + FOOTER),
    "footer-behind-text": PLAIN + b"\r\n" + LETTER + FOOTER,
    "footer-behind-base64": BASE64_TEXT + FOOTER,
    "footer-behind-base64-with-padding": PLAIN + b"Content-Transfer-Encoding: base64\r\n\r\n" + lines("Grüße an alle\r\n".encode() * 9) + b"\r\n" + FOOTER,
    "footer-behind-quoted-printable": PLAIN + b"Content-Transfer-Encoding: quoted-printable\r\n\r\n" + qp(LETTER) + FOOTER + b"?x=1&y=2\r\n",
    "digest": mail(b'multipart/digest; boundary="d1"', b"\r\n" + TOP + b"\r\n" + LETTER, b"\r\n" + ORIGINAL, boundary=b"d1"),
    "bounce": _bounce(field(b"Content-Type: message/rfc822") + ORIGINAL),
    "bounce-headers": _bounce(field(b"Content-Type: text/rfc822-headers") + ORIGINAL.partition(b"\r\n\r\n")[0] + b"\r\n"),
    "bounce-cut-header": _bounce(field(b"Content-Type: message/rfc822") + ORIGINAL.partition(b"\r\n\r\n")[0] + b"\r\n\r\n"),
    "bounce-cut-body": _bounce(field(b"Content-Type: message/rfc822") + ORIGINAL[:900]),
    "abuse-report": mail(b"multipart/report; report-type=feedback-report; boundary=f1", TEXT, field(b"Content-Type: message/feedback-report") + b"Feedback-Type: abuse\r\nUser-Agent: X/1.0\r\nVersion: 1\r\n", field(b"Content-Type: message/rfc822", b"Content-Disposition: inline") + ORIGINAL, boundary=b"f1"),
    "receipt": mail(b"multipart/report; report-type=disposition-notification; boundary=f1", TEXT, field(b"Content-Type: message/disposition-notification") + b"Final-Recipient: rfc822; b@example.org\r\nDisposition: manual-action/MDN-sent-manually; displayed\r\n", boundary=b"f1"),
    "openpgp": _signed(b"application/pgp-signature", b"pgp-sha512", field(b'Content-Type: application/pgp-signature; name="OpenPGP_signature.asc"', b"Content-Description: OpenPGP digital signature", b'Content-Disposition: attachment; filename="OpenPGP_signature"') + ARMOR),
    "forwarded": mail(b"multipart/mixed; boundary=b1", TEXT, field(b'Content-Type: message/rfc822; name="Unterlagen 2.0.eml"', b'Content-Disposition: attachment; filename="Unterlagen 2.0.eml"') + ORIGINAL, boundary=b"b1"),
    "forwarded-type-first": mail(b"multipart/mixed; boundary=b1", TEXT, field(b"Content-Type: message/rfc822") + b"Content-Type: application/pdf\r\nContent-Transfer-Encoding: base64\r\n" + TOP + b"\r\n" + lines(PDF), boundary=b"b1"),
    "resent": b"Resent-From: c@example.org\r\nResent-Date: Mon, 2 Nov 2026 11:00:00 +0100\r\n" + ORIGINAL,
}  # fmt: skip

#: Small faults that everybody overlooks.
HABITS: dict[str, bytes] = {
    "line-feeds": ORIGINAL.replace(b"\r\n", b"\n"),
    "trailing-blanks": re.sub(rb"(?<=[^\r\n])\r\n", b" \t\r\n", ORIGINAL),
    "blanks-behind-delimiters": ORIGINAL.replace(b"--orig-1\r\n", b"--orig-1  \r\n").replace(b"--orig-1--\r\n", b"--orig-1--   \r\n"),
    "no-last-line-end": ORIGINAL.removesuffix(b"\r\n"),
    "no-close": ORIGINAL.removesuffix(b"--orig-1--\r\n"),
    "cut-in-base64": ORIGINAL[:-70],
    "utf-8-header": PLAIN.replace(b"Unterlagen", "Grüße für Jürgen".encode()) + b"\r\n" + LETTER,
    "latin-1-header": PLAIN.replace(b"Unterlagen", b"Gr\xfc\xdfe") + b"\r\n" + LETTER,
    "long-lines": PLAIN + b"X-Long: " + b"a " * 3000 + b"\r\n\r\n" + b"wort " * 3000 + b"\r\n",
    "odd-folding": PLAIN.replace(b"Subject: Unterlagen", b"Subject:\r\n \tUnterlagen\r\n\t zum\r\n Antrag") + b"\r\n" + LETTER,
    "blank-fold": PLAIN.replace(b"Subject: Unterlagen\r\n", b"Subject: Unterlagen\r\n \r\n") + b"\r\n" + LETTER,
    "empty-fields": PLAIN + b"Cc:\r\nX-Mailer: \r\n\r\n" + LETTER,
    "same-type-twice": PLAIN + b"Content-Type: text/plain; charset=utf-8\r\n\r\n" + LETTER,
    "empty-body": PLAIN + b"\r\n",
    "no-body": PLAIN,
    "empty-part": mail(b"multipart/mixed; boundary=b1", TEXT, b"\r\n", field(b"Content-Type: text/plain"), boundary=b"b1"),
    "no-part": mail(b"multipart/mixed; boundary=b1", boundary=b"b1"),
    "dashes-in-text": mail(b'multipart/mixed; boundary="--"', TEXT.replace(b"anbei", b"-- \r\nanbei"), boundary=b"--b1").replace(b'"--"', b'"--b1"'),
    "quoted-delimiter": mail(b"multipart/mixed; boundary=b1", TEXT + b"> --b1\r\n> Content-Type: text/plain\r\n", ATTACHED, boundary=b"b1"),
    "source-in-text": mail(b"multipart/mixed; boundary=b1", TEXT + ORIGINAL, ATTACHED, boundary=b"b1"),
    "base64-blank-lines": mail(b"multipart/mixed; boundary=b1", TEXT, ATTACHED.replace(b"base64\r\n", b"base64\r\nContent-Description: x\r\n") + b"\r\n\r\n \r\n", boundary=b"b1"),
    "base64-end-of-file": mail(b"multipart/mixed; boundary=b1", TEXT, ATTACHED + b"\x1a\r\n", boundary=b"b1"),
    "base64-indented": mail(b"multipart/mixed; boundary=b1", TEXT, ATTACHED.replace(lines(PDF), lines(PDF).replace(b"\r\n", b"\r\n    ")), boundary=b"b1"),
    "qp-unescaped-signs": PLAIN + b"Content-Transfer-Encoding: quoted-printable\r\n\r\nhttps://example.org/?a=1&b=zz und =\r\nweiter = so\r\n",
    "qp-blanks-behind-break": PLAIN + b"Content-Transfer-Encoding: quoted-printable\r\n\r\nGr=C3=BC=C3=9Fe = \r\nan alle=\t\r\n.\r\n",
    "begin-in-text": PLAIN + b"\r\nbegin 2026 with us\r\nbegin 644 reasons\r\nto stay\r\nend\r\n",
    "semicolon-behind-encoding": PLAIN + b"Content-Transfer-Encoding: 8bit;\r\n\r\n" + LETTER,
    "misspelt-encoding": PLAIN + b"Content-Transfer-Encoding: 8-bit\r\n\r\n" + LETTER,
}  # fmt: skip
