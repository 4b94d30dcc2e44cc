"""Measures planning and writes the measured part of docs/benchmarks.md. Standard library only.

    measure.py TANGRAM [--quick] [--runs N]

TANGRAM is the program in release. Whole processes are timed by a clock and their memory taken from
the system's accounting of the child (ru_maxrss); the suites of this package are run by
`swift package benchmark`.
"""

import json
import os
import pathlib
import platform
import re
import subprocess
import sys
import time

ROOT = pathlib.Path(__file__).resolve().parent.parent
PAGE = ROOT / "docs/benchmarks.md"
START, END = "<!-- measured -->\n", "<!-- end of measured -->"
TANGRAM = sys.argv[1]
QUICK = "--quick" in sys.argv[2:]
RUNS = int(sys.argv[sys.argv.index("--runs") + 1]) if "--runs" in sys.argv else 3
LARGE = "hyperscale"
WORKERS = (1, 2)


def once(spec, environment, *options):
    """Seconds of the clock, seconds of CPU and peak MiB of one `tangram plan`."""
    arguments = [TANGRAM, "plan", str(spec), "--output", os.devnull, *options]
    start = time.monotonic()
    process = subprocess.Popen(
        arguments, env=os.environ | environment, stderr=subprocess.DEVNULL)
    _, status, usage = os.wait4(process.pid, 0)
    seconds = time.monotonic() - start
    process.returncode = os.waitstatus_to_exitcode(status)
    if process.returncode != 0:
        sys.exit(f"{' '.join(arguments)}: exit {process.returncode}")
    scale = 1 << 20 if sys.platform == "darwin" else 1 << 10
    return seconds, usage.ru_utime + usage.ru_stime, usage.ru_maxrss / scale


def best(spec, environment=None, workers=None):
    """The fastest of at least `RUNS` runs and a second of them."""
    options = ["--threads", str(workers)] if workers else []
    runs = []
    while len(runs) < RUNS or (sum(r[0] for r in runs) < 1 and len(runs) < 20):
        runs.append(once(spec, environment or {}, *options))
    return min(runs)


def text(value, digits=3):
    """`value` with `digits` significant digits, without an exponent."""
    if value >= 10 ** (digits - 1):
        return f"{value:,.0f}"
    return f"{float(f'{value:.{digits}g}'):g}"


def seconds(value):
    for unit, size in (("s", 1), ("ms", 1e-3), ("µs", 1e-6)):
        if value >= size:
            return f"{text(value / size)} {unit}"
    return f"{text(value * 1e9)} ns"


def table(head, rows):
    lines = ["| " + " | ".join(head) + " |", "|" + " --- |" * len(head)]
    return "\n".join(lines + ["| " + " | ".join(row) + " |" for row in rows]) + "\n"


def output(*arguments, **options):
    return subprocess.run(
        arguments, check=True, capture_output=True, text=True, cwd=ROOT, **options).stdout


# MARK: The machine

def machine():
    facts = json.loads(output(TANGRAM, "host", "--format", "json"))["facts"]
    host = {fact["label"]: fact["value"] for fact in facts}
    commit = output("git", "rev-parse", "--short", "HEAD").strip()
    changed = output("git", "status", "--porcelain", "--", "Sources", "Benchmarks").strip()
    swift = re.search(r"Swift version (\S+)", output("swift", "--version"))
    rows = [
        ["processor", host.get("Processor", platform.machine())],
        ["CPUs", host.get("CPUs", str(os.cpu_count()))],
        ["instruction set", host.get("SIMD in use", "?")],
        ["memory", next((v for k, v in host.items() if k.startswith("Node ")), "?")],
        ["system", f"{platform.system()} {platform.release()}"],
        ["Swift", swift.group(1) if swift else "?"],
        ["commit", commit + (" with changes" if changed else "")],
        ["runs, the best of", str(RUNS) + " or more"],
        ["date", time.strftime("%Y-%m-%d")],
        ["load average before", text(os.getloadavg()[0], 2)],
    ]
    facts = table(["", ""], rows)
    if os.getloadavg()[0] > 0.5:
        facts += (
            "\nOther programs were running: times are longer than on a quiet machine, and two "
            "workers gain less.\n")
    return facts


def levels():
    """The instruction sets that this machine runs, narrowest first."""
    found = []
    for level in ("baseline", "neon", "avx2", "avx512"):
        if subprocess.run(
            [TANGRAM, "host"], env=os.environ | {"TANGRAM_SIMD": level}, capture_output=True
        ).returncode == 0:
            found.append(level)
    return found


# MARK: Whole processes

def processes(ratios):
    specs = sorted((ROOT / "ClusterSpecs").glob("*.yaml"))
    # All runs before any plan is read: the system counts the memory of this process, too, as a
    # child's until it has started.
    runs = {spec: best(spec) for spec in specs}
    large = ROOT / f"ClusterSpecs/{LARGE}.yaml"
    one, two = (best(large, workers=count)[0] for count in WORKERS)
    found = levels()
    slow, fast = (best(large, {"TANGRAM_SIMD": level})[0] for level in (found[0], found[-1]))
    where = f"`{large.name}`, whole process"
    ratios.append(["two workers against one", where, f"{one / two:.2f} ×"])
    ratios.append([f"{found[-1]} against {found[0]}", where, f"{slow / fast:.2f} ×"])
    rows = []
    for spec, (wall, cpu, memory) in runs.items():
        plan = json.loads(output(TANGRAM, "plan", str(spec), "--format", "json"))
        # A schedule over time has its own form.
        totals, proof = plan.get("totals", {}), plan.get("proof", {})
        accelerators, options = totals.get("usableAccelerators"), proof.get("optionCount")
        gap = proof.get("gap")
        rows.append([
            f"`{spec.name}`", "–" if accelerators is None else f"{accelerators:,}",
            f"{len(plan.get('jobs', [])):,}", "–" if options is None else f"{options:,}",
            seconds(wall), seconds(cpu), f"{text(memory)} MiB",
            "–" if gap is None else f"{gap:.3%}",
        ])
    head = ["scenario", "accelerators", "jobs", "options", "time", "CPU time", "peak memory", "gap"]
    return table(head, rows)


# MARK: Suites

def suite(target, environment=None):
    """Medians of the clock in seconds by benchmark, in the order of the suite."""
    answer = subprocess.run(
        ["swift", "package", "--allow-writing-to-package-directory", "benchmark",
         "--target", target, "--format", "markdown", "--path", "stdout",
         "--time-units", "nanoseconds", "--no-progress"],
        cwd=ROOT / "Benchmarks", env=os.environ | (environment or {}),
        capture_output=True, text=True)
    if answer.returncode != 0:
        sys.exit(answer.stdout[-2000:] + answer.stderr[-2000:])
    return medians(answer.stdout)


def medians(printed):
    """Reads the tables of a run: a heading per benchmark, a row per measure, p50 in column 3."""
    found = {}
    name = None
    for line in printed.splitlines():
        if line.startswith("### "):
            name = line[4:].strip()
        elif name and line.startswith("| Time (wall clock)"):
            cells = [cell.strip() for cell in line.strip("|").split("|")]
            unit = {"ns": 1e-9, "\u03bcs": 1e-6, "\u00b5s": 1e-6, "ms": 1e-3, "s": 1}
            factor = unit[re.search(r"\) \((\S+)\)", cells[0]).group(1)]
            found[name] = float(cells[3].replace(",", "")) * factor
    if not found:
        sys.exit("the benchmarks printed no table that this script can read:\n" + printed[-2000:])
    return found


def suites(ratios):
    subprocess.run(["swift", "build", "-c", "release"], cwd=ROOT / "Benchmarks", check=True)
    found = levels()
    pricing = {level: suite("Pricing", {"TANGRAM_SIMD": level}) for level in found}
    widest = pricing[found[-1]]
    for name, time in widest.items():
        if len(found) > 1 and name.endswith(" 1 worker"):
            ratios.append([
                f"{found[-1]} against {found[0]}", f"pricing: {name}",
                f"{pricing[found[0]][name] / time:.2f} ×"])
    plans = suite("Planner")
    for times, kind in ((widest, "pricing: "), (plans, "")):
        for name, time in times.items():
            other = times.get(name.replace(" 1 worker", " 2 workers"))
            if name.endswith(" 1 worker") and other and time > 0.1:
                ratios.append([
                    "two workers against one", kind + name.removesuffix(", 1 worker"),
                    f"{time / other:.2f} ×"])
    rows = [
        [name] + [seconds(pricing[level][name]) for level in found] for name in sorted(widest)]
    parts = ["## Pricing\n", table([""] + found, rows)]
    for title, times in (("Search for layouts", suite("Estimator")), ("Reading and planning", plans),
                         ("Playing a trace", suite("Simulator"))):
        parts += [f"## {title}\n",
                  table(["", "time"], [[name, seconds(t)] for name, t in sorted(times.items())])]
    return "\n".join(parts)


def kernel(ratios):
    """What `tangram benchmark kernel` says."""
    report = json.loads(output(TANGRAM, "benchmark", "kernel", "--format", "json"))
    rows = []
    names = None
    for job in report["jobs"]:
        scalar, level = job["scalarOptionsPerSecond"], report["level"]
        rates = {"double, one by one": scalar}
        rates |= {name: entry["optionsPerSecondPerCore"] for name, entry in job["levels"].items()}
        one = rates[level]
        rates[f"{level}, {report['workerCount']} workers"] = job["optionsPerSecondAllCores"]
        names = list(rates)
        rows.append([job["job"]] + [f"{text(rate / 1e6)} M" for rate in rates.values()])
        ratios.append([
            f"{level} against one by one", f"cost kernel: {job['job']}", f"{one / scalar:.2f} ×"])
        ratios.append([
            f"{report['workerCount']} workers against one", f"cost kernel: {job['job']}",
            f"{job['optionsPerSecondAllCores'] / one:.2f} ×"])
    return "## Cost kernel\n\nOptions of training per second.\n\n" + table(["job"] + names, rows)


ratios = []
facts = machine()
costing = kernel(ratios)
plans = processes(ratios)
measured = suites(ratios) if not QUICK else ""
parts = [
    "## Ratios\n\n" + table(["comparison", "where", "ratio"], ratios),
    "## Machine\n\n" + facts,
    "## Whole processes\n\nReading, planning and writing text, start of the process included; "
    "as many workers as CPUs.\n\n" + plans,
    costing,
] + ([measured] if measured else [])
page = PAGE.read_text(encoding="utf-8")
before, rest = page.split(START)
PAGE.write_text(before + START + "\n" + "\n".join(parts) + "\n" + END + rest.split(END)[1],
                encoding="utf-8")
print(f"wrote {PAGE.relative_to(ROOT)}")
if not QUICK:
    subprocess.run([sys.executable, ROOT / "Benchmarks/strategies.py", TANGRAM], check=True)
