"""Signed and encrypted objects, keys, certificates."""
