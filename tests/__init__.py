"""The tests of attachguard.

Timing decides no test: speed is the business of `benchmarks/`. What a test may say is that something ends at all.
"""

#: Seconds after which a scan of a small hostile file counts as hanging, on however slow a machine.
HANG = 60.0
