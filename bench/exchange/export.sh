#!/usr/bin/env bash
# A register of members as xlsx, beside openpyxl's write-only mode writing the same rows, and the same for a tenth of
# them: export.sh BUILD [RECORDS]
set -euo pipefail
here=$(cd "$(dirname "$0")" && pwd)
peers=build/peers/openpyxl
[ -x "$peers/bin/python" ] || python3 -m venv "$peers"
"$peers/bin/python" -c 'import openpyxl, xlsxwriter' 2>/dev/null ||
  "$peers/bin/pip" install --quiet openpyxl==3.1.5 xlsxwriter==3.2.0
"$peers/bin/python" "$here/export.py" "$1/zhijia" "${2:-1000000}"
