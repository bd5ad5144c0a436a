"""The checks of `rules check`, a module a subject; each gives diagnostics about one rule, and knows nothing of styles and suppressions."""
