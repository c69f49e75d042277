package aws

import (
	"context"
	"errors"
	"net/http"
	"slices"
	"strconv"
	"strings"
	"time"

	awshttp "github.com/aws/aws-sdk-go-v2/aws/transport/http"
	"github.com/aws/smithy-go"
	smithyhttp "github.com/aws/smithy-go/transport/http"

	"om-secret-exec/internal/providers"
)

// verdict is what an error means: a code, our own words, and what to do.
type verdict struct {
	code          providers.Code
	message, hint string
	retryable     bool
	refused       bool
}

// explain turns the error of a data request into ours. Of the server's text
// nothing is kept: a message may quote what was sent, or be anything at all from
// a server that is not AWS. It is looked at for a few fixed phrases only.
func (q question) explain(ctx context.Context, err error) *providers.Error {
	answer := answerOf(err)
	e := q.failure(q.verdict(ctx, err, answer.status))
	e.Status, e.RequestID, e.After = answer.status, answer.requestID, answer.after
	e.Alone = q.batch && blamesItem(e)
	return e
}

// verdict tries the sources from the surest to the vaguest: an answer that could
// not be read to its end or was not asked for in time, an error code, a status.
func (q question) verdict(ctx context.Context, err error, status int) verdict {
	if v, ok := explainTransport(ctx, err); ok {
		return v
	}
	code, text := apiError(err)
	if v, ok := q.svc.explain(code, text, q); ok {
		return v
	}
	if v, ok := explainCode(code, text, q); ok {
		return v
	}
	if v, ok := explainStatus(status, q); ok {
		return v
	}
	return explainUnreadable(code, status)
}

// failure fills in what every failure of a call has in common.
func (q question) failure(v verdict) *providers.Error {
	return &providers.Error{
		Code: v.code, Message: v.message, Hint: v.hint, Retryable: v.retryable, Refused: v.refused,
		Place: q.place, Identity: q.identity,
	}
}

// source says where a secret was read, for failures that are found in it later.
func (q question) source(name, version string) providers.Source {
	return providers.Source{Name: name, Version: version, Place: q.place, Identity: q.identity}
}

// unanswered is the failure of an item that a batch's answer does not hold.
func (q question) unanswered() *providers.Error {
	e := q.failure(verdict{code: providers.NotFound, message: "the batch has no answer for the " + q.svc.noun})
	e.Alone = true
	return e
}

// item is the failure of one item of a batch. An absent or deleted secret is an
// answer; everything else is asked again alone, for the single read may be
// allowed where the batch is not.
func (q question) item(code, text string) *providers.Error {
	v, ok := q.svc.explain(code, text, q)
	if !ok {
		v, ok = explainCode(code, text, q)
	}
	if !ok {
		v = verdict{code: providers.Unavailable, message: "the batch gives no value for the " + q.svc.noun}
	}
	e := q.failure(v)
	e.Alone = v.code != providers.NotFound && v.code != providers.Disabled
	return e
}

// blamesItem tells whether the failure of a whole batch may be due to one of its
// items or to the batch itself, so that single reads can succeed. What a second
// attempt may mend, or what meets every request, is not.
func blamesItem(e *providers.Error) bool {
	everyRequest := []providers.Code{providers.Unauthenticated, providers.TLS, providers.Cancelled, providers.Timeout}
	return !e.Retryable && !slices.Contains(everyRequest, e.Code)
}

// answer is what an HTTP answer tells beside its error code.
type answer struct {
	status    int
	requestID string
	after     time.Duration
}

func answerOf(err error) answer {
	var a answer
	var withID *awshttp.ResponseError
	if errors.As(err, &withID) && isWord(withID.RequestID) {
		a.requestID = withID.RequestID
	}
	var resp *smithyhttp.ResponseError
	if errors.As(err, &resp) && resp.Response != nil && resp.Response.Response != nil {
		a.status = resp.Response.StatusCode
		a.after = retryAfter(resp.Response.Header)
	}
	return a
}

// retryAfter reads Retry-After in both of its forms. A date is taken relative to
// the answer's own, so that the local clock does not matter.
func retryAfter(h http.Header) time.Duration {
	text := h.Get("Retry-After")
	if n, err := strconv.Atoi(text); err == nil {
		return time.Duration(min(max(n, 0), 3600)) * time.Second
	}
	at, err := http.ParseTime(text)
	if err != nil {
		return 0
	}
	now, err := http.ParseTime(h.Get("Date"))
	if err != nil {
		return 0
	}
	return min(max(at.Sub(now), 0), time.Hour)
}

// apiError returns a service's error code and message, or "". The code is what
// follows a namespace, as in com.amazonaws.x#Code.
func apiError(err error) (code, text string) {
	var api smithy.APIError
	if !errors.As(err, &api) {
		return "", ""
	}
	code = api.ErrorCode()
	if i := strings.LastIndexByte(code, '#'); i >= 0 {
		code = code[i+1:]
	}
	if !isWord(code) {
		code = ""
	}
	return code, api.ErrorMessage()
}

// isWord tells whether a server's text is plain enough to be shown: an error
// code or a request id.
func isWord(s string) bool {
	return s != "" && len(s) <= 80 && strings.Trim(s, lower+upper+digits+"-_.=") == ""
}

func quote(s string) string { return strconv.Quote(s) }
