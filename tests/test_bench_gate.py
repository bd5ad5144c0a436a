"""The gate of the benchmarks: what became a tenth dearer fails, what is new or single is shown."""

from __future__ import annotations

import json
import xml.etree.ElementTree as ET

import pytest
from benchmarks import gate, instructions, patience, plot, workload


@pytest.fixture
def run(tmp_path, monkeypatch):
    """Runs the gate over ratios and instructions against a baseline."""

    def go(ratios: dict, counts: dict, *options: str) -> int:
        artefact = tmp_path / "bench.json"
        artefact.write_text(
            json.dumps({"benchmarks": [{"extra_info": {name: value}} for name, value in ratios.items()]})
        )
        monkeypatch.setattr(instructions, "available", lambda: True)
        monkeypatch.setattr(instructions, "counts", lambda: counts)
        return gate.main([str(artefact), *options])

    monkeypatch.setattr(gate, "BASELINE", tmp_path / "baseline.json")
    go({"messages: floor": 2.0, "pdf file: deep floor": 1.0}, {"pdf": 1000}, "--write")
    return go


def test_a_tenth_is_allowed_and_more_is_a_regress(run, capsys):
    assert run({"messages: floor": 2.19, "pdf file: deep floor": 1.0}, {"pdf": 1099}) == 0
    assert run({"messages: floor": 2.21, "pdf file: deep floor": 1.0}, {"pdf": 1000}) == 1
    assert "messages: floor" in next(line for line in capsys.readouterr().out.splitlines() if "REGRESS" in line)
    assert run({"messages: floor": 2.0, "pdf file: deep floor": 1.0}, {"pdf": 1101}) == 1
    assert "instructions: pdf" in next(line for line in capsys.readouterr().out.splitlines() if "REGRESS" in line)


def test_a_single_format_is_shown_only(run):
    assert run({"messages: floor": 2.0, "pdf file: deep floor": 3.0}, {"pdf": 1000}) == 0


def test_what_was_measured_and_is_not_any_more_fails(run, capsys):
    assert run({"messages: floor": 2.0}, {"pdf": 1000}) == 1
    assert "not measured: pdf file: deep floor" in capsys.readouterr().out


def test_instructions_of_another_python_are_shown_only(run, monkeypatch):
    monkeypatch.setattr(gate, "PYTHON", "3.99")
    assert run({"messages: floor": 2.0, "pdf file: deep floor": 1.0}, {"pdf": 9000}) == 0


def test_the_baseline_holds_what_the_gate_compares():
    baseline = json.loads(gate.BASELINE.read_text("utf-8"))
    assert {"messages, all of the mix: floor", "attachments, all of the mix: floor"} <= set(baseline["ratios"])
    assert set(baseline["instructions"]) == set(map(instructions.title, instructions.KINDS))


def test_the_inputs_whose_instructions_are_counted_are_always_the_same():
    for kind in instructions.KINDS:
        assert instructions.fixed(kind) == instructions.fixed(kind)


def test_few_files_of_a_kind_are_as_large_in_the_mean_as_many():
    for name, kind in workload.KINDS.items():
        few, many = workload._sizes(kind, 2), workload._sizes(kind, 200)
        assert sum(few) / 2 == pytest.approx(sum(many) / 200, rel=0.02, abs=1), name
        assert kind.least <= min(many) <= max(many) <= kind.most


def test_in_turns_each_input_keeps_its_best_time(monkeypatch):
    clock = iter([0, 5, 5, 6, 10, 12, 20, 23])
    monkeypatch.setattr(patience.time, "thread_time", lambda: next(clock))
    best = {"one": [3.0, 3.0], "other": [3.0, 3.0]}
    patience.turn("ab", {"one": str, "other": str}, best)
    assert best == {"one": [3.0, 2], "other": [1, 3.0]}


def test_a_bar_that_is_missed_is_measured_again():
    taken = iter([3, 2, 1, 0])
    assert patience.measured(lambda: next(taken), lambda figure: figure < 2) == 1
    assert next(taken) == 0


def test_a_bar_that_is_always_missed_is_believed():
    taken = []
    assert patience.measured(lambda: taken.append(0) or len(taken), lambda figure: figure < 0) == patience.ATTEMPTS


def test_bars_are_a_picture_that_nothing_in_a_name_breaks():
    picture = ET.fromstring(plot.bars("a < b", "/s", {"<script>": 2.0, "ours & theirs": 4.0}, "ours & theirs"))
    bars = [each for each in picture.iter() if each.tag.endswith("rect")]
    assert [bar.get("class") for bar in bars] == ["b", "own"]
    assert float(bars[1].get("width")) == 2 * float(bars[0].get("width"))


def test_the_table_of_other_scanners_is_read_from_the_page():
    page = (gate.BASELINE.parents[1] / "docs/performance.md").read_text("utf-8")
    assert plot.peers(page)["attachguard"] < plot.peers(page)["clamd"]
