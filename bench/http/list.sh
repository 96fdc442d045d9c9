#!/usr/bin/env bash
# list.sh BUILD [ROWS]: the console's list of members (500,000 unless told otherwise), asked as the page asks, 15 times each.
# The slowest and the median answer of each question; fails when a median is 200 ms or more. The members are made once and kept.
set -euo pipefail
here=$(cd "$(dirname "$0")" && pwd)
rows=${2:-500000} folder=build/peers/list-${2:-500000} port=8096
city=("$1/zhijia" --db "sqlite:$folder/city.db" --vault "$folder/vault")
if [ ! -f "$folder/complete" ]; then
  rm -rf "$folder" && mkdir -p "$folder"
  python3 "$here/list.py" make "$folder" "$rows"
  "${city[@]}" import --register union "$folder/union.csv" >/dev/null
  "${city[@]}" import --register member "$folder/member.csv" >/dev/null
  echo 'a passphrase to begin with' | "${city[@]}" user add bench --grant manager
  touch "$folder/complete"
fi
"${city[@]}" serve --year 2020 --port $port 2>/dev/null &
trap 'kill $!' EXIT
python3 "$here/list.py" ask "$folder" "$rows" "http://127.0.0.1:$port"
