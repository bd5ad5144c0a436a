"""Pages, drawings and PDF documents."""

from __future__ import annotations

from collections.abc import Mapping

from attachguard.testkit.content import Content, octets

PLAIN: Mapping[int, bytes] = {
    1: b"<</Type/Catalog/Pages 2 0 R>>",
    2: b"<</Type/Pages/Kids[3 0 R]/Count 1>>",
    3: b"<</Type/Page/Parent 2 0 R/MediaBox[0 0 99 99]/Contents 4 0 R>>",
    4: b"<</Length 31>>\nstream\nBT /F1 12 Tf (Guten Tag) Tj ET\n\nendstream",
}


def page(body: str, head: str = "") -> bytes:
    """A page around some HTML."""
    return (
        f'<!DOCTYPE html>\n<html lang="de"><head><meta charset="utf-8"><title>Rechnung</title>{head}</head>\n<body>\n{body}\n</body></html>\n'
    ).encode()


def html(*, body: str = "", script: str = "", head: str = "") -> bytes:
    """An HTML page.

    Args:
        body: what is in its body.
        script: source of a script at the body's end.
        head: more elements of its head.
    """
    return page(body + (f"<script>{script}</script>" if script else ""), head)


def svg(*, content: str = "", script: str = "", attributes: str = "") -> bytes:
    """An SVG drawing.

    Args:
        content: elements of it.
        script: source of a script in it.
        attributes: more attributes of its root.
    """
    if script:
        content += f'<script type="text/ecmascript"><![CDATA[{script}]]></script>'
    return (
        '<?xml version="1.0" encoding="UTF-8"?>\n'
        '<svg xmlns="http://www.w3.org/2000/svg" xmlns:xlink="http://www.w3.org/1999/xlink" width="44" height="26"'
        f'{f" {attributes}" if attributes else ""}>\n<path d="M1 1H43V25H1Z" fill="#007aff" id="p"/>\n{content}\n</svg>\n'
    ).encode()


def pdf_file(objects: Mapping[int, bytes], *, trailer: bytes = b"", table: bool = True, before: bytes = b"") -> bytes:
    """A file of these objects, which come on top of a plain page (ISO 32000-2).

    Args:
        objects: by number; they replace those of `PLAIN`.
        trailer: more entries for the trailer.
        table: False leaves out table and trailer, as in a damaged file.
        before: bytes ahead of the header.
    """
    data = before + b"%PDF-1.7\n%\xe2\xe3\xcf\xd3\n"
    everything = {**PLAIN, **objects}
    offsets = {}
    for number, value in everything.items():
        offsets[number] = len(data) - len(before)
        data += b"%d 0 obj\n%s\nendobj\n" % (number, value)
    if not table:
        return data
    size = max(everything) + 1
    start = len(data) - len(before)
    data += b"xref\n0 %d\n0000000000 65535 f \n" % size
    for number in range(1, size):
        data += b"%010d 00000 n \n" % offsets[number] if number in offsets else b"0000000000 00000 f \n"
    return data + b"trailer\n<</Root 1 0 R/Size %d%s>>\nstartxref\n%d\n%%%%EOF\n" % (size, trailer, start)


def _string(text: str) -> bytes:
    return b"<%s>" % text.encode("latin-1", "replace").hex().encode()


def pdf(
    *,
    javascript: str = "",
    uri: str = "",
    launch: str = "",
    text: str = "Guten Tag",
    attached: Mapping[str, Content] | None = None,
) -> bytes:
    """A PDF document of one page.

    Args:
        javascript: what runs when the document opens.
        uri: the address of a link over the whole page.
        launch: a program that is started when the document opens.
        text: what is on the page.
        attached: contents of attached files, by name.
    """
    objects: dict[int, bytes] = {}
    catalog = b"<</Type/Catalog/Pages 2 0 R"
    if javascript:
        catalog += b"/OpenAction<</S/JavaScript/JS%s>>" % _string(javascript)
    elif launch:
        catalog += b"/OpenAction<</S/Launch/F%s>>" % _string(launch)
    if attached:
        names = b""
        for number, (name, data) in enumerate(attached.items()):
            raw = octets(data)
            objects[10 + 2 * number] = b"<</Type/EmbeddedFile/Length %d>>\nstream\n%s\nendstream" % (len(raw), raw)
            objects[11 + 2 * number] = b"<</Type/Filespec/F%s/EF<</F %d 0 R>>>>" % (_string(name), 10 + 2 * number)
            names += b"%s %d 0 R" % (_string(name), 11 + 2 * number)
        catalog += b"/Names<</EmbeddedFiles<</Names[%s]>>>>" % names
    objects[1] = catalog + b">>"
    if uri:
        objects[3] = PLAIN[3].replace(b"/Contents", b"/Annots[5 0 R]/Contents")
        objects[5] = b"<</Type/Annot/Subtype/Link/Rect[0 0 99 99]/A<</S/URI/URI%s>>>>" % _string(uri)
    shown = b"BT /F1 12 Tf %s Tj ET\n" % _string(text)
    objects[4] = b"<</Length %d>>\nstream\n%s\nendstream" % (len(shown), shown)
    return pdf_file(objects)
