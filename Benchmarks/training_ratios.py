"""How the training step's speed beside JAX and PyTorch goes with hidden units, batch and steps: a table and a plot.

One variable at a time around m = 128, batch 50, 500 steps, float32, by compare_training.py. The peers take the ways that
win at that point, those that take minutes to compile left out. Points that OUTPUT/training-ratios.jsonl holds already
aren't measured again.

    training_ratios.py TOOL OUTPUT
"""

import json
import pathlib
import subprocess
import sys

tool, output = sys.argv[1], pathlib.Path(sys.argv[2])
standard = {"hidden": 128, "batch": 50, "steps": 500}
axes = {"hidden": [32, 64, 128, 256, 512], "batch": [1, 8, 50, 256], "steps": [100, 500, 5000]}
titles = {"hidden": "hidden units m", "batch": "batch", "steps": "steps"}
ways = "^(plain|deferred), one product, unroll 1$|^eager$"


def measured(record):
    lines = record.read_text().splitlines() if record.exists() else []
    return {tuple(r[k] for k in standard): r for r in map(json.loads, lines)}


def main():
    output.mkdir(parents=True, exist_ok=True)
    record = output / "training-ratios.jsonl"
    for axis, values in axes.items():
        for value in values:
            point = {**standard, axis: value}
            if tuple(point.values()) in measured(record):
                continue
            large = point["hidden"] ** 2 * point["batch"] * point["steps"] > 1e9
            runs = ["--rounds", "3", "--iterations", "1"] if large else ["--rounds", "5", "--iterations", "3"]
            subprocess.run(
                [sys.executable, pathlib.Path(__file__).with_name("compare_training.py"), tool, "float32", "--sizes",
                 *map(str, point.values()), "--ways", ways, "--record", record, *runs], check=True)
    points = measured(record)
    blocks = []
    print("  hidden  batch  steps   ours ms   of peak      jax ms    torch ms   ratio")
    for axis, values in axes.items():
        rows = [points[tuple({**standard, axis: value}.values())] for value in values]
        for r in rows:
            least = {
                library: min(p["seconds"] for name, p in r["peers"].items() if name.startswith(library))
                for library in ("jax", "torch")}
            print(f"  {r['hidden']:6} {r['batch']:6} {r['steps']:6} {1e3 * r['ours']:9.2f} {100 * r['fraction']:7.0f} %"
                  f" {1e3 * least['jax']:11.2f} {1e3 * least['torch']:11.2f} {r['ratio']:7.2f}")
        lines = (f"{r[axis]} {r['ratio']} {100 * r['fraction']}" for r in rows)
        blocks.append(f"${axis} << EOD\n" + "\n".join(lines) + "\nEOD")
    plots = [
        f'set xlabel "{titles[axis]}"; set xtics ({", ".join(map(str, values))})\n'
        f'plot ${axis} using 1:2 with linespoints lw 2 pt 7 lc "#0072b2" title "faster peer / ours",'
        f' ${axis} using 1:($3/10) with linespoints lw 2 pt 5 lc "#d55e00" title "tenths of the multiply-add peak"'
        for axis, values in axes.items()]
    picture = output / "training-ratios.png"
    script = "\n".join([
        'set terminal pngcairo size 1500,480 font "sans,11"', f'set output "{picture}"',
        'set multiplot layout 1,3 title "Value and gradient, float32, two threads, around m = 128, batch 50, 500 steps"',
        "set logscale x; set yrange [0:8]; set offsets graph 0.1, graph 0.1; set grid; set key below", *blocks, *plots, "unset multiplot"])
    subprocess.run(["gnuplot"], input=script, text=True, check=True)


main()
