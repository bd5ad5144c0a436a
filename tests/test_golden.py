"""Every sample of every format gives the report that is written down for it.

A report that changes on purpose is written anew with `pytest tests/test_golden.py --rewrite-golden`; the difference is then read, not trusted.
"""

from __future__ import annotations

import json
from pathlib import Path

import pytest

from tests.fixtures import all_samples

GOLDEN = Path(__file__).parent / "golden"
SAMPLES = all_samples()


def picture(report) -> dict:
    """What is written down of a report: everything but hashes, sizes of time, and what the policy made of it."""
    return {
        "type": report.parts[0].type.id,
        "parts": [
            " ".join(
                filter(
                    None,
                    (
                        part.path,
                        part.role,
                        ",".join(part.types),
                        part.encryption.replace("none", ""),
                        "signed" * part.signed,
                    ),
                )
            )
            for part in report.parts
        ],
        "findings": [
            f"{finding.code}{f'/{finding.kind}' * (finding.kind != finding.code)} @ {finding.part}: {finding.detail}"
            for finding in report.findings
        ],
        "complete": report.complete,
    }


def file_name(sample: str) -> str:
    return sample.rpartition("/")[2]


@pytest.fixture(scope="module")
def rewritten(request):
    """Collects what is to be written, and writes it at the end."""
    collected: dict[str, dict] = {}
    yield collected
    for format_name in {name.partition("/")[0] for name in collected}:
        chosen = {
            name.partition("/")[2]: value
            for name, value in sorted(collected.items())
            if name.startswith(format_name + "/")
        }
        GOLDEN.mkdir(exist_ok=True)
        file = GOLDEN / f"{format_name}.json"
        known = json.loads(file.read_text("utf-8")) if file.exists() else {}
        # What was not run stays, what has no sample any more goes.
        kept = {name: value for name, value in {**known, **chosen}.items() if f"{format_name}/{name}" in SAMPLES}
        file.write_text(json.dumps(dict(sorted(kept.items())), indent=1, ensure_ascii=False) + "\n", "utf-8")


@pytest.mark.parametrize("sample", sorted(SAMPLES))
def test_the_report_of_a_sample_is_the_golden_one(sample, bare_scan, request, rewritten):
    found = picture(bare_scan(SAMPLES[sample](), file_name(sample)))
    if request.config.getoption("--rewrite-golden"):
        rewritten[sample] = found
        return
    format_name, _, rest = sample.partition("/")
    expected = json.loads((GOLDEN / f"{format_name}.json").read_text("utf-8"))
    assert found == expected[rest]


def test_no_golden_report_is_left_without_its_sample(request):
    if request.config.getoption("--rewrite-golden"):
        pytest.skip("they are being written")
    written = {f"{file.stem}/{name}" for file in GOLDEN.glob("*.json") for name in json.loads(file.read_text("utf-8"))}
    assert written == set(SAMPLES)


def test_samples_are_the_same_bytes_each_time():
    changing = sorted(name for name, build in SAMPLES.items() if build() != build())
    assert changing == []
