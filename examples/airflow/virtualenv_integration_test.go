//go:build integration

package airflow

import (
	"archive/zip"
	"errors"
	"os"
	"path/filepath"
)

// withIndex gives an installation a package index of its own: pip installs from
// it, and from nowhere else, when an operator makes an environment. It has the
// stand-in for OpenMetadata.
func (a installation) withIndex() installation {
	a.t.Helper()
	index := a.t.TempDir()
	a.writeWheel(filepath.Join(index, "openmetadata_ingestion-2.0.7.0-py3-none-any.whl"))
	return a.with(map[string]string{
		"PIP_NO_INDEX":                           "1",
		"PIP_FIND_LINKS":                         index,
		"AIRFLOW__STANDARD__VENV_INSTALL_METHOD": "pip", // and not uv, where that is on PATH
	})
}

// writeWheel writes the stand-in as a wheel, with the PyYAML that requirements of
// the real one would bring.
func (a installation) writeWheel(path string) {
	a.t.Helper()
	yaml, err := filepath.Glob(filepath.Join(filepath.Dir(a.python), "..", "lib", "python*", "site-packages", "yaml"))
	if err != nil || len(yaml) != 1 {
		a.t.Fatal(yaml, err)
	}
	content := a.t.TempDir()
	info := filepath.Join(content, "openmetadata_ingestion-2.0.7.0.dist-info")
	err = errors.Join(
		os.CopyFS(content, os.DirFS("testdata/stub")),
		os.CopyFS(filepath.Join(content, "yaml"), os.DirFS(yaml[0])),
		os.Mkdir(info, 0o700),
		os.WriteFile(filepath.Join(info, "METADATA"), []byte("Metadata-Version: 2.1\nName: openmetadata-ingestion\nVersion: 2.0.7.0\nProvides-Extra: postgres\n"), 0o600),
		os.WriteFile(filepath.Join(info, "WHEEL"), []byte("Wheel-Version: 1.0\nRoot-Is-Purelib: true\nTag: py3-none-any\n"), 0o600),
		os.WriteFile(filepath.Join(info, "RECORD"), nil, 0o600),
	)
	if err != nil {
		a.t.Fatal(err)
	}
	file, err := os.Create(path)
	if err != nil {
		a.t.Fatal(err)
	}
	wheel := zip.NewWriter(file)
	if err := errors.Join(wheel.AddFS(os.DirFS(content)), wheel.Close(), file.Close()); err != nil {
		a.t.Fatal(err)
	}
}
