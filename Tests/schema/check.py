"""Checks ClusterSpecs/tangram.schema.json against the scenarios of the repository.

Every file of ClusterSpecs must be accepted. Every file of the bad fixtures must be rejected where
its second line says `# schema: rejects`, and accepted where it says `# schema: cannot-tell`, so that
the fixtures stay true about what an editor can show. The generated scenario must be what its
generator writes.
"""

import json
import pathlib
import subprocess
import sys

import jsonschema
import yaml

ROOT = pathlib.Path(__file__).resolve().parents[2]
SPECS = ROOT / "ClusterSpecs"
BAD = ROOT / "Tests" / "TangramSpecTests" / "Fixtures" / "bad"


class Loader(getattr(yaml, "CSafeLoader", yaml.SafeLoader)):
    """Reads days as text, as editors do."""


Loader.yaml_implicit_resolvers = {
    first: [(tag, pattern) for tag, pattern in resolvers if not tag.endswith(":timestamp")]
    for first, resolvers in yaml.SafeLoader.yaml_implicit_resolvers.items()
}


def problem(validator, path):
    """The first reason why the schema rejects the file, None where it accepts it."""
    try:
        document = yaml.load(path.read_text(encoding="utf-8"), Loader)
    except yaml.YAMLError as error:
        return f"not YAML: {error}"
    error = next(validator.iter_errors(document), None)
    return error and f"{error.json_path}: {error.message[:200]}"


def main():
    schema = json.loads((SPECS / "tangram.schema.json").read_text(encoding="utf-8"))
    jsonschema.Draft202012Validator.check_schema(schema)
    validator = jsonschema.Draft202012Validator(schema)
    failures = []

    good = sorted(SPECS.glob("*.yaml"))
    for path in good:
        if reason := problem(validator, path):
            failures.append(f"{path.name} is rejected: {reason}")
    bad = sorted(BAD.glob("*.yaml"))
    for path in bad:
        verdict = path.read_text(encoding="utf-8").splitlines()[1].removeprefix("# schema: ")
        reason = problem(validator, path)
        if verdict == "rejects" and not reason:
            failures.append(f"{path.name} is accepted")
        elif verdict == "cannot-tell" and reason:
            failures.append(f"{path.name} is rejected after all: {reason}")
        elif verdict not in ("rejects", "cannot-tell"):
            failures.append(f"{path.name} says neither rejects nor cannot-tell")

    generator = ROOT / "scripts" / "generate-hyperscale.py"
    written = subprocess.run([sys.executable, generator], capture_output=True, check=True).stdout
    if written != (SPECS / "hyperscale.yaml").read_bytes():
        failures.append("hyperscale.yaml is not what scripts/generate-hyperscale.py writes")

    if not good or not bad:
        failures.append("no files found")
    for failure in failures:
        print(failure, file=sys.stderr)
    print(f"schema: {len(good)} scenarios, {len(bad)} bad ones, {len(failures)} failures")
    return 1 if failures else 0


sys.exit(main())
