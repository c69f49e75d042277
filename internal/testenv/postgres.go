package testenv

import (
	"context"
	"fmt"
	"os"
	"os/exec"
	"path/filepath"
	"strconv"
	"strings"
	"testing"
)

// PostgresServer says how to reach a PostgreSQL server that asks everybody for a
// password and compares it (SCRAM).
type PostgresServer struct {
	Host, Port string
	// Admin is a superuser and its password.
	Admin, Password string
	bin             string
}

var postgres shared[PostgresServer]

// Postgres starts a PostgreSQL server once per test process.
func Postgres(t testing.TB) PostgresServer {
	t.Helper()
	bin, err := postgresPrograms(installed(t, "postgres"))
	if err != nil {
		t.Fatal(err)
	}
	return postgres.get(t, "PostgreSQL", func() (PostgresServer, error) { return startPostgres(bin) })
}

// User makes a role that may log in with the password, and a database of the
// same name that belongs to it.
func (p PostgresServer) User(t testing.TB, name, password string) {
	t.Helper()
	quoted := "'" + strings.ReplaceAll(password, "'", "''") + "'"
	p.Run(t, "postgres", fmt.Sprintf("CREATE ROLE %q LOGIN PASSWORD %s", name, quoted))
	p.Run(t, "postgres", fmt.Sprintf("CREATE DATABASE %q OWNER %q", name, name))
}

// Run gives SQL to a database as the superuser and returns what it prints.
func (p PostgresServer) Run(t testing.TB, database, sql string) string {
	t.Helper()
	cmd := exec.Command(filepath.Join(p.bin, "psql"), "-X", "-q", "-At", "-v", "ON_ERROR_STOP=1",
		"-h", p.Host, "-p", p.Port, "-U", p.Admin, "-d", database, "-f", "-")
	cmd.Env = []string{"PGPASSWORD=" + p.Password, "PATH=" + os.Getenv("PATH")}
	cmd.Stdin = strings.NewReader(sql)
	out, err := cmd.CombinedOutput()
	if err != nil {
		t.Fatalf("psql: %v\n%s", err, out)
	}
	return string(out)
}

// postgresPrograms finds the programs in the wheel that the environment holds.
func postgresPrograms(python string) (string, error) {
	pattern := filepath.Join(filepath.Dir(filepath.Dir(python)), "lib", "python*", "site-packages", "*", "pginstall")
	found, err := filepath.Glob(pattern)
	if err != nil || len(found) != 1 {
		return "", fmt.Errorf("finding PostgreSQL's programs: %d directories match %s", len(found), pattern)
	}
	return filepath.Join(found[0], "bin"), nil
}

func startPostgres(bin string) (PostgresServer, error) {
	port, err := freePort()
	if err != nil {
		return PostgresServer{}, err
	}
	dir, err := scratch()
	if err != nil {
		return PostgresServer{}, err
	}
	p := PostgresServer{Host: "127.0.0.1", Port: port, Admin: "admin", Password: "admin-of-the-tests", bin: bin}
	process, err := p.launch(dir)
	if err != nil {
		_ = os.RemoveAll(dir)
		return PostgresServer{}, err
	}
	return p, process.readyWhen(func(ctx context.Context) error {
		return exec.CommandContext(ctx, filepath.Join(bin, "pg_isready"), "-q", "-h", p.Host, "-p", port).Run()
	})
}

// launch makes the files of a server and starts it. PostgreSQL refuses to run as
// root: then both are done by the user nobody, whom the home of root, where the
// programs are, is closed to. It gets a copy.
func (p PostgresServer) launch(dir string) (*process, error) {
	const nobody = 65534
	in := func(name string) string { return filepath.Join(dir, name) }
	if err := os.WriteFile(in("password"), []byte(p.Password), 0o600); err != nil {
		return nil, err
	}
	bin, as := p.bin, []string{}
	if os.Geteuid() == 0 {
		wheel := filepath.Dir(filepath.Dir(bin)) // with its libraries beside it
		for _, from := range []string{filepath.Join(wheel, "pginstall"), wheel + ".libs"} {
			to, err := filepath.Rel(filepath.Dir(wheel), from)
			if err == nil {
				err = os.CopyFS(in(to), os.DirFS(from))
			}
			if err != nil {
				return nil, err
			}
		}
		id := strconv.Itoa(nobody)
		bin, as = in(filepath.Base(wheel)+"/pginstall/bin"), []string{"setpriv", "--reuid=" + id, "--regid=" + id, "--clear-groups"}
		for _, path := range []string{dir, in("password")} {
			if err := os.Chown(path, nobody, nobody); err != nil {
				return nil, err
			}
		}
	}
	initdb := append(as, filepath.Join(bin, "initdb"), "-D", in("data"), "-U", p.Admin,
		"--auth=scram-sha-256", "--pwfile="+in("password"), "--no-sync", "--encoding=UTF8", "--locale=C")
	cmd := exec.Command(initdb[0], initdb[1:]...)
	cmd.Dir = dir
	if out, err := cmd.CombinedOutput(); err != nil {
		return nil, fmt.Errorf("initdb: %w\n%s", err, out)
	}
	return guard(dir, append(as, filepath.Join(bin, "postgres"), "-D", in("data"), "-p", p.Port,
		"-c", "listen_addresses="+p.Host, "-c", "unix_socket_directories=", "-c", "fsync=off")...)
}
