"""HTML: script, handlers, redirects, forms and smuggled files are found; words about them are not."""

from __future__ import annotations

import base64
import time

import pytest

from attachguard import Policy, Scanner
from attachguard.formats.markup import html as inspector
from attachguard.limits import Budget, Limits
from attachguard.model import Finding
from attachguard.part import Part
from attachguard.types.filetypes import filetype
from tests import HANG
from tests.fixtures import html


def details(report, code):
    return [finding.detail for finding in report.findings if finding.code == code]


def letter(markup):
    """A mail whose text is a page with this in it."""
    return b"From: a@example.org\r\nSubject: x\r\nMIME-Version: 1.0\r\nContent-Type: text/html\r\n\r\n" + html.page(
        markup
    )


def body_findings(data):
    """Findings about a page that is a mail's body."""
    part = Part("", data, role="body", budget=Budget(Limits()))
    part.load()
    part.types = [filetype("html")]
    return [fact for fact in inspector.inspect(part) if isinstance(fact, Finding)]


@pytest.mark.parametrize("build", [html.plain, html.lookalike])
def test_a_page_without_script_has_no_findings(scan, build):
    assert scan(build(), "seite.html").findings == ()


def test_script_and_handlers_are_named(scan):
    found = details(scan(html.scripted(), "seite.html"), "active-content")
    assert found == ["HTML script: 1 inline", "HTML handler: onclick, onmouseover (2)"]


def test_script_is_one_layer_with_handlers_in_it(scan):
    layers = [part for part in scan(html.scripted(), "seite.html").parts if part.role == "layer"]
    assert [layer.type.id for layer in layers] == ["js"]


@pytest.mark.parametrize(
    "markup",
    [
        "<SCRIPT>alert(1)</SCRIPT>",
        "<svg/onload=alert(1)>",
        "<img src=x onerror =\n'alert(1)'>",
        '<a href="java&#115;cript:alert(1)">x</a>',
        '<a href=" &#x6A;ava&Tab;script:alert(1)">x</a>',
        "<a href='vbscript:MsgBox 1'>x</a>",
        "<!--[if IE]><script>alert(1)</script><![endif]-->",
        "<!--><script>alert(1)</script>",
        '<p title="a>b"><script>alert(1)</script>',
        "<style></style><script>alert(1)",
        '<script src="data:text/javascript,alert(1)"></script>',
        '<iframe srcdoc="&lt;script&gt;alert(1)&lt;/script&gt;"></iframe>',
        '<a href="ms-msdt:/id PCWDiagnostic">x</a>',
        "<p " + "a=b " * 5000 + "onclick=alert(1)>",
    ],
)
def test_script_is_found_however_it_is_written(codes, markup):
    assert "active-content" in codes(html.page(markup), "seite.html")


@pytest.mark.parametrize("codec", ["utf-16", "utf-16-le", "utf-16-be", "utf-32"])
def test_other_encodings_hide_nothing(scan, codec):
    assert "HTML script: 1 inline" in details(
        scan(html.scripted().decode().encode(codec), "seite.html"), "active-content"
    )


def test_utf7_hides_nothing(codes):
    data = b'<html><head><meta charset="utf-7"></head><body>+ADw-script+AD4-alert(1)+ADw-/script+AD4-</body></html>'
    assert "active-content" in codes(data, "seite.html")


def test_a_page_that_asks_for_a_password_and_sends_it_elsewhere(scan):
    report = scan(html.phishing(), "anmeldung.html")
    assert details(report, "form-fields-present") == [
        "HTML form: asks for a password, sends to https://198.51.100.7/login.php"
    ]
    assert details(report, "active-content") == ["HTML auto-refresh: https://198.51.100.7/next"]
    assert details(report, "external-reference") == [
        "HTML frame: https://198.51.100.7/frame",
        "HTML form target: https://198.51.100.7/login.php",
    ]


@pytest.mark.parametrize("sample", ["rechnung", "stuecke", "zahlen"])
def test_a_file_put_together_by_script_is_unpacked(scan, sample):
    report = scan(html.SAMPLES[f"smuggling/{sample}.html"](), "rechnung.html")
    assert any(detail.startswith("HTML smuggling: ") for detail in details(report, "active-content"))
    inner = [part for part in report.parts if part.role == "embedded"]
    assert [part.name for part in inner] == ["Rechnung_2024.zip"]
    assert inner[0].size == len(html.archive())
    assert inner[0].type.id == "zip"


@pytest.mark.parametrize(
    "payload",
    [
        lambda text: f'"{text[::-1]}"',
        lambda text: '"' + base64.b64decode(text).hex() + '"',
        lambda text: (
            "[" + ",".join(f"'{text[start : start + 30]}'" for start in range(0, len(text), 30)) + "].join('')"
        ),
        lambda text: '"' + "\\n".join(text[start : start + 76] for start in range(0, len(text), 76)) + '"',
        lambda text: "[" + ",".join(hex(code) for code in base64.b64decode(text)) + "]",
    ],
    ids=["reversed", "hex", "joined", "lines", "hex codes"],
)
def test_other_ways_to_write_a_payload(scan, payload):
    report = scan(html.smuggled(payload(html.encoded())), "rechnung.html")
    assert [part.size for part in report.parts if part.role == "embedded"] == [len(html.archive())]


def test_a_download_in_a_data_url_is_a_part(scan):
    report = scan(html.SAMPLES["smuggling/verweis.html"](), "seite.html")
    assert details(report, "active-content") == [
        "HTML smuggling: application/zip in a data: URL, saved as Rechnung.zip"
    ]
    assert [part.name for part in report.parts if part.role == "embedded"] == ["Rechnung.zip"]


def test_script_in_a_mail_body_has_its_own_code():
    assert [finding.code for finding in body_findings(html.scripted())] == ["body-script", "body-script"]


@pytest.mark.parametrize(
    "markup",
    [
        '<a href="#" onclick="return false">x</a>',
        '<a href="https://www.example.org" onfocus="if(this.blur)this.blur()">Anzeige</a>',
        "<td onmouseover=\"this.style.backgroundColor='#eee'\" onmouseout=\"this.style.backgroundColor='#fff'\">x</td>",
        "<img src=cid:a onerror=\"this.style.display='none'\">",
        "<form onsubmit='return check(this)'><input onchange='x()'></form>",
    ],
)
@pytest.mark.parametrize("policy", ["strict", "kaiserslautern", "leverkusen"])
def test_handlers_that_no_mail_program_runs_cost_no_mail(markup, policy):
    report = Scanner(Policy.load(policy)).scan(letter(markup), kind="message")
    assert {finding.kind for finding in report.findings if finding.code == "body-script"} == {"body-handler-idle"}
    assert report.verdict.action.name in ("DELIVER", "FLAG")


@pytest.mark.parametrize(
    "markup",
    [
        "<img src=x onerror='fetch(1)'>",
        "<svg><animate onbegin=alert(1)>",
        "<input autofocus onfocus=alert(1)>",
        "<p onclick='return false'><script>alert(1)</script>",
        "<p onclick='return false'><img src=x onload='eval(name)'>",
    ],
)
def test_handlers_that_fire_by_themselves_are_no_litter(markup):
    report = Scanner(Policy.load("strict")).scan(letter(markup), kind="message")
    assert report.verdict.action.name == "QUARANTINE"


def test_pictures_from_elsewhere_are_nothing_in_a_mail_body(scan):
    data = html.page('<img src="https://198.51.100.7/logo.png"><link rel=stylesheet href="https://198.51.100.7/a.css">')
    assert body_findings(data) == []
    assert len(details(scan(data, "seite.html"), "external-reference")) == 2


def test_a_picture_on_a_network_path_is_a_reference_even_in_a_mail_body():
    found = body_findings(html.page(r'<img src="\\198.51.100.7\x\a.png">'))
    assert [finding.detail for finding in found] == [r"HTML network path: \\198.51.100.7\x\a.png"]


def test_nuls_in_a_tag_hide_nothing():
    assert [finding.code for finding in body_findings(b"<html><body><scr\0ipt>alert(1)</script>")] == ["body-script"]


def test_words_smart_tag_object_is_nothing():
    data = html.page('<object classid="clsid:38481807-CA0E-42D2-BF39-B33AF135CC4D" id=ieooui></object>')
    assert body_findings(data) == []


def test_an_html_application_is_script(codes):
    assert "script-content" in codes(b"<html><head><hta:application id=x><script>x()</script></head></html>", "a.hta")


@pytest.mark.parametrize(
    "piece",
    [
        "<script>",
        "<!--",
        "<a href='",
        '<a href="data:application/zip;base64,UEsD">',
        "onload=1 ",
        "<p onclick=x>",
        "&#x6a;",
        "QUJD ",
        "%41",
        "1,",
        "</",
    ],
)
def test_repetition_takes_linear_time(piece):
    data = (
        html.page('<script>new Blob(atob("x")).download</script>').decode()
        + "<p " * piece.startswith("on")
        + piece * 20_000
    )
    part = Part("", data.encode(), role="attachment", budget=Budget(Limits()))
    part.load()
    part.types = [filetype("html")]
    start = time.process_time()
    list(inspector.inspect(part))
    assert time.process_time() - start < HANG


@pytest.mark.parametrize(
    "url", ["file:///C:/a.png", "file:///home/a.png", "file://C:/a.png", "bild.png", "cid:a@b", "file:///C|/a.png"]
)
def test_a_local_path_is_no_reference_to_another_host(bare_scan, url):
    report = bare_scan(f'<html><body><img src="{url}"></body></html>'.encode(), "a.html")
    assert "external-reference" not in {finding.code for finding in report.findings}


@pytest.mark.parametrize(
    "url",
    [
        "file://198.51.100.7/x/a.png",
        "file:////198.51.100.7/x",
        r"file:///\\198.51.100.7\x",
        r"file:\\198.51.100.7\x",
        r"\\198.51.100.7\x",
    ],
)
def test_a_path_to_another_host_is(bare_scan, url):
    report = bare_scan(f'<html><body><img src="{url}"></body></html>'.encode(), "a.html")
    assert "external-reference" in {finding.code for finding in report.findings}


#: What a page hides from a reader that does not cut it into tokens as browsers do.
HIDDEN = [
    "<title><!--</title><script>alert(1)</script>--></title>",
    "<style><p title='</style><img src=x onerror=alert(1)>'></style>",
    "<textarea><!--</textarea><svg onload=alert(1)>-->",
    "<xmp><!--</xmp><script>alert(1)</script>-->",
    "<iframe><!--</iframe><script>alert(1)</script>-->",
    "<noscript><!--</noscript><script>alert(1)</script>-->",
    "<noembed><p title='</noembed><img src=x onerror=alert(1)>'>",
    "<noframes><p title='</noframes><img src=x onerror=alert(1)>'>",
    "<!---><script>alert(1)</script>-->",
    "<!-- --!><script>alert(1)</script>-->",
    "</p title='<!--'><script>alert(1)</script>",
    "<script type=a/b><!--</script><script>alert(1)</script>-->",
    "<script type=a/b><!--<script></script>--></script><img src=x onerror=alert(1)>",
    "<svg><style><img src=x onerror=alert(1)></style></svg>",
    "<svg><title><style><!--</style><script>alert(1)</script>--></title></svg>",
    "<svg><script><![CDATA[</script>]]>alert(1)</script></svg>",
    "<svg><script><a></a>alert(1)</script></svg>",
    "<math><mtext><style><!--</style><script>alert(1)</script>--></mtext></math>",
    "<![CDATA[ ><script>alert(1)</script>]]>",
    "<?php ><script>alert(1)</script>?>",
    "<p a=\x01'><script>alert(1)</script>'>",
    "<\0!-- <script>alert(1)</script>",
    "<\0style><script>alert(1)</script>",
    "\x1b$B<!--\x1b(B<script>alert(1)</script>-->",
    "<select><style><!--</style><script>alert(1)</script>--></select>",
    "<frameset><style><frame onload=alert(1)></style></frameset>",
    "utf-7 +ADwAIQAtAC0- <script>alert(1)</script>",
    "<a href=mk:@MSITStore:x.chm::/a.htm>x</a>",
    "<a href='livescript:x()'>x</a>",
    "<a href='search-ms:query=x&crumb=location:x'>x</a>",
    "<a href='shell:startup'>x</a>",
    "<svg><a><animate attributeName=href values='#;javascript:alert(1)'/></a></svg>",
]
#: What a page shows as text, or never shows, and never runs.
SHOWN = [
    "<title><script>alert(1)</script></title>",
    "<textarea><img src=x onerror=alert(1)></textarea>",
    "<xmp><script>alert(1)</script></xmp>",
    "<noembed><script>alert(1)</script></noembed>",
    "<noframes><script>alert(1)</script></noframes>",
    "<noscript><script>alert(1)</script></noscript>",
    "<iframe><script>alert(1)</script></iframe>",
    "<style><script>alert(1)</script></style>",
    "<plaintext><script>alert(1)</script>",
    "<!-- <script>alert(1)</script>",
    "<!x <script> > x",
    "</p title='><script>alert(1)</script>'>",
    "<svg><![CDATA[<script>alert(1)</script>]]></svg>",
    "<svg><style><!-- <script>alert(1)</script> --></style></svg>",
    "<math><script>alert(1)</script></math>",
    "<script type=text/template><img src=x onerror=alert(1)></script>",
    "<script type=text/template><!--<script>alert(1)</script>--></script>",
    "<p title='<script>alert(1)</script>'>",
    "<x:script>alert(1)</x:script>",
    "<p data-onclick=alert(1)>",
    "<p onclick=alert(1)",
    "<img onerror='' onerror=alert(1)>",
]


@pytest.mark.parametrize("markup", HIDDEN)
def test_what_a_browser_runs_is_found(codes, markup):
    assert "active-content" in codes(f"<html>{markup}".encode(), "seite.html")


@pytest.mark.parametrize("markup", SHOWN)
def test_what_a_browser_shows_as_text_is_no_script(codes, markup):
    assert "active-content" not in codes(f"<html>{markup}".encode(), "seite.html")


@pytest.mark.parametrize("markup", [*HIDDEN, *SHOWN])
def test_a_page_may_end_anywhere(bare_scan, markup):
    data = f"<html>{markup}".encode()
    for end in range(len(data)):
        assert "inspection-failed" not in {finding.code for finding in bare_scan(data[:end], "a.html").findings}


def test_a_page_of_endless_handlers_ends_in_a_limit(codes):
    assert {"active-content", "resource-limit-exceeded"} <= codes(b"<html>" + b"<a onclick=x>" * 80_000, "seite.html")


def test_a_frame_for_readers_without_script_is_seen(scan):
    report = scan(b"<html><noscript><iframe src='https://198.51.100.7/x'></iframe></noscript>", "seite.html")
    assert details(report, "external-reference") == ["HTML frame: https://198.51.100.7/x"]


def test_a_path_in_the_own_network_is_no_path_out(scan):
    report = scan(b"<html><img src='file://ablage/x.png'><img src='file://198.51.100.7/x.png'></html>", "seite.html")
    found = {finding.detail: finding.kind for finding in report.findings if finding.code == "external-reference"}
    assert found["HTML network path: file://ablage/x.png"] == "own-network-reference"
    assert found["HTML network path: file://198.51.100.7/x.png"] == "html-network-path"
