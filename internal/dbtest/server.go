package dbtest

import (
	"cmp"
	"context"
	"io"
	"net"
	"net/url"
	"os"
	"os/exec"
	"os/user"
	"path/filepath"
	"slices"
	"strconv"
	"syscall"
	"testing"
	"time"

	"github.com/jackc/pgx/v5"
)

// Server is a PostgreSQL server of one test, which may stop and start it. It answers on loopback,
// to one password.
type Server struct {
	t      testing.TB
	bin    string              // the folder of initdb and postgres
	dir    string              // holds the data, the log and the password
	runsAs *syscall.Credential // who the server runs as where the test is root; else nil
	port   int

	life  io.Closer     // the server lives until it is closed, also by the end of this process
	ended chan struct{} // closed once the server has ended
}

const serverPassword = "dbtest"

// NewServer starts a server that ends with the test. Without PostgreSQL's programs the test is
// skipped.
func NewServer(t testing.TB) *Server {
	t.Helper()
	s := &Server{t: t, bin: programs()}
	if s.bin == "" {
		t.Skip("PostgreSQL's programs were not found; install postgresql")
	}
	var err error
	// Not t.TempDir: the user that the server runs as must be able to enter it.
	if s.dir, err = os.MkdirTemp("", "dbtest-server-*"); err != nil {
		t.Fatal(err)
	}
	t.Cleanup(func() { _ = os.RemoveAll(s.dir) })
	s.must(os.WriteFile(filepath.Join(s.dir, "password"), []byte(serverPassword), 0o600))
	s.chooseUser()
	s.run("initdb", "-D", s.data(), "--no-sync", "--username=postgres", "--pwfile="+filepath.Join(s.dir, "password"),
		"--auth=password", "--encoding=UTF8", "--locale=C")
	l, err := (&net.ListenConfig{}).Listen(t.Context(), "tcp", "127.0.0.1:0")
	s.must(err)
	addr, _ := l.Addr().(*net.TCPAddr)
	s.port = addr.Port // which is free
	s.must(l.Close())
	s.start()
	t.Cleanup(s.stop)
	return s
}

// programs is the folder of PostgreSQL's programs: Debian's newest, else the one on the PATH.
func programs() string {
	folders, _ := filepath.Glob("/usr/lib/postgresql/*/bin") // the pattern is right
	slices.SortFunc(folders, func(a, b string) int { return cmp.Or(cmp.Compare(len(b), len(a)), cmp.Compare(b, a)) })
	for _, folder := range folders {
		if _, err := os.Stat(filepath.Join(folder, "initdb")); err == nil {
			return folder
		}
	}
	path, err := exec.LookPath("initdb")
	if err != nil {
		return ""
	}
	return filepath.Dir(path)
}

// chooseUser gives the folder to a user that is not root, as which the server refuses to run.
func (s *Server) chooseUser() {
	s.t.Helper()
	if os.Geteuid() != 0 {
		return
	}
	for _, name := range []string{"postgres", "nobody"} {
		found, err := user.Lookup(name)
		if err != nil {
			continue
		}
		uid, errU := strconv.ParseUint(found.Uid, 10, 32)
		gid, errG := strconv.ParseUint(found.Gid, 10, 32)
		if errU != nil || errG != nil {
			continue
		}
		s.runsAs = &syscall.Credential{Uid: uint32(uid), Gid: uint32(gid)}
		for _, path := range []string{s.dir, filepath.Join(s.dir, "password")} {
			s.must(os.Chown(path, int(uid), int(gid)))
		}
		return
	}
	s.t.Skip("PostgreSQL refuses to run as root, and there is no user postgres or nobody")
}

// Restart ends the server as a crash does, and starts it again at its address: what was committed
// is there.
func (s *Server) Restart() {
	s.t.Helper()
	s.stop()
	s.start()
}

// babysit runs the server until its own input ends, as it does when the test's process dies.
const babysit = `"$@" & pid=$!; read -r _; kill -QUIT $pid; wait $pid`

func (s *Server) start() {
	s.t.Helper()
	log, err := os.OpenFile(filepath.Join(s.dir, "log"), os.O_CREATE|os.O_APPEND|os.O_WRONLY, 0o600)
	s.must(err)
	defer func() { _ = log.Close() }() // the server has it open by itself
	cmd := s.command("/bin/sh", "-c", babysit, "sh", filepath.Join(s.bin, "postgres"), "-D", s.data(), "-p", strconv.Itoa(s.port),
		"-c", "listen_addresses=127.0.0.1", "-c", "unix_socket_directories=", "-c", "max_connections=100", "-c", "fsync=off")
	cmd.Stdout, cmd.Stderr = log, log
	s.life, err = cmd.StdinPipe()
	s.must(err)
	s.must(cmd.Start())
	ended := make(chan struct{})
	s.ended = ended
	go func() { // ends with the server, which stop waits for
		_ = cmd.Wait()
		close(ended)
	}()
	s.awaitReady()
}

// stop ends the server as a crash does, and waits until it has ended.
func (s *Server) stop() {
	_ = s.life.Close()
	<-s.ended
}

func (s *Server) awaitReady() {
	s.t.Helper()
	tick := time.NewTicker(50 * time.Millisecond)
	defer tick.Stop()
	ctx, cancel := context.WithTimeout(context.Background(), time.Minute)
	defer cancel()
	for {
		conn, err := pgx.Connect(ctx, s.URL(s.Addr()))
		if err == nil {
			s.must(conn.Close(ctx))
			return
		}
		select {
		case <-tick.C:
		case <-ctx.Done():
			log, _ := os.ReadFile(filepath.Join(s.dir, "log"))
			s.t.Fatalf("the server is not ready: %v\n%s", err, log)
		}
	}
}

// Addr is where the server listens.
func (s *Server) Addr() string { return "127.0.0.1:" + strconv.Itoa(s.port) }

// URL is the address of the server's database at another address, such as that of a proxy.
func (s *Server) URL(addr string) string {
	u := url.URL{Scheme: "postgres", User: url.UserPassword("postgres", serverPassword), Host: addr, Path: "/postgres", RawQuery: "sslmode=disable"}
	return u.String()
}

func (s *Server) data() string { return filepath.Join(s.dir, "data") }

// run runs one of PostgreSQL's programs to its end.
func (s *Server) run(name string, args ...string) {
	s.t.Helper()
	if out, err := s.command(filepath.Join(s.bin, name), args...).CombinedOutput(); err != nil {
		s.t.Fatalf("%s: %v\n%s", name, err, out)
	}
}

func (s *Server) command(path string, args ...string) *exec.Cmd {
	cmd := exec.CommandContext(context.WithoutCancel(s.t.Context()), path, args...) // it outlives the test until it is stopped
	cmd.Dir = s.dir
	cmd.SysProcAttr = &syscall.SysProcAttr{Credential: s.runsAs}
	return cmd
}

func (s *Server) must(err error) {
	s.t.Helper()
	if err != nil {
		s.t.Fatal(err)
	}
}
