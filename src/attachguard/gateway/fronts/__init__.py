"""The protocols that mail servers speak: one folder each, with a codec that does no I/O and a shell of a few lines."""
