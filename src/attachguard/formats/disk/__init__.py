"""Disk images and discs."""
