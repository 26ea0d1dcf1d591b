#!/usr/bin/env bash
# Starts a receiver of webhooks on 127.0.0.1, in the foreground. It judges every
# signature with the PyPI package standardwebhooks, which is not ours, and answers
# 200 or 401. Prints a line that begins with READY.
#
#   webhook-verify.sh --install                       only installs
#   webhook-verify.sh DATA_DIR PORT SECRET_FILE
#
# What came is in DATA_DIR/seen.jsonl, one request a line. A request to /gone is
# answered 410, to /busy 429 the first time, to /broken 500.
. "$(dirname "${BASH_SOURCE[0]}")/lib.sh"

if [ "${1:-}" != --install ] && [ $# -ne 3 ]; then
  echo "usage: ${0##*/} --install | DATA_DIR PORT SECRET_FILE" >&2
  exit 2
fi

receiver_install() {
  rm -rf "${peers_home:?}/webhook-verify"
  python3 -m venv "$peers_home/webhook-verify"
  "$peers_home/webhook-verify/bin/python" -m pip install --quiet --disable-pip-version-check "$1"
}

python3 -c 'import ensurepip, venv' 2>/dev/null || need_debian python3-venv
package=standardwebhooks==1.1.0
install_once webhook-verify "$package" receiver_install "$package"
[ "$1" = --install ] && exit
mkdir -p "$1"
exec "$peers_home/webhook-verify/bin/python" "$peers_code/webhook-verify.py" "$@"
