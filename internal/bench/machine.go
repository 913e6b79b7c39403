package main

import (
	"cmp"
	"fmt"
	"os"
	"path/filepath"
	"runtime"
	"strings"
	"time"
)

// machine says what the numbers were taken on; dir is where the databases were.
func machine(dir string) (string, error) {
	sync, err := fsyncTimes(dir)
	if err != nil {
		return "", err
	}
	return fmt.Sprintf("Machine: %s, %d cores, %s/%s, Go %s, %s; fsync of 4 KiB appended: p50 %s, p99 %s ms; load %s.",
		cmp.Or(procField("/proc/cpuinfo", "model name"), "unknown processor"), runtime.NumCPU(), runtime.GOOS, runtime.GOARCH, strings.TrimPrefix(runtime.Version(), "go"),
		fileSystem(dir), inMS(sync.median()), inMS(sync.percentile(99)), loadAverage()), nil
}

// fsyncTimes is how long the disk takes to keep 4 KiB, which is most of a commit.
func fsyncTimes(dir string) (sample, error) {
	const rounds = 200
	f, err := os.Create(filepath.Join(dir, "fsync"))
	if err != nil {
		return nil, fmt.Errorf("measure fsync: %w", err)
	}
	defer func() { _ = f.Close() }()
	page := make([]byte, 4<<10)
	var s sample
	for range rounds {
		start := time.Now()
		if _, err := f.Write(page); err != nil {
			return nil, fmt.Errorf("measure fsync: %w", err)
		}
		if err := f.Sync(); err != nil {
			return nil, fmt.Errorf("measure fsync: %w", err)
		}
		s = append(s, time.Since(start))
	}
	return s, nil
}

// fileSystem is the type of the file system that holds dir: the one with the longest
// mount point above it.
func fileSystem(dir string) string {
	raw, err := os.ReadFile("/proc/self/mounts")
	if err != nil {
		return "unknown file system"
	}
	best, kind := "", "unknown file system"
	for line := range strings.Lines(string(raw)) {
		fields := strings.Fields(line)
		if len(fields) < 3 {
			continue
		}
		at := strings.TrimSuffix(fields[1], "/")
		if (dir == at || strings.HasPrefix(dir, at+"/")) && len(at) >= len(best) {
			best, kind = at, fields[2]
		}
	}
	return kind
}

func loadAverage() string {
	raw, err := os.ReadFile("/proc/loadavg")
	if err != nil {
		return "unknown"
	}
	first, _, _ := strings.Cut(string(raw), " ")
	return first
}
