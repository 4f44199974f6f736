#!/usr/bin/env python3
"""Executes the notebooks beside it, their exercises' solutions included, and fails on any error or failed check.

    execute.py [--short] [--keep DIR] [NOTEBOOK ...]

cornn-analyze has to be on PATH. --short runs the short form; --keep writes the executed notebooks as .ipynb.
"""

import argparse
import os
import re
import shutil
import sys
import tempfile
import time
from pathlib import Path

import jupytext
import nbformat
from nbclient import NotebookClient
from nbclient.exceptions import CellExecutionError, CellTimeoutError, DeadKernelError

folder = Path(__file__).resolve().parent


def with_solutions(notebook, name):
    """The notebook with each exercise once more, solved: `answer = None` replaced by the solution's code that follows.

    The solution is the first ```python block of the next Markdown cell.
    """
    cells = []
    for index, cell in enumerate(notebook.cells):
        cells.append(cell)
        cell.metadata["number"] = sum(other.cell_type == "code" for other in notebook.cells[: index + 1])
        if "exercise" not in cell.metadata.get("tags", []):
            continue
        following = notebook.cells[index + 1] if index + 1 < len(notebook.cells) else None
        solution = following and re.search(r"```python\n(.*?)```", following.source, re.DOTALL)
        source, replaced = re.subn(r"^answer = None.*$", "", cell.source, flags=re.MULTILINE)
        if not solution or replaced != 1:
            sys.exit(f"{name}: an exercise needs one line `answer = None` and a ```python block in the cell below")
        solved = nbformat.v4.new_code_cell(solution.group(1) + source)
        solved.metadata["number"] = f"{cell.metadata['number']} (solved)"
        cells.append(solved)
    notebook.cells = cells
    return notebook


def failure_of(notebook, error):
    """Which cell failed, and by what: two or three lines."""
    for cell in notebook.cells:
        for output in cell.get("outputs", []):
            if output.output_type == "error":
                lines = cell.source.strip().splitlines()
                return f"cell {cell.metadata['number']}, {lines[0]} …\n  {output.ename}: {output.evalue}"
    return f"{type(error).__name__}: {error}"


def execute(path, keep):
    """None, or what failed."""
    notebook = with_solutions(jupytext.read(path), path.name)
    client = NotebookClient(
        notebook, timeout=600, startup_timeout=180, kernel_name="python3", resources={"metadata": {"path": str(folder)}})
    client.create_kernel_manager()
    failure = None
    with tempfile.TemporaryDirectory(prefix="cornn-kernel-") as sockets:
        client.km.transport, client.km.ip = "ipc", f"{sockets}/kernel"  # no network
        try:
            client.execute()
        except (CellExecutionError, CellTimeoutError, DeadKernelError) as error:
            failure = failure_of(notebook, error)
    if keep:
        for cell in notebook.cells:
            cell.metadata.pop("number", None)
        keep.mkdir(parents=True, exist_ok=True)
        nbformat.write(notebook, keep / (path.stem + ".ipynb"))
    return failure


def main():
    parser = argparse.ArgumentParser(description=__doc__.splitlines()[0])
    parser.add_argument("--short", action="store_true", help="the short form")
    parser.add_argument("--keep", type=Path, metavar="DIR", help="write the executed notebooks there")
    parser.add_argument("notebooks", nargs="*", type=Path, metavar="NOTEBOOK", help="default: all")
    options = parser.parse_args()
    paths = options.notebooks or sorted(folder.glob("[0-9]*.md"))
    for path in paths:
        if not path.is_file():
            sys.exit(f"{path}: no such notebook")
    if not paths:
        sys.exit(f"no notebooks in {folder}")
    if not shutil.which("cornn-analyze"):
        sys.exit("cornn-analyze isn't on PATH\nhint: make notebooks builds it and puts it there")
    os.environ["CORNN_NOTEBOOKS"] = "short" if options.short else "long"
    os.environ["CORNN_NOTEBOOKS_JUDGE"] = "strictly"
    os.environ["PYTHONDONTWRITEBYTECODE"] = "1"
    os.environ.setdefault("OPENBLAS_NUM_THREADS", "1")  # NumPy's threads cost more than they bring for 64 units
    failed = 0
    for path in paths:
        began = time.monotonic()
        failure = execute(path, options.keep)
        took = time.monotonic() - began
        print(f"{'failed' if failure else 'passed'}  {took:5.1f} s  {path.name}", flush=True)
        if failure:
            failed += 1
            print(f"  {failure}", flush=True)
    print(f"{len(paths) - failed} passed, {failed} failed")
    sys.exit(1 if failed else 0)


if __name__ == "__main__":
    main()
