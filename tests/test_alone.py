"""What the library does by itself: nothing outside of its own memory, unless it was asked."""

from __future__ import annotations

import shutil
import subprocess
import sys
import sysconfig
import textwrap

import pytest

from attachguard import Policy, Rules, Scanner
from attachguard.readers.outside import Tools
from tests.fixtures import all_samples

WATCHED = textwrap.dedent("""
    import sys
    import attachguard
    from attachguard import Policy, Rules, Scanner
    from tests.fixtures import all_samples

    samples = {name: build() for name, build in all_samples().items() if name.partition("/")[0] in set(sys.argv[1:])}
    scanner = Scanner(Policy.load("strict"), rules=Rules.empty())
    # What is loaded late is read from the package's own files: each kind of sample is seen once before anybody watches.
    for name, data in samples.items():
        scanner.scan(data, name=name.rpartition("/")[2], kind="file")
    seen = []
    watching = False
    QUIET = ("open", "socket.", "subprocess.", "os.", "shutil.", "tempfile.", "ctypes.dlopen")

    def watch(event, arguments):
        if watching and event.startswith(QUIET):
            seen.append((event, str(arguments)[:120]))

    sys.addaudithook(watch)
    watching = True
    for name, data in samples.items():
        scanner.scan(data, name=name.rpartition("/")[2], kind="file")
    watching = False
    assert samples
    print(seen[:5])
    sys.exit(bool(seen))
""")


@pytest.mark.parametrize("family", ["rar sevenzip zip lha cab", "pdf", "ooxml doc xls ppt rtf odf", "html svg eml msg"])
def test_a_scanner_starts_no_process_and_opens_nothing_during_a_scan(family):
    done = subprocess.run(
        [sys.executable, "-c", WATCHED, *family.split()], capture_output=True, text=True, timeout=300, check=False
    )
    assert (done.returncode, done.stdout.strip()) == (0, "[]"), done.stderr[-2000:]


def test_what_nothing_here_reads_says_how_it_could_be_read(bare_scanner):
    name = "cab/lzx/unterlagen.cab"
    alone = Scanner(Policy.load("audit"), rules=Rules.empty())
    said = [
        finding.detail
        for finding in alone.scan(all_samples()[name](), name="a.cab", kind="file").findings
        if finding.code == "uninspectable-content"
    ]
    assert any("Tools.system()" in detail for detail in said)
    assert bare_scanner.tools is not None


def test_tools_that_were_not_named_are_not_asked():
    assert Tools().of("rar") == []
    assert not Tools().libarchive


def test_a_scanner_never_changes():
    scanner = Scanner(Policy.load("audit"), rules=Rules.empty())
    with pytest.raises(AttributeError, match="never changes"):
        scanner.policy = Policy.load("strict")


# -- threads of a C host --------------------------------------------------------------------------------------------------------------

#: A thread that calls Python twice, each time with a thread state of its own, as the binding of libmilter does for each connection.
HOST = r"""
#include <Python.h>
#include <pthread.h>
static PyInterpreterState *interpreter;
static PyObject *call;
static void *run(void *unused) {
    for (int i = 0; i < 2; i++) {
        PyThreadState *state = PyThreadState_New(interpreter);
        PyEval_AcquireThread(state);
        PyObject *result = PyObject_CallNoArgs(call);
        if (result == NULL) PyErr_Print(); else Py_DECREF(result);
        PyEval_ReleaseThread(state);
    }
    return NULL;
}
int host(PyObject *function) {
    pthread_t thread;
    interpreter = PyInterpreterState_Get();
    call = function;
    Py_BEGIN_ALLOW_THREADS
    pthread_create(&thread, NULL, run, NULL);
    pthread_join(thread, NULL);
    Py_END_ALLOW_THREADS
    return 0;
}
"""
GUEST = textwrap.dedent("""
    import ctypes, faulthandler, sys
    faulthandler.dump_traceback_later(60, exit=True)
    from attachguard import Policy, Scanner
    from tests.fixtures import all_samples

    scanner = Scanner(Policy.load("audit"), passwords=["geheim"])
    samples = [build() for name, build in all_samples().items() if name.startswith("pdf/encrypted")]
    found = []
    host = ctypes.PyDLL(sys.argv[1]).host
    host.argtypes = [ctypes.py_object]
    host(lambda: found.append([scanner.scan(data, name="a.pdf", kind="file").findings for data in samples]))
    assert found[0] == found[1] and all(found[0])
""")


@pytest.mark.skipif(shutil.which("cc") is None, reason="needs a C compiler")
def test_a_scan_in_a_thread_of_a_c_host_ends(tmp_path):
    """It hung for good in pikepdf, which waited for a thread state that the thread itself had put aside."""
    (tmp_path / "host.c").write_text(HOST)
    include = sysconfig.get_paths()["include"]
    subprocess.run(
        ["cc", "-shared", "-fPIC", f"-I{include}", "-o", tmp_path / "host.so", tmp_path / "host.c"], check=True
    )
    done = subprocess.run(
        [sys.executable, "-c", GUEST, str(tmp_path / "host.so")],
        capture_output=True,
        text=True,
        timeout=120,
        check=False,
    )
    assert done.returncode == 0, done.stderr[-2000:]
