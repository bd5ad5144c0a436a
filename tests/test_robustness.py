"""No damage to any sample makes an inspector fail, and no way of arrival changes a report.

Each sample is cut at many places, has bits flipped, and is sent as an attachment in pieces. `make fuzz` runs the same at every offset and with
many more mutations.
"""

from __future__ import annotations

import os
import random
import zlib

import msgspec
import pytest

from attachguard._core import transfer
from tests import HANG
from tests.fixtures import all_samples
from tests.test_scanner import mail, without_time

SAMPLES = all_samples()
#: Uncompiled, where all is slower and only the core differs, everything is done less often, unless `make fuzz` asks for more.
UNCOMPILED = "ATTACHGUARD_FUZZ" not in os.environ and transfer.__file__.endswith(".py")
#: Mutations of each sample; `make fuzz` asks for a number for each format instead, which its samples share.
EFFORT = 40
FUZZ = int(os.environ.get("ATTACHGUARD_FUZZ", "0"))
#: Up to this size a sample is cut at every offset, beyond it at this many; `make fuzz` cuts all at every offset.
CUTS = int(os.environ.get("ATTACHGUARD_CUTS", "60" if UNCOMPILED else "200"))
#: Octets that the scans of one sample may unpack together: what holds megabytes is damaged less often, unless `make fuzz` asks for more.
UNPACKED = 512 << 20


def failures(report) -> list[str]:
    assert report.seconds < HANG
    return [finding.detail for finding in report.findings if finding.code == "inspection-failed"]


def affordable(wanted: int, report) -> int:
    """How often something is scanned that unpacks to as much as this report says."""
    return wanted if FUZZ else min(wanted, UNPACKED // (sum(part.size or 0 for part in report.parts) or 1))


def effort(sample: str) -> int:
    """How often a sample is mutated."""
    if UNCOMPILED:
        return EFFORT // 3
    family = sample.partition("/")[0] + "/"
    return max(EFFORT, -(-FUZZ // sum(name.startswith(family) for name in SAMPLES)))


@pytest.mark.parametrize("sample", sorted(SAMPLES))
def test_a_truncated_sample_gives_a_report(sample, bare_scan):
    data = SAMPLES[sample]()
    step = -(-len(data) // affordable(CUTS, bare_scan(data, sample))) or 1
    for place in range(zlib.crc32(sample.encode()) % step, len(data), step):
        assert failures(bare_scan(data[:place], sample)) == [], place


@pytest.mark.parametrize("sample", sorted(SAMPLES))
def test_a_mutated_sample_gives_a_report(sample, bare_scan):
    data = SAMPLES[sample]()
    rng = random.Random(sample)
    for _ in range(affordable(effort(sample), bare_scan(data, sample)) if data else 0):
        mutant = bytearray(data)
        for _ in range(rng.choice((1, 1, 2, 8))):
            place = rng.randrange(len(mutant))
            kind = rng.random()
            if kind < 0.5:
                mutant[place] ^= 1 << rng.randrange(8)
            elif kind < 0.75:
                mutant[place : place + 4] = rng.choice(
                    (b"\xff\xff\xff\xff", b"\0\0\0\0", b"\x7f\xff\xff\xff", rng.randbytes(4))
                )
            elif kind < 0.85:
                mutant[place : place + 8] = rng.choice((b"\xff" * 8, b"\x7f" + b"\xff" * 7, b"\xff" * 7 + b"\x7f"))
            else:
                del mutant[place : place + rng.randrange(1, 16)]
            if not mutant:
                break
        assert failures(bare_scan(bytes(mutant), sample)) == [], (
            mutant.hex() if len(mutant) < 300 else rng.getstate()[1][:3]
        )


@pytest.mark.parametrize("sample", sorted(SAMPLES))
def test_the_pieces_in_which_a_sample_arrives_change_nothing(sample, bare_scanner):
    raw = mail((sample.rpartition("/")[2], "application/octet-stream", SAMPLES[sample]()))
    rng = random.Random(sample)
    places = sorted(rng.randrange(len(raw)) for _ in range(12))
    with bare_scanner.open(kind="message") as scan:
        for start, end in zip([0, *places], [*places, len(raw)], strict=True):
            scan.feed(raw[start:end])
    whole = bare_scanner.scan(raw, kind="message")
    assert msgspec.to_builtins(without_time(scan.close())) == msgspec.to_builtins(without_time(whole))
