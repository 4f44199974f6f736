"""How the cost of a Lyapunov spectrum grows with a coRNN map's size: the leading 16 exponents and all of them, one thread,
orthonormalised at each step. Random networks (W of gain 3, Z of gain 1/2). Writes lyapunov-growth.csv and .png to the
folder given. Called by Benchmarks/run."""

import os
import statistics
import subprocess
import sys
import tempfile

import numpy as np

tool, output = sys.argv[1], sys.argv[2]
os.makedirs(output, exist_ok=True)
sizes = (32, 64, 128, 256, 512)
rows = []
print("Lyapunov spectra of coRNN maps, microseconds a step (median of 3); multiply-adds of a step in brackets")
print(f"{'m':>5} {'leading 16':>24} {'all 2m':>26}   largest exponent")
with tempfile.TemporaryDirectory() as folder:
    network, begin = os.path.join(folder, "network.npz"), os.path.join(folder, "start.npy")
    for m in sizes:
        rng = np.random.default_rng(m)
        np.savez(
            network, W=3 * rng.normal(size=(m, m)) / np.sqrt(m), Z=0.5 * rng.normal(size=(m, m)) / np.sqrt(m),
            V=np.zeros((m, 1)), b=np.zeros(m), dt=0.05, gamma=1.0, epsilon=1.0, damping="explicit")
        np.save(begin, rng.normal(size=2 * m))

        def cost(count):
            work = 2 * m * m * (count + 1) + count * count * 2 * m
            steps = max(20, int(2e9 / work))
            times = []
            for _ in range(3):
                out = subprocess.check_output([tool, network, begin, str(count), str(steps), "1"], text=True).split("\n")
                times.append(float(out[0]))
            return 1e6 * statistics.median(times), work, float(out[1].split()[0]) / 0.05

        (few, few_work, leading), (full, full_work, _) = cost(16), cost(2 * m)
        rows.append((m, few, full))
        print(f"{m:>5} {few:>12.1f} ({few_work:>9.2g}) {full:>14.1f} ({full_work:>9.2g})   {leading:8.4f}", flush=True)
table = os.path.join(output, "lyapunov-growth.csv")
with open(table, "w") as file:
    file.write("m,leading16_microseconds,full_microseconds\n" + "".join(f"{m},{a:.2f},{b:.2f}\n" for m, a, b in rows))
script = f"""
set terminal pngcairo size 900,600 font "sans,12"
set output "{output}/lyapunov-growth.png"
set datafile separator ","
set logscale xy
set xtics (32, 64, 128, 256, 512)
set xrange [28:585]
set xlabel "hidden units m"
set ylabel "microseconds a step"
set key top left
set grid ytics
plot "{table}" skip 1 using 1:2 with linespoints pt 7 lw 2 title "leading 16 exponents", \\
  "" skip 1 using 1:3 with linespoints pt 5 lw 2 title "all 2m exponents", \\
  {rows[-1][1] * 0.6 / 512 ** 2}*x**2 with lines dt 2 lc rgb "gray40" title "slope 2", \\
  {rows[-1][2] * 0.6 / 512 ** 3}*x**3 with lines dt 3 lc rgb "gray40" title "slope 3"
"""
subprocess.run(["gnuplot"], input=script, text=True, check=True)
print(f"{table} and .png")
