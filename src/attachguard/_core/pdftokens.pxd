cdef int BY_NOTHING, BY_ENDOBJ, BY_STREAM, BY_OTHER, BY_COMPLETE

cdef Py_ssize_t run(
    const unsigned char[::1] view,
    Py_ssize_t at,
    Py_ssize_t end,
    const unsigned char[::1] slots,
    const unsigned char[::1] kinds,
    long long[::1] state,
    bint single,
)
