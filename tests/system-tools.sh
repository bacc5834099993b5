#!/bin/sh
# Installs what the tests need of the system, where that is possible: a browser, and voices to speak with.
# Where it is not, the tests that need them are skipped and say so.
missing=""
command -v rsync >/dev/null 2>&1 || missing="$missing rsync"
command -v git >/dev/null 2>&1 || missing="$missing git"
command -v chromium >/dev/null 2>&1 || missing="$missing chromium"
command -v flite >/dev/null 2>&1 || missing="$missing flite"
command -v espeak-ng >/dev/null 2>&1 || missing="$missing espeak-ng"
[ -n "$missing" ] || exit 0
if command -v apt-get >/dev/null 2>&1 && [ "$(id -u)" = 0 ]; then
    echo "installing$missing"
    { apt-get update -qq && DEBIAN_FRONTEND=noninteractive apt-get install -y -qq --no-install-recommends $missing; } \
        >/dev/null 2>&1 || echo "could not install$missing: the tests that need them will be skipped"
else
    echo "not installed:$missing: the tests that need them will be skipped (apt install$missing)"
fi
exit 0
