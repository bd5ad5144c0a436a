"""Members of ZIP archives, for every format that is one.

Why our own: `zipfile` reads the directory only, believes the sizes in it, and costs ten times as much a member.
"""
