"""What the ZIP inspector is made of: what an archive is, where its records disagree, its encryption.

Why our own: `zipfile` believes the directory; what matters here is where other readers see something else.
"""
