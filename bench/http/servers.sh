# Sourced by api-read.sh and api-write.sh: our server and PocketBase (Go module), each with the same 10,000 articles,
# each asked with a token over 64 connections; both wait for the disk before they answer a write.
# measure MODE SECONDS: prints what each did and the ratio last.
here=$(cd "$(dirname "${BASH_SOURCE[0]}")" && pwd)
root=$(cd "$here/../.." && pwd)
work=$root/build/peers/http
records=10000
ours=127.0.0.1:8094 theirs=127.0.0.1:8095
mkdir -p "$work"
command -v wrk >/dev/null || { echo "the package wrk is needed: apt-get install wrk" >&2; exit 1; }
servers=()
trap 'kill "${servers[@]}" 2>/dev/null' EXIT

start_ours() {
  local zhijia=$1
  rm -rf "$work/ours" && mkdir "$work/ours"
  python3 - "$work/ours/article.csv" $records <<'PYTHON'
import sys
with open(sys.argv[1], "w", encoding="utf-8") as sheet:
    print("编号,标题,媒体,专题,发布日期", file=sheet)
    for i in range(int(sys.argv[2])):
        print(f"S{i:07},送温暖走基层（之{i}）,工人日报,other,2020-01-15", file=sheet)
PYTHON
  city=("$zhijia" --packs "$root/packs" --db "sqlite:$work/ours/city.db" --vault "$work/ours/vault")
  "${city[@]}" import --register article "$work/ours/article.csv" >/dev/null
  echo 'a passphrase to begin with' | "${city[@]}" user add bench --grant manager
  "${city[@]}" serve --year 2020 --port ${ours#*:} 2>/dev/null &
  servers+=($!)
  sleep 1
  read -r our_token _ < <(python3 "$root/tests/support/sign_in.py" http://$ours bench 'a passphrase to begin with')
  python3 - http://$ours "$our_token" >"$work/ours.ids" <<'PYTHON'
import json, sys, urllib.parse, urllib.request
site, token = sys.argv[1:]
after = ""
while after is not None:
    query = urllib.parse.urlencode({"limit": 1000} | ({"after": after} if after else {}))
    request = urllib.request.Request(f"{site}/api/v1/registers/article/records?{query}",
                                     headers={"Authorization": "Bearer " + token})
    page = json.load(urllib.request.urlopen(request))
    for item in page["items"]:
        print(item["id"])
    after = page["next"]
PYTHON
}

start_theirs() {
  if ! (cd "$here/pocketbase" && go build -o "$work/pocketbase" . 2>/dev/null); then
    echo "PocketBase cannot be had here: it is left out"
    return 1
  fi
  rm -rf "$work/theirs"
  "$work/pocketbase" "$work/theirs" $theirs $records >"$work/theirs.token" 2>"$work/theirs.ids" &
  servers+=($!)
  until [ -s "$work/theirs.token" ]; do sleep 0.5; done
  sleep 1
  grep -E '^[a-z0-9]{15}$' "$work/theirs.ids" >"$work/ids" && mv "$work/ids" "$work/theirs.ids"
}

# ask MODE SECONDS ADDRESS BASE IDS AUTH BODY: requests/s, median ms, p99 ms, faults.
ask() {
  MODE=$1 BASE=$4 IDS=$5 AUTH=$6 BODY=$7 wrk -t2 -c64 -d"$2"s --latency -s "$here/wrk.lua" "http://$3" |
    sed -n 's/^RESULT //p'
}

measure() {
  local mode=$1 seconds=$2 zhijia=$3
  start_ours "$zhijia"
  local our_body='{"values": {"code": "%s", "headline": "送温暖走基层", "medium": "工人日报", "topic": "other", "published_on": "2020-01-15"}}'
  local their_body='{"code": "%s", "headline": "送温暖走基层", "medium": "工人日报", "topic": "other", "published_on": "2020-01-15"}'
  local theirs_there=0
  start_theirs && theirs_there=1
  local round our_result their_result
  : >"$work/ours.results"; : >"$work/theirs.results"
  for round in 1 2 3; do
    # Codes of a later round must be new: the body carries the round.
    our_result=$(ask "$mode" "$seconds" $ours /api/v1/registers/article/records "$work/ours.ids" "Bearer $our_token" "${our_body/\%s/R$round-%s}")
    echo "ours, round $round: requests/s, median ms, p99 ms, faults: $our_result"
    echo "$our_result" >>"$work/ours.results"
    [ $theirs_there = 1 ] || continue
    their_result=$(ask "$mode" "$seconds" $theirs /api/collections/articles/records "$work/theirs.ids" "$(head -1 "$work/theirs.token")" "${their_body/\%s/R$round-%s}")
    echo "PocketBase, round $round: $their_result"
    echo "$their_result" >>"$work/theirs.results"
  done
  python3 - "$work" <<'PYTHON'
import pathlib, statistics, sys

def read(name):
    lines = (pathlib.Path(sys.argv[1]) / f"{name}.results").read_text().split("\n")
    rows = [[float(cell) for cell in line.split()] for line in lines if line]
    return [statistics.median(column) for column in zip(*rows)]

ours, theirs = read("ours"), read("theirs")
print(f"ours: {ours[0]:,.0f} requests/s, p99 {ours[2]:.1f} ms, {ours[3]:.0f} faults (medians of 3 rounds)")
if theirs:
    print(f"PocketBase: {theirs[0]:,.0f} requests/s, p99 {theirs[2]:.1f} ms, {theirs[3]:.0f} faults")
    print(f"ours is {ours[0] / theirs[0]:.1f} x as fast as PocketBase")
PYTHON
}
