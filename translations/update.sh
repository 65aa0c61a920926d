#!/usr/bin/env bash
# Brings every translation up to date with the sentences that the code marks, and compiles it.
# `translations/update.sh ms` begins Malay first.
set -euo pipefail
cd "$(dirname "${BASH_SOURCE[0]}")/.."
pybabel=".venv/bin/pybabel --quiet"
template=translations/messages.pot

$pybabel extract --mapping-file=babel.cfg --keywords=_l --no-location --sort-output --no-wrap --output-file=$template .
[ $# = 0 ] || $pybabel init --input-file=$template --output-dir=translations --locale="$1" --no-wrap
$pybabel update --input-file=$template --output-dir=translations --no-wrap \
  --no-fuzzy-matching --ignore-obsolete --ignore-pot-creation-date
$pybabel compile --directory=translations
