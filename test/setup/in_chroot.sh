#!/usr/bin/env bash
# in_chroot.sh DIR USER COMMAND...: what the array IN_CHROOT of chroot.sh calls, in namespaces of its own.
# It stays the first process there, so that somebody collects what servers leave behind.

# shellcheck source=test/setup/common.sh
. "$(dirname "${BASH_SOURCE[0]}")/common.sh"
tree=$(cd "$(dirname "${BASH_SOURCE[0]}")/../.." && pwd -P)
dir=$1 layer=$1.mounted user=$2 environment=()
shift 2

# A layer in memory above the chroot, which stays as it was made.
mkdir -p "$layer"
mount -t tmpfs -o mode=755 tmpfs "$layer"
mkdir "$layer"/{changes,work,root}
merged=$layer/root
mount -t overlay -o "lowerdir=$dir,upperdir=$layer/changes,workdir=$layer/work" overlay "$merged"
mount -t proc proc "$merged/proc"
mount --rbind /dev "$merged/dev"
mount -t tmpfs -o mode=1777 tmpfs "$merged/dev/shm"
cp --dereference /etc/resolv.conf /etc/hosts "$merged/etc"

AS_USER=()
mkdir "$merged/botsession"
copy_tree "$tree" "$merged/botsession"
chroot "$merged" chown -R "$user:" /botsession

for name in TERM CI http_proxy https_proxy no_proxy; do
	if [ -n "${!name:-}" ]; then environment+=("$name=${!name}"); fi
done
chroot --userspec="$user:" "$merged" env -i --chdir=/botsession "${environment[@]}" HOME=/tmp LANG=C.UTF-8 TZ=UTC \
	PATH=/usr/local/sbin:/usr/local/bin:/usr/sbin:/usr/bin:/sbin:/bin "$@"
