"""What the notebooks share: checks of the numbers they claim, exercises, and a folder to work in."""

import atexit
import os
import shutil
import subprocess
import tempfile
from pathlib import Path

import numpy as np

#: The short form: `execute.py --short`, or CORNN_NOTEBOOKS=short in the environment.
short = os.environ.get("CORNN_NOTEBOOKS") == "short"
repository = Path(__file__).resolve().parent.parent


class CheckFailed(AssertionError):
    """A number that moved beyond its stated tolerance, or a statement that doesn't hold."""


def check(name, value, expected, tolerance):
    """Holds a number against the expected one: |value − expected| <= tolerance, else CheckFailed."""
    value, expected, tolerance = float(value), float(expected), float(tolerance)
    line = f"{name} {value:.6g} (expected {expected:.6g} ± {tolerance:.2g})"
    if not abs(value - expected) <= tolerance:
        raise CheckFailed(line)
    print("✓", line)


def check_at_most(name, value, limit):
    """Holds a number against a limit: value <= limit, else CheckFailed."""
    line = f"{name} {float(value):.3g} (at most {float(limit):.3g})"
    if not value <= limit:
        raise CheckFailed(line)
    print("✓", line)


def check_that(statement, truth):
    """Holds a statement to be true, else CheckFailed."""
    if not truth:
        raise CheckFailed(statement)
    print("✓", statement)


def exercise(answer, judge):
    """Judges an answer: judge(answer) is True, or a sentence that says what is amiss. None isn't judged."""
    if answer is None:
        print("not answered yet")
        return
    verdict = judge(answer)
    if verdict is True or verdict is np.True_:
        print("✓ right")
    elif os.environ.get("CORNN_NOTEBOOKS_JUDGE") == "strictly":  # execute.py tries the solutions
        raise CheckFailed(f"the answer {answer} was judged wrong: {verdict}")
    else:
        print("✗", verdict)


def shorter(long, brief):
    """The second value in the short form, else the first."""
    return brief if short else long


def start():
    """Moves to a new temporary folder with the shipped networks in it, and lets failed commands fail the cell."""
    folder = tempfile.mkdtemp(prefix="cornn-notebook-")
    atexit.register(shutil.rmtree, folder, ignore_errors=True)
    os.chdir(folder)
    os.symlink(repository / "scenarios" / "networks", "networks")
    for ending in ("pt", "json"):
        name = f"lorenz96-F8-m64.{ending}"
        shutil.copy(repository / "Sources" / "cornn-analyze" / "Resources" / name, name)

    from IPython import get_ipython

    shell = get_ipython()

    def system(command):
        """What `!command` calls: IPython's own goes on after a command that failed, and shows it a terminal."""
        command = shell.var_expand(command, depth=1)
        done = subprocess.run(command, shell=True, stdout=subprocess.PIPE, stderr=subprocess.STDOUT, text=True)
        print(done.stdout, end="")
        if done.returncode:
            last = done.stdout.strip().splitlines()[-2:]
            raise RuntimeError("\n  ".join([f"exit code {done.returncode} from: {command.strip()}", *last]))

    shell.system = system
    house_style()


def house_style():
    """The tool's colours in Matplotlib, each with a line of its own that black and white keeps apart."""
    import matplotlib.pyplot as plt

    colours = ["#0072b2", "#d55e00", "#009e73", "#cc79a7", "#e69f00"]
    lines = ["-", "--", "-.", ":", (0, (6, 1, 1, 1, 1, 1))]
    plt.rcParams.update({
        "axes.prop_cycle": plt.cycler(color=colours) + plt.cycler(linestyle=lines),
        "axes.grid": True,
        "grid.alpha": 0.3,
        "axes.spines.top": False,
        "axes.spines.right": False,
        "figure.figsize": (7.5, 3.4),
        "figure.constrained_layout.use": True,
        "savefig.dpi": 110,
    })
