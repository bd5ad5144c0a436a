# Two numbers of 64 bits in one register of 128, which compilers know by this attribute; where they do not, this module is not built (see `setup.py`).
cdef extern from *:
    """
    typedef unsigned long long attachguard_pair __attribute__((vector_size(16), aligned(8), may_alias));
    """
    ctypedef unsigned long long pair "attachguard_pair"

