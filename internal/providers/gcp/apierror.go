package gcp

import (
	"encoding/json"
	"strings"
)

// apiError is what an error answer says. Of it, only words that are plain enough
// ever reach a message; text is looked at for a few fixed phrases.
type apiError struct {
	// status is Google's name for the kind of error, such as NOT_FOUND, or
	// OAuth's, such as invalid_grant; "" when the answer is not one of Google's.
	status string
	// reason is Google's finer word, such as SERVICE_DISABLED.
	reason string
	// text is the message, in lower case. It may quote what was sent.
	text string
	// perimeter tells that VPC Service Controls refused; id finds the refusal in
	// the audit log.
	perimeter bool
	id        string
}

// parseError reads the error body of a Google API, or that of a token endpoint:
// {"error": {...}} or {"error": "invalid_grant", "error_description": "..."}.
func parseError(body []byte) apiError {
	var outer struct {
		Error       json.RawMessage `json:"error"`
		Description string          `json:"error_description"`
		Subtype     string          `json:"error_subtype"`
	}
	if json.Unmarshal(body, &outer) != nil {
		return apiError{}
	}
	e := apiError{text: strings.ToLower(outer.Description), reason: word(outer.Subtype)}
	var oauth string
	if json.Unmarshal(outer.Error, &oauth) == nil {
		e.status = word(oauth)
		return e
	}
	var inner struct {
		Message string            `json:"message"`
		Status  string            `json:"status"`
		Details []json.RawMessage `json:"details"`
	}
	if json.Unmarshal(outer.Error, &inner) != nil {
		return apiError{}
	}
	e.status, e.text = word(inner.Status), strings.ToLower(inner.Message)
	for _, raw := range inner.Details {
		e.detail(raw)
	}
	return e
}

// detail reads one of the typed details; those of unknown types have none of the
// fields.
func (e *apiError) detail(raw json.RawMessage) {
	var d struct {
		Reason   string `json:"reason"`
		Metadata struct {
			UID string `json:"uid"`
		} `json:"metadata"`
		Violations []struct {
			Type        string `json:"type"`
			Description string `json:"description"`
		} `json:"violations"`
	}
	if json.Unmarshal(raw, &d) != nil {
		return
	}
	if e.reason == "" {
		e.reason = word(d.Reason)
	}
	if e.id == "" {
		e.id = word(d.Metadata.UID)
	}
	for _, v := range d.Violations {
		if v.Type == "VPC_SERVICE_CONTROLS" {
			e.perimeter, e.id = true, word(v.Description)
		}
	}
}

// word gives a server's text back if it is plain enough to be shown, else "".
func word(s string) string {
	if len(s) <= 100 && consists(s, idBytes+".") {
		return s
	}
	return ""
}
