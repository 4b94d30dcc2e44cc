"""Draws docs/images/solver-scaling.svg from `tangram benchmark solver --format json`.

    tangram benchmark solver --format json | python3 scripts/plot-solver.py

Time over items, both logarithmic; the dashed line grows as the number of items does. Standard
library only.
"""

import json
import math
import pathlib
import sys

sizes = json.load(sys.stdin)["sizes"]
points = [(s["itemCount"], s["seconds"], s["eventSeconds"]) for s in sizes]
width, height, left, bottom = 640, 360, 80, 50


def x(items):
    low, high = math.log10(points[0][0]), math.log10(points[-1][0])
    return left + (math.log10(items) - low) / (high - low) * (width - left - 20)


times = [t for point in points for t in point[1:]]
floor, ceiling = math.floor(math.log10(min(times))), math.ceil(math.log10(max(times)))


def y(seconds):
    share = (math.log10(seconds) - floor) / (ceiling - floor)
    return height - bottom - share * (height - bottom - 20)


def line(values, style):
    path = " ".join(f"{x(n):.1f},{y(t):.1f}" for n, t in values)
    return f'<polyline points="{path}" fill="none" {style}/>'


def text(at, down, words, anchor="middle"):
    return f'<text x="{at:.1f}" y="{down:.1f}" text-anchor="{anchor}">{words}</text>'


parts = [f'<rect width="{width}" height="{height}" fill="#fff"/>']
for power in range(floor, ceiling + 1):
    parts.append(line([(points[0][0], 10**power), (points[-1][0], 10**power)], 'stroke="#ddd"'))
    parts.append(text(left - 8, y(10**power) + 4, f"{10**power:g} s", "end"))
for items, *_ in points:
    parts.append(text(x(items), height - bottom + 18, f"{items:,}"))
parts.append(text((left + width) / 2, height - 10, "items"))
last, first = points[-1], points[0]
linear = [(n, last[1] * n / last[0]) for n, *_ in points if last[1] * n / last[0] >= 10**floor]
parts.append(line(linear, 'stroke="#888" stroke-dasharray="4 4"'))
parts.append(line([(n, t) for n, t, _ in points], 'stroke="#4c78d8" stroke-width="2"'))
parts.append(line([(n, e) for n, _, e in points], 'stroke="#e8833a" stroke-width="2"'))
parts.append(text(x(last[0]) - 6, y(last[1]) - 8, "from scratch", "end"))
parts.append(text(x(last[0]) - 6, y(last[2]) - 8, "after one event", "end"))
body = "\n".join(parts)
target = pathlib.Path(__file__).resolve().parent.parent / "docs/images/solver-scaling.svg"
target.write_text(
    f'<svg xmlns="http://www.w3.org/2000/svg" width="{width}" height="{height}" '
    f'viewBox="0 0 {width} {height}" font-family="sans-serif" font-size="12">\n'
    f"<title>Time of the solver over the number of items</title>\n{body}\n</svg>\n")
