"""The log by itself."""

from __future__ import annotations

import fcntl
import os
import sys

import pytest

from attachguard.gateway.serve.logs import Log


@pytest.mark.parametrize("form", ["text", "json"])
def test_a_reader_who_reads_no_more_stops_nobody(monkeypatch, form):
    reading, writing = os.pipe()
    fcntl.fcntl(writing, fcntl.F_SETPIPE_SZ, 4096)
    with open(writing, "w", encoding="utf-8") as stream, open(reading, "rb", buffering=0) as reader:  # noqa: PTH123 - they are open already
        monkeypatch.setattr(sys, "stderr", stream)
        log = Log(form)
        for number in range(1000):
            log("message", number=number)
        read = b""
        while b"number" in (piece := reader.read(65536)):
            read += piece
            log("message", number=1000)
            if b"lost" in read:
                break
    lines = read.decode().splitlines()
    lost = next(line for line in lines if "lines-lost" in line)
    assert 0 < len(lines) < 1000
    number = int("".join(filter(str.isdigit, lost.rpartition("lines")[2])))
    assert number + lines.index(lost) == 1000
