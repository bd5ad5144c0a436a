"""Parts read as containers: what the inspectors of one part share, each reading made once and charged to the part.

Why our own: these are the readers of `readers/`, each asked once a part and charged to its budget.
"""
