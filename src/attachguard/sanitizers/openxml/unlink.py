"""What becomes of an element whose relationship is cut: the smallest change that leaves the part valid and its looks as they were."""

from __future__ import annotations

import copy
from typing import Any, Final

from attachguard.sanitizers.openxml.package import Link, Package, local
from attachguard.sanitizers.record import Refusal

#: Elements that keep their place without the attribute.
_ATTRIBUTE_ONLY: Final = frozenset({"blip", "imagedata", "fill", "stroke", "svgBlip", "imgLayer", "worksheetSource"})
#: Lists and wrappers that mean nothing when they are empty.
_WRAPPERS: Final = frozenset(
    {
        "Choice", "Fallback", "oleObjects", "controls", "externalReferences", "graphicData", "custDataLst", "frameset",
        "AlternateContent", "extLst", "ext", "pivotCaches", "sldSyncPr",
    }
)  # fmt: skip


_IMAGE: Final = "http://schemas.openxmlformats.org/officeDocument/2006/relationships/image"
_PICTURE: Final = (
    '<p:pic xmlns:p="http://schemas.openxmlformats.org/presentationml/2006/main" xmlns:a="http://schemas.openxmlformats.org/drawingml/2006/main" '
    'xmlns:r="http://schemas.openxmlformats.org/officeDocument/2006/relationships"><p:nvPicPr><p:cNvPr id="{number}" name="Picture {number}"/>'
    '<p:cNvPicPr/><p:nvPr/></p:nvPicPr><p:blipFill><a:blip r:embed="{ident}"/><a:stretch><a:fillRect/></a:stretch></p:blipFill>'
    '<p:spPr><a:xfrm>{place}</a:xfrm><a:prstGeom prst="rect"><a:avLst/></a:prstGeom></p:spPr></p:pic>'
)


def unlink(package: Package, link: Link) -> None:
    """Cut a relationship and mend what used it."""
    for element, attribute in package.users(link.source, link.id):
        _mend(element, attribute, package, link.source)
        package.touch(link.source)
    package.cut(link)


def _mend(element: Any, attribute: str, package: Package, source: str) -> None:
    name = local(element)
    if element.getparent() is None or name in _ATTRIBUTE_ONLY:
        element.attrib.pop(attribute, None)
    elif name == "hyperlink" and len(element):
        unwrap(element)
    elif name == "OLEObject":
        _word_object(element)
    elif name not in ("oleObj", "control") or not _slide_frame(element, package, source):
        remove(element)


def unwrap(element: Any) -> None:
    """Put what an element holds in its place."""
    parent = element.getparent()
    place = parent.index(element)
    for offset, child in enumerate(list(element)):
        parent.insert(place + offset, child)
    remove(element)


def _word_object(element: Any) -> None:
    """The object of Word goes; the picture beside it stays as a picture (17.3.3.19, 17.3.3.21)."""
    holder = element.getparent()
    remove(element)
    if local(holder) == "object" and holder.getparent() is not None:
        namespace = holder.tag.rpartition("}")[0]
        holder.tag = f"{namespace}}}pict" if namespace else "pict"
        for key in list(holder.attrib):
            if key.rpartition("}")[2] in ("dxaOrig", "dyaOrig"):
                del holder.attrib[key]


def _slide_frame(element: Any, package: Package, source: str) -> bool:
    """The object or control of a slide goes; its picture takes the place of the frame (19.3.1.1, 19.3.2.4). False where it is on no slide."""
    if "presentationml" not in str(element.tag):
        return False
    holder = _above(element, "graphicFrame") if local(element) == "oleObj" else _above(element, "AlternateContent")
    holder = element if holder is None else holder
    picture = next((each for each in holder.iter() if local(each) == "pic"), None)
    if local(element) == "oleObj":
        parent = holder.getparent()
        if picture is None:
            picture = _legacy_picture(element, holder, package, source)
        if picture is not None and parent is not None:
            parent.replace(holder, copy.deepcopy(picture))
        else:
            remove(holder)
        return True
    shapes = next((each for each in element.getroottree().getroot().iter() if local(each) == "spTree"), None)
    if picture is not None and shapes is not None:
        shapes.append(copy.deepcopy(picture))
    remove(holder)
    return True


def _legacy_picture(element: Any, frame: Any, package: Package, source: str) -> Any:
    """The picture that PowerPoint 2007 keeps of an object in a legacy drawing, as a picture of the slide; None where there is none."""
    from lxml import etree

    shape = element.get("spid") or ""
    place = next((each for each in frame if local(each) == "xfrm"), None)
    for drawing in [each for each in package.of(source) if each.kind == "vmldrawing" and each.target in package.pack]:
        try:
            root = package.tree(drawing.target)
        except Refusal:
            continue
        found = next((each for each in root.iter() if local(each) == "shape" and shape in each.attrib.values()), None)
        image = next((each for each in found.iter() if local(each) == "imagedata"), None) if found is not None else None
        ident = (
            next((value for key, value in image.attrib.items() if key.endswith("}relid")), "")
            if image is not None
            else ""
        )
        target = next(
            (each.target for each in package.of(drawing.target) if each.id == ident and not each.external), ""
        )
        if shape and target in package.pack and place is not None:
            inner = b"".join(etree.tostring(each, with_tail=False) for each in place).decode()
            drawn = _PICTURE.format(
                ident=package.link_to(source, _IMAGE, target), place=inner, number=1000 + len(package.of(source))
            )
            return etree.fromstring(drawn)
    return None


def _above(element: Any, name: str) -> Any:
    holder = element.getparent()
    while holder is not None and local(holder) != name:
        holder = holder.getparent()
    return holder


def remove(element: Any) -> None:
    """Take an element out, keep the text after it, and take out wrappers that it leaves empty."""
    parent = element.getparent()
    if parent is None:
        return
    if element.tail and element.tail.strip():
        before = element.getprevious()
        if before is not None:
            before.tail = (before.tail or "") + element.tail
        else:
            parent.text = (parent.text or "") + element.tail
    parent.remove(element)
    name = local(parent)
    if len(parent) == 0 and name in _WRAPPERS and not (parent.text or "").strip() and parent.getparent() is not None:
        if name == "Choice":
            _fall_back(parent)
        else:
            remove(parent)


def _fall_back(choice: Any) -> None:
    """A choice that is empty now: the next one counts, or what is there for programs that understand none."""
    holder = choice.getparent()
    holder.remove(choice)
    left = [each for each in holder if local(each) in ("Choice", "Fallback")]
    if not left or (len(left) == 1 and local(left[0]) == "Fallback" and len(left[0]) == 0):
        remove(holder)
    elif len(left) == 1 and local(left[0]) == "Fallback":
        parent = holder.getparent()
        place = parent.index(holder)
        for offset, each in enumerate(list(left[0])):
            parent.insert(place + offset, each)
        remove(holder)
