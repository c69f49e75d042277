package main

import (
	"om-secret-exec/internal/workflow"
)

// render puts the values in their places, and the settings that say that there
// is nothing left to look up.
func (j *job) render() ([]byte, error) {
	server := j.doc.Server()
	r := workflow.Rewrite{Values: j.values, Provider: j.rewriteProvider(server)}
	if j.opts.storeServiceConnection == "false" {
		r.StoreServiceConnection = new(bool)
	}
	j.warnOfCopies(server)
	out, err := j.doc.Render(r)
	if err != nil {
		return nil, j.documentError(err)
	}
	return out, nil
}

// rewriteProvider decides whether the document's provider becomes db. Where
// OpenMetadata may still fetch references from its server they could then not
// be looked up any more, so that auto leaves such documents as they are.
func (j *job) rewriteProvider(server workflow.Server) bool {
	switch {
	case j.opts.rewriteProvider == never || server.Provider == nil && server.Loader == nil:
		return false
	case j.opts.rewriteProvider == always || server.RewriteSafe:
		return true
	case j.set.Main != nil:
		j.app.msg.warn(j.in.name + ": secretsManagerProvider stays as it is: " + server.Keep)
	}
	return false
}

// warnOfCopies warns that OpenMetadata would copy resolved values into its own
// database: it creates a service that it does not know from the workflow's
// connection, plain text included.
func (j *job) warnOfCopies(server workflow.Server) {
	stored := server.StoreServiceConnection == nil || *server.StoreServiceConnection
	if !stored || j.opts.storeServiceConnection == "false" || !j.substitutesConnection() {
		return
	}
	text := ": if the service is new, OpenMetadata stores the values below source.serviceConnection on its server"
	if server.ForceEntityOverwriting {
		text = ": forceEntityOverwriting makes OpenMetadata store the values below source.serviceConnection on its server"
	}
	j.app.msg.warn(j.in.name + text)
	j.app.msg.hint("--store-service-connection=false writes storeServiceConnection: false into the workflow")
}

func (j *job) substitutesConnection() bool {
	for i := range j.values {
		if j.scalars[i].ServiceConnection {
			return true
		}
	}
	return false
}
