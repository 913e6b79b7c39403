package main

import (
	"cmp"
	"errors"
	"fmt"
	"io/fs"
	"os"
	"path/filepath"
	"reflect"
	"slices"
	"strings"

	"github.com/joho/godotenv"
)

// envFile is a file of settings, one NAME=value a line, as Docker and systemd read it.
type envFile struct {
	lines  []string          // as they stand in the file
	before map[string]string // what they say
	now    map[string]string
}

// readEnvFile reads a file of settings; one that does not exist is empty.
func readEnvFile(path string) (envFile, error) {
	e := envFile{before: map[string]string{}, now: map[string]string{}}
	text, err := os.ReadFile(path)
	if errors.Is(err, fs.ErrNotExist) {
		return e, nil
	}
	if err != nil {
		return e, fmt.Errorf("read the settings: %w", err)
	}
	if e.before, err = godotenv.UnmarshalBytes(text); err != nil {
		return e, fmt.Errorf("%w: %s has a line that is not NAME=value", errUsage, path) // the error would repeat secrets
	}
	e.lines = strings.Split(strings.TrimRight(string(text), "\n"), "\n")
	for name, value := range e.before {
		e.now[name] = value
	}
	return e, nil
}

func (e envFile) value(name string) string { return e.now[name] }

func (e envFile) set(name, value string) { e.now[name] = value }

// clone is a copy that can be changed alone.
func (e envFile) clone() envFile {
	c := envFile{lines: e.lines, before: e.before, now: map[string]string{}}
	for name, value := range e.now {
		c.now[name] = value
	}
	return c
}

// replaces are the names whose value in the file is changed.
func (e envFile) replaces() []string {
	var names []string
	for name, value := range e.before {
		if e.now[name] != value {
			names = append(names, name)
		}
	}
	slices.Sort(names)
	return names
}

// config are the settings; what the file does not say comes from the environment, or is the default.
func (e envFile) config() Config {
	var c Config
	for field, value := range reflect.ValueOf(&c).Elem().Fields() {
		name := field.Tag.Get("envconfig")
		value.SetString(cmp.Or(e.now[name], os.Getenv(name), field.Tag.Get("default")))
	}
	c.trim()
	return c
}

// write stores the settings: lines that stood there stay where they are. The file is there whole
// or as it was, and only its owner can read it.
func (e envFile) write(path string) error {
	lines, written := slices.Clone(e.lines), map[string]bool{}
	for i, line := range lines {
		name, _, _ := strings.Cut(line, "=")
		name = strings.TrimSpace(strings.TrimPrefix(strings.TrimSpace(name), "export "))
		if _, ours := e.now[name]; ours && e.now[name] != e.before[name] {
			lines[i] = name + "=" + e.now[name]
		}
		written[name] = true
	}
	for field := range fields() { // in the order of the help
		name := field.Tag.Get("envconfig")
		if value := e.now[name]; value != "" && !written[name] {
			lines = append(lines, name+"="+value)
		}
	}
	temp, err := os.CreateTemp(filepath.Dir(path), ".env-*") // its mode is 0600
	if err != nil {
		return err
	}
	_, err = temp.WriteString(strings.Join(lines, "\n") + "\n")
	if err = errors.Join(err, temp.Sync(), temp.Close()); err == nil {
		err = os.Rename(temp.Name(), path)
	}
	if err != nil {
		return errors.Join(err, os.Remove(temp.Name()))
	}
	return nil
}

// loadEnvFile puts the settings of a file into the environment; what is there already wins.
func loadEnvFile(path string) error {
	if path == "" {
		return nil
	}
	e, err := readEnvFile(path)
	if err != nil {
		return err
	}
	if len(e.lines) == 0 {
		return fmt.Errorf("%w: there is no file %s, or nothing in it", errUsage, path)
	}
	for name, value := range e.now {
		if _, set := os.LookupEnv(name); set {
			continue
		}
		if err := os.Setenv(name, value); err != nil {
			return fmt.Errorf("%w: set %s", errUsage, name)
		}
	}
	return nil
}
