// The arithmetic: the tool's Swift as WebAssembly, one instance for a network of each size.

const wasmModule = await WebAssembly.compile(
  Uint8Array.from(atob(document.getElementById("wasm").textContent), (c) => c.charCodeAt(0)));

async function makeEngine(units, inputs) {
  const instance = await WebAssembly.instantiate(wasmModule, { math: Math });
  instance.exports.configure(units, inputs);
  return instance.exports;
}

const engines = { 1: await makeEngine(1, 1), 2: await makeEngine(2, 1) };
const activationNumbers = { tanh: 0, identity: 1, none: 2 };
const systemNumbers = { flow: 0, explicit: 1, implicit: 2 };

// In the order of the engine.
const rungs = [
  { name: "3.1", of: "map", states: "Σ e ≤ m·t + e₀", needs: "implicit damping, |σ| ≤ 1, dt ≤ (2ε − 1)/γ" },
  { name: "3.1+", of: "map", states: "e ≤ t/(2ε − γ·dt) + e₀", needs: "implicit damping, |σ| ≤ 1, γ·dt < 2ε" },
  { name: "F.1", of: "map", states: "Σ e ≤ m·t + e₀", needs: "explicit damping, |σ| ≤ 1, dt ≤ (2ε − 1)/(γ + ε²)" },
  { name: "F.1+", of: "map", states: "γy² + (1 − ε·dt)z² ≤ t/(2ε − γ·dt) + start",
    needs: "explicit damping, |σ| ≤ 1, ε·dt ≤ 1, γ·dt < 2ε", weighted: true },
  { name: "F.1++", of: "map", states: "e ≤ t/(2ε − dt·(γ + ε²)) + e₀", needs: "explicit damping, |σ| ≤ 1, dt·(γ + ε²) < 2ε" },
  { name: "gain", of: "map", states: "|y| ≤ Gy, |z| ≤ Gz (+ the free motion)", needs: "|σ| ≤ 1, the linear part stable" },
  { name: "D.1", of: "ODE", states: "Σ γy² ≤ m·t + E₀, Σ z² ≤ m·t + E₀", needs: "|σ| ≤ 1, ε ≥ 1/2", parts: true },
  { name: "D.1+", of: "ODE", states: "e ≤ t/(2ε) + e₀", needs: "|σ| ≤ 1, ε > 0" },
  { name: "gain (ODE)", of: "ODE", states: "|y| ≤ Gy, |z| ≤ Gz (+ the free motion)", needs: "|σ| ≤ 1, ε > 0" },
];

/** The input of step n, counted from 1: the signal where the step begins. */
function inputAt(state, n) {
  if (state.input === "none") return 0;
  if (state.input === "constant") return state.amplitude;
  return state.amplitude * Math.cos(state.frequency * (n - 1) * state.dt);
}

/** Gives a network of the page to its engine. */
function configure(engine, state) {
  const m = state.units;
  engine.setKind(state.dt, state.damping === "implicit" ? 1 : 0, activationNumbers[state.activation]);
  for (let i = 0; i < m; i++) {
    engine.setUnit(i, state.gamma[i], state.epsilon[i], state.b[i], state.y[i], state.z[i]);
    engine.setInputWeight(i, 0, state.V[i]);
    for (let j = 0; j < m; j++) engine.setCoupling(i, j, state.W[2 * i + j], state.Z[2 * i + j]);
  }
}

/** Runge–Kutta steps to a step of the map, an even number: short against the fastest motion, and few enough for every frame. */
function substeps(state) {
  let rate = 0;
  for (let i = 0; i < state.units; i++) {
    let w = 0, z = 0;
    for (let j = 0; j < state.units; j++) {
      w += Math.abs(state.W[2 * i + j]);
      z += Math.abs(state.Z[2 * i + j]);
    }
    rate = Math.max(rate, Math.sqrt(state.gamma[i] + w) + state.epsilon[i] + z);
  }
  return 2 * Math.min(4, Math.max(1, Math.ceil(state.dt * rate / 0.12)));
}

/**
 * The run of a state, map and ODE, with its energies and bounds: row 0 is the start.
 * It holds the state that it is of, so that what is said of it stays true while the page's goes on.
 */
function simulate(given) {
  const state = copyOf(given);
  const engine = engines[state.units];
  const m = state.units, n = state.steps;
  configure(engine, state);
  engine.start();
  const column = () => new Float64Array(n + 1);
  const run = {
    state, steps: n, time: column(), input: column(), y: [], z: [], flowY: [], flowZ: [],
    energy: column(), flowEnergy: column(), weighted: column(), bounds: rungs.map(column), divergedAt: null,
  };
  for (let i = 0; i < m; i++) for (const key of ["y", "z", "flowY", "flowZ"]) run[key].push(column());
  const take = (k) => {
    run.time[k] = k * state.dt;
    for (let i = 0; i < m; i++) {
      run.y[i][k] = engine.position(i);
      run.z[i][k] = engine.velocity(i);
      run.flowY[i][k] = engine.flowPosition(i);
      run.flowZ[i][k] = engine.flowVelocity(i);
      if (run.divergedAt === null && !(Math.abs(run.y[i][k]) < 1e6 && Math.abs(run.z[i][k]) < 1e6)) run.divergedAt = k;
    }
    run.energy[k] = engine.mapEnergy();
    run.flowEnergy[k] = engine.flowEnergy();
    run.weighted[k] = engine.weightedEnergy();
    for (let r = 0; r < rungs.length; r++) run.bounds[r][k] = k > 0 && applies[r] ? engine.rungBound(r) : NaN;
  };
  const applies = rungs.map((_, r) => engine.rungApplies(r) === 1);
  const parts = substeps(state);
  take(0);
  for (let k = 1; k <= n; k++) {
    run.input[k] = inputAt(state, k);
    engine.setInput(0, run.input[k]);
    engine.step(parts);
    take(k);
  }
  run.substeps = parts;
  run.identityResidual = engine.identityResidual();
  run.rungs = rungs.map((rung, r) => ({
    ...rung, number: r, applies: applies[r], tightness: engine.rungTightness(r), holds: engine.rungHolds(r) === 1,
    kind: engine.rungIsRigorous(r) === 1 ? "rigorous" : "numerical",
  }));
  run.limits = {};
  for (const damping of ["explicit", "implicit"]) {
    const all = [];
    for (let i = 0; i < m; i++) all.push(engine.stabilityLimit(i, damping === "implicit" ? 1 : 0));
    run.limits[damping] = Math.min(...all);
  }
  run.fixedPoints = fixedPoints(engine, state);
  return run;
}

/** The error of a run's ODE: a fifteenth of its difference from one in steps twice as long, both of fourth order. */
function flowError(run) {
  const { state } = run;
  const engine = engines[state.units];
  configure(engine, state);
  engine.start();
  let apart = 0;
  for (let k = 1; k <= run.steps; k++) {
    engine.setInput(0, run.input[k]);
    engine.stepFlow(run.substeps / 2);
    for (let i = 0; i < state.units; i++) {
      apart = Math.max(apart, Math.abs(engine.flowPosition(i) - run.flowY[i][k]), Math.abs(engine.flowVelocity(i) - run.flowZ[i][k]));
    }
  }
  return apart / 15;
}

/** The fixed points under the input's mean, with the eigenvalues of the ODE and both maps. */
function fixedPoints(engine, state) {
  engine.setInput(0, state.input === "constant" ? state.amplitude : 0);
  const count = engine.findFixedPoints();
  const points = [];
  for (let k = 0; k < count; k++) {
    const point = { position: [], residual: engine.fixedPointResidual(k) };
    for (let i = 0; i < state.units; i++) point.position.push(engine.fixedPoint(k, i));
    for (const [name, number] of Object.entries(systemNumbers)) {
      const found = engine.findEigenvalues(k, number);
      const values = [];
      for (let i = 0; i < found; i++) values.push([engine.eigenvalueReal(i), engine.eigenvalueImaginary(i)]);
      const sizes = values.map(([re, im]) => (name === "flow" ? re : Math.hypot(re, im) - 1));
      const leading = Math.max(...sizes);
      point[name] = {
        values, leading: name === "flow" ? leading : leading + 1,
        // Nearer to the border than the eigenvalues' own errors, nothing is said.
        kind: Math.abs(leading) < 1e-10 ? "undecided" : leading < 0 ? "stable" : "unstable",
      };
    }
    points.push(point);
  }
  return { points, complete: engine.fixedPointsAreComplete() === 1 };
}
