package main

import (
	"crypto/ecdsa"
	"crypto/elliptic"
	"crypto/rand"
	"crypto/tls"
	"crypto/x509"
	"crypto/x509/pkix"
	"encoding/json"
	"encoding/pem"
	"log/slog"
	"math/big"
	"net"
	"net/http"
	"net/http/httptest"
	"os"
	"strings"
	"sync/atomic"
	"time"
)

// What the network costs: a region some hundred kilometres away.
const (
	perRequest    = 20 * time.Millisecond
	perConnection = 40 * time.Millisecond
)

// cloud answers Secrets Manager's and Parameter Store's read calls over TLS, as
// slowly as a cloud does. Every id has a value; see [valueOf].
type cloud struct {
	server      *httptest.Server
	requests    atomic.Int64
	connections atomic.Int64
}

func valueOf(id string) string { return "value-of-" + strings.TrimPrefix(id, "/") }

// newCloud starts the server and writes the certificate to trust to caFile.
func newCloud(caFile string) (*cloud, error) {
	cert, err := certificate()
	if err != nil {
		return nil, err
	}
	block := pem.EncodeToMemory(&pem.Block{Type: "CERTIFICATE", Bytes: cert.Certificate[0]})
	if err := os.WriteFile(caFile, block, 0o600); err != nil {
		return nil, err
	}
	c := &cloud{}
	c.server = httptest.NewUnstartedServer(http.HandlerFunc(c.answer))
	// A client that ends while a connection it no longer needs is being made is
	// nothing to report.
	c.server.Config.ErrorLog = slog.NewLogLogger(slog.DiscardHandler, slog.LevelDebug)
	config := &tls.Config{Certificates: []tls.Certificate{cert}, MinVersion: tls.VersionTLS12}
	c.server.TLS = config.Clone()
	// Called once per handshake, in the goroutine of its connection.
	c.server.TLS.GetConfigForClient = func(*tls.ClientHelloInfo) (*tls.Config, error) {
		c.connections.Add(1)
		time.Sleep(perConnection)
		return config, nil
	}
	c.server.StartTLS()
	return c, nil
}

// certificate makes a certificate for 127.0.0.1 that is its own authority.
func certificate() (tls.Certificate, error) {
	key, err := ecdsa.GenerateKey(elliptic.P256(), rand.Reader)
	if err != nil {
		return tls.Certificate{}, err
	}
	template := &x509.Certificate{
		SerialNumber:          big.NewInt(1),
		Subject:               pkix.Name{CommonName: "om-secret-exec bench"},
		NotBefore:             time.Now().Add(-time.Hour),
		NotAfter:              time.Now().Add(24 * time.Hour),
		IPAddresses:           []net.IP{net.IPv4(127, 0, 0, 1)},
		KeyUsage:              x509.KeyUsageDigitalSignature | x509.KeyUsageCertSign,
		ExtKeyUsage:           []x509.ExtKeyUsage{x509.ExtKeyUsageServerAuth},
		BasicConstraintsValid: true,
		IsCA:                  true,
	}
	der, err := x509.CreateCertificate(rand.Reader, template, template, &key.PublicKey, key)
	return tls.Certificate{Certificate: [][]byte{der}, PrivateKey: key}, err
}

func (c *cloud) answer(w http.ResponseWriter, r *http.Request) {
	c.requests.Add(1)
	time.Sleep(perRequest)
	var ask struct {
		SecretID string   `json:"SecretId"`
		List     []string `json:"SecretIdList"`
		Names    []string
		Name     string
	}
	if err := json.NewDecoder(r.Body).Decode(&ask); err != nil {
		http.Error(w, err.Error(), http.StatusBadRequest)
		return
	}
	var reply any
	switch r.Header.Get("X-Amz-Target") {
	case "secretsmanager.GetSecretValue":
		reply = secret(ask.SecretID)
	case "secretsmanager.BatchGetSecretValue":
		reply = map[string]any{"SecretValues": each(ask.List, secret)}
	case "AmazonSSM.GetParameter":
		reply = map[string]any{"Parameter": parameter(ask.Name)}
	case "AmazonSSM.GetParameters":
		reply = map[string]any{"Parameters": each(ask.Names, parameter)}
	default:
		http.Error(w, "no such action", http.StatusBadRequest)
		return
	}
	w.Header().Set("Content-Type", "application/x-amz-json-1.1")
	_ = json.NewEncoder(w).Encode(reply)
}

func secret(id string) any {
	return map[string]any{
		"ARN":  "arn:aws:secretsmanager:eu-west-1:123456789012:secret:" + strings.TrimPrefix(id, "/") + "-AbCdEf",
		"Name": id, "SecretString": valueOf(id),
		"VersionId": "00000000-0000-0000-0000-000000000001", "VersionStages": []string{"AWSCURRENT"},
	}
}

func parameter(name string) any {
	return map[string]any{
		"ARN":  "arn:aws:ssm:eu-west-1:123456789012:parameter" + name,
		"Name": name, "Type": "SecureString", "Value": valueOf(name), "Version": 1, "DataType": "text",
	}
}

func each(ids []string, describe func(string) any) []any {
	all := make([]any, 0, len(ids))
	for _, id := range ids {
		all = append(all, describe(id))
	}
	return all
}
