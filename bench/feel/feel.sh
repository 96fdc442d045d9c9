#!/usr/bin/env bash
# feel.sh BUILD: times our evaluator, dsntk and feelin on cases.tsv and prints the ratios last.
# Peers are built into build/peers; one that cannot be had is said to be missing.
set -euo pipefail
here=$(cd "$(dirname "$0")" && pwd)
root=$(cd "$here/../.." && pwd)
program=${1:-$root/build/bench}/src/feel/feel_bench
peers=$root/build/peers
feelin_version=8.2.0
mkdir -p "$peers/feelin"

# The best of five rounds in CPU time, as the peers are timed too: other work on the machine counts for nobody.
"$program" --benchmark_format=csv --benchmark_min_time=0.1 --benchmark_repetitions=5 2>/dev/null |
  python3 -c 'import csv, sys
best = {}
for row in csv.reader(sys.stdin):
    is_round = len(row) > 7 and row[1].isdigit() and not row[0].endswith(("_mean", "_median", "_stddev", "_cv"))
    if is_round:
        time, label = float(row[3]), row[7]
        best[row[0]] = min(best.get(row[0], (time, label)), (time, label))
for name, (time, label) in best.items(): print(name, time, label, sep="\t")' > "$peers/ours.tsv"

if CARGO_TARGET_DIR=$peers/dsntk nice cargo build --quiet --release --manifest-path "$here/dsntk/Cargo.toml"; then
  "$peers/dsntk/release/dsntk-peer" "$here/cases.tsv" > "$peers/dsntk.tsv"
else
  echo "dsntk cannot be had here: it is left out"; : > "$peers/dsntk.tsv"
fi

if npm install --silent --prefix "$peers/feelin" "feelin@$feelin_version" > /dev/null; then
  node "$here/feelin.mjs" "$peers/feelin/node_modules/feelin/dist/index.js" "$here/cases.tsv" > "$peers/feelin.tsv"
else
  echo "feelin cannot be had here: it is left out"; : > "$peers/feelin.tsv"
fi

python3 "$here/ratios.py" "$peers"
