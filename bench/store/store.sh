#!/usr/bin/env bash
# What a row costs in the store, on SQLite and PostgreSQL. $1: the build folder.
set -euo pipefail
"$1/src/store/store_bench"
