#!/usr/bin/env bash
# Shows that the tests notice: takes away one safeguard at a time, and expects the tests that guard it to fail.
#   tests/mutants.sh [NAME…]        names of tests/TrainingService.Chaos.Tests/mutants/*.patch without the ending; none: all
# A patch begins with the line "Caught-by: PROJECT METHOD-PATTERN". The same tests must pass before the patch is applied.
set -uo pipefail
root=$(cd "$(dirname "${BASH_SOURCE[0]}")/.." && pwd)
. "$root/deploy/prerequisites.sh"
need_dotnet || exit 1
need_postgresql || exit 1
patches=$root/tests/TrainingService.Chaos.Tests/mutants
[ $# -gt 0 ] || set -- $(cd "$patches" && ls ./*.patch | sed 's|^\./||; s|\.patch$||')

copy=$(mktemp -d)
trap 'rm -rf "$copy"' EXIT
(cd "$root" && git ls-files -z --cached --others --exclude-standard | xargs -0 cp --parents -p -t "$copy")
cd "$copy" || exit 1

# run PROJECT PATTERN LOG: builds what it needs and runs the tests
run() {
  dotnet build "tests/$1" -c Release -v q --nologo >"$3" 2>&1 || return 2
  "tests/$1/bin/Release/net10.0/linux-x64/$1" -noColor -method "$2" >"$3" 2>&1 || return 1
  grep -q 'Total: [1-9]' "$3" || { echo "no test matches $2" >>"$3"; return 2; }
}

missed=0
declare -A sound
for name in "$@"; do
  patch=$patches/$name.patch
  read -r _ project pattern <"$patch"
  if [ -z "${sound[$project $pattern]:-}" ]; then
    run "$project" "$pattern" "$copy/log" || { tail -n 40 "$copy/log"; say "$name: $pattern fails without the mutant."; missed=$((missed + 1)); continue; }
    sound[$project $pattern]=yes
  fi
  git apply --unsafe-paths --directory= "$patch" 2>/dev/null || patch -s -p1 <"$patch" || { say "$name: the patch does not apply any more."; missed=$((missed + 1)); continue; }
  run "$project" "$pattern" "$copy/log"
  case $? in
    0) say "$name: MISSED by $pattern"; missed=$((missed + 1)) ;;
    1) say "$name: caught by $pattern: $(grep -m 1 -A 1 '\[FAIL\]' "$copy/log" | tail -n 1 | sed 's/^ *//' | cut -c1-250)" ;;
    *) tail -n 20 "$copy/log"; say "$name: does not build or names no test."; missed=$((missed + 1)) ;;
  esac
  patch -s -R -p1 <"$patch"
done
[ "$missed" -eq 0 ] && say "all caught" || { say "$missed not caught"; exit 1; }
