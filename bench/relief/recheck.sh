#!/usr/bin/env bash
# The yearly re-check of 1,000,000 synthetic files: decided as columns on all cores, the rows that decided kept for each,
# a thousand compared with the same decided one by one. Reading from and writing to the database are not in it. $1: the build folder.
set -euo pipefail
"$1/src/relief/recheck_bench" --benchmark_format=json 2>/dev/null | python3 -c '
import json, sys
run = json.load(sys.stdin)["benchmarks"][0]
if run.get("error_occurred"): sys.exit(run["error_message"])
kinds = ", ".join(f"{name[5:]} {int(run[name]):,}" for name in sorted(run) if name.startswith("kind_"))
print("%d files in %.2f s, %d with the rows that decided" % (run["files"], run["real_time"], run["explained"]))
print(kinds)'
