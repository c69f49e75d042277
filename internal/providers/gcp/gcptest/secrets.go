package gcptest

import (
	"cmp"
	"encoding/base64"
	"fmt"
	"hash/crc32"
	"net/http"
	"strconv"
	"strings"
)

// secretManager is the service, the global one or that of a region.
func (g *Google) secretManager(region string) http.Handler {
	return http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) {
		path, ok := strings.CutPrefix(r.URL.Path, "/v1/")
		path, access := strings.CutSuffix(path, ":access")
		verb, allowed := "get", g.mayGet
		if access {
			verb, allowed = "access", g.may
		}
		name, version, versioned := strings.Cut(path, "/versions/")
		if !ok || !versioned || strings.Contains(version, ":") || r.Method != http.MethodGet {
			http.Error(w, "<html>404 "+Sentinel+"</html>", http.StatusNotFound)
			return
		}
		who, known := g.bearer(r)
		if !known {
			Fail(w, http.StatusUnauthorized, "UNAUTHENTICATED",
				"Request had invalid authentication credentials. Expected OAuth 2 access token.", Reason("ACCESS_TOKEN_EXPIRED"))
			return
		}
		project, _, _ := strings.Cut(strings.TrimPrefix(name, "projects/"), "/")
		if project == Number {
			name = strings.Replace(name, Number, Project, 1)
			project = Project
		}
		located := "projects/" + project + "/secrets/"
		if region != "" {
			located = "projects/" + project + "/locations/" + region + "/secrets/"
		}
		switch {
		case project != Project || !allowed(who):
			Fail(w, http.StatusForbidden, "PERMISSION_DENIED", fmt.Sprintf(
				"Permission 'secretmanager.versions.%s' denied for resource '%s' (or it may not exist).", verb, path), Reason("IAM_PERMISSION_DENIED"))
		case !strings.HasPrefix(name, located):
			Fail(w, http.StatusBadRequest, "INVALID_ARGUMENT", "Request contains an invalid argument.")
		default:
			g.version(w, name, version, access)
		}
	})
}

func (g *Google) may(who string) bool {
	g.mu.Lock()
	defer g.mu.Unlock()
	return g.readers[who]
}

func (g *Google) mayGet(who string) bool {
	g.mu.Lock()
	defer g.mu.Unlock()
	return g.viewers[who]
}

// version answers with a version or, for access, its value, or says why not.
func (g *Google) version(w http.ResponseWriter, name, version string, access bool) {
	g.mu.Lock()
	versions, ok := g.secrets[name]
	g.mu.Unlock()
	shown := strings.Replace(name, Project, Number, 1)
	if !ok || len(versions) == 0 {
		Fail(w, http.StatusNotFound, "NOT_FOUND", "Secret ["+shown+"] not found or has no versions.")
		return
	}
	n, err := strconv.Atoi(version)
	if version == "latest" {
		n, err = len(versions), nil
	}
	if err != nil || n < 1 || n > len(versions) {
		Fail(w, http.StatusNotFound, "NOT_FOUND", "Secret Version ["+shown+"/versions/"+version+"] not found.")
		return
	}
	v := versions[n-1]
	if !access {
		reply(w, http.StatusOK, object{
			"name": fmt.Sprintf("%s/versions/%d", shown, n), "createTime": "2026-01-02T03:04:05.678901Z",
			"state": cmp.Or(v.State, "ENABLED"), "replicationStatus": object{"automatic": object{}}, "etag": `"16` + Sentinel + `"`,
		})
		return
	}
	if v.State != "" {
		Fail(w, http.StatusBadRequest, "FAILED_PRECONDITION", fmt.Sprintf("Secret Version [%s/versions/%d] is in %s state.", shown, n, v.State))
		return
	}
	payload := object{"dataCrc32c": fmt.Sprint(crc32.Checksum(v.Data, crc32.MakeTable(crc32.Castagnoli)))}
	if len(v.Data) > 0 {
		payload["data"] = base64.StdEncoding.EncodeToString(v.Data)
	}
	reply(w, http.StatusOK, object{"name": fmt.Sprintf("%s/versions/%d", shown, n), "payload": payload})
}
