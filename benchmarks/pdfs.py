"""PDF files of the workload: all in ASCII85 as report writers make them, or packed anew by another program; fonts, photographs, links, locks."""

from __future__ import annotations

import functools
import io
import random
import struct
import zlib
from base64 import a85encode

from benchmarks.material import noise, photos, prose


def _stream(data: bytes, filters: str, more: str = "") -> bytes:
    return f"<< {more}/Filter {filters} /Length {len(data)} >>\nstream\n".encode() + data + b"\nendstream"


_letters = functools.lru_cache(100)(a85encode)


def _lettered(data: bytes, filters: str, more: str = "") -> bytes:
    return _stream(_letters(data) + b"~>", f"[ /ASCII85Decode {filters} ]", more)


def _page_text(rng: random.Random, lines: int) -> bytes:
    text = "".join(f"({prose(rng, 95)}) Tj T*\n" for _ in range(lines))
    return f"1 0 0 1 0 0 cm BT /F1 12 Tf 14.4 TL ET\nBT 1 0 0 1 60 770 Tm\n{text}ET\nn 60 60 m 60 100 l S\n".encode(
        "latin-1", "replace"
    )


def pdf(rng: random.Random, size: int) -> bytes:
    """A PDF of pages with text, photographs and a font: half as a report writer has them, the others packed anew, most of these with object streams."""
    anew, font = rng.random() < 0.5, size > 60_000 or rng.random() < 0.5
    pages = max(1, min(60, int(min(size * rng.uniform(0.05, 0.5), 160_000) / 1_400)))
    pictures = photos(rng, size - pages * 1_400 - (45_000 if font else 2_000)) if size > 26_000 else []

    def coded(data: bytes) -> bytes:
        data = zlib.compress(data)
        return _stream(data, "/FlateDecode") if anew else _lettered(data, "/FlateDecode")

    plain: list[bytes] = [b"<< /Type /Catalog /Pages 2 0 R >>"]
    streams: list[bytes] = []
    first_stream = 3 + 2 * pages
    kids = " ".join(f"{3 + 2 * page} 0 R" for page in range(pages))
    plain.append(f"<< /Count {pages} /Kids [ {kids} ] /Type /Pages >>".encode())
    fonts = [first_stream + pages + number for number in range(2 if font else 0)]
    first_picture = first_stream + pages + len(fonts)
    shown = [f"/I{number} {first_picture + number} 0 R" for number in range(len(pictures))]
    descriptors = [f"/FontDescriptor << /Type /FontDescriptor /FontFile2 {number} 0 R >> " for number in fonts] or [""]
    named = " ".join(
        f"/F{number} << /BaseFont /Helvetica {descriptor}/Encoding /WinAnsiEncoding /Subtype /TrueType /Type /Font >>"
        for number, descriptor in enumerate(descriptors, 1)
    )
    for page in range(pages):
        plain.append(
            f"<< /Annots [ {4 + 2 * page} 0 R ] /Contents {first_stream + page} 0 R /MediaBox [ 0 0 595.27 841.88 ] /Parent 2 0 R /Resources << /Font "
            f"<< {named} >> /XObject << {' '.join(shown[page::pages])} >> /ProcSet [ /PDF /Text /ImageB ] >> /Rotate 0 /Trans << >> /Type /Page >>".encode()
        )
        plain.append(
            f"<< /A << /S /URI /Type /Action /URI (https://example.com/{page}) >> /Border [ 0 0 0 ] /Rect [ 60 60 120 80 ] /Subtype /Link "
            "/Type /Annot >>".encode()
        )
        streams.append(coded(_page_text(rng, 46)))
    streams += [coded(noise(rng, 17_000) + bytes(14_000)) for _ in fonts]
    image = "/BitsPerComponent 8 /ColorSpace /DeviceRGB /Height 480 /Subtype /Image /Type /XObject /Width 640 "
    # Who packs a file anew leaves photographs as they are, letters and all.
    streams += [_lettered(picture, "/DCTDecode", image) for picture in pictures]
    return _with_object_streams(plain, streams) if anew and rng.random() < 0.7 else _with_table([*plain, *streams])


def locked(rng: random.Random, size: int, user: str = "unbekannt") -> bytes:
    """A PDF under the password of a user, or only under that of its owner where that is empty."""
    import pikepdf

    target = io.BytesIO()
    with pikepdf.open(io.BytesIO(pdf(rng, size))) as file:
        file.save(
            target,
            encryption=pikepdf.Encryption(owner="own", user=user, R=3, aes=False, metadata=False),
            static_id=True,
        )
    return target.getvalue()


def _with_table(objects: list[bytes]) -> bytes:
    out = io.BytesIO()
    out.write(b"%PDF-1.4\n%\x93\x8c\x8b\x9e ReportLab Generated PDF document\n")
    places = []
    for number, content in enumerate(objects, 1):
        places.append(out.tell())
        out.write(f"{number} 0 obj\n".encode() + content + b"\nendobj\n")
    start = out.tell()
    out.write(f"xref\n0 {len(objects) + 1}\n0000000000 65535 f \n".encode())
    out.write(b"".join(f"{place:010d} 00000 n \n".encode() for place in places))
    out.write(f"trailer\n<< /Root 1 0 R /Size {len(objects) + 1} >>\nstartxref\n{start}\n%%EOF\n".encode())
    return out.getvalue()


def _with_object_streams(plain: list[bytes], streams: list[bytes]) -> bytes:
    """Objects without data in object streams of a hundred, and a cross-reference stream (ISO 32000-2, 7.5.7 and 7.5.8)."""
    out = io.BytesIO()
    out.write(b"%PDF-1.5\n%\xbf\xf7\xa2\xfe\n")
    places: dict[int, tuple[int, int, int]] = {}
    for number, content in enumerate(streams, len(plain) + 1):
        places[number] = (1, out.tell(), 0)
        out.write(f"{number} 0 obj\n".encode() + content + b"\nendobj\n")
    number = len(plain) + len(streams)
    for at in range(0, len(plain), 100):
        number += 1
        some, offset, index = plain[at : at + 100], 0, []
        for place, content in enumerate(some):
            index.append(f"{at + place + 1} {offset}")
            places[at + place + 1] = (2, number, place)
            offset += len(content) + 1
        head = " ".join(index).encode() + b" "
        places[number] = (1, out.tell(), 0)
        packed = zlib.compress(head + b"\n".join(some))
        out.write(
            f"{number} 0 obj\n".encode()
            + _stream(packed, "/FlateDecode", f"/Type /ObjStm /N {len(some)} /First {len(head)} ")
            + b"\nendobj\n"
        )
    start = out.tell()
    places[number + 1] = (1, start, 0)
    rows = b"\0\0\0\0\0\0\xff" + b"".join(struct.pack(">BIH", *places[each]) for each in range(1, number + 2))
    more = f"/Type /XRef /W [ 1 4 2 ] /Root 1 0 R /Size {number + 2} "
    out.write(
        f"{number + 1} 0 obj\n".encode()
        + _stream(zlib.compress(rows), "/FlateDecode", more)
        + f"\nendobj\nstartxref\n{start}\n%%EOF\n".encode()
    )
    return out.getvalue()
