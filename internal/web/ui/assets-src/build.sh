#!/bin/sh
# Builds internal/web/ui/static from the sources here. The result is committed;
# running this again gives the same bytes, because every version is locked.
set -eu
cd "$(dirname "$0")"
npm ci --ignore-scripts --no-audit --no-fund --silent
node build.mjs
