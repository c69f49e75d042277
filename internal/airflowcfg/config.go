// Package airflowcfg answers what Airflow's configuration object answers,
// airflow.configuration.conf.get, getboolean and getint, without Airflow: in
// milliseconds, in one process, and with errors that name the line.
//
// It finds airflow.cfg where Airflow does, reads it as Python's configparser
// does (a dialect that no Go INI parser speaks: continuation lines, strict
// duplicates, literal quotes), interpolates %(name)s, expands $NAME and ~, and
// lets AIRFLOW__SECTION__KEY variables win. A value that is set but empty is a
// value. Parsed values are kept in gopkg.in/ini.v1; see [table].
//
// It knows what somebody wrote, nothing else: neither Airflow's own defaults
// nor its deprecated names, and it runs no _CMD and asks no secrets backend.
// In section openmetadata_secrets_manager Airflow has none of these either.
//
// No error or warning of this package holds a value, raw or resolved.
package airflowcfg

import (
	"errors"
	"fmt"
	"io/fs"
	"os"
	"slices"
	"strings"
)

// Options tells where to read from. The zero value is the real environment and
// the file that Airflow would find.
type Options struct {
	// Path names the file. Not being able to read it is then an error; empty
	// means to look where Airflow looks.
	Path string
	// Env looks up an environment variable; nil means the process's own.
	Env func(name string) (string, bool)
	// HomeDir gives the home directory of a user, or of whoever runs this
	// process when user is empty; nil means /etc/passwd.
	HomeDir func(user string) (string, bool)
}

// Config is a configuration that was read. It does not change and may be used
// concurrently; environment variables are looked up at each call, as Airflow
// does.
type Config struct {
	path     string
	found    bool
	warnings []string
	table    *table
	expander expander
}

// Load finds and reads airflow.cfg. A discovered file that does not exist is an
// empty one, and so is one that cannot be opened, with a warning: Airflow says
// nothing in either case. A file that can be opened and not understood is an
// error, an [*Error], because Airflow does not start with it.
func Load(o Options) (*Config, error) {
	x := expander{env: o.Env, home: o.HomeDir}
	if x.env == nil {
		x.env = os.LookupEnv
	}
	if x.home == nil {
		x.home = passwdHome
	}
	path := o.Path
	if path == "" {
		var err error
		if path, err = discover(x); err != nil {
			return nil, err
		}
	}
	c := &Config{path: path, expander: x}
	data, err := os.ReadFile(path)
	switch {
	case err == nil:
		c.found = true
	case o.Path != "":
		return nil, unreadable(path, err)
	default:
		c.warnings = silence(x, path, err)
	}
	if c.table, err = parse(path, data); err != nil {
		return nil, err
	}
	return c, nil
}

// Path is the file that was read, or that would have been; see [Config.Found].
// It is what Airflow passes to open, so it may be relative, or empty when
// AIRFLOW_CONFIG is.
func (c *Config) Path() string { return c.path }

// Found reports whether there was a file to read.
func (c *Config) Found() bool { return c.found }

// Warnings are remarks for people about how the file was found, lower case,
// without a full stop. There is at most one today.
func (c *Config) Warnings() []string { return slices.Clone(c.warnings) }

// Sections lists the file's sections in order, without DEFAULT.
func (c *Config) Sections() []string { return c.table.sections() }

// unreadable is the error for a file that the user named.
func unreadable(path string, err error) *Error {
	kind := KindUnreadable
	if errors.Is(err, fs.ErrNotExist) {
		kind = KindMissing
	}
	return &Error{Kind: kind, Path: path, Message: "reading airflow.cfg: " + cause(err)}
}

// silence is what Airflow does not say about a file that it did not read. A
// missing file is normal unless somebody named it.
func silence(x expander, path string, err error) []string {
	if errors.Is(err, fs.ErrNotExist) {
		if _, named := x.env(configVariable); !named || path == "" {
			return nil
		}
		return []string{fmt.Sprintf("%s names %q, which does not exist; going on without airflow.cfg, as Airflow does", configVariable, path)}
	}
	return []string{fmt.Sprintf("reading %q: %s; going on without it, as Airflow silently does", path, cause(err))}
}

// cause is err without the path, which the reader has been told.
func cause(err error) string {
	if pathError, ok := errors.AsType[*fs.PathError](err); ok {
		err = pathError.Err
	}
	return strings.ToLower(err.Error())
}
