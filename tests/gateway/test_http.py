"""The HTTP front: reports, health, figures, and refusals."""

from __future__ import annotations

import http.client
import json
from base64 import b64decode
from email.utils import parsedate_to_datetime
from pathlib import Path
from urllib.parse import quote

import pytest

from attachguard.gateway.serve.quarantine import Quarantine
from tests.gateway.daemon import daemon
from tests.gateway.mails import FILES, for_action
from tests.test_scanner import BAD

POLICY = str(Path(__file__).with_name("actions.toml"))
CONFIG = """
policy = "{policy}"
workers = 2
[http]
listen = ["127.0.0.1:0"]
max-size = "4 MiB"
[metrics]
listen = ["127.0.0.1:0"]
[quarantine]
folder = "{folder}/quarantine"
max-size = "20 kB"
"""


@pytest.fixture(scope="module")
def service(tmp_path_factory):
    folder = tmp_path_factory.mktemp("http")
    (folder / "attachguard.toml").write_text(CONFIG.format(policy=POLICY, folder=folder))
    with daemon(folder, "--config", str(folder / "attachguard.toml")) as running:
        yield running


def ask(service, method: str, path: str, body: bytes | None = None, front: str = "http", **headers: str):
    connection = http.client.HTTPConnection(*service.address(front), timeout=20)
    connection.request(method, path, body, headers)
    answer = connection.getresponse()
    content = answer.read()
    connection.close()
    return answer, content


def test_a_mail_gets_its_report(service):
    answer, content = ask(service, "POST", "/scan", for_action("reject"))
    report = json.loads(content)
    assert answer.status == 200
    assert answer.getheader("X-Attachguard-Action") == "reject"
    assert parsedate_to_datetime(answer.getheader("Date")).tzinfo is not None
    assert report["schema"] == "attachguard.report/1"
    assert report["kind"] == "message"
    assert report["verdict"]["action"] == "reject"


def test_a_file_has_the_name_that_the_request_gives(service):
    name, content = FILES["reject"]
    for path, headers in ((f"/scan?name={quote(name)}", {}), ("/scan", {"X-Filename": quote(name)})):
        report = json.loads(ask(service, "POST", path, content, **headers)[1])
        assert report["kind"] == "file"
        assert report["parts"][0]["name"] == name
        assert report["verdict"]["action"] == "reject"


def test_a_mail_by_its_name_is_read_as_mail(service):
    assert json.loads(ask(service, "POST", "/scan?name=a.eml", for_action("deliver"))[1])["kind"] == "message"


def test_the_copy_comes_on_request(service):
    report = json.loads(ask(service, "POST", "/scan?copy=1", for_action("withhold"))[1])
    assert b"R0lGODlh" not in b64decode(report["sanitized"])
    assert "sanitized" not in json.loads(ask(service, "POST", "/scan", for_action("withhold"))[1])
    assert json.loads(ask(service, "POST", "/scan?copy=1", for_action("deliver"))[1])["sanitized"] is None


def test_the_envelope_comes_with_the_request(service):
    report = json.loads(ask(service, "POST", "/scan?sender=a@example.org&recipient=b@example.net&channel=vps", BAD)[1])
    assert report["channel"] == "vps"


@pytest.mark.parametrize(
    ("method", "path", "status"),
    [
        ("GET", "/scan", 405), ("POST", "/health", 405), ("GET", "/", 404), ("POST", "/scan?colour=red", 400), ("POST", "/scan?kind=cat", 400),
        ("POST", "/scan?spam=perhaps", 400),
    ],
)  # fmt: skip
def test_what_is_not_served_is_refused(service, method, path, status):
    answer, content = ask(service, method, path, b"x" if method == "POST" else None)
    assert answer.status == status
    assert json.loads(content)["error"]


def test_what_is_too_large_is_refused(service):
    assert ask(service, "POST", "/scan", bytes(5 << 20))[0].status == 413


def test_health_says_what_is_loaded(service):
    answer, content = ask(service, "GET", "/health")
    health = json.loads(content)
    assert answer.status == 200
    assert health["status"] == "ok"
    assert health["policy"]["id"] == "actions"
    assert sum(health["workers"].values()) == 2


def test_figures_are_counted(service):
    ask(service, "POST", "/scan", for_action("discard"))
    for front in ("http", "metrics"):
        page = ask(service, "GET", "/metrics", front=front)[1].decode()
        assert 'attachguard_messages_total{action="discard",front="http"}' in page
        assert 'attachguard_workers{state="idle"}' in page
        assert 'attachguard_reasons_total{code="type-blocked"}' in page
        assert "attachguard_inflight_bytes" in page
        assert "attachguard_reload_timestamp" in page
    assert ask(service, "POST", "/scan", b"", front="metrics")[0].status == 404


def test_the_same_file_comes_from_the_cache_with_the_same_report(service):
    name, content = "logo.gif", FILES["withhold"][1]

    def hits() -> float:
        page = ask(service, "GET", "/metrics")[1].decode()
        return sum(
            float(line.split()[1])
            for line in page.splitlines()
            if line.startswith('attachguard_cache_total{answer="hit"}')
        )

    before = hits()
    first = ask(service, "POST", f"/scan?name={name}", content)[1]
    again = ask(service, "POST", f"/scan?name={name}", content)[1]
    assert hits() == before + 1
    one, two = json.loads(first), json.loads(again)
    assert one.pop("source") != two.pop("source")
    assert one == two
    other = ask(service, "POST", "/scan?name=other.gif", content)[1]
    assert json.loads(other)["parts"][0]["name"] == "other.gif"
    assert hits() == before + 1


def test_several_requests_on_one_connection(service):
    connection = http.client.HTTPConnection(*service.address("http"), timeout=20)
    for _ in range(3):
        connection.request("POST", "/scan", for_action("deliver"))
        assert json.loads(connection.getresponse().read())["verdict"]["action"] == "deliver"
        connection.request("GET", "/health")
        answer = connection.getresponse()
        answer.read()
        assert not answer.will_close
    connection.request("POST", "/nowhere", b"x" * 100_000)
    assert connection.getresponse().will_close
    connection.close()


def test_a_client_that_waits_for_permission_gets_it(service):
    with service.connect("http") as connection:
        connection.sendall(b"POST /scan HTTP/1.1\r\nHost: x\r\nExpect: 100-continue\r\nContent-Length: 2\r\n\r\n")
        assert connection.recv(100).startswith(b"HTTP/1.1 100")
        connection.sendall(b"hi")
        assert connection.recv(100).startswith(b"HTTP/1.1 200")


@pytest.mark.parametrize(
    "data", [b"\x16\x03\x01", b"nonsense\r\n\r\n", b"GET / HTTP/9.9\r\n\r\n", b"GET / HTTP/1.1\r\n" + b"x" * 70000]
)
def test_what_is_no_request_is_refused(service, data):
    answer = service.ask("http", data, end=True)
    assert answer == b"" or answer.startswith((b"HTTP/1.1 400", b"HTTP/1.1 404", b"HTTP/1.1 431"))


def test_a_quarantined_mail_is_kept_shown_released_and_deleted(service, tmp_path, capsysbinary):
    from attachguard.cli.main import main

    message = for_action("quarantine")
    path = "/scan?sender=a@example.org&recipient=b@example.net"
    number = ask(service, "POST", path, message)[0].getheader("X-Attachguard-Quarantine")
    folder = str(service.log.parent / "quarantine")
    assert main(["quarantine", "list", folder]) == 0
    assert number in capsysbinary.readouterr().out.decode()
    assert main(["quarantine", "show", folder, number, "--raw"]) == 0
    assert capsysbinary.readouterr().out == message
    assert main(["quarantine", "show", folder, number]) == 0
    assert "type-blocked" in capsysbinary.readouterr().out.decode()
    script = tmp_path / "sendmail"
    script.write_text(f'#!/bin/sh\necho "$@" >{tmp_path}/arguments\ncat >{tmp_path}/mail\n')
    script.chmod(0o755)
    assert main(["quarantine", "release", folder, number, "--sendmail", f"{script} -i"]) == 0
    assert (tmp_path / "mail").read_bytes() == message
    assert (tmp_path / "arguments").read_text() == "-i -f a@example.org -- b@example.net\n"
    assert main(["quarantine", "release", folder, number, "--sendmail", str(script)]) == 1
    number = ask(service, "POST", path, message)[0].getheader("X-Attachguard-Quarantine")
    assert main(["quarantine", "release", folder, number, "--sendmail", "/bin/false"]) == 1
    assert main(["quarantine", "delete", folder, number]) == 0
    assert main(["quarantine", "delete", folder, "../../etc/passwd"]) == 1
    capsysbinary.readouterr()
    assert main(["quarantine", "list", folder]) == 0
    assert number not in capsysbinary.readouterr().out.decode()


def test_a_quarantine_that_is_full_puts_mail_off(service):
    messages = [for_action("quarantine", subject="x" * 6000) for _ in range(8)]
    answers = [ask(service, "POST", "/scan", message) for message in messages]
    kept = [answer.getheader("X-Attachguard-Quarantine") for answer, _ in answers if answer.status == 200]
    assert 0 < len(kept) < 8
    assert all(kept)
    assert {answer.status for answer, _ in answers} == {200, 500}
    folder = service.log.parent / "quarantine"
    assert sum(path.stat().st_size for path in folder.rglob("*") if path.is_file()) <= 20_000
    assert not list((folder / "tmp").iterdir())
    for number in kept:
        assert Quarantine(folder).delete(number)


@pytest.mark.parametrize(("path", "status"), [("/health", 200), ("/metrics", 200), ("/nowhere", 404), ("/scan", 405)])
def test_a_question_for_the_head_alone_gets_the_head_alone(service, path, status):
    answer, body = ask(service, "HEAD", path)
    assert answer.status == status
    assert int(answer.headers["Content-Length"]) > 0
    assert body == b""


def test_an_address_that_is_none_is_a_mistake_of_the_client(service):
    answer = service.ask("http", b"GET http://[::1 HTTP/1.1\r\nHost: x\r\nConnection: close\r\n\r\n")
    assert answer.startswith(b"HTTP/1.1 400 ")
    assert "defect" not in service.text()


def test_a_form_is_refused_because_its_file_would_be_read_as_text(service):
    form = b'--B\r\nContent-Disposition: form-data; name="file"; filename="a.bmp"\r\n\r\nx\r\n--B--\r\n'
    request = (
        b"POST /scan HTTP/1.1\r\nHost: x\r\nConnection: close\r\nContent-Type: multipart/form-data; boundary=B\r\n"
    )
    answer = service.ask("http", request + b"Content-Length: %d\r\n\r\n" % len(form) + form)
    assert answer.startswith(b"HTTP/1.1 415 Unsupported Media Type\r\n")
    assert b"--data-binary" in answer
