"""Where the rows of a hunt are while it runs: a folder beside the result, with the plan and one Parquet file a finished batch.

A part is there whole or not at all, so that a hunt can be interrupted at any moment and goes on after the last one. When all are there they
become the result, and the folder goes.
"""

from __future__ import annotations

import shutil
from collections.abc import Iterator
from pathlib import Path
from typing import Final

from attachguard.errors import OperatorError
from attachguard.hunt.plan import Batch, Plan

ENDINGS: Final = (".parquet", ".jsonl")


class Store:
    """The parts of one hunt.

    Args:
        out: the result that they shall become.

    Raises:
        OperatorError: no result can be of this name.
    """

    def __init__(self, out: Path) -> None:
        if out.suffix not in ENDINGS:
            raise OperatorError(f"ends in neither {' nor '.join(ENDINGS)}", where=f"-o {out}")
        if not out.parent.is_dir():
            raise OperatorError("its folder does not exist", where=f"-o {out}")
        self.out = out
        self.folder = out.with_name(out.name + ".parts")
        self.plan = Plan(self.folder / "plan.jsonl")
        self._settings = self.folder / "settings"

    def open(self, settings: str, *, resume: bool) -> bool:
        """Begin, or go on; False where the plan has yet to be written.

        Args:
            settings: a digest of all that decides what the rows are.
            resume: whether an interrupted hunt shall go on.

        Raises:
            OperatorError: what is there does not fit; with the remedy.
        """
        if not self.folder.exists():
            self.folder.mkdir()
        elif not resume and any(self.folder.iterdir()):
            raise OperatorError(
                "an interrupted hunt: go on with --resume, or delete the folder", where=str(self.folder)
            )
        elif self._settings.exists() and self._settings.read_text("ascii") != settings:
            raise OperatorError(
                "was begun with other sources, policy, rules or options: repeat them as they were, or delete the folder",
                where=str(self.folder),
            )
        self._settings.write_text(settings, "ascii")
        return (self.folder / "plan.jsonl").exists()

    def has(self, batch: Batch) -> bool:
        """Whether the rows of a batch are there."""
        return self._part(batch).exists()

    def put(self, batch: Batch, part: bytes) -> None:
        """Keep the rows of a batch."""
        file = self._part(batch)
        unfinished = file.with_suffix(".unfinished")
        unfinished.write_bytes(part)
        unfinished.replace(file)

    def parts(self) -> Iterator[Path]:
        """The parts in the order of the plan."""
        return map(self._part, self.plan)

    def remove(self) -> None:
        """Everything has become the result."""
        shutil.rmtree(self.folder)

    def _part(self, batch: Batch) -> Path:
        return self.folder / f"{batch.name}.parquet"
