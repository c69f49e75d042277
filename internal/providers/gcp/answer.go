package gcp

import (
	"encoding/json"
	"errors"
	"hash/crc32"
	"strconv"

	"om-secret-exec/internal/providers"
)

// What can be wrong with an answer of status 200.
var (
	errNotOurs  = errors.New("not an answer of the service")
	errChecksum = errors.New("checksum does not match")
)

// secret reads a value from an answer. The checksum is compared, as in
// OpenMetadata: an answer without one is not taken for good.
func (q question) secret(body []byte) (providers.Secret, error) {
	var answer struct {
		Name    string `json:"name"`
		Payload *struct {
			Data []byte      `json:"data"`
			CRC  json.Number `json:"dataCrc32c"`
		} `json:"payload"`
	}
	// The decoder's error is dropped, for it may quote the value.
	if json.Unmarshal(body, &answer) != nil || answer.Payload == nil {
		return providers.Secret{}, errNotOurs
	}
	value := answer.Payload.Data
	if value == nil {
		value = []byte{} // proto3's JSON leaves empty fields out
	}
	sum := crc32.Checksum(value, crc32.MakeTable(crc32.Castagnoli))
	if answer.Payload.CRC.String() != strconv.FormatUint(uint64(sum), 10) {
		return providers.Secret{}, errChecksum
	}
	source := providers.Source{Name: q.resource.name(), Version: q.resource.version}
	// The service answers with the project's number and the version's.
	if r, ok := parse(answer.Name); ok && r.version != "" {
		source = providers.Source{Name: r.name(), Version: r.version}
	}
	source.Place, source.Identity = q.place, q.identity
	return providers.Secret{Value: value, Source: source}, nil
}
