package file

import "os"

// private reports whether f may hold plaintext: only its owner can read it, or
// the file system it lies on makes the mode unimportant. The open file is asked
// and not its path, so that nobody can put another in between.
func private(f *os.File) bool {
	const othersRead = 0o044
	if info, err := f.Stat(); err == nil && info.Mode().Perm()&othersRead == 0 {
		return true
	}
	return onSafeFS(f)
}
