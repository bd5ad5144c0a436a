"""Hunting: an archive of mail is scanned again with other rules or another policy, on one machine or many, and what is found becomes a table.

The kernel (`kernel.py`) is neutral: objects in, rows out, no matter which engine spreads the work. `cluster.py` is the one for Dask. Between them
stand what there is to scan (`items.py`, `plan.py`), how a worker reads it (`fetch.py`), and where rows are kept (`store.py`).
"""
