"""Renderings of a report: for people, as JSON."""
