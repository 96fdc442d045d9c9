#!/usr/bin/env bash
# A table of commands, each with the exit code that it must leave with: 0 done, 1 input refused, 2 usage.
set -u
zhijia=$1
folder=$(mktemp -d)
trap 'rm -rf "$folder"' EXIT
printf '编号,工会名称,县区,层级,类型,成立日期\nGH1,甲厂工会,汉台区,grassroots,enterprise,2010-01-01\n' > "$folder/union.csv"
printf '编号,工会名称\nGH2,乙厂工会\n' > "$folder/short.csv"
here="--db sqlite:$folder/city.db --vault $folder/vault"
nowhere="--db sqlite:$folder/none.db --vault $folder/vault"
wrong=0

# expect CODE WORDS…
expect() {
  local code=$1
  shift
  "$zhijia" "$@" >"$folder/out" 2>"$folder/err"
  local got=$?
  [ $got = "$code" ] && return
  echo "zhijia $*: exit code $got instead of $code"
  cat "$folder/err"
  wrong=1
}

expect 0 --help
expect 0 review --help
expect 0 pack check
expect 2
expect 2 nothing
expect 2 review
expect 2 review --year 20x
expect 2 import $here "$folder/absent.csv"
expect 1 pack check --packs "$folder"
expect 1 review $nowhere --year 2020
expect 1 audit verify $nowhere
[ -e "$folder/none.db" ] && { echo "a verb that only reads made a database"; wrong=1; }
expect 0 import $here --register union "$folder/union.csv"
expect 1 import $here --register union "$folder/short.csv"
expect 1 import $here --register nothing "$folder/union.csv"
expect 0 review $here --year 2020 --json
expect 0 drill $here winter.funds --year 2020
expect 1 drill $here nothing --year 2020
expect 0 audit verify $here
expect 1 serve $here --host 0.0.0.0
# What is set up wrong is told at the start, with its cure.
told() { grep -q -- "$1" "$folder/err" || { echo "not told: $1"; cat "$folder/err"; wrong=1; }; }
expect 1 serve --db postgresql://zhijia@db.example/city --vault "$folder/vault"
told 'sslmode=verify-full'
expect 1 serve $here --virus-scanner 10.0.0.8:3310
told 'must not be elsewhere'
expect 1 serve $here --virus-scanner "$folder/clamd.ctl"
told 'clamd'
printf 'password\n' >"$folder/no-list"
expect 1 user list $here --breached-passwords "$folder/no-list"
told 'ordered by hash'
printf '0E3EA59FC639B84647CF964A264A250EFCD38988:7\n' >"$folder/list"
expect 1 user add zhang --grant clerk $here --breached-passwords "$folder/list" < <(printf 'turnips sing at dawn\n')
told 'known from a breach'
exit $wrong
