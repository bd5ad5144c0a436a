"""Relatives of faults that were mended: the same trick in other formats, carriers, names and spellings, and the honest files that look like it."""
