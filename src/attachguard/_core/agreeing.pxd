# The innermost loop of `needles`, in C because only there can a function be built twice: for any processor, and for those with registers of 32 octets,
# between which the loader chooses. One and a half times as fast with them.
cdef extern from *:
    """
    #if defined(__GNUC__) && !defined(__clang__) && defined(__x86_64__) && defined(__linux__) && defined(__GLIBC__)
    __attribute__((target_clones("avx2", "default")))
    #endif
    static unsigned char attachguard_agrees(
        const unsigned char *at, Py_ssize_t count, Py_ssize_t middle, Py_ssize_t end,
        unsigned char first, unsigned char second, unsigned char third
    ) {
        unsigned char hit = 0;
        for (Py_ssize_t i = 0; i < count; i++)
            hit |= (at[i] == first) & (at[i + middle] == second) & (at[i + end] == third);
        return hit;
    }
    """
    unsigned char agrees "attachguard_agrees"(
        unsigned char *at, Py_ssize_t count, Py_ssize_t middle, Py_ssize_t end,
        unsigned char first, unsigned char second, unsigned char third
    ) noexcept nogil
