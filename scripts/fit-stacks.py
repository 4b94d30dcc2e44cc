#!/usr/bin/env python3
"""Fits what generations of training software reach of the operator curves.

  scripts/fit-stacks.py [--tangram EXECUTABLE] [--measured FILE.csv]

For every stack and architecture, three factors (rates of matrices, attention cores and kernels
bound by memory) are fitted to half of the groups of rows and judged on the other half; a group is
one model on one accelerator. The factors go into Sources/CCatalogueData/data/stacks.json. The
estimator must have been built with all factors at 1 for that (--reset writes such a file), because
the breakdown of its predictions is what is scaled.

Needs Python 3.9 with numpy and scipy.
"""
import argparse, collections, csv, hashlib, json, pathlib, subprocess, sys
import numpy as np
from scipy.optimize import least_squares

ROOT = pathlib.Path(__file__).resolve().parent.parent
STACKS = ROOT / "Sources/CCatalogueData/data/stacks.json"
# Fewer rows than this say nothing about three factors; then there is one for everything.
LEAST_ROWS = 12
# Fewer than this say nothing at all.
USEFUL_ROWS = 8
# How far the factors are drawn to 1, in relative errors of one row.
PRIOR = 0.5


def is_held_out(group):
    return hashlib.sha256(group.encode()).digest()[0] & 1 == 1


def parts(row):
    """Seconds of matrices, attention, memory-bound kernels and the rest; recomputation and bubble
    are divided as the computation they repeat or wait for."""
    causes = {p["cause"]: p["seconds"] for p in row["breakdown"]}
    matrix = causes.get("matrix multiply", 0) + causes.get("experts", 0)
    attention = causes.get("attention", 0)
    stream = causes.get("elementwise", 0) + causes.get("optimizer step", 0)
    total = sum(causes.values())
    computed = matrix + attention + stream
    # Recomputation repeats computation; the bubble waits for all of it and for collectives.
    again = causes.get("recompute", 0)
    bubble = causes.get("pipeline bubble", 0)
    share = (again + bubble * computed / max(total - bubble, 1e-30)) / max(computed, 1e-30)
    scaled = [v * (1 + share) for v in (matrix, attention, stream)]
    return scaled + [total - sum(scaled)]


def main():
    parser = argparse.ArgumentParser(description=__doc__.split("\n")[0])
    parser.add_argument("--tangram", default=str(ROOT / ".build/release/tangram"))
    parser.add_argument("--measured", type=pathlib.Path,
                        default=ROOT.parent / "shared/measured/training.csv")
    parser.add_argument("--reset", action="store_true", help="write factors of 1 and stop")
    options = parser.parse_args()
    document = json.loads(STACKS.read_text())
    if options.reset:
        for stack in document["stacks"]:
            stack["factors"] = []
        return write(document)
    if any(stack["factors"] for stack in document["stacks"]):
        sys.exit("fit-stacks: factors are not 1; --reset, build, and run again")
    output = subprocess.run([options.tangram, "validate", str(options.measured), "--format", "json"],
                            check=True, capture_output=True, text=True).stdout
    cells = collections.defaultdict(list)
    for row in json.loads(output)["rows"]:
        if row["predicted"] is None or not row["isScored"] or not row["stack"]:
            continue
        slower = row["measured"] / row["predicted"]
        if row["metric"] not in ("iter_time_s", "gpu_hours_per_1T_tokens"):
            slower = 1 / slower
        pieces = parts(row)
        cells[row["stack"], row["architecture"]].append(
            (f'{row["model"]} {row["accelerator"]}', pieces, slower * sum(pieces)))
    for stack in document["stacks"]:
        for (name, architecture), rows in sorted(cells.items()):
            if name == stack["id"] and len(rows) >= USEFUL_ROWS:
                stack["factors"].append(fit(architecture, rows))
    write(document)


def fit(architecture, rows):
    held = np.array([is_held_out(g) for g, _, _ in rows])
    pieces = np.array([p for _, p, _ in rows])
    target = np.array([t for _, _, t in rows])
    if held.all() or not held.any():
        # One group cannot be divided by groups: every other row.
        held = np.arange(len(rows)) % 2 == 1
    train = ~held
    alike = train.sum() < LEAST_ROWS

    def slowness(x):
        return np.array([x[0]] * 3 if alike else x)

    def errors(x):
        time = pieces[:, :3] @ slowness(x) + pieces[:, 3]
        return time / target - 1

    start = [1.0] if alike else [1.0] * 3
    found = least_squares(
        lambda x: np.concatenate([errors(x)[train], PRIOR * np.log(x)]), start,
        bounds=(0.3, 8), loss="soft_l1", f_scale=0.1).x
    rates = 1 / slowness(found)
    error = np.abs(errors(found))
    return {
        "architecture": architecture,
        **{k: float("%.3g" % v) for k, v in zip(("matrix", "attention", "stream"), rates)},
        "fitted": int(train.sum()), "held-out": int(held.sum()),
        "median": round(float(np.median(error[train])), 4),
        "held-out-median": round(float(np.median(error[held])), 4),
    }


def write(document):
    lines = [json.dumps(stack) for stack in document["stacks"]]
    head = json.dumps({"method": document["method"]})[:-1]
    STACKS.write_text(head + ', "stacks": [\n' + ",\n".join(lines) + "\n]}\n")


if __name__ == "__main__":
    main()
