#!/usr/bin/env python3
"""Writes the tables of published measurements that the product carries.

  scripts/write-measured.py [FOLDER]

FOLDER holds training.csv, memory.csv and inference.csv. Facts are restated, each row with its source;
of the notes only words are kept that the reader looks for. Serving rows are those of vendors'
documents and blogs.
"""
import csv, pathlib, re, sys

ROOT = pathlib.Path(__file__).resolve().parent.parent
OUT = ROOT / "Sources/CMeasuredData/data"
# Words of notes that say how something was run.
WORDS = ["eager", "async TP", "AsyncTP", "rowwise", "LoRA", "CP via a2a", "DualPipe", "DeepSpeed",
         "fp8 dispatch", "HETEROGENEOUS [^;]*", "container [0-9.]+", "default [0-9]+"]
SERVING = ["TensorRT-LLM docs", "cann-recipes", "CloudMatrix", "sgl-project", "lm-sys", "deepseek-ai"]


def words(notes):
    found = [match.group(0) for word in WORDS for match in [re.search(word, notes)] if match]
    return "; ".join(found)


def main():
    folder = pathlib.Path(sys.argv[1] if len(sys.argv) > 1 else ROOT.parent / "shared/measured")
    for name in ("training", "memory", "inference"):
        with open(folder / f"{name}.csv") as file:
            reader = csv.DictReader(file)
            columns = reader.fieldnames
            rows = list(reader)
        if name == "inference":
            rows = [row for row in rows if any(word in row["source"] for word in SERVING)
                    and "silicon_sample" not in row["source"]]
        else:
            for row in rows:
                row["notes"] = words(row["notes"])
        target = OUT / ("serving.csv" if name == "inference" else f"{name}.csv")
        with open(target, "w") as file:
            writer = csv.DictWriter(file, columns, lineterminator="\n")
            writer.writeheader()
            writer.writerows(rows)


if __name__ == "__main__":
    main()
