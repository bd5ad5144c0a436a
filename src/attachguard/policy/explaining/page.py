"""A page of headings, paragraphs, lists and tables, written as plain text, Markdown or HTML; for pages that people read."""

from __future__ import annotations

import textwrap
from collections.abc import Sequence
from html import escape
from typing import Final, NamedTuple

#: How a page can be written.
FORMATS: Final = ("text", "markdown", "html")
_WIDTH: Final = 100
_STYLE: Final = (
    "body{font:16px/1.5 sans-serif;max-width:60em;margin:2em auto;padding:0 1em;color:#222}table{border-collapse:collapse;width:100%}"
    "th,td{border:1px solid #ccc;padding:.3em .6em;text-align:left;vertical-align:top}th{background:#f3f3f3}"
)


class Block(NamedTuple):
    """One piece of a page.

    Args:
        kind: `title`, `heading`, `text`, `list` or `table`.
        lines: its words; of a table the heads of its columns.
        rows: of a table.
    """

    kind: str
    lines: tuple[str, ...]
    rows: tuple[tuple[str, ...], ...] = ()


def render(blocks: Sequence[Block], how: str, language: str) -> str:
    """The page in one of `FORMATS`."""
    writer = {"text": _text, "markdown": _markdown, "html": _html}[how]
    pieces = [writer(block) for block in blocks if block.rows or block.kind != "table"]
    if how != "html":
        return "\n\n".join(pieces) + "\n"
    title = escape(blocks[0].lines[0]) if blocks else ""
    head = f'<!DOCTYPE html>\n<html lang="{language}">\n<head><meta charset="utf-8"><title>{title}</title><style>{_STYLE}</style></head>\n<body>\n'
    return head + "\n".join(pieces) + "\n</body>\n</html>\n"


def _text(block: Block) -> str:
    if block.kind == "title":
        return f"{block.lines[0]}\n{'=' * len(block.lines[0])}"
    if block.kind == "heading":
        return f"{block.lines[0]}\n{'-' * len(block.lines[0])}"
    if block.kind == "list":
        return "\n".join(
            textwrap.fill(line, _WIDTH, initial_indent="  - ", subsequent_indent="    ") for line in block.lines
        )
    if block.kind == "table":
        return "\n".join(_row(block.lines, row) for row in block.rows)
    return "\n".join(textwrap.fill(line, _WIDTH) for line in block.lines)


def _row(heads: tuple[str, ...], row: tuple[str, ...]) -> str:
    first = textwrap.fill(row[0], _WIDTH, initial_indent="  ", subsequent_indent="  ")
    rest = [
        textwrap.fill(f"{head}: {cell}", _WIDTH, initial_indent="      ", subsequent_indent="        ")
        for head, cell in zip(heads[1:], row[1:], strict=True)
        if cell
    ]
    return "\n".join([first, *rest])


def _markdown(block: Block) -> str:
    if block.kind == "title":
        return f"# {_marked(block.lines[0])}"
    if block.kind == "heading":
        return f"## {_marked(block.lines[0])}"
    if block.kind == "list":
        return "\n".join(f"- {_marked(line)}" for line in block.lines)
    if block.kind == "table":
        lines = [_cells(block.lines), "|" + "---|" * len(block.lines), *(_cells(row) for row in block.rows)]
        return "\n".join(lines)
    return "\n".join(_marked(line) for line in block.lines)


def _cells(cells: tuple[str, ...]) -> str:
    return "| " + " | ".join(_marked(cell).replace("|", "\\|") for cell in cells) + " |"


def _marked(text: str) -> str:
    """Text in which Markdown sees no markup; names of files come from outside."""
    for letter in "\\`*_<>[]":
        text = text.replace(letter, "\\" + letter)
    return text


def _html(block: Block) -> str:
    lines = [escape(line) for line in block.lines]
    if block.kind == "title":
        return f"<h1>{lines[0]}</h1>"
    if block.kind == "heading":
        return f"<h2>{lines[0]}</h2>"
    if block.kind == "list":
        return "<ul>" + "".join(f"<li>{line}</li>" for line in lines) + "</ul>"
    if block.kind == "table":
        head = "<tr>" + "".join(f"<th>{line}</th>" for line in lines) + "</tr>"
        body = "".join("<tr>" + "".join(f"<td>{escape(cell)}</td>" for cell in row) + "</tr>" for row in block.rows)
        return f"<table>{head}{body}</table>"
    return "".join(f"<p>{line}</p>" for line in lines)
