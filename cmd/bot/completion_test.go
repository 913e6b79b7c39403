package main

import (
	"fmt"
	"os"
	"os/exec"
	"path/filepath"
	"regexp"
	"slices"
	"strings"
	"testing"

	"github.com/creack/pty"
)

// TestUsageShowsTheFlags: the usage lines, from which shells complete, show the flags that each command
// has. The clock of the demo is no flag of an installation.
func TestUsageShowsTheFlags(t *testing.T) {
	t.Parallel()
	defined := regexp.MustCompile(`(?m)^  -([a-z-]+)( \S+)?$`)
	for _, c := range subcommands() {
		var out, errOut strings.Builder
		if code := command(t.Context(), []string{c.name, "-h"}, &out, &errOut); code != exitDone || errOut.String() != "" || !strings.HasPrefix(out.String(), "Usage: "+c.usage+"\n"+c.what+"\n") {
			t.Errorf("%s -h: %d %s%s", c.name, code, out.String(), errOut.String())
		}
		var has []completedFlag
		for _, m := range defined.FindAllStringSubmatch(out.String(), -1) {
			if m[1] != "clock" {
				has = append(has, completedFlag{m[1], m[2] != ""})
			}
		}
		shown := c.usageFlags()
		for _, all := range [][]completedFlag{has, shown} {
			slices.SortFunc(all, func(a, b completedFlag) int { return strings.Compare(a.name, b.name) })
		}
		if !slices.Equal(has, shown) {
			t.Errorf("%s has %v, its usage shows %v", c.name, has, shown)
		}
	}
}

// completed are beginnings of command lines, and what a shell has to offer for their last word.
var completed = map[string]string{
	"bot doc": "doctor", "bot comp": "completion", "bot hel": "help", "bot completion f": "fish", "bot demo --in": "--in-container", "bot serve --e": "--env",
	"takeover-bot setup --resp": "--responders", "bot serve --env an": "an-env-file",
}

// completionScript writes the script for a shell, and a folder for the shell to be in.
func completionScript(t *testing.T, shell string) (script, dir string) {
	t.Helper()
	dir = t.TempDir()
	script = filepath.Join(t.TempDir(), "completion")
	var out strings.Builder
	if code := commandLine(t, &out, "completion", shell); code != exitDone {
		t.Fatalf("exit code %d", code)
	}
	if err := os.WriteFile(script, []byte(out.String()), 0o600); err != nil {
		t.Fatal(err)
	}
	if err := os.WriteFile(filepath.Join(dir, "an-env-file"), nil, 0o600); err != nil {
		t.Fatal(err)
	}
	return script, dir
}

// isInstalled reports whether a shell is there. The scripts of all three are read by TestCompletionNamesAll; one
// that is not installed is only not asked.
func isInstalled(t *testing.T, shell string) bool {
	t.Helper()
	_, err := exec.LookPath(shell)
	if err != nil {
		t.Logf("%s is not installed: its completion was not tried", shell)
	}
	return err == nil
}

// TestCompletionNamesAll: each script knows every command and every flag.
func TestCompletionNamesAll(t *testing.T) {
	t.Parallel()
	for _, shell := range []string{"bash", "zsh", "fish"} {
		var out strings.Builder
		if code := commandLine(t, &out, "completion", shell); code != exitDone {
			t.Fatalf("%s: exit code %d", shell, code)
		}
		words := strings.FieldsFunc(out.String(), func(r rune) bool { return !(r == '-' || r >= 'a' && r <= 'z') })
		for _, c := range subcommands() {
			if !slices.Contains(words, c.name) {
				t.Errorf("%s: no command %s", shell, c.name)
			}
			for _, f := range c.usageFlags() {
				if !slices.Contains(words, f.name) && !slices.Contains(words, "--"+f.name) {
					t.Errorf("%s: no flag --%s", shell, f.name)
				}
			}
		}
	}
}

// TestCompletionInBash completes as a terminal does: Tab is typed.
func TestCompletionInBash(t *testing.T) {
	t.Parallel()
	if !isInstalled(t, "bash") {
		return
	}
	script, dir := completionScript(t, "bash")
	completeOnTerminal(t, dir, []string{"bash", "--norc", "--noprofile", "-i"}, "source "+script)
}

// TestCompletionInZsh is the same in zsh.
func TestCompletionInZsh(t *testing.T) {
	t.Parallel()
	if !isInstalled(t, "zsh") {
		return
	}
	script, dir := completionScript(t, "zsh")
	completeOnTerminal(t, dir, []string{"zsh", "-f", "-i"}, "autoload -Uz compinit; compinit -u -D; source "+script)
}

// completeOnTerminal types each beginning and Tab in a shell, and sees what it runs.
func completeOnTerminal(t *testing.T, dir string, shell []string, prepare string) {
	t.Helper()
	cmd := exec.CommandContext(t.Context(), shell[0], shell[1:]...)
	cmd.Dir, cmd.Env = dir, []string{"PATH=" + os.Getenv("PATH"), "HOME=" + dir, "PS1=ready> ", "TERM=dumb", "LANG=C.UTF-8"}
	file, err := pty.Start(cmd)
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(func() { _ = file.Close() })
	w := &terminal{File: file, t: t, cmd: cmd}
	w.await("ready> ")
	// The programs say what they were called with; the quotes keep what is typed from looking like it.
	w.enter(prepare + `; bot() { echo "ran ""bot $*;"; }; takeover-bot() { echo "ran ""takeover-bot $*;"; }` + "\n")
	w.await("ready> ")
	for typed, want := range completed {
		line := typed[:strings.LastIndex(typed, " ")+1] + want
		w.enter(typed + "\t\n")
		w.await("ran " + line)
		w.await("ready> ")
	}
	w.enter("exit\n")
	_ = cmd.Wait()
}

// TestCompletionInFish asks fish itself what it offers.
func TestCompletionInFish(t *testing.T) {
	t.Parallel()
	if !isInstalled(t, "fish") {
		return
	}
	script, dir := completionScript(t, "fish")
	for typed, want := range completed {
		cmd := exec.CommandContext(t.Context(), "fish", "--no-config", "-c", fmt.Sprintf("source %s; complete -C %s", script, quote(typed)))
		cmd.Dir, cmd.Env = dir, []string{"PATH=" + os.Getenv("PATH"), "HOME=" + dir}
		out, err := cmd.CombinedOutput()
		if offered := strings.Split(string(out), "\n"); err != nil || !slices.ContainsFunc(offered, func(o string) bool { return o == want || strings.HasPrefix(o, want+"\t") }) {
			t.Errorf("%q: %v\n%s", typed, err, out)
		}
	}
}

// TestCompletionOfNoShell names those that there are.
func TestCompletionOfNoShell(t *testing.T) {
	t.Parallel()
	for _, args := range [][]string{{}, {"tcsh"}, {"bash", "zsh"}} {
		var out strings.Builder
		if code := commandLine(t, &out, append([]string{"completion"}, args...)...); code != exitUsage {
			t.Errorf("%q: exit code %d: %s", args, code, out.String())
		}
	}
}
