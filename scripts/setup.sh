#!/bin/sh
# Prepare .venv: bootstrap uv, install exactly what the locks name, then this project, editable.
# Nothing is fetched that a lock does not name with its hash, and no package is compiled.
# Idempotent: a stamp in .venv says for which tree and which files it was made.
set -eu
cd "$(dirname "$0")/.."

stop() {
    printf 'firebreak: %s\n' "$1" >&2
    exit 1
}

missing() {
    stop "$1 is missing. On Debian or Ubuntu: apt install $2"
}

command -v git >/dev/null 2>&1 || missing git git

# Two makes at once (a demo beside a test) must not build one .venv together.
if command -v flock >/dev/null 2>&1; then
    exec 9<pyproject.toml
    flock 9
fi

root=$(pwd -P)
wanted=$(cat pyproject.toml requirements.lock requirements-uv.lock scripts/setup.sh |
    git hash-object --stdin)
stamp=.venv/firebreak-stamp
if [ -x .venv/bin/python ] && [ -x .venv/bin/firebreak ] &&
    [ "$(cat "$stamp" 2>/dev/null)" = "$wanted $root" ]; then
    exit 0
fi

command -v python3 >/dev/null 2>&1 || missing python3 python3
python3 -c 'import sys; sys.exit(sys.version_info < (3, 11))' || stop \
    "Python 3.11 or newer is needed; python3 is $(python3 -V 2>&1). On Debian 12 or newer: apt install python3"
python3 -c 'import ensurepip, venv' >/dev/null 2>&1 || missing "python3's venv module" python3-venv
python3 - <<'PYTHON' || missing "a list of trusted certificate authorities" ca-certificates
import os, ssl, sys

paths = ssl.get_default_verify_paths()
sys.exit(not (paths.cafile or (paths.capath and os.listdir(paths.capath))))
PYTHON

echo "firebreak: preparing .venv (once; later runs reuse it)" >&2

# Scripts in a .venv name its place, so one that was moved or half made is built anew.
case $(cat "$stamp" 2>/dev/null) in
    *" $root") .venv/bin/python -m pip --version >/dev/null 2>&1 || rm -rf .venv ;;
    *) rm -rf .venv ;;
esac
[ -d .venv ] || python3 -m venv .venv
rm -f "$stamp"

export UV_PYTHON_DOWNLOADS=never UV_SYSTEM_CERTS=1 UV_NO_PROGRESS=1
python=.venv/bin/python
uv=.venv/bin/uv
$python -m pip install -qq --disable-pip-version-check --require-hashes --only-binary :all: \
    -r requirements-uv.lock
$uv pip sync --quiet --python $python --require-hashes --only-binary :all: \
    requirements.lock requirements-uv.lock
$uv pip install --quiet --python $python --offline --no-deps --no-build-isolation --editable .
echo "firebreak: compiling the watch (once; half a minute to two)" >&2
$python -m firebreak watch prepare >/dev/null 2>&1 || stop \
    "The watch cannot be compiled. See: .venv/bin/firebreak watch prepare"
printf '%s %s\n' "$wanted" "$root" >"$stamp"
