"""Every exception is caught in one place of a scan, so that no defect is swallowed where nobody looks for it."""

from __future__ import annotations

import ast
from pathlib import Path

SOURCES = Path(__file__).parents[1] / "src/attachguard"
#: Who may catch everything, and how often: the engine over content, and processes and connections that must not end one another.
ALLOWED = {
    "engine/caught.py": 1,
    "gateway/pool/__init__.py": 1,  # what was begun is ended, and the error goes on
    "gateway/pool/thread.py": 1,  # the same
    "gateway/pool/worker.py": 2,  # the last line of a forked process
    "gateway/serve/net.py": 1,  # a defect over one client must not end the others
    "gateway/serve/peer.py": 1,  # goes to the task of the client
    "gateway/serve/service.py": 2,  # handed to whoever waits for the thread; a reload that fails changes nothing
    "hunt/cluster.py": 3,  # stores of objects raise what they like, which costs one item; a worker that cannot be asked is the operator's mistake
    "hunt/fetch.py": 1,  # what was begun is closed, and the error goes on
}
BROAD = {"Exception", "BaseException"}


def names(node: ast.expr | None) -> set[str]:
    return {"BaseException"} if node is None else {each.id for each in ast.walk(node) if isinstance(each, ast.Name)}


def broad(source: str) -> int:
    """How often a module catches or suppresses everything."""
    if "except" not in source and "suppress" not in source:
        return 0
    count = 0
    for node in ast.walk(ast.parse(source)):
        if isinstance(node, ast.ExceptHandler):
            count += bool(names(node.type) & BROAD)
        elif isinstance(node, ast.Call) and ast.unparse(node.func).endswith("suppress"):
            count += any(names(each) & BROAD for each in node.args)
    return count


def test_only_these_modules_catch_every_exception():
    found = {
        str(path.relative_to(SOURCES)): count
        for path in SOURCES.rglob("*.py")
        if (count := broad(path.read_text("utf-8")))
    }
    assert found == ALLOWED, "name what may be raised, or let `engine/caught.py` catch it"


def test_a_broad_handler_is_seen_in_every_spelling():
    for line in ("except Exception as e:", "except:", "except (ValueError, BaseException):"):
        assert broad(f"try:\n    pass\n{line}\n    pass\n") == 1
    assert broad("with contextlib.suppress(Exception):\n    pass\n") == 1
    assert broad("try:\n    pass\nexcept ValueError:\n    pass\n") == 0
