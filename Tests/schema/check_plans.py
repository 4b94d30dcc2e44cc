"""Validates plans against docs/plan.schema.json, and looks every key up in docs/plan-json.md."""

import json
import pathlib
import re
import subprocess
import sys
import tempfile

import jsonschema

ROOT = pathlib.Path(__file__).resolve().parent.parent.parent
TANGRAM = sys.argv[1]
# Small enough for a debug build; between them placed, divided, unplaced and rejected jobs.
SPECS = [
    "ascend-appliance", "loose-blackwell", "neocloud-lease", "rl-post-training",
    "heterogeneous-pretraining",
]
# One job too large for its pool, one in a format that the card lacks, one too slow.
UNPLACED = """
tangram: 1
cluster:
  pools:
    - {id: cards, accelerator: l20, nodes: 2, per-node: 2, scale-up: none, scale-out: tcp-100g}
jobs:
  - id: large
    train: {model: llama-3.1-8b, sequence: 8192, batch: 64}
  - id: format
    train: {model: qwen3-8b, sequence: 1024, batch: 8, precision: fp4}
  - id: slow
    serve: {model: qwen3-8b, demand: 1 req/s, prompt: 8000, output: 100, slo: {ttft: 1 ms}}
  - id: few
    accelerators: {min: 3, max: 3}
    serve: {model: qwen3-8b, demand: 1 req/s, prompt: 800, output: 100}
"""
OTHERS = [
    ["estimate", "qwen3-8b", "--on", "h100", "--count", "8", "--train", "--layout", "dp=8,zero=3"],
    ["estimate", "qwen3-8b", "--on", "h100", "--count", "2", "--serve", "--rate", "1 req/s"],
    ["estimate", "qwen3-8b", "--on", "h100", "--count", "16", "--rl", "--output-tokens", "1k"],
    ["memory", "deepseek-v3"],
    ["catalog", "accelerators"],
    ["catalog", "links"],
    ["catalog", "models"],
    ["host"],
    ["explain", "ClusterSpecs/ascend-appliance.yaml"],
]
# Objects whose keys are data: formats, and collectives.
DATA_KEYS = {"densePeakFLOPPerSecond", "compute", "efficiency"}
problems = []


def run(arguments):
    command = [TANGRAM, *arguments, "--format", "json"]
    result = subprocess.run(command, cwd=ROOT, capture_output=True, text=True)
    if result.returncode != 0:
        problems.append(f"{' '.join(arguments)}: exit {result.returncode}: {result.stderr}")
        return None
    return json.loads(result.stdout)


def keys(value, found):
    if isinstance(value, dict):
        for key, inner in value.items():
            found.add(key)
            if key in DATA_KEYS and all(isinstance(x, (int, float)) for x in inner.values()):
                continue
            keys(inner, found)
    elif isinstance(value, list):
        for inner in value:
            keys(inner, found)


def unknown(value, schema, root, path):
    """Keys of `value` that the schema does not name."""
    while "$ref" in schema:
        schema = root["$defs"][schema["$ref"].rsplit("/", 1)[1]]
    if "oneOf" in schema and value is not None:
        return unknown(value, schema["oneOf"][0], root, path)
    if isinstance(value, dict):
        for key, inner in value.items():
            if key not in schema.get("properties", {}):
                problems.append(f"{path}.{key} is not in docs/plan.schema.json")
            else:
                unknown(inner, schema["properties"][key], root, f"{path}.{key}")
    elif isinstance(value, list):
        for index, inner in enumerate(value):
            unknown(inner, schema.get("items", {}), root, f"{path}[{index}]")


schema = json.loads((ROOT / "docs/plan.schema.json").read_text(encoding="utf-8"))
jsonschema.Draft202012Validator.check_schema(schema)
validator = jsonschema.Draft202012Validator(schema)
found = set()
plans = []
with tempfile.NamedTemporaryFile("w", suffix=".yaml") as file:
    file.write(UNPLACED)
    file.flush()
    for path in [f"ClusterSpecs/{name}.yaml" for name in SPECS] + [file.name]:
        plan = run(["plan", path])
        if plan is None:
            continue
        plans.append(plan)
        for error in list(validator.iter_errors(plan))[:5]:
            problems.append(f"{path}: {error.json_path}: {error.message}")
        unknown(plan, schema, schema, pathlib.Path(path).name)
        keys(plan, found)
for arguments in OTHERS:
    if arguments[0] == "explain":
        arguments = arguments + [plans[0]["jobs"][0]["id"]]
    answer = run(arguments)
    keys(answer, found)

# What the schema must reject.
for change in ({"tangramPlanVersion": 2}, {"jobs": None}, {"date": "tomorrow"}):
    if validator.is_valid(plans[0] | change):
        problems.append(f"docs/plan.schema.json accepts a plan with {change}")

page = (ROOT / "docs/plan-json.md").read_text(encoding="utf-8")
named = set(re.findall(r"`([A-Za-z0-9]+)(?:\[\])?`", page))
for key in sorted(found - named):
    problems.append(f"docs/plan-json.md does not name {key}")
for problem in problems[:40]:
    print(problem, file=sys.stderr)
print(f"plan JSON: {len(plans)} plans, {len(found)} keys, {len(problems)} problems")
sys.exit(1 if problems else 0)
