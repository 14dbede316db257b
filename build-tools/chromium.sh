#!/bin/sh
# Chromium for the browser tests, from the system's packages where it is missing and may be installed. Never fails: the
# tests say loudly that they did not run.
for name in chromium-headless-shell chromium chromium-browser google-chrome; do
    command -v "$name" >/dev/null 2>&1 && exit 0
done
if [ "$(id -u)" = 0 ] && command -v apt-get >/dev/null 2>&1; then
    echo "installing Chromium for the browser tests …" >&2
    export DEBIAN_FRONTEND=noninteractive
    { apt-get update -qq && { apt-get install -y -qq --no-install-recommends chromium-headless-shell ||
        apt-get install -y -qq --no-install-recommends chromium; }; } </dev/null >/dev/null 2>&1 ||
        echo "Chromium could not be installed: THE BROWSER TESTS WILL NOT RUN." >&2
else
    echo "Chromium is missing: THE BROWSER TESTS WILL NOT RUN. Install the package chromium." >&2
fi
exit 0
