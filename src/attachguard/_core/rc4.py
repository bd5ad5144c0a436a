"""RC4, for the few bytes that a password is tested with: a PDF asks for it forty times a word, and each time the key is spread over 256 places."""

try:
    import cython
except ImportError:
    from attachguard._core import _shim as cython


def rc4(key: bytes, data: bytes) -> bytes:
    """Data encrypted, or decrypted, which is the same.

    Args:
        key: 1 to 256 bytes.
        data: any.
    """
    state: cython.uchar[256] = [0] * 256
    letters: cython.const[cython.uchar][::1] = key
    source: cython.const[cython.uchar][::1] = data
    out = bytearray(len(data))
    target: cython.uchar[::1] = out
    size: cython.Py_ssize_t = len(key)
    count: cython.Py_ssize_t = len(data)
    place: cython.Py_ssize_t
    other: cython.uint = 0
    one: cython.uint = 0
    held: cython.uchar
    if size == 0:
        raise ValueError("RC4 needs a key")
    for place in range(256):
        state[place] = place
    for place in range(256):
        other = (other + state[place] + letters[place % size]) & 0xFF
        held = state[place]
        state[place] = state[other]
        state[other] = held
    other = 0
    for place in range(count):
        one = (one + 1) & 0xFF
        other = (other + state[one]) & 0xFF
        held = state[one]
        state[one] = state[other]
        state[other] = held
        target[place] = source[place] ^ state[(state[one] + state[other]) & 0xFF]
    return bytes(out)
