// A trained network: its states made again here, what was found of it by the tool.

const replay = {
  network: JSON.parse(document.getElementById("network").textContent),
  ...JSON.parse(document.getElementById("replay-data").textContent),
};

/** Little-endian numbers of 64 bits, in base64. */
function unpack(text) {
  const bytes = Uint8Array.from(atob(text), (c) => c.charCodeAt(0));
  return new Float64Array(bytes.buffer);
}

async function runReplay() {
  const { network, steps } = replay;
  const m = network.b.length, d = network.V[0].length, o = network.readout.bias.length;
  const engine = await makeEngine(m, d);
  engine.setKind(network.dt, network.damping === "implicit" ? 1 : 0, activationNumbers[network.activation]);
  const each = (constant, i) => (Array.isArray(constant) ? constant[i] : constant);
  for (let i = 0; i < m; i++) {
    engine.setUnit(i, each(network.gamma, i), each(network.epsilon, i), network.b[i], 0, 0);
    for (let j = 0; j < m; j++) engine.setCoupling(i, j, network.W[i][j], network.Z[i][j]);
    for (let j = 0; j < d; j++) engine.setInputWeight(i, j, network.V[i][j]);
  }
  engine.start();
  const inputs = unpack(replay.inputs);
  const run = {
    time: new Float64Array(steps + 1), energy: new Float64Array(steps + 1), bounds: rungs.map(() => new Float64Array(steps + 1).fill(NaN)),
    outputs: Array.from({ length: o }, () => new Float64Array(steps + 1).fill(NaN)),
    truth: Array.from({ length: o }, () => new Float64Array(steps + 1).fill(NaN)), difference: 0,
  };
  const applies = rungs.map((rung, r) => rung.of === "map" && engine.rungApplies(r) === 1);
  for (let k = 1; k <= steps; k++) {
    for (let j = 0; j < d; j++) engine.setInput(j, inputs[(k - 1) * d + j]);
    engine.stepMap();
    run.time[k] = k * replay.interval;
    run.energy[k] = engine.mapEnergy();
    for (let r = 0; r < rungs.length; r++) if (applies[r]) run.bounds[r][k] = engine.rungBound(r);
    for (let q = 0; q < o; q++) {
      let sum = network.readout.bias[q];
      for (let i = 0; i < m; i++) sum += network.readout.weight[q][i] * engine.position(i);
      run.outputs[q][k] = sum;
      run.truth[q][k] = inputs[(k - 1 + replay.horizon) * d + q];
    }
    if (k % replay.checkEvery === 0) {
      const known = replay.states[k / replay.checkEvery - 1];
      for (let i = 0; i < m; i++) {
        run.difference = Math.max(run.difference, Math.abs(known[i] - engine.position(i)), Math.abs(known[m + i] - engine.velocity(i)));
      }
    }
  }
  run.rungs = rungs.map((rung, r) => ({ ...rung, number: r, applies: applies[r] })).filter((rung) => rung.applies);
  return run;
}

function drawReplay(run) {
  const q = Number(document.getElementById("replay-variable").value);
  const plot = plots["replay-plot"];
  plot.begin({
    x: [0, run.time[replay.steps]], y: extent([run.truth[q], run.outputs[q]]),
    xLabel: "time t of the forecast's start (units of time)", yLabel: `x${"₁₂₃₄₅"[q] ?? q + 1} after ${shown(replay.horizon * replay.interval)}`,
  });
  plot.line(run.time, run.truth[q], { stroke: color("ode1"), dash: [7, 4], width: 1.6 });
  plot.line(run.time, run.outputs[q], { stroke: color("map1"), width: 2 });
  drawLegend(document.getElementById("replay-legend"), [["forecast", "map1", []], ["what came", "ode1", [7, 4]]]);
  let errors = 0, squares = 0;
  for (let k = replay.firstScored + 1; k <= replay.steps; k++) {
    errors += (run.outputs[q][k] - run.truth[q][k]) ** 2;
    squares += run.truth[q][k] ** 2;
  }
  setFinding(
    "replay-finding", plot.canvas,
    `Variable ${q + 1}, forecast ${shown(replay.horizon * replay.interval)} units of time ahead: from sample ${replay.firstScored} on the error's root mean square is `
      + `${shown(100 * Math.sqrt(errors / squares), 3)} % of the target's.`);
  const energy = plots["replay-energy"];
  drawEnergy(
    energy, run.time, [{ values: run.energy, style: mapStyle[0], width: 1.8 }],
    run.rungs.filter((rung) => !rung.weighted).map((rung) => ({ name: rung.name, values: run.bounds[rung.number], dash: boundDash[rung.name], stroke: "bound" })),
    null, replay.steps + 1, "time t of Lorenz-96 (units of time)");
  const tightest = replay.bounds.filter((rung) => rung.applies).reduce((a, b) => (b.tightness > a.tightness ? b : a));
  setFinding(
    "replay-energy-finding", energy.canvas,
    `The energy stays below ${shown(largest([run.energy], replay.steps + 1), 3)}. Tightest is ${tightest.name}, reached to ${shown(100 * tightest.tightness, 3)} % (${tightest.kind}); the rungs that grow with time soon say little.`);
}

function tellReplay(run) {
  setText(document.getElementById("replay-text"), replay.text);
  document.getElementById("replay-variable").innerHTML = run.outputs.map((_, q) => `<option value="${q}">${q + 1}</option>`).join("");
  fillTable(
    document.getElementById("replay-table"), "Computed when this page was written",
    ["what", { text: "value", number: true }, "with", "kind"],
    replay.findings.map((f) => [f.what, { text: f.value, number: true }, f.remark, f.kind]));
  setText(
    document.getElementById("replay-check"),
    `The states are made again on this page as it opens; at ${replay.states.length} steps they differ from the tool's by at most ${shown(run.difference, 2)}.`);
}
