cdef int AT_MARKS, AT_LENGTH_AT, AT_ENDED_BY, AT_UNCLOSED, AT_HIDES, AT_WORK, AT_NUMBER, AT_GENERATION

cdef bint header(
    const unsigned char[::1] view, Py_ssize_t hit, Py_ssize_t lowest, const unsigned char[::1] kinds, long long[::1] state
)
cdef bint hides_header(
    const unsigned char[::1] view,
    Py_ssize_t hit,
    Py_ssize_t end,
    Py_ssize_t lowest,
    const unsigned char[::1] kinds,
    long long[::1] state,
)
