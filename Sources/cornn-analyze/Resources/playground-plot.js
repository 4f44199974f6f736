// Curves and points on a canvas, axes named with symbols and units.

const css = getComputedStyle(document.documentElement);
// Asking for a style in the middle of a frame has the browser lay the page out: each is asked for once.
const colors = new Map();
function color(name) {
  if (!colors.has(name)) colors.set(name, css.getPropertyValue("--" + name).trim());
  return colors.get(name);
}
matchMedia("(prefers-color-scheme: dark)").addEventListener("change", () => colors.clear());

/** A number as people read it. */
function shown(x, digits = 4) {
  if (!Number.isFinite(x)) return Number.isNaN(x) ? "not a number" : x > 0 ? "∞" : "−∞";
  if (x === 0) return "0";
  const size = Math.abs(x);
  let text = size >= 1e5 || size < 1e-3 ? x.toExponential(digits - 1) : x.toPrecision(digits);
  if (text.includes("e")) {
    const [mantissa, exponent] = text.split("e");
    const digits = { "-": "⁻", 0: "⁰", 1: "¹", 2: "²", 3: "³", 4: "⁴", 5: "⁵", 6: "⁶", 7: "⁷", 8: "⁸", 9: "⁹" };
    const power = [...exponent.replace("+", "")].map((c) => digits[c]).join("");
    const plain = mantissa.includes(".") ? mantissa.replace(/\.?0+$/, "") : mantissa;
    text = (plain === "1" ? "" : plain === "-1" ? "-" : plain + "·") + "10" + power;
  } else if (text.includes(".")) {
    text = text.replace(/\.?0+$/, "");
  }
  return text.replace("-", "−");
}

/** About `count` round numbers from low to high. */
function ticks(low, high, count) {
  const raw = (high - low) / count;
  const power = 10 ** Math.floor(Math.log10(raw));
  const step = [1, 2, 5, 10].find((f) => f * power >= raw) * power;
  const list = [];
  for (let k = Math.ceil(low / step - 1e-9); k * step <= high + 1e-9 * step; k++) list.push(k * step);
  return list;
}

/** The least and largest finite number of some columns, between ±limit, with a margin. */
function extent(columns, limit = Infinity) {
  let low = Infinity, high = -Infinity;
  for (const column of columns) {
    for (const x of column) {
      if (!(Math.abs(x) <= limit)) continue;
      if (x < low) low = x;
      if (x > high) high = x;
    }
  }
  if (!(low <= high)) return [-1, 1];
  const margin = 0.06 * (high - low) || 0.1 * Math.abs(high) || 1;
  return [low - margin, high + margin];
}

class Plot {
  /** Whether frames come late: curves are then a pixel wide, which a browser without a graphics card draws in no time. */
  static isHurried = false;

  constructor(canvas) {
    this.canvas = canvas;
    this.context = canvas.getContext("2d");
    new ResizeObserver(() => { this.size = null; }).observe(canvas);
  }

  /** Clears and draws axes; `x` and `y` are [low, high] and their labels; `log` for y, `equal` for one scale of both. */
  begin({ x, y, xLabel, yLabel, log = false, equal = false }) {
    const ratio = window.devicePixelRatio || 1;
    this.size ??= { width: this.canvas.clientWidth, height: this.canvas.clientHeight };
    const { width, height } = this.size;
    if (this.canvas.width !== Math.round(width * ratio) || this.canvas.height !== Math.round(height * ratio)) {
      this.canvas.width = Math.round(width * ratio);
      this.canvas.height = Math.round(height * ratio);
    }
    const c = this.context;
    c.setTransform(ratio, 0, 0, ratio, 0, 0);
    c.clearRect(0, 0, width, height);
    const box = { left: 52, right: width - 8, top: 8, bottom: height - 36 };
    if (equal) {
      const scale = Math.max((x[1] - x[0]) / (box.right - box.left), (y[1] - y[0]) / (box.bottom - box.top));
      const spread = ([low, high], pixels) => {
        const middle = (low + high) / 2;
        return [middle - scale * pixels / 2, middle + scale * pixels / 2];
      };
      x = spread(x, box.right - box.left);
      y = spread(y, box.bottom - box.top);
    }
    const [lowest, highest] = log ? y.map(Math.log10) : y;
    Object.assign(this, {
      box, x, y, log, lowest, across: (box.right - box.left) / (x[1] - x[0]), up: (box.bottom - box.top) / (highest - lowest),
    });
    c.font = "12px system-ui, 'DejaVu Sans', sans-serif";
    c.lineWidth = 1;
    c.setLineDash([]);
    c.strokeStyle = color("grid");
    c.fillStyle = color("soft");
    c.textAlign = "center";
    c.textBaseline = "top";
    for (const value of ticks(x[0], x[1], Math.max(3, (box.right - box.left) / 65))) {
      const at = Math.round(this.px(value)) + 0.5;
      this.segment(at, box.top, at, box.bottom);
      c.fillText(shown(value, 3), at, box.bottom + 4);
    }
    c.textAlign = "right";
    c.textBaseline = "middle";
    for (const value of log ? this.decades() : ticks(y[0], y[1], Math.max(3, (box.bottom - box.top) / 40))) {
      const at = Math.round(this.py(value)) + 0.5;
      this.segment(box.left, at, box.right, at);
      c.fillText(shown(value, 3), box.left - 5, at);
    }
    c.strokeStyle = color("soft");
    c.strokeRect(box.left + 0.5, box.top + 0.5, box.right - box.left - 1, box.bottom - box.top - 1);
    c.fillStyle = color("ink");
    c.textAlign = "center";
    c.textBaseline = "bottom";
    c.fillText(xLabel, (box.left + box.right) / 2, height - 1);
    c.save();
    c.translate(11, (box.top + box.bottom) / 2);
    c.rotate(-Math.PI / 2);
    c.textBaseline = "middle";
    c.fillText(yLabel, 0, 0);
    c.restore();
  }

  decades() {
    const [low, high] = [Math.log10(this.y[0]), Math.log10(this.y[1])];
    const every = Math.max(1, Math.ceil((high - low) / 6));
    const list = [];
    for (let k = Math.ceil(low); k <= high; k++) if (k % every === 0) list.push(10 ** k);
    return list.length > 1 ? list : ticks(this.y[0], this.y[1], 4).filter((v) => v > 0);
  }

  px(value) { return this.box.left + (value - this.x[0]) * this.across; }

  py(value) { return this.box.bottom - ((this.log ? Math.log10(value) : value) - this.lowest) * this.up; }

  /** The x where a pointer is. */
  valueAt(event) {
    const place = (event.clientX - this.canvas.getBoundingClientRect().left - this.box.left) / (this.box.right - this.box.left);
    return this.x[0] + place * (this.x[1] - this.x[0]);
  }

  segment(x0, y0, x1, y1) {
    const c = this.context;
    c.beginPath();
    c.moveTo(x0, y0);
    c.lineTo(x1, y1);
    c.stroke();
  }

  clipped(draw) {
    const c = this.context;
    c.save();
    c.beginPath();
    c.rect(this.box.left, this.box.top, this.box.right - this.box.left, this.box.bottom - this.box.top);
    c.clip();
    draw(c);
    c.restore();
  }

  /** A curve through points; values that aren't numbers, or below 0 on a logarithmic axis, interrupt it. */
  line(xs, ys, { stroke, dash = [], width = 1.6, until = xs.length }) {
    this.clipped((c) => {
      c.strokeStyle = stroke;
      c.lineWidth = Plot.isHurried ? 1 / (window.devicePixelRatio || 1) : width;
      c.setLineDash(dash);
      c.lineJoin = "bevel";
      c.beginPath();
      let down = false;
      const [top, bottom] = [this.box.top - 1e4, this.box.bottom + 1e4];
      for (let k = 0; k < until; k++) {
        if (!Number.isFinite(ys[k]) || !Number.isFinite(xs[k]) || (this.log && ys[k] <= 0)) {
          down = false;
          continue;
        }
        // Far outside, a canvas draws coordinates wrongly.
        const at = Math.min(bottom, Math.max(top, this.py(ys[k])));
        const across = Math.min(1e5, Math.max(-1e5, this.px(xs[k])));
        if (down) c.lineTo(across, at);
        else c.moveTo(across, at);
        down = true;
      }
      c.stroke();
    });
  }

  /** A marker: a disc where `filled`, else a ring; or a cross. */
  mark(x, y, { stroke, filled = true, size = 5, shape = "disc" }) {
    if (!Number.isFinite(x) || !Number.isFinite(y)) return;
    this.clipped((c) => {
      const [a, b] = [this.px(x), this.py(y)];
      c.lineWidth = 2;
      c.setLineDash([]);
      c.strokeStyle = stroke;
      c.fillStyle = filled ? stroke : color("paper");
      c.beginPath();
      if (shape === "cross") {
        c.moveTo(a - size, b - size);
        c.lineTo(a + size, b + size);
        c.moveTo(a - size, b + size);
        c.lineTo(a + size, b - size);
      } else if (shape === "square") {
        c.rect(a - size, b - size, 2 * size, 2 * size);
        c.fill();
      } else {
        c.arc(a, b, size, 0, 2 * Math.PI);
        c.fill();
      }
      c.stroke();
    });
  }

  /** An upright line, where the moment looked at is. */
  upright(x) {
    const c = this.context;
    c.strokeStyle = color("ink");
    c.lineWidth = 1;
    c.setLineDash([2, 3]);
    const at = Math.round(this.px(x)) + 0.5;
    this.segment(at, this.box.top, at, this.box.bottom);
    c.setLineDash([]);
  }

  /** Names at the right end of curves, moved apart where they would overlap. */
  names(entries) {
    const c = this.context;
    c.font = "11px system-ui, 'DejaVu Sans', sans-serif";
    c.textAlign = "right";
    c.textBaseline = "bottom";
    const placed = [];
    for (const { text, y, stroke } of entries.filter((e) => e.y > 0 || !this.log).sort((a, b) => b.y - a.y)) {
      let at = Math.max(this.box.top + 13, this.py(y) - 2);
      while (placed.some((other) => Math.abs(other - at) < 13)) at += 1;
      if (at > this.box.bottom) continue;
      placed.push(at);
      c.lineWidth = 3;
      c.strokeStyle = color("paper");
      c.strokeText(text, this.box.right - 5, at);
      c.fillStyle = stroke;
      c.fillText(text, this.box.right - 5, at);
    }
  }
}

/** A legend: [name, colour, dash] each. */
function drawLegend(list, entries) {
  const markup = entries.map(([name, stroke, dash]) =>
    `<li><svg width="26" height="8" aria-hidden="true"><line x1="1" x2="25" y1="4" y2="4" stroke="var(--${stroke})" `
    + `stroke-width="2.5" stroke-dasharray="${dash.join(" ")}"/></svg>${name}</li>`).join("");
  if (list.dataset.markup === markup) return;
  list.dataset.markup = markup;
  list.innerHTML = markup;
}

/** Sets text, and a canvas's alternative text with it, only where it changed. */
function setText(element, text) {
  if (element.textContent !== text) element.textContent = text;
}

function setFinding(id, canvas, text) {
  setText(document.getElementById(id), text);
  if (canvas.getAttribute("aria-label") !== text) canvas.setAttribute("aria-label", text);
}
