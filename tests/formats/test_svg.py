"""SVG: a drawing with script is a program, a drawing without is a picture."""

from __future__ import annotations

import pytest

from tests.fixtures import svg


def details(report, code):
    return [finding.detail for finding in report.findings if finding.code == code]


@pytest.mark.parametrize("build", [svg.plain, svg.illustrator, svg.drawing])
def test_a_drawing_without_script_has_no_findings(scan, build):
    assert scan(build(), "logo.svg").findings == ()


def test_script_in_a_drawing_is_active(scan):
    assert details(scan(svg.scripted(), "logo.svg"), "active-content") == ["SVG script: 1 inline"]


@pytest.mark.parametrize(
    "data",
    [
        svg.drawing(attributes=" onload = 'alert(1)'"),
        svg.drawing('<svg:script xmlns:svg="http://www.w3.org/2000/svg">alert(1)</svg:script>'),
        svg.drawing('<script href="https://198.51.100.7/a.js"/>'),
        svg.drawing('<script xlink:href="data:text/javascript,alert(1)"/>'),
        svg.drawing('<a xlink:href="javascript:alert(1)"><text>x</text></a>'),
        svg.drawing('<a><animate attributeName="href" values="javascript:alert(1)"/></a>'),
        svg.drawing(
            '<foreignObject><iframe xmlns="http://www.w3.org/1999/xhtml" srcdoc="&lt;script>x()&lt;/script>"/></foreignObject>'
        ),
        svg.drawing('<a href="&j;"/>', prolog='<!DOCTYPE svg [<!ENTITY j "javascript:alert(1)">]>'),
        svg.in_entity(),
    ],
)
def test_script_is_found_however_it_is_written(codes, data):
    assert "active-content" in codes(data, "logo.svg")


def test_a_compressed_drawing_is_looked_into(scan):
    report = scan(svg.SAMPLES["compressed/logo.svgz"](), "logo.svgz")
    assert "svg" in [part.type.id for part in report.parts]
    assert details(report, "active-content") == ["SVG script: 1 inline"]


@pytest.mark.parametrize(
    "content",
    [
        '<image xlink:href="https://198.51.100.7/a.png"/>',
        '<use href="//198.51.100.7/a.svg#x"/>',
        "<style>@import 'https://198.51.100.7/a.css';</style>",
        '<rect style="fill:url(https://198.51.100.7/a.svg#x)"/>',
    ],
)
def test_things_from_elsewhere_are_references(codes, content):
    assert codes(svg.drawing(content), "logo.svg") == {"external-reference"}


def test_a_drawing_in_utf16_is_read(codes):
    data = (
        svg.drawing("<script>alert(1)</script>", prolog='<?xml version="1.0" encoding="UTF-16"?>')
        .decode()
        .encode("utf-16")
    )
    assert "active-content" in codes(data, "logo.svg")


@pytest.mark.parametrize("name", [name for name in svg.SAMPLES if name.startswith("script/")])
def test_script_is_found_however_it_comes(codes, name):
    assert "active-content" in codes(svg.SAMPLES[name](), "logo.svg")


@pytest.mark.parametrize("name", [name for name in svg.SAMPLES if name.startswith("lookalike/")])
def test_what_resembles_script_is_none(codes, name):
    assert "active-content" not in codes(svg.SAMPLES[name](), "logo.svg")
