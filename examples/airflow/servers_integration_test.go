//go:build integration

package airflow

import (
	"encoding/json"
	"io"
	"net/http"
)

// docker answers as the Docker daemon does, as far as the operator asks it.
func (c *containers) docker() http.Handler {
	mux := http.NewServeMux()
	reply := func(pattern, body string) {
		mux.HandleFunc(pattern, func(w http.ResponseWriter, _ *http.Request) { answer(w, body) })
	}
	reply("GET /version", `{"ApiVersion": "1.44", "MinAPIVersion": "1.24", "Version": "25.0.0"}`)
	reply("GET /{v}/_ping", `OK`)
	reply("GET /_ping", `OK`)
	reply("GET /{v}/images/json", `[{"Id": "sha256:1"}]`)
	reply("GET /{v}/images/{name...}", `{"Id": "sha256:1"}`)
	mux.HandleFunc("POST /{v}/containers/create", func(w http.ResponseWriter, r *http.Request) {
		var asked struct {
			Entrypoint, Cmd, Env []string
		}
		c.asked(r, &asked)
		c.entry, c.env = append(asked.Entrypoint, asked.Cmd...), asked.Env
		w.WriteHeader(http.StatusCreated)
		answer(w, `{"Id": "c1", "Warnings": []}`)
	})
	reply("GET /{v}/containers/c1/json", `{"Id": "c1", "Config": {"Tty": false}, "State": {"Status": "exited"}}`)
	mux.HandleFunc("POST /{v}/containers/c1/attach", func(w http.ResponseWriter, _ *http.Request) {
		w.Header().Set("Connection", "close") // the end of the output
	})
	reply("POST /{v}/containers/c1/start", ``)
	reply("GET /{v}/containers/c1/logs", ``)
	reply("POST /{v}/containers/c1/wait", `{"StatusCode": 0}`)
	reply("POST /{v}/containers/c1/stop", ``)
	reply("DELETE /{v}/containers/c1", ``)
	return mux
}

// kubernetes answers as the API server does, and every pod has ended.
func (c *containers) kubernetes() http.Handler {
	mux := http.NewServeMux()
	pod := func(w http.ResponseWriter, _ *http.Request) {
		c.mu.Lock()
		defer c.mu.Unlock()
		body, err := json.Marshal(c.created)
		if err != nil {
			http.Error(w, "", http.StatusInternalServerError)
			return
		}
		answer(w, string(body))
	}
	mux.HandleFunc("GET /api/v1/namespaces/ingestion/pods", func(w http.ResponseWriter, _ *http.Request) {
		answer(w, `{"kind": "PodList", "apiVersion": "v1", "metadata": {}, "items": []}`)
	})
	mux.HandleFunc("POST /api/v1/namespaces/ingestion/pods", func(w http.ResponseWriter, r *http.Request) {
		var asked struct {
			Spec struct {
				Containers []struct {
					Command, Args []string
					Env           []struct{ Name, Value string }
				}
			}
		}
		c.asked(r, &asked)
		for _, container := range asked.Spec.Containers {
			c.entry = append(container.Command, container.Args...)
			for _, v := range container.Env {
				c.env = append(c.env, v.Name+"="+v.Value)
			}
		}
		c.created["status"] = json.RawMessage(`{"phase": "Succeeded", "containerStatuses": [{"name": "base", "ready": false,
			"restartCount": 0, "image": "i", "imageID": "i", "state": {"terminated": {"exitCode": 0, "reason": "Completed",
			"startedAt": "2026-01-01T00:00:00Z", "finishedAt": "2026-01-01T00:00:01Z"}}}]}`)
		pod(w, r)
	})
	mux.HandleFunc("GET /api/v1/namespaces/ingestion/pods/{name}", pod)
	mux.HandleFunc("PATCH /api/v1/namespaces/ingestion/pods/{name}", pod)
	mux.HandleFunc("DELETE /api/v1/namespaces/ingestion/pods/{name}", pod)
	mux.HandleFunc("GET /api/v1/namespaces/ingestion/pods/{name}/log", func(w http.ResponseWriter, _ *http.Request) {
		w.Header().Set("Connection", "close")
	})
	mux.HandleFunc("GET /api/v1/namespaces/ingestion/events", func(w http.ResponseWriter, _ *http.Request) {
		answer(w, `{"kind": "EventList", "apiVersion": "v1", "metadata": {}, "items": []}`)
	})
	return mux
}

// asked keeps a request's body, and reads it into v as well.
func (c *containers) asked(r *http.Request, v any) {
	body, err := io.ReadAll(r.Body)
	c.mu.Lock()
	defer c.mu.Unlock()
	if err == nil && json.Unmarshal(body, &c.created) == nil {
		_ = json.Unmarshal(body, v) // what it does not have fails the test
	}
}

func answer(w http.ResponseWriter, body string) {
	w.Header().Set("Content-Type", "application/json")
	_, _ = io.WriteString(w, body)
}
