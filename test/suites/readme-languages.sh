#!/usr/bin/env bash
# README.md and README.pt-BR.md say the same, and links within the documentation lead somewhere; see
# test/docs/readme_languages.pl.

exec perl test/docs/readme_languages.pl
