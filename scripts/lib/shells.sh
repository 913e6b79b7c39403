# Sourced by scripts/test. Gets the shells whose completion is tested, beside bash.

shells_provide() {
	if ! command -v zsh >/dev/null 2>&1 || ! command -v fish >/dev/null 2>&1; then
		install_packages zsh fish || true # a test that finds none of them skips itself, and tells
	fi
}
