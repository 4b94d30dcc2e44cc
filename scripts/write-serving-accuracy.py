#!/usr/bin/env python3
"""Writes the part of docs/accuracy.md on serving, and its plot, from `tangram validate`.

  scripts/write-serving-accuracy.py [--tangram EXECUTABLE] [--measured FOLDER]
"""
import collections, csv, json, statistics, tempfile

from accuracy_page import PAGE, ROOT, arguments, ninth_decile, percent, validate, with_section

MARKERS = ("<!-- serving: written by scripts/write-serving-accuracy.py -->", "<!-- serving end -->")
PUBLISHERS = [("silicon_sample", "vendor sample"), ("InferenceX", "InferenceX"), ("TensorRT-LLM docs", "TensorRT-LLM"),
              ("cann-recipes", "CANN recipes"), ("CloudMatrix", "CloudMatrix384"), ("lm-sys", "LMSYS"),
              ("deepseek-ai", "DeepSeek"), ("sglang docs", "SGLang docs")]


def ranks(values):
    order = sorted(range(len(values)), key=lambda i: values[i])
    result = [0] * len(values)
    for place, index in enumerate(order):
        result[index] = place
    return result


def spearman(pairs):
    if len(pairs) < 3:
        return "–"
    a, b = ranks([p for p, _ in pairs]), ranks([m for _, m in pairs])
    n = len(a)
    return f"{1 - 6 * sum((x - y) ** 2 for x, y in zip(a, b)) / (n * (n * n - 1)):.2f}"


HEAD = ["| {} | metric | rows | median | mean | p90 | bias | rank | in interval |", "| --- " * 9 + "|"]


def line(name, metric, rows):
    errors = [abs(r["predicted"] / r["measured"] - 1) for r in rows]
    bias = statistics.mean(r["predicted"] / r["measured"] - 1 for r in rows)
    inside = sum((r["low"] or 0) <= r["measured"] <= (r["high"] or float("inf")) for r in rows) / len(rows)
    return (f"| {name} | {metric} | {len(rows)} | {percent(statistics.median(errors))} "
            f"| {percent(statistics.mean(errors))} | {percent(ninth_decile(errors))} "
            f"| {100 * bias:+.1f} % | {spearman([(r['predicted'], r['measured']) for r in rows])} | {percent(inside)} |")


def table(title, groups):
    return [HEAD[0].format(title), HEAD[1]] + [line(*key, rows) for key, rows in groups.items() if rows]


def engines():
    document = json.loads((ROOT / "Sources/CCatalogueData/data/engines.json").read_text())
    lines = ["| engine | architecture | launches left | decode | prefill | host a request | fitted to | judged on "
             "| TPOT fitted | TPOT judged |", "| --- " * 10 + "|"]
    for engine in document["engines"]:
        for f in engine["factors"]:
            lines.append(
                f"| {engine['id']} | {f['architecture']} | {f['launch-share']} | {f['decode-stretch']} "
                f"| {f['prefill-stretch']} | {f['host-per-request']} | {f['fitted']} | {f['held-out']} "
                f"| {percent(f['median'])} | {percent(f['held-out-median']) if f['held-out-median'] else '–'} |")
    return lines


def main():
    options = arguments(__doc__)
    path = options.measured / "inference.csv"
    records = {r["id"]: r for r in csv.DictReader(open(path))}
    rows = validate(options.tangram, path)["rows"]
    by_publisher, headline = collections.OrderedDict(), collections.OrderedDict()
    outside = {"TPOT": [], "output tokens/s": [], "all rates": []}
    for row in rows:
        if row["predicted"] is None:
            continue
        record = records[row["id"]]
        name = next((b for a, b in PUBLISHERS if a in record["source"]), "others")
        by_publisher.setdefault((name, row["metric"]), []).append(row)
        if name != "vendor sample":
            if row["metric"] == "tpot_ms":
                outside["TPOT"].append(row)
            if "output" in row["metric"]:
                outside["output tokens/s"].append(row)
            if "tok_per" in row["metric"]:
                outside["all rates"].append(row)
        if (name == "InferenceX" and "R1" in record["model"] and record["disagg"] == "n"
                and "spec=none" in record["notes"] and record["accelerator"][:4] in ("H200", "B200", "B300")):
            headline.setdefault(("DeepSeek-R1, one node, no drafts, H200, B200, B300", row["metric"]), []).append(row)
    for key, members in outside.items():
        headline[("all outside the vendor sample", key)] = members
    headline[("TensorRT-LLM maximum-throughput tables", "output tokens/s")] = [
        r for (name, _), members in by_publisher.items() if name == "TensorRT-LLM" for r in members]
    ascend = [r for r in rows if r["predicted"] is not None and "Ascend" in records[r["id"]]["accelerator"]
              and "950" not in records[r["id"]]["accelerator"]]
    headline[("Ascend, real hardware", "all")] = ascend
    missing = collections.Counter(r["reason"] for r in rows if r["predicted"] is None)
    grid_records = list(csv.DictReader(open(options.measured / "aiconfigurator_grid.csv")))
    grid, by_system, pairs = collections.OrderedDict(), collections.OrderedDict(), collections.defaultdict(list)
    for row in validate(options.tangram, options.measured / "aiconfigurator_grid.csv")["rows"]:
        if row["predicted"] is None:
            continue
        record = grid_records[int(row["id"].split()[1]) - 1]
        if record["mode"] == "static":
            grid.setdefault(("all", row["metric"]), []).append(row)
            if row["metric"] != "ttft_ms":
                by_system.setdefault((record["system"], row["metric"]), []).append(row)
                pairs[(record["model"], record["system"], row["metric"])].append((row["predicted"], row["measured"]))
    grid = collections.OrderedDict(sorted(grid.items()))
    orders = {key: float(spearman(found)) for key, found in pairs.items() if len(found) >= 10}
    low = collections.Counter(key[1] for key, order in orders.items() if order < 0.95)
    ranked = (f"{sum(order >= 0.95 for order in orders.values())} of {len(orders)} pairs of a model and a system keep "
              "rows in an order of at least 0.95 (Spearman, time per token and rate apart)"
              + (": the others are on " + ", ".join(f"{name} ({n})" for name, n in low.most_common()) if low else "") + ".")
    plot = ROOT / "docs/images/serving-accuracy.svg"
    with tempfile.NamedTemporaryFile("w", suffix=".csv", newline="") as file:
        writer = csv.DictWriter(file, fieldnames=list(next(iter(records.values()))))
        writer.writeheader()
        for record in records.values():
            if "silicon_sample" not in record["source"] and record["metric"] != "ttft_ms":
                writer.writerow(record)
        file.flush()
        validate(options.tangram, file.name, "--plot", str(plot))
    count = sum(missing.values())
    body = [
        MARKERS[0], "", "### Groups that are watched", "", *table("rows", headline), "",
        "![Predicted against measured](images/serving-accuracy.svg)", "",
        "### By publisher", "", *table("publisher", by_publisher), "",
        "### Against aiconfigurator 0.12.0 (predictions, static rows)", "", *table("models", grid), "",
        ranked, "", *table("system", collections.OrderedDict(sorted(by_system.items()))), "",
        "### What engines add to the curves", "", *engines(), "", "### Not expressed", "",
        f"{count} of {len(rows)} rows:", "", *[f"- {n} ×: {reason}" for reason, n in missing.most_common()], "",
        MARKERS[1],
    ]
    PAGE.write_text(with_section(PAGE.read_text(), MARKERS, "\n".join(body)))


if __name__ == "__main__":
    main()
