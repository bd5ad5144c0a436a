# Whether the processor has what `spinlanes` and `spinpairs` are built for (see `setup.py`).
cdef extern from *:
    """
    #if defined(__x86_64__) && defined(__linux__)
    #define attachguard_wide() (__builtin_cpu_supports("avx2") != 0 && __builtin_cpu_supports("bmi2") != 0)
    #else
    #define attachguard_wide() 0
    #endif
    """
    bint attachguard_wide() nogil
