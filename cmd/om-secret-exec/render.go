package main

import (
	"om-secret-exec/internal/workflow"
)

// render puts the values in their places, and the settings that say that there
// is nothing left to look up.
func (j *job) render() ([]byte, error) {
	server := j.doc.Server()
	r := j.rewrite(server)
	r.Values = j.values
	named := server.Provider != nil || server.Loader != nil
	if named && !r.Provider && j.opts.rewriteProvider != never && j.set.Main != nil {
		j.app.msg.warn(j.in.name + ": secretsManagerProvider stays as it is: " + server.Keep)
	}
	j.warnOfCopies(server)
	out, err := j.doc.Render(r)
	if err != nil {
		return nil, j.documentError(err)
	}
	return out, nil
}

// takes tells before a store is asked whether the document takes the settings
// that are to be written.
func (j *job) takes() error {
	if err := j.doc.Takes(j.rewrite(j.doc.Server())); err != nil {
		return j.documentError(err)
	}
	return nil
}

// rewrite decides on the settings that are to be written. Where OpenMetadata may
// still fetch references from its server these could not be looked up with
// provider db, so that auto leaves such documents as they are.
func (j *job) rewrite(server workflow.Server) workflow.Rewrite {
	always := j.opts.rewriteProvider == always
	r := workflow.Rewrite{Provider: always || j.opts.rewriteProvider != never && server.RewriteSafe}
	if j.opts.storeServiceConnection == "false" {
		r.StoreServiceConnection = new(bool)
	}
	return r
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
