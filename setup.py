"""Builds the compiled core: each module of `attachguard._core` is ordinary Python that Cython turns into C.

Without Cython or without a working C compiler the build goes on and installs the same modules uncompiled: slower, otherwise alike.
"""

from __future__ import annotations

import compileall
import platform
import sys
from pathlib import Path

from setuptools import Extension, find_packages, setup

CORE = Path("src/attachguard/_core")
#: Half the compile time of a default build, and no slower where it counts.
FLAGS = [] if sys.platform == "win32" else ["-O2", "-g0"]
#: Loops whose only sense is that they become vector instructions.
VECTORS = {"needles"} if sys.platform != "win32" else set()
#: Modules that need what compilers other than Microsoft's have; `attachguard._core.spin` does without.
LEFT_OUT = {"spinpairs"} if sys.platform == "win32" else set()
#: Built for processors that not everybody has; `attachguard._core.spin` looks before it goes there.
WIDE = ["-mavx2", "-mbmi2"] if sys.platform == "linux" and platform.machine() == "x86_64" else []


#: What compiles. Whoever asks for the metadata or packs the sources must not wait for Cython, which would do its work once more for each of them.
COMPILES = {"build", "build_ext", "bdist_wheel", "editable_wheel", "develop", "install"}


def extensions():
    if not COMPILES & set(sys.argv):
        return []
    try:
        from Cython.Build import cythonize
    except ImportError:
        sys.stderr.write("attachguard: Cython is missing, the core stays uncompiled\n")
        return []
    modules = [
        Extension(
            f"attachguard._core.{path.stem}",
            [str(path)],
            extra_compile_args=FLAGS
            + ["-O3"] * (path.stem in VECTORS)
            + WIDE * (path.stem in ("spinlanes", "spinpairs")),
        )
        for path in sorted(CORE.glob("*.py"))
        if not path.stem.startswith("_") and path.stem not in LEFT_OUT
    ]
    compiled = cythonize(
        modules,
        build_dir="build/cython",
        language_level=3,
        compiler_directives={
            # The input is hostile: indices are checked and integer division is Python's.
            "boundscheck": True,
            "wraparound": False,
            "cdivision": False,
            "initializedcheck": False,
            "annotation_typing": True,
            "embedsignature": True,
        },
    )
    for extension in compiled:
        # A failing compiler must not fail the installation. Said of the results: cythonize does not hand it on.
        extension.optional = True
    return compiled


if {"editable_wheel", "develop", "build_ext"} & set(sys.argv):
    # A checkout is run as it stands: compiled once here, its modules load as fast as installed ones, wherever it may not be written to.
    compileall.compile_dir("src", quiet=2)

# Every folder with an `__init__.py` is a package; the rules come from the analysts' folder at the top of the checkout.
setup(
    packages=[*find_packages("src"), "attachguard.builtin_rules"],
    ext_modules=extensions(),
    options={"build_ext": {"parallel": 2}},  # the core's modules compile side by side
)
