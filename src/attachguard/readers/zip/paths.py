"""Paths inside packages, as their documents refer to each other (RFC 3986, section 5.2.4).

Why our own: `posixpath` keeps steps that lead out of the package, which end at its root here.
"""

from __future__ import annotations

from collections.abc import Iterable


def joined(steps: Iterable[str]) -> str:
    """The path that some steps lead to, without leading slash; what leads out of the package stays at its root."""
    kept: list[str] = []
    for step in steps:
        if step == "..":
            if kept:
                kept.pop()
        elif step not in ("", "."):
            kept.append(step)
    return "/".join(kept)
