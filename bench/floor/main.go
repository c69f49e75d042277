// Floor reads secrets as fast as a program can that does nothing else: the same
// calls that om-secret-exec makes, written by hand, all at once, unsigned, with
// no settings, no document, no SDK and no errors worth reading.
//
//	floor secretsmanager|ssm ENDPOINT CA-FILE ID...
package main

import (
	"bytes"
	"crypto/tls"
	"crypto/x509"
	"encoding/json"
	"errors"
	"fmt"
	"io"
	"net/http"
	"os"
	"slices"
)

// call is one request: the action, and what is asked for.
type call struct {
	action string
	body   any
}

func main() {
	if err := run(os.Args[1], os.Args[2], os.Args[3], os.Args[4:]); err != nil {
		fmt.Fprintln(os.Stderr, "floor:", err)
		os.Exit(1)
	}
}

func run(service, endpoint, caFile string, ids []string) error {
	client, err := newClient(caFile)
	if err != nil {
		return err
	}
	calls := plan(service, ids)
	answers, failures := make([][]byte, len(calls)), make(chan error)
	for i, c := range calls {
		go func() {
			var err error
			answers[i], err = post(client, endpoint, c)
			failures <- err
		}()
	}
	for range calls {
		err = errors.Join(err, <-failures)
	}
	if err != nil {
		return err
	}
	_, err = os.Stdout.Write(bytes.Join(answers, []byte("\n")))
	return err
}

// plan makes the calls that om-secret-exec makes: batches of as many as a
// service takes, and up to 20 single reads, which need one permission less and
// are as fast.
func plan(service string, ids []string) []call {
	var calls []call
	switch {
	case service == "ssm" && len(ids) > 20:
		for group := range slices.Chunk(ids, 10) {
			calls = append(calls, call{"AmazonSSM.GetParameters", map[string]any{"Names": group, "WithDecryption": true}})
		}
	case service == "ssm":
		for _, id := range ids {
			calls = append(calls, call{"AmazonSSM.GetParameter", map[string]any{"Name": id, "WithDecryption": true}})
		}
	case len(ids) > 20:
		for group := range slices.Chunk(ids, 20) {
			calls = append(calls, call{"secretsmanager.BatchGetSecretValue", map[string]any{"SecretIdList": group}})
		}
	default:
		for _, id := range ids {
			calls = append(calls, call{"secretsmanager.GetSecretValue", map[string]any{"SecretId": id}})
		}
	}
	return calls
}

// newClient trusts the system's roots and one more, as om-secret-exec does.
func newClient(caFile string) (*http.Client, error) {
	pool, err := x509.SystemCertPool()
	if err != nil {
		return nil, err
	}
	pem, err := os.ReadFile(caFile)
	if err != nil {
		return nil, err
	}
	pool.AppendCertsFromPEM(pem)
	return &http.Client{Transport: &http.Transport{
		MaxIdleConnsPerHost: 64,
		TLSClientConfig:     &tls.Config{RootCAs: pool, MinVersion: tls.VersionTLS12},
	}}, nil
}

func post(client *http.Client, endpoint string, c call) ([]byte, error) {
	body, err := json.Marshal(c.body)
	if err != nil {
		return nil, err
	}
	req, err := http.NewRequest(http.MethodPost, endpoint, bytes.NewReader(body))
	if err != nil {
		return nil, err
	}
	req.Header.Set("Content-Type", "application/x-amz-json-1.1")
	req.Header.Set("X-Amz-Target", c.action)
	resp, err := client.Do(req)
	if err != nil {
		return nil, err
	}
	defer resp.Body.Close()
	if resp.StatusCode != http.StatusOK {
		return nil, fmt.Errorf("%s: %s", c.action, resp.Status)
	}
	answer, err := io.ReadAll(resp.Body)
	if err != nil {
		return nil, err
	}
	var tree any // whoever wants the values has to decode them
	return answer, json.Unmarshal(answer, &tree)
}
