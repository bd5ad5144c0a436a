"""Compressed streams and content in pieces, all within bounds."""
