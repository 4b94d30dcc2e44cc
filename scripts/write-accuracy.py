#!/usr/bin/env python3
"""Writes the part of docs/accuracy.md on training, and its plot, from `tangram validate`.

  scripts/write-accuracy.py [--tangram EXECUTABLE] [--measured FOLDER]
"""
import collections, csv, json, statistics

from accuracy_page import PAGE, ROOT, arguments, ninth_decile, percent, validate, with_section

MARKERS = ("<!-- training: written by scripts/write-accuracy.py -->", "<!-- training end -->")


def error(factors, key):
    return percent(factors[key]) if key in factors else "–"


def by_source(rows):
    sources = collections.defaultdict(list)
    for row in rows:
        if row["predicted"] is not None and row["isScored"]:
            letters = row["id"].split("-")[0] if "-" in row["id"] else "vTrain-node"
            sources[letters, row["metric"]].append(row)
    lines = ["| source | metric | rows | median | mean | p90 | in interval |",
             "| --- | --- | --- | --- | --- | --- | --- |"]
    for (source, metric), own in sources.items():
        errors = [abs(r["predicted"] / r["measured"] - 1) for r in own]
        inside = [r["low"] <= r["measured"] <= r["high"] for r in own if r["low"] is not None]
        share = percent(statistics.mean(inside)) if inside else "–"
        lines.append(f"| {source} | {metric} | {len(own)} | {percent(statistics.median(errors))} "
                     f"| {percent(statistics.mean(errors))} | {percent(ninth_decile(errors))} | {share} |")
    return lines


def by_group(groups):
    lines = ["| source | accelerator | model | precision | metric | rows | median | mean | p90 | bias "
             "| rank | in interval |", "| --- " * 12 + "|"]
    for g in groups:
        rank = "–" if g["rankCorrelation"] is None else f"{g['rankCorrelation']:.2f}"
        lines.append(
            f"| {g['source']} | {g['accelerator']} | {'MoE' if g['isMixtureOfExperts'] else 'dense'} "
            f"| {g['precision']} | {g['metric']} | {g['count']} | {percent(g['medianError'])} "
            f"| {percent(g['meanError'])} | {percent(g['p90Error'])} | {100 * g['bias']:+.1f} % "
            f"| {rank} | {percent(g['insideIntervalShare'])} |")
    return lines


def ranks(values):
    """Ranks, ties sharing their mean."""
    order = sorted(values)
    return [order.index(v) + (order.count(v) - 1) / 2 for v in values]


def by_layout(rows):
    groups = collections.defaultdict(list)
    for row in rows:
        if row["predicted"] is not None and row["isScored"]:
            source = row["id"].split("-")[0]
            groups[source, row["model"], row["accelerator"], row["metric"]].append(row)
    lines = ["| source | model | accelerator | layouts | slowest over fastest | rank |",
             "| --- " * 6 + "|"]
    for (source, model, card, _), own in groups.items():
        layouts = len({row["layout"] for row in own})
        if layouts < 4:
            continue
        predicted, measured = ([row[key] for row in own] for key in ("predicted", "measured"))
        rank = statistics.correlation(ranks(predicted), ranks(measured))
        lines.append(f"| {source} | {model} | {card} | {layouts} "
                     f"| {max(measured) / min(measured):.2f} | {rank:.2f} |")
    return lines


# Seconds of each phase (arXiv 2505.09343, Table 4, MPFT).
PHASES = {"1F": 1.13, "bubble": 2.06, "1B": 1.99, "1W": 0.48, "1F1B": 13.95, "opt": 0.29}


def phases(rows):
    found = next((row["phases"] for row in rows if row["id"] == "DSV-001"), [])
    lines = ["| phase | measured | predicted | error |", "| --- " * 4 + "|"]
    for part in found:
        measured = PHASES[part["phase"]]
        lines.append(f"| {part['phase']} | {measured} s | {part['seconds']:.2f} s "
                     f"| {100 * (part['seconds'] / measured - 1):+.0f} % |")
    return lines


def by_table(rows, measured):
    with open(measured / "memory.csv") as file:
        names = {row["id"]: row["source"].split("@")[0].split(" ")[0] for row in csv.DictReader(file)}
    sources = collections.defaultdict(list)
    for row in rows:
        if row["predicted"] is not None:
            sources[names[row["id"]]].append(abs(row["predicted"] / row["measured"] - 1))
    lines = ["| publisher | rows | median | mean | most |", "| --- " * 5 + "|"]
    for source, errors in sources.items():
        lines.append(f"| {source} | {len(errors)} | {percent(statistics.median(errors))} "
                     f"| {percent(statistics.mean(errors))} | {percent(max(errors))} |")
    return lines


def stacks():
    document = json.loads((ROOT / "Sources/CCatalogueData/data/stacks.json").read_text())
    lines = ["| stack | architecture | matrix | attention | stream | others | fitted to | judged on "
             "| median fitted | median judged | 80 % within |", "| --- " * 11 + "|"]
    known = ("architecture", "matrix", "attention", "stream", "fitted", "held-out", "median",
             "held-out-median", "uncertainty")
    for stack in document["stacks"]:
        for f in stack["factors"]:
            lines.append(
                f"| {stack['id']} | {f['architecture']} | {f['matrix']} | {f['attention']} "
                f"| {f['stream']} | {', '.join(f'{k} {v}' for k, v in f.items() if k not in known)} "
                f"| {f['fitted']} | {f['held-out']} | {error(f, 'median')} "
                f"| {error(f, 'held-out-median')} | {error(f, 'uncertainty')} |")
    return lines


def main():
    options = arguments(__doc__)
    plot = ROOT / "docs/images/training-accuracy.svg"
    training = validate(options.tangram, options.measured / "training.csv", "--plot", str(plot))
    nodes = validate(options.tangram, options.measured / "vtrain_single_node_a100.csv")
    memory = validate(options.tangram, options.measured / "memory.csv")
    missing = collections.Counter(
        r["reason"] for r in training["rows"] if r["predicted"] is None)
    count = sum(missing.values())
    body = [
        MARKERS[0], "", "### By source", "", *by_source(training["rows"] + nodes["rows"]), "",
        "![Predicted against measured](images/training-accuracy.svg)", "", "### By group", "",
        *by_group(training["groups"] + nodes["groups"]), "", "### Rank over layouts", "",
        *by_layout(training["rows"]), "", "### Phases of DeepSeek-V3's step on 2,048 H800", "",
        "An average rank's, measured in arXiv 2505.09343, Table 4. What of an all-to-all hides where passes",
        "of one direction run alone, and what the optimizer's phase holds beside the exchange of gradients",
        "and weights, is not published.", "",
        *phases(training["rows"]), "", "### Memory", "",
        *by_source(memory["rows"]), "", *by_table(memory["rows"], options.measured), "",
        "### What software reaches of the curves", "", *stacks(), "", "### Not expressed", "",
        f"{count} of {len(training['rows'])} training rows:", "",
        *[f"- {n} ×: {reason}" for reason, n in missing.most_common()], "", MARKERS[1],
    ]
    PAGE.write_text(with_section(PAGE.read_text(), MARKERS, "\n".join(body)))


if __name__ == "__main__":
    main()
