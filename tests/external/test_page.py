"""The page of a report in a real browser: Chromium loads it, axe judges it, hostile contents stay text, it fits a phone and an A4 sheet.

The long form of the tests in `tests/report/`: skipped without Chromium (`apt-get install chromium`) and the packages of the group `browser`
(`pip install --group browser`). With `ATTACHGUARD_SCREENSHOTS=FOLDER` the pictures of the documentation are made anew.
"""

from __future__ import annotations

import os
import shutil
from pathlib import Path

import pytest

from attachguard.report.formats import Look
from attachguard.report.html.page import Page
from tests.report.made import HOSTILE, hostile

CHROMIUM = shutil.which("chromium") or shutil.which("chromium-browser")
pytestmark = pytest.mark.skipif(
    CHROMIUM is None or not os.environ.get("ATTACHGUARD_EXTERNAL"), reason="needs Chromium and ATTACHGUARD_EXTERNAL=1"
)
sync_api = pytest.importorskip("playwright.sync_api")
axe_api = pytest.importorskip("axe_playwright_python.sync_playwright")

#: Rules of WCAG 2.0 to 2.2 at the levels A and AA, and what axe holds for good practice.
RULES = {"runOnly": ["wcag2a", "wcag2aa", "wcag21a", "wcag21aa", "wcag22aa", "best-practice"]}
#: A narrow phone, a desk, and what a desk is at 400 per cent.
WIDTHS = (320, 1000)


@pytest.fixture(scope="module")
def browser():
    with sync_api.sync_playwright() as playwright:
        # Chromium's own sandbox needs user namespaces, which containers seldom have; what is loaded is our own page.
        launched = playwright.chromium.launch(executable_path=CHROMIUM, args=["--no-sandbox"])
        yield launched
        launched.close()


@pytest.fixture(scope="module")
def reports(tmp_path_factory):
    """The demo's inbox, judged by Kaiserslautern's policy."""
    from examples.inbox_stories import STORIES

    from attachguard import Policy, Scanner

    scanner = Scanner(Policy.load("kaiserslautern"))
    kept = [story for story in STORIES if story.kept]
    return [scanner.scan(story.build(), kind="message", name=story.name, envelope=story.envelope) for story in kept]


@pytest.fixture(scope="module")
def pages(tmp_path_factory, reports):
    """The pages to look at, by name."""
    folder = tmp_path_factory.mktemp("pages")
    by_source = {report.source: report for report in reports}
    contents = {
        "overview": (reports, "en"),
        "overview-de": (reports, "de"),
        "message": ([by_source["program-in-zips.eml"]], "en"),
        "message-de": ([by_source["macro-word.eml"]], "de"),
        "signed": ([by_source["smime-signed.eml"]], "en"),
        "clean": ([by_source["letter.eml"]], "en"),
        "hostile": ([hostile(text) for text in HOSTILE], "en"),
        "hostile-one": ([hostile(HOSTILE[1])], "en"),
        "empty": ([], "en"),
    }
    made = {}
    for name, (chosen, language) in contents.items():
        writer = Page(Look(language=language))
        for report in chosen:
            writer.add(report)
        made[name] = folder / f"{name}.html"
        made[name].write_bytes(writer.end())
    return made


NAMES = ("overview", "overview-de", "message", "message-de", "signed", "clean", "hostile", "hostile-one", "empty")


@pytest.fixture
def opened(browser, pages):
    """`opened(name, width=…)` gives a loaded page, and what it asked for or complained of."""
    contexts = []

    def run(name, width=1000, *, scheme="light", height=900):
        context = browser.new_context(viewport={"width": width, "height": height}, color_scheme=scheme)
        contexts.append(context)
        page = context.new_page()
        page.asked, page.said = [], []
        page.on("request", lambda request: page.asked.append(request.url))
        page.on("console", lambda message: page.said.append(message.text))
        page.on("dialog", lambda dialog: page.said.append(f"dialog {dialog.message}"))
        page.goto(pages[name].as_uri())
        return page

    yield run
    for context in contexts:
        context.close()


@pytest.mark.parametrize("name", NAMES)
def test_the_page_loads_itself_and_nothing_else(opened, pages, name):
    page = opened(name)
    assert page.asked == [pages[name].as_uri()]
    assert page.said == []


@pytest.mark.parametrize("scheme", ["light", "dark"])
@pytest.mark.parametrize("width", WIDTHS)
@pytest.mark.parametrize("name", NAMES)
def test_everybody_can_read_it(opened, name, width, scheme):
    page = opened(name, width, scheme=scheme)
    for each in page.locator("details").all()[:3]:
        each.evaluate("details => details.open = true")
    results = axe_api.Axe().run(page, options=RULES)
    found = [(each["id"], [node["html"][:120] for node in each["nodes"]]) for each in results.response["violations"]]
    assert found == []
    assert len(results.response["passes"]) > 10, "axe did not look"


@pytest.mark.parametrize("name", NAMES)
def test_a_narrow_screen_needs_no_scrolling_sideways(opened, name):
    page = opened(name, 320)
    page.eval_on_selector_all("details", "all => all.forEach(details => details.open = true)")
    assert page.evaluate("document.documentElement.scrollWidth") <= 320


@pytest.mark.parametrize("name", ["hostile", "hostile-one"])
def test_hostile_names_are_text_that_people_can_read(opened, name):
    page = opened(name)
    page.eval_on_selector_all("details", "all => all.forEach(details => details.open = true)")
    text = page.inner_text("body")
    shown = HOSTILE if name == "hostile" else HOSTILE[1:2]
    for each in shown:
        if each.isprintable():
            assert each in text
    assert page.locator("script, img, iframe, a, [onerror], [onmouseover]").count() == 0
    assert page.said == []


def test_a_choice_shows_only_what_has_it_and_works_from_the_keyboard(opened, reports):
    page = opened("overview")
    assert page.locator(".row:visible").count() == len(reports)
    page.focus("#verdict-all")
    page.keyboard.press("ArrowDown")
    discarded = [report for report in reports if report.verdict.action.value == "discard"]
    assert page.locator("#v-discard").is_checked()
    assert page.locator(".row:visible").count() == len(discarded)
    page.check("#r-macro-content")
    both = [report for report in discarded if "macro-content" in report.verdict.reasons]
    assert 0 < page.locator(".row:visible").count() == len(both) < len(discarded)


def test_a_line_opens_to_everything_about_its_mail(opened):
    page = opened("overview")
    row = page.locator(".row", has_text="program-in-zips.eml")
    assert not row.locator(".tree").is_visible()
    row.locator("summary").click()
    assert row.locator(".tree").is_visible()
    assert "K5" in row.inner_text()


@pytest.mark.parametrize("name", ["overview", "message", "hostile"])
def test_it_prints_on_a4(opened, name, tmp_path):
    import pikepdf

    page = opened(name)
    page.pdf(path=tmp_path / "page.pdf", prefer_css_page_size=True)
    with pikepdf.open(tmp_path / "page.pdf") as printed:
        sizes = {tuple(round(float(side)) for side in each.mediabox[2:]) for each in printed.pages}
    assert sizes == {(595, 842)}
    page.emulate_media(media="print")
    assert not page.locator("input[type=radio]").first.is_visible()


@pytest.mark.skipif(not os.environ.get("ATTACHGUARD_SCREENSHOTS"), reason="needs a folder in ATTACHGUARD_SCREENSHOTS")
def test_pictures_of_the_documentation(opened):
    folder = Path(os.environ["ATTACHGUARD_SCREENSHOTS"])
    folder.mkdir(parents=True, exist_ok=True)
    for name, width, height in (("overview", 900, 980), ("message", 900, 980), ("message-de", 340, 760)):
        opened(name, width, height=height).screenshot(path=folder / f"report-{name}.png")
