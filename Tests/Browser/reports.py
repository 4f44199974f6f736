"""The pages of --report: opened in light, dark, on a phone and for paper, without a complaint or a request."""
import base64
import json
import os
import shutil
import tempfile

from chromium import Page

ROOT = os.path.dirname(os.path.dirname(os.path.dirname(os.path.abspath(__file__))))
MODEL = os.path.join(ROOT, "Sources/cornn-analyze/Resources/lorenz96-F8-m64.pt")
CERTIFIED = os.path.join(ROOT, "scenarios/networks/certified.safetensors")

COMMANDS = {
    "inspect": ["inspect", MODEL],
    "simulate": ["simulate", MODEL, "--signal", "lorenz96", "--steps", 200, "--seed", 1],
    "compare": ["compare", MODEL, "--signal", "steps", "--frequency", 2, "--steps", 60, "--seed", 3],
    "bounds": ["bounds", MODEL, "--signal", "lorenz96", "--steps", 200, "--seed", 1],
    "certify": ["certify", CERTIFIED],
    "lyapunov": ["lyapunov", "--system", "lorenz96", "--length", 200, "--window", 10],
    "lyapunov --sweep": ["lyapunov", "--system", "logistic", "--sweep", "r=3.5:4:11", "--length", 4000],
    "fixed-points": ["fixed-points", os.path.join(ROOT, "scenarios/networks/three-units.json")],
    "orbit-diagram": ["orbit-diagram", "--system", "logistic", "--sweep", "r=3:4:101", "--points", 50],
    "section": ["section", "--system", "rossler", "--variable", 0, "--points", 200],
    "spectrum": ["spectrum", "--system", "pendulum", "--length", 60000, "--zero-one"],
    "train": ["train", "--forcing", 8, "--hidden", 12, "--dt", 0.1, "--gamma", 1, "--epsilon", 1, "--damping", "explicit",
              "--trajectories", 16, "--samples", 500, "--batch", 8, "--steps", 60, "--validate-every", 20, "--rate", "1e-2",
              "--output", "run"],
    "forecast": ["forecast", "--forcing", 8, "--models", "persistence,linear,cubic", "--trajectories", 16, "--samples", 600,
                 "--until-error", 0.1],
    "forecast --closed-loop": ["forecast", "--forcing", 8, "--closed-loop", "--models", "local", "--trajectories", 16,
                               "--samples", 600, "--starts", 6, "--long-runs", 1, "--long-run-samples", 2000,
                               "--exponent-steps", 2000, "--until-error", 0.1],
    "run": ["run", os.path.join(ROOT, "scenarios/order-of-the-map.yaml")],
    "demo": ["demo"],
}

# What a reader without eyes on the picture has: a name for each picture, a caption for each table, one first heading.
ACCESS = """(() => {
  const all = (s) => [...document.querySelectorAll(s)];
  return {
    firstHeadings: all('h1').length,
    order: all('h1,h2,h3').map((h) => +h.tagName[1]),
    unnamed: all('[role=img]').filter((p) => (p.getAttribute('aria-label') || '').length < 20).length,
    pictures: all('.plot svg').length,
    figures: all('figure').length,
    values: all('figure details table').length,
    tables: all('table:not(.facts)').length,
    captions: all('table:not(.facts) caption').filter((c) => c.textContent.trim()).length,
    headless: all('table:not(.facts)').filter((t) => !t.querySelector('th[scope=col]')).length,
    overflow: document.documentElement.scrollWidth - document.documentElement.clientWidth,
    result: all('a[download$=".json"]')[0].href,
  };
})()"""


def run(checks, browser, tool):
    folder = tempfile.mkdtemp(prefix="cornn-reports-")
    try:
        tool.folder = folder
        for name, command in COMMANDS.items():
            path = os.path.join(folder, name.replace(" ", "") + ".html")
            tool.run(*command, "--quiet", "--report", path)
            opened(checks, browser, name, path)
        appearance(checks, browser, os.path.join(folder, "bounds.html"))
    finally:
        shutil.rmtree(folder, ignore_errors=True)


def opened(checks, browser, name, path):
    url = "file://" + path
    page = Page(browser, url)
    found = page.evaluate(ACCESS)
    page.listen()
    others = [r for r in page.requests if r != url and not r.startswith("data:")]
    checks.check(f"{name}: no complaint, no request", not page.complaints and not others, "; ".join(page.complaints + others))
    steps = [b - a for a, b in zip(found["order"], found["order"][1:])]
    checks.check(
        f"{name}: headings, captions, names of pictures",
        found["firstHeadings"] == 1 and max(steps, default=0) <= 1 and found["unnamed"] == 0 and found["headless"] == 0
        and found["captions"] == found["tables"],
        f"{found['pictures']} pictures, {found['tables']} tables")
    checks.check(
        f"{name}: every picture drawn, with its values",
        found["pictures"] == found["figures"] and found["values"] >= found["figures"]
        and (found["figures"] > 0 or name == "inspect"))
    result = json.loads(base64.b64decode(found["result"].split(",", 1)[1]))
    checks.check(f"{name}: holds its result", result["schema"].startswith("cornn-analyze/"), result["schema"])
    page.close()


def appearance(checks, browser, path):
    url = "file://" + path
    for kind, options in {
        "light": {}, "dark": {"dark": True}, "phone": {"width": 390, "height": 844, "phone": True, "ratio": 2}
    }.items():
        page = Page(browser, url, **options)
        found = page.evaluate(ACCESS)
        ink, paper = page.evaluate(
            "[getComputedStyle(document.body).color, getComputedStyle(document.body).backgroundColor]")
        contrast = ratio(ink, paper)
        checks.check(f"{kind}: nothing beside the page, ink on paper", found["overflow"] <= 0 and contrast >= 7,
                     f"contrast {contrast:.1f}")
        page.close()
    page = Page(browser, url)
    pdf = base64.b64decode(page.call("Page.printToPDF")["data"])
    checks.check("on paper", pdf.startswith(b"%PDF") and len(pdf) > 20_000, f"{len(pdf) >> 10} KiB")
    page.close()


def ratio(*colours):
    """The contrast of two colours, as WCAG defines it."""
    def luminance(colour):
        parts = [float(p) / 255 for p in colour[colour.index("(") + 1:-1].split(",")[:3]]
        linear = [p / 12.92 if p <= 0.03928 else ((p + 0.055) / 1.055) ** 2.4 for p in parts]
        return 0.2126 * linear[0] + 0.7152 * linear[1] + 0.0722 * linear[2]
    dark, light = sorted(map(luminance, colours))
    return (light + 0.05) / (dark + 0.05)
