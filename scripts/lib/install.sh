# Sourced by scripts/test. Installs Debian packages where that can be done without
# asking anybody: as root, with apt-get.

apt_updated=""

# install_packages NAME... installs them, or says why not and returns 1.
# Two runs at once wait for each other; RUNLEVEL keeps Debian from starting the
# servers it installs, as nobody would stop them.
install_packages() {
	if [ "${TEST_INSTALL:-yes}" = no ] || [ "$(id -u)" -ne 0 ] || ! command -v apt-get >/dev/null 2>&1; then
		return 1
	fi
	say "installing $* with apt-get"
	if ! install_locked "$@" >"$scratch/apt.log" 2>&1; then
		say "apt-get failed:"
		tail -n 5 "$scratch/apt.log" | sed 's/^/test:   /'
		return 1
	fi
}

install_locked() {
	(
		if command -v flock >/dev/null 2>&1; then
			exec 9>/run/takeoverbot-install.lock && flock -w 300 9
		fi
		export DEBIAN_FRONTEND=noninteractive RUNLEVEL=1
		{ [ -n "$apt_updated" ] || apt-get -q update; } &&
			apt-get -q -y -o DPkg::Lock::Timeout=300 install --no-install-recommends "$@"
	) 9>&- </dev/null && apt_updated=yes
}
