# Sourced by scripts/test. Finds the browser for the end-to-end tests.

# chromium_provide exports TEST_CHROMIUM, or notes that there is none.
chromium_provide() {
	if [ -n "${TEST_CHROMIUM:-}" ]; then
		say "Chromium: the one of TEST_CHROMIUM"
		return
	fi
	if ! chromium_find; then
		install_packages chromium || true
	fi
	if chromium_find; then
		say "Chromium: $TEST_CHROMIUM"
		export TEST_CHROMIUM
		return
	fi
	unset TEST_CHROMIUM
	say "Chromium: none"
	not_run "browser tests — install chromium or set TEST_CHROMIUM"
}

# chromium_find asks each candidate for its version: some systems install a program
# of that name which only tells where to get the browser.
chromium_find() {
	for chromium_name in chromium chromium-browser google-chrome google-chrome-stable \
		"/Applications/Google Chrome.app/Contents/MacOS/Google Chrome" \
		/Applications/Chromium.app/Contents/MacOS/Chromium; do
		TEST_CHROMIUM=$(command -v "$chromium_name") || continue
		"$TEST_CHROMIUM" --version >/dev/null 2>&1 </dev/null && return 0
	done
	TEST_CHROMIUM=""
	return 1
}
