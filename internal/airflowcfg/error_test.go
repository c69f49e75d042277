package airflowcfg

import (
	"strings"
	"testing"
)

// header starts most files; our section is in line 1.
const header = "[" + ours + "]\n"

func TestFileErrors(t *testing.T) {
	tests := []struct {
		name, text string
		want       string // after the path
	}{
		{"duplicate option", header + "aws_region = S3NTINEL\n\naws_region = S3NTINEL\n", `:4: option "aws_region" in section "openmetadata_secrets_manager" already exists in line 2 (Airflow refuses the file)`},
		{"duplicate section", header + "a=S3NTINEL\n[core]\n" + header, `:4: section "openmetadata_secrets_manager" already exists in line 1 (Airflow refuses the file): merge the two`},
		{"no header", "a=S3NTINEL", `:1: this line comes before the first [section] (Airflow refuses the file)`},
		{"byte order mark", "\ufeff" + header, `:1: a byte order mark hides what this line says (Airflow refuses the file): save the file as UTF-8 without one`},
		{"bare word", header + "\n\nS3NTINEL\nS3NTINEL\n", `:4: this line is no "key = value", no [section], no comment and not indented as a continuation (Airflow refuses the file)`},
		{"no key", header + "a=1\n= S3NTINEL\nS3NTINEL", `:3: there is no key before the "=" or ":" (Airflow refuses the file)`},
		{"encoding", header + "a = é\r\nb = S3NTINEL\xff\n", `:3: this line is not UTF-8 (Airflow refuses the file)`},
		{"lost indentation", header + "a=1\nS3NTINEL+/x==\nS3NTINEL+/x==\n", `:4: this option in section "openmetadata_secrets_manager" already exists in line 3 (Airflow refuses the file)`},
	}
	for _, tt := range tests {
		t.Run(tt.name, func(t *testing.T) {
			path := write(t, tt.text)
			_, err := Load(Options{Path: path})
			if err == nil || err.Error() != path+tt.want {
				t.Errorf("Load of %q: %v, want %s", tt.text, err, path+tt.want)
			}
		})
	}
}

func TestValueErrors(t *testing.T) {
	const option = `option "a" in section "openmetadata_secrets_manager": `
	tests := []struct {
		name, value string
		want        string // after path and line
	}{
		{"percent", "S3NTINEL%", option + `a "%" that starts neither "%%" nor "%(name)s"; write "%%" for a percent sign`},
		{"reference", "x%(S3NTINEL)s", option + `a "%(name)s" names an option that is neither in this section nor in DEFAULT; write "%%" for a percent sign`},
		{"depth", "S3NTINEL%(a)s", option + `its "%(name)s" leads back to itself, or through more than 10 options`},
		{"expansion", "S3NTINEL$LOOP", option + `replacing $NAME and ~ in this value does not end (Airflow hangs here): look for a variable that leads back to itself`},
	}
	for _, tt := range tests {
		t.Run(tt.name, func(t *testing.T) {
			c := load(t, header+"a = "+tt.value, map[string]string{"LOOP": "x$LOOP"})
			_, ok, err := c.Get(ours, "a")
			if want := c.Path() + ":2: " + tt.want; !ok || err == nil || err.Error() != want {
				t.Errorf("Get of %q: %v, %v, want true, %s", tt.value, ok, err, want)
			}
		})
	}
}

// TestValueErrorsOfVariables holds that a variable is named where it is at
// fault, and that numbers and booleans do not show what they could not read.
func TestValueErrorsOfVariables(t *testing.T) {
	const name = "AIRFLOW__OPENMETADATA_SECRETS_MANAGER__A"
	c := load(t, "", map[string]string{name: "S3NTINEL", "AIRFLOW__S__B": "S3NTINEL$AIRFLOW__S__B"})
	_, _, boolErr := c.GetBool(ours, "a")
	_, _, intErr := c.GetInt(ours, "a")
	_, _, loopErr := c.Get("s", "b")
	for want, err := range map[string]error{
		"variable " + name + `: option "a" in section "openmetadata_secrets_manager": not a boolean`: boolErr,
		"variable " + name + `: option "a" in section "openmetadata_secrets_manager": not a whole`:   intErr,
		`variable AIRFLOW__S__B: option "b" in section "s": replacing $NAME`:                         loopErr,
	} {
		if err == nil || !strings.HasPrefix(err.Error(), want) || strings.Contains(err.Error(), "S3NTINEL") {
			t.Errorf("error is %v, want it to start with %s", err, want)
		}
	}
	_, err := Load(Options{Env: lookupIn(map[string]string{"AIRFLOW_HOME": "S3NTINEL$AIRFLOW_HOME"})})
	if err == nil || !strings.HasPrefix(err.Error(), "variable AIRFLOW_HOME: replacing") || strings.Contains(err.Error(), "S3NTINEL") {
		t.Errorf("Load gives %v, want AIRFLOW_HOME to be named", err)
	}
}
