cpdef Py_ssize_t find(bytes data, bytes word, Py_ssize_t start, Py_ssize_t end)
