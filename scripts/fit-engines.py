#!/usr/bin/env python3
"""Fits what serving engines add to the operator curves, and writes engines.json.

  scripts/fit-engines.py [--tangram EXECUTABLE] [--measured FOLDER] [--check]

Every run (rows of one source, configuration and load) belongs to one of two halves by a checksum; constants are fitted
to one half and judged on the other. Operators alone come from `tangram validate --engine ideal`, and without launch
costs from `--engine ideal-graph`.
"""
import argparse, collections, csv, json, pathlib, subprocess, sys, zlib
import numpy as np
from scipy.optimize import minimize

ROOT = pathlib.Path(__file__).resolve().parent.parent
TARGET = ROOT / "Sources/CCatalogueData/data/engines.json"

# What is known of the engines and not fitted: tokens of a prefill step and whether decoding rides on it (defaults of
# vLLM 0.11 to 0.19 with max_num_batched_tokens 8192, of SGLang's chunked_prefill_size 8192 and 16384, of TensorRT-LLM's
# max_num_tokens 8192), and the most sequences of a group.
ENGINES = {
    "trtllm-0.17": dict(name="TensorRT-LLM up to 0.17, compiled engines", chunk=8192, mixes=True, batch=4096),
    "trtllm-2025": dict(name="TensorRT-LLM 1.0 and 1.1, PyTorch", chunk=8192, mixes=True, batch=4096),
    "trtllm-2026": dict(name="TensorRT-LLM 1.2 and later", chunk=8192, mixes=True, batch=4096),
    "vllm-2025": dict(name="vLLM up to 0.14", chunk=8192, mixes=True, batch=1024),
    "vllm-2026": dict(name="vLLM 0.15 and later", chunk=8192, mixes=True, batch=1024),
    "sglang-2025": dict(name="SGLang up to 0.5.8", chunk=16384, mixes=False, batch=4096),
    "sglang-2026": dict(name="SGLang 0.5.9 and later", chunk=16384, mixes=False, batch=4096),
    "atom-2026": dict(name="AMD ATOM", chunk=16384, mixes=False, batch=1024),
}
# Drafts and their acceptance where a row names neither, chosen on half of the runs with MTP.
DRAFTS = {"trtllm-2025": (3, 0.6), "sglang-2025": (3, 0.4), "sglang-2026": (3, 0.5)}
# Decode stretch, launch share, host per step (ms), host per sequence (ms), prefill stretch, host per prompt (ms).
PRIOR = np.array([1.0, 0.7, 0.2, 0.01, 1.1, 0.5])
# How far from the prior costs as much as an error of 1 %, in factors of e; weights of small groups.
PULL = np.array([0.1, 0.04, 0.002, 0.001, 0.1, 0.001])
LEAST_ROWS = 10
# Requests of a run of TensorRT-LLM's tables by answer (docs/source/performance/perf-overview.md): a run of hardly two
# full batches says nothing of the steady state.
RUNS = {"128": 30000, "1000": 3000, "1024": 3000}
LEAST_WAVES = 4
# Whose accelerators an engine usually serves on.
USUAL = {"vllm-2026": ["NVIDIA", "*"], "sglang-2026": ["AMD"], "cann-2026": ["Huawei"]}
COLLECTIVES = ("tensor-parallel collectives", "expert-parallel all-to-all")


def seconds(parts):
    return {part["cause"]: 1e3 * part["seconds"] for part in parts}


class Row:
    """One measurement with what its operators take, in ms."""

    def __init__(self, row, engine, ideal, graph):
        self.row, self.metric, self.measured = row, row["metric"], float(row["value"])
        self.engine, self.architecture = engine, ideal["architecture"]
        decode, bare = seconds(ideal["breakdown"]), seconds(graph["breakdown"])
        interleaved = decode.pop("interleaved prefill", 0)
        bare.pop("interleaved prefill", 0)
        self.device, self.launches = sum(bare.values()), sum(decode.values()) - sum(bare.values())
        self.attention = decode.get("attention", 0)
        prompt, prompt_bare = seconds(ideal["prefillBreakdown"]), seconds(graph["prefillBreakdown"])
        prompt.pop("queueing", 0), prompt_bare.pop("queueing", 0)
        self.prompt_device = sum(prompt_bare.values())
        self.prompt_launches = sum(prompt.values()) - self.prompt_device
        self.batch, self.limit = max(1, ideal["batch"] or 1), ideal["batchLimit"]
        self.groups = 1
        for word in (ideal["layout"] or "").split():
            if word.startswith("DP"):
                self.groups = int(word[2:])
        self.prompt, self.answer = int(row["isl"]), int(row["osl"])
        if row["concurrency_or_batch"].isdigit():
            self.clients = float(row["concurrency_or_batch"])
        else:
            # Throughput of a full replica, as the time of a token of each of its sequences.
            self.clients, self.metric = self.batch, "tpot_ms"
            count = float(row["num_accel"]) if self.metric_is_each(row) else 1
            rate = self.measured * count / self.answer
            self.measured = 1e3 * self.batch / rate / max(1, self.answer - 1)
        self.prefill = interleaved * max(1, self.answer - 1) / self.batch
        if row["disagg"] == "y":
            self.prefill, self.clients = 0, self.batch
        self.is_mean = row["notes"].startswith("MEAN")
        run = "".join(row[key] for key in (
            "source", "engine_version", "model", "accelerator", "concurrency_or_batch", "tp", "pp", "isl", "osl"))
        self.is_fitted = zlib.crc32(run.encode()) % 2 == 0
        self.group = (row["model"], row["accelerator"], row["precision"][:12])


    @staticmethod
    def metric_is_each(row):
        return row["metric"].endswith("per_gpu")


def token_ms(row, x, entry):
    stretch, launch, host, each, prefill, prompt = x
    step = max(stretch * (row.device + launch * row.launches), each * row.batch / row.groups) + host
    share = row.prompt_device + launch * row.prompt_launches
    whole = row.prompt_device + row.prompt_launches
    per_request = row.prefill * prefill * share / whole if whole > 0 else 0
    per_request += prompt / row.groups
    steps = max(1, row.answer - 1)
    if row.prefill == 0:
        per_request = 0
    total = row.batch * per_request
    if entry["mixes"]:
        chunks = max(1, -(-row.prompt // entry["chunk"])) / max(1, entry["chunk"] // row.prompt) / row.groups
        carried = row.attention + row.batch / row.groups / entry["chunk"] * per_request / max(chunks, 1e-9) / row.groups
        total = max(0, total - max(0, step - carried) * min(steps, row.batch * chunks))
    return step + total / steps, per_request, step


def fit_tokens(rows, entry, prior):
    # Few rows say little against what is usual.
    pull = PULL * max(1, 40 / max(1, len(rows)))

    def cost(log):
        x = np.exp(log)
        errors = [abs(token_ms(row, x, entry)[0] / row.measured - 1) for row in rows]
        return np.mean(np.minimum(errors, 1)) + np.sum(pull * (log - np.log(prior)) ** 2)
    best = None
    for start in (prior, prior * [0.9, 0.6, 3, 3, 1.2, 2], prior * [1, 1, 1, 2, 0.8, 8]):
        found = minimize(cost, np.log(start), method="Nelder-Mead",
                         options=dict(maxiter=3000, fatol=1e-6, xatol=1e-4))
        if best is None or found.fun < best.fun:
            best = found
    return np.exp(best.x)


def first_ms(row, x, tokens, entry):
    host, bunching, steps = x
    stretch, launch, _, _, prefill, prompt = tokens
    _, per_request, step = token_ms(row, tokens, entry)
    alone = prefill * (row.prompt_device + launch * row.prompt_launches) + prompt
    wave = per_request * (row.clients - 1) / 2
    waiting = steps * step * (row.clients - 1) / row.clients
    return host + alone + waiting + bunching * wave + (0.1 * wave if row.is_mean else 0)


FIRST_PRIOR = np.array([40, 0.05, 3.0])


def fit_first(rows, factors, entry, prior, bunching=None):
    def cost(log):
        x = np.exp(log)
        if bunching is not None:
            x[1] = bunching
        misses = [min(2, abs(np.log(first_ms(row, x, factors(row), entry) / row.measured))) for row in rows]
        return np.mean(misses) + np.sum(0.01 * (log - np.log(prior)) ** 2)
    found = minimize(cost, np.log(prior), method="Nelder-Mead", options=dict(maxiter=2000))
    x = np.exp(found.x)
    if bunching is not None:
        x[1] = bunching
    return x


def errors(rows, value):
    return np.array([abs(value(row) / row.measured - 1) for row in rows])


def median(values):
    return round(float(np.median(values)), 4) if len(values) else None


def number(value, digits=3):
    return float(f"{value:.{digits}g}")


def inherited(fitted):
    """What an engine without runs of its own takes of those that have them: medians."""
    return {key: number(float(np.median([entry[key] for entry in fitted])))
            for key in ("launch-share", "decode-stretch", "prefill-stretch")}


def fit_ascend(records, ideal, graph, named, start):
    """Decode stretch and launch share of CANN's recipes, on half of their runs."""
    rows = []
    for record in records:
        found = ideal[record["id"]]
        # Rows of the 950 are simulations.
        if (named[record["id"]] != "cann-2026" or record["metric"] != "tpot_ms" or "950" in record["accelerator"]
                or found["predicted"] is None):
            continue
        device, bare = seconds(found["breakdown"]), seconds(graph[record["id"]]["breakdown"])
        device.pop("interleaved prefill", 0), bare.pop("interleaved prefill", 0)
        total, least = sum(device.values()), sum(bare.values())
        run = "".join(record[key] for key in ("source", "model", "accelerator", "precision", "num_accel",
                                              "concurrency_or_batch"))
        rows.append((least, total - least, float(record["value"]), zlib.crc32(run.encode()) % 2 == 0))
    half, rest = [r for r in rows if r[3]], [r for r in rows if not r[3]]

    def misses(x, members):
        return np.array([abs(x[0] * (r[0] + x[1] * r[1]) / r[2] - 1) for r in members])

    def cost(log):
        x = np.exp(log)
        return np.mean(np.minimum(misses(x, half), 1)) + np.sum(np.array([0.1, 0.04]) * (log - np.log(start)) ** 2)
    x = np.exp(minimize(cost, np.log(start), method="Nelder-Mead", options=dict(maxiter=2000)).x)
    spread = float(np.quantile([max(a * (r[0] + b * r[1]) / r[2], r[2] / (a * (r[0] + b * r[1])))
                                for a, b in [x] for r in rest], 0.8)) - 1
    print(f"cann-2026: {len(half)} fitted {np.median(misses(x, half)):.3f}, {len(rest)} held out "
          f"{np.median(misses(x, rest)):.3f}, before {np.median(misses((1, 1), rest)):.3f}; {x}, 80 % within {spread:.3f}")
    return {"decode-stretch": number(x[0]), "launch-share": number(x[1]), "uncertainty": number(spread)}


def validate(tangram, measured, engine):
    more = ["--engine", engine] if engine else []
    output = subprocess.run([tangram, "validate", str(measured / "inference.csv"), "--format", "json", *more],
                            check=True, capture_output=True, text=True).stdout
    return {row["id"]: row for row in json.loads(output)["rows"]}


def main():
    parser = argparse.ArgumentParser(description=__doc__.split("\n")[0])
    parser.add_argument("--tangram", default=str(ROOT / ".build/debug/tangram"))
    parser.add_argument("--measured", type=pathlib.Path, default=ROOT.parent / "shared/measured")
    parser.add_argument("--check", action="store_true", help="print errors, write nothing")
    options = parser.parse_args()
    ideal = validate(options.tangram, options.measured, "ideal")
    graph = validate(options.tangram, options.measured, "ideal-graph")
    named = {key: row["stack"] for key, row in validate(options.tangram, options.measured, None).items()}
    rows = []
    for record in csv.DictReader(open(options.measured / "inference.csv")):
        found = ideal[record["id"]]
        if found["predicted"] is None or not record["osl"]:
            continue
        # Where prefill is apart, decode steps are those of the engine; the rest is another system's.
        if record["disagg"] == "y" and record["metric"] != "tpot_ms":
            continue
        if "spec=mtp" in record["notes"] or named[record["id"]] not in ENGINES:
            continue
        # Delta nets are costed as windowed attention and sparse indexers as a roofline: no ground to
        # judge an engine by.
        if any(word in record["model"] for word in ("Qwen3.5", "GLM-5", "V3.2", "V4")):
            continue
        # The vendor's sample of SGLang ran with a host time of 12 ms a step that no other run has.
        if "gap" in record["source"] and named[record["id"]].startswith("sglang"):
            continue
        is_full = record["concurrency_or_batch"].startswith("inf")
        if not is_full and (record["metric"] not in ("tpot_ms", "ttft_ms")
                            or not record["concurrency_or_batch"].isdigit()):
            continue
        row = Row(record, named[record["id"]], found, graph[record["id"]])
        if is_full:
            requests = RUNS.get(record["osl"], 1500)
            if requests < LEAST_WAVES * row.limit:
                continue
        # A row that memory bounds says nothing of the engine, nor does one that barely fits.
        if row.limit >= 16 if is_full else row.clients <= row.limit:
            rows.append(row)
    document = json.loads(TARGET.read_text())
    kept = [entry for entry in document["engines"] if entry["id"] not in ENGINES]
    fitted = []
    for name, entry in ENGINES.items():
        own = [row for row in rows if row.engine == name]
        tokens = [row for row in own if row.metric == "tpot_ms"]
        firsts = [row for row in own if row.metric == "ttft_ms"]
        common = PRIOR
        groups = collections.defaultdict(list)
        for row in tokens:
            groups[row.architecture].append(row)
        if tokens:
            common = fit_tokens([row for row in tokens if row.is_fitted], entry, PRIOR)
        factors, items = {}, []
        for architecture, members in sorted(groups.items()):
            half = [row for row in members if row.is_fitted]
            rest = [row for row in members if not row.is_fitted]
            # Decode apart varies more: it takes more rows to tell an architecture from the rest.
            apart = sum(row.row["disagg"] == "y" for row in half)
            if len(half) < (LEAST_ROWS if 2 * apart > len(half) else LEAST_ROWS // 2):
                continue
            prior = common.copy()
            found = fit_tokens(half, entry, prior)
            # The host is the engine's, whatever the card.
            found[2:4], found[5] = common[2:4], common[5]
            factors[architecture] = found
            value = lambda row, x=found: token_ms(row, x, entry)[0]
            items.append({
                "architecture": architecture, "launch-share": number(found[1]),
                "decode-stretch": number(found[0]), "prefill-stretch": number(found[4]),
                "fitted": len(half), "held-out": len(rest), "median": median(errors(half, value)),
                "held-out-median": median(errors(rest, value))})
        of = lambda row: factors.get(row.architecture, common)
        half = [row for row in firsts if row.is_fitted]
        first = fit_first(half, of, entry, FIRST_PRIOR) if half else FIRST_PRIOR
        first_of = {}
        for item in items:
            mine = [row for row in half if row.architecture == item["architecture"]]
            own_first = first
            if len(mine) >= LEAST_ROWS // 2:
                own_first = fit_first(mine, of, entry, first, bunching=first[1])
            first_of[item["architecture"]] = own_first
            item["host-per-request"] = f"{number(own_first[0])} ms"
            item["steps-before-prefill"] = number(own_first[2])
        held = [row for row in tokens if not row.is_fitted]
        value = lambda row: token_ms(row, of(row), entry)[0]
        spread = 1.0
        if held:
            # 80 % of rows that were not fitted to lie within.
            ratios = [max(value(row) / row.measured, row.measured / value(row)) for row in held]
            spread = float(np.quantile(ratios, 0.8)) - 1
            firsts_held = [row for row in firsts if not row.is_fitted]
            ttft = errors(firsts_held, lambda row: first_ms(
                row, first_of.get(row.architecture, first), of(row), entry))
            error = errors(held, value)
            ttft = ttft if len(ttft) else [float("nan")]
            print(f"{name}: TPOT {len(held)} rows held out, median {np.median(error):.3f}, mean "
                  f"{error.mean():.3f}, p90 {np.quantile(error, .9):.3f}; TTFT {len(ttft)}, median "
                  f"{np.median(ttft):.3f}; 80 % within {spread:.3f}; common {np.round(common, 3)} {np.round(first, 3)}")
            for item in items:
                print("   ", item)
        fitted.append({
            "id": name, "name": entry["name"], "prefill-chunk": entry["chunk"],
            "mixes-prefill": entry["mixes"], "overlaps-batches": name.startswith("sglang"), "batch-limit": entry["batch"],
            "host-per-step": f"{number(common[2])} ms", "host-per-sequence": f"{number(1e3 * common[3])} us",
            "host-per-prompt": f"{number(common[5])} ms", "host-per-request": f"{number(first[0])} ms",
            "steps-before-prefill": number(first[2]), "launch-share": number(common[1]), "decode-stretch": number(common[0]),
            "prefill-stretch": number(common[4]), "bunching": number(first[1]), "expert-imbalance": 1,
            "acceptance": DRAFTS.get(name, (1, 0.8))[1], "drafts": DRAFTS.get(name, (1, 0.8))[0], "uncertainty": number(spread), "factors": items,
            **({"usual-for": USUAL[name]} if name in USUAL else {}),
            "source": "half of the runs of InferenceX, of aiconfigurator-core 0.12.0 silicon_sample.csv and of "
                      "TensorRT-LLM's perf-overview.md"})
    common = inherited(fitted)
    records = list(csv.DictReader(open(options.measured / "inference.csv")))
    start = np.array([common["decode-stretch"], common["launch-share"]])
    for entry in kept:
        if entry["id"] == "cann-2026":
            entry.update(common)
            entry.update(fit_ascend(records, ideal, graph, named, start))
            entry["source"] = "half of the decode runs of CANN's recipes and of vLLM on Ascend; prefill as other engines"
        if entry["id"] == "deepseek-2026":
            entry.update(common)
            entry["source"] = "medians of the fitted engines; two-batch overlap, DeepSeek-V3, arXiv 2412.19437, §3.4"
    if not options.check:
        lines = ",\n".join(json.dumps(entry) for entry in fitted + kept)
        TARGET.write_text(f'{{"method": "scripts/fit-engines.py", "engines": [\n{lines}\n]}}\n')


if __name__ == "__main__":
    main()
