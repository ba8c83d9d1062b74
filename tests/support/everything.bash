# ./run test: trees and their tests, a line for each. At the end come the failures, the counts and the times. Sourced by ./run after
# cmake/steps.bash. shellcheck shell=bash disable=SC2154 # root, logs and the lists of packages are from there

# Most tests wait, so more run at a time than there are processors; tests that compute (refwave_computes, PROCESSORS) count more than once.
jobs=$(nproc) slots=$((5 * jobs / 2))
# Folders whose tests run under the sanitizers with --all: the driver's. With --full all do.
rooms=(contract control core configuration dialog dsp engine hal host notify simulation stream watch winmm)

extent=native  # or all, or full
budget=10      # second tries, of all trees
passed=0 failed=0 skipped=0 again=0 unclaimed=0
remarks=""     # of the end: what failed and what was skipped
declare -A targets=([fuzz]=fuzzers [native]="all mutants benchmarks")  # of a tree that is not built by plain ninja
inside=()      # the command through which CTest runs
part=""        # of a tree's tests, in the names of the stage and of the logs
without=""     # labels that are left out, with | between them

# begin NAME; result PASSED FAILED SKIPPED [REMARK]: one line of the report.
begin() { stage=$1 began=$SECONDS; printf '%-14s' "$1"; }
result() {
  local seconds=$((SECONDS - began))
  passed=$((passed + $1)) failed=$((failed + $2)) skipped=$((skipped + $3))
  printf '%4d passed, %d failed%s in %d s%s\n' "$1" "$2" "$(skips "$3")" "$seconds" "${4:+ ($4)}"
}
skips() { (($1 == 0)) || printf ', %d skipped' "$1"; }

# remember TEXT…: prints the text again at the end, where it is seen.
remember() { remarks+="$(printf '%s\n' "=== $stage" "$@")"$'\n'; }

# omit NAME REASON LOG: a stage that this machine cannot run.
omit() {
  begin "$1"
  result 0 0 1 "$2"
  remember "$(show_log "$3" 5)"
}

# check NAME COMMAND…: a command that passes or fails as a whole. The last line of its output is shown.
check() {
  begin "$1"
  if quietly "$@"; then
    result 1 0 0 "$(tail -n 1 "$logs/$1.log")"
  else
    result 0 1 0
    remember "$(show_log "$1" 100)"
  fi
}

# as_typed [WORD…]: ./run as a user types it.
as_typed() {
  local name=${1:-run}
  check "${name##*/}" "$root/run" "$@"
}

# suite PRESET [CTEST-OPTION…]: builds one tree and runs its tests. Tests of real time come last, fewer at a time, and with --full one
# after the other. Under Wine they run once more if they fail, because Wine may crash; support/count says what a second try may not forgive.
suite() {
  local tree=$root/build/$1 name=$1$part counts watcher status=0 test at_a_time=$((3 * jobs / 2)) tries=()
  begin "$name"
  rm -rf "$tree/Testing"
  # shellcheck disable=SC2086 # several targets
  if ! quietly "$1-build" build "$1" ${targets[$1]:-}; then
    result 0 1 0 "not built"
    remember "$(show_log "$1-build" 100)"
    return
  fi
  mkdir -p "$tree/Testing"
  "$root/tests/support/stalls" "$tree/Testing/stalls" </dev/null >/dev/null 2>&1 & watcher=$!
  test=("${inside[@]}" ctest --preset "$1" --no-tests=ignore --test-output-size-passed 99999999 --test-output-size-failed 99999999 "${@:2}")
  quietly "$name-test" "${test[@]}" -LE "^(${without:+$without|}timed)\$" -j "$slots" --output-junit "$tree/Testing/usual.xml" ||
    status=1
  if [[ $without != *timed* ]]; then
    [[ $extent != full ]] || at_a_time=1
    [[ $1 != wi* ]] || tries=(--repeat until-pass:2)
    quietly "$name-timed" "${test[@]}" -L '^timed$' ${without:+-LE "^($without)\$"} -j "$at_a_time" "${tries[@]}" \
      --output-junit "$tree/Testing/timed.xml" --output-log "$tree/Testing/timed.log" || status=1
  fi
  { kill "$watcher"; wait "$watcher"; } 2>/dev/null || true
  quietly "$name-count" "$root/tests/support/count" "$tree"
  read -r -a counts < <(grep -xE '[0-9]+( [0-9]+){4}' "$logs/$name-count.log" || echo 0 0 0 0 0)
  # Any other error counts as a failure, too, and so does a tree without a test.
  ((counts[1] > 0 || status == 0 && counts[0] > 0)) || counts[1]=1
  again=$((again + counts[3])) unclaimed=$((unclaimed + counts[4]))
  result "${counts[@]::3}" "$( ((counts[3] == 0)) || echo "second tries: ${counts[3]}")"
  ((counts[1] + counts[2] + counts[3] == 0)) || remember "$(tail -n +2 "$logs/$name-count.log" | tail -n 400)" \
    "the machine stood still $(wc -l <"$tree/Testing/stalls") times" "all of it: $logs/$name-test.log, $logs/$name-timed.log"
  [[ $extent != full ]] || claimed "$1" "$name" "${test[@]}"
}

# claimed PRESET NAME CTEST…: the tests that made no claim under load, one after the other on a quiet machine, where such a skip fails.
claimed() {
  local tests
  tests=$(sed 's/[][\\.*^$?+(){}|]/\\&/g' "$root/build/$1/Testing/unclaimed" | paste -sd '|')
  [[ -z $tests ]] || REFWAVE_QUIET_MACHINE=yes check "$2-claims" "${@:3}" -j 1 -R "^($tests)\$"
}

# proofs PRESET CTEST-OPTION…: a tree's long proofs. They come apart, because they keep the machine busy.
proofs() { part=-long; suite "$1" -C full "${@:2}"; part=""; }

# tree PRESET [CTEST-OPTION…]: its tests, of which these options choose some unless all run, and with --full its long proofs.
tree() {
  if [[ $extent == full ]]; then
    suite "$1"
    proofs "$1" -L '^full$'
  else
    suite "$@"
  fi
}

# of_rooms PRESET: a sanitizer's tree.
of_rooms() {
  local either
  printf -v either '%s|' "${rooms[@]}"
  [[ $extent == full ]] || targets[$1]=$(printf 'tests/%s/all ' "${rooms[@]}")
  tree "$1" -L "^(${either%|})\$"
}

# of_threads: ThreadSanitizer makes a client too slow for a sound server, and needs a memory layout that is not randomised. A slow audio
# thread with real-time priority would keep all others from the processors, so no thread has that here.
of_threads() {
  local polite=(setpriv --inh-caps=-sys_nice --bounding-set=-sys_nice)
  launcher=(setarch "$(uname -m)" -R)
  "${launcher[@]}" true 2>/dev/null || launcher=()
  "${polite[@]}" true 2>/dev/null && launcher+=("${polite[@]}")
  inside=("${launcher[@]}") without="server|timed" slots=$((2 * jobs))
  of_rooms tsan
  launcher=() inside=() without="" slots=$((5 * jobs / 2))
}

# win32: where this system's Wine runs only 64-bit programs, the tests run in a Debian root with a 32-bit Wine, if the machine can have it.
win32() {
  local in=$root/tests/windows/wine32 place=$root/build/wine32-root lives='^full[.]five_thousand_lives$'
  suite win32
  if grep -qs '^REFWAVE_RUNS_WINDOWS_PROGRAMS:INTERNAL=ON' "$root/build/win32/CMakeCache.txt"; then
    proofs win32 -R "$lives"
    return
  fi
  install debootstrap
  if quietly wine32-root "$in/make_root" "$place" && quietly wine32-enter "$in/in_root" "$place" true; then
    inside=("$in/in_root" "$place")
    suite wine32
    proofs wine32 -R "$lives"
    inside=()
  else
    omit wine32 "no root with a 32-bit Wine" wine32-root
  fi
}

# on_arm NAME ARCHITECTURE COMMAND…: the command, if Debian's libraries for that processor can be had (network, mirror).
on_arm() {
  quietly "$1-root" "$root/cmake/fetch_root" "$2" "$root/build/$1-root" || { omit "$1" "no libraries for $2" "$1-root"; return; }
  "${@:3}"
}

# on_cards: refwave on the kernel's sound drivers, in a virtual machine (tests/cards), if its parts can be had (network, space).
on_cards() {
  local seen=$logs/cards.log wrong status=0
  quietly cards-machine "$root/tests/cards/machine" make "$root/build/cards" ||
    { omit cards "no virtual machine" cards-machine; return; }
  begin cards
  quietly cards "$root/run" cards || status=$?
  wrong=$(grep -c '^FAILED ' "$seen") || true
  ((status == 0 || wrong > 0)) || wrong=1
  result "$(grep -c '^ok ' "$seen")" "$wrong" 0
  ((wrong == 0)) || remember "$(grep '^FAILED ' "$seen" || show_log cards)"
}

# runtimes: clients in Go, Java, Ruby and C#, as far as their packages can be had.
runtimes() {
  local seen=$logs/runtimes.log wrong status=0
  (install "${to_runtimes[@]}") >/dev/null 2>&1 || true
  begin runtimes
  quietly runtimes "$root/tests/runtimes/check" "$root/build/native" || status=$?
  wrong=$(grep -c '^FAILED ' "$seen") || true
  ((status == 0 || wrong > 0)) || wrong=1
  result "$(grep -c '^ok ' "$seen")" "$wrong" "$(grep -c '^skipped ' "$seen")"
  ! grep -q '^FAILED \|^skipped ' "$seen" || remember "$(grep -v '^ok ' "$seen")"
}

# with_clang_14 NAME COMMAND…: a check by a tool whose other versions would judge differently.
with_clang_14() {
  "$1" --version >"$logs/$1.log"
  grep -q " version 14[.]" "$logs/$1.log" || { omit "$1" "version 14 is what judges" "$1"; return; }
  check "$@"
}
formatted() { find "$root"/{bench,driver,dsp,hal,inf,tests} -name '*.h' -o -name '*.cpp' | xargs clang-format --dry-run -Werror; }

# tidy: clang-tidy on refwave.drv and the command. Their sources are compiled one by one in a tree that is configured alone.
tidy() {
  cmake -S "$root" -B "$root/build/tidy" -G Ninja -DREFWAVE_TESTS=OFF -DCMAKE_UNITY_BUILD=OFF -DCMAKE_BUILD_TYPE=Debug &&
    run-clang-tidy-14 -quiet -extra-arg=-Wno-unknown-warning-option -p "$root/build/tidy" -j "$jobs" \
      "^$root/(dsp|hal|driver|bench|inf|tests)/"
}

test_everything() {
  cd "$root" || return
  strict=yes
  install "${to_build[@]}" "${to_play[@]}" "${to_test[@]}"
  [[ $extent == native ]] || install "${to_bench[@]}" "${to_docs[@]}" "${to_style[@]}" "${to_cross[@]}" "${to_wine[@]}"
  sources
  logged pipewire-plugin "$root/cmake/fetch_pipewire_plugin" "$root/build/sources"
  if [[ $extent == full ]]; then
    # Random tests take their seeds from this one, and without it from 0. All rules: tests/conform/check_report.
    export GTEST_RANDOM_SEED=$((SRANDOM % 1000000)) REFWAVE_ALL_RULES=yes
    echo "random tests: GTEST_RANDOM_SEED=$GTEST_RANDOM_SEED"
    install "${to_clang[@]}" "${to_fuzz[@]}" "${to_coverage[@]}"
  fi
  # Without mutants, models and the like, which compute, more tests run at a time.
  [[ $extent != native ]] || without="mutant|models|memory_model|fuzz|package|benchmark" slots=$((7 * jobs / 2)) \
    targets[native]="bench/all driver/all inf/all $(printf 'tests/%s/all ' "${rooms[@]}" bench cli conform install rules runtimes)"
  tree native
  without=""
  if [[ $extent != native ]]; then
    with_clang_14 clang-format formatted
    as_typed
    as_typed "${recordings[0]}"
    as_typed help
    as_typed docs
    of_rooms asan
    of_threads
    as_typed windows
    # Wine on a busy machine measures no times.
    [[ $extent == full ]] || without="server|timed"
    tree win64
    without=""
  fi
  if [[ $extent == full ]]; then
    win32
    # A server, the model and the long proofs are the same with g++, and take long.
    without="server|model" suite clang -L '^(core|dsp|contract)$'
    proofs fuzz -L '^full$'
    # The programs of 64 bits run in an emulator; those of 32 are compiled alone.
    install "${to_aarch64[@]}" "${to_armhf[@]}"
    on_arm aarch64 arm64 suite aarch64
    on_arm armhf armhf check armhf build armhf refwave_control
    runtimes
    on_cards
    with_clang_14 clang-tidy tidy
    as_typed coverage
  fi

  [[ -z $remarks ]] || printf '\n%s' "$remarks"
  ((again <= budget)) || { printf '\nmore than %d second tries\n' "$budget"; failed=$((failed + 1)); }
  printf '\n%d passed, %d failed%s%s\n' "$passed" "$failed" "$(skips "$skipped")" \
    "$( ((unclaimed == 0)) || echo ", $unclaimed of them claims not made under load")"
  ((again == 0)) || echo "second tries: $again"
  ((failed == 0))
}
