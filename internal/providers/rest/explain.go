package rest

import (
	"context"
	"crypto/tls"
	"crypto/x509"
	"errors"
	"fmt"
	"io"
	"net"
	"net/http"
	"syscall"

	"om-secret-exec/internal/providers"
)

// Hints name a store's own settings in what Explain advises.
type Hints struct {
	// Endpoint is the setting with the store's address, such as
	// "aws_endpoint_url" or "openbao_address".
	Endpoint string
	// CA is how to trust another root, such as "--ca-file or AWS_CA_BUNDLE".
	CA string
}

// Explain gives the meaning of an error below HTTP: the run's deadline, names,
// connections, certificates, redirects, endless bodies. False means that it is
// none of these. Place and Identity are the caller's to fill in. The texts are
// our own, because those of the standard library repeat the URL.
func Explain(ctx context.Context, err error, h Hints) (*providers.Error, bool) {
	var timeout net.Error
	switch {
	case errors.Is(ctx.Err(), context.Canceled):
		return &providers.Error{Code: providers.Cancelled, Message: "stopped before the answer came"}, true
	case ctx.Err() != nil, errors.Is(err, context.DeadlineExceeded), errors.As(err, &timeout) && timeout.Timeout():
		return &providers.Error{
			Code: providers.Timeout, Message: "no answer in time", Retryable: true,
			Hint: "check the network path (private endpoint, firewall, proxy), or raise --timeout",
		}, true
	case errors.Is(err, ErrBodyTooLarge):
		return &providers.Error{
			Code: providers.TooLarge, Message: fmt.Sprintf("the answer is larger than %d MiB", maxBody>>20),
			Hint: "check " + h.Endpoint + ": this is not an answer of the store",
		}, true
	case errors.Is(err, ErrRedirect):
		return &providers.Error{
			Code: providers.Unavailable, Message: "the server sends us to another host, which is not followed with credentials",
			Hint: "set " + h.Endpoint + " to the address that it means",
		}, true
	}
	if e := certificate(err, h); e != nil {
		return e, true
	}
	if e := connection(err, h); e != nil {
		return e, true
	}
	return nil, false
}

// connection explains errors of names and sockets; nil if err is none.
func connection(err error, h Hints) *providers.Error {
	var dns *net.DNSError
	var op *net.OpError
	e := &providers.Error{Code: providers.Unavailable, Retryable: true}
	switch {
	case errors.As(err, &dns):
		e.Message, e.Retryable = fmt.Sprintf("the host %q has no address", dns.Name), !dns.IsNotFound
		e.Hint = "check " + h.Endpoint + " for a misspelling, and the name server"
	case errors.Is(err, syscall.ECONNREFUSED):
		e.Message, e.Refused = "the connection was refused", true
		e.Hint = "check " + h.Endpoint + " and the proxy; something that starts later is waited for until the time-out"
	case errors.Is(err, syscall.EHOSTUNREACH), errors.Is(err, syscall.ENETUNREACH):
		e.Message, e.Hint = "there is no network path to the host", "check the route, the private endpoint or the proxy"
	case errors.As(err, &op) && op.Op == "proxyconnect":
		e.Message, e.Hint = "the proxy does not answer", "check HTTPS_PROXY and NO_PROXY"
	case errors.Is(err, syscall.ECONNRESET), errors.Is(err, syscall.EPIPE), errors.Is(err, net.ErrClosed),
		errors.Is(err, io.EOF):
		e.Message = "the connection was closed before the answer came"
	case errors.Is(err, io.ErrUnexpectedEOF):
		e.Message = "the answer ends too early"
	default:
		return nil
	}
	return e
}

// certificate names what is wrong with the server's certificate; nil if nothing
// is known to be.
func certificate(err error, h Hints) *providers.Error {
	var unknown x509.UnknownAuthorityError
	var host x509.HostnameError
	var invalid x509.CertificateInvalidError
	var record tls.RecordHeaderError
	var verify *tls.CertificateVerificationError
	e := &providers.Error{Code: providers.TLS, Hint: "give the CA's certificate with " + h.CA}
	switch {
	case errors.As(err, &unknown):
		e.Message = "the server's certificate is signed by an authority that is not trusted"
		if unknown.Cert != nil {
			e.Message += fmt.Sprintf(" (issuer %.80q)", unknown.Cert.Issuer.CommonName)
		}
	case errors.As(err, &host):
		e.Message = fmt.Sprintf("the server's certificate is not for the host %q", host.Host)
		e.Hint = "check " + h.Endpoint + ", and whether a proxy answers in the store's place"
	case errors.As(err, &invalid) && invalid.Reason == x509.Expired:
		e.Message, e.Hint = "the server's certificate has expired or is not valid yet", "check this machine's clock, then the certificate"
	case errors.As(err, &invalid), errors.As(err, &verify):
		e.Message = "the server's certificate is not valid for this use"
	case errors.As(err, &record), errors.Is(err, http.ErrSchemeMismatch):
		e.Message, e.Hint = "the server does not speak TLS on this port", "check the scheme and port of "+h.Endpoint
	default:
		return nil
	}
	return e
}
