#!/usr/bin/env python3
"""The pictures of README, lessons and documentation, made anew: screenshots.py TOOL [plots|pages].

Pages are photographed in headless Chromium, plots are what the tool draws. What notebooks draw themselves stays."""
import os
import shutil
import sys
import tempfile

import numpy as np

from checks import Tool
from chromium import Browser, Page
from palette import reduce

ROOT = os.path.dirname(os.path.dirname(os.path.dirname(os.path.abspath(__file__))))
NETWORKS = os.path.join(ROOT, "scenarios/networks")
MODEL = os.path.join(ROOT, "Sources/cornn-analyze/Resources/lorenz96-F8-m64.pt")
LESSONS = "notebooks-md/images"
DOCUMENTATION = "Sources/Analysis/CoRNNAnalysis.docc/Resources"
LARGEST = 200_000  # bytes

# Where a plot goes, the command that draws it, and its name there.
PLOTS = {
    ".pictures/energy.png": (["bounds", MODEL, "--signal", "lorenz96", "--steps", 2000, "--seed", 1, "--no-flow"], "energy"),
    ".pictures/transition.png": (
        ["lyapunov", "--random-hidden", 100, "--networks", 3, "--network-seed", 1, "--dt", 0.05, "--gamma", 1, "--epsilon", 1,
         "--damping", "implicit", "--constant-input", 0, "--sweep", "W=0.5,0.75,1,1.5,2,5", "--transient", 3000,
         "--length", 8000, "--interval", 5, "--until-error", 0.02], "transition"),
    f"{LESSONS}/counter-example.png": (
        ["bounds", f"{NETWORKS}/counter-example.json", "--signal", "zero", "--steps", 100, "--targets",
         f"{NETWORKS}/counter-example.targets.csv", "--no-flow"], "jacobians"),
    f"{LESSONS}/certificate.png": (["certify", "model.npz", "--dt", 0.1, "--gamma", 1, "--epsilon", 1, "--damping", "explicit"],
                                   "contraction"),
    f"{LESSONS}/orbit-diagram.png": (
        ["orbit-diagram", MODEL, "--constant-input", 0, "--sweep", "dt=0.09:0.11:21", "--sampling", "every-step",
         "--no-warm-start", "--exponent", "--exponent-steps", 5000, "--transient", 30000], "orbit-diagram"),
    f"{DOCUMENTATION}/contraction-tests.png": (
        ["certify", os.path.join(ROOT, "Tests/Data/tutorial.npz")], "contraction"),
}

# The playground: two units that push each other.
PLAYGROUND = "units=2&damping=implicit&activation=tanh&input=none&dt=0.05&steps=1000&gamma=1,2&epsilon=0.6,0.8&W=-1,3,-3,0.5" \
    "&Z=0.5,0.1,-0.2,0.3&V=1.5,0&b=0.1,-0.05&y=0.5,0&z=0,0.3"


def fresh_network(path):
    """The network of notebook 8, as PyTorch draws a Linear, in the layout of the paper's authors."""
    inputs, hidden, outputs = 5, 64, 5
    random = np.random.default_rng(8)
    limit = 1 / np.sqrt(inputs + 2 * hidden)
    weight, bias = random.uniform(-limit, limit, (hidden, inputs + 2 * hidden)), random.uniform(-limit, limit, hidden)
    np.savez(path, **{
        "cell.i2h.weight": weight.astype(np.float32), "cell.i2h.bias": bias.astype(np.float32),
        "readout.weight": random.uniform(-1 / 8, 1 / 8, (outputs, hidden)).astype(np.float32),
        "readout.bias": np.zeros(outputs, np.float32)})


def draw(tool):
    fresh_network(os.path.join(tool.folder, "model.npz"))
    for place, (command, name) in PLOTS.items():
        tool.run(*command, "--quiet", "--output", "drawn")
        shutil.copyfile(os.path.join(tool.folder, "drawn", name + ".png"), os.path.join(ROOT, place))


def photograph(browser, url, name, ready="true", **options):
    page = Page(browser, url, **options)
    page.wait(ready)
    path = os.path.join(ROOT, LESSONS, name)
    page.screenshot(path)
    page.close()
    blank = Page(browser, "about:blank")
    reduce(blank, path)
    blank.close()


def photographs(tool, browser):
    # Its name stands in the page.
    for ending in (".pt", ".json"):
        shutil.copy(MODEL.removesuffix(".pt") + ending, tool.folder)
    tool.run("bounds", os.path.basename(MODEL), "--signal", "lorenz96", "--steps", 400, "--seed", 1, "--quiet",
             "--report", "bounds.html")
    url = "file://" + os.path.join(tool.folder, "bounds.html")
    photograph(browser, url, "report.png", width=1000, height=1200)
    photograph(browser, url, "report-dark.png", width=1000, height=1200, dark=True)
    tool.run("playground", "page", "--quiet")
    url = "file://" + os.path.join(tool.folder, "page", "index.html#" + PLAYGROUND)
    settled = "globalThis.playground && playground.isSettled()"
    photograph(browser, url, "playground.png", settled, height=1190)
    photograph(browser, url, "playground-dark.png", settled, height=1190, dark=True)
    photograph(browser, url, "playground-phone.png", settled, width=390, height=844, phone=True, ratio=1.5)


def main():
    if len(sys.argv) < 2 or any(kind not in ("plots", "pages") for kind in sys.argv[2:]):
        raise SystemExit("usage: screenshots.py TOOL [plots|pages]")
    kinds = sys.argv[2:] or ["plots", "pages"]
    folder = tempfile.mkdtemp(prefix="cornn-screenshots-")
    try:
        tool = Tool(os.path.abspath(sys.argv[1]), folder)
        if "plots" in kinds:
            draw(tool)
        if "pages" in kinds:
            with Browser() as browser:
                photographs(tool, browser)
    finally:
        shutil.rmtree(folder, ignore_errors=True)
    pictures = [os.path.join(ROOT, place) for place in PLOTS]
    pictures += [os.path.join(ROOT, LESSONS, name) for name in sorted(os.listdir(os.path.join(ROOT, LESSONS)))]
    large = [path for path in pictures if os.path.getsize(path) > LARGEST]
    for path in pictures:
        print(f"{os.path.getsize(path) // 1000:4} kB  {os.path.relpath(path, ROOT)}")
    if large:
        raise SystemExit("error: larger than 200 kB: " + ", ".join(large))


main()
