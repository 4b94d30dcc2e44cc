#!/usr/bin/env python3
"""Fits the efficiency curves of operators and writes them with their held-out error.

  scripts/fit-curves.py [--measured FOLDER] [--check]

Reads the operator tables (by default ../shared/measured/operators beside the repository), fits
each curve on half of its points, judges it on the other half, and writes
Sources/CCatalogueData/data/curves.json and the table between the markers of docs/accuracy.md.
Which half a point is in depends on a hash of its shape, so that a second run gives the same
files; of points that differ in their size alone, every second one is held out, because a hash may
hold out a whole range of sizes. With --check it writes nothing and fails where the files differ.

Needs Python 3.9 with numpy and scipy. The forms are described in docs/cost-model.md; they hold
nothing but + - * / and square roots, because the cost kernel evaluates them in SIMD lanes.
"""
import argparse, collections, csv, dataclasses, hashlib, itertools, json, pathlib, sys
import numpy as np
from scipy.optimize import least_squares

from accuracy_page import with_section

ROOT = pathlib.Path(__file__).resolve().parent.parent
DATA = ROOT / "Sources/CCatalogueData/data"
SOURCE = "aiconfigurator-core 0.12.0 (PyPI, Apache-2.0, NVIDIA), systems/data"
RETRIEVED = "2026-11-23"

# The system of the tables, our accelerator, its architecture, multiprocessors
# (NVIDIA data sheets; Intel's for the B60) and L2 cache in bytes.
SYSTEMS = {
    "a100_sxm": ("a100-sxm-80gb", "Ampere", 108, 40e6),
    "h100_sxm": ("h100-sxm-80gb", "Hopper", 132, 50e6),
    "h200_sxm": ("h200-sxm-141gb", "Hopper", 132, 50e6),
    "b200_sxm": ("b200-sxm-180gb", "Blackwell", 148, 126e6),
    "b300_sxm": ("b300-sxm-288gb", "Blackwell Ultra", 148, 126e6),
    "gb200": ("gb200-nvl72", "Blackwell+Grace", 148, 126e6),
    "gb300": ("gb300-nvl72", "Blackwell Ultra+Grace", 148, 126e6),
    "l40s": ("l40s", "Ada", 142, 96e6),
    "rtx_pro_6000_server": ("rtx-pro-6000-blackwell", "Blackwell (GB202)", 188, 128e6),
    "b60": ("arc-pro-b60", "Battlemage", 20, 18e6),
}

# Bytes of an activation, weight and result; the format whose peak counts; our name.
GEMM_FORMATS = {
    "bfloat16": (2, 2, 2, "bf16_flops", "bf16"),
    "fp8": (1, 1, 2, "fp8_flops", "fp8"),
    "fp8_block": (1, 1, 2, "fp8_flops", "fp8-block"),
    "nvfp4": (0.5625, 0.5625, 2, "fp4_flops", "fp4"),
    "int4_wo": (2, 0.53, 2, "bf16_flops", "int4"),
    "sq": (1, 1, 2, "int8_ops", "int8"),
}
MOE_FORMATS = {
    "bfloat16": (2, "bf16_flops", "bf16"),
    "fp8": (1, "fp8_flops", "fp8"),
    "fp8_block": (1, "fp8_flops", "fp8-block"),
    "nvfp4": (0.5625, "fp4_flops", "fp4"),
    "int4_wo": (0.53, "bf16_flops", "int4"),
    "w4a16_mxfp4": (0.53, "bf16_flops", "mxfp4"),
}
KV_FORMATS = {"bfloat16": (2, "bf16"), "fp8": (1, "fp8")}

# A kernel as slow as this against the fastest one is not what a tuned engine runs, alone or as the
# best there is for a shape that no other one was measured on.
SANE_SLOWDOWN = 1.15
TUNED_SLOWDOWN = 1.3
LEAST = "least of all"

# Dividing the experts over 8 ranks leaves an eighth of the work. A kernel that still takes more than
# this share of the time computes tokens for experts of other ranks too; its rows of divided experts
# say nothing about kernels that do not.
UNDIVIDED_SHARE = 0.33

# Weights that no cache holds.
UNCACHED_BYTES = 200e6

# Whose curves a card takes that has none of its own: the nearest relative that was measured.
RELATIVES = {
    "h200_sxm": "h100_sxm", "h100_sxm": "h200_sxm", "b200_sxm": "b300_sxm",
    "b300_sxm": "b200_sxm", "gb200": "b200_sxm", "gb300": "b300_sxm",
    "l40s": "rtx_pro_6000_server", "rtx_pro_6000_server": "l40s", "a100_sxm": "h100_sxm",
    "b60": "l40s",
}


def is_odd(shape):
    key = ",".join("%g" % v for v in shape)
    return hashlib.sha256(key.encode()).digest()[0] & 1 == 1


def held_out(kernels):
    """The shapes that no curve of these kernels is fitted to."""
    shapes = sorted({shape for points in kernels.values() for shape in points})
    if sum(len(set(values)) > 1 for values in zip(*shapes)) == 1:
        return set(shapes[1::2])
    return {shape for shape in shapes if is_odd(shape)}


def parse_bandwidth(text):
    number, unit = text.split()
    return float(number) * {"GB/s": 1e9, "TB/s": 1e12}[unit]


def norm(a, b, power):
    return (a**power + b**power) ** (1 / power)


class Tables:
    def __init__(self, folder):
        self.folder = folder
        with open(folder / "system_specs.csv") as file:
            self.specs = {row["system"]: row for row in csv.DictReader(file)}
        entries = json.loads((DATA / "accelerators.json").read_text())
        self.bandwidths = {
            entry["id"]: parse_bandwidth(entry["memory-bandwidth"]) for entry in entries}

    def bandwidth(self, system):
        """The catalogue's, which curves are relative to."""
        return self.bandwidths[SYSTEMS[system][0]]

    def number(self, system, key):
        return float(self.specs[system][key] or 0)

    def read(self, name, cell, shape, kernel, keep=lambda row: True):
        """cell -> kernel -> shape -> seconds, the least where a shape was measured twice."""
        cells = collections.defaultdict(lambda: collections.defaultdict(dict))
        with open(self.folder / name) as file:
            for row in csv.DictReader(file):
                if not keep(row) or row["system"] not in SYSTEMS:
                    continue
                points = cells[tuple(row[k] for k in cell)][row[kernel]]
                point = tuple(float(row[k]) for k in shape)
                seconds = float(row["latency_us"]) * 1e-6
                points[point] = min(seconds, points.get(point, np.inf))
        return cells


def least_of(kernels):
    least = {}
    for points in kernels.values():
        for shape, seconds in points.items():
            least[shape] = min(seconds, least.get(shape, np.inf))
    return least


def candidates(kernels):
    """The kernels that are near the fastest, and the least of all point by point, on shapes that a
    tuned one was measured on."""
    least = least_of(kernels)
    held = held_out(kernels)
    slowdowns = {}
    for name, points in kernels.items():
        shared = [s for s in points if s not in held
                  and sum(s in other for other in kernels.values()) > 1]
        slowdowns[name] = np.exp(np.mean([np.log(points[s] / least[s]) for s in shared] or [0]))
    tuned = [points for n, points in kernels.items() if slowdowns[n] <= TUNED_SLOWDOWN]
    if tuned:
        least = {s: seconds for s, seconds in least.items() if any(s in p for p in tuned)}
    result = {LEAST: least}
    for name, points in kernels.items():
        train = [s for s in points if s not in held]
        if len(points) >= 0.7 * len(least) and train and slowdowns[name] <= SANE_SLOWDOWN:
            result[name] = points
    return result


@dataclasses.dataclass
class Cell:
    """The measurements of one operator on one system, and the curve they are to fit."""

    kernels: dict
    model: object
    names: list
    start: list
    low: list
    high: list
    powers: tuple

    def fit(self):
        return fit(*(getattr(self, f.name) for f in dataclasses.fields(self)))

    def errors(self, kernel, entry):
        """Errors of another system's curve on the points of `kernel` held out here."""
        points = candidates(self.kernels)[kernel]
        apart = held_out(self.kernels)
        held = [s for s in points if s in apart]
        x = [entry["parameters"].get(n, 0) for n in self.names]
        seconds = np.array([points[s] for s in held])
        shapes = np.array(held).T
        return np.abs(self.model(x, shapes, entry["parameters"]["power"]) / seconds - 1)


def fit(kernels, model, names, start, low, high, powers):
    """Fits on one half; the kernel and the power are chosen by that half alone."""
    best = None
    apart = held_out(kernels)
    for kernel, points in sorted(candidates(kernels).items()):
        shapes = np.array(list(points)).T
        seconds = np.array(list(points.values()))
        held = np.array([s in apart for s in points])
        if (~held).sum() < len(low) or held.sum() == 0:
            continue
        train, target = shapes[:, ~held], seconds[~held]
        starts = start if isinstance(start[0], list) else [start]
        for power, first in itertools.product(powers, starts):
            found = least_squares(
                lambda x: np.log(model(x, train, power) / target),
                first, bounds=(low, high), loss="soft_l1", f_scale=0.05)
            error = np.median(np.abs(model(found.x, train, power) / target - 1))
            score = found.cost / len(target)
            if best is None or score < best[0]:
                test = np.abs(model(found.x, shapes[:, held], power) / seconds[held] - 1)
                best = (score, found.x, power, kernel, (~held).sum(), test, error)
    if best is None:
        return None
    _, x, power, kernel, count, test, error = best
    parameters = {n: float("%.4g" % (v if v > 1e-6 else 0)) for n, v in zip(names, x)}
    parameters["power"] = power
    return {
        "parameters": parameters, "kernel": kernel, "fitted": int(count),
        "residual": round(float(error), 4), "held-out": int(len(test)),
        "median": round(float(np.median(test)), 4),
        "p90": round(float(np.quantile(test, 0.9)), 4),
    }


def gemm_model(spec, peak, bandwidth, multiprocessors, cache):
    ba, bw, bo = spec

    def model(x, shape, power):
        m, n, k = shape
        launch, compute, memory, ramp, wave, hot, cast, share, depth = x
        tiles = np.ceil(m / 128) * np.ceil(n / 128)
        split = np.maximum(
            1, np.minimum(np.floor(multiprocessors / tiles), np.floor(k / 1024)))
        waves = np.ceil(tiles * split / multiprocessors)
        padding = waves * multiprocessors * 16384 / (split * m * n)
        flop = 2 * m * n * k / (compute * peak) * (1 - wave + wave * padding) * (1 + ramp / k)
        data = m * k * ba + n * k * bw + m * n * bo
        resident = np.clip((cache * share - data) / (0.5 * cache * share), 0, 1)
        move = data / (memory * bandwidth * (1 + hot * resident))
        work = np.maximum(norm(flop, move, power), depth * 1e-9 * k)
        return launch * 1e-6 + work + cast * 3 * m * k / bandwidth

    return model


def fit_gemm(tables):
    for (system, dtype), kernels in sorted(
        tables.read("gemm.csv", ["system", "gemm_dtype"], ["m", "n", "k"], "framework").items()
    ):
        if dtype not in GEMM_FORMATS:
            continue
        ba, bw, bo, peak, name = GEMM_FORMATS[dtype]
        _, _, multiprocessors, cache = SYSTEMS[system]
        model = gemm_model((ba, bw, bo), tables.number(system, peak),
                           tables.bandwidth(system), multiprocessors, cache)
        casts = 1e-9 if ba == 2 else 6
        yield system, "gemm", name, Cell(
            kernels, model,
            ["launch-us", "compute", "memory", "k-ramp", "wave", "cache", "cast", "cache-share",
             "depth-ns"],
            # Where operands stay in the cache has two answers that are each best near itself.
            [[4, 0.75, 0.8, 50, 0.3, hot, casts / 10, share, 1]
             for hot, share in ((0.2, 1), (5, 0.4))],
            [0, 0.05, 0.3, 0, 0, 0, 0, 0.2, 0], [60, 1.3, 1.3, 3000, 1, 30, casts, 1, 20],
            (1, 2, 4))


def undivided(tables):
    """Kernels that do not leave out tokens for experts of other ranks."""
    keys = ["system", "moe_dtype", "kernel_source", "version"]
    times = tables.read(
        "moe.csv", keys, ["num_tokens", "hidden_size", "inter_size", "topk", "num_experts"],
        "moe_ep_size", lambda row: row["distribution"] == "balanced"
        and row["moe_tp_size"] == "1" and int(row["num_tokens"]) >= 1024)
    result = set()
    for cell, ranks in times.items():
        for count in ("8", "32"):
            shares = [ranks[count][s] / ranks["1"][s] for s in ranks.get(count, {})
                      if s in ranks.get("1", {})]
            if shares and np.median(shares) > UNDIVIDED_SHARE:
                result.add(cell)
    return result


def as_routed(points, width, bandwidth):
    """Without models whose weights would have to be read faster than memory can: a routing that
    limits groups of experts touches fewer of them under a balanced load than the columns say."""
    def is_impossible(shape, seconds):
        tokens, hidden, inner, top, experts, tp, ep = shape
        weights = min(experts, tokens * top) / ep * 3 * hidden * inner / tp * width
        return tokens * top >= ep and weights > max(UNCACHED_BYTES, seconds * bandwidth)

    bad = {s[1:] for s, seconds in points.items() if is_impossible(s, seconds)}
    return {s: seconds for s, seconds in points.items() if s[1:] not in bad}


def fit_moe(tables):
    shape = ["num_tokens", "hidden_size", "inter_size", "topk", "num_experts", "moe_tp_size",
             "moe_ep_size"]
    bad = undivided(tables)

    def keep(row):
        cell = tuple(row[k] for k in ("system", "moe_dtype", "kernel_source", "version"))
        return row["distribution"] == "balanced" and (row["moe_ep_size"] == "1" or cell not in bad)

    for (system, dtype), kernels in sorted(
        tables.read("moe.csv", ["system", "moe_dtype"], shape, "kernel_source", keep).items()
    ):
        if dtype not in MOE_FORMATS:
            continue
        width, peak_key, name = MOE_FORMATS[dtype]
        peak, bandwidth = tables.number(system, peak_key), tables.bandwidth(system)
        size = SYSTEMS[system][3]
        routed = {k: as_routed(points, width, bandwidth) for k, points in kernels.items()}
        kernels = {k: points for k, points in routed.items() if points}

        def model(x, z, power, peak=peak, bandwidth=bandwidth, width=width, size=size):
            tokens, hidden, inner, top, experts, tp, ep = z
            launch, compute, memory, each, ramp, near, far, hot = x
            inner, local = inner / tp, experts / ep
            sent = np.maximum(1, tokens * top / ep)
            touched = np.minimum(local, sent)
            flop = 6 * sent * hidden * inner / (compute * peak) * (1 + ramp * touched / sent)
            data = touched * 3 * hidden * inner * width
            resident = np.clip((size - data) / (0.5 * size), 0, 1)
            move = data / (memory * bandwidth * (1 + hot * resident))
            shuffle = (sent * (4 * hidden + 6 * inner) * near
                       + tokens * (top + 1) * hidden * 2 * far) / bandwidth
            return (launch + each * touched) * 1e-6 + norm(flop, move, power) + shuffle

        yield system, "moe", name, Cell(
            kernels, model, ["launch-us", "compute", "memory", "expert-us", "row-ramp", "near",
                             "far", "cache"],
            [20, 0.5, 0.7, 0.1, 10, 1, 0.3, 0.3], [0, 0.02, 0.1, 0, 0, 0, 0, 0],
            [300, 1.5, 1.3, 5, 600, 10, 10, 20], (1, 2, 4))


def fit_prefill(tables):
    shape = ["batch_size", "isl", "num_heads", "num_key_value_heads", "head_dim"]
    for (system, dtype, cache), kernels in sorted(
        tables.read("attn_prefill.csv", ["system", "attn_dtype", "kv_cache_dtype"], shape,
                    "framework").items()
    ):
        width, name = KV_FORMATS[cache]
        peak = tables.number(system, "bf16_flops" if dtype == "bfloat16" else "fp8_flops")
        bandwidth = tables.bandwidth(system)

        def model(x, z, power, peak=peak, bandwidth=bandwidth, width=width):
            batch, length, heads, shared, dim = z
            launch, compute, memory, ramp, tiles = x
            flop = 2 * batch * length**2 * heads * dim / (compute * peak)
            flop = flop * (1 + ramp / length) * (1 + tiles / (batch * heads * length / 128))
            move = batch * length * dim * (4 * heads + 2 * shared * width) / (memory * bandwidth)
            return launch * 1e-6 + norm(flop, move, power)

        compute = "bf16" if dtype == "bfloat16" else "fp8"
        yield system, "attention-prefill", f"{compute}, kv {name}", Cell(
            kernels, model, ["launch-us", "compute", "memory", "length-ramp", "tile-ramp"],
            [8, 0.6, 0.5, 100, 10], [0, 0.02, 0.01, 0, 0], [80, 1.5, 3, 10000, 2000], (1, 2, 4))


def fit_decode(tables):
    shape = ["batch_size", "kv_len", "num_heads", "num_key_value_heads", "head_dim"]
    for (system, cache), kernels in sorted(
        tables.read("attn_decode.csv", ["system", "kv_cache_dtype"], shape, "framework").items()
    ):
        width, name = KV_FORMATS[cache]
        peak, bandwidth = tables.number(system, "bf16_flops"), tables.bandwidth(system)
        size = SYSTEMS[system][3]

        def model(
            x, z, power, peak=peak, bandwidth=bandwidth, width=width, size=size
        ):
            batch, length, heads, shared, dim = z
            launch, compute, memory, ramp, hot, share, split = x
            flop = 4 * batch * length * heads * dim / (compute * peak)
            data = 2 * batch * length * shared * dim * width + 4 * batch * heads * dim
            resident = np.clip((size * share - data) / (0.5 * size * share), 0, 1)
            move = data / (memory * bandwidth * (1 + hot * resident))
            # A long context is cut into parts; both their length and their number grow.
            serial = launch + split * np.sqrt(length / 1024)
            return serial * 1e-6 + norm(
                flop, move * (1 + ramp / (batch * shared * length / 64)), power)

        yield system, "attention-decode", f"kv {name}", Cell(
            kernels, model,
            ["launch-us", "compute", "memory", "tile-ramp", "cache", "cache-share", "length-us"],
            [[8, 0.2, 0.8, 100, hot, share, 1] for hot, share in ((0.3, 1), (3, 0.5))],
            [0, 0.005, 0.2, 0, 0, 0.2, 0], [80, 1.5, 1.2, 10000, 20, 1, 50], (1, 2, 4))


def fit_latent(tables, phase):
    shape = ["batch_size", "isl", "kv_len", "num_heads"]
    for (system, cache), kernels in sorted(
        tables.read("mla_kernel.csv", ["system", "kv_cache_dtype"], shape, "framework",
                    lambda row: row["phase"] == phase).items()
    ):
        width, name = KV_FORMATS[cache]
        peak, bandwidth = tables.number(system, "bf16_flops"), tables.bandwidth(system)

        def prefill(x, z, power, peak=peak, bandwidth=bandwidth, width=width):
            batch, new, length, heads = z
            launch, compute, memory, ramp, tiles, wave = x
            rows, columns = np.ceil(new / 128) * 128, np.ceil(length / 128) * 128
            pairs = new * (length - new) + new * new / 2
            padded = rows * (columns - rows) + rows * (rows + 128) / 2
            pairs = pairs * (1 - wave) + padded * wave
            flop = 2 * batch * heads * pairs * 320 / (compute * peak) * (1 + ramp / length)
            flop = flop * (1 + tiles / (batch * heads * np.ceil(new / 128)))
            move = batch * heads * 320 * (2 * new + width * length) / (memory * bandwidth)
            return launch * 1e-6 + norm(flop, move, power)

        def decode(x, z, power, peak=peak, bandwidth=bandwidth, width=width):
            batch, _, length, heads = z
            launch, compute, memory, head, tiles, split, wave, depth = x
            loop = depth * 1e-9 * length
            length = length * (1 - wave) + np.ceil(length / 128) * 128 * wave
            ramp = 1 + tiles / (batch * length / 64)
            flop = 2 * batch * length * heads * 1088 / (compute * peak) * (1 + head / heads)
            move = (batch * length * 576 * width + batch * heads * 2176) / (memory * bandwidth)
            return (launch + split * length / (length + 512)) * 1e-6 + np.maximum(
                norm(flop * ramp, move * ramp, power), loop)

        if phase == "prefill":
            found = Cell(
                kernels, prefill,
                ["launch-us", "compute", "memory", "length-ramp", "tile-ramp", "wave"],
                [10, 0.4, 0.6, 50, 5, 0.3], [0, 0.005, 0.02, 0, 0, 0],
                [120, 1.5, 1.2, 30000, 2000, 1], (1, 2, 4))
        else:
            found = Cell(
                kernels, decode,
                ["launch-us", "compute", "memory", "head-ramp", "tile-ramp", "split-us", "wave",
                 "depth-ns"],
                # Kernels that cut the context, and kernels whose one loop goes through all of it.
                [[10, 0.4, 0.6, 0.5, 0.5, 2, 0.3, depth] for depth in (0.5, 60)],
                [0, 0.005, 0.02, 0, 0, 0, 0, 0], [120, 1.5, 1.2, 300, 2000, 30, 1, 500],
                (1, 2, 4))
        yield system, f"mla-{phase}", f"kv {name}", found


def message_model(factor, rate):
    def model(x, z, power):
        size = z[0]
        launch, ramp, knee, bus = x
        return (launch + ramp * size / (size + knee * 1e6)) * 1e-6 + factor * size / (bus * rate)

    return model


MESSAGE_NAMES = ["launch-us", "ramp-us", "knee-mb", "bus"]
MESSAGE_BOUNDS = ([0.1, 0, 0.001, 0.001], [300, 3000, 300, 1.5])


def fit_collectives(tables):
    cells = collections.defaultdict(dict)
    nccl = tables.read("nccl.csv", ["system", "op_name", "num_gpus"], ["bytes"], "nccl_dtype",
                       lambda row: row["nccl_dtype"] == "half")
    own = tables.read("custom_allreduce.csv", ["system", "num_gpus"], ["bytes"], "implementation",
                      lambda row: "eager" not in row["implementation"])
    for (system, operator, ranks), kernels in nccl.items():
        cells[system, operator.replace("_", "-").replace("alltoall", "all-to-all"), ranks] = {
            "nccl": next(iter(kernels.values()))}
    for (system, ranks), kernels in own.items():
        # Engines take their own kernel for small messages and NCCL for large ones.
        merged = dict(cells.get((system, "all-reduce", ranks), {}).get("nccl", {}))
        for points in kernels.values():
            for shape, seconds in points.items():
                merged[shape] = min(seconds, merged.get(shape, np.inf))
        cells[system, "all-reduce-engine", ranks] = {"engine or nccl": merged}
    for (system, operator, ranks), kernels in sorted(cells.items()):
        count = int(ranks)
        factor = (count - 1) / count * (2 if operator.startswith("all-reduce") else 1)
        found = Cell(kernels, message_model(factor, tables.number(system, "intra_node_Bps")),
                    MESSAGE_NAMES, [8, 5, 0.3, 0.6], *MESSAGE_BOUNDS, (1,))
        yield system, operator, f"{count} ranks", found


# Bytes of an element on its way to and from experts: DeepEP sends fp8 with a scale of 4 bytes for
# 128 elements out and 16 bits back unless the table says otherwise; what comes back has 16 bits
# unless it is named low precision.
EXCHANGE_WIDTHS = {"bfloat16": 2, "fp8": 1 + 4 / 128, "nvfp4": 0.5625, "fp4": 0.5625}

# Libraries that send one copy of a token to every expert; the others send one to every rank or node.
COPYING = ("deepep_ll", "trtllm_deepep_ll")

# Cells that another source contradicts, so that predictions leave them out.
DISPUTED = {
    "deepep-normal default, 64 ranks, 8 nodes":
        "deepseek-ai/DeepEP README: 51 and 50 GB/s over 64 ranks of H800, where this table has 22 "
        "whatever the number of multiprocessors, and 45 over 32 ranks",
}

# A cell with as many models tells the terms apart that depend on the model.
MODEL_COUNT = 4


def exchange_model(names, width, ranks, nodes, merges, rate):
    """The seconds of one direction: of the ranks of one node, else of nodes."""
    places = nodes if nodes > 1 else ranks

    def model(x, z, power):
        tokens, hidden, top, experts = z
        p = dict(zip(names, x))
        other = 1 - 1 / places
        copies = (places - 1) * (1 - other**top) if merges else top * other
        size = (tokens + p.get("rows", 0)) * (hidden * width + 1e3 * p.get("head-kb", 0))
        size = size * (copies + p.get("own", 0))
        ramp = p.get("ramp-us", 0) * size / (size + 1e6 * p.get("knee-mb", 0))
        return (p["launch-us"] + p.get("expert-us", 0) * experts + ramp) * 1e-6 + size / (
            p["bus"] * rate)

    return model


def fit_dispatch(tables):
    shape = ["num_tokens", "hidden_size", "topk", "num_experts"]
    read = tables.read("moe_a2a.csv", ["system", "comm_backend", "phase", "comm_dtype", "ep_size",
                                       "node_num"], shape, "fw")
    cells = collections.defaultdict(dict)
    for (system, backend, phase, dtype, ranks, nodes), kernels in read.items():
        if "prepare" in phase or backend.startswith("deepep_v2") or int(ranks) < 2:
            continue
        step = "dispatch" if "dispatch" in phase else "combine"
        low = ", low precision" if "low_precision" in phase else ""
        cells[system, backend, step, (dtype or "default") + low, int(ranks), nodes].update(kernels)
    for (system, backend, step, dtype, ranks, nodes), kernels in sorted(cells.items()):
        wide = 2 if step == "combine" and "low" not in dtype else None
        width = wide or EXCHANGE_WIDTHS.get(dtype.split(",")[0], EXCHANGE_WIDTHS["fp8"])
        count = int(nodes or 1)
        rate = tables.number(system, "inter_node_Bps" if count > 1 else "intra_node_Bps")
        models = {s[1:] for points in kernels.values() for s in points}
        if len(models) >= MODEL_COUNT:
            names = ["launch-us", "expert-us", "rows", "own", "head-kb", "bus"]
            start, low, high = (
                [20, 0.01, 10, 0.5, 0.5, 0.5], [0.1, 0, 0, 0, 0, 0.001], [300, 0.5, 500, 4, 40, 3])
        else:
            names, start, (low, high) = MESSAGE_NAMES, [20, 20, 1, 0.3], MESSAGE_BOUNDS
        model = exchange_model(names, width, ranks, count, backend not in COPYING, rate)
        name = f"{backend.replace('_', '-')} {dtype}, {ranks} ranks"
        name += f", {nodes} nodes" if nodes else ""
        yield system, f"ep-{step}", name, Cell(
            kernels, model, names, start, low, high, (1,))


def main():
    parser = argparse.ArgumentParser(description=__doc__.split("\n")[0])
    parser.add_argument("--measured", type=pathlib.Path,
                        default=ROOT.parent / "shared/measured/operators")
    parser.add_argument("--check", action="store_true")
    options = parser.parse_args()
    if not options.measured.is_dir():
        sys.exit(f"fit-curves: no folder {options.measured}; name one with --measured")
    tables = Tables(options.measured)
    entries, cells = [], {}
    for system, operator, condition, cell in [
        *fit_gemm(tables), *fit_moe(tables), *fit_prefill(tables), *fit_decode(tables),
        *fit_latent(tables, "prefill"), *fit_latent(tables, "decode"), *fit_collectives(tables),
        *fit_dispatch(tables),
    ]:
        found = cell.fit()
        if found is None:
            print(f"fit-curves: too few points: {system} {operator} {condition}", file=sys.stderr)
            continue
        accelerator, architecture, multiprocessors, _ = SYSTEMS[system]
        waves = {"multiprocessors": multiprocessors} if operator == "gemm" else {}
        entries.append({"operator": operator, "accelerator": accelerator,
                        "architecture": architecture, "condition": condition, **waves, **found,
                        **({"disputed": DISPUTED[condition]} if condition in DISPUTED else {})})
        cells[system, operator, condition] = cell, entries[-1]
    for (system, operator, condition), (cell, entry) in cells.items():
        relative = cells.get((RELATIVES[system], operator, condition))
        if relative:
            error = cell.errors(entry["kernel"], relative[1])
            entry["left-out"] = {"from": SYSTEMS[RELATIVES[system]][0],
                                 "median": round(float(np.median(error)), 4),
                                 "p90": round(float(np.quantile(error, 0.9)), 4)}
    outputs = {
        DATA / "curves.json": to_json(entries),
        ROOT / "docs/accuracy.md": with_table(ROOT / "docs/accuracy.md", entries),
    }
    for path, text in outputs.items():
        if options.check:
            if not path.exists() or path.read_text() != text:
                sys.exit(f"fit-curves: {path.relative_to(ROOT)} is not what this script writes")
        else:
            path.write_text(text)


def to_json(entries):
    lines = [json.dumps(entry) for entry in entries]
    head = json.dumps({"source": SOURCE, "retrieved": RETRIEVED,
                       "method": "scripts/fit-curves.py"})[:-1]
    return head + ', "curves": [\n' + ",\n".join(lines) + "\n]}\n"


MARKERS = ("<!-- operators: written by scripts/fit-curves.py -->", "<!-- operators end -->")


def with_table(path, entries):
    rows = ["| operator | accelerator | condition | held-out points | median | p90 |",
            "| --- | --- | --- | --- | --- | --- |"]
    for e in entries:
        rows.append(f"| {e['operator']} | {e['accelerator']} | {e['condition']} | {e['held-out']} "
                    f"| {100 * e['median']:.1f} % | {100 * e['p90']:.1f} % |")
    good = [e for e in entries if e["median"] <= 0.08 and e["p90"] <= 0.25]
    summary = ["| operator | cells | median within 8 % and p90 within 25 % | median of medians |",
               "| --- | --- | --- | --- |"]
    for operator in dict.fromkeys(e["operator"] for e in entries):
        own = [e for e in entries if e["operator"] == operator]
        within = sum(e in good for e in own)
        middle = 100 * float(np.median([e["median"] for e in own]))
        summary.append(f"| {operator} | {len(own)} | {within} | {middle:.1f} % |")
    left = ["| operator | accelerator | curves of | cells | median of medians | median of p90 |",
            "| --- | --- | --- | --- | --- | --- |"]
    groups = collections.defaultdict(list)
    for e in entries:
        if "left-out" in e:
            groups[e["operator"], e["accelerator"], e["left-out"]["from"]].append(e["left-out"])
    for (operator, accelerator, donor), own in groups.items():
        medians = [100 * float(np.median([e[k] for e in own])) for k in ("median", "p90")]
        left.append(f"| {operator} | {accelerator} | {donor} | {len(own)} "
                    f"| {medians[0]:.1f} % | {medians[1]:.1f} % |")
    body = "\n".join([
        MARKERS[0], "", *summary, "", "### Without a card's own measurements", "", *left, "",
        "### Every cell", "", *rows, "", MARKERS[1]])
    text = path.read_text() if path.exists() else "# Accuracy\n\n" + "\n".join(MARKERS) + "\n"
    return with_section(text, MARKERS, body)


if __name__ == "__main__":
    main()
