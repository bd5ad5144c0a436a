"""The olefy front: what rspamd's oletools module is told about macros."""

from __future__ import annotations

import json
import random

import pytest

from attachguard.gateway.fronts.olefy.codec import END, Request
from tests.fixtures import ooxmlenc, vba
from tests.gateway.daemon import daemon

HEAD = b"OLEFY/1.0\nMethod: oletools\nRspamd-ID: 1a2b3c\n\n"


@pytest.fixture(scope="module")
def olefy(tmp_path_factory):
    folder = tmp_path_factory.mktemp("olefy")
    with daemon(folder, "olefy", "--listen", "127.0.0.1:0", "--workers", "1") as running:
        yield running


def told(olefy, content: bytes) -> list[dict]:
    answer = olefy.ask("olefy", HEAD + content, end=True)
    assert answer.endswith(END)
    assert len(answer) < 8192
    return json.loads(answer.removesuffix(END))


def test_a_macro_that_runs_by_itself_and_may_do_harm_is_told_in_olevbas_words(olefy):
    about, container, ending = told(olefy, vba.SAMPLES["macro/vbaProject.bin"]())
    assert about["type"] == ending["type"] == "MetaInformation"
    assert ending["return_code"] == 0
    assert {(each["type"], each["keyword"]) for each in container["analysis"]} == {
        ("AutoExec", "AutoOpen"),
        ("Suspicious", "Shell"),
    }
    assert len(container["macros"]) == 1


def test_a_harmless_macro_is_a_macro_and_no_more(olefy):
    _, container, _ = told(olefy, vba.SAMPLES["harmless/vbaProject.bin"]())
    assert container["macros"]
    assert {each["type"] for each in container["analysis"]} == {"IOC"}


def test_a_file_without_macros_has_no_analysis(olefy):
    _, container, ending = told(olefy, b"Sehr geehrte Damen und Herren\n" * 40)
    assert (container["analysis"], container["macros"], ending["return_code"]) == (None, [], 0)


def test_what_is_locked_is_told_to_be(olefy):
    _, message, ending = told(olefy, ooxmlenc.SAMPLES["unknown-password/plan.xlsx"]())
    assert ending["return_code"] == 9
    assert message["message"]


def test_a_ping_is_answered(olefy):
    assert olefy.ask("olefy", b"PING\n\n", end=True) == b"PONG"


@pytest.mark.parametrize(
    "data",
    [
        b"GET / HTTP/1.1\r\n\r\n",
        b"OLEFY/2.0\n\nx",
        b"OLEFY/1.0\n" + b"x" * 5000,
        b"OLEFY/1.0\nMethod: oletools\n",
        b"PING",
        b"OLEFY/1.0\nMethod: exiftool\nRspamd-ID: 1a2b3c\n\ncontent",
        b"OLEFY/1.0\nRspamd-ID: 1a2b3c\nmethod:oletools2\n\ncontent",
    ],
)
def test_what_is_no_request_is_refused(olefy, data):
    assert json.loads(olefy.ask("olefy", data, end=True).removesuffix(END)) == [{"error": "Protocol error"}]


@pytest.mark.parametrize("head", [b"OLEFY/1.0\nRspamd-ID: 1a2b3c\n\n", b"OLEFY/1.0\nmethod:OleTools \n\n"])
def test_a_request_may_leave_the_method_out_and_write_it_as_it_likes(head):
    assert Request().take(head + b"content") == b"content"


def test_a_client_that_says_nothing_hears_nothing(olefy):
    assert olefy.ask("olefy", b"", end=True) == b""


def test_more_than_a_part_may_have_is_a_failure_and_the_client_hears_of_it(tmp_path):
    config = tmp_path / "attachguard.toml"
    config.write_text('workers = 1\n[olefy]\nlisten = ["127.0.0.1:0"]\nmax-size = "64 KiB"\n')
    with daemon(tmp_path, "--config", str(config)) as running:
        # The answer comes while the client is still sending.
        answer = running.ask("olefy", HEAD + bytes(4 << 20), end=True)
        assert json.loads(answer.removesuffix(END))[-1]["return_code"] == 8


@pytest.mark.parametrize("step", [1, 3, 50])
def test_how_the_octets_are_cut_makes_no_difference(step):
    data = HEAD + b"content\n\nmore"
    request = Request()
    assert (
        b"".join(request.take(data[place : place + step]) for place in range(0, len(data), step)) == b"content\n\nmore"
    )
    assert request.started


def test_mutated_octets_are_refused_or_understood_and_never_an_error():
    chance = random.Random(10050)
    for _ in range(10_000):
        data = bytearray(HEAD + b"content")
        for _ in range(chance.randrange(1, 6)):
            data[chance.randrange(len(data))] = chance.randrange(256)
        request = Request()
        content = b"".join(request.take(bytes(data[place : place + 7])) for place in range(0, len(data), 7))
        assert not (request.refused and content)


def test_what_the_policy_drops_at_first_sight_is_looked_at_for_macros_all_the_same(tmp_path):
    policy = tmp_path / "drop.toml"
    policy.write_text(
        '[policy]\nid = "drop"\nversion = "1"\ntitle = "Drop"\n[default]\naction = "deliver"\n[types]\nblock = ["vbaproject", "pdf"]\n'
        '[[rule]]\ncode = "type-blocked"\naction = "discard"\ncite = "1"\n'
        '[[rule]]\ncodes = ["scan-incomplete", "policy-error", "inspection-failed"]\naction = "defer"\ncite = "2"\n'
    )
    pdf = b"%PDF-1.4\n1 0 obj<</Type/Catalog/Pages 2 0 R>>endobj\n2 0 obj<</Type/Pages/Kids[]/Count 0>>endobj\ntrailer<</Root 1 0 R>>\n%%EOF\n"
    with daemon(tmp_path, "olefy", "--listen", "127.0.0.1:0", "--workers", "1", "--policy", str(policy)) as running:
        _, container, ending = told(running, pdf)
        assert (container["macros"], ending["return_code"]) == ([], 0)
        _, container, ending = told(running, vba.SAMPLES["macro/vbaProject.bin"]())
        assert container["macros"]
        assert ending["return_code"] == 0
