#!/usr/bin/env python3
"""Writes ClusterSpecs/hyperscale.yaml: 100,000 accelerators of 8 kinds and 10,000 jobs.

Deterministic: the same seed gives the same bytes on every machine. Only `Random.random()` is used,
whose sequence Python guarantees, and amounts are rounded to three digits.

    scripts/generate-hyperscale.py > ClusterSpecs/hyperscale.yaml
"""

import random

SEED = 20261124
JOB_COUNT = 10_000
# Demand is drawn until it is this many times what the cluster can do, by the peaks below.
LOAD = 1.2

# Pool, site, accelerator, nodes, per node, dense BF16 TFLOP/s (to size demand by, nothing else),
# price, scale-up, scale-out.
POOLS = [
    ("h100", "ams", "h100-sxm-80gb", 3026, 8, 989, 2.20, None, "{link: ib-ndr400, nics: 8, rails: 8, oversubscription: 2}"),
    ("h200", "ams", "h200-sxm-141gb", 1500, 8, 989, 2.90, None, "{link: ib-ndr400, nics: 8, rails: 8}"),
    ("b200", "osl", "b200-sxm-180gb", 1000, 8, 2250, 4.10, None, "{link: ib-ndr400, nics: 8, rails: 8}"),
    ("gb200", "osl", "gb200-nvl72", 1800, 4, 2500, 4.60, None, "{link: ib-ndr400, nics: 4, rails: 4}"),
    ("mi300x", "ams", "mi300x", 1000, 8, 1307, 1.90, None, "{link: roce-400-tuned, nics: 8, rails: 8}"),
    ("rtx-pro", "osl", "rtx-pro-6000-blackwell", 1250, 8, 468, 1.10, "none", "{link: roce-400-default, nics: 2, rails: 2, oversubscription: 2}"),
    ("ascend-910b", "sin", "ascend-910b3", 2000, 8, 295, 0.95, None, "{link: ub-a2-roce, nics: 8, rails: 8}"),
    ("ascend-910c", "sin", "ascend-910c-die", 912, 16, 354, 0.85, "{link: ub-cm384, domain: 768}", "{link: vpc-400g-cm384, nics: 8, rails: 8}"),
]

# Model, parameters a token passes through in billions, fewest accelerators to train it on,
# share of training jobs, share of serving jobs.
MODELS = [
    ("deepseek-v3", 37.0, 128, 2, 8),
    ("qwen3-235b-a22b", 22.0, 64, 3, 8),
    ("qwen3-32b", 32.8, 16, 14, 16),
    ("qwen3-30b-a3b", 3.3, 8, 10, 10),
    ("qwen3-8b", 8.2, 8, 20, 16),
    ("llama-3.1-8b", 8.0, 8, 20, 14),
    ("llama-3.1-70b", 70.6, 32, 10, 12),
    ("llama-3.1-405b", 405.9, 256, 1, 2),
    ("mixtral-8x7b", 12.9, 16, 8, 4),
    ("gpt-oss-120b", 5.1, 32, 2, 10),
]

TENANTS = [f"tenant-{index:02}" for index in range(40)]
REFERENCE = 989.0e12  # FLOP/s of the accelerator that sizes are drawn in
TRAIN_EFFICIENCY = 0.4
SERVE_EFFICIENCY = 0.2


class Draw:
    def __init__(self, seed):
        self.source = random.Random(seed)

    def below(self, count):
        return min(int(self.source.random() * count), count - 1)

    def pick(self, items):
        return items[self.below(len(items))]

    def weighted(self, items, weights):
        mark = self.source.random() * sum(weights)
        for item, weight in zip(items, weights):
            mark -= weight
            if mark < 0:
                return item
        return items[-1]

    def size(self, largest):
        """A power-law number of accelerators: many small jobs, few large ones."""
        return min(largest, 1.0 / (1.0 - self.source.random()) ** 0.9)


def amount(value, units):
    """`value` with three digits in the largest of `units` that keeps it above one."""
    for factor, unit in units:
        if value >= factor:
            return f"{float(f'{value / factor:.3g}'):g} {unit}"
    factor, unit = units[-1]
    return f"{float(f'{value / factor:.3g}'):g} {unit}"


def draw_job(draw, is_training):
    column = 3 if is_training else 4
    model = draw.weighted(MODELS, [row[column] for row in MODELS])
    if is_training:
        size = max(draw.size(512) * 4, model[2])
        return {
            "model": model, "size": size, "train": True,
            "sequence": draw.pick(["4096", "8k"]),
            "batch": draw.pick([64, 128, 256, 512]),
            "days": draw.pick([7, 14, 30, 60]),
            "lora": draw.below(4) == 0 and model[1] < 100,
        }
    return {
        "model": model, "size": draw.size(400), "train": False,
        "prompt": draw.pick([500, 1000, 2000, 4000]),
        "output": draw.pick([100, 200, 400, 800]),
        "ttft": draw.pick([1, 2, 4, 8]),
        "tpot": draw.pick([40, 60, 100]),
    }


def line(index, job, scale, draw):
    name, active, least = job["model"][:3]
    size = job["size"] * scale
    head = f"id: j{index:05}, weight: {draw.pick([1, 1, 1, 2, 3, 5])}, tenant: {draw.pick(TENANTS)}"
    if job["train"]:
        rate = size * REFERENCE * TRAIN_EFFICIENCY / (6 * active * 1e9)
        length = 8192 if job["sequence"] == "8k" else 4096
        tokens = max(rate * job["days"] * 86400, 2.0 * length * job["batch"])
        units = [(1e12, "Ttok"), (1e9, "Gtok"), (1e6, "Mtok")]
        method = ", method: {lora: 16}" if job["lora"] else ""
        least = least // 4 if job["lora"] else least
        most = 8
        while most < max(2 * size, 2 * least):
            most *= 2
        return (
            f"  - {{{head}, accelerators: {{min: {max(least, 1)}, max: {most}}}, train: {{model: {name}, "
            f"sequence: {job['sequence']}, batch: {job['batch']}, tokens: {amount(tokens, units)}"
            f"{method}, deadline: {job['days']} d}}}}"
        )
    per_request = 2 * active * 1e9 * (job["prompt"] + job["output"])
    rate = size * REFERENCE * SERVE_EFFICIENCY / per_request
    units = [(1, "req/s"), (1 / 60, "req/min"), (1 / 3600, "req/h")]
    return (
        f"  - {{{head}, serve: {{model: {name}, demand: {amount(rate, units)}, "
        f"prompt: {job['prompt']}, output: {job['output']}, "
        f"slo: {{ttft: {job['ttft']} s, tpot: {job['tpot']} ms}}}}}}"
    )


def main():
    draw = Draw(SEED)
    count = sum(pool[3] * pool[4] for pool in POOLS)
    assert count == 100_000, count
    capacity = sum(pool[3] * pool[4] * pool[5] * 1e12 for pool in POOLS) / REFERENCE
    jobs = [draw_job(draw, draw.below(10) < 4) for _ in range(JOB_COUNT)]
    scale = LOAD * capacity / sum(job["size"] for job in jobs)

    print("# yaml-language-server: $schema=tangram.schema.json")
    print("#")
    print("# What it shows: scale. 100,000 accelerators of 8 kinds at three sites and 10,000 jobs that")
    print("# want about 1.2 times what the cluster can do. Written by scripts/generate-hyperscale.py;")
    print("# change that and write the file again instead of editing it.")
    print("tangram: 1")
    print("name: hyperscale")
    print("date: 2026-11-24")
    print("cluster:")
    print("  sites:")
    for site, region in [("ams", "eu"), ("osl", "eu"), ("sin", "asia")]:
        print(f"    - {{id: {site}, region: {region}, wan: 800 Gb/s}}")
    print("  pools:")
    for name, site, accelerator, nodes, per_node, _, price, scale_up, scale_out in POOLS:
        up = f", scale-up: {scale_up}" if scale_up else ""
        print(
            f"    - {{id: {name}, site: {site}, accelerator: {accelerator}, nodes: {nodes}, "
            f"per-node: {per_node}{up}, scale-out: {scale_out}, price: {price:.2f} USD/h}}"
        )
    print("policy:")
    print("  - {forbid: {region: asia}, for: {tenant: [tenant-00, tenant-01, tenant-02]}, reason: data stays in the eu}")
    print("  - {prefer: {accelerator: rtx-pro-6000-blackwell}, bonus: 5 %, for: {kind: serve, model: [qwen3-8b, llama-3.1-8b]}}")
    print("jobs:")
    for index, job in enumerate(jobs):
        print(line(index, job, scale, draw))


main()
