# Sourced by scripts/test. Gives the tests a PostgreSQL: the caller's, or a new one
# with a data folder of its own that answers on loopback only, to one password.

postgres_bin="" # folder of initdb and pg_ctl
postgres_user="" # who the server runs as when we are root, which it refuses to be
postgres_data="" # set once there is something to stop

# postgres_provide exports TEST_DATABASE_URL, or notes that there is none.
postgres_provide() {
	if [ -n "${TEST_DATABASE_URL:-}" ]; then
		say "PostgreSQL: the one of TEST_DATABASE_URL"
		return
	fi
	if ! postgres_find; then
		install_packages postgresql || true
	fi
	if postgres_find && postgres_start; then
		say "PostgreSQL: started from $postgres_bin, port $postgres_port"
		export TEST_DATABASE_URL="postgres://postgres:$postgres_password@127.0.0.1:$postgres_port/postgres?sslmode=disable"
		return
	fi
	unset TEST_DATABASE_URL
	say "PostgreSQL: none"
	not_run "PostgreSQL tests — install postgresql or set TEST_DATABASE_URL"
}

# postgres_find looks for the newest server of Debian, then on the PATH.
postgres_find() {
	postgres_bin=$(ls -d /usr/lib/postgresql/*/bin 2>/dev/null | sort -t/ -k5,5n | tail -n 1)
	if [ ! -x "$postgres_bin/initdb" ]; then
		postgres_bin=$(command -v initdb) || return 1
		postgres_bin=$(dirname "$postgres_bin")
	fi
	[ -x "$postgres_bin/initdb" ] && [ -x "$postgres_bin/pg_ctl" ]
}

# postgres_start makes a data folder and starts a server on a free port: it tries
# ports until one can be had, which no look beforehand could promise.
postgres_start() {
	postgres_choose_user || return 1
	postgres_password=$(postgres_random 16)
	mkdir "$scratch/postgres"
	printf '%s\n' "$postgres_password" >"$scratch/postgres/password"
	if [ -n "$postgres_user" ]; then
		chmod 711 "$scratch" # the server's user must be able to walk through
		chown -R "$postgres_user" "$scratch/postgres"
	fi
	chmod -R go= "$scratch/postgres"
	postgres_as "$postgres_bin/initdb" -D "$scratch/postgres/data" --no-sync \
		--username=postgres --pwfile="$scratch/postgres/password" --auth=password \
		--encoding=UTF8 --locale=C >"$scratch/initdb.log" 2>&1 || {
		say "initdb failed: $(tail -n 1 "$scratch/initdb.log")"
		return 1
	}
	postgres_try=0
	while [ "$postgres_try" -lt 10 ]; do
		postgres_try=$((postgres_try + 1))
		postgres_port=$((20000 + 0x$(postgres_random 2) % 12000))
		postgres_configure
		if postgres_as "$postgres_bin/pg_ctl" start -w -t 30 -s -D "$scratch/postgres/data" \
			-l "$scratch/postgres/log" >"$scratch/pg_ctl.log" 2>&1; then
			postgres_data="$scratch/postgres/data"
			return 0
		fi
	done
	say "pg_ctl failed: $(tail -n 1 "$scratch/postgres/log" 2>/dev/null || tail -n 1 "$scratch/pg_ctl.log")"
	return 1
}

# postgres_configure: nothing here outlives the run, so nothing has to reach the
# disk; no Unix socket, as its path may be too long for one below TMPDIR.
postgres_configure() {
	cat >"$scratch/postgres/data/postgresql.auto.conf" <<-CONF
		listen_addresses = '127.0.0.1'
		port = $postgres_port
		unix_socket_directories = ''
		max_connections = 200
		fsync = off
		full_page_writes = off
	CONF
}

postgres_stop() {
	[ -n "$postgres_data" ] || return 0
	postgres_as "$postgres_bin/pg_ctl" stop -w -t 30 -s -m immediate -D "$postgres_data" >/dev/null 2>&1 ||
		say "PostgreSQL in $postgres_data could not be stopped"
	postgres_data=""
}

postgres_choose_user() {
	[ "$(id -u)" -eq 0 ] || return 0
	for postgres_user in postgres nobody; do
		id -u "$postgres_user" >/dev/null 2>&1 && return 0
	done
	say "PostgreSQL refuses to run as root, and there is no user postgres or nobody"
	return 1
}

# postgres_as runs a program as the server's user, in a folder that user may enter.
postgres_as() {
	(
		cd "$scratch" || exit
		if [ -z "$postgres_user" ]; then
			exec "$@"
		elif command -v setpriv >/dev/null 2>&1; then
			exec setpriv --reuid="$postgres_user" --regid="$(id -g "$postgres_user")" --clear-groups -- "$@"
		elif command -v runuser >/dev/null 2>&1; then
			exec runuser -u "$postgres_user" -- "$@"
		fi
		exec su -s /bin/sh "$postgres_user" -c '"$0" "$@"' -- "$@"
	) </dev/null
}

# postgres_random prints N random bytes in hexadecimal.
postgres_random() { od -An -N"$1" -tx1 /dev/urandom | tr -d ' \n'; }
