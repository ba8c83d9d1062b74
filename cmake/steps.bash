# What ./run is made of, step by step: installs packages, builds trees, keeps their output. Sourced by ./run, which sets root.
# shellcheck shell=bash disable=SC2034  # the lists of packages are for the scripts that source this
logs=${root:?}/build/logs
# What one checkout has compiled serves the next one, wherever it lies. What a source includes ccache learns from the compiler
# (depend), instead of preprocessing it once more, which is a fifth of the time of compiling it.
export CCACHE_BASEDIR=$root CCACHE_NOHASHDIR=1 CCACHE_DEPEND=1

to_build=(ccache cmake debian-archive-keyring dpkg-dev file g++ make ninja-build patch pkg-config libasound2-dev libcli11-dev
  libconcurrentqueue-dev libdbus-1-dev libhwy-dev libjack-jackd2-dev libmpg123-dev libopusfile-dev
  libpipewire-0.3-dev libpulse-dev libsndfile1-dev libtomlplusplus-dev libvorbis-dev nlohmann-json3-dev)
to_play=(alsa-utils)
to_bench=(libbenchmark-dev libboost-dev libsamplerate0-dev python3)
to_test=(binutils dbus-daemon git jackd2 libasound2-plugins 'jack-example-tools|jackd2' libgmock-dev libgtest-dev pipewire pipewire-bin
  'pipewire-media-session|wireplumber' portaudio19-dev pulseaudio pulseaudio-utils python3 sox spin tcc)
to_style=(clang-format clang-tidy)
to_cross=(binutils-mingw-w64-i686 binutils-mingw-w64-x86-64 googletest g++-mingw-w64-i686-posix g++-mingw-w64-x86-64-posix
  zip)
to_clang=(clang)
to_docs=(doxygen)
to_pack=(help2man)
to_cards=(python3)
to_coverage=(clang libclang-rt-dev llvm)
to_aarch64=(g++-aarch64-linux-gnu 'qemu-user-static|qemu-user')
to_armhf=(g++-arm-linux-gnueabihf)
to_fuzz=(clang libclang-rt-dev llvm)
to_runtimes=(default-jdk-headless golang-go mono-mcs mono-runtime ruby-ffi)
to_wine=(wine wine64 xauth xvfb)

# What ./run builds to play: the command, the driver and the stand-in for winmm.
to_hear=(refwave refwave.drv libwinmm.so)

fail() { printf 'run: %s\n' "$*" >&2; exit 1; }

# quietly NAME COMMAND…: the command's output goes to build/logs/NAME.log.
quietly() {
  mkdir -p "$logs"
  "${@:2}" >"$logs/$1.log" 2>&1 </dev/null
}
show_log() { tail -n "${2:-40}" "$logs/$1.log"; echo "     all of it: $logs/$1.log"; }
# logged NAME COMMAND…: the same, and the end of it to the terminal if the command fails.
logged() { quietly "$@" || { show_log "$1"; fail "failed: ${*:2}"; } >&2; }

# watched NAME COMMAND…: as logged, and on a terminal the newest line of the output is shown meanwhile.
watched() {
  [[ -t 2 ]] || { logged "$@"; return; }
  mkdir -p "$logs"
  "${@:2}" 2>&1 </dev/null | tee "$logs/$1.log" | newest_line >&2 || { show_log "$1"; fail "failed: ${*:2}"; } >&2
}
newest_line() {
  local line width
  width=$(tput cols 2>/dev/null || echo 80)
  while IFS= read -r line; do printf '\r\033[K%s' "${line:0:width-1}"; done
  printf '\r\033[K'
}

# install PACKAGE…: those that are missing. Of `first|second` the first that this release of Debian has.
install() {
  [[ -n $(command -v dpkg-query) && -n $(command -v apt-get) ]] ||
    fail "this system has no apt; install what these Debian packages hold, then see README.md for the build: $*"
  local present missing
  lacks "$@" || return 0

  local as_root=()
  if ((EUID != 0)); then
    command -v sudo >/dev/null || fail "to be installed, and there is neither root nor sudo: apt-get install ${missing[*]}"
    as_root=(sudo)
  fi
  local apt=("${as_root[@]}" env LC_ALL=C DEBIAN_FRONTEND=noninteractive apt-get -qq -o Dpkg::Use-Pty=0)
  when_free apt-update "${apt[@]}" update
  # Before the update a new system knows no package.
  lacks "$@" || return 0
  echo "installing ${missing[*]}"
  when_free apt-install "${apt[@]}" install --yes --no-install-recommends "${missing[@]}"
  installed=yes
}

# when_free NAME APT…: as logged, and waits up to ten minutes while another program has apt's lock, as on a new system.
# DPkg::Lock::Timeout does not hold for the lock of `update`.
when_free() {
  local -i end=SECONDS+600
  local said=
  until quietly "$@"; do
    if ((SECONDS > end)) || ! grep -q 'Could not get lock' "$logs/$1.log"; then
      { show_log "$1"; fail "failed: ${*:2}"; } >&2
    fi
    [[ $said ]] || echo "waiting until another program has finished with apt" >&2
    said=yes
    sleep 1
  done
}

# lacks PACKAGE…: whether any is missing; names them in `missing`.
lacks() {
  local names word
  read -ra names <<<"${*//|/ }"
  present=" $(dpkg-query -W -f='${db:Status-Status}:${Package} ' "${names[@]}" 2>/dev/null || true)"
  missing=()
  for word; do
    [[ $word != *'|'* ]] || word=$(offered "$word")
    is_present "$word" || missing+=("$word")
  done
  ((${#missing[@]}))
}
is_present() { [[ $present == *" installed:$1 "* ]]; }
offered() {
  local name
  for name in ${1//|/ }; do
    is_present "$name" || [[ $(LC_ALL=C apt-cache policy "$name" 2>/dev/null) == *"Candidate: "[^\(]* ]] || continue
    echo "$name"
    return
  done
  echo "${1%%|*}"
}

# build PRESET [TARGET…]: configures once, and when there is something new to find; ninja itself notices when a build file
# has changed.
installed=
launcher=()
build() (
  cd "$root" || return
  local options=()
  if [[ ! $strict ]] && ! is_strict "$1"; then
    options=(-DREFWAVE_WERROR=OFF)
    [[ $1 != native ]] || options+=(-DREFWAVE_TESTS=OFF)
  fi
  [[ -f build/$1/build.ninja && -z $installed ]] && is_configured "$1" && { [[ -z $strict ]] || is_strict "$1"; } ||
    cmake --preset "$1" "${options[@]}" || return
  "${launcher[@]}" ninja -C "build/$1" "${@:2}"
)
# Warnings are errors in the presets. A newer compiler's warning must not keep a user from sound, so ./run takes none for an
# error, except in a tree that ./run test (strict) or a developer has configured. Nor does the user wait for what tests need.
strict=
is_strict() { is_configured "$1" && grep -qs '^REFWAVE_WERROR:BOOL=ON' "build/$1/CMakeCache.txt"; }
# Not if CMake lacked something: then the next ./run configures again.
is_configured() { grep -qs '^REFWAVE_IS_CONFIGURED:INTERNAL=ON' "build/$1/CMakeCache.txt"; }

# sources [NAME…]: those that are compiled here.
sources() { logged sources "$root/cmake/fetch_sources" "$root/build/sources" "$@"; }
