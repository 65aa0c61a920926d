# Makes the virtual environment and what is installed in it; sourced by ./run, ./test and ./bench. Quick when all is there.

find_python() {
  for name in python3 python3.14 python3.13 python3.12 python3.11; do
    if command -v "$name" >/dev/null && "$name" -c 'import sys; sys.exit(sys.version_info < (3, 11))' 2>/dev/null; then
      echo "$name"
      return
    fi
  done
  echo "Tillbridge needs Python 3.11 or newer." >&2
  return 1
}

as_root() {
  if [ "$(id -u)" = 0 ]; then "$@"; else sudo "$@"; fi
}

make_venv() {
  local python
  python=$(find_python)
  [ -x .venv/bin/python ] && return
  if ! "$python" -c 'import ensurepip' 2>/dev/null; then
    echo "Installing python3-venv ..." >&2
    as_root apt-get update -qq && as_root apt-get install -y -qq python3-venv
  fi
  echo "Making the virtual environment ..." >&2
  "$python" -m venv .venv
}

# ready FILE: everything that FILE pins is installed; the copy in .venv tells which state was installed.
ready() {
  make_venv
  if ! cmp -s "$1" ".venv/installed-$1"; then
    echo "Installing what $1 names ..." >&2
    .venv/bin/python -m pip install --quiet --disable-pip-version-check --require-hashes -r "$1"
    cp "$1" ".venv/installed-$1"
  fi
}

# ready_browser: the browser of the tests; Debian's own where apt is there, else the one that Playwright brings.
ready_browser() {
  command -v chromium >/dev/null || command -v chromium-browser >/dev/null && return
  if command -v apt-get >/dev/null; then
    echo "Installing chromium ..." >&2
    as_root apt-get install -y -qq chromium >/dev/null 2>&1 ||
      { as_root apt-get update -qq && as_root apt-get install -y -qq chromium >/dev/null; }
  else
    .venv/bin/playwright install chromium
  fi
}
