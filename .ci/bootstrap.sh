#!/usr/bin/env bash
# Makes a fresh machine ready: system packages, uv, the virtual environment, the pinned packages.
#
#   .ci/bootstrap.sh             what running Triview needs
#   .ci/bootstrap.sh --dev       ... and what its tests need
#   .ci/bootstrap.sh --check     print the system packages that are missing (exit 1 when any is)
#
# Needs Python 3.11 and, when system packages are missing, root or sudo. A second run with nothing changed takes
# well under a second. Nothing is downloaded by curl, nothing is installed outside .tools/, .venv/ and apt.
set -euo pipefail
cd "$(dirname "${BASH_SOURCE[0]}")/.."

# Pinned like everything else, so that the same resolver runs everywhere.
UV_VERSION=0.13.9
# How long the official host of CPU builds of torch may take to answer before the plain package is used.
TORCH_HOST_TIMEOUT_S=8
TORCH_CPU_INDEX=https://download.pytorch.org/whl/cpu/torch/

# gcc, pkg-config, libmariadb-dev: mysqlclient is compiled. libegl1, libgles2, libgl1, libglib2.0-0: MediaPipe and
# OpenCV. libpango*, libharfbuzz-subset0, fonts-nanum: PDF reports with Korean text. espeak-ng: the demo's voices.
# redis-server: live sessions.
PRODUCT_PACKAGES=(gcc pkg-config libmariadb-dev ffmpeg libegl1 libgles2 libgl1 libglib2.0-0 libpango-1.0-0
  libpangoft2-1.0-0 libharfbuzz-subset0 fonts-nanum espeak-ng redis-server)
# Real services, a real browser, and tools that check our output from outside.
TEST_PACKAGES=(mariadb-server chromium chromium-driver poppler-utils sox docker-compose)

say() { printf '\033[1m· %s\033[0m\n' "$*" >&2; }
fail() {
  printf '\033[31m%s\033[0m\n' "$*" >&2
  exit 1
}

mode=product
case "${1:-}" in
  "") ;;
  --dev) mode=dev ;;
  --check) mode=check ;;
  *) fail "Unknown option: $1. Known: --dev, --check." ;;
esac

# -- Python ----------------------------------------------------------------------------------------------------------
find_python() {
  local candidate
  for candidate in "${TRIVIEW_PYTHON:-}" python3.11 python3 python; do
    [ -n "$candidate" ] || continue
    if "$candidate" -c 'import sys; sys.exit(sys.version_info[:2] != (3, 11))' 2>/dev/null; then
      command -v "$candidate"
      return
    fi
  done
  fail "Triview needs Python 3.11 and found none. Install it (Debian 12: apt-get install python3), or point TRIVIEW_PYTHON at one."
}
PYTHON=$(find_python)

# -- System packages -------------------------------------------------------------------------------------------------
missing_packages() {
  local wanted=("${PRODUCT_PACKAGES[@]}") include_dir
  [ "$mode" = product ] || wanted+=("${TEST_PACKAGES[@]}")
  include_dir=$("$PYTHON" -c 'import sysconfig; print(sysconfig.get_path("include"))')
  [ -e "$include_dir/Python.h" ] || wanted+=(python3.11-dev)
  has_pip_somewhere || wanted+=(python3-pip)
  # dpkg-query fails as soon as one package is unknown to it, and still lists the others.
  { dpkg-query -W -f='${db:Status-Abbrev} ${Package}\n' "${wanted[@]}" 2>/dev/null || true; } |
    awk '$1 == "ii" {print $2}' | sort >"$scratch/installed"
  printf '%s\n' "${wanted[@]}" | sort | comm -23 - "$scratch/installed"
}

has_pip_somewhere() {
  [ -x .tools/uv/bin/uv ] || command -v uv >/dev/null || "$PYTHON" -m pip --version >/dev/null 2>&1 ||
    "$PYTHON" -c 'import ensurepip' 2>/dev/null
}

# Packages such as mariadb-server start a daemon when they are installed. The tests start their own, so a policy
# that says no is put in place for the time of the installation (unless the machine already has one).
apt_install() {
  local as_root=() policy=/usr/sbin/policy-rc.d own_policy=no status=0
  [ "$(id -u)" = 0 ] || as_root=(sudo)
  if [ ! -e "$policy" ]; then
    printf '#!/bin/sh\nexit 101\n' | "${as_root[@]}" tee "$policy" >/dev/null
    "${as_root[@]}" chmod 755 "$policy"
    own_policy=yes
  fi
  local install=("${as_root[@]}" env DEBIAN_FRONTEND=noninteractive apt-get install -y -q --no-install-recommends "$@")
  if ! apt-cache show "$@" >/dev/null 2>&1; then
    "${as_root[@]}" apt-get update -q >&2 || status=$?
  fi
  "${install[@]}" >"$scratch/apt.log" 2>&1 || {
    # Lists that are older than the mirror name files that are gone.
    "${as_root[@]}" apt-get update -q >&2
    "${install[@]}" >"$scratch/apt.log" 2>&1 || status=$?
  }
  [ "$own_policy" = no ] || "${as_root[@]}" rm -f "$policy"
  if [ "$status" != 0 ]; then
    tail -n 20 "$scratch/apt.log" >&2
    fail "apt-get could not install: $*"
  fi
}

ensure_system_packages() {
  local listing missing
  if ! command -v dpkg-query >/dev/null; then
    say "This is no Debian or Ubuntu: make sure that the equivalents of these are installed: ${PRODUCT_PACKAGES[*]}"
    return
  fi
  listing=$(missing_packages)
  [ -n "$listing" ] || return 0
  mapfile -t missing <<<"$listing"
  if [ "$mode" = check ]; then
    printf '%s\n' "${missing[@]}"
    exit 1
  fi
  if [ "$(id -u)" != 0 ] && ! { command -v sudo >/dev/null && sudo -n true 2>/dev/null; } && ! { command -v sudo >/dev/null && [ -t 0 ]; }; then
    fail "System packages are missing and this user may not install them. Run this, then repeat the command:

  sudo apt-get update && sudo apt-get install -y --no-install-recommends ${missing[*]}
"
  fi
  say "Installing ${#missing[@]} system packages: ${missing[*]}"
  apt_install "${missing[@]}"
}

# -- uv --------------------------------------------------------------------------------------------------------------
ensure_uv() {
  if [ -x .tools/uv/bin/uv ]; then
    UV=.tools/uv/bin/uv
    return
  fi
  say "Getting uv $UV_VERSION"
  local pip_python=$PYTHON
  if ! "$PYTHON" -m pip --version >/dev/null 2>&1; then
    if "$PYTHON" -c 'import ensurepip' 2>/dev/null; then
      "$PYTHON" -m venv "$scratch/pip"
      pip_python="$scratch/pip/bin/python"
    else
      pip_python=python3 # python3-pip belongs to the system's python3, whatever its version
    fi
  fi
  "$pip_python" -m pip install --quiet --disable-pip-version-check --no-warn-script-location --target .tools/uv \
    "uv==$UV_VERSION" || fail "uv could not be installed: pip's message is above."
  UV=.tools/uv/bin/uv
}

# uv reads no pip.conf: what pip has been told about where packages are is handed on.
pass_pip_settings_on() {
  local key variable value
  "$PYTHON" -m pip --version >/dev/null 2>&1 || return 0
  for key in find-links:FIND_LINKS; do
    variable="UV_${key#*:}"
    [ -z "${!variable:-}" ] || continue
    value=$(printenv "PIP_${key#*:}" || "$PYTHON" -m pip config get "global.${key%%:*}" 2>/dev/null || true)
    [ -z "$value" ] || export "$variable=$(printf '%s' "$value" | tr -s ' \n' ',,' | sed 's/^,//; s/,$//')"
  done
}

# torch from the Python index drags several gigabytes of CUDA packages along. A CPU build is taken from the configured
# find-links when one lies there, else from its official index when that answers, else there is only the plain one.
torch_options() {
  local folder folders
  IFS=',' read -ra folders <<<"${UV_FIND_LINKS:-}"
  for folder in "${folders[@]}"; do
    if compgen -G "${folder#file://}/torch-*+cpu-*.whl" >/dev/null; then return; fi
  done
  if "$PYTHON" -c 'import sys, urllib.request; urllib.request.urlopen(sys.argv[1], timeout=float(sys.argv[2]))' \
    "$TORCH_CPU_INDEX" "$TORCH_HOST_TIMEOUT_S" 2>/dev/null; then
    printf '%s\n' --torch-backend cpu
    return
  fi
  say "The index of CPU builds of torch does not answer: taking the plain package (larger)."
}

# -- Packages --------------------------------------------------------------------------------------------------------
# A stamp holds the hash of everything that decides the environment's content.
stamp_of() {
  { cat .ci/bootstrap.sh .ci/constraints.txt "$@"; printf '%s' "$PYTHON"; } | sha256sum | cut -d' ' -f1
}

ensure_packages() {
  local product_stamp requirements=requirements.txt stamp wanted options
  product_stamp=$(stamp_of requirements.txt)
  stamp=.venv/.stamp-$mode wanted=$product_stamp
  if [ "$mode" = dev ]; then
    requirements=requirements-dev.txt
    wanted=$(stamp_of requirements.txt requirements-dev.txt)
  fi
  if [ -x .venv/bin/python ] && [ "$(cat "$stamp" 2>/dev/null)" = "$wanted" ]; then return; fi
  ensure_uv
  pass_pip_settings_on
  mapfile -t options < <(torch_options)
  if ! .venv/bin/python -c '' 2>/dev/null; then
    "$UV" venv --quiet --clear --python "$PYTHON" .venv
  fi
  say "Installing $requirements"
  if ! "$UV" pip install --python .venv "${options[@]}" -r "$requirements" -c .ci/constraints.txt; then
    say "The recorded versions could not all be found; resolving $requirements anew."
    "$UV" pip install --python .venv "${options[@]}" -r "$requirements" ||
      fail "The packages could not be installed: uv's message is above."
  fi
  printf '%s' "$wanted" >"$stamp"
  [ "$mode" = product ] || printf '%s' "$product_stamp" >.venv/.stamp-product
}

scratch=$(mktemp -d)
trap 'rm -rf "$scratch"' EXIT
ensure_system_packages
[ "$mode" != check ] || exit 0
ensure_packages
