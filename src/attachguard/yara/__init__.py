"""YARA rules; the only room that imports yara."""
