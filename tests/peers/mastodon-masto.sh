#!/usr/bin/env bash
# Drives a server of Mastodon's API through masto (npm), a client that is not ours, so
# that a test does not judge an imitation by our own understanding of it. Prints one
# JSON value and ends non-zero on any error.
#
#   mastodon-masto.sh --install                      only installs
#   mastodon-masto.sh drive URL TOKEN PICTURE        see mastodon-masto.mjs
. "$(dirname "${BASH_SOURCE[0]}")/lib.sh"

need_npm mastodon-masto masto@8.0.0
[ "${1:-}" = --install ] && exit
exec "$node" "$peers_code/mastodon-masto.mjs" "$peers_home/mastodon-masto" "$@"
