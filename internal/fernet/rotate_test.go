package fernet

import (
	"bytes"
	"errors"
	"strings"
	"testing"

	"om-secret-exec/internal/providers"
)

func encrypt(t testing.TB, keys, value string) string {
	t.Helper()
	ring, err := New(keys)
	if err != nil {
		t.Fatal(err)
	}
	text, err := ring.Encrypt([]byte(value))
	if err != nil {
		t.Fatal(err)
	}
	return text
}

func TestRotate(t *testing.T) {
	fresh, old := generate(t), generate(t)
	both := mustNew(t, fresh+","+old)
	for _, value := range []string{"", sentinel, "secret:/db/password", strings.Repeat("long", 1<<18)} {
		before := encrypt(t, old, value)
		after, changed, err := both.Rotate(before)
		if err != nil || !changed || after == before {
			t.Fatalf("Rotate = %t, %v", changed, err)
		}
		if got, derr := mustNew(t, fresh).Decrypt(after); derr != nil || string(got) != value {
			t.Errorf("the first key gives %d bytes, %v, want %d", len(got), derr, len(value))
		}
		again, changed, err := both.Rotate(after)
		if err != nil || changed || again != after {
			t.Errorf("rotating again: changed = %t, %v", changed, err)
		}
	}
	if _, _, err := mustNew(t, fresh).Rotate(encrypt(t, old, sentinel)); err == nil {
		t.Error("Rotate without the old key succeeded")
	}
}

func TestRotateText(t *testing.T) {
	fresh, old, lost := generate(t), generate(t), generate(t)
	ring := mustNew(t, fresh+","+old)
	plain := func(text string) string { // what the first key reads in a text
		return string(replaceTokens(t, mustNew(t, fresh), []byte(text)))
	}
	a, b, mine, gone := encrypt(t, old, "A"), encrypt(t, old, ""), encrypt(t, fresh, "MINE"), encrypt(t, lost, "G")
	twice := encrypt(t, old, a)
	unpadded := strings.Repeat("L", 40)
	long := encrypt(t, old, unpadded)
	if strings.HasSuffix(long, "=") {
		t.Fatal("40 bytes make a token with padding")
	}
	tests := []struct {
		name, in, want        string // want with the tokens replaced by their values
		rotated, kept, failed int
		odd                   int
	}{
		{"nothing", "", "", 0, 0, 0, 0},
		{"no token", "a: b\r\n", "a: b\r\n", 0, 0, 0, 0},
		{"YAML", "a: " + a + " # why\r\nb: \"" + b + "\"\r\n", "a: <A> # why\r\nb: \"<>\"\r\n", 2, 0, 0, 0},
		{"JSON in SQL", `('x','{\"p\": \"` + a + `\"}'),(` + mine + `)`, `('x','{\"p\": \"<A>\"}'),(<MINE>)`, 1, 1, 0, 0},
		{"side by side", a + b + mine, "<A><><MINE>", 2, 1, 0, 0},
		{"side by side without padding", long + long + mine, "<" + unpadded + "><" + unpadded + "><MINE>", 2, 1, 0, 0},
		{"not text", "\xff\x00" + a + "\xfe", "\xff\x00<A>\xfe", 1, 0, 0, 0},
		{"prose", "# fernet: is OpenMetadata's\nx: fernet:\n", "# fernet: is OpenMetadata's\nx: fernet:\n", 0, 0, 0, 0},
		{"not a token", "# write fernet:TOKEN\na: " + a, "# write fernet:TOKEN\na: <A>", 1, 0, 0, 1},
		{"no key fits", "x" + gone + "\n" + a + "\n" + gone, "", 1, 0, 2, 0},
		{"cut off", a[:len(a)-9] + "\n", "", 0, 0, 1, 0},
		{"run on", strings.TrimRight(a, "=") + "x", "", 0, 0, 1, 0},
		{"twice encrypted", twice, "", 0, 0, 1, 0},
	}
	for _, tt := range tests {
		t.Run(tt.name, func(t *testing.T) {
			r, err := ring.RotateText([]byte(tt.in))
			if err != nil || r.Rotated != tt.rotated || r.Kept != tt.kept || len(r.Failures) != tt.failed || len(r.Odd) != tt.odd {
				t.Fatalf("RotateText = %+v, %v, want %d rotated, %d kept, %d failed, %d odd", r, err, tt.rotated, tt.kept, tt.failed, tt.odd)
			}
			for _, f := range r.Failures {
				var e *providers.Error
				if !errors.As(f.Err, &e) || e.Code != providers.Decrypt || !strings.HasPrefix(tt.in[f.Offset:], prefix) {
					t.Errorf("failure %+v: want DECRYPT at a value", f)
				}
			}
			if tt.failed > 0 {
				return
			}
			if got := plain(string(r.Text)); got != tt.want {
				t.Errorf("RotateText gave %q, want %q", got, tt.want)
			}
		})
	}
	var none *Keyring
	var e *providers.Error
	if _, err := none.RotateText(nil); !errors.As(err, &e) || e.Code != providers.Config {
		t.Errorf("RotateText without a key: %v, want CONFIG", err)
	}
}

// replaceTokens is another finder of tokens, to compare with: it decrypts the
// first text behind each prefix that opens.
func replaceTokens(t *testing.T, ring *Keyring, text []byte) []byte {
	t.Helper()
	var out bytes.Buffer
	for i := 0; i < len(text); {
		end := 0
		if bytes.HasPrefix(text[i:], []byte(prefix)) {
			for j := i + len(prefix) + 100; j <= len(text); j += 4 {
				if value, err := ring.Decrypt(string(text[i:j])); err == nil {
					out.WriteString("<" + string(value) + ">")
					end = j
					break
				}
			}
		}
		if end == 0 {
			out.WriteByte(text[i])
			end = i + 1
		}
		i = end
	}
	return out.Bytes()
}

// FuzzRotateText holds that nothing but tokens changes in any text.
func FuzzRotateText(f *testing.F) {
	fresh, err := Generate()
	if err != nil {
		f.Fatal(err)
	}
	old, err := Generate()
	if err != nil {
		f.Fatal(err)
	}
	ring, err := New(fresh + "," + old)
	if err != nil {
		f.Fatal(err)
	}
	f.Add([]byte("a: "), []byte("\n"), []byte("value"))
	f.Add([]byte("fernet:gA"), []byte("=fernet:"), []byte(""))
	f.Add([]byte("fernet"), []byte("==="), []byte("\xff"))
	f.Fuzz(func(t *testing.T, before, after, value []byte) {
		token := encrypt(t, old, string(value))
		text := append(append(bytes.Clone(before), token...), after...)
		r, err := ring.RotateText(text)
		if err != nil {
			t.Fatal(err)
		}
		if r.Rotated+r.Kept == 0 && !bytes.Equal(r.Text, text) {
			t.Errorf("without a token %q became %q", text, r.Text)
		}
		if len(r.Text) != len(text) { // both keys give tokens of the same length
			t.Errorf("%d bytes became %d", len(text), len(r.Text))
		}
		if r.Rotated == 1 {
			if !bytes.HasPrefix(r.Text, before) || !bytes.HasSuffix(r.Text, after) {
				t.Errorf("what stands around the token changed: %q became %q", text, r.Text)
			}
		}
	})
}
