#!/usr/bin/env bash
# Balanced postings of two lines, durable, in batches: SQLite beside PostgreSQL with the same schema. $1: the build folder.
# PostgreSQL runs without fsync here, ours with it: the comparison favours the peer.
set -euo pipefail
"$1/src/ledger/ledger_bench" --benchmark_format=csv 2>/dev/null | tr -d '"' | awk -F, '
  $1 ~ /^post\/sqlite/     { ours = $7 }
  $1 ~ /^post\/postgresql/ { peer = $7 }
  END {
    printf "SQLite      %10.0f postings/s, durable\nPostgreSQL  %10.0f postings/s, without fsync\n", ours, peer
    if (peer > 0) printf "ratio %.1f\n", ours / peer; else print "ratio unknown: PostgreSQL is not installed"
  }'
