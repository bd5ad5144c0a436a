"""Which of the many formats that are ZIP archives an archive is: by its `mimetype` member, its main part's media type, or what it must contain.

OpenDocument 1.3 part 2 section 3.3, EPUB OCF 3.3 section 4.3, ETSI EN 319 162-1 (ASiC), JAR File Specification, PEP 427, ECMA-376 part 2. A
plain archive that holds such files further down stays a plain archive: everything asked for here is at the top.
"""

from __future__ import annotations

from typing import Final

from attachguard.containers.zip import read_member
from attachguard.formats.office._office.opc import read_package
from attachguard.later import later
from attachguard.part import Part
from attachguard.readers.zip.archive import Directory, Entry

_OASIS: Final = "application/vnd.oasis.opendocument."
_SUN: Final = "application/vnd.sun.xml."
#: Type ids by the content of the member `mimetype`.
MIMETYPES: Final = {
    _OASIS + "text": "odt", _OASIS + "text-template": "ott", _OASIS + "text-master": "odm", _OASIS + "text-master-template": "odm",
    _OASIS + "text-web": "oth", _OASIS + "spreadsheet": "ods", _OASIS + "spreadsheet-template": "ots", _OASIS + "presentation": "odp",
    _OASIS + "presentation-template": "otp", _OASIS + "graphics": "odg", _OASIS + "graphics-template": "otg", _OASIS + "chart": "odc",
    _OASIS + "chart-template": "odc", _OASIS + "formula": "odf", _OASIS + "formula-template": "odf", _OASIS + "image": "odi",
    _OASIS + "image-template": "odi", _OASIS + "base": "odb", _OASIS + "database": "odb",
    _SUN + "writer": "sxw", _SUN + "writer.template": "sxw", _SUN + "writer.global": "sxw", _SUN + "writer.web": "sxw",
    _SUN + "calc": "sxc", _SUN + "calc.template": "sxc", _SUN + "impress": "sxi", _SUN + "impress.template": "sxi",
    _SUN + "draw": "sxd", _SUN + "draw.template": "sxd", _SUN + "math": "odf", _SUN + "base": "odb", _SUN + "chart": "odc",
    "application/epub+zip": "epub",
    "application/vnd.etsi.asic-e+zip": "asice",
    "application/vnd.etsi.asic-s+zip": "asics",
    "application/hwp+zip": "hwpx",
    "application/vnd.openofficeorg.extension": "oxt",
    "image/openraster": "ora",
    "application/vnd.adobe.indesign-idml-package": "idml",
    "application/vnd.adobe.sparkler.project+dcxucf": "xd",
    "application/vnd.recordare.musicxml": "mxl",
    "application/x-ibooks+zip": "epub",
    "application/x-krita": "kra",
}  # fmt: skip
_COREL: Final = "application/x-vnd.corel."
_MIMETYPE_BYTES: Final = 256
_MANIFEST_BYTES: Final = 1 << 16
_MANIFEST_ROOT: Final = later(rb"<[\w:.-]{0,64}file-entry\s[^<>]{0,2000}>")
_MEDIA_TYPE: Final = later(rb"""media-type\s*=\s*["']([^"']{1,128})["']""")
#: Type 10000 (a Pages document) in the header of an IWA stream, which the compression leaves as it is.
_PAGES_MESSAGE: Final = b"\x08\x90\x4e"
_MOZILLA_SIGNATURE: Final = frozenset({"meta-inf/mozilla.rsa", "meta-inf/cose.sig", "meta-inf/zigbert.rsa"})


def classify(part: Part, directory: Directory) -> str:
    """The id of the special kind of archive that a part is; empty where it is nothing but an archive."""
    names = directory.by_name
    kind = ""
    first = names.get("mimetype")
    if first is not None and not first.folder:
        said = read_member(part, first, _MIMETYPE_BYTES).strip().decode("latin-1").partition(";")[0].lower()
        kind = MIMETYPES.get(said, "corel" if said.startswith(_COREL) else "")
    elif "[content_types].xml" in names or "_rels/.rels" in names:
        kind = _package(part, names)
    if "__main__.py" in names and (part.data.startswith(b"#!") or part.extension in ("pyz", "pyzw")):
        return "pyz"
    return kind or _by_members(part, names)


def _package(part: Part, names: dict[str, Entry]) -> str:
    """Kinds of OPC packages: the ones for programs by what they must contain, documents by their main part."""
    if "extension.vsixmanifest" in names:
        return "vsix"
    if "3d/3dmodel.model" in names:
        return "3mf"
    if "appxmanifest.xml" in names or "appxmetadata/appxbundlemanifest.xml" in names:
        return "msix"
    if any(name.endswith(".nuspec") and "/" not in name for name in names):
        return "nupkg"
    return part.once(read_package).type_id


def _by_members(part: Part, names: dict[str, Entry]) -> str:
    manifest = names.get("meta-inf/manifest.xml")
    if manifest is not None:
        if "description.xml" in names and "content.xml" not in names:
            return "oxt"
        kind = _open_document(read_member(part, manifest, _MANIFEST_BYTES))
        if kind:
            return kind
    if any(name.startswith("meta-inf/") for name in names):
        kind = _signed_container(names)
        if kind:
            return kind
    return _program(names) or _document(part, names)


def _open_document(manifest: bytes) -> str:
    """The type that an OpenDocument manifest gives its root entry, for files that lost their `mimetype` member."""
    for element in _MANIFEST_ROOT.findall(manifest)[:200]:
        if b'full-path="/"' in element:
            media_type = _MEDIA_TYPE.search(element)
            return MIMETYPES.get(media_type.group(1).decode("latin-1").lower(), "") if media_type else ""
    return ""


def _signed_container(names: dict[str, Entry]) -> str:
    """ASiC without `mimetype` (EN 319 162-1, 4.3.3 and 4.4.3): signatures in META-INF beside signed files at the top."""
    signatures = [name for name in names if name.startswith("meta-inf/") and is_asic_signature(name)]
    if not signatures or "meta-inf/manifest.mf" in names or "meta-inf/container.xml" in names:
        return ""
    if any("asicmanifest" in name for name in names):
        return "asice"
    files = sum(1 for name, entry in names.items() if not entry.folder and not name.startswith("meta-inf/"))
    return ("asice" if files > 1 or "meta-inf/manifest.xml" in names else "asics") if files else ""


def is_asic_signature(name: str) -> bool:
    """Whether a member in META-INF, given in lower case, holds a signature or time stamp of an ASiC container."""
    leaf = name.rpartition("/")[2]
    return leaf.endswith((".p7s", ".tst")) or (
        leaf.endswith(".xml") and "signature" in leaf and "asicmanifest" not in leaf
    )


def _program(names: dict[str, Entry]) -> str:
    if "androidmanifest.xml" in names and (
        "classes.dex" in names or "resources.arsc" in names or "meta-inf/manifest.mf" in names
    ):
        return "apk"
    if "base/manifest/androidmanifest.xml" in names or "bundleconfig.pb" in names:
        return "apk"
    if any(name.startswith("meta-inf/com/android/build/") for name in names):
        return "apk"
    if any(name.startswith("payload/") and ".app/" in name for name in names):
        return "ipa"
    if "install.rdf" in names or ("manifest.json" in names and not _MOZILLA_SIGNATURE.isdisjoint(names)):
        return "xpi"
    if "meta-inf/manifest.mf" in names and _is_java(names):
        return "jar"
    if "gadget.xml" in names:
        return "gadget"
    if "appmanifest.xaml" in names:
        return "xap"
    if "meta-inf/air/application.xml" in names:
        return "air"
    if any(name.endswith(".dist-info/wheel") and name.count("/") == 1 for name in names):
        return "whl"
    return ""


def _is_java(names: dict[str, Entry]) -> bool:
    """A manifest at the top makes a Java archive; but others carry one too, so a class, a web application or a short list must join it."""
    return (
        any(name.endswith((".class", ".jar", ".sf")) for name in names)
        or "web-inf/web.xml" in names
        or next(iter(names)) in ("meta-inf/", "meta-inf/manifest.mf")
    )


def _document(part: Part, names: dict[str, Entry]) -> str:
    if "index/document.iwa" in names or "index.zip" in names:
        return _iwork(part, names)
    if "index.apxl" in names or "index.apxl.gz" in names:
        return "key"
    if "index.xml" in names and ("buildversionhistory.plist" in names or "quicklook/thumbnail.jpg" in names):
        root = read_member(part, names["index.xml"], 512)
        return "numbers" if b"<ls:document" in root else "pages" if b"<sl:document" in root else ""
    return _drawing(part, names) or _single(names) or _map(names)


#: What is at the top of documents and drawings that say nothing of themselves: all of these, and nothing else makes the kind.
_TELLING: Final[tuple[tuple[str, tuple[str, ...]], ...]] = (
    ("corel", ("content/riffdata.cdr",)),
    ("corel", ("content/root.dat", "content/datafilelist.dat")),
    ("xmind", ("content.json", "metadata.json")),
    ("xmind", ("content.json", "manifest.json")),
    ("sketch", ("document.json", "meta.json")),
    ("fcstd", ("document.xml", "guidocument.xml")),
    ("ggb", ("geogebra.xml",)),
    ("figma", ("canvas.fig",)),
    ("h5p", ("h5p.json",)),
    ("procreate", ("document.archive", "quicklook/thumbnail.png")),
    ("idml", ("designmap.xml",)),
)
#: Words in the first bytes of a member at the top.
_WORDS: Final = (("document.xml", b"schemas.mindjet.com", "mmap"), ("content.xml", b"xmap-content", "xmind"))
#: The one file of a format that is nothing but that file packed, and how many files may be next to it.
_ALONE: Final = (
    (".qgs", "qgz", 2),
    (".mscx", "mscz", 40),
    (".twb", "twbx", 40),
    (".ifc", "ifczip", 1),
    (".usdc", "usdz", 200),
    (".musicxml", "mxl", 3),
)


def _drawing(part: Part, names: dict[str, Entry]) -> str:
    for kind, telling in _TELLING:
        if all(name in names for name in telling):
            return kind
    for name, word, kind in _WORDS:
        if name in names and word in read_member(part, names[name], 1024):
            return kind
    return ""


def _single(names: dict[str, Entry]) -> str:
    """Formats that are one file with little beside it."""
    top = [name for name, entry in names.items() if "/" not in name and not entry.folder]
    files = sum(not entry.folder for entry in names.values())
    for ending, kind, most in _ALONE:
        if files <= most + 1 and sum(name.endswith(ending) for name in top) == 1:
            return kind
    return ""


def _map(names: dict[str, Entry]) -> str:
    if "doc.kml" in names or (len(names) < 50 and any(name.endswith(".kml") and "/" not in name for name in names)):
        return "kmz"
    return ""


def _iwork(part: Part, names: dict[str, Entry]) -> str:
    """Pages, Numbers or Keynote since 2013: slides make a presentation, the number of the document's first message makes a Pages document."""
    if any(name.startswith(("index/slide", "index/masterslide", "index/templateslide")) for name in names):
        return "key"
    document = names.get("index/document.iwa")
    if document is not None and _PAGES_MESSAGE in read_member(part, document, 64):
        return "pages"
    if document is None or document.scheme:
        return part.extension if part.extension in ("numbers", "key") else "pages"
    return "numbers"
