"""The teaching page: its arithmetic against the library, and what a person does with it."""
import base64
import json
import os
import re
import shutil
import subprocess
import tempfile
import time

from checks import difference, table
from chromium import Page

ROOT = os.path.dirname(os.path.dirname(os.path.dirname(os.path.abspath(__file__))))
SETTLED = "globalThis.playground && playground.isSettled()"

# Awkward numbers: one unit and two, both kinds of damping, each activation and input, starts at rest and not.
SETTINGS = {
    "one unit, implicit": "units=1&damping=implicit&activation=tanh&input=cosine&dt=0.0583&steps=1000&amplitude=0.7&frequency=2.385"
    "&gamma=1.37&epsilon=0.281&W=-1.9&Z=0.44&V=1.7&b=0.23&y=0.61&z=-0.37",
    "one unit, explicit": "units=1&damping=explicit&activation=tanh&input=constant&dt=0.0417&steps=1000&amplitude=-0.31&frequency=1"
    "&gamma=2.61&epsilon=0.77&W=3.3&Z=-0.44&V=0.9&b=0.11&y=0&z=0",
    "one unit, linear": "units=1&damping=explicit&activation=identity&input=cosine&dt=0.05&steps=1000&amplitude=1&frequency=4"
    "&gamma=1&epsilon=0.9&W=-2&Z=0.75&V=2&b=0.25&y=0&z=0",
    "one unit, free": "units=1&damping=implicit&activation=none&input=none&dt=0.05&steps=1000&gamma=1.1&epsilon=0&W=0&Z=0&V=1&b=0&y=1&z=0.2",
    "two units, implicit": "units=2&damping=implicit&activation=tanh&input=cosine&dt=0.05&steps=1000&amplitude=1&frequency=0.7"
    "&gamma=1,2&epsilon=0.6,0.8&W=-1,3,-3,0.5&Z=0.5,0.1,-0.2,0.3&V=1.5,0&b=0.1,-0.05&y=0.5,0&z=0,0.3",
    "two units, explicit": "units=2&damping=explicit&activation=tanh&input=none&dt=0.071&steps=1000"
    "&gamma=1.3,0.7&epsilon=0.9,1.4&W=2.4,0.31,-0.2,1.9&Z=0.2,0,0.1,-0.3&V=1,1&b=0.02,-0.01&y=0.3,-0.8&z=0,0",
}


def run(checks, browser, tool):
    folder = tempfile.mkdtemp(prefix="cornn-playground-")
    try:
        tool.folder = folder
        tool.run("playground", "page", "--quiet")
        url = "file://" + os.path.join(folder, "page", "index.html")
        built(checks, os.path.join(folder, "page", "index.html"))
        page = Page(browser, url)
        page.wait(SETTLED)
        for name, link in SETTINGS.items():
            against_library(checks, page, tool, name, link)
        overtaken(checks, page)
        fixed_points(checks, page, tool)
        by_keyboard(checks, page, tool)
        refusals(checks, page)
        reachable(checks, page)
        smooth(checks, page)
        replayed(checks, page, tool)
        quiet(checks, page, url)
        linked(checks, browser, page, url)
        page.close()
        appearance(checks, browser, url)
    finally:
        shutil.rmtree(folder, ignore_errors=True)


def follow(page, link):
    page.evaluate(f"location.hash = {json.dumps(link)}")
    page.wait(SETTLED)


def built(checks, path):
    """The page's WebAssembly is that of the sources, byte by byte."""
    with open(path) as file:
        text = file.read()
    inside = base64.b64decode(re.search(r'id="wasm">([^<]*)<', text).group(1))
    checks.check("the page asks for no address", not re.search(r"""(src|href)=["'](?!data:)|@import|url\(|https?://""", text))
    compiler = shutil.which("swiftc")
    version = subprocess.run([compiler, "--version"], capture_output=True, text=True).stdout if compiler else ""
    if "Swift version 6.3" not in version:
        checks.note("the WebAssembly isn't built anew: its bytes are those of Swift 6.3, which isn't here")
        return
    with tempfile.TemporaryDirectory() as scratch:
        output = os.path.join(scratch, "playground.wasm")
        # Where addresses can't be fixed, the compiler gives other bytes once in ten times or so.
        for _ in range(3):
            subprocess.run([os.path.join(ROOT, "Sources/Playground/build"), output], check=True)
            with open(output, "rb") as file:
                fresh = file.read()
            if fresh == inside:
                break
    checks.check("the page's WebAssembly is what its sources give", fresh == inside,
                 f"{len(inside)} bytes" if fresh == inside else "run make playground-wasm")


def against_library(checks, page, tool, name, link):
    """The whole run, the ODE, and the bounds, against the tool's for the network that the page saves."""
    follow(page, link)
    own = table(page.evaluate("playground.csv()"))
    with open(os.path.join(tool.folder, "network.json"), "w") as file:
        file.write(page.evaluate("playground.network()"))
    command = page.evaluate("playground.command()")
    theirs = table(tool.shell(command + " --format csv"))
    states = [key for key in own if re.fullmatch(r"[yz]\d", key)]
    worst = max(difference(own[key][1:], theirs[key]) for key in states)
    checks.check(f"{name}: 1000 steps as the library's", worst <= 1e-12 and len(theirs["step"]) == 1000, f"{worst:.1e}")
    flow = table(tool.shell(command + " --flow --format csv"))
    claimed = page.evaluate("playground.flowError()")
    worst = max(max(abs(a - b) for a, b in zip(own["ode" + key.upper()][1:], flow[key])) for key in states)
    checks.check(f"{name}: the ODE within ten times what the page says", worst <= 10 * claimed + 1e-9, f"{worst:.1e}, said {claimed:.1e}")
    bounds = tool.shell(command.replace("simulate", "bounds") + " --no-gradient --format json")
    rungs = {rung["name"]: rung for rung in json.loads(bounds)["energy"]["rungs"]}
    residual = json.loads(bounds)["energy"]["identityResidual"]
    wrong = []
    for rung in page.evaluate("playground.rungs()"):
        their = rungs[rung["name"]]
        if rung["applies"] != their["applies"]:
            wrong.append(f"{rung['name']} applies: {rung['applies']}")
        elif rung["applies"]:
            tolerance = 1e-10 if rung["of"] == "map" else 1e-5
            if abs(rung["tightness"] - their["tightness"]) > tolerance or rung["holds"] != their["holds"] or rung["kind"] != their["kind"]:
                wrong.append(f"{rung['name']}: {rung['tightness']} {rung['kind']}, the tool's {their['tightness']} {their['kind']}")
    applying = sum(rung["applies"] for rung in rungs.values())
    checks.check(f"{name}: the bounds as the tool's", not wrong and residual < 1e-13, "; ".join(wrong) or f"{applying} apply")


def overtaken(checks, page):
    """A page whose words come due after its state changed and before the next frame: they are still of the run that was drawn."""
    page.listen()
    before = len(page.complaints)
    said = []
    for first, second in (("one unit, implicit", "two units, explicit"), ("two units, explicit", "one unit, explicit")):
        follow(page, SETTINGS[first])
        told = page.evaluate(f"""(async () => {{
            const real = requestAnimationFrame, held = [];
            const frame = () => new Promise((done) => real(done));
            const head = () => playground.csv().split('\\n')[0];
            const slider = document.getElementById('gamma-0');
            slider.value = Number(slider.value) + 40;
            slider.dispatchEvent(new Event('input', {{ bubbles: true }}));
            await frame(); await frame();
            // That is drawn and its words are to come; the next frame is held back.
            const before = head();
            globalThis.requestAnimationFrame = (next) => held.push(next);
            location.hash = {json.dumps(SETTINGS[second])};
            await new Promise((done) => setTimeout(done, 400));
            globalThis.requestAnimationFrame = real;
            held.forEach((next) => real(next));
            return {{
              head: head() === before, held: held.length, state: playground.link().slice(0, 8),
              words: document.getElementById('moment-values').textContent,
            }};
            }})()""")
        page.wait(SETTLED)
        told["after"] = page.evaluate("document.getElementById('moment-values').textContent")
        said.append(told)
    page.listen()
    right = all(
        told["held"] == 1 and told["state"] == f"#units={3 - units}" and told["head"]
        and ("y₂" in told["words"]) == (units == 2) and ("y₂" in told["after"]) == (units == 1)
        for units, told in zip((1, 2), said))
    checks.check("words that a change overtakes are of the run that was drawn", right and len(page.complaints) == before,
                 "; ".join(page.complaints[before:])[:300] if right else str(said))


def fixed_points(checks, page, tool):
    """Counts, positions and eigenvalues against the tool's proved ones."""
    for name, link in SETTINGS.items():
        if "free" in name:
            continue
        follow(page, link)
        own = page.evaluate("playground.fixedPoints()")
        with open(os.path.join(tool.folder, "network.json"), "w") as file:
            file.write(page.evaluate("playground.network()"))
        held = re.search(r"amplitude=([-\d.]+)", link).group(1) if "input=constant" in link else "0"
        theirs = tool.json("fixed-points", "network.json", f"--constant-input={held}")["fixedPoints"]
        worst = 0
        for a, b in zip(own["points"], theirs):
            worst = max(worst, *(abs(x - y) for x, y in zip(a["position"], b["position"])))
            for system in ("flow", "explicit", "implicit"):
                for value in a[system]["values"]:
                    worst = max(worst, min(abs(complex(*value) - complex(*other)) for other in b["stability"][system]["eigenvalues"]))
        checks.check(f"{name}: fixed points and eigenvalues as the tool's",
                     len(own["points"]) == len(theirs) > 0 and own["complete"] and worst < 1e-10, f"{len(theirs)}, {worst:.1e}")


def by_keyboard(checks, page, tool):
    """A slider moved by arrow keys; the numbers read off the table are the tool's for where it went."""
    follow(page, SETTINGS["one unit, implicit"])
    page.evaluate("document.getElementById('numbers').open = true; document.getElementById('gamma-0').focus()")
    before = page.evaluate("document.getElementById('gamma-0-number').value")
    for _ in range(5):
        page.press("ArrowRight")
    page.wait(SETTLED)
    after = page.evaluate("document.getElementById('gamma-0-number').value")
    checks.check("arrow keys move a slider", float(after) > float(before), f"gamma {before} → {after}")
    checks.check("a slider says its value", page.evaluate("document.getElementById('gamma-0').getAttribute('aria-valuetext')") == after, after)
    rows = page.evaluate("[...document.querySelectorAll('#numbers-table tr')].map((r) => [...r.cells].map((c) => c.textContent))")
    read = {name: [row[k] for row in rows[1:]] for k, name in enumerate(rows[0])}
    network = json.loads(page.evaluate("playground.network()"))
    checks.check("the number is the network's", network["gamma"] == [float(after)], str(network["gamma"]))
    with open(os.path.join(tool.folder, "network.json"), "w") as file:
        json.dump(network, file)
    theirs = table(tool.shell(page.evaluate("playground.command()") + " --format csv"))
    worst = 0
    for key in ("y0", "z0"):
        for n, text in zip(read["n"], read[key]):
            if int(n) > 0:
                exact = theirs[key][int(n) - 1]
                worst = max(worst, abs(float(text) - exact) / abs(exact))
    checks.check("the table's numbers are the tool's to the 12 digits printed", 0 < worst < 1e-11, f"{len(read['n'])} rows, {worst:.1e}")
    page.wait("document.getElementById('status').textContent.length > 20", 5)
    said = page.evaluate("document.getElementById('status').textContent")
    page.press("ArrowRight")
    page.wait(f"document.getElementById('status').textContent !== {json.dumps(said)}", 5)
    checks.check("a change is said to screen readers once it rests", True)
    page.wait("location.hash.includes('gamma=' + document.getElementById('gamma-0-number').value)", 5)
    checks.check("the address carries the state", True)
    page.evaluate("document.querySelector('#preset-buttons button').focus()")
    page.press("Enter", text="\r")
    page.wait(SETTLED)
    checks.check("a preset by keyboard", "activation=none" in page.evaluate("playground.link()"))


def refusals(checks, page):
    """Numbers and links that can't be."""
    follow(page, SETTINGS["one unit, implicit"])
    page.evaluate("""(() => { const n = document.getElementById('dt-number'); n.focus(); n.value = '-1';
        n.dispatchEvent(new Event('change', { bubbles: true })); })()""")
    page.wait(SETTLED)
    said = page.evaluate("document.getElementById('trouble').textContent")
    checks.check("a number that can't be is refused, in words", "dt must be greater than 0" in said and "dt=0.0583" in page.evaluate("playground.link()"), said)
    follow(page, "gamma=-3&W=1,2&colour=red&damping=some")
    said = page.evaluate("document.getElementById('trouble').textContent")
    checks.check("a link's faults are named", all(part in said for part in ("γ must be greater than 0", "W has 2 numbers", "colour", "damping=some")), said)
    follow(page, SETTINGS["one unit, implicit"])


def reachable(checks, page):
    """All that can be worked is reached by Tab, in the order of the page, and has a name."""
    follow(page, SETTINGS["two units, implicit"])
    page.evaluate("document.body.tabIndex = -1; document.body.focus(); window.scrollTo(0, 0)")
    identify = "(e) => e.id || (e.name ? e.name : e.textContent.slice(0, 30))"
    wanted = page.evaluate(f"""(() => {{ const identify = {identify};
        const all = [...document.querySelectorAll('button, input, select, summary, .scroll')].filter((e) => e.checkVisibility());
        return all.filter((e) => e.type !== 'radio' || e.checked).map(identify); }})()""")
    seen = []
    for _ in range(len(wanted)):
        page.press("Tab")
        seen.append(page.evaluate(f"({identify})(document.activeElement)"))
    checks.check("Tab reaches everything in the page's order", seen == wanted, f"{len(wanted)} stops" if seen == wanted else f"{seen} for {wanted}")
    tree = page.call("Accessibility.getFullAXTree")["nodes"]
    roles = {"slider", "spinbutton", "button", "radio", "combobox", "image", "table", "textbox"}
    nameless = [node for node in tree if not node["ignored"] and node.get("role", {}).get("value") in roles and not node.get("name", {}).get("value")]
    named = sum(not node["ignored"] and node.get("role", {}).get("value") in roles for node in tree)
    checks.check("everything that can be worked or seen has a name", named > 50 and not nameless, f"{named} names" if not nameless else str(nameless[:2]))


def smooth(checks, page):
    """A slider moved in every frame, with 1,000 steps."""
    for name in ("one unit, implicit", "two units, implicit"):
        follow(page, SETTINGS[name])
        times = page.evaluate("""new Promise((done) => {
            const slider = document.getElementById('gamma-0'); const began = []; let k = 0; playground.frames.length = 0;
            const move = (now) => { began.push(now);
              slider.value = 300 + (k * 7) % 400; slider.dispatchEvent(new Event('input', { bubbles: true }));
              if (++k < 150) requestAnimationFrame(move); else done([began, [...playground.frames]]); };
            requestAnimationFrame(move); })""")
        gaps = sorted(b - a for a, b in zip(times[0], times[0][1:]))
        work = sorted(times[1])
        middle = lambda list: list[len(list) // 2]
        # A machine shared with others stops a frame in its middle: the quickest tenth tells what the page costs.
        checks.check(f"{name}: a frame's computing and drawing fits in a sixtieth of a second", work[len(work) // 10] < 1000 / 60,
                     f"{middle(work):.1f} ms (quartiles {work[len(work) // 4]:.1f} and {work[3 * len(work) // 4]:.1f}), "
                     f"{1000 / middle(gaps):.0f} frames a second with a slider moving, 1000 steps")


def replayed(checks, page, tool):
    """The trained network's states made on the page, and what the page says of it against the tool's verbs."""
    page.wait("globalThis.playground !== undefined")
    apart = page.evaluate("playground.replayDifference")
    checks.check("the trained network's states as the library's", 0 < apart < 1e-12, f"{apart:.1e}")
    said = page.evaluate("JSON.parse(document.getElementById('replay-data').textContent)")
    bounds = tool.json("bounds", "page/network.json", "--signal", "lorenz96", "--steps", 1000, "--seed", 1, "--no-flow", "--no-gradient")
    own = [(rung["name"], rung["tightness"]) for rung in said["bounds"]]
    theirs = [(rung["name"], rung["tightness"]) for rung in bounds["energy"]["rungs"]]
    checks.check("the trained network's bounds as `bounds` has them", own == theirs and len(own) == 6, f"{len(own)}")
    rows = page.evaluate("[...document.querySelectorAll('#replay-table tbody tr')].map((r) => r.textContent)")
    checks.check("every finding has a kind", len(rows) == len(said["findings"]) and all(row.endswith(("rigorous", "numerical", "measured")) for row in rows), f"{len(rows)}")


def quiet(checks, page, url):
    page.listen()
    checks.check("no console error", not page.complaints, "; ".join(page.complaints)[:400])
    others = [request for request in page.requests if request.split("#")[0] != url and not request.startswith("data:")]
    checks.check("no request to anywhere", not others and len(page.requests) >= 1, ", ".join(others)[:400])


def linked(checks, browser, page, url):
    """A link opened elsewhere shows the same, to the bit."""
    follow(page, SETTINGS["two units, explicit"])
    again = Page(browser, url + page.evaluate("playground.link()"))
    again.wait(SETTLED)
    checks.check("a link opened anew gives the same run to the bit", again.evaluate("playground.csv()") == page.evaluate("playground.csv()"))
    again.close()


def luminance(text):
    def linear(part):
        part /= 255
        return part / 12.92 if part <= 0.03928 else ((part + 0.055) / 1.055) ** 2.4

    red, green, blue = (linear(int(text[k:k + 2], 16)) for k in (1, 3, 5))
    return 0.2126 * red + 0.7152 * green + 0.0722 * blue


def contrast(a, b):
    low, high = sorted((luminance(a), luminance(b)))
    return (high + 0.05) / (low + 0.05)


def appearance(checks, browser, url):
    """Wide and narrow, light and dark; by touch on the narrow one."""
    for dark in (False, True):
        page = Page(browser, url, dark=dark)
        page.wait(SETTLED)
        names = ["ink", "soft", "paper", "panel", "map1", "ode1", "map2", "ode2", "error"]
        colors = page.evaluate(f"Object.fromEntries({names}.map((n) => [n, getComputedStyle(document.documentElement).getPropertyValue('--' + n).trim()]))")
        text = min(contrast(colors[a], colors[b]) for a in ("ink", "soft", "error") for b in ("paper", "panel"))
        lines = min(contrast(colors[a], colors["paper"]) for a in ("map1", "ode1", "map2", "ode2"))
        checks.check(f"{'dark' if dark else 'light'}: contrast of text and of lines", text >= 4.5 and lines >= 3, f"{text:.1f}, {lines:.1f}")
        shown = page.evaluate("getComputedStyle(document.body).backgroundColor")
        checks.check(f"{'dark' if dark else 'light'}: the background", (shown == "rgb(255, 255, 255)") != dark, shown)
        page.close()
    page = Page(browser, url, width=390, height=844, phone=True, ratio=2)
    page.wait(SETTLED)
    widths = page.evaluate("[document.documentElement.scrollWidth, innerWidth]")
    checks.check("a phone's width suffices", widths[0] <= widths[1], str(widths))
    page.evaluate("document.getElementById('motion-plot').scrollIntoView({ block: 'center' })")
    time.sleep(0.2)
    left, top, right, bottom = page.evaluate("(({ left, top, right, bottom }) => [left, top, right, bottom])(document.getElementById('motion-plot').getBoundingClientRect())")
    middle = (top + bottom) / 2
    page.touch("touchStart", [(left + 100, middle)])
    page.wait(SETTLED)
    first = int(page.evaluate("document.getElementById('cursor').value"))
    for x in range(110, 200, 10):
        page.touch("touchMove", [(left + x, middle)])
    page.wait(SETTLED)
    second = int(page.evaluate("document.getElementById('cursor').value"))
    page.touch("touchEnd", [])
    checks.check("a finger chooses a step", 0 < first < second, f"{first} → {second}")
    small = page.evaluate("[...document.querySelectorAll('button')].filter((e) => e.checkVisibility() && e.getBoundingClientRect().height < 40).length")
    checks.check("buttons are large enough for a finger", small == 0)
    page.listen()
    checks.check("no console error on a phone", not page.complaints, "; ".join(page.complaints)[:400])
    page.close()
