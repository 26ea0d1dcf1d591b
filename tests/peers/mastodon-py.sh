#!/usr/bin/env bash
# Drives a server of Mastodon's API through Mastodon.py (PyPI), a client that is not
# ours, so that a test does not judge an imitation by our own understanding of it.
# Prints one JSON value and ends non-zero on any error.
#
#   mastodon-py.sh --install                      only installs
#   mastodon-py.sh drive URL TOKEN PICTURE        see mastodon-py.py
. "$(dirname "${BASH_SOURCE[0]}")/lib.sh"

client_install() {
  rm -rf "${peers_home:?}/mastodon-py"
  python3 -m venv "$peers_home/mastodon-py"
  "$peers_home/mastodon-py/bin/python" -m pip install --quiet --disable-pip-version-check "$1"
}

python3 -c 'import ensurepip, venv' 2>/dev/null || need_debian python3-venv
package=Mastodon.py==2.3.3
install_once mastodon-py "$package" client_install "$package"
[ "${1:-}" = --install ] && exit
exec "$peers_home/mastodon-py/bin/python" "$peers_code/mastodon-py.py" "$@"
