package protocol_test

import (
	"bytes"
	"encoding/json"
	"os"
	"path/filepath"
	"strings"
	"sync"
	"testing"

	"github.com/santhosh-tekuri/jsonschema/v6"
)

const docs = "../../docs/protocol"

// requestSchema and responseSchema are the published ones. strictSchema is the
// second with no member allowed that it does not describe: we may add members
// later, but not without a word about them.
var (
	requestSchema  = sync.OnceValues(func() (*jsonschema.Schema, error) { return compile("request.v1.schema.json", nil) })
	responseSchema = sync.OnceValues(func() (*jsonschema.Schema, error) { return compile("response.v1.schema.json", nil) })
	strictSchema   = sync.OnceValues(func() (*jsonschema.Schema, error) { return compile("response.v1.schema.json", forbidOthers) })
)

func compile(name string, change func(any)) (*jsonschema.Schema, error) {
	data, err := os.ReadFile(filepath.Join(docs, name))
	if err != nil {
		return nil, err
	}
	doc, err := jsonschema.UnmarshalJSON(bytes.NewReader(data))
	if err != nil {
		return nil, err
	}
	if change != nil {
		change(doc)
	}
	compiler := jsonschema.NewCompiler()
	if err := compiler.AddResource(name, doc); err != nil {
		return nil, err
	}
	return compiler.Compile(name)
}

// forbidOthers closes every schema that lists the members of an object.
func forbidOthers(schema any) {
	switch s := schema.(type) {
	case map[string]any:
		if s["type"] == "object" {
			s["additionalProperties"] = false
		}
		for _, part := range s {
			forbidOthers(part)
		}
	case []any:
		for _, part := range s {
			forbidOthers(part)
		}
	}
}

// validate returns what a schema has against a document.
func validate(t *testing.T, schema func() (*jsonschema.Schema, error), doc []byte) error {
	t.Helper()
	s, err := schema()
	if err != nil {
		t.Fatal(err)
	}
	value, err := jsonschema.UnmarshalJSON(bytes.NewReader(doc))
	if err != nil {
		return err
	}
	return s.Validate(value)
}

// TestSchemasAreSchemas holds them to the draft that they name.
func TestSchemasAreSchemas(t *testing.T) {
	t.Parallel()
	for _, name := range []string{"request.v1.schema.json", "response.v1.schema.json"} {
		data, err := os.ReadFile(filepath.Join(docs, name))
		if err != nil {
			t.Fatal(err)
		}
		var head struct {
			Schema string `json:"$schema"`
		}
		if err := json.Unmarshal(data, &head); err != nil || !strings.HasSuffix(head.Schema, "/draft/2020-12/schema") {
			t.Errorf("%s: %v, $schema %q", name, err, head.Schema)
		}
		if _, err := compile(name, nil); err != nil { // checks against the metaschema
			t.Errorf("%s: %v", name, err)
		}
	}
}
