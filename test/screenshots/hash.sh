#!/usr/bin/env bash
# hash.sh TREE: what the picture of the console is made from, as one hash.
cd "$1" || exit
cat clients/node/console/page/* clients/node/console/*.js test/screenshots/*.mjs | sha256sum | cut -c 1-64
