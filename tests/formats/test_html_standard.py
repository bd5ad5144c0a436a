"""Pages are cut into tokens as the HTML standard says: compared with html5lib over nested and broken constructs.

Nothing that a browser runs may be missed. What it shows as text, or hides in a comment or in another attribute, is no script, but for pages that
nest drawings, selections and frame sets in a way that no two readers agree on: there, everything that looks like script counts.
"""

from __future__ import annotations

import re

import html5lib
from hypothesis import HealthCheck, example, given, settings
from hypothesis import strategies as st

from attachguard._core import foreign, markup
from attachguard.formats.markup.page import read_page
from attachguard.formats.markup.shared import pack_names
from attachguard.limits import Budget, Limits
from attachguard.part import Part

NAMES = pack_names("script iframe frame object embed applet meta form input img link")
MARK = re.compile(r"m\d+x")

RUNNING = [
    "<script>@</script>",
    "<img src=x onerror=@>",
    "<p onclick='@'>",
    '<a href="javascript:@">',
    "<svg onload=@>",
    "<SCRIPT >@</SCRIPT\n>",
    "<b/onclick=@/>",
]
RAW = ["title", "style", "textarea", "xmp", "iframe", "noembed", "noframes", "noscript", "script", "plaintext"]
NAMES_OF = [
    *RAW,
    "p",
    "div",
    "b",
    "a",
    "table",
    "td",
    "tr",
    "select",
    "option",
    "li",
    "span",
    "svg",
    "math",
    "mi",
    "desc",
    "foreignObject",
    "annotation-xml",
    "head",
    "body",
    "frameset",
    "button",
    "h1",
    "font",
    "form",
]
PIECES = [
    *RUNNING,
    *(f"<{name}>" for name in NAMES_OF),
    *(f"</{name}>" for name in NAMES_OF),
    "<!--", "-->", "<!-->", "<!--->", "--!>", "<!", "<!x", "<?", "<?xml ?>", ">", "</", "</ ", "<", "<![CDATA[", "]]>", "<!DOCTYPE html>", "'", '"', "=", "/", "/>",
    "<p title='", '<p title="', "'>", '">', "<p a=", " ", "\n", "x", "text", "&lt;", "<svg/>", "<script/>", "<style/>", "<svg><title>", "<svg><style>", "<math><mi>",
    "<svg><desc>", "<svg><script>", "<script><!--", "<!--<script>", "<script>", "</script", "<title x='</title>'>", "<annotation-xml encoding=text/html>",
    "<textarea\n/>", "</textarea >", "</title/>", "</style x='>'>", "<image>", "<br>", "<input>", "\f", "\x0b", "\x01", "--", "-",
]  # fmt: skip


def numbered(pieces):
    """The page: every `@` is a name of its own."""
    text = "".join(pieces)
    count = 0
    while "@" in text:
        text = text.replace("@", f"m{count}x", 1)
        count += 1
    return text


def of_the_standard(text):
    """What runs and what is only shown or hidden, by the tree that html5lib builds."""
    document = html5lib.HTMLParser(tree=html5lib.getTreeBuilder("etree"), namespaceHTMLElements=True).parse(
        text, scripting=True
    )
    runs, shown = set(), set()
    # What stands in an element inside a script of a drawing is neither run nor shown.
    inert = {
        id(inner)
        for script in document.iter("{http://www.w3.org/2000/svg}script")
        for inner in script.iter()
        if inner is not script
    }
    for element in document.iter():
        if id(element) in inert:
            continue
        if not isinstance(element.tag, str):
            shown.update(MARK.findall(element.text or ""))
            shown.update(MARK.findall(element.tail or ""))
            continue
        space, _, name = element.tag.rpartition("}")
        script = name == "script" and ("xhtml" in space or "svg" in space)
        (runs if script else shown).update(MARK.findall(element.text or ""))
        shown.update(MARK.findall(element.tail or ""))
        for key, value in element.attrib.items():
            key = str(key)
            url = key == "href" and value.lstrip().startswith("javascript:")
            (runs if re.fullmatch("on(click|load|error)", key) or url else shown).update(MARK.findall(value))
    return runs, shown - runs


def of_ours(text):
    """What our reading takes for script, and whether it says that readers differ."""
    data = text.encode()
    part = Part("", data, role="attachment", budget=Budget(Limits()))
    page = read_page(part, data, NAMES, xml=False)
    state = foreign.opened()
    place = 0
    while place < len(data):
        _, place = markup.html_tags(data, place, NAMES, 1000, state)
    return set(MARK.findall(b"\n".join(page.scripts).decode())), page, state[0] >= 0


def check(text):
    runs, shown = of_the_standard(text)
    found, page, differs = of_ours(text)
    if differs:
        assert not runs or page.scripts_seen or page.handlers_seen or page.links, text
    else:
        assert runs <= found, (text, runs - found)
        assert not found & shown, (text, found & shown)


@settings(max_examples=400, deadline=None, suppress_health_check=[HealthCheck.too_slow])
@given(st.lists(st.sampled_from(PIECES), min_size=1, max_size=14))
@example(["<title>", "<!--", "</title>", "<script>@</script>"])
@example(["<style>", "<p title='", "</style>", "<img src=x onerror=@>"])
@example(["<!--->", "<script>@</script>", "-->"])
@example(["<svg>", "<style>", "<img src=x onerror=@>"])
@example(["<script>", "<!--", "<script>", "</script>", "<img src=x onerror=@>", "</script>"])
def test_what_runs_is_found_and_what_is_text_is_not(pieces):
    check(numbered(pieces))
