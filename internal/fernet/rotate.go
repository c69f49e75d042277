package fernet

import (
	"bytes"

	"github.com/fernet/fernet-go"
)

// begins is how every token begins: the version's byte, and the zeros of a time
// before the year two billion.
const begins = "gA"

// Rotate returns value, `fernet:TOKEN`, encrypted with the first key. One that is
// already comes back as it is, and changed is false, so that rotating twice is
// the same as once. The errors are those of Decrypt: another encrypted value
// inside is one, since it would still need the key that this one no longer needs.
func (k *Keyring) Rotate(value string) (rotated string, changed bool, err error) {
	plain, derr := k.Decrypt(value)
	if derr != nil {
		return "", false, derr
	}
	if fernet.VerifyAndDecrypt([]byte(value[len(prefix):]), 0, k.keys[:1]) != nil {
		return value, false, nil
	}
	rotated, err = k.Encrypt(plain)
	return rotated, true, err
}

// Rotation is what RotateText did.
type Rotation struct {
	// Text is the new text; all other bytes than the tokens' are as they were.
	Text []byte
	// Rotated counts the tokens that were encrypted anew, Kept those that the
	// first key opened already.
	Rotated, Kept int
	// Odd are the offsets of a `fernet:` that is followed by something that does
	// not begin as a token does. It stays as it is.
	Odd []int
	// Failures are the tokens that could not be opened. With any of them Text is
	// of no use.
	Failures []Failure
}

// Failure is a token that could not be opened, and the offset of its `fernet:`.
type Failure struct {
	Offset int
	Err    error
}

// RotateText rotates each `fernet:TOKEN` of a text of any kind. A token is told
// by its alphabet, and so found whatever stands around it. Without keys the
// error is CONFIG.
func (k *Keyring) RotateText(text []byte) (r Rotation, err error) {
	if k == nil {
		return r, ErrNoKey("rotating fernet: values")
	}
	done := 0
	for {
		found := bytes.Index(text[done:], []byte(prefix))
		if found < 0 {
			break
		}
		start := done + found
		end := start + len(prefix) + tokenLen(text[start+len(prefix):])
		r.Text = append(r.Text, text[done:start]...)
		r.Text = append(r.Text, k.rotateOne(&r, start, string(text[start:end]))...)
		done = end
	}
	r.Text = append(r.Text, text[done:]...)
	return r, nil
}

// rotateOne returns what takes the place of one value, and counts it.
func (k *Keyring) rotateOne(r *Rotation, offset int, value string) string {
	switch token := value[len(prefix):]; {
	case token == "":
		return value // prose, or an empty setting
	case len(token) < len(begins) || token[:len(begins)] != begins:
		r.Odd = append(r.Odd, offset)
		return value
	}
	rotated, changed, err := k.Rotate(value)
	switch {
	case err != nil:
		r.Failures = append(r.Failures, Failure{offset, err})
		return value
	case changed:
		r.Rotated++
	default:
		r.Kept++
	}
	return rotated
}

// tokenLen is how many bytes at the beginning of text can be a token: letters,
// digits, dashes and underscores, then up to two equals signs. Where the next
// value follows without anything between, its prefix ends the token.
func tokenLen(text []byte) int {
	n := 0
	for n < len(text) && isTokenByte(text[n]) {
		n++
	}
	if bytes.HasPrefix(text[n:], []byte(":")) {
		return len(bytes.TrimSuffix(text[:n], []byte(prefix[:len(prefix)-1])))
	}
	for pad := 0; pad < 2 && n > 0 && n < len(text) && text[n] == '='; pad++ {
		n++
	}
	return n
}

func isTokenByte(b byte) bool {
	return 'a' <= b && b <= 'z' || 'A' <= b && b <= 'Z' || '0' <= b && b <= '9' || b == '-' || b == '_'
}
