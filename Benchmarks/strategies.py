"""Plays Gavel's traces under every strategy and writes the tables of docs/benchmarks.md between
`<!-- strategies -->` and `<!-- end of strategies -->`. Standard library only.

    strategies.py TANGRAM [TRACES]

TANGRAM is the program in release; TRACES is a folder with Gavel's traces, its throughput tables and
`results/` of its own simulator (../shared/traces/gavel). Where there is none, nothing is written.
"""

import json
import pathlib
import re
import subprocess
import sys
import time

ROOT = pathlib.Path(__file__).resolve().parent.parent
PAGE = ROOT / "docs/benchmarks.md"
START, END = "<!-- strategies -->\n", "<!-- end of strategies -->"
TANGRAM = sys.argv[1]
TRACES = pathlib.Path(sys.argv[2]) if len(sys.argv) > 2 else ROOT / "../shared/traces/gavel"
RUNS = [
    ("p1_static_100_minimize_makespan", "8-16-24", "physical_cluster", "p1, static, 100 jobs"),
    ("g3_static_multi_250_seed0", "12-12-12", "simulation", "g3, static, 250 jobs"),
    ("p2_cont_96_max_min_fairness", "8-16-24", "physical_cluster", "p2, 96 jobs over time"),
    ("g1_cont_single_200_lam900_seed0", "6-6-6", "simulation", "g1, 200 jobs over time"),
]
COLUMNS = [
    ("averageCompletionHours", "avg JCT h"), ("p99CompletionHours", "p99 h"),
    ("makespanHours", "makespan h"), ("medianRho", "rho p50"), ("p99Rho", "rho p99"),
    ("dollars", "cost $"), ("preemptions", "stops"), ("migrations", "moves"),
]


def run(trace, cluster, speeds, strategies=()):
    arguments = [
        TANGRAM, "bench", "--nodes", str(ROOT / f"Benchmarks/strategies/gavel-{cluster}.csv"),
        "--trace", str(TRACES / f"{trace}.trace"), "--throughputs",
        str(TRACES / f"{speeds}_throughputs.json"), "--format", "json"]
    if strategies:
        arguments += ["--strategies", *strategies]
    start = time.monotonic()
    answer = subprocess.run(arguments, capture_output=True, text=True)
    if answer.returncode != 0:
        sys.exit(answer.stderr[-2000:])
    return json.loads(answer.stdout), time.monotonic() - start


def number(value):
    if value is None:
        return ""
    return f"{value:,.0f}" if value >= 100 or value == int(value) else f"{value:.2f}"


def table(head, rows):
    lines = ["| " + " | ".join(head) + " |", "| --- |" + " ---: |" * (len(head) - 1)]
    return "\n".join(lines + ["| " + " | ".join(row) + " |" for row in rows]) + "\n"


def measure(row, key):
    return row["measures"].get(key, {}).get("mean")


def bounds():
    return json.loads((TRACES / "lower_bounds.json").read_text())


parts = []
walls = []
for trace, cluster, speeds, title in RUNS:
    if not (TRACES / f"{trace}.trace").exists():
        print(f"{TRACES}: no {trace}.trace; docs/benchmarks.md stays as it is")
        sys.exit(0)
    report, _ = run(trace, cluster, speeds)
    text = [f"### {title}\n"]
    bound = bounds().get(f"{trace}.trace", {}).get("makespan_lower_bound_lp_h")
    if bound:
        text.append(f"No schedule ends before {bound:.2f} h (linear programme).\n")
    for knows, heading in ((False, "without knowing how long jobs take"), (True, "knowing it")):
        rows = [r for r in report["strategies"] if r["knowsWork"] == knows and r["measures"]]
        rows.sort(key=lambda row: measure(row, "averageCompletionHours"))
        text.append(table(
            [heading] + [name for _, name in COLUMNS],
            [[row["name"]] + [number(measure(row, key)) for key, _ in COLUMNS] for row in rows]))
    parts.append("\n".join(text))
    for policy, ours in (
            ("fifo_perf", "gavel-fifo"), ("max_min_fairness_perf", "gavel-max-min"),
            ("finish_time_fairness_perf", "gavel-ftf"), ("min_total_duration_perf", "gavel-makespan"),
            ("max_sum_throughput_normalized_by_cost_perf", "gavel-cost")):
        found = list((TRACES / "results").glob(f"{trace}__{policy}__*.json"))
        if found:
            theirs = json.loads(found[0].read_text())["wall_s"]
            _, own = run(trace, cluster, speeds, [ours])
            walls.append([title.split(",")[0], ours, f"{theirs:.1f} s", f"{own:.3f} s",
                          f"{theirs / own:,.0f} ×"])
parts.append(
    "### Time beside Gavel's simulator\n\nThe same trace and policy: theirs as its results say (on "
    "another day and under load, so an upper bound), ours the whole process, on a machine that others use "
    "too. Its code is public but no package, and was not run beside ours.\n\n"
    + table(["trace", "policy", "Gavel's simulator", "ours", "ratio"], walls))
page = PAGE.read_text(encoding="utf-8")
if START not in page:
    page = page.rstrip("\n") + "\n\n## Strategies over time\n\n" + START + END + "\n"
before, rest = page.split(START)
PAGE.write_text(
    before + START + "\n" + "\n".join(parts) + "\n" + END + rest.split(END)[1], encoding="utf-8")
print(f"wrote {PAGE.relative_to(ROOT)}")
