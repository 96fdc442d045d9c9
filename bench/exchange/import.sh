#!/usr/bin/env bash
# An xlsx roster of members into an empty database, durable, with its change log; beside it openpyxl merely reading the
# file. $1: the build folder, $2: rows (1,000,000 unless told otherwise). The roster is made once and kept.
set -euo pipefail
here=$(cd "$(dirname "$0")" && pwd)
peers=build/peers/openpyxl
[ -x "$peers/bin/python" ] || python3 -m venv "$peers"
"$peers/bin/python" -c 'import openpyxl, xlsxwriter' 2>/dev/null ||
  "$peers/bin/pip" install --quiet openpyxl==3.1.5 xlsxwriter==3.2.0
"$peers/bin/python" "$here/import.py" "$1/zhijia" "${2:-1000000}"
