"""What the scripts that write docs/accuracy.md share."""
import json, pathlib, subprocess

ROOT = pathlib.Path(__file__).resolve().parent.parent
PAGE = ROOT / "docs/accuracy.md"


def validate(tangram, table, *more):
    output = subprocess.run([tangram, "validate", str(table), "--format", "json", *more],
                            check=True, capture_output=True, text=True).stdout
    return json.loads(output)


def percent(value):
    return f"{100 * value:.1f} %"


def with_section(text, markers, body):
    """`text` with what stands between the markers replaced by `body`, which holds them too."""
    start, end = text.find(markers[0]), text.find(markers[1])
    if start < 0 or end < 0:
        raise SystemExit(f"{PAGE} lacks the markers {' … '.join(markers)}")
    return text[:start] + body + text[end + len(markers[1]):]
