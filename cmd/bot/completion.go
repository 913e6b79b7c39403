package main

import (
	"context"
	"fmt"
	"io"
	"regexp"
	"strings"
)

// completionNames are the programs that the scripts complete: as it is built, and as it is installed.
var completionNames = []string{"bot", "takeover-bot"}

var (
	usageFlag   = regexp.MustCompile(`--([a-z][a-z-]*)( [^\][|])?`) // with a value behind it, or without
	usageChoice = regexp.MustCompile(` ([a-z]+(?:\|[a-z]+)+)`)
)

// completedFlag is a flag as a usage line shows it.
type completedFlag struct {
	name  string // without the dashes
	value bool   // a value follows
}

// usageFlags are those that the usage line shows, in its order.
func (c subcommand) usageFlags() (all []completedFlag) {
	for _, m := range usageFlag.FindAllStringSubmatch(c.usage, -1) {
		all = append(all, completedFlag{m[1], m[2] != ""})
	}
	return all
}

// usageWords are what may stand behind the command without dashes.
func (c subcommand) usageWords() []string {
	if m := usageChoice.FindStringSubmatch(c.usage); m != nil {
		return strings.Split(m[1], "|")
	}
	return nil
}

// offered are the words and flags of a command, as they are typed.
func (c subcommand) offered() string {
	all := c.usageWords()
	for _, f := range c.usageFlags() {
		all = append(all, "--"+f.name)
	}
	return strings.Join(all, " ")
}

// printCompletion prints a script by which a shell completes commands and flags, from the table that help
// prints. Where neither fits, files are offered.
func printCompletion(_ context.Context, args []string, out io.Writer) error {
	var shell string
	if len(args) > 0 && !strings.HasPrefix(args[0], "-") {
		shell, args = args[0], args[1:]
	}
	if err := flags("completion", args, out, nil); err != nil {
		return err
	}
	script, known := map[string]func() string{"bash": bashCompletion, "zsh": zshCompletion, "fish": fishCompletion}[shell]
	if !known {
		return fmt.Errorf("bot completion: %w: name a shell, bash, zsh or fish", errUsage)
	}
	_, err := io.WriteString(out, script())
	return err
}

func bashCompletion() string {
	var names []string
	var cases strings.Builder
	for _, c := range subcommands() {
		names = append(names, c.name)
		fmt.Fprintf(&cases, "    %s) words='%s' ;;\n", c.name, c.offered())
	}
	return fmt.Sprintf(`# In ~/.bashrc: source <(bot completion bash)
_takeover_bot() {
  local words=''
  case "${COMP_WORDS[1]}" in
%[2]s  esac
  [ "$COMP_CWORD" -gt 1 ] || words='%[1]s help'
  COMPREPLY=($(compgen -W "$words" -- "${COMP_WORDS[COMP_CWORD]}"))
}
complete -o default -F _takeover_bot %[3]s
`, strings.Join(names, " "), cases.String(), strings.Join(completionNames, " "))
}

func zshCompletion() string {
	var names, cases strings.Builder
	for _, c := range subcommands() {
		fmt.Fprintf(&names, "      %s\n", quote(c.name+":"+c.what))
		fmt.Fprintf(&cases, "    %s) offered=(%s) ;;\n", c.name, c.offered())
	}
	return fmt.Sprintf(`#compdef %[1]s
# In ~/.zshrc, below compinit: source <(bot completion zsh)
_takeover_bot() {
  local -a commands offered
  if (( CURRENT == 2 )); then
    commands=(
%[2]s      'help:list the commands and settings'
    )
    _describe command commands
    return
  fi
  case $words[2] in
%[3]s  esac
  compadd -- $offered || _files
}
if [[ $funcstack[1] == _takeover_bot ]]; then
  _takeover_bot "$@"
else
  compdef _takeover_bot %[1]s
fi
`, strings.Join(completionNames, " "), names.String(), cases.String())
}

func fishCompletion() string {
	var lines strings.Builder
	lines.WriteString("# bot completion fish > ~/.config/fish/completions/bot.fish\n")
	for _, name := range completionNames {
		for _, c := range subcommands() {
			fmt.Fprintf(&lines, "complete -c %s -n __fish_use_subcommand -f -a %s -d %s\n", name, c.name, quote(c.what))
			if words := c.usageWords(); words != nil {
				fmt.Fprintf(&lines, "complete -c %s -n '__fish_seen_subcommand_from %s' -f -a '%s'\n", name, c.name, strings.Join(words, " "))
			}
			for _, f := range c.usageFlags() {
				fmt.Fprintf(&lines, "complete -c %s -n '__fish_seen_subcommand_from %s' -l %s%s\n", name, c.name, f.name, map[bool]string{true: " -r"}[f.value])
			}
		}
		fmt.Fprintf(&lines, "complete -c %s -n __fish_use_subcommand -f -a help -d 'list the commands and settings'\n", name)
	}
	return lines.String()
}

// quote quotes a text for the shells.
func quote(s string) string { return "'" + strings.ReplaceAll(s, "'", `'\''`) + "'" }
