package main

import (
	"bytes"
	"os"
	"sync"

	"github.com/rogpeppe/go-internal/testscript"
	"github.com/santhosh-tekuri/jsonschema/v6"
)

// responds is the script command `responds CODE REQUEST [ARG...]`: it runs get
// --json with the file REQUEST as standard input, and holds the response to the
// published schema.
func responds(ts *testscript.TestScript, neg bool, args []string) {
	if neg || len(args) < 2 {
		ts.Fatalf("usage: responds CODE REQUEST [ARG...]")
	}
	exits(ts, false, append([]string{
		args[0], "sh", "-c", `request=$1; shift; exec om-secret-exec get --json "$@" <"$request"`, "sh",
	}, args[1:]...))
	ts.Check(validResponse([]byte(ts.ReadFile("stdout"))))
}

var responseSchema = sync.OnceValues(func() (*jsonschema.Schema, error) {
	const path = "../../docs/protocol/response.v1.schema.json"
	data, err := os.ReadFile(path)
	if err != nil {
		return nil, err
	}
	doc, err := jsonschema.UnmarshalJSON(bytes.NewReader(data))
	if err != nil {
		return nil, err
	}
	compiler := jsonschema.NewCompiler()
	if err := compiler.AddResource(path, doc); err != nil {
		return nil, err
	}
	return compiler.Compile(path)
})

// validResponse holds a document, and nothing beside it, to the schema.
func validResponse(data []byte) error {
	schema, err := responseSchema()
	if err != nil {
		return err
	}
	doc, err := jsonschema.UnmarshalJSON(bytes.NewReader(data))
	if err != nil {
		return err
	}
	return schema.Validate(doc)
}
