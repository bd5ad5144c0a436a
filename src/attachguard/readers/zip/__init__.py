"""Members of ZIP archives, for every format that is one."""
