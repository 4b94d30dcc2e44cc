"""Times other planners beside Tangram on one core, in one run. Standard library only.

    peers.py TANGRAM [--calculon CLONE] [--llm-analysis [PYTHON]] [--count N] [--best]

TANGRAM is the program in release. CLONE is a clone of github.com/calculon-ai/calculon, PYTHON an
interpreter that has llm-analysis; without PYTHON it is installed from PyPI into .build/peers. A
peer that is not given is listed with the figure given for it elsewhere. N configurations are timed of each
(2,000). --best also searches Calculon's space without offloading whole (minutes), and compares the
best layouts of both.

Everything is timed by the CPU time of the thread. The job is that of Calculon's paper (Isaev et
al., arXiv 2310.06127): GPT-3 175B on 512 A100, a batch of 512 sequences of 2,048 tokens.
"""

import argparse
import itertools
import json
import logging
import pathlib
import subprocess
import sys
import time
import venv

ROOT = pathlib.Path(__file__).resolve().parent.parent
MODEL, CARD = "gpt3-175b", "a100-sxm-80gb"
ACCELERATORS, BATCH, SEQUENCE, NODE = 512, 512, 2048, 8
LLM_ANALYSIS = "llm-analysis==0.2.2"
# Configurations a second of one core as given for each peer; taken where it is not run here.
GIVEN = {"SimuMax": 28, "Calculon": 80, "Sailor": 800, "llm-analysis": 1144}


def divisors(number):
    return [n for n in range(1, number + 1) if number % n == 0]


def timed(run, configurations):
    """Seconds of this thread's CPU, and how many configurations did not go."""
    refused = 0
    start = time.thread_time()
    for configuration in configurations:
        refused += not run(configuration)
    return time.thread_time() - start, refused


# MARK: Calculon

class Calculon:
    """Calculon's model and its own order of configurations."""

    def __init__(self, clone):
        sys.path.insert(0, clone)
        from calculon.llm import Llm, System
        self.Llm = Llm
        folder = pathlib.Path(clone)
        self.app = Llm.Application(json.loads((folder / "models/gpt3-175B.json").read_text()))
        self.system = System(json.loads((folder / "systems/a100_80g.json").read_text()))
        self.logger = logging.Logger("sub")

    def layouts(self):
        for tensor in self.Llm.get_all_tensor_parallelisms(
                ACCELERATORS, self.app.hidden, self.app.attn_heads):
            for pipeline in self.Llm.get_all_pipeline_parallelisms(
                    ACCELERATORS, tensor, self.app.num_blocks):
                data = ACCELERATORS // (tensor * pipeline)
                yield from itertools.product(
                    [tensor], [pipeline], [data],
                    self.Llm.get_valid_pipeline_interleavings(self.app.num_blocks, pipeline),
                    self.Llm.get_valid_microbatch_sizes(
                        SEQUENCE, tensor, data, BATCH // data * data, pipeline),
                    ["full", "attn_only", "none"], [True, False] if data > 1 else [False])

    def configurations(self, whole):
        """All of its search; without `whole` those without offloading whose groups are placed as
        they would be: tensor parallelism on NVLink, what exceeds a node on InfiniBand."""
        both, nets = [True, False], range(self.system.num_networks)
        for layout in self.layouts():
            tensor, pipeline, data, interleaving, micro_batch, recompute, sharding = layout
            if not whole and tensor > NODE:
                continue
            networks = itertools.product(
                nets if tensor > 1 else [0], nets if pipeline > 1 else [0],
                nets if data > 1 else [0])
            if not whole:
                inside = NODE // tensor
                networks = [(0, 0 if 1 < pipeline <= inside else 1,
                             0 if 1 < data <= inside // min(inside, pipeline) else 1)]
            networks = list(networks)
            offloads = list(itertools.product(
                both, [False] if recompute == "full" else both, both)) if whole else [(False,) * 3]
            for communication in ("ar", "p2p_rs_ag", "rs_ag"):
                redo = self.Llm.can_redo_ag(communication, recompute)
                for gather, late, overlap, offload, net in itertools.product(
                        both if redo else [False], both if data > 1 else [False],
                        ("none", "ring", "pipe") if tensor > 1 else ("none",), offloads, networks):
                    # In the order of Calculon's Execution.
                    yield (
                        ACCELERATORS, tensor, pipeline, data, *net, BATCH // data * data,
                        micro_batch, "float16", True, "multihead", recompute, interleaving,
                        sharding, communication, overlap, gather, late, *offload, True)

    def time(self, values):
        """Seconds of a step, or None: what its search does with one configuration."""
        model = self.Llm(self.app, self.logger)
        try:
            model.compile(self.system, self.Llm.Execution(*values))
            model.run(self.system)
        except self.Llm.Error:
            return None
        return model.get_stats_json(False)["total_time"]

    def rate(self, count):
        """Of configurations spread evenly over its whole search."""
        total = sum(1 for _ in self.configurations(True))
        sample = list(itertools.islice(
            self.configurations(True), 0, None, max(1, total // count)))
        seconds, refused = timed(lambda values: self.time(values) is not None, sample)
        return {"total": total, "count": len(sample), "refused": refused, "seconds": seconds,
                "layouts": sum(1 for _ in self.layouts())}

    def best(self):
        """Its fastest of every layout, its search without offloading whole: with every switch, and
        with its tensor parallelism not overlapped, as in the runs it was checked against."""
        names = self.Llm.Execution.fields()
        found = {"every switch": {}, "tensor parallelism not overlapped": {}}
        count = refused = 0
        start = time.thread_time()
        for values in self.configurations(False):
            count += 1
            seconds = self.time(values)
            if seconds is None:
                refused += 1
                continue
            named = dict(zip(names, values))
            layout = layout_of(named)
            for which, fastest in found.items():
                if which != "every switch" and named["tensor_par_overlap"] != "none":
                    continue
                if layout not in fastest or seconds < fastest[layout]:
                    fastest[layout] = seconds
        return {"count": count, "refused": refused, "seconds": time.thread_time() - start,
                "found": found}


def layout_of(named):
    """A configuration of Calculon as Tangram writes layouts. Tangram's attention is fused: it keeps
    no scores, so that recomputing nothing else is what Calculon calls attention only."""
    recompute = "full" if named["activation_recompute"] == "full" else "none"
    return (
        f"tp={named['tensor_par']},pp={named['pipeline_par']},dp={named['data_par']},"
        f"vpp={named['pipeline_interleaving']},mb={named['microbatch_size']},"
        f"zero={int(named['optimizer_sharding'])},recompute={recompute}")


# MARK: llm-analysis

def llm_analysis(count):
    """Training estimates over its own choices, without its log."""
    logging.disable(logging.CRITICAL)
    from llm_analysis import analysis, config
    model = config.ModelConfig(
        name=MODEL, num_layers=96, n_head=96, hidden_dim=12_288, vocab_size=50_257,
        max_seq_len=SEQUENCE)
    card = config.get_gpu_config_by_name(CARD)

    def run(choice):
        tensor, pipeline, micro_batch, recompute, zero = choice
        data = ACCELERATORS // (tensor * pipeline)
        try:
            analysis.LLMAnalysis(
                model, card, config.DtypeConfig(),
                config.ParallelismConfig(tp_size=tensor, pp_size=pipeline, dp_size=data),
                flops_efficiency=0.5, hbm_memory_efficiency=0.9,
            ).training(
                batch_size_per_gpu=micro_batch, global_batch_size=BATCH, seq_len=SEQUENCE,
                activation_recomputation=recompute, ds_zero=zero)
        except AssertionError:
            return False
        return True

    space = [
        (t, p, m, r, z) for t, p in itertools.product(divisors(NODE), divisors(ACCELERATORS))
        if p <= 96 and ACCELERATORS % (t * p) == 0
        for m in divisors(BATCH * t * p // ACCELERATORS or 1)
        for r in analysis.ActivationRecomputation for z in analysis.DSZeRO]
    sample = list(itertools.islice(itertools.cycle(space), count))
    seconds, refused = timed(run, sample)
    return {"total": len(space), "count": count, "refused": refused, "seconds": seconds}


# MARK: The run

def run(*arguments):
    return subprocess.run(arguments, check=True, stdout=subprocess.PIPE, text=True).stdout


def worker(python, peer, *arguments):
    """A peer in a process of its own."""
    return json.loads(run(str(python), __file__, "--worker", peer, *map(str, arguments)))


def installed():
    """An interpreter with llm-analysis, installed where there is none."""
    folder = ROOT / ".build/peers"
    python = folder / "bin/python"
    if not python.exists():
        venv.create(folder, with_pip=True)
    subprocess.run(
        [python, "-m", "pip", "install", "--quiet", LLM_ANALYSIS], check=True, stdout=sys.stderr)
    return python


def table(head, rows):
    print("| " + " | ".join(head) + " |\n|" + " --- |" * len(head))
    for row in rows:
        print("| " + " | ".join(row) + " |")
    print()


def estimate(tangram, layout):
    """Tangram's seconds for a step of a layout, or None where it does not fit."""
    done = subprocess.run(
        [tangram, "estimate", MODEL, "--on", CARD, "--count", str(ACCELERATORS), "--train",
         "--batch", str(BATCH), "--sequence", str(SEQUENCE), "--layout", layout, "--format", "json"],
        capture_output=True, text=True)
    if done.returncode != 0:
        return None
    return json.loads(done.stdout)["estimates"][0]["stepTimeSeconds"]


def compare(tangram, peer):
    """The best layouts of both among those that fit by both."""
    print(f"Calculon without offloading: {peer['count']:,} configurations, {peer['refused']:,} "
          f"refused, {peer['seconds']:.0f} s\n")
    times = {}
    for which, found in peer["found"].items():
        for layout in found:
            if layout not in times:
                times[layout] = estimate(tangram, layout)
        both = {layout: (seconds, times[layout]) for layout, seconds in found.items()
                if times[layout] is not None}
        best = [min(pair[model] for pair in both.values()) for model in (0, 1)]
        rows = []
        for model, title in enumerate(("Calculon's best", "Tangram's best")):
            for layout in sorted(both, key=lambda layout: both[layout][model])[:3]:
                theirs, ours = both[layout]
                rows.append([
                    title, f"`{layout}`", f"{theirs:.2f} s", f"{theirs / best[0] - 1:.1%}",
                    f"{ours:.2f} s", f"{ours / best[1] - 1:.1%}"])
        print(f"{which}: {len(found)} layouts fit by Calculon, {len(both)} of them by Tangram; its "
              f"best of all {min(found.values()):.2f} s\n")
        table(["", "layout", "Calculon", "from its best", "Tangram", "from its best"], rows)


def main():
    parser = argparse.ArgumentParser()
    parser.add_argument("tangram")
    parser.add_argument("--calculon")
    parser.add_argument("--llm-analysis", nargs="?", const="", default=None)
    parser.add_argument("--count", type=int, default=2_000)
    parser.add_argument("--best", action="store_true")
    options = parser.parse_args()
    peers = {}
    if options.calculon:
        peers["Calculon"] = worker(sys.executable, "calculon", options.calculon, options.count)
    if options.llm_analysis is not None:
        python = options.llm_analysis or installed()
        peers["llm-analysis"] = worker(python, "llm-analysis", options.count)
    search = json.loads(run(options.tangram, "benchmark", "search", "--format", "json"))["jobs"]
    kernel = json.loads(run(options.tangram, "benchmark", "kernel", "--format", "json"))["jobs"][0]
    rates = [job["configurationsPerSecond"] for job in search]
    rates.append(kernel["optionsPerSecondPerCore"])
    rows = [
        [f"Tangram, {letter}", job["job"], f"{job['configurations']:,}", f"{job['seconds']:.3g} s",
         f"{job['configurationsPerSecond']:,.0f}", "",
         f"{job['fitting']:,} fit, {job['timed']:,} timed"]
        for letter, job in zip("AB", search)]
    rows.append(["Tangram, C", kernel["job"], "–", "–", f"{rates[-1]:,.0f}", "",
                 "every one costed in full"])
    for name, given in GIVEN.items():
        peer = peers.get(name)
        rate = peer["count"] / peer["seconds"] if peer else given
        rows.append([
            name, "as A" if peer else "–",
            f"{peer['count']:,} of {peer['total']:,}" if peer else "–",
            f"{peer['seconds']:.3g} s" if peer else "–", f"{rate:,.0f}",
            " · ".join(f"{ours / rate:,.0f}" for ours in rates),
            f"{peer['refused']:,} refused" if peer else "not run here; the figure given for it"])
    table(["", "job", "configurations", "time", "a second", "Tangram's A · B · C over it", ""], rows)
    if "Calculon" in peers:
        print(f"Calculon counts {peers['Calculon']['layouts']:,} layouts of job A.\n")
    if options.best and options.calculon:
        compare(options.tangram, worker(sys.executable, "calculon-best", options.calculon))


if "--worker" in sys.argv:
    peer, *arguments = sys.argv[sys.argv.index("--worker") + 1:]
    if peer == "calculon":
        answer = Calculon(arguments[0]).rate(int(arguments[1]))
    elif peer == "calculon-best":
        answer = Calculon(arguments[0]).best()
    else:
        answer = llm_analysis(int(arguments[0]))
    print(json.dumps(answer))
else:
    main()
