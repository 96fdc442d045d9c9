#!/usr/bin/env bash
# run.sh FEEL_BENCH — times our evaluator, dsntk and feelin on cases.tsv and prints the ratios last.
# Peers are built into build/peers; one that cannot be had is said to be missing.
set -euo pipefail
here=$(cd "$(dirname "$0")" && pwd)
root=$(cd "$here/../.." && pwd)
program=${1:-$root/build/bench/src/feel/feel_bench}
peers=$root/build/peers
feelin_version=8.2.0
mkdir -p "$peers/feelin"

"$program" --benchmark_format=csv --benchmark_min_time=0.2 2>/dev/null |
  python3 -c 'import csv, sys
rows = [r for r in csv.reader(sys.stdin) if len(r) > 3]
for row in rows[1:]: print(row[0], row[3], row[9], sep="\t")' > "$peers/ours.tsv"

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
