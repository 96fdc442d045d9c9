#!/usr/bin/env bash
# A million people of one roster found in another, fuzzily; beside it Splink on DuckDB with the same data.
# $1: the build folder, $2: people in each (1,000,000 unless told otherwise).
set -euo pipefail
here=$(cd "$(dirname "$0")" && pwd)
size=${2:-1000000}
peers=build/peers/splink
[ -x "$peers/bin/python" ] || python3 -m venv "$peers"
"$peers/bin/python" -c 'import splink' 2>/dev/null ||
  "$peers/bin/pip" install --quiet splink==4.0.17 duckdb==2.0.1
program=$(find "$1" -name match_bench -type f | head -1)
folder=build/bench-data/match-$size
[ -f "$folder/right.csv" ] || "$program" generate "$size" "$folder"
"$program" match "$folder"
"$peers/bin/python" "$here/match.py" "$folder"
