package testenv

import (
	"bytes"
	_ "embed"
	"encoding/json"
	"net"
	"net/http"
	"testing"
)

//go:embed openmetadata.py
var openmetadataPy string

// OpenMetadataServer is a double of the OpenMetadata server, as far as ingestion
// asks it; see openmetadata.py.
type OpenMetadataServer struct {
	// URL is what a workflow's hostPort says, http://127.0.0.1:PORT/api.
	URL  string
	root string
}

// OpenMetadataState is what a server has been asked and what it holds.
type OpenMetadataState struct {
	Requests []struct {
		Method, Path, Authorization string
		Body                        json.RawMessage
	}
	// Entities are lists of three: the collection, the name, and the content.
	Entities [][3]json.RawMessage
}

// NewOpenMetadata starts a server for a test alone, with the models of the
// openmetadata-ingestion in an environment. It ends with the test process.
func NewOpenMetadata(t testing.TB, environment string) OpenMetadataServer {
	t.Helper()
	server, err := thrice(func() (OpenMetadataServer, error) {
		port, err := freePort()
		if err != nil {
			return OpenMetadataServer{}, err
		}
		p, err := launch([]string{"HOME=" + t.TempDir()}, Python(t, environment), "-W", "ignore", "-c", openmetadataPy, port)
		if err != nil {
			return OpenMetadataServer{}, err
		}
		root := "http://" + net.JoinHostPort("127.0.0.1", port)
		return OpenMetadataServer{URL: root + "/api", root: root}, p.ready(page{url: root + "/state"})
	})
	if err != nil {
		t.Fatalf("starting a double of OpenMetadata: %v", err)
	}
	return server
}

// State tells what the server has been asked so far.
func (o OpenMetadataServer) State(t testing.TB) OpenMetadataState {
	t.Helper()
	var state OpenMetadataState
	resp, err := http.Get(o.root + "/state")
	if err == nil {
		defer resp.Body.Close()
		err = json.NewDecoder(resp.Body).Decode(&state)
	}
	if err != nil {
		t.Fatalf("asking the double of OpenMetadata: %v", err)
	}
	return state
}

// Put gives the server entities, by collection and fully qualified name. What
// its models refuse fails the test.
func (o OpenMetadataServer) Put(t testing.TB, entities map[string]map[string]any) {
	t.Helper()
	body, err := json.Marshal(entities)
	if err != nil {
		t.Fatal(err)
	}
	req, err := http.NewRequestWithContext(t.Context(), http.MethodPut, o.root+"/state", bytes.NewReader(body))
	if err != nil {
		t.Fatal(err)
	}
	resp, err := http.DefaultClient.Do(req)
	if err != nil {
		t.Fatalf("giving entities to the double of OpenMetadata: %v", err)
	}
	defer resp.Body.Close()
	if resp.StatusCode != http.StatusOK {
		var said bytes.Buffer
		_, _ = said.ReadFrom(resp.Body)
		t.Fatalf("the double of OpenMetadata refuses the entities: %s", said.Bytes())
	}
}

// Names lists the fully qualified names that the server holds of a collection,
// such as tables.
func (s OpenMetadataState) Names(t testing.TB, collection string) []string {
	t.Helper()
	var names []string
	for _, e := range s.Entities {
		var of, name string
		if json.Unmarshal(e[0], &of) != nil || json.Unmarshal(e[1], &name) != nil {
			t.Fatalf("the double of OpenMetadata holds %s, %s", e[0], e[1])
		}
		if of == collection {
			names = append(names, name)
		}
	}
	return names
}
