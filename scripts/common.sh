# SPDX-License-Identifier: GPL-2.0-only
#
# What setup.sh and fetch.sh share: where things are, and a private apt
# configuration below build/apt. The private configuration takes its mirror
# from the machine's own one and never writes outside build/.
# Sourced by bash scripts, after ROOT has been set.
#
# shellcheck shell=bash disable=SC2034	# the variables are for the others

BUILD=${BUILD:-$ROOT/build}
APT_DIR=$BUILD/apt
KEYRING=/usr/share/keyrings/debian-archive-keyring.gpg
# The Debian release that the test system is made of, whatever the host runs.
TARGET_SUITE=bookworm

die()
{
	echo "$(basename "$0"): $*" >&2
	exit 1
}

say()
{
	echo "$(basename "$0"): $*" >&2
}

# Runs a command as root, through sudo when we are not root.
as_root()
{
	if [ "$(id -u)" = 0 ]; then
		"$@"
	elif command -v sudo >/dev/null; then
		sudo "$@"
	else
		die "must be run as root (or install sudo): $*"
	fi
}

# Takes the lock NAME for the rest of the script's life.
take_lock()
{
	mkdir -p "$BUILD"
	exec 9>"$BUILD/.$1.lock"
	flock 9
}

# Prints the address of the Debian archive that this machine uses.
debian_mirror()
{
	local mirror

	mirror=$(main_archives | head -n 1)
	if [ -z "$mirror" ]; then
		say "no package lists yet: apt-get update"
		as_root apt-get update -qq >&2
		mirror=$(main_archives | head -n 1)
	fi
	[ -n "$mirror" ] || die "apt has no source for Debian's main archive"
	echo "$mirror"
}

# Security archives are called Debian-Security and the like: not those.
main_archives()
{
	# shellcheck disable=SC2016	# apt expands the format
	apt-get indextargets --format '$(LABEL)|$(COMPONENT)|$(REPO_URI)' \
		'Created-By: Packages' | sed -n 's/^Debian|main|//p' | sort -u
}

# Copies the machine's list of sources into DIR and adds LINE to it.
private_sources()
{
	local dir=$1 line=$2 f

	rm -rf "$dir"
	mkdir -p "$dir"
	for f in /etc/apt/sources.list /etc/apt/sources.list.d/*.list \
	    /etc/apt/sources.list.d/*.sources; do
		[ ! -f "$f" ] || cp "$f" "$dir/"
	done
	echo "$line" >"$dir/private.list"
}
