"""The gateway: scanning in processes that may die, and the daemon that mail servers talk to.

    with Pool(Scanner(Policy.load("strict")), workers=2) as pool:
        report = pool.scan(message, envelope=envelope)

`Pool` is for whoever embeds the scanner; `attachguard serve` uses it, and so does `attachguard scan --jobs`.
"""

from attachguard.gateway.pool import Pool, Result

__all__ = ["Pool", "Result"]
