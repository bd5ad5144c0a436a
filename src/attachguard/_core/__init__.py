"""The fast core: byte-crunching functions and nothing else.

Each module is ordinary Python in Cython's pure-Python mode: compiled to C by the package's build, importable as it is where there is no
compiler. One source, two speeds; the test suite runs over both. Functions take buffers and give small results; they know no policy.

Why our own: these loops look at every byte; in plain Python each would cost more than the rest of a scan.
"""
