"""ratios.py FOLDER: a table of ours.tsv, dsntk.tsv and feelin.tsv (name, ns, result), the median ratios last."""

import pathlib
import statistics
import sys


def read(name):
    path = pathlib.Path(sys.argv[1]) / f"{name}.tsv"
    return {row[0]: row for row in (line.split("\t") for line in path.read_text().splitlines())}


ours, peers = read("ours"), {name: read(name) for name in ("dsntk", "feelin")}
ratios = {name: [] for name in peers}
print(f"{'case':16}{'ours ns':>10}{'dsntk ns':>12}{'feelin ns':>12}   result")
for name, row in ours.items():
    cells = []
    for peer, rows in peers.items():
        if name in rows:
            ratios[peer].append(float(rows[name][1]) / float(row[1]))
        cells.append(f"{float(rows[name][1]):12.0f}" if name in rows else f"{'-':>12}")
    print(f"{name:16}{float(row[1]):10.0f}{''.join(cells)}   {row[2]}")
for peer, values in ratios.items():
    if values:
        note = " (which parses each time: it has no other call)" if peer == "feelin" else ""
        print(f"{peer}: ours is {statistics.median(values):.1f} x as fast in the median, {min(values):.1f} x at least{note}")
