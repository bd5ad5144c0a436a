"""Office documents, old and new, and what is embedded in them."""
