"""What the scripts that write docs/accuracy.md share."""
import argparse, json, pathlib, subprocess

ROOT = pathlib.Path(__file__).resolve().parent.parent
PAGE = ROOT / "docs/accuracy.md"


def arguments(description):
    """What the scripts are told: which `tangram` predicts, and where the measured rows are."""
    parser = argparse.ArgumentParser(description=description.split("\n")[0])
    parser.add_argument("--tangram", default=str(ROOT / ".build/release/tangram"))
    parser.add_argument("--measured", type=pathlib.Path, default=ROOT.parent / "shared/measured")
    return parser.parse_args()


def validate(tangram, table, *more):
    output = subprocess.run([tangram, "validate", str(table), "--format", "json", *more],
                            check=True, capture_output=True, text=True).stdout
    return json.loads(output)


def percent(value):
    return f"{100 * value:.1f} %"


def ninth_decile(errors):
    """The error that nine in ten stay within, interpolated as `tangram validate` does."""
    ordered = sorted(errors)
    place = 0.9 * (len(ordered) - 1)
    below = int(place)
    above = min(below + 1, len(ordered) - 1)
    return ordered[below] + (place - below) * (ordered[above] - ordered[below])


def with_section(text, markers, body):
    """`text` with what stands between the markers replaced by `body`, which holds them too."""
    start, end = text.find(markers[0]), text.find(markers[1])
    if start < 0 or end < 0:
        raise SystemExit(f"{PAGE} lacks the markers {' … '.join(markers)}")
    return text[:start] + body + text[end + len(markers[1]):]
