"""What becomes of an element whose relationship is cut: the smallest change that leaves the part valid and its looks as they were."""

from __future__ import annotations

import copy
from typing import Any, Final

from attachguard.sanitizers.openxml.package import Link, Package, local

#: Elements that keep their place without the attribute.
_ATTRIBUTE_ONLY: Final = frozenset({"blip", "imagedata", "fill", "stroke", "svgBlip", "imgLayer"})
#: Lists and wrappers that mean nothing when they are empty.
_WRAPPERS: Final = frozenset(
    {
        "Choice", "Fallback", "oleObjects", "controls", "externalReferences", "graphicData", "custDataLst", "frameset",
        "AlternateContent", "extLst", "ext", "pivotCaches", "sldSyncPr",
    }
)  # fmt: skip


def unlink(package: Package, link: Link) -> None:
    """Cut a relationship and mend what used it."""
    for element, attribute in package.users(link.source, link.id):
        _mend(element, attribute)
        package.touch(link.source)
    package.cut(link)


def _mend(element: Any, attribute: str) -> None:
    name = local(element)
    if element.getparent() is None or name in _ATTRIBUTE_ONLY:
        element.attrib.pop(attribute, None)
    elif name == "hyperlink" and len(element):
        unwrap(element)
    elif name == "OLEObject":
        _word_object(element)
    elif name not in ("oleObj", "control") or not _slide_frame(element):
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


def _slide_frame(element: Any) -> bool:
    """The object or control of a slide goes; its picture takes the place of the frame (19.3.1.1, 19.3.2.4). False where it is on no slide."""
    if "presentationml" not in str(element.tag):
        return False
    holder = _above(element, "graphicFrame") if local(element) == "oleObj" else _above(element, "AlternateContent")
    holder = element if holder is None else holder
    picture = next((each for each in holder.iter() if local(each) == "pic"), None)
    if local(element) == "oleObj":
        parent = holder.getparent()
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


def _above(element: Any, name: str) -> Any:
    holder = element.getparent()
    while holder is not None and local(holder) != name:
        holder = holder.getparent()
    return holder


def remove(element: Any) -> None:
    """Take an element out, keep the text behind it, and take out wrappers that it leaves empty."""
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
    """A choice that is empty now: the next one counts, or what stands there for programs that understand none."""
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
