package main

import (
	"errors"
	"io/fs"
	"os"
	"path/filepath"
	"strings"
)

// checkFile is something to look at.
type checkFile struct {
	path  string
	named bool // on the command line, and not found in a directory
	stdin bool
}

// maxFound bounds the files that are read because they lie in a directory: the
// largest workflows known are some 100 KB.
const maxFound = 4 << 20

// files lists what the arguments stand for, each file once. What cannot be
// looked at is a failure of the run; the error is one of usage.
func (c *checker) files(args []string) ([]checkFile, error) {
	if len(args) == 0 {
		args = []string{"."}
	}
	var files []checkFile
	seen := map[string]bool{}
	add := func(f checkFile) {
		id := f.path
		if absolute, err := filepath.Abs(f.path); err == nil && !f.stdin {
			id = absolute // wf.yaml and ./wf.yaml are one file
		}
		if !seen[id] {
			seen[id] = true
			files = append(files, f)
		}
	}
	for _, arg := range args {
		if arg == "" {
			return nil, usagef("name a file or a directory", "an argument is empty")
		}
		if arg == "-" {
			if err := c.app.checkStdin(true, "name a file, or give the workflow on standard input"); err != nil {
				return nil, err
			}
			add(checkFile{path: arg, stdin: true})
			continue
		}
		info, err := os.Stat(arg)
		switch {
		case err != nil && c.opts.online != "" && (arg == exists || arg == reading):
			return nil, usagef("write --online="+arg, "there is no file %q", arg)
		case err != nil:
			c.fail(inputError(arg, err))
		case info.IsDir():
			c.walk(arg, add)
		default:
			add(checkFile{path: filepath.Clean(arg), named: true})
		}
	}
	return files, nil
}

// walk adds the YAML and JSON files below a directory. It leaves out what other
// programs keep there: hidden directories, node_modules, virtual environments.
// Links to directories are not followed, links to files are: that is how
// Kubernetes mounts a ConfigMap.
func (c *checker) walk(dir string, add func(checkFile)) {
	top := dir + string(filepath.Separator) // a link that was named is followed
	_ = filepath.WalkDir(top, func(path string, entry fs.DirEntry, err error) error {
		path = filepath.Clean(path)
		if err != nil {
			c.fail(inputError(path, err))
			return nil // the next one may be readable
		}
		if entry.IsDir() {
			if path != filepath.Clean(dir) && foreignDir(path, entry.Name()) {
				return fs.SkipDir
			}
			return nil
		}
		if !yamlOrJSON(path) {
			return nil
		}
		info, err := os.Stat(path)
		switch {
		case err != nil && !errors.Is(err, fs.ErrNotExist): // not a link that leads nowhere
			c.fail(inputError(path, err))
		case err != nil, !info.Mode().IsRegular():
		case info.Size() > maxFound:
			c.skip(checkFile{path: path}, nil)
		default:
			add(checkFile{path: path})
		}
		return nil
	})
}

func foreignDir(path, name string) bool {
	if strings.HasPrefix(name, ".") || name == "node_modules" {
		return true
	}
	_, err := os.Stat(filepath.Join(path, "pyvenv.cfg"))
	return err == nil
}

func yamlOrJSON(path string) bool {
	switch strings.ToLower(filepath.Ext(path)) {
	case ".yaml", ".yml", ".json":
		return true
	}
	return false
}

func (c *checker) read(f checkFile) (input, error) {
	if f.stdin {
		return c.app.readInput([]string{f.path})
	}
	return readFile(f.path)
}

// skip counts a file that holds no workflow. Who named it is told, for a
// misspelt key can be the reason; and everybody of a manifest that is broken.
func (c *checker) skip(f checkFile, broken error) {
	c.report.skipped = append(c.report.skipped, f.path)
	switch {
	case broken != nil:
		c.app.msg.warn(f.path + ": skipped: " + broken.Error())
	case f.named:
		c.app.msg.warn(f.path + ": skipped: it has none of the keys by which a workflow is recognised, such as source and workflowConfig")
	}
}

// fail notes what could not be read.
func (c *checker) fail(err error) {
	var f *failedError
	if !errors.As(err, &f) {
		f = failed(asError(err))
	}
	c.failures = append(c.failures, f.failures...)
	c.report.unread = append(c.report.unread, f.failures[0].where)
}
