"""The HTTP front: requests carried out at the desk."""

from __future__ import annotations

import re
from base64 import b64encode
from collections.abc import Callable
from email.utils import formatdate
from http import HTTPStatus
from typing import Any, Final
from urllib.parse import parse_qs, unquote, urlsplit

import msgspec

from attachguard.errors import OperatorError
from attachguard.gateway.serve.case import Case, Judgement
from attachguard.gateway.serve.desk import Desk
from attachguard.gateway.serve.peer import Peer
from attachguard.gateway.serve.settings import Front
from attachguard.gateway.serve.turns import Turns
from attachguard.model import Action, Envelope
from attachguard.report import json

_SERVER: Final = b"attachguard"
_JSON: Final = "application/json"
_KINDS: Final = ("auto", "message", "file")
_PARAMETERS: Final = frozenset(
    {"name", "kind", "copy", "sender", "recipient", "channel", "client", "helo", "case_id", "spam", "sender_valid"}
)
_MAIL: Final = re.compile(r".*\.(?:eml|msg\.txt|mbox)\Z", re.IGNORECASE)
#: Octets of one request's head.
_HEAD: Final = 64 << 10
#: Failures of the scan, as HTTP says them: try again, too large, could not be done.
_STATUS: Final = {"busy": 503, "too-large": 413}


class Answer(msgspec.Struct):
    """What a request gets."""

    status: int
    body: bytes
    content_type: str = _JSON
    headers: tuple[tuple[str, str], ...] = ()


class HttpFront:
    """Serves HTTP clients.

    Args:
        desk: where messages go.
        settings: of this front.
        health: what `/health` says: whether all is well, and particulars.
        scans: whether `/scan` is served: not where only figures are.
    """

    def __init__(
        self, desk: Desk, settings: Front, health: Callable[[], tuple[bool, dict[str, Any]]], *, scans: bool = True
    ) -> None:
        try:
            import h11
        except ImportError as error:
            raise OperatorError("the http front needs h11: pip install 'attachguard[gateway]'") from error
        self._h11 = h11
        self._desk = desk
        self._settings = settings
        self._health = health
        self._scans = scans

    async def serve(self, peer: Peer) -> None:
        """One connection, request after request."""
        h11 = self._h11
        connection = h11.Connection(h11.SERVER, max_incomplete_event_size=_HEAD)
        turns = Turns()
        while True:
            try:
                event = await self._next(peer, connection)
                if not isinstance(event, h11.Request):
                    return
                peer.idle = False
                answer = await self._answer(peer, connection, event)
                peer.busy = False
                if connection.their_state is h11.SEND_BODY:
                    connection.next_event()  # the end, where there is no body: then the connection goes on
            except h11.RemoteProtocolError as error:
                peer.unheard = True
                if connection.our_state in (h11.IDLE, h11.SEND_RESPONSE):
                    await self._send(peer, connection, _problem(error.error_status_hint, "this is no HTTP request"))
                return
            await self._send(peer, connection, answer, bare=event.method == b"HEAD")
            if connection.our_state is h11.MUST_CLOSE or connection.their_state is not h11.DONE:
                peer.unheard = True
                return
            connection.start_next_cycle()
            peer.idle = True
            await turns.over()

    async def _next(self, peer: Peer, connection: Any) -> Any:
        """The next event of the connection; None at its end."""
        h11 = self._h11
        while True:
            event = connection.next_event()
            if event is h11.NEED_DATA:
                if connection.they_are_waiting_for_100_continue:
                    await peer.send(connection.send(h11.InformationalResponse(status_code=100, headers=[])) or b"")
                connection.receive_data(await peer.receive())
                continue
            return None if isinstance(event, h11.ConnectionClosed) else event

    async def _send(self, peer: Peer, connection: Any, answer: Answer, *, bare: bool = False) -> None:
        h11 = self._h11
        headers = [
            ("Date", formatdate(usegmt=True)),
            ("Server", _SERVER),
            ("Content-Type", answer.content_type),
            ("Content-Length", str(len(answer.body))),
            ("X-Content-Type-Options", "nosniff"),
            *answer.headers,
        ]
        if connection.their_state in (h11.SEND_BODY, h11.ERROR):
            headers.append(("Connection", "close"))
        phrase = HTTPStatus(answer.status).phrase
        data = connection.send(h11.Response(status_code=answer.status, headers=headers, reason=phrase)) or b""
        if not bare:
            data += connection.send(h11.Data(data=answer.body)) or b""
        data += connection.send(h11.EndOfMessage()) or b""
        await peer.send(data)

    # -- requests ------------------------------------------------------------------------------------------------------------

    async def _answer(self, peer: Peer, connection: Any, request: Any) -> Answer:
        method = request.method.decode("ascii", "replace")
        try:
            target = urlsplit(request.target.decode("ascii", "replace"))
        except ValueError:
            return _problem(400, "this is no address")
        wanted = {"/scan": "POST", "/v1/scan": "POST", "/health": "GET", "/healthz": "GET", "/metrics": "GET"}.get(
            target.path
        )
        if wanted is None or (wanted == "POST" and not self._scans):
            return _problem(404, "there are POST /scan, GET /health and GET /metrics")
        if method != wanted and not (wanted == "GET" and method == "HEAD"):
            return Answer(
                **{
                    **msgspec.structs.asdict(_problem(405, f"{target.path} takes {wanted}")),
                    "headers": (("Allow", wanted),),
                }
            )
        if wanted == "POST":
            return await self._scan(peer, connection, request, target.query)
        if target.path == "/metrics":
            page = self._desk.metrics.render()
            return Answer(200, page, "text/plain; version=0.0.4; charset=utf-8")
        good, facts = self._health()
        return Answer(200 if good else 503, msgspec.json.encode(facts))

    async def _scan(self, peer: Peer, connection: Any, request: Any, query: str) -> Answer:
        h11 = self._h11
        headers = {name.decode("latin-1").lower(): value.decode("latin-1") for name, value in request.headers}
        try:
            asked = _Asked(query, headers, self._settings.channel)
        except ValueError as error:
            return _problem(400, str(error))
        if headers.get("content-type", "").lower().startswith("multipart/form-data"):
            return _problem(415, "send the content itself and not a form: curl --data-binary @FILE in place of -F")
        case = self._desk.open(
            "http", kind=asked.kind, name=asked.name, envelope=asked.envelope, early=False, most=self._settings.max_size,
            remember=asked.kind == "file",
        )  # fmt: skip
        length = headers.get("content-length", "0")
        if peer.crowded:
            case.turn_away()
        elif length.isdecimal() and int(length) > self._settings.max_size:
            case.turn_away("too-large")
        try:
            if case.trouble == "too-large":
                return _told(case, await case.close(), copy=False)
            turns = Turns()
            while isinstance(event := await self._next(peer, connection), h11.Data):
                if case.feed(bytes(event.data)) and case.trouble:
                    break
                await turns.over()
            if event is None:
                raise ConnectionError("the client is gone")
            peer.busy = True
            return _told(case, await case.close(), copy=asked.copy)
        finally:
            case.leave()


class _Asked:
    """What a request says about its content; raises `ValueError` for what it may not say."""

    def __init__(self, query: str, headers: dict[str, str], channel: str) -> None:
        values = parse_qs(query, keep_blank_values=True, max_num_fields=1000)
        if unknown := sorted(set(values) - _PARAMETERS):
            raise ValueError(f"unknown parameter {unknown[0]!r}; there are: {', '.join(sorted(_PARAMETERS))}")

        def one(key: str) -> str:
            return values.get(key, [""])[-1]

        self.name = (one("name") or unquote(headers.get("x-filename", ""))).replace("\0", "")
        kind = one("kind")
        if kind and kind not in _KINDS:
            raise ValueError(f"kind is {kind!r}; it must be one of {', '.join(_KINDS)}")
        # A mail is read as mail where nobody says that it is a file.
        self.kind: Any = kind or ("auto" if not self.name or _MAIL.match(self.name) else "file")
        self.copy = one("copy") in ("1", "true", "yes")
        self.envelope = Envelope(
            sender=one("sender"),
            recipients=tuple(values.get("recipient", ())),
            channel=one("channel") or channel or "smtp",
            helo=one("helo"),
            client=one("client"),
            sender_valid=_truth(one("sender_valid"), "sender_valid"),
            spam=_truth(one("spam"), "spam"),
            case_id=one("case_id"),
        )


def _truth(text: str, key: str) -> bool | None:
    if text in ("", "1", "true", "0", "false"):
        return None if not text else text in ("1", "true")
    raise ValueError(f"{key} is {text!r}; it must be true or false")


def _told(case: Case, judgement: Judgement, *, copy: bool) -> Answer:
    """The report; a scan that could not be made is no report."""
    if judgement.failure:
        told = judgement.action.value if judgement.failure not in _STATUS else judgement.failure
        status = _STATUS.get(judgement.failure, 500)
        again = (("Retry-After", "5"),) if judgement.action is Action.DEFER else ()
        problem = {"error": f"the scan could not be completed ({judgement.failure})", "action": told}
        return Answer(status, msgspec.json.encode(problem), headers=again)
    body = json.encode(judgement.report)
    if copy:
        sanitized = judgement.report.sanitized
        text = b"null" if sanitized is None else b'"' + b64encode(sanitized) + b'"'
        body = body[:-1] + b',"sanitized":' + text + b"}"
    headers: tuple[tuple[str, str], ...] = (
        ("X-Attachguard-Action", judgement.action.value),
        ("X-Attachguard-Id", case.number),
    )
    if judgement.kept:
        headers = (*headers, ("X-Attachguard-Quarantine", judgement.kept))
    return Answer(200, body, headers=headers)


def _problem(status: int, text: str) -> Answer:
    return Answer(status, msgspec.json.encode({"error": text}))
