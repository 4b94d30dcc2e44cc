#!/usr/bin/env python3
"""Fits what generations of training software reach of the operator curves.

  scripts/fit-stacks.py [--tangram EXECUTABLE] [--measured FILE.csv]

For every family of stacks, the parameters of FAMILIES are fitted to half of the groups of rows and
judged on the other half; a group is one model on one accelerator, and where a family has fewer than
four of them also one layout. They go into Sources/CCatalogueData/data/stacks.json. The estimator must
have been built without factors for that (--reset writes such a file), because the breakdown of its
predictions is what is scaled. What collectives
leave exposed depends on the rates in turn: build with the factors and run again with --refine NAME,
which corrects the rates of one family alone: those that gather weights behind every layer. At last,
with all factors built in, --judge writes the errors of both halves and the intervals, from the
predictions themselves.

Needs Python 3.9 with numpy and scipy.
"""
import argparse, collections, csv, hashlib, json, pathlib, re, subprocess, sys
import numpy as np
from scipy.optimize import least_squares

ROOT = pathlib.Path(__file__).resolve().parent.parent
STACKS = ROOT / "Sources/CCatalogueData/data/stacks.json"
# No software is faster than single operators were measured at, but for what their curves miss.
MOST = 0.05
# How far the logarithm of a rate is drawn to 0, in errors of one row, and shares and times to 0.
PRIOR = 0.15
WEAK_PRIOR = 0.03
# Medians are judged: errors beyond this count by their size, not its square.
KNEE = 0.02
RATES = ("matrix", "attention", "stream", "experts", "all")
HOST = "host-per-expert-operator"
LIMITS = {**{rate: (-1.4, MOST) for rate in RATES}, "tensor-overlap": (0, 1),
          "exchange-overlap": (0, 1), "gather-rate": (-4, 0), HOST: (0, 1.5)}
X86 = "^Hopper$|^Blackwell( Ultra)?$"

# Stacks that no row fits: their matrices take the median rate of the stacks that were fitted on the
# architecture. Single operators were timed in bursts; under hours of load clocks sag on all of them.
UNFITTED = ["deepseek-2024"]

# Layers of models that tables give no shape of, and operators of an average one.
HYBRIDS = {"Nemotron_3_Nano": (29, 7 * 23 / 29), "Nemotron_3_Super": (48, 7 * 40 / 48)}

# Stacks that are fitted together, and what of them: a trait, the stacks and the architectures that
# it holds for. What comes later takes the place of what comes before.
FAMILIES = [
    ("^(megatron-lm-202[12]|deepspeed-2021)$",
     [("matrix", "", ""), ("attention", "", ""), ("stream", "", ""), ("matrix", "2022", ""),
      ("gather-rate", "deepspeed", "")]),
    ("^llm-foundry-2023$",
     [(rate, "", arch) for arch in ("Ampere", "Hopper")
      for rate in ("matrix", "attention", "stream")]),
    ("^torchtitan",
     [("matrix", "", ""), ("attention", "", ""), ("stream", "", ""), ("matrix", "rowwise", ""),
      ("tensor-overlap", "async", "")]),
    ("^megatron-core-2025$",
     [("matrix", "", ""), ("attention", "", ""), ("stream", "", ""), ("experts", "", "")]),
    ("^megatron-bridge",
     [("matrix", "", "Hopper"), ("matrix", "", "Blackwell"), ("attention", "", "Hopper"),
      ("attention", "", "Blackwell"), ("stream", "2025", ""), ("stream", "2026", ""),
      ("exchange-overlap", "", "Hopper"), ("exchange-overlap", "", "^Blackwell( Ultra)?$"),
      ("exchange-overlap", "2025", "Grace"), ("exchange-overlap", "2026", "Grace"),
      (HOST, "", X86), (HOST, "2025", "Grace"), ("tensor-overlap", "", "Hopper"),
      ("tensor-overlap", "", "Blackwell")]),
    # Too few rows of too many models for more than one rate.
    ("^mindspeed-2024$", [("all", "", "")]),
    ("^sailor-2025$", [("all", "", "")]),
]


class Row:
    """A prediction without factors, taken apart so that factors can be put in."""

    def __init__(self, row, own):
        causes = {p["cause"]: p["seconds"] for p in row["breakdown"]}
        self.matrix = causes.get("matrix multiply", 0)
        self.experts = causes.get("experts", 0)
        self.attention = causes.get("attention", 0)
        self.stream = causes.get("elementwise", 0)
        self.optimizer = causes.get("optimizer step", 0)
        self.tensor = causes.get("tensor-parallel collectives", 0)
        self.exchange = causes.get("expert-parallel all-to-all", 0)
        self.other = causes.get("context-parallel exchange", 0) + causes.get("pipeline sends", 0)
        self.host = causes.get("host launches", 0)
        self.again = causes.get("recompute", 0)
        self.bubble = causes.get("pipeline bubble", 0)
        self.data = causes.get("data-parallel collectives", 0)
        self.total = sum(causes.values())
        layout = row["layout"] or ""
        self.is_full = "recompute full" in layout
        self.is_sharded = "ZeRO-3" in layout
        sizes = {k: int(n) for k, n in re.findall(r"\b(PP|DP|mb)(\d+)", layout)}
        # As the estimator counts them: attention, router and experts, shared expert.
        layers, self.operators = HYBRIDS.get(
            own["model"], (float(own["layers"] or 36), 10 if own["attention"] == "mla" else 5))
        self.passes = (float(own["global_batch"] or 1024) / sizes.get("DP", 1)
                       / sizes.get("mb", 1) * layers / sizes.get("PP", 1))
        slower = row["measured"] / row["predicted"]
        if row["metric"] not in ("iter_time_s", "gpu_hours_per_1T_tokens"):
            slower = 1 / slower
        self.measured = slower * self.total
        self.is_hybrid = row["model"] in HYBRIDS
        self.group = f'{row["model"]} {row["accelerator"]}'
        self.layout = " ".join(own[key] for key in ("TP", "PP", "EP", "CP"))
        self.stack, self.architecture = row["stack"], row["architecture"]

    def time(self, x, base_rate):
        matrix = self.matrix / x["matrix"]
        experts = self.experts / x.get("experts", x["matrix"])
        # Of hybrids nearly all of it is scans, whose rate is not the stack's.
        attention = self.attention / (1 if self.is_hybrid else x["attention"])
        stream = self.stream / x["stream"]
        old = self.matrix + self.experts + self.attention + self.stream
        new = matrix + experts + attention + stream
        share = x.get("tensor-overlap", 0)
        tensor = max(self.tensor * (1 - share), self.tensor - share * matrix)
        share = x.get("exchange-overlap", 0)
        exchange = max(self.exchange * (1 - share), self.exchange - share * new)
        host = self.host
        if self.experts > 0 and x.get(HOST, 0) > 0:
            # Forward once and backward twice for every pass.
            host = max(0, 3 * self.passes * x[HOST] * self.operators - new)
        before = old + self.tensor + self.exchange + self.host
        after = new + tensor + exchange + host
        again = self.again * (after / before if self.is_full else new / old)
        stage = (after + again + self.other) / (before + self.again + self.other)
        data = self.data
        if self.is_sharded and "gather-rate" in x:
            # Predicted with a rate so low that nothing is hidden in full.
            raw = base_rate * (data + before + self.again)
            data = max(0, raw / x["gather-rate"] - after - again)
        return (after + again + self.other + self.bubble * stage + data
                + self.optimizer / x["stream"])


def held_out(rows):
    """Every other group in the order of their hashes, which is as good as drawn by lot."""
    name = lambda row: row.group
    if len({row.group for row in rows}) < 4:
        name = lambda row: row.group + " " + row.layout
    order = sorted({name(row) for row in rows},
                   key=lambda group: hashlib.sha256(group.encode()).hexdigest())
    out = set(order[1::2])
    return np.array([name(row) in out for row in rows])


def main():
    parser = argparse.ArgumentParser(description=__doc__.split("\n")[0])
    parser.add_argument("--tangram", default=str(ROOT / ".build/release/tangram"))
    parser.add_argument("--measured", type=pathlib.Path,
                        default=ROOT.parent / "shared/measured/training.csv")
    parser.add_argument("--output", type=pathlib.Path, help="read what validate printed before")
    parser.add_argument("--refine", help="correct the rates of a family of stacks that were built in")
    parser.add_argument("--judge", action="store_true",
                        help="write errors and intervals of what was built in")
    parser.add_argument("--reset", action="store_true", help="write factors of 1 and stop")
    options = parser.parse_args()
    document = json.loads(STACKS.read_text())
    if options.reset:
        for stack in document["stacks"]:
            stack["factors"] = []
        return write(document)
    if options.output:
        output = options.output.read_text()
    else:
        if not (options.refine or options.judge) and any(stack["factors"] for stack in document["stacks"]):
            sys.exit("fit-stacks: factors are not 1; --reset, build, and run again")
        output = subprocess.run(
            [options.tangram, "validate", str(options.measured), "--format", "json"],
            check=True, capture_output=True, text=True).stdout
    with open(options.measured) as file:
        table = {row["id"]: row for row in csv.DictReader(file)}
    rows = [Row(row, table[row["id"]]) for row in json.loads(output)["rows"]
            if row["predicted"] is not None and row["isScored"] and row["stack"]]
    if options.judge:
        return judge(document, rows)
    built = {(stack["id"], entry["architecture"]): entry for stack in document["stacks"]
             for entry in stack["factors"] if options.refine}
    for stack in document["stacks"]:
        if not options.refine or stack["id"].startswith(options.refine):
            stack["factors"] = []
    for pattern, parameters in FAMILIES:
        stacks = [s for s in document["stacks"] if re.search(pattern, s["id"])]
        own = [row for row in rows if re.search(pattern, row.stack)]
        base = {s["id"]: s.get("gather-rate", 1) for s in stacks}
        if options.refine:
            if not stacks[0]["id"].startswith(options.refine):
                continue
            parameters = [p for p in parameters if p[0] in RATES]
        fit(own, parameters, stacks, base, built)
    inherit(document)
    write(document)


def inherit(document):
    """One rate a family of fitted stacks, so that variants of one do not outvote the others."""
    rates = collections.defaultdict(dict)
    for stack in document["stacks"]:
        for entry in stack["factors"]:
            if entry.get("fitted"):
                family = next(i for i, f in enumerate(FAMILIES) if re.search(f[0], stack["id"]))
                rates[entry["architecture"]].setdefault(
                    family, (entry["matrix"], entry["uncertainty"]))
    for stack in document["stacks"]:
        if stack["id"] in UNFITTED:
            stack["factors"] = [
                {"architecture": name, "matrix": float("%.3g" % np.median([r for r, _ in own])),
                 "attention": 1.0, "stream": 1.0,
                 "uncertainty": float("%.3g" % np.median([u for _, u in own])),
                 "fitted": 0, "held-out": 0}
                for name, own in ((n, list(r.values())) for n, r in sorted(rates.items()))
                if len(own) > 1]


def halves(rows):
    """Half of the groups of each kind of host or generation, so that none is left out."""
    held = np.zeros(len(rows), dtype=bool)
    kind = lambda row: (row.architecture.split("+")[-1].split(" ")[0], "2022" in row.stack)
    for name in {kind(row) for row in rows}:
        places = [i for i, row in enumerate(rows) if kind(row) == name]
        held[places] = held_out([rows[i] for i in places])
    return held


def judge(document, rows):
    for pattern, _ in FAMILIES:
        own = [row for row in rows if re.search(pattern, row.stack)]
        held = halves(own)
        logs = np.log([row.total / row.measured for row in own])
        for stack in document["stacks"]:
            for entry in stack["factors"]:
                mine = np.array([row.stack == stack["id"]
                                 and row.architecture == entry["architecture"] for row in own])
                if mine.any():
                    describe(entry, logs, mine, held)
    inherit(document)
    write(document)


def describe(entry, logs, own, held):
    """Errors of both halves, and how far four in five of the rows lie that shaped no rate (split
    conformal): of the entry's own where there are ten, else of the family's."""
    error = np.abs(np.exp(-logs) - 1)
    judged = own & held if (own & held).sum() >= 10 else held
    spread = np.sort(np.exp(np.abs(logs[judged])) - 1)
    place = min(len(spread) - 1, int(np.ceil(0.8 * (len(spread) + 1))) - 1)
    entry["uncertainty"] = round(max(0.02, float(spread[place])), 3)
    entry["fitted"] = int((own & ~held).sum())
    entry["held-out"] = int((own & held).sum())
    for key, part in (("median", own & ~held), ("held-out-median", own & held)):
        entry.pop(key, None)
        if part.any():
            entry[key] = round(float(np.median(error[part])), 4)


def fit(rows, parameters, stacks, base, built):
    held = halves(rows)
    train = [row for row, out in zip(rows, held) if not out]
    # What no row of the fitted half shows is not fitted.
    parameters = [
        (trait, stack, architecture) for trait, stack, architecture in parameters
        if any(re.search(stack, row.stack) and re.search(architecture, row.architecture)
               for row in train)]

    def values(stack, architecture, x):
        result = {rate: 1.0 for rate in RATES[:3]}
        for (trait, in_stack, in_architecture), value in zip(parameters, x):
            if re.search(in_stack, stack) and re.search(in_architecture, architecture):
                is_logarithm = trait in RATES or trait == "gather-rate"
                number = float(np.exp(value)) if is_logarithm else float(value)
                for name in RATES[:3] if trait == "all" else [trait]:
                    result[name] = number
        if HOST in result:
            result[HOST] *= 1e-3
        return result

    def errors(rows, x):
        times = [row.time(values(row.stack, row.architecture, x), base[row.stack]) for row in rows]
        return np.clip(np.log(np.array(times) / [row.measured for row in rows]), -2, 2)

    def cost(x):
        weights = [PRIOR if trait in RATES[:4] else WEAK_PRIOR for trait, _, _ in parameters]
        return np.concatenate([errors(train, x), np.array(weights) * x])

    low = [LIMITS[trait][0] - 1e-9 for trait, _, _ in parameters]
    high = [LIMITS[trait][1] for trait, _, _ in parameters]
    best = None
    for share in (0.5, 0.1, 0.9):
        start = [0 if trait in RATES else LIMITS[trait][0] * (1 - share) + LIMITS[trait][1] * share
                 for trait, _, _ in parameters]
        found = least_squares(cost, start, bounds=(low, high), loss="soft_l1", f_scale=KNEE,
                              diff_step=1e-3)
        if best is None or found.cost < best.cost:
            best = found
    error = np.abs(np.exp(-errors(rows, best.x)) - 1)
    print(stacks[0]["id"], "fitted", len(train), f"{np.median(error[~held]):.3f}", "held out",
          int(held.sum()), f"{np.median(error[held]):.3f} mean {np.mean(error[held]):.3f}",
          [f"{t} {s} {a} {v:.3g}" for (t, s, a), v in zip(parameters, best.x)], file=sys.stderr)
    for stack in stacks:
        for architecture in sorted({row.architecture for row in rows}):
            own = np.array([row.stack == stack["id"] and row.architecture == architecture
                            for row in rows])
            if not own.any():
                continue
            entry = dict(built.get((stack["id"], architecture), {"architecture": architecture}))
            for name, value in values(stack["id"], architecture, best.x).items():
                if built:
                    value *= entry.get(name, 1)
                entry[name] = (f"{round(value * 1e6)} us" if name == HOST
                               else float("%.3g" % max(value, 0)))
            describe(entry, errors(rows, best.x), own, held)
            stack["factors"].append(entry)


def write(document):
    lines = [json.dumps(stack) for stack in document["stacks"]]
    head = json.dumps({"method": document["method"]})[:-1]
    STACKS.write_text(head + ', "stacks": [\n' + ",\n".join(lines) + "\n]}\n")


if __name__ == "__main__":
    main()
