// What is drawn and said of a run: of the state that it is of, whatever the sliders have come to since.

const plots = Object.fromEntries(
  ["motion-plot", "phase-plot", "energy-plot", "map-eigenvalues", "flow-eigenvalues", "replay-plot", "replay-energy"]
    .map((id) => [id, new Plot(document.getElementById(id))]));

const mapStyle = [{ stroke: "map1", dash: [] }, { stroke: "map2", dash: [] }];
const flowStyle = [{ stroke: "ode1", dash: [7, 4] }, { stroke: "ode2", dash: [3, 3] }];
const styled = ({ stroke, dash }, more = {}) => ({ stroke: color(stroke), dash, ...more });
const largest = (columns, until) => {
  let size = 0;
  for (const column of columns) for (let k = 0; k < until; k++) size = Math.max(size, Math.abs(column[k]));
  return size;
};

/** Until which row the map is drawn. */
const drawnRows = (run) => (run.divergedAt === null ? run.steps + 1 : run.divergedAt + 1);

/** What axes hold: all of a map that stays, and of one that runs away what the ODE does and a part of the flight. */
function positionRange(run, map, flow) {
  const steady = extent(flow, 1e6);
  if (run.divergedAt === null) return extent([...map, ...flow]);
  const reach = 3 * Math.max(Math.abs(steady[0]), Math.abs(steady[1]), 0.1);
  return [-reach, reach];
}

function drawMotion(run, cursor) {
  const { state } = run;
  const plot = plots["motion-plot"];
  plot.begin({
    x: [0, run.time[run.steps]], y: positionRange(run, run.y, run.flowY), xLabel: "time t (units of time)", yLabel: "position y",
  });
  const legend = [];
  for (let i = 0; i < state.units; i++) {
    plot.line(run.time, run.y[i], styled(mapStyle[i], { until: drawnRows(run), width: 2 }));
    plot.line(run.time, run.flowY[i], styled(flowStyle[i]));
    const unit = state.units === 2 ? `<sub>${i + 1}</sub>` : "";
    legend.push([`map <var>y</var>${unit}`, mapStyle[i].stroke, []], [`ODE <var>y</var>${unit}`, flowStyle[i].stroke, flowStyle[i].dash]);
  }
  plot.upright(run.time[cursor]);
  for (let i = 0; i < state.units; i++) plot.mark(run.time[cursor], run.y[i][cursor], { stroke: color(mapStyle[i].stroke) });
  drawLegend(document.getElementById("motion-legend"), legend);
}

function tellMotion(run) {
  const { state } = run;
  let text;
  if (run.divergedAt !== null) {
    text = `The map runs away: beyond a million at step ${run.divergedAt}, t = ${shown(run.time[run.divergedAt])}. `;
    const reach = largest(run.flowY, run.steps + 1);
    text += reach < 1e6 ? `The ODE stays within |y| ≤ ${shown(reach, 3)}.` : "So does the ODE.";
  } else {
    let apart = 0, when = 0;
    for (let i = 0; i < state.units; i++) {
      for (let k = 0; k <= run.steps; k++) {
        const d = Math.abs(run.y[i][k] - run.flowY[i][k]);
        if (d > apart) [apart, when] = [d, k];
      }
    }
    text = `|y| ≤ ${shown(largest(run.y, run.steps + 1), 3)} in ${run.steps} steps. Map and ODE are apart by at most ${shown(apart, 3)} in y, at t = ${shown(run.time[when], 3)}`
      + ` (the ODE itself is known to about ${shown(flowError(run), 1)}).`;
  }
  setFinding("motion-finding", plots["motion-plot"].canvas, text);
  return text;
}

function drawPhase(run, cursor) {
  const { state } = run;
  const plot = plots["phase-plot"];
  const points = run.fixedPoints.points;
  const rests = points.map((point) => point.position);
  plot.begin({
    x: positionRange(run, [...run.y, ...rests], [...run.flowY, ...rests]), y: positionRange(run, run.z, run.flowZ), xLabel: "position y", yLabel: "velocity z = y′ (1/unit of time)",
  });
  for (let i = 0; i < state.units; i++) {
    plot.line(run.y[i], run.z[i], styled(mapStyle[i], { until: drawnRows(run), width: 1.8 }));
    plot.line(run.flowY[i], run.flowZ[i], styled(flowStyle[i], { width: 1.2 }));
  }
  for (const point of points) {
    const isStable = point[state.damping].kind === "stable";
    for (let i = 0; i < state.units; i++) {
      plot.mark(point.position[i], 0, { stroke: color(state.units === 1 ? "ink" : mapStyle[i].stroke), filled: isStable, shape: "square", size: 4 });
    }
  }
  for (let i = 0; i < state.units; i++) plot.mark(run.y[i][cursor], run.z[i][cursor], { stroke: color(mapStyle[i].stroke) });
}

function tellPhase(run) {
  const { state } = run;
  const points = run.fixedPoints.points;
  const stable = points.filter((point) => point[state.damping].kind === "stable").length;
  const orbit = run.divergedAt === null
    ? `The orbit stays within |y| ≤ ${shown(largest(run.y, run.steps + 1), 3)}, |z| ≤ ${shown(largest(run.z, run.steps + 1), 3)}.` : "The map's orbit leaves the picture.";
  let squares = "";
  if (points.length === 1) squares = stable ? " Filled square: the fixed point, stable in the map." : " Open square: the fixed point, not stable in the map.";
  if (points.length > 1) squares = ` Squares: ${points.length} fixed points, ${stable} of them stable in the map (filled).`;
  const text = orbit + squares;
  setFinding("phase-finding", plots["phase-plot"].canvas, text);
  return text;
}

const boundDash = { "3.1": [8, 3], "3.1+": [], "F.1": [8, 3], "F.1+": [2, 2], "F.1++": [], gain: [10, 3, 2, 3], "D.1+": [2, 4], "gain (ODE)": [1, 3] };

/** Energy over time against bounds, on a logarithmic axis; `cursor` is the step looked at, if one is. */
function drawEnergy(plot, time, curves, bounds, cursor, until, xLabel = "time t (units of time)") {
  const isShown = (x) => x > 0 && x < 1e12;
  let high = 0, low = Infinity;
  for (const { values } of [...curves, ...bounds]) for (const x of values) if (isShown(x) && x > high) high = x;
  for (const { values } of curves) {
    // The smallest that matters: not the moment at which an energy passes 0.
    const sorted = values.slice(1).filter(isShown).sort();
    if (sorted.length) low = Math.min(low, sorted[Math.floor(sorted.length / 50)]);
  }
  if (!(low < Infinity)) [low, high] = [0.1, Math.max(1, high)];
  low = Math.max(low / 2, high * 1e-7);
  plot.begin({ x: [0, time[time.length - 1]], y: [low, high * 2], xLabel, yLabel: "energy Σ γy² + z²", log: true });
  for (const { values, dash, stroke } of bounds) plot.line(time, values, { stroke: color(stroke), dash, width: 1 });
  for (const { values, style, width } of curves) plot.line(time, values, styled(style, { width, until }));
  const last = time.length - 1;
  plot.names(bounds.map(({ name, values, stroke }) => ({ text: name, y: values[last], stroke: color(stroke) })));
  if (cursor === null) return;
  plot.upright(time[cursor]);
  plot.mark(time[cursor], curves[0].values[cursor], { stroke: color(curves[0].style.stroke) });
}

function drawRunEnergy(run, cursor) {
  const plot = plots["energy-plot"];
  const shownRungs = run.rungs.filter((rung) => rung.applies && !rung.parts);
  const curves = [
    { values: run.energy, style: mapStyle[0], width: 2 }, { values: run.flowEnergy, style: flowStyle[0], width: 1.4 },
  ];
  const legend = [["map <var>e</var>", "map1", []], ["ODE <var>e</var>", "ode1", flowStyle[0].dash]];
  if (shownRungs.some((rung) => rung.weighted)) {
    curves.push({ values: run.weighted, style: { stroke: "map2", dash: [2, 2] }, width: 1.2 });
    legend.push(["what F.1+ bounds", "map2", [2, 2]]);
  }
  if (shownRungs.length) legend.push(["thin: bounds", "bound", []]);
  drawEnergy(
    plot, run.time, curves, shownRungs.map((rung) => ({ name: rung.name, values: run.bounds[rung.number], dash: boundDash[rung.name], stroke: rung.of === "map" ? "map1" : "ode1" })),
    cursor, drawnRows(run));
  drawLegend(document.getElementById("energy-legend"), legend);
}

function tellRunEnergy(run) {
  const { state } = run;
  const ofMap = run.rungs.filter((rung) => rung.applies && rung.of === "map");
  const peak = run.divergedAt === null ? `Largest energy of the map ${shown(largest([run.energy], run.steps + 1), 3)}. ` : "The map's energy runs away. ";
  let text;
  const violated = run.rungs.filter((rung) => rung.applies && !rung.holds);
  if (violated.length) text = `${peak}VIOLATED: ${violated.map((rung) => rung.name).join(", ")}.`;
  else if (!ofMap.length) {
    text = peak + (state.activation === "identity" ? "No bound applies: σ isn't bounded." : "No bound on the map applies: the hypotheses fail, see the table below.");
  } else {
    const tightest = ofMap.reduce((a, b) => (b.tightness > a.tightness ? b : a));
    text = `${peak}Tightest bound on the map: ${tightest.name}, reached to ${shown(100 * tightest.tightness, 3)} % (${tightest.kind}). All ${run.rungs.filter((r) => r.applies).length} that apply hold.`;
  }
  setFinding("energy-finding", plots["energy-plot"].canvas, text);
  return text;
}

function drawEigenvalues(run) {
  const { state } = run;
  const points = run.fixedPoints.points;
  const draw = (plot, all, isMap, yLabel) => {
    const most = isMap ? 4 : 1e3;
    const reach = all.map((c) => c.map((x) => Math.max(-most, Math.min(most, x))));
    const [xs, ys] = [reach.map((c) => c[0]), reach.map((c) => c[1])];
    const around = isMap ? [-1.15, 1.15] : [-0.5, 0.5];
    plot.begin({ x: extent([[...xs, ...around]]), y: extent([[...ys, ...around]]), xLabel: isMap ? "map: Re λ" : "ODE: Re λ (1/time)", yLabel, equal: true });
    const edge = { stroke: color("ink"), dash: [4, 3], width: 1 };
    if (isMap) {
      const turn = Array.from({ length: 121 }, (_, k) => 2 * Math.PI * k / 120);
      plot.line(turn.map(Math.cos), turn.map(Math.sin), edge);
    } else {
      plot.line([0, 0], [plot.y[0], plot.y[1]], edge);
    }
    points.forEach((point) => {
      const system = point[isMap ? state.damping : "flow"];
      for (const [re, im] of system.values) {
        const outside = isMap ? Math.hypot(re, im) >= 1 : re >= 0;
        plot.mark(re, im, { stroke: color(outside ? "ode1" : "map1"), filled: !outside, shape: outside ? "cross" : "disc", size: 4 });
      }
    });
  };
  draw(plots["map-eigenvalues"], points.flatMap((p) => p[state.damping].values), true, "Im λ");
  draw(plots["flow-eigenvalues"], points.flatMap((p) => p.flow.values), false, "Im λ (1/time)");
}

function tellEigenvalues(run) {
  const { state } = run;
  const points = run.fixedPoints.points;
  let text;
  if (points.length === 0) text = "No fixed point was found.";
  else {
    const stable = (system) => points.filter((p) => p[system].kind === "stable").length;
    const [map, flow] = [stable(state.damping), stable("flow")];
    const is = (count) => (count ? "stable" : "not stable");
    text = points.length === 1
      ? (is(map) === is(flow) ? `The fixed point is ${is(map)}, in the ${state.damping} map and in the ODE. `
        : `The fixed point is ${is(flow)} in the ODE, and ${is(map)} in the ${state.damping} map. `)
      : `Of ${points.length} fixed points ${map} ${map === 1 ? "is" : "are"} stable in the ${state.damping} map, and ${flow} in the ODE. `;
    text += "Crosses lie outside the stable region: the unit circle for the map, the left half plane for the ODE.";
  }
  setFinding("eigenvalue-finding", plots["map-eigenvalues"].canvas, text);
  plots["flow-eigenvalues"].canvas.setAttribute("aria-label", text);
  return text;
}

const escapeText = (text) => String(text).replace(/[&<>]/g, (c) => ({ "&": "&amp;", "<": "&lt;", ">": "&gt;" })[c]);

/** Fills a table: a head of names and rows of cells; a cell is text, or {text, number, kind}. */
function fillTable(table, caption, head, rows) {
  const cell = (content, tag) => {
    const { text, number = false, kind = "", html = false } = typeof content === "object" ? content : { text: content };
    return `<${tag}${tag === "th" ? ' scope="col"' : ""} class="${number ? "number " : ""}${kind}">${html ? text : escapeText(text)}</${tag}>`;
  };
  const markup = `<caption>${caption}</caption><thead><tr>${head.map((h) => cell(h, "th")).join("")}</tr></thead>`
    + `<tbody>${rows.map((row) => `<tr>${row.map((c) => cell(c, "td")).join("")}</tr>`).join("")}</tbody>`;
  if (table.dataset.markup === markup) return;
  table.dataset.markup = markup;
  table.innerHTML = markup;
}

const figure = (x, digits = 6) => ({ text: shown(x, digits), number: true });

function tellBounds(run) {
  fillTable(
    document.getElementById("bounds-table"), "The rungs of the ladder, from the paper's to the sharpest",
    ["bound", "on the", "states, in each unit unless summed", "applies", { text: "tightness", number: true }, "holds", "kind"],
    run.rungs.map((rung) => [
      rung.name, rung.of, rung.states, rung.applies ? "yes" : `no: it needs ${rung.needs}`,
      rung.applies ? figure(rung.tightness) : { text: "—", number: true }, rung.applies ? (rung.holds ? "yes" : "VIOLATED") : "—",
      rung.applies ? rung.kind : "—",
    ]));
  setText(
    document.getElementById("identity"),
    run.divergedAt === null ? `The exact identity of each step's energy holds to ${shown(run.identityResidual, 2)}, relative to its largest term.` : "");
}

function tellPoints(run) {
  const { state } = run;
  const { points, complete } = run.fixedPoints;
  const input = state.input === "constant" ? `the constant input ${shown(state.amplitude)}`
    : state.input === "cosine" ? "the input held at its mean, 0 (under the cosine itself nothing rests)" : "no input";
  setText(
    document.getElementById("points-finding"),
    `Under ${input} there ${points.length === 1 ? "is 1 fixed point" : `are ${points.length} fixed points`}; `
      + (complete ? "an interval Newton test leaves no room for others (numerical: intervals aren't rounded outward; the tool's fixed-points proves it)."
        : "not every part of the range could be decided: fixed points meet here, or nearly."));
  const units = Array.from({ length: state.units }, (_, i) => ({ text: `y${state.units === 2 ? ["₁", "₂"][i] : ""}`, number: true }));
  const verdict = (system) => ({ text: system.kind === "undecided" ? "on the border" : system.kind, kind: system.kind });
  const kind = (name) => (name === state.damping ? `${name} map (shown)` : `${name} map`);
  fillTable(
    document.getElementById("points-table"), "Positions, residuals and stability, with the leading eigenvalue's real part or modulus",
    ["", ...units, { text: "residual", number: true }, "ODE", { text: "Re λ", number: true }, kind("implicit"), { text: "|λ|", number: true },
      kind("explicit"), { text: "|λ|", number: true }],
    points.map((p, k) => [
      k + 1, ...p.position.map((y) => figure(y, 8)), figure(p.residual, 2), verdict(p.flow), figure(p.flow.leading),
      verdict(p.implicit), figure(p.implicit.leading), verdict(p.explicit), figure(p.explicit.leading),
    ]));
}

function tellLimit(run) {
  const { state } = run;
  const { explicit, implicit } = run.limits;
  setText(
    document.getElementById("limit"),
    `Without coupling the map is stable below dt = ${shown(explicit)} (explicit) or ${shown(implicit)} (implicit)`
      + (state.dt >= run.limits[state.damping] ? `: ${state.damping} damping is past it.` : "."));
}

/** Names and values of a row of the run. */
function columns(state) {
  const units = Array.from({ length: state.units }, (_, i) => i);
  return [
    ["n", (run, k) => k], ["t", (run, k) => run.time[k]], ["u", (run, k) => run.input[k]],
    ...units.flatMap((i) => [[`y${i}`, (run, k) => run.y[i][k]], [`z${i}`, (run, k) => run.z[i][k]]]),
    ...units.flatMap((i) => [[`odeY${i}`, (run, k) => run.flowY[i][k]], [`odeZ${i}`, (run, k) => run.flowZ[i][k]]]),
    ["energy", (run, k) => run.energy[k]], ["odeEnergy", (run, k) => run.flowEnergy[k]],
  ];
}

function tellNumbers(run) {
  const { state } = run;
  if (!document.getElementById("numbers").open) return;
  const every = Math.max(1, Math.round(Number(document.getElementById("every").value)) || 50);
  const rows = [];
  for (let k = 0; k <= run.steps; k += every) rows.push(k);
  const list = columns(state);
  const digits = (x) => ({ text: Number.isInteger(x) ? String(x) : Number.isFinite(x) ? x.toPrecision(12) : String(x), number: true });
  fillTable(
    document.getElementById("numbers-table"), "Row n is the state after input n; units are counted from 0, as in the tool's CSV; 12 digits",
    list.map(([name]) => ({ text: name, number: true })), rows.map((k) => list.map(([, value]) => digits(value(run, k)))));
}

/** The whole run as CSV, every digit. */
function csv(run) {
  const { state } = run;
  const list = columns(state);
  const rows = [list.map(([name]) => name).join(",")];
  for (let k = 0; k <= run.steps; k++) rows.push(list.map(([, value]) => value(run, k)).join(","));
  return rows.join("\n") + "\n";
}

function tellMoment(run, cursor) {
  const { state } = run;
  const slider = document.getElementById("cursor");
  slider.max = run.steps;
  slider.value = cursor;
  slider.setAttribute("aria-valuetext", `step ${cursor}, t = ${shown(run.time[cursor])}`);
  setText(document.getElementById("moment-step"), `${cursor}, t = ${shown(run.time[cursor])}`);
  const parts = [];
  for (let i = 0; i < state.units; i++) {
    const unit = state.units === 2 ? ["₁", "₂"][i] : "";
    parts.push(`y${unit} = ${shown(run.y[i][cursor], 6)}, z${unit} = ${shown(run.z[i][cursor], 6)} (ODE ${shown(run.flowY[i][cursor], 6)}, ${shown(run.flowZ[i][cursor], 6)})`);
  }
  parts.push(`energy ${shown(run.energy[cursor], 6)} (ODE ${shown(run.flowEnergy[cursor], 6)})`, `input u = ${shown(run.input[cursor], 6)}`);
  setText(document.getElementById("moment-values"), parts.join("; ") + ".");
}
