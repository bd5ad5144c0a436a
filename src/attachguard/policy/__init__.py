"""Policies: which finding leads to which action; read from TOML, checked with file, line and remedy."""

from attachguard.policy.judging.policy import Policy

__all__ = ["Policy"]
