#!/bin/sh
# Fetches what looks over the pages and is no part of onrecord: axe-core (Mozilla Public License 2.0), which finds
# barriers, and the Nu HTML Checker (MIT; it runs on Java), which finds wrong HTML. Both come by name and version from
# the registry that npm is set to, and are what they were when they were chosen. Without them their tests are skipped,
# and say so.   usage: sh tests/checkers.sh FOLDER
folder="${1:?where to put them}"
mkdir -p "$folder"
cd "$folder" || exit 0

get() { # package, version, SHA-256 of the archive, file in it, name here
    [ -f "$5" ] && return
    if ! command -v npm >/dev/null 2>&1; then
        echo "npm is not installed: the tests that need $1 will be skipped"
        return
    fi
    npm pack --silent "$1@$2" >/dev/null 2>&1
    if echo "$3  $1-$2.tgz" | sha256sum --check --status 2>/dev/null; then
        tar -xzOf "$1-$2.tgz" "package/$4" >"$5.part" && mv "$5.part" "$5"
    else
        echo "could not fetch $1 $2: the tests that need it will be skipped"
    fi
    rm -f "$1-$2.tgz" "$5.part"
}

get axe-core 4.14.1 e6b0ce02b84d892e2e33e403485e7f3d6c29e2be6df65daf44d89ba564139745 axe.min.js axe.min.js
get vnu-jar 26.9.27 5970d3ffca91a627cf0965e5d91bb2e4242307c29292998de0b419d6a901b2b7 build/dist/vnu.jar vnu.jar
exit 0
