// The page: one state, drawn anew whenever it changes.

const byId = (id) => document.getElementById(id);
let state = copyOf(rest);
let run = simulate(state);
let cursor = 0;
let isStale = true;
let isPlaying = false;
let sayTimer, linkTimer, tellTimer, restTimer;
let lastFrame = 0, late = 0, turn = 0;
// How long the last frames took to compute and draw, milliseconds.
const frames = [];

function requestFrame() {
  if (!requestFrame.pending) requestFrame.pending = requestAnimationFrame(drawFrame);
}

function drawFrame(now) {
  requestFrame.pending = 0;
  hurry(now);
  const began = performance.now();
  if (isStale) {
    run = simulate(state);
    isStale = false;
    showControls(rows, state);
    // Words are for reading: a few times a second will do while something moves.
    tellTimer ??= setTimeout(tell, 120);
  }
  cursor = Math.min(cursor, run.steps);
  drawMotion(run, cursor);
  drawPhase(run, cursor);
  // While frames come late, these two take turns.
  turn = 1 - turn;
  if (!Plot.isHurried || turn === 0) drawRunEnergy(run, cursor);
  if (!Plot.isHurried || turn === 1) drawEigenvalues(run);
  if (!tellTimer) tellMoment(run, cursor);
  frames.push(performance.now() - began);
  if (frames.length > 240) frames.shift();
  if (isPlaying) {
    cursor += Math.max(1, Math.round(run.steps / 600));
    if (cursor >= run.steps) stopPlaying();
    requestFrame();
    return;
  }
}

/** While things move and frames come later than fifty a second, draws plainer and less; and well again once they rest. */
function hurry(now) {
  const gap = now - lastFrame;
  lastFrame = now;
  clearTimeout(restTimer);
  late = gap > 200 ? 0 : 0.7 * late + 0.3 * gap;
  if (late > 20) Plot.isHurried = true;
  restTimer = setTimeout(() => {
    restTimer = undefined;
    if (!Plot.isHurried) return;
    Plot.isHurried = false;
    late = 0;
    lastFrame = 0;
    requestFrame();
  }, 200);
}

function tell() {
  tellTimer = undefined;
  const [motion, , energy, eigenvalues] = [
    tellMotion(run), tellPhase(run), tellRunEnergy(run), tellEigenvalues(run),
  ];
  // To a screen reader, once things are at rest.
  clearTimeout(sayTimer);
  sayTimer = setTimeout(() => setText(byId("status"), [motion, energy, eigenvalues].join(" ")), 700);
  tellMoment(run, cursor);
  tellBounds(run);
  tellPoints(run);
  tellLimit(run);
  tellNumbers(run);
  setText(byId("command"), command(run.state));
}

/** Takes over a changed state. */
function changed() {
  isStale = true;
  requestFrame();
  for (const button of byId("preset-buttons").children) button.setAttribute("aria-pressed", "false");
  clearTimeout(linkTimer);
  linkTimer = setTimeout(() => history.replaceState(null, "", toLink(state)), 250);
}

function complain(text) { byId("trouble").textContent = text; }

const rows = makeControls((key, index, value, number) => {
  const wrong = fault(key, value);
  if (wrong) {
    number.setAttribute("aria-invalid", "true");
    complain(`${wrong}; the last value stays in use.`);
    return;
  }
  complain("");
  if (index === null) state[key] = value;
  else state[key][index] = value;
  changed();
});

for (const key of Object.keys(kinds)) {
  for (const radio of document.querySelectorAll(`input[name="${key}"]`)) {
    radio.addEventListener("change", () => {
      state[key] = key === "units" ? Number(radio.value) : radio.value;
      changed();
    });
  }
}
byId("controls").addEventListener("submit", (event) => event.preventDefault());

for (const preset of presets) {
  const button = document.createElement("button");
  button.type = "button";
  button.textContent = preset.name;
  button.setAttribute("aria-pressed", "false");
  button.addEventListener("click", () => choose(preset));
  byId("preset-buttons").append(button);
}

function choose(preset) {
  state = { ...copyOf(rest), ...copyOf(preset.set) };
  cursor = 0;
  complain("");
  byId("lesson").textContent = preset.lesson;
  changed();
  byId("preset-buttons").children[presets.indexOf(preset)].setAttribute("aria-pressed", "true");
}

// The moment looked at: by slider, by pointer or touch on what shows time, or playing.
function look(step) {
  cursor = Math.max(0, Math.min(run.steps, Math.round(step)));
  requestFrame();
}
byId("cursor").addEventListener("input", () => look(Number(byId("cursor").value)));
for (const id of ["motion-plot", "energy-plot"]) {
  const canvas = byId(id);
  const follow = (event) => {
    if (event.pointerType === "mouse" || event.buttons || event.type === "pointerdown") look(plots[id].valueAt(event) / run.state.dt);
  };
  canvas.addEventListener("pointerdown", (event) => {
    canvas.setPointerCapture(event.pointerId);
    stopPlaying();
    follow(event);
  });
  canvas.addEventListener("pointermove", (event) => { if (!isPlaying) follow(event); });
}
function stopPlaying() {
  isPlaying = false;
  byId("play").setAttribute("aria-pressed", "false");
  setText(byId("play"), "Play");
}
byId("play").addEventListener("click", () => {
  if (isPlaying) return stopPlaying();
  if (cursor >= run.steps) cursor = 0;
  isPlaying = true;
  byId("play").setAttribute("aria-pressed", "true");
  setText(byId("play"), "Pause");
  requestFrame();
});

function save(name, type, text) {
  const link = document.createElement("a");
  link.download = name;
  link.href = `data:${type};charset=utf-8,` + encodeURIComponent(text);
  link.click();
}
byId("save-csv").addEventListener("click", () => save("run.csv", "text/csv", csv(run)));
byId("save-network").addEventListener("click", () => save("network.json", "application/json", networkJSON(state)));
byId("copy-link").addEventListener("click", async () => {
  history.replaceState(null, "", toLink(state));
  try {
    await navigator.clipboard.writeText(location.href);
    setText(byId("saved"), "copied");
  } catch {
    setText(byId("saved"), "the address bar has it: copying isn't allowed here");
  }
});
byId("every").addEventListener("change", () => tellNumbers(run));
byId("numbers").addEventListener("toggle", () => tellNumbers(run));

function followLink() {
  if (location.hash.length < 2) {
    choose(presets.find((preset) => preset.name === "Controlled, tanh"));
    return;
  }
  const { state: found, troubles } = fromLink(location.hash);
  state = found;
  cursor = Math.min(cursor, state.steps);
  changed();
  complain(troubles.length ? `The link can't be followed in all: ${troubles.join("; ")}. What it is about is as it usually is.` : "");
}
window.addEventListener("hashchange", followLink);

const replayed = await runReplay();
tellReplay(replayed);
const redrawAll = () => {
  requestFrame();
  drawReplay(replayed);
};
byId("replay-variable").addEventListener("change", () => drawReplay(replayed));
new ResizeObserver(redrawAll).observe(document.querySelector("main"));
matchMedia("(prefers-color-scheme: dark)").addEventListener("change", redrawAll);

followLink();
redrawAll();
// For the browser's console, and for tests.
globalThis.playground = {
  csv: () => csv(run), network: () => networkJSON(state), command: () => command(state), link: () => toLink(state), frames,
  flowError: () => flowError(run), fixedPoints: () => run.fixedPoints, rungs: () => run.rungs, replayDifference: replayed.difference, isSettled: () => !isStale && !requestFrame.pending && !tellTimer && !(Plot.isHurried && restTimer),
};
