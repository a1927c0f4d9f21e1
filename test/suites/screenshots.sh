#!/usr/bin/env bash
# The README's picture of the console is of the page as it is now, and small enough.
result=0
if [ "$(cat docs/console.png.sources)" = "$(bash test/screenshots/hash.sh .)" ]; then
	echo 'ok screenshots the picture is of this page'
else
	echo 'not ok screenshots the page has changed: make screenshots'
	result=1
fi
if [ "$(stat -c %s docs/console.png)" -le 150000 ]; then
	echo 'ok screenshots the picture has 150 kB at most'
else
	echo 'not ok screenshots the picture has more than 150 kB'
	result=1
fi
exit "$result"
