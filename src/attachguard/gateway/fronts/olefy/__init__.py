"""olefy's protocol: what rspamd's oletools module asks about macros, answered by the scanner in place of one olevba process a part."""
