#!/bin/sh
# Build the page of `referee serve` (web/) into the package, where Node and npm are. Elsewhere say so and go on: the
# service works without its page, and the tests of the page skip.
set -eu
cd "$(dirname "$0")/../web"

if ! command -v npm >/dev/null || ! command -v node >/dev/null; then
    echo "page: not built, there is no npm; with Node 18.19 or later 'make page' builds it." >&2
    exit 0
fi
if ! node -e 'const [a, b] = process.versions.node.split(".").map(Number); process.exit(a > 18 || (a === 18 && b >= 19) ? 0 : 1)'; then
    echo "page: not built, Node $(node --version) is too old; it takes 18.19 or later." >&2
    exit 0
fi
# The packages are fetched once for each lock file.
log=$(mktemp)
trap 'rm -f "$log"' EXIT
if ! cmp -s package-lock.json node_modules/.fetched; then
    if ! npm ci --silent --no-progress >"$log" 2>&1; then
        tail -n 3 "$log" >&2
        echo "page: not built, 'npm ci' could not fetch its packages; 'make page' tries again." >&2
        exit 0
    fi
    cp package-lock.json node_modules/.fetched
fi
npm run --silent check >"$log" 2>&1 || { cat "$log" >&2; exit 1; }
npm run --silent build
