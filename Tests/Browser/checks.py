"""What passed and what failed, each with a line, and the tool's own answers to hold pages against."""
import json
import os
import subprocess


class Checks:
    def __init__(self):
        self.passed = self.failed = 0

    def check(self, name, holds, detail=""):
        if holds:
            self.passed += 1
        else:
            self.failed += 1
        print(f"{'ok  ' if holds else 'FAIL'} {name}{': ' if detail else ''}{detail}", flush=True)

    def note(self, text):
        print(f"     {text}", flush=True)


class Tool:
    """The built tool, run in a folder."""

    def __init__(self, path, folder):
        self.path, self.folder = path, folder

    def run(self, *arguments):
        done = subprocess.run([self.path, *map(str, arguments)], cwd=self.folder, capture_output=True, text=True)
        if done.returncode:
            raise RuntimeError(f"{' '.join(map(str, arguments))}: {done.stderr}")
        return done.stdout

    def json(self, *arguments):
        return json.loads(self.run(*arguments, "--format", "json"))

    def shell(self, command):
        """Runs a line as a reader would type it, with the tool in the path."""
        names = os.path.join(self.folder, ".bin")
        os.makedirs(names, exist_ok=True)
        if not os.path.exists(os.path.join(names, "cornn-analyze")):
            os.symlink(self.path, os.path.join(names, "cornn-analyze"))
        done = subprocess.run(
            ["sh", "-ec", command], cwd=self.folder, capture_output=True, text=True,
            env={**os.environ, "PATH": names + os.pathsep + os.environ["PATH"]})
        if done.returncode:
            raise RuntimeError(f"{command}: {done.stderr}")
        return done.stdout


def table(text):
    """A CSV's columns by name, as numbers."""
    head, *rows = [line.split(",") for line in text.strip().split("\n")]
    return {name: [float(row[k]) for row in rows] for k, name in enumerate(head)}


def difference(found, expected):
    """The largest absolute difference over the largest absolute expected value."""
    size = max(abs(x) for x in expected)
    return max(abs(a - b) for a, b in zip(found, expected, strict=True)) / (size or 1)
