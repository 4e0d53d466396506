#!/bin/sh
# Installs the Debian packages of packages.txt that are missing. Arguments: the extra groups wanted ("kafka").
# Nothing is run when all is there; exit code 2, with the exact command, where it can't be done from here.
set -eu
list="$(dirname "$0")/packages.txt"

wanted=$(sed 's/#.*//' "$list" | awk -v groups=" $* " '
    NF == 1 { print $1 }
    NF == 2 { group = $1; sub(":", "", group); if (index(groups, " " group " ")) print $2 }')

if ! command -v dpkg-query >/dev/null 2>&1; then
    echo "This is not Debian: install the equivalents of these packages, then run make with PACKAGES=skip:" >&2
    echo "    $(echo $wanted)" >&2
    exit 2
fi

missing=""
for package in $wanted; do
    status=$(dpkg-query -W -f='${db:Status-Abbrev}' "$package" 2>/dev/null || true)
    case "$status" in
    ?i*) ;;
    *) missing="$missing $package" ;;
    esac
done
[ -z "$missing" ] && exit 0

command="apt-get install -y --no-install-recommends$missing"
give_up() {
    echo "Missing packages:$missing" >&2
    echo "$1 Run this, then make again:" >&2
    echo "    sudo apt-get update && sudo $command" >&2
    exit 2
}

if [ "$(id -u)" = 0 ]; then
    as_root=""
elif ! command -v sudo >/dev/null 2>&1; then
    give_up "They can be installed by root only, and there is no sudo."
elif sudo -n true 2>/dev/null; then
    as_root="sudo -n"
elif [ -t 0 ] && [ -t 2 ]; then
    as_root="sudo"
else
    give_up "sudo wants a password, and there is no terminal to ask for it."
fi

echo "Installing:$missing" >&2
case "$missing" in
*redis-server* | *postgresql*)
    echo "(Debian starts redis-server and postgresql as services; Freshet uses neither, it starts its own." >&2
    echo " To stop them: systemctl disable --now redis-server postgresql)" >&2
    ;;
esac
export DEBIAN_FRONTEND=noninteractive
$as_root apt-get update -q >&2 || give_up "apt-get update failed here."
# shellcheck disable=SC2086 # the command is a list of words
$as_root env DEBIAN_FRONTEND=noninteractive $command >&2 || give_up "apt-get install failed here."
