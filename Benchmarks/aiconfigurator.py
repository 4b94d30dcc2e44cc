#!/usr/bin/env python3
"""Times one serving search in tangram and in aiconfigurator 0.12.0, one after the other, and prints the ratio.

  python3 -m venv VENV && VENV/bin/pip install aiconfigurator==0.12.0
  Benchmarks/aiconfigurator.py --tangram .build/release/tangram --aiconfigurator VENV/bin/aiconfigurator

Both search layouts with prefill and decode together and apart under the same lengths and limits; both times are CPU
seconds of the whole process. aiconfigurator's candidates are the configurations that its log counts, where it does.
"""
import argparse, resource, subprocess, tempfile

SEARCHES = [
    ("Qwen3-32B on 32 H200", ["qwen3-32b", "--on", "h200-sxm-141gb", "--count", "32"],
     ["--model-path", "Qwen/Qwen3-32B", "--system", "h200_sxm", "--total-gpus", "32"]),
    ("DeepSeek-V3 on 64 B200", ["deepseek-v3", "--on", "b200-sxm-180gb", "--count", "64"],
     ["--model-path", "deepseek-ai/DeepSeek-V3", "--system", "b200_sxm", "--total-gpus", "64"]),
]


def seconds(command, limit, folder):
    before = resource.getrusage(resource.RUSAGE_CHILDREN)
    try:
        done = subprocess.run(command, cwd=folder, capture_output=True, text=True, timeout=limit)
    except subprocess.TimeoutExpired:
        return None, ""
    after = resource.getrusage(resource.RUSAGE_CHILDREN)
    if done.returncode != 0:
        return None, done.stderr[-500:]
    return (after.ru_utime + after.ru_stime) - (before.ru_utime + before.ru_stime), done.stdout


def main():
    parser = argparse.ArgumentParser(description=__doc__.split("\n")[0])
    parser.add_argument("--tangram", required=True)
    parser.add_argument("--aiconfigurator", required=True)
    parser.add_argument("--limit", type=float, default=300, help="seconds that one search may take")
    options = parser.parse_args()
    print("| search | aiconfigurator, CPU s | tangram, CPU s | ratio |\n| --- | --- | --- | --- |")
    for name, ours, theirs in SEARCHES:
        with tempfile.TemporaryDirectory() as folder:
            own = min(seconds(
                [options.tangram, "estimate", *ours, "--serve", "--prompt", "4000", "--output-tokens", "1000",
                 "--ttft", "2 s", "--tpot", "30 ms", "--split", "--format", "json"],
                options.limit, folder)[0] or float("inf") for _ in range(3))
            peer, text = seconds(
                [options.aiconfigurator, "cli", "default", *theirs, "--backend", "trtllm", "--isl", "4000",
                 "--osl", "1000", "--ttft", "2000", "--tpot", "30", "--no-color"], options.limit, folder)
        if peer is None:
            print(f"| {name} | failed or too long | {own:.3f} | – |  {text}")
        else:
            print(f"| {name} | {peer:.1f} | {own:.3f} | {peer / own:.0f} |")


if __name__ == "__main__":
    main()
