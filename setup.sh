#!/bin/sh
# Installs what is missing of the Debian packages that the build needs.
# Does nothing when nothing is missing; needs root only when something is.
set -eu

packages="g++ cmake ninja-build pkg-config libcpp-httplib-dev libssl-dev doctest-dev libasio-dev
libcli11-dev nlohmann-json3-dev libfmt-dev python3"

if ! command -v apt-get >/dev/null || ! command -v dpkg-query >/dev/null; then
    echo "setup.sh: this system has no apt-get. Install these by hand:" >&2
    echo "  a C++20 compiler, CMake 3.25 or newer, Ninja, pkg-config, Python 3, and the libraries" >&2
    echo "  cpp-httplib (with OpenSSL support), OpenSSL 3, doctest, Asio (standalone)," >&2
    echo "  CLI11, nlohmann/json, fmt" >&2
    exit 1
fi

missing=""
for package in $packages; do
    status=$(dpkg-query --show --showformat='${db:Status-Status}' "$package" 2>/dev/null || true)
    [ "$status" = installed ] || missing="$missing $package"
done
if [ -z "$missing" ]; then
    echo "setup.sh: nothing to do, every package is installed"
    exit 0
fi

as_root=""
if [ "$(id -u)" -ne 0 ]; then
    if ! command -v sudo >/dev/null; then
        echo "setup.sh: not root and no sudo. As root: apt-get install$missing" >&2
        exit 1
    fi
    as_root="sudo"
fi

echo "setup.sh: installing$missing"
$as_root env DEBIAN_FRONTEND=noninteractive apt-get update --quiet
# shellcheck disable=SC2086  # a list of names, on purpose
$as_root env DEBIAN_FRONTEND=noninteractive apt-get install --quiet --yes \
    --no-install-recommends $missing
