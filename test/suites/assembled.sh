#!/usr/bin/env bash
# What is installed is what the files in sql/source make.
for file in sql/create_bot_sessions.sql sql/botsession--*.sql; do
  mv "$file" "$RUN_DIR/committed.sql"
  if make --no-print-directory PG_CONFIG="$PG_CONFIG" "$file" >&2 && cmp "$RUN_DIR/committed.sql" "$file" >&2; then
    printf 'ok %s\n' "$file"
  else
    printf 'not ok %s: run make, and commit it\n' "$file"
  fi
done

# One function alone is what the migration makes of it.
for file in sql/source/functions/*.sql; do
  built=sql/build/$(basename "$file")
  if make --no-print-directory PG_CONFIG="$PG_CONFIG" "$built" >&2 &&
    perl -0777 -e '($migration, $function) = map { open my $f, "<", $_; <$f> } @ARGV; exit !($function && index($migration, $function) >= 0)' \
      sql/create_bot_sessions.sql "$built"; then
    printf 'ok %s\n' "$built"
  else
    printf 'not ok %s\n' "$built"
  fi
done

# Nobody has to scroll far to read one of them, nor to the right to read the migration's own sections: but for the text
# of a comment, and what psql wants in one line.
for file in sql/source/*.sql sql/source/*/*.sql; do
  lines=$(wc -l <"$file")
  wide=
  case $file in
    sql/source/*/*) ;;
    *) wide=$(awk '/^comment on/ { text = 1 } !text && !/^\\echo/ && length > 120 { print FNR } /\047;$/ { text = 0 }' "$file") ;;
  esac
  if [ "$lines" -gt 130 ]; then
    printf 'not ok %s has %s lines: 130 at most\n' "$file" "$lines"
  elif [ -n "$wide" ]; then
    printf 'not ok %s: more than 120 characters in line %s\n' "$file" "${wide//$'\n'/, }"
  else
    printf 'ok %s\n' "$file"
  fi
done
