# ./run test: every check, with one line each. At the end come the failures, the counts and the times. Sourced
# by ./run after cmake/steps.bash. shellcheck shell=bash disable=SC2154 # root, logs and the lists of packages
# are from there

# Most tests wait more than they compute, so more run at a time than there are processors. Tests that compute
# count twice (PROCESSORS). Tests that must not be disturbed run alone (RUN_SERIAL).
jobs=$(nproc)
slots=$((5 * jobs / 2))
budget=5  # second tries, and cases that are not judged, of all trees; --full has its own
# Folders whose tests run under the sanitizers in a usual run: the driver's. With --full all do.
rooms=(contract control core configuration dsp engine hal host notify simulation stream winmm)

full=no
passed=0 failed=0 skipped=0 later_tries=0 unjudged=0
declare -A targets=([fuzz]=fuzzers)  # of a tree that is not built whole
stages=()   # NAME BUILD-SECONDS TEST-SECONDS
chosen=()   # options of CTest that choose among a tree's tests
part=""     # of a tree's tests, in the names of the stage and of the logs
remarks=""  # of the end: what failed and what was skipped
names=""    # of the tests that failed in a try, a line each

# begin NAME; result PASSED FAILED SKIPPED BUILD-SECONDS [REMARK]: one line of the report.
begin() { stage=$1 began=$SECONDS; printf '%-14s' "$1"; }
result() {
  local seconds=$((SECONDS - began))
  passed=$((passed + $1)) failed=$((failed + $2)) skipped=$((skipped + $3))
  stages+=("$stage $4 $((seconds - $4))")
  printf '%4d passed, %d failed%s in %d s%s\n' "$1" "$2" "$(skips "$3")" "$seconds" "${5:+ ($5)}"
}
skips() { (($1 == 0)) || printf ', %d skipped' "$1"; }
again() { (($1 == 0)) || printf 'second tries: %d' "$1"; }

# remember TEXT…: prints the text again at the end, where it is seen.
remember() { remarks+="$(printf '%s\n' "=== $stage" "$@")"$'\n'; }

# check NAME COMMAND…: a command that passes or fails as a whole. The last line of its output is shown.
check() {
  begin "$1"
  if quietly "$@"; then
    result 1 0 0 0 "$(tail -n 1 "$logs/$1.log")"
  else
    result 0 1 0 0
    remember "$(show_log "$1" 100)"
  fi
}

# tried LOG OPTION…: runs the tests with these options of CTest; its exit status.
tried() { quietly "$1" "${test[@]}" --output-junit "$tree/Testing/$2.xml" --output-log "$tree/Testing/$2.log" "${@:3}"; }

# suite PRESET [COMMAND…]: builds one tree and runs its tests, through the command if there is one.
suite() {
  local tree=$root/build/$1 name=$1$part built counts test try watcher status=0
  [[ ${coming[0]:-} != "$1" ]] || coming=("${coming[@]:1}")
  begin "$name"
  rm -rf "$tree"/Testing/{results,results-*,junit.*,alone-*,stalls,slowest,Temporary/LastTestsFailed.log}
  # shellcheck disable=SC2086 # several targets
  if ! quietly "$1-build" build "$1" ${targets[$1]:-}; then
    result 0 1 0 $((SECONDS - began)) "not built"
    remember "$(show_log "$1-build" 100)"
    return
  fi
  built=$((SECONDS - began))
  mkdir -p "$tree/Testing"
  ahead
  "$root/tests/support/stalls" "$tree/Testing/stalls" </dev/null >/dev/null 2>&1 & watcher=$!
  test=("${launcher[@]}" "${@:2}" ctest --preset "$1" "${chosen[@]}" --no-tests=error)
  tried "$name-test" junit -j "$slots" || status=$?
  halt
  # Tests of real time that failed beside others run again, alone. support/tally says which, and which of them have passed then.
  for try in 1 2; do
    [[ $status != 0 ]] || break
    "$root/tests/support/tally" --again "$tree" "${chosen[@]}" || break
    status=0
    mkdir -p "$tree/Testing/results"
    mv "$tree/Testing/results" "$tree/Testing/results-$try"
    tried "$name-alone-$try" "alone-$try" -j 1 --rerun-failed || status=$?
  done
  { kill "$watcher"; wait "$watcher"; } 2>/dev/null || true
  quietly "$name-tally" "$root/tests/support/tally" "$tree" "${chosen[@]}" || status=tally
  read -r -a counts < <(head -n 1 "$logs/$name-tally.log" | grep -xE '[0-9]+( [0-9]+){5}' || echo 0 0 0 0 0 0)
  # Any other error counts as a failure, too.
  [[ $status == 0 ]] || { [[ $status != tally ]] && ((counts[1] + counts[3] + counts[4] > 0)); } || counts[1]=$((counts[1] + 1))
  cp "$tree/Testing/slowest" "$logs/$name-slowest" || true
  result "${counts[@]::3}" "$built" "$(again "$((counts[3] + counts[5]))")"
  later_tries=$((later_tries + counts[3] + counts[5])) unjudged=$((unjudged + counts[4]))
  names+=$(sed -n "s/^--- \(.*\)/  $name: \1/p" "$logs/$name-tally.log" | sort -u)$'\n'
  ((counts[1] + counts[2] + counts[3] + counts[5] == 0)) ||
    remember "$(tail -n +2 "$logs/$name-tally.log" | tail -n 400)" "$(stood_still "$tree/Testing/stalls")" \
      "all of it: $logs/$name-test.log, $logs/$name-tally.log"
}

# ahead: builds the trees that come next with what a tree's tests leave of the processors; halt: ends that, and waits for it.
# What is half done the tree's own build finishes, and that one tells of errors. The log is build/logs/ahead.log.
coming=()
builder=""
ahead() {
  [[ $by_session != yes ]] && ((${#coming[@]})) || return 0
  local each trees=()
  for each in "${coming[@]}"; do trees+=("$each ${targets[$each]:-}"); done
  export root strict installed
  export -f build is_strict is_configured
  # Every process of the group has the lock file open, and the group's number stays its own.
  # shellcheck disable=SC2016 # the words of the inner shell
  "$root/tests/support/in_background" 19 bash -c '
    flock 9
    launcher=()  # no build runs what it has built
    for each; do build $each || break; done
    exec sleep infinity' ahead "${trees[@]}" </dev/null >"$logs/ahead.log" 2>&1 9>"$logs/ahead.lock" & builder=$!
}
halt() {
  [[ -n $builder ]] || return 0
  { kill -- "-$builder"; wait "$builder"; } 2>/dev/null || true
  flock --wait 20 "$logs/ahead.lock" true || true
  builder=""
}

# share_by_threads: Linux gives each session one share of the processors (autogroup, sched(7)). So what runs at a low priority takes as
# much as all the tests, and Linux 6.18 lets even its own threads wait for up to a second (in_background has figures). Who may,
# switches that off until the run ends; for others no tree is built ahead.
by_session=no
autogroup=/proc/sys/kernel/sched_autogroup_enabled
share_by_threads() {
  [[ -r $autogroup && $(<"$autogroup") == 1 ]] || return 0
  { echo 0 >"$autogroup"; } 2>/dev/null && by_session=off || by_session=yes
}
share_as_before() { [[ $by_session != off ]] || echo 1 >"$autogroup"; }

# stood_still FILE: in words.
stood_still() {
  awk 'NF == 2 { n++; sum += $2 - $1 } END { printf "the machine stood still %d times, for %.1f s together\n", n, sum }' "$1" 2>/dev/null ||
    true
}

# choice PART OPTION… -- SUITE: the suite with these options of CTest.
choice() {
  part=$1
  shift
  while [[ $1 != -- ]]; do chosen+=("$1"); shift; done
  "${@:2}"
  part="" chosen=()
}

# tree PRESET [OPTION…]: its tests, in a usual run only those that these options of CTest choose, and with --full its long proofs.
# They come apart, because they keep the machine busy.
tree() {
  if [[ $full == no ]]; then
    choice "" "${@:2}" -- suite "$1"
  else
    suite "$1"
    choice -long -C full -L '^full$' -- suite "$1"
  fi
}

# rooms_of PRESET [OPTION…]: a sanitizer's tree; in a usual run the driver's rooms alone.
rooms_of() {
  local either
  printf -v either '%s|' "${rooms[@]}"
  tree "$1" -L "^(${either%|})\$" "${@:2}"
}

# win32: the same with 32 bits. Where this system's Wine runs only programs of 64 bits, the tests run in a root.
win32() {
  suite win32
  if grep -qs '^REFWAVE_RUNS_WINDOWS_PROGRAMS:INTERNAL=ON' "$root/build/win32/CMakeCache.txt"; then
    choice -long -C full -R '^full[.]five_thousand_lives$' -- suite win32
  else
    programs_of_32_bits
  fi
}

# programs_of_32_bits: the tests of a Windows tree of 32 bits, in a Debian root that has the Wine for them. A machine that
# cannot have such a root (no rights, no network) skips them, and says why.
programs_of_32_bits() {
  local in=$root/tests/windows/wine32 place=$root/build/wine32-root
  install debootstrap
  if quietly wine32-root "$in/make_root" "$place" && quietly wine32-enter "$in/in_root" "$place" true; then
    suite wine32 "$in/in_root" "$place"
    choice -long -C full -R '^full[.]five_thousand_lives$' -- suite wine32 "$in/in_root" "$place"
  else
    begin wine32
    result 0 0 1 0 "no root with a 32-bit Wine"
    remember "$(show_log wine32-root 5)"
  fi
}

# other_compiler: the same tree by clang, whose warnings and whose order of operations are others.
other_compiler() {
  # A server, the model and the long proofs are as they were with g++, and take long.
  choice "" -L '^(core|dsp|contract)$' -LE '^(server|model)$' -- suite clang
}

# with_libraries NAME ARCHITECTURE COMMAND…: the command, if Debian's libraries for another processor can be had. Where they
# cannot (no network, a mirror without them) it is skipped, and says why.
with_libraries() {
  if quietly "$1-root" "$root/cmake/fetch_root" "$2" "$root/build/$1-root"; then
    "${@:3}"
  else
    begin "$1"
    result 0 0 1 0 "no libraries for $2"
    remember "$(show_log "$1-root" 5)"
  fi
}

# other_processors: 64-bit ARM, whose programs an emulator runs, and 32-bit ARM, which is compiled alone.
other_processors() {
  install "${to_aarch64[@]}" "${to_armhf[@]}"
  with_libraries aarch64 arm64 suite aarch64
  with_libraries armhf armhf check armhf compiled armhf refwave_control
}

# compiled PRESET TARGET…: builds them, and says how much that was.
compiled() { build "$@" && echo "$(find "$root/build/$1" -name '*.o' | wc -l) objects"; }

# fuzzers: a minute for each (tests/fuzz), in a tree of their own, which clang builds.
fuzzers() {
  choice "" -C full -L '^full$' -- suite fuzz
}

# cards: refwave on the kernel's sound drivers, in a virtual machine (tests/cards). Where its parts cannot be fetched (no network, no
# space) it is skipped, and says why.
cards() {
  local built seen=$logs/cards.log wrong status=0
  begin cards
  if ! quietly cards-machine "$root/tests/cards/machine" make "$root/build/cards"; then
    result 0 0 1 $((SECONDS - began)) "no virtual machine"
    remember "$(show_log cards-machine 5)"
    return
  fi
  built=$((SECONDS - began))
  quietly cards "$root/tests/cards/machine" check "$root/build/cards" "$root/build/native" || status=$?
  wrong=$(grep -c '^FAILED ' "$seen") || true
  ((status == 0 || wrong > 0)) || wrong=1
  result "$(grep -c '^ok ' "$seen")" "$wrong" 0 "$built"
  ((wrong == 0)) || remember "$(grep '^FAILED ' "$seen" || show_log cards)"
}

# where_the_time_went: the stages, and the tests that took longest, of all trees.
where_the_time_went() {
  local line file fields
  printf '\n%-14s %8s %8s\n' "seconds" build test
  for line in "${stages[@]}"; do
    read -r -a fields <<<"$line"
    printf '%-14s %8d %8d\n' "${fields[@]}"
  done
  echo "longest tests:"
  for line in "${stages[@]}"; do
    file=$logs/${line%% *}-slowest
    [[ ! -f $file ]] || sed "s/^\([^ ]*\) /\1 ${line%% *} /" "$file"
  done | sort -rn | sed -n 1,12p | while read -r -a fields; do printf '%8.1f %-7s %s\n' "${fields[@]}"; done
}

# with_clang_14 NAME COMMAND…: a check by a tool whose other versions would judge differently.
with_clang_14() {
  if [[ $("$1" --version) == *" version 14."* ]]; then
    check "$@"
  else
    begin "$1"
    result 0 0 1 0 "version 14 is what judges"
    remember "$("$1" --version)"
  fi
}

formatted() {
  local sources
  mapfile -t sources < <(find "$root"/{bench,driver,dsp,hal,inf,tests} -name '*.h' -o -name '*.cpp')
  clang-format --dry-run -Werror "${sources[@]}" && echo "${#sources[@]} files"
}

# Runs clang-tidy on the sources of refwave.drv and of the command.
tidy() {
  local cache=~/.cache
  [[ ${XDG_CACHE_HOME:-} != /* ]] || cache=$XDG_CACHE_HOME
  "$root/cmake/tidy" "$root/build/native" "$cache/refwave/tidy" "$jobs" dsp hal driver bench/doctor bench/latency bench/trace inf tests/conform
}

test_everything() {
  cd "$root" || return
  strict=yes
  install "${to_build[@]}" "${to_play[@]}" "${to_bench[@]}" "${to_test[@]}" "${to_cross[@]}" "${to_wine[@]}"
  sources
  logged pipewire-plugin "$root/cmake/fetch_pipewire_plugin" "$root/build/sources"
  # The random GoogleTest programs take their seeds from this one, and without it from 0.
  if [[ $full == yes ]]; then
    export GTEST_RANDOM_SEED=$((SRANDOM % 1000000))
    export REFWAVE_ALL_RULES=yes  # tests/conform/broken/conform.cmake
    echo "random tests: GTEST_RANDOM_SEED=$GTEST_RANDOM_SEED"
  fi
  with_clang_14 clang-format formatted
  if [[ $full == no ]]; then
    targets[asan]=$(printf 'tests/%s/all ' "${rooms[@]}")
    targets[tsan]=${targets[asan]}
  fi
  coming=(asan tsan win64)
  if [[ $full == yes ]]; then
    install "${to_clang[@]}" "${to_fuzz[@]}" "${to_coverage[@]}"
    targets[coverage]=tests/all
    coming+=(win32 clang fuzz coverage)
  fi
  trap 'halt; share_as_before' EXIT
  share_by_threads
  tree native
  rooms_of asan
  # ThreadSanitizer supports only some memory layouts, and a randomised layout may be another.
  launcher=(setarch "$(uname -m)" -R)
  slots=$((2 * jobs))  # it computes more
  "${launcher[@]}" true 2>/dev/null || launcher=()
  # An audio thread that ThreadSanitizer slows down, and that goes before all others (root may have that), keeps two
  # processors from everybody for seconds. So no thread goes before others here.
  local polite=(setpriv --inh-caps=-sys_nice --bounding-set=-sys_nice)
  "${polite[@]}" true 2>/dev/null && launcher+=("${polite[@]}")
  # It makes a client too slow for a sound server.
  rooms_of tsan -LE '^(server|timed)$'
  launcher=()
  slots=$((5 * jobs / 2))
  # Wine beside other programs says nothing of times.
  tree win64 -LE '^(server|timed)$'
  if [[ $full == yes ]]; then
    win32
    other_compiler
    fuzzers
    other_processors
    cards
    with_clang_14 clang-tidy tidy
    check docs "$root/run" docs
    check coverage "$root/run" coverage
  fi

  [[ -z $remarks ]] || printf '\n%s' "$remarks"
  where_the_time_went
  [[ -z ${names//$'\n'/} ]] || printf '\nfailed, or tried again:\n%s' "$(grep . <<<"$names")"
  ((later_tries + unjudged <= budget)) ||
    { printf '\nmore than %d second tries and cases not judged\n' "$budget"; failed=$((failed + 1)); }
  printf '\n%d passed, %d failed%s\n' "$passed" "$failed" "$(skips "$skipped")"
  ((later_tries == 0)) || printf '%s\n' "$(again "$later_tries")"
  ((failed == 0))
}
