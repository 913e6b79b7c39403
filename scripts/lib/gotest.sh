# Sourced by scripts/test. Runs go vet and go test, and owns the processes of both.

gotest_race="" # -race, where it works
# Packages without the race detector: SQLite is C code translated to Go, in memory that the detector
# does not watch. No package with generic code may be among them: the linker keeps one copy of each
# instance, and a copy without the detector makes it see races where there are none.
gotest_unwatched="modernc.org/sqlite/lib modernc.org/libc"
gotest_pid="" # the process group of the running tests
gotest_vetting="" # the process of go vet

# gotest_prepare builds the program that runs go test and tells of skipped tests.
# It is built for the race detector and run once: that answers, better than a look
# for a C compiler, whether the detector works on this machine.
gotest_prepare() {
	if ! gotest_probe; then
		install_packages gcc libc6-dev || true
		gotest_probe || true
	fi
	if [ -n "$gotest_race" ]; then
		export CGO_ENABLED=1
		# For every go command of the run, also those that tests call: they share what is compiled.
		export GOFLAGS="${GOFLAGS:+$GOFLAGS }-race"
		for gotest_library in $gotest_unwatched; do
			GOFLAGS="$GOFLAGS -gcflags=$gotest_library=-race=false"
		done
		say "Go: $(go env GOVERSION), with the race detector"
		return
	fi
	export CGO_ENABLED=0 # nothing here needs it, and there may be no compiler
	say "Go: $(go env GOVERSION), without the race detector: $(tail -n 1 "$scratch/race.log")"
	not_run "the race detector — install gcc and the C library's headers"
	go build -buildvcs=false -o "$scratch/testrun" ./scripts/testrun
}

gotest_probe() {
	CGO_ENABLED=1 go build -buildvcs=false -race -o "$scratch/testrun" ./scripts/testrun 2>"$scratch/race.log" &&
		"$scratch/testrun" -probe 2>>"$scratch/race.log" && gotest_race=-race
}

# gotest_run tests the packages (all when none is given), and vets them meanwhile. Code that
# does not vet is tested all the same, so that one run tells everything.
gotest_run() {
	if [ $# -eq 0 ]; then
		set -- ./...
		gotest_bot
	fi
	say "GOFLAGS='${GOFLAGS:-}' go vet -tags e2e $*"
	nice go vet -tags e2e "$@" >"$scratch/vet.log" 2>&1 &
	gotest_vetting=$!

	# The race detector waits a second at the end of each program otherwise.
	export GORACE="${GORACE:+$GORACE }atexit_sleep_ms=0"

	# Vetted once is enough.
	say "GOFLAGS='${GOFLAGS:-}' go test -p 2 -vet=off -count=1 -timeout 20m -tags e2e $*"
	gotest_status=0
	gotest_own "$scratch/testrun" -skipped "$scratch/skipped" \
		-p 2 -vet=off -count=1 -timeout 20m -tags e2e "$@" || gotest_status=$?
	if [ -s "$scratch/skipped" ]; then
		not_run "tests that skipped themselves: $(wc -l <"$scratch/skipped" | tr -d ' ') — the reasons stand above, after SKIP"
	fi
	gotest_vetted=0
	wait "$gotest_vetting" || gotest_vetted=$?
	gotest_vetting=""
	cat "$scratch/vet.log"
	[ "$gotest_vetted" -eq 0 ] || say "go vet: FAILED"
	[ "$gotest_status" -ne 0 ] || gotest_status=$gotest_vetted
	return "$gotest_status"
}

# gotest_bot builds the bot once for every test that runs it. If it does not build, the tests
# build it, and tell why they cannot.
gotest_bot() {
	if go build -buildvcs=false -o "$scratch/bot" ./cmd/bot >"$scratch/bot.log" 2>&1; then
		export TEST_BOT="$scratch/bot"
	fi
}

# gotest_own runs a program in a process group of its own, so that being interrupted
# ends the tests, and what they started, with us.
gotest_own() {
	if command -v setsid >/dev/null 2>&1; then
		setsid "$@" </dev/null &
	else
		"$@" </dev/null &
	fi
	gotest_pid=$!
	wait "$gotest_pid" && gotest_waited=0 || gotest_waited=$?
	gotest_pid=""
	return "$gotest_waited"
}

gotest_stop() {
	[ -z "$gotest_vetting" ] || kill -TERM "$gotest_vetting" 2>/dev/null || true
	[ -n "$gotest_pid" ] || return 0
	kill -TERM "-$gotest_pid" 2>/dev/null || kill -TERM "$gotest_pid" 2>/dev/null || true
	wait "$gotest_pid" 2>/dev/null || true
	gotest_pid=""
}
