"""The page: what it shows, in which language, and that nothing of a message is ever more than text."""

from __future__ import annotations

import base64
import hashlib
import re
from importlib.metadata import version

import html5lib
import pytest

from attachguard import Policy, Report, Scanner
from attachguard.codes import CODES
from attachguard.kinds import EXACT
from attachguard.model import Action, Finding, PolicyName
from attachguard.report.formats import Look
from attachguard.report.html.overview import DETAILED, LISTED
from attachguard.report.html.page import Page
from tests.report.made import HOSTILE, hostile, part, report
from tests.test_scanner import BAD, CLEAN


def page(*reports: Report, language: str = "en", policy=None) -> str:
    writer = Page(Look(language=language, policy=policy))
    assert all(writer.add(each) == b"" for each in reports)
    return writer.end().decode()


def parsed(text: str):
    parser = html5lib.HTMLParser(namespaceHTMLElements=False, strict=True)
    return parser.parse(text)


def words(element) -> str:
    return " ".join("".join(element.itertext()).split())


def by_class(tree, name: str) -> list:
    return [each for each in tree.iter() if name in (each.get("class") or "").split()]


@pytest.fixture(scope="module")
def bad():
    return Scanner(Policy.load("leverkusen")).scan(BAD, kind="message", name="bad.eml")


# -- nothing but text --------------------------------------------------------------------------------------------------------

#: Everything that a page of ours is made of.
ELEMENTS = {
    "html", "head", "meta", "title", "style", "body", "header", "main", "footer", "section", "div", "h1", "h2", "p", "ul", "li", "dl", "dt", "dd",
    "span", "strong", "code", "bdi", "details", "summary", "fieldset", "legend", "input", "label", "svg", "rect",
}  # fmt: skip
ATTRIBUTES = {
    "lang", "charset", "http-equiv", "content", "name", "class", "title", "id", "for", "type", "checked", "width", "height", "aria-hidden",
}  # fmt: skip


@pytest.mark.parametrize("text", HOSTILE)
@pytest.mark.parametrize("several", [False, True])
def test_no_text_of_a_message_becomes_markup(text, several):
    reports = [hostile(text)] * (2 if several else 1)
    tree = parsed(page(*reports))
    assert {each.tag.rpartition("}")[2] for each in tree.iter() if isinstance(each.tag, str)} <= ELEMENTS
    assert {name for each in tree.iter() for name in each.attrib} <= ATTRIBUTES
    for each in tree.iter():
        assert set((each.get("class") or "").split()) == set(re.findall(r"[a-z0-9-]+", each.get("class") or ""))


def test_no_part_of_the_page_is_fetched_or_run(bad):
    text = page(bad, bad)
    assert not re.search(
        r"(?i)\b(src|href|action|srcset|on[a-z]+)\s*=|url\(|@import|<script|<link|<iframe|https?:", text
    )


def test_the_policy_of_the_page_allows_its_own_style_and_nothing_else(bad):
    for text in (page(bad), page(bad, bad)):
        tree = parsed(text)
        policy = next(each.get("content") for each in tree.iter("meta") if each.get("http-equiv"))
        style = next(tree.iter("style")).text
        digest = base64.b64encode(hashlib.sha256(style.encode()).digest()).decode()
        assert policy == f"default-src 'none'; style-src 'sha256-{digest}'; base-uri 'none'; form-action 'none'"
        assert not [each for each in tree.iter() if each.get("style")]


def test_what_nobody_would_see_is_spelled_out():
    text = page(hostile("Rechnung_\u202efdp.exe"))
    assert "\u202e" not in text
    marks = by_class(parsed(text), "unseen")
    assert {each.text for each in marks} == {"U+202E"}
    assert {each.get("title") for each in marks} == {"RIGHT-TO-LEFT OVERRIDE"}


def test_names_keep_their_direction_to_themselves():
    tree = parsed(page(report(parts=(part(""), part("1", "", name="שלום.txt")))))
    assert "שלום.txt" in {each.text for each in tree.iter("bdi")}


# -- one report --------------------------------------------------------------------------------------------------------------


def test_the_verdict_stands_on_top_with_its_clause_and_what_follows(bad):
    tree = parsed(page(bad))
    first = next(tree.iter("main"))[0]
    said = words(first)
    assert first.get("class") == "verdict reject"
    assert "Rejected The whole message is refused while it is handed over (5xx)." in said
    assert "L2: Executable files (exe, bat …) are never accepted. (The text says so)" in said
    assert bad.verdict.smtp in said
    assert "The sender is notified if the address is proven" in said


def test_the_tree_is_a_tree_with_the_findings_at_their_parts():
    made = Scanner(Policy.load("audit")).scan(BAD, kind="message")
    tree = parsed(page(made))
    root = by_class(tree, "tree")[0]

    def shape(lists):
        return [shape(each.findall("ul")) for level in lists for each in level.findall("li")]

    def wanted(parent):
        return [wanted(each.path) for each in made.parts if each.parent == parent]

    assert shape([root]) == wanted(None)
    node = next(each for each in by_class(tree, "part") if "rechnung.pdf" in words(each.find("p")))
    assert "PE32+ executable (console) x86-64" in words(node)
    assert next(each.sha256 for each in made.parts if each.name == "rechnung.pdf") in words(node)


def test_the_page_speaks_german(bad):
    tree = parsed(page(bad, language="de"))
    said = words(tree)
    assert tree.get("lang") == "de"
    for phrase in ("Abgewiesen", "Warum", "Was daraus folgt", "Was darin ist", "Ausführbare Dateien", "Anlage"):
        assert phrase in said
    assert "Windows-Programm" in said
    assert "What follows" not in said


def test_a_policy_of_the_operator_is_explained_where_it_is_at_hand():
    finding = Finding("macro-content", "", Action.REJECT, cite="X1", origin="text", rule="own.toml:3")
    made = report(policy=PolicyName("own", "1"), findings=(finding,))
    assert "X1. (The text says so)" in words(parsed(page(made)))


def test_clauses_of_another_version_are_not_passed_off_as_those_of_the_report(bad):
    import msgspec

    older = msgspec.structs.replace(bad, policy=PolicyName("leverkusen", "1999-01"))
    said = words(parsed(page(older)))
    assert "L2. (The text says so)" in said
    assert "Executable files (exe, bat …)" not in said


def test_signatures_removed_parts_and_checks_are_listed():
    tree = parsed(page(hostile("word")))
    said = words(tree)
    for title in ("Signatures", "What was taken out", "Checks"):
        assert title in said
    assert "integrity" in said


def test_what_is_let_through_is_told_by_what_it_is():
    finding = Finding("archive-content", "", Action.FLAG, detail="ZIP archive", kind="archive-content")
    made = report(action=Action.FLAG, reasons=("archive-content",), findings=(finding,))
    said = words(next(parsed(page(made)).iter("main")))
    assert "NotedZIP archive archive-content" in said
    assert "Noted ZIP archive archive-content" in said, "the label of the finding"
    assert "not accepted" not in said


def test_a_german_page_names_kinds_in_german_and_marks_particulars_as_english():
    findings = (
        Finding("macro-content", "", Action.REJECT, detail="runs Shell", kind="vba"),
        Finding("macro-content", "", Action.REJECT, detail=f"in Module1: {EXACT['vba'].english}", kind="vba"),
        Finding("macro-content", "", Action.REJECT, detail="of a rule", kind="mine"),
    )
    tree = parsed(page(report(findings=findings), language="de"))
    rows = by_class(tree, "findings")[0]
    title = EXACT["vba"].title("de")
    assert [words(each) for each in rows.iter("span") if each.get("lang") == "en"] == [
        "runs Shell",
        "in Module1:",
        "of a rule",
    ]
    assert f"{title}: runs Shell" in words(rows)
    assert f"in Module1: {title}" in words(rows)
    assert "Einzelheiten der Befunde sind englisch" in words(next(tree.iter("footer")))


def test_the_foot_of_a_page_says_when_it_was_written_and_by_which_version():
    said = words(next(parsed(page(report())).iter("footer")))
    assert re.match(
        rf"Written on \d{{4}}-\d\d-\d\d \d\d:\d\d UTC by attachguard {re.escape(version('attachguard'))}\. ", said
    )


def test_reasons_that_have_no_bar_are_counted():
    several = [report(f"{code}.eml", reasons=(code,)) for code in sorted(CODES)[:20]]
    tree = parsed(page(*several))
    assert "4 more reasons, which fewer have, stand beside the messages below." in words(tree)
    assert "more reasons" not in words(parsed(page(*several[:16])))


def test_one_policy_is_no_policies():
    assert "Policy: strict 1" in words(parsed(page(report(), report())))
    assert "Policies: audit 2, strict 1" in words(parsed(page(report(), report(policy=PolicyName("audit", "2")))))


def test_an_english_page_marks_nothing_as_foreign():
    tree = parsed(page(hostile("word")))
    assert not [each for each in next(tree.iter("body")).iter() if each.get("lang")]


def test_a_clean_mail_says_so():
    made = Scanner(Policy.load("strict")).scan(CLEAN, kind="message", name="a.eml")
    assert "Nothing stands against delivery." in words(parsed(page(made)))


def test_an_endless_chain_of_parts_is_shown_flat_from_some_depth_on():
    chain = [part("")] + [part(str(number), str(number - 1) if number > 1 else "") for number in range(1, 3000)]
    text = page(report(parts=tuple(chain)))
    assert "2600 more parts" in text
    assert len(by_class(parsed(text), "part")) == 400


def test_findings_without_end_are_cut_and_counted():
    findings = tuple(Finding("macro-content", "", Action.REJECT, detail=f"number {number}") for number in range(300))
    assert "275 more findings" in page(report(findings=findings))


def test_parts_that_name_themselves_or_nobody_as_their_parent_are_shown():
    made = report(parts=(part("a", "a"), part("b", "nowhere"), part("b", "b")))
    assert len(by_class(parsed(page(made)), "part")) == 3


# -- many reports ------------------------------------------------------------------------------------------------------------


@pytest.fixture(scope="module")
def many():
    return [
        *(report(f"{number}.eml") for number in range(3)),
        report("x.eml", Action.DISCARD, ("executable-content", "macro-content")),
        report("clean.eml", Action.DELIVER, ()),
    ]


def test_the_overview_counts_by_verdict_and_reason(many):
    tree = parsed(page(*many))
    verdicts, reasons = (words(each) for each in tree.iter("fieldset"))
    assert (
        verdicts == "By verdict all5 Discarded1 Rejected3 Delivered1".replace(" all", "all") or "Rejected3" in verdicts
    )
    assert re.search(r"Discarded ?1", verdicts)
    assert re.search(r"The file contains macros ?4", reasons)
    bars = [each.get("width") for each in tree.iter() if each.tag.endswith("rect")]
    assert {"100.0%", "60.0%", "80.0%", "20.0%"} <= set(bars)


def test_the_gravest_come_first_then_the_order_of_the_run(many):
    tree = parsed(page(*many))
    assert [words(each) for each in by_class(tree, "source")] == ["x.eml", "0.eml", "1.eml", "2.eml", "clean.eml"]


def test_each_choice_has_a_rule_that_hides_the_others(many):
    tree = parsed(page(*many))
    style = next(tree.iter("style")).text
    names = {each.get("id") for each in tree.iter("input")} - {"verdict-all", "reason-all"}
    assert names == {"v-discard", "v-reject", "v-deliver", "r-executable-content", "r-macro-content"}
    for name in names:
        assert f"body:has(#{name}:checked) .row:not(.{name}){{display:none}}" in style
        assert by_class(tree, name)


def test_every_radio_button_has_a_label(many):
    tree = parsed(page(*many))
    assert {each.get("id") for each in tree.iter("input")} == {each.get("for") for each in tree.iter("label")}


def test_a_long_run_lists_the_gravest_and_says_how_many_there_were():
    reports = [report(f"{number}", Action.DELIVER, ()) for number in range(LISTED + 3)]
    reports[7] = report("grave")
    text = page(*reports)
    assert f"{LISTED} of {LISTED + 3} are listed" in text
    assert text.count('class="inner') == LISTED
    assert text.count("The JSON report has the details.") == LISTED - DETAILED
    assert text.index("grave") < text.index('class="source"><bdi>0<')


def test_no_report_at_all_is_a_page_too():
    assert "Nothing was scanned." in words(parsed(page()))
