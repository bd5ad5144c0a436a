"""Benchmarks under pytest-benchmark: every figure is a ratio to a floor of the same run."""
