// What the page is set to, where it can be set, and the link that carries it.

const kinds = {
  units: ["1", "2"], damping: ["implicit", "explicit"], activation: ["tanh", "identity", "none"],
  input: ["none", "constant", "cosine"],
};

// A slider's value is low + (high − low)·p, or high·p² where small values matter. `least` is what the model allows.
const quantities = {
  dt: { symbol: "dt", says: "time step", low: 0.002, high: 2.5, square: true, positive: true },
  steps: { symbol: "N", says: "number of steps", low: 50, high: 1000, whole: true, positive: true, most: 2000 },
  amplitude: { symbol: "a", says: "amplitude of the input", low: -3, high: 3 },
  frequency: { symbol: "ω", says: "frequency of the input, radians per unit of time", low: 0, high: 12 },
  gamma: { symbol: "γ", says: "stiffness", low: 0.01, high: 100, square: true, positive: true },
  epsilon: { symbol: "ε", says: "damping", low: 0, high: 20, square: true, least: 0 },
  W: { symbol: "W", says: "weight on the position", low: -10, high: 10 },
  Z: { symbol: "Z", says: "weight on the velocity", low: -10, high: 10 },
  V: { symbol: "V", says: "weight on the input", low: -10, high: 10 },
  b: { symbol: "b", says: "bias", low: -5, high: 5 },
  y: { symbol: "y(0)", says: "position at the start", low: -3, high: 3 },
  z: { symbol: "z(0)", says: "velocity at the start", low: -3, high: 3 },
};
// How many numbers each has, for two units. W and Z are rows by unit.
const lengths = { gamma: 2, epsilon: 2, W: 4, Z: 4, V: 2, b: 2, y: 2, z: 2 };

const rest = {
  units: 1, damping: "implicit", activation: "tanh", input: "none", amplitude: 1, frequency: 4, dt: 0.05, steps: 1000,
  gamma: [1, 1], epsilon: [0.25, 0.25], W: [0, 0, 0, 0], Z: [0, 0, 0, 0], V: [1, 1], b: [0, 0], y: [0, 0], z: [0, 0],
};

const presets = [
  { name: "Free", set: { activation: "none", epsilon: [0, 0], y: [1, 1], steps: 600 },
    lesson: "Nothing drives it and nothing damps it. The ODE keeps its energy; the map's goes up and down a little and never drifts: "
      + "without damping its step is a symplectic Euler step. No bound applies: every rung needs damping." },
  { name: "Damped", set: { activation: "none", epsilon: [0.25, 0.25], y: [1, 1], steps: 600 },
    lesson: "Damping takes the energy away, at the rate 2ε·z². Try ε above 2: it creeps back without swinging." },
  { name: "Forced", set: { activation: "identity", input: "cosine", epsilon: [0, 0], steps: 600 },
    lesson: "A linear oscillator under cos 4t, undamped: its own swing, frequency √γ = 1, beside the input's, for ever. Bring ω to 1: resonance." },
  { name: "Forced, damped", set: { activation: "identity", input: "cosine", epsilon: [0.25, 0.25], steps: 600 },
    lesson: "Damping makes it forget how it began: what remains swings with the input." },
  { name: "Controlled, linear", set: { activation: "identity", input: "cosine", V: [2, 2], W: [-2, 0, 0, -2], Z: [0.75, 0, 0, 0.75], b: [0.25, 0.25], steps: 400 },
    lesson: "Feedback through W and Z changes stiffness and damping: γ − W = 3 and ε − Z = −0.5. Negative damping: without bounds on σ it grows." },
  { name: "Controlled, tanh", set: { input: "cosine", V: [2, 2], W: [-2, 0, 0, -2], Z: [0.75, 0, 0, 0.75], b: [0.25, 0.25], steps: 1000 },
    lesson: "Feedback undoes the damping near the fixed point, which is unstable, but |σ| ≤ 1 bounds what is put in: the orbit settles, and the gain bound holds for ever. "
      + "With σ = identity (Controlled, linear) the same weights run away." },
  { name: "Two states", set: { W: [2, 0, 0, 2], epsilon: [0.5, 0.5], y: [0.1, 0.1], steps: 600 },
    lesson: "W > γ: the middle loses its stability and two others appear. Move W across 1, or b away from 0: one of them vanishes in a fold." },
  { name: "Two coupled", set: { units: 2, input: "cosine", frequency: 0.7, gamma: [1, 2], epsilon: [0.4, 0.4], W: [-1, 3, -3, 0.5], Z: [0.5, 0, 0, 0.5], V: [1.5, 0], y: [0.5, 0] },
    lesson: "Unit 2 hears of the input only through unit 1, and pushes back. Set the two entries of W between the units to 0 and they part." },
  { name: "Explicit beyond its limit", set: { damping: "explicit", input: "cosine", gamma: [66, 66], epsilon: [15, 15], dt: 0.11, W: [1, 0, 0, 1], V: [2, 2], steps: 100 },
    lesson: "γ = 66, ε = 15 are published for the adding problem, with dt = 0.06. At 0.11 explicit damping is past its limit of 0.1078 and the map runs away. "
      + "Switch to implicit damping, or take dt back." },
];

const copyOf = (state) => JSON.parse(JSON.stringify(state));

/** What is wrong with a number, in words; null if nothing. */
function fault(key, value) {
  const q = quantities[key];
  const name = q.symbol;
  if (!Number.isFinite(value)) return `${name} must be a number`;
  if (Math.abs(value) > 1e6) return `${name} must be within a million`;
  if (q.positive && !(value > 0)) return `${name} must be greater than 0`;
  if (q.least !== undefined && value < q.least) return `${name} must be at least ${q.least}`;
  if (q.whole && !Number.isInteger(value)) return `${name} must be a whole number`;
  if (q.most && value > q.most) return `${name} must be at most ${q.most}`;
  return null;
}

/** The values of a key that a network of this size has. */
function values(state, key) {
  if (!(key in lengths)) return [state[key]];
  if (state.units === 2) return state[key];
  return [state[key][0]];
}

/** The state as a link's fragment. */
function toLink(state) {
  const parts = Object.keys(kinds).map((key) => `${key}=${state[key]}`);
  for (const key of Object.keys(quantities)) parts.push(`${key}=${values(state, key).join(",")}`);
  return "#" + parts.join("&");
}

/** The state that a fragment carries, and what in it couldn't be read. */
function fromLink(fragment) {
  const state = copyOf(rest);
  const troubles = [];
  const given = new URLSearchParams(fragment.replace(/^#/, ""));
  for (const [key, text] of given) {
    if (key in kinds) {
      if (!kinds[key].includes(text)) troubles.push(`${key}=${text}: it must be ${kinds[key].join(" or ")}`);
      else state[key] = key === "units" ? Number(text) : text;
    } else if (!(key in quantities)) {
      troubles.push(`${key} isn't a setting`);
    }
  }
  for (const key of Object.keys(quantities)) {
    if (!given.has(key)) continue;
    const numbers = given.get(key).split(",").map((text) => (text.trim() === "" ? NaN : Number(text)));
    const wanted = values(state, key).length;
    const wrong = numbers.map((x) => fault(key, x)).find((x) => x);
    if (numbers.length !== wanted) troubles.push(`${key} has ${numbers.length} numbers where ${wanted} belong`);
    else if (wrong) troubles.push(wrong);
    else if (!(key in lengths)) state[key] = numbers[0];
    else if (state.units === 2) state[key] = numbers;
    // What is said of one unit holds for the second, should it be added, but for what joins them.
    else state[key] = lengths[key] === 4 ? [numbers[0], 0, 0, numbers[0]] : [numbers[0], numbers[0]];
  }
  return { state, troubles };
}

/** The network in the tool's own JSON form. */
function networkJSON(state) {
  const m = state.units;
  const matrix = (list) => (m === 2 ? [list.slice(0, 2), list.slice(2)] : [[list[0]]]);
  return JSON.stringify({
    format: "cornn-analyze/network/1", dt: state.dt, gamma: values(state, "gamma"), epsilon: values(state, "epsilon"),
    damping: state.damping, activation: state.activation, W: matrix(state.W), Z: matrix(state.Z),
    V: values(state, "V").map((v) => [v]), b: values(state, "b"),
  });
}

/** The command that makes the same run. */
function command(state) {
  const signal = state.input === "none" ? "zero" : state.input;
  const shape = signal === "zero" ? "" : ` --amplitude ${state.amplitude}` + (signal === "cosine" ? ` --frequency ${state.frequency}` : "");
  const start = [...values(state, "y"), ...values(state, "z")];
  const initial = start.some((x) => x !== 0)
    ? { before: `echo ${start.join(",")} > start.csv; `, flag: " --initial start.csv" } : { before: "", flag: "" };
  return `${initial.before}cornn-analyze simulate network.json --signal ${signal} --steps ${state.steps}${shape}${initial.flag}`;
}

const sliderParts = 1000;

/** A slider's place for a value, and back. */
function placeOf(key, value) {
  const q = quantities[key];
  const share = q.square ? Math.sqrt(Math.max(0, value) / q.high) : (value - q.low) / (q.high - q.low);
  return Math.round(sliderParts * Math.min(1, Math.max(0, share)));
}

function valueAt(key, place) {
  const q = quantities[key];
  const share = place / sliderParts;
  const value = q.square ? Math.max(q.low, q.high * share * share) : q.low + (q.high - q.low) * share;
  if (q.whole) return Math.round(value);
  // Two decimals of a linear scale, three digits of the other.
  return q.square ? Number(value.toPrecision(3)) : Math.round(value * 100) / 100;
}

/** Rows of a slider and a number for each quantity, which call `change(key, index, value)`. */
function makeControls(change) {
  const rows = [];
  const add = (parent, key, index, symbol, says) => {
    const id = index === null ? key : `${key}-${index}`;
    const row = document.createElement("div");
    row.className = "control";
    row.innerHTML = `<label for="${id}"><var>${symbol}</var><span class="hidden">, ${says}</span></label>`
      + `<input type="range" id="${id}" min="0" max="${sliderParts}" step="${key === "steps" ? 5 : key in { W: 1, Z: 1, V: 1 } ? 5 : 1}">`
      + `<input type="number" id="${id}-number" step="any" inputmode="decimal" aria-label="${symbol}, ${says}, as a number">`;
    document.getElementById(parent).append(row);
    const [slider, number] = row.querySelectorAll("input");
    slider.addEventListener("input", () => change(key, index, valueAt(key, Number(slider.value)), number));
    number.addEventListener("change", () => change(key, index, number.value === "" ? NaN : Number(number.value), number));
    rows.push({ key, index, row, slider, number });
  };
  add("time-controls", "dt", null, "dt", quantities.dt.says);
  add("time-controls", "steps", null, "N", quantities.steps.says);
  add("input-controls", "amplitude", null, "a", quantities.amplitude.says);
  add("input-controls", "frequency", null, "ω", quantities.frequency.says);
  for (const unit of [0, 1]) {
    const own = (key) => add(`unit-${unit + 1}`, key, unit, quantities[key].symbol, `${quantities[key].says} of unit ${unit + 1}`);
    for (const key of ["gamma", "epsilon"]) own(key);
    for (const key of ["W", "Z"]) {
      for (const from of [0, 1]) {
        const symbol = `${key}<sub>${unit + 1}${from + 1}</sub>`;
        add(`unit-${unit + 1}`, key, 2 * unit + from, symbol, `${quantities[key].says} of unit ${from + 1} in unit ${unit + 1}`);
      }
    }
    for (const key of ["V", "b", "y", "z"]) own(key);
  }
  for (const { number } of rows) number.setAttribute("aria-label", number.getAttribute("aria-label").replace(/<\/?sub>/g, ""));
  return rows;
}

/** Brings sliders, numbers and choices to where the state is. */
function showControls(rows, state) {
  for (const control of rows) {
    const { key, index, row, slider, number } = control;
    const joins = (key === "W" || key === "Z") && (index === 1 || index === 2);
    row.hidden = (joins && state.units === 1) || (key === "amplitude" && state.input === "none")
      || (key === "frequency" && state.input !== "cosine");
    const value = index === null ? state[key] : state[key][index];
    if (control.shown === value && !number.hasAttribute("aria-invalid")) continue;
    control.shown = value;
    const place = String(placeOf(key, value));
    if (slider !== document.activeElement || valueAt(key, Number(slider.value)) !== value) slider.value = place;
    slider.setAttribute("aria-valuetext", shown(value));
    if (number !== document.activeElement) number.value = String(value);
    number.removeAttribute("aria-invalid");
  }
  document.body.dataset.units = state.units;
  document.getElementById("unit-2").hidden = state.units === 1;
  for (const [key, all] of Object.entries(kinds)) {
    for (const value of all) document.querySelector(`input[name="${key}"][value="${value}"]`).checked = String(state[key]) === value;
  }
}
