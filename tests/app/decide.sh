#!/usr/bin/env bash
# zhijia decide on the relief line's model: values, explanation, comparison of versions, faults by cell.
set -u
zhijia=$1
folder=$(mktemp -d)
trap 'rm -rf "$folder"' EXIT
model=packs/relief/difficulty.dmn
wrong=0

# says NAME EXPECTED ACTUAL: the actual text holds the expected one.
says() {
  case $3 in *"$2"*) return ;; esac
  printf '%s: “%s” is missing in:\n%s\n' "$1" "$2" "$3"
  wrong=1
}

policy=(--set "Subsistence Line=600" --set "Relative Multiple=2" --set "Accident Share=0.8" --set "Minimum Wage=1800"
  --set "Schooling Limit=10000" --set "Employed Months Min=12")
header='Members,Disposable Income,Idle Members,Medical Cost,Schooling Cost,Care Cost,Work Cost,On Subsistence,Disaster,Accident Cost,Union Member,Migrant Worker,Employed Months'
header="$header,Exclusion Facts.costly schooling,Exclusion Facts.second home,Exclusion Facts.needless car"
header="$header,Exclusion Facts.business owner,Exclusion Facts.concealed income,Exclusion Facts.refused survey"
no=否,否,否,否,否,否
{
  echo "$header"
  echo "3,60000,0,0,0,0,0,否,否,0,是,否,0,$no"
  echo "3,20000,0,0,0,0,0,否,否,0,是,否,0,$no"
  echo "3,30000,0,0,0,0,0,否,否,0,是,否,0,$no"
  echo "3,20000,0,0,0,0,0,否,否,0,是,否,0,否,否,是,否,否,否"
} > "$folder/households.csv"

decided=$("$zhijia" decide $model --input "$folder/households.csv" "${policy[@]}" --json)
for row in '2, "value": {"kind": "none"' '3, "value": {"kind": "deep"' '4, "value": {"kind": "relative"' '5, "value": {"kind": "none"'; do
  says "each household is decided" "{\"row\": $row" "$decided"
done

explained=$("$zhijia" decide $model --input "$folder/households.csv" "${policy[@]}" --explain)
says "an explanation is in Chinese" "困难类别" "$explained"
says "an explanation is in English" "Difficulty" "$explained"

same=$("$zhijia" decide $model --input "$folder/households.csv" "${policy[@]}" --diff $model 2>&1)
says "a policy does not differ from itself" "0 of 4 cases" "$same"
sed 's/"deep"/"relative"/' $model > "$folder/milder.dmn"
milder=$("$zhijia" decide $model --input "$folder/households.csv" "${policy[@]}" --diff "$folder/milder.dmn" --json 2>&1)
says "a changed policy names who is decided differently" '{"row": 3, "before": {"kind": "deep"' "$milder"
says "a changed policy leaves the others as they were" "1 of 4 cases" "$milder"

printf 'Members,Union Member,Wages\n3,是,1\n' > "$folder/column.csv"
says "an unknown column is named" "C1" "$("$zhijia" decide $model --input "$folder/column.csv" 2>&1)"
printf 'Members,Union Member\n3,是\nthree,maybe\n' > "$folder/value.csv"
faults=$("$zhijia" decide $model --input "$folder/value.csv" 2>&1)
says "a value of another type is named" "A3" "$faults"
says "all faults come at once" "B3" "$faults"
"$zhijia" decide $model --input "$folder/value.csv" >/dev/null 2>&1
[ $? = 1 ] || { echo "refused input leaves with 1"; wrong=1; }
exit $wrong
