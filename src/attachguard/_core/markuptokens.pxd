cdef int NAMED, HANDLER, SCHEME, DOWNLOAD, CLOSED, CUT
cdef int SCRIPT, PLAINTEXT, NO_SCRIPT, RAW, NO_FRAMES, TEXTAREA, DRAWING, SELECT, FRAMESET, INPUT

cdef bint blank(int c)
cdef Py_ssize_t comment_end(const unsigned char[::1] data, Py_ssize_t start)
cdef Py_ssize_t raw_end(const unsigned char[::1] data, Py_ssize_t i, Py_ssize_t name_start, Py_ssize_t name_end)
cdef Py_ssize_t script_end(const unsigned char[::1] data, Py_ssize_t i, Py_ssize_t name_start, Py_ssize_t name_end)
cdef Py_ssize_t inner_end(const unsigned char[::1] data, Py_ssize_t i)
cdef Py_ssize_t attribute_run(const unsigned char[::1] data, Py_ssize_t start)
cdef int special(unsigned long long packed, int letters)
cdef Py_ssize_t section_end(const unsigned char[::1] data, Py_ssize_t i)
cdef bint is_section(const unsigned char[::1] data, Py_ssize_t i)
cdef Py_ssize_t text_end(const unsigned char[::1] data, Py_ssize_t i)
